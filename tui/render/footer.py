"""The footer: the keys of this screen that matter now, those that cannot be used faint with the reason."""

from __future__ import annotations

from collections.abc import Sequence

from rootcase.tui.catalogue.command import Command, Context
from rootcase.tui.render.layout import cells, seg
from rootcase.tui.render.line import Line, Seg

BETWEEN = 3


def footer(commands: Sequence[Command], context: Context, width: int) -> Line:
    """As many keys as fit, in the catalogue's order; the highest ranks leave first."""
    ranked = [c for c in commands if c.rank]
    right = [c for c in ranked if c.right and (width >= 100 or c.rank < 3)]
    left = [c for c in ranked if not c.right]
    at_right = _joined(
        [_entry(c, context, width) for c in sorted(right, key=lambda c: -_order(c))], 2 if width < 160 else 3
    )
    room = width - 2 - cells(at_right) - 2
    while left and cells(_joined([_entry(c, context, width) for c in left], BETWEEN)) > room:
        left.remove(max(left, key=lambda c: c.rank))
    entries = [_entry(c, context, width) for c in left]
    return Line(_with_reason(left, entries, context, room), at_right)


def _order(command: Command) -> int:
    """At the right: `esc inbox   ? help   Q quit`."""
    return {2: 3, 1: 2, 3: 1}.get(command.rank, 0)


def _entry(command: Command, context: Context, width: int) -> tuple[Seg, ...]:
    words = context_words(command, context, width)
    if command.why_not(context):
        return (Seg(command.key_text, "faint"), Seg(f" {words}", "faint"))
    return (Seg(command.key_text, "accent bold"), Seg(f" {words}", "muted"))


def context_words(command: Command, context: Context, width: int) -> str:
    """`esc` names the screen it goes back to."""
    if command.id == "back":
        return {"case": "inbox", "draft": "case", "proposal": "draft", "stats": "back"}.get(
            context.screen, "back"
        )
    return command.words(width)


def _with_reason(
    left: Sequence[Command], entries: Sequence[tuple[Seg, ...]], context: Context, room: int
) -> tuple[Seg, ...]:
    """The reason of the first key that cannot be used, where it fits: `s send  needs E4`."""
    for number, command in enumerate(left):
        why = command.why_not(context)
        if why and command.rank <= 2:
            with_it = list(entries)
            with_it[number] = (*entries[number], seg(f"  {why}", "faint"))
            if cells(_joined(with_it, BETWEEN)) <= room:
                return _joined(with_it, BETWEEN)
    return _joined(entries, BETWEEN)


def _joined(entries: Sequence[tuple[Seg, ...]], gap: int) -> tuple[Seg, ...]:
    out: list[Seg] = []
    for number, entry in enumerate(entries):
        if number:
            out.append(Seg(" " * gap))
        out.extend(entry)
    return tuple(out)


def notice_line(text: str, style: str = "warn") -> Line:
    """A sentence in the footer's place, until the next key."""
    return Line((seg(text, style),), (Seg("any key", "faint"),))


def keys_line(keys: Sequence[tuple[str, str]], right: Sequence[tuple[str, str]] = ()) -> Line:
    """Keys with their words, for footers outside the catalogue."""
    return Line(_joined([_key(*k) for k in keys], BETWEEN), _joined([_key(*k) for k in right], 2))


def _key(key: str, words: str) -> tuple[Seg, ...]:
    return (Seg(key, "accent bold"), Seg(f" {words}", "muted"))
