"""How numbers, times and names are said on screen: ages, durations, counts, dollars, people."""

from __future__ import annotations

from datetime import UTC, datetime

SECOND_US = 1_000_000


def clock(at_us: int, *, seconds: bool = False) -> str:
    """Time of day in UTC, `02:01`."""
    return _utc(at_us).strftime("%H:%M:%S" if seconds else "%H:%M")


def day_clock(at_us: int, now_us: int) -> str:
    """Time of day, with the day when it is not today's: `02:01` or `3 Nov 02:01`."""
    then, now = _utc(at_us), _utc(now_us)
    return clock(at_us) if then.date() == now.date() else f"{then.day} {then:%b %H:%M}"


def _utc(at_us: int) -> datetime:
    return datetime.fromtimestamp(at_us / SECOND_US, UTC)


def age(seconds: float) -> str:
    """A rough length of time in one unit: `12 s`, `14 min`, `3 h`, `2 d`, `8 mo`, `2 y`."""
    number, unit = _rough(seconds)
    return f"{number} {unit}"


def short_age(seconds: float) -> str:
    """The same in at most four cells: `14m`, `3h`, `2d`, `8mo`, `2y`."""
    number, unit = _rough(seconds)
    return f"{number}{ {'s': 's', 'min': 'm'}.get(unit, unit) }"


def _rough(seconds: float) -> tuple[int, str]:
    seconds = max(0, int(seconds))
    for limit, size, unit in (
        (60, 1, "s"), (3600, 60, "min"), (86_400, 3600, "h"), (60 * 86_400, 86_400, "d"),
        (730 * 86_400, 30 * 86_400, "mo"),
    ):  # fmt: skip
        if seconds < limit:
            return seconds // size, unit
    return seconds // (365 * 86_400), "y"


def duration(seconds: float) -> str:
    """How long something took: `1.1s`, `31s`, `2m 10s`, `1h 04m`."""
    if seconds < 9.95:
        return f"{max(0.0, seconds):.1f}s"
    whole = int(seconds + 0.5)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m {whole % 60:02d}s"
    return f"{whole // 3600}h {whole % 3600 // 60:02d}m"


def dollars(usd: float) -> str:
    """Dollars with two decimals; more where the first two would hide that anything was spent."""
    if 0 < usd < 0.005:
        return f"${usd:.4f}"
    return f"${usd:.2f}"


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun: `1 event`, `4,812 events`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def thousands(number: int) -> str:
    """A large number short: `212k`, `1.2M`."""
    if number < 1000:
        return str(number)
    if number < 999_500:
        return f"{number / 1000:.0f}k"
    return f"{number / 1_000_000:.1f}M"


def size(text: str) -> str:
    """How large a text is when sent: `640 bytes`, `2.9 kB`."""
    length = len(text.encode("utf-8", "surrogatepass"))
    return count(length, "byte") if length < 1000 else f"{length / 1000:.1f} kB"


def person(actor: str, me: str = "") -> str:
    """An actor as people say it: `human:dana` is `dana`, or `you` where that is who looks."""
    if actor and actor == me:
        return "you"
    return actor.partition(":")[2] or actor


def file_name(path: str) -> str:
    """The last part of a path."""
    return path.rsplit("/", 1)[-1]
