"""Counts over time and the objective they are held against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rootcase.core.commands.situation.context import HOUR_S, Context, listed, refused, set_signal
from rootcase.core.config.settings import SloSettings
from rootcase.core.config.windows import hours_of
from rootcase.core.gate.slo import of_rate
from rootcase.core.signals.loose import first_text, moment, number, table, text

BUCKETS = {"minute": 60, "hour": HOUR_S, "day": 86_400}
BUCKET_NAMES = ("per", "bucket", "interval", "unit", "resolution")
ROWS = (
    "values", "counts", "data", "series", "trend", "points", "buckets", "1h", "hourly", "per_hour", "hours", "24h",
)  # fmt: skip
COUNT = ("count", "events", "value", "n", "errors", "total")
TIME = ("at", "time", "t", "hour", "timestamp", "date", "start", "ts")
REQUESTS = {
    "requests_per_day": 1.0, "requests_per_hour": 24.0, "requests_per_minute": 1440.0, "rpm": 1440.0,
    "rps": 86_400.0, "requests_per_second": 86_400.0,
}  # fmt: skip


def counts(context: Context, value: object, key: str) -> None:
    """Events a bucket, oldest first: numbers, {at, count} rows, [at, count] pairs, {time: count}, {values}."""
    row = table(value)
    if row and all(map(_is_number, row.values())) and not any(map(_names_a_moment, row)):
        _summary(context, row)
        return
    rows = (
        next((row[name] for name in ROWS if isinstance(row.get(name), list)), list(row.values()))
        if row
        else value
    )
    if not isinstance(rows, list):
        raise refused(key, value, "a list of counts, oldest first")
    told = first_text(row, *BUCKET_NAMES).lower().removesuffix("s").removesuffix("ly")
    bucket_s = number(row.get("bucket_s")) or number(row.get("bucket_seconds")) or BUCKETS.get(told, HOUR_S)
    trend = tuple(_count(item, key) for item in rows)
    times = [_time_of(item) for item in rows]
    if len(times) > 1 and times[0] and times[1]:
        bucket_s = max(1, abs(times[1] - times[0]) // 1_000_000)
        trend = trend if times[0] < times[-1] else trend[::-1]
    set_signal(context, trend=trend[-24:], bucket_s=bucket_s, events=context.signal.events or sum(trend))
    if context.signal.events <= 1 < sum(trend):
        set_signal(context, events=sum(trend))


def _names_a_moment(name: str) -> bool:
    return bool(moment(name)) or name[:1].isdigit() or (name[:1] in "-h" and name[1:2].isdigit())


def _summary(context: Context, row: Mapping[str, object]) -> None:
    """Totals instead of buckets: `{"events": 120, "users": 4}`."""
    total = next(
        (row[name] for name in (*COUNT, "occurrences") if name in row), max(row.values(), key=number)
    )
    set_signal(context, events=number(total), users=number(row.get("users")) or context.signal.users)


def _count(item: object, key: str) -> int:
    if isinstance(item, list) and item:
        item = item[-1][0] if isinstance(item[-1], list) and item[-1] else item[-1]
    if isinstance(item, dict):
        row = table(item)
        item = next((row[name] for name in COUNT if name in row), None)
    if isinstance(item, bool) or not isinstance(item, int | float) or item < 0:
        raise refused(key, item, "a count")
    return number(item)


def _time_of(item: object) -> int:
    if isinstance(item, list) and len(item) > 1:
        return moment(item[0])
    row = table(item)
    return next((moment(row[name]) for name in TIME if row.get(name)), 0)


def slo(context: Context, value: object, key: str) -> None:
    """One objective, several, or {service: objective}."""
    named = isinstance(value, dict) and bool(value) and all(isinstance(each, dict) for each in value.values())
    rows = table(value).items() if named else [("", each) for each in listed(key, value)]
    for name, item in rows:
        row = table(item)
        service, ours = first_text(row, "service") or name, context.signal.service
        if service and ours and service != ours:
            continue
        percent = _percent(row, key)
        window = _window(row)
        hours_of(window)  # said here, where the key is known, and not where it is used
        allowed = 1 - percent / 100
        rate = next(
            (row[name] for name in ("burn_rate", "burn", "burnRate") if _is_number(row.get(name))), None
        )
        total = next(
            (row[name] for name in ("total", "requests", "total_requests") if _is_number(row.get(name))), None
        )
        bad = next((row[name] for name in ("bad", "errors", "failed") if _is_number(row.get(name))), None)
        if rate is not None:
            context.burn = of_rate(_float(rate), window)
        elif bad is not None and total is not None and _float(total) > 0:
            context.burn = of_rate(_float(bad) / _float(total) / allowed, window)
        else:
            per_day = _per_day(row, window)
            made = SloSettings(service="*", target=percent, window=window, requests_per_day=per_day)
            context.settings = replace(context.settings, slos=(*context.settings.slos, made))


def _percent(row: Mapping[str, object], key: str) -> float:
    target = next(
        (row[name] for name in ("target", "objective", "slo", "availability") if row.get(name)), 99.9
    )
    percent = _float(target) if _is_number(target) else 0.0
    percent = percent * 100 if 0 < percent <= 1 else percent
    if not 0 < percent < 100:
        raise refused(f"{key}.target", target, "a percentage such as 99.9")
    return percent


def _window(row: Mapping[str, object]) -> str:
    days = row.get("window_days")
    told = f"{text(days)}d" if _is_number(days) else text(row.get("window") or row.get("period") or "30d")
    return f"{told}d" if told.isdigit() else told.replace(" ", "")


def _per_day(row: Mapping[str, object], window: str) -> float:
    """Requests a day, by whatever the SLO tells of them."""
    for name, times in REQUESTS.items():
        if _is_number(row.get(name)):
            return _float(row[name]) * times
    total = next((row[name] for name in ("total", "requests", "good") if _is_number(row.get(name))), None)
    return _float(total) / (hours_of(window) / 24) if total is not None else 0.0


def _float(value: object) -> float:
    return float(str(value).strip().rstrip("%"))


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or value is None:
        return False
    try:
        return 0 <= _float(value) < 1e15
    except ValueError:
        return False
