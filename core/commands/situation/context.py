"""CTX.json of `rootcase explain gate`: what is known around an event, from whatever spelling it comes in.

docs/schemas/gate-context.json says what there is. A key that nothing reads is named, never fatal; a value of
the wrong type is refused with its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from rootcase.core.config.settings import Settings
from rootcase.core.gate.slo import Burn
from rootcase.core.model.errors import UsageError
from rootcase.core.model.signals import Signal, Work
from rootcase.core.signals.loose import decode, first_text, moment, table, text

HOUR_S = 3600
SCHEMA = "docs/schemas/gate-context.json"


@dataclass
class Context:
    """What was read so far. signal: as the source would tell it; unread: keys that nothing reads."""

    signal: Signal
    settings: Settings
    now_us: int = 0
    work: list[Work] = field(default_factory=list)
    failed: tuple[str, ...] = ()
    holder: str = ""
    verdict: tuple[str, str, str] = ("", "", "")
    said: list[tuple[str, str]] = field(default_factory=list)
    head: str = ""
    burn: Burn | None = None
    regressed: bool = False
    unread: list[str] = field(default_factory=list)


def read_context(path: str, signal: Signal, settings: Settings) -> Context:
    """The context of a file over what the event itself tells. UsageError for what cannot be meant."""
    try:
        value = decode(Path(path).read_bytes())
    except OSError as fault:
        raise UsageError(f"{path} cannot be read", str(fault.strerror), "Check the path.") from None
    except ValueError as fault:
        raise UsageError(f"{path} is no JSON", str(fault)[:200], f"{SCHEMA} says what it holds.") from None
    if not isinstance(value, dict):
        raise UsageError(
            f"{path} is no JSON object", "The context is one object.", f"{SCHEMA} says what it holds."
        )
    return from_table(table(value), signal, settings)


def from_table(given: Mapping[str, object], signal: Signal, settings: Settings) -> Context:
    from rootcase.core.commands.situation.keys import READERS

    context = Context(signal, settings)
    ordered = sorted(given.items(), key=lambda item: _plain(item[0]) in _LATE)
    for key, value in ordered:
        reader = READERS.get(_plain(key))
        if reader is None:
            context.unread.append(text(key, 60))
        elif value is not None:
            reader(context, value, key)
    return context


_LATE = {
    "slo",
    "slos",
    "errorbudget",
    "resolvedat",
    "assignedby",
    "byrule",
    "autoassigned",
    "assignedbyrule",
    "ownershiprule",
    "resolution",
}  # they are read in the light of the counts and times


def _plain(key: str) -> str:
    return "".join(c for c in key.lower() if c.isalnum())


def refused(key: str, value: object, wanted: str) -> UsageError:
    return UsageError(
        f"`{text(key, 40)}` of the context cannot be read", f"It is {text(value, 60) or 'empty'}, not {wanted}.",
        f"{SCHEMA} says what it holds.",
    )  # fmt: skip


def set_signal(context: Context, **changes: object) -> None:
    context.signal = replace(context.signal, **changes)  # type: ignore[arg-type]


def listed(key: str, value: object) -> Sequence[object]:
    """A list, or one thing as a list of it."""
    if isinstance(value, list):
        return value
    if isinstance(value, str | dict):
        return [value] if value else []
    raise refused(key, value, "a list, an object or a name")


def moment_of(key: str, value: object) -> int:
    at = moment(value)
    if not at:
        raise refused(key, value, "a time such as 2026-03-01T10:00:00Z")
    return at


def words(key: str, value: object) -> tuple[str, ...]:
    out = []
    for item in listed(key, value):
        name = (
            item
            if isinstance(item, str)
            else first_text(table(item), "name", "login", "service", "host", "email", "id")
        )
        if not name:
            raise refused(key, value, "a list of names")
        out.append(text(name))
    return tuple(out)
