"""Counts over time and the objective they are held against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rootcase.core.commands.situation.context import HOUR_S, Context, listed, refused, set_signal
from rootcase.core.config.settings import SloSettings
from rootcase.core.gate.slo import hours_of, of_rate
from rootcase.core.signals.loose import first_text, moment, number, table, text


def counts(context: Context, value: object, key: str) -> None:
    """Events a bucket, oldest first: numbers, {at, count} rows, [at, count] pairs, or {bucket_s, values}."""
    row = table(value)
    rows: object = value
    bucket_s = number(row.get("bucket_s")) or {"minute": 60, "hour": HOUR_S, "day": 86_400}.get(
        first_text(row, "per", "bucket", "interval", "unit", "resolution").lower().rstrip("s"), HOUR_S
    )
    if row:
        name = next(
            (
                n
                for n in ("values", "counts", "data", "series", "trend", "points", "buckets")
                if isinstance(row.get(n), list)
            ),
            "",
        )
        hourly = next(
            (row[n] for n in ("1h", "hourly", "per_hour", "hours", "24h") if isinstance(row.get(n), list)),
            None,
        )
        rows = row[name] if name else hourly if hourly is not None else list(row.values())
    if not isinstance(rows, list):
        raise refused(key, value, "a list of counts, oldest first")
    trend = tuple(_count(item, key) for item in rows)
    times = [_time_of(item) for item in rows]
    if len(times) > 1 and times[0] and times[1]:
        bucket_s = max(1, abs(times[1] - times[0]) // 1_000_000)
        trend = trend if times[0] < times[-1] else trend[::-1]
    set_signal(context, trend=trend[-24:], bucket_s=bucket_s, events=context.signal.events or sum(trend))


def _count(item: object, key: str) -> int:
    if isinstance(item, list) and item:
        item = item[-1][0] if isinstance(item[-1], list) and item[-1] else item[-1]
    if isinstance(item, dict):
        row = table(item)
        item = next((row[n] for n in ("count", "events", "value", "n", "errors", "total") if n in row), None)
    if isinstance(item, bool) or not isinstance(item, int | float) or item < 0:
        raise refused(key, item, "a count")
    return int(item)


def _time_of(item: object) -> int:
    if isinstance(item, list) and len(item) > 1:
        return moment(item[0])
    row = table(item)
    return next(
        (
            moment(row[n])
            for n in ("at", "time", "t", "hour", "timestamp", "date", "start", "ts")
            if row.get(n)
        ),
        0,
    )


def slo(context: Context, value: object, key: str) -> None:
    for item in listed(key, value):
        row = table(item)
        target = row.get("target") or row.get("objective") or row.get("slo") or 99.9
        percent = float(str(target).strip().rstrip("%")) if _is_number(target) else 0.0
        percent = percent * 100 if 0 < percent <= 1 else percent
        if not 0 < percent < 100:
            raise refused(f"{key}.target", target, "a percentage such as 99.9")
        window = text(row.get("window") or row.get("period") or "30d")
        window = f"{window}d" if window.isdigit() else window
        if _is_number(row.get("burn_rate") or row.get("burn") or row.get("burnRate")):
            rate = float(str(row.get("burn_rate") or row.get("burn") or row.get("burnRate")))
            context.burn = of_rate(rate, window)
            continue
        per_day = _per_day(row, window)
        slo = SloSettings(
            service=first_text(row, "service") or "*", target=percent, window=window, requests_per_day=per_day
        )
        context.settings = replace(context.settings, slos=(*context.settings.slos, slo))


def _per_day(row: Mapping[str, object], window: str) -> float:
    """Requests a day, by whatever the SLO tells of them."""
    for name, times in (
        ("requests_per_day", 1.0),
        ("requests_per_hour", 24.0),
        ("requests_per_minute", 1440.0),
        ("rpm", 1440.0),
        ("rps", 86_400.0),
        ("requests_per_second", 86_400.0),
    ):
        if _is_number(row.get(name)):
            return float(str(row[name])) * times
    total = next(
        (row[n] for n in ("total", "requests", "total_requests", "good") if _is_number(row.get(n))), None
    )
    return float(str(total)) / (hours_of(window) / 24) if total is not None else 0.0


def _is_number(value: object) -> bool:
    if isinstance(value, bool):
        return False
    try:
        return value is not None and float(str(value).strip().rstrip("%")) >= 0
    except ValueError:
        return False
