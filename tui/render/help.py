"""The help overlay's list: this screen's commands, then those of every screen, as typed words narrow them."""

from __future__ import annotations

from collections.abc import Sequence

from rootcase.tui.catalogue.catalogue import CATALOGUE, matching
from rootcase.tui.catalogue.command import Command, Context
from rootcase.tui.render.layout import cells, pad, section, seg
from rootcase.tui.render.line import Line, Seg

KEY_CELLS = 9


def help_lines(context: Context, words: str, width: int) -> tuple[Line, ...]:
    """Sections with a row for each command that matches; the row's id is the command's."""
    here = context.screen.capitalize()
    commands = CATALOGUE.of(context.screen)
    own = [c for c in commands if len(c.screens) <= 2]
    rest = [c for c in commands if len(c.screens) > 2]
    out: list[Line] = []
    for title, group in ((f"Here: {here}", own), ("Everywhere", rest)):
        found = matching(group, words)
        if found:
            out.append(section(title, width))
            out.extend(command_line(c, context, words) for c in found)
    if not out:
        out.append(Line((Seg("No command matches ", "muted"), seg(words, "strong bold"))))
    return tuple(out)


def palette_lines(context: Context, words: str, width: int) -> tuple[Line, ...]:
    """The commands that can be done now first, then the others with their reasons; key at the right."""
    found = matching([c for c in CATALOGUE.of(context.screen) if c.does], words)
    able = [c for c in found if not c.why_not(context)]
    unable = [c for c in found if c.why_not(context)]
    out = [Line(marked(c.help_text, words, "fg"), (seg(c.key_text, "accent bold"),), id=c.id) for c in able]
    for c in unable:
        reason = (Seg(c.help_text, "faint"), seg(f": {c.why_not(context)}", "faint"))
        out.append(Line(reason, (seg(c.key_text, "faint"),), id=c.id))
    if not out:
        out.append(Line((Seg("No command matches ", "muted"), seg(words, "strong bold"))))
    return tuple(out)


def command_line(command: Command, context: Context, words: str) -> Line:
    """Key, what it does; faint with its reason where it cannot be done now."""
    why = command.why_not(context)
    key = pad(command.key_text, KEY_CELLS)
    if why:
        return Line((seg(key, "faint"), seg(f"{command.help_text}: {why}", "faint")), id=command.id)
    return Line((seg(key, "accent bold"), *marked(command.help_text, words, "fg")), id=command.id)


def marked(text: str, words: str, style: str) -> tuple[Seg, ...]:
    """The text with the first typed word underlined where it stands."""
    first = (words.lower().split() or [""])[0]
    at = text.lower().find(first) if first else -1
    if at < 0:
        return (Seg(text, style),)
    parts = (text[:at], text[at : at + len(first)], text[at + len(first) :])
    segs = (Seg(parts[0], style), Seg(parts[1], "strong bold underline"), Seg(parts[2], style))
    return tuple(s for s in segs if s.text)


def found_text(context: Context, lines: Sequence[Line]) -> tuple[Seg, ...]:
    """`Case, 38 commands, type to find`."""
    here = context.screen.capitalize()
    count = sum(1 for line in lines if line.id)
    said = (Seg(f"{here}, {count} {'command' if count == 1 else 'commands'}, type to find", "muted"),)
    return said if cells(said) else ()
