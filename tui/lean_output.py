"""Fewer bytes for the same picture: styles are written as differences, and not at all where nothing shows them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple


class Pen(NamedTuple):
    """What the terminal draws with. fg, bg: SGR parameters, "" for the default. flags: SGR numbers set."""

    fg: str = ""
    bg: str = ""
    flags: frozenset[int] = frozenset()


START = Pen()
SGR = re.compile(r"\x1b\[([0-9;]*)m")
# Moves, line ends and synchronised updates leave the pen alone; whatever else a chunk holds might
# erase with the pen's background, so the pen is put down first.
NEUTRAL = re.compile(r"(?:\x1b\[[0-9;]*[HfABCD]|\x1b\[\?2026[hl]|[\r\n])+")
# Each frame ends by parking the cursor, which is hidden; so does each row with a line end before its move.
PARKED = re.compile(r"\r?\n(?=\x1b\[\d+;\d+H)|\x1b\[1;1H$")
POSITION = re.compile(r"\x1b\[(\d+);(\d+)H")
OFF = {1: 22, 2: 22, 3: 23, 4: 24, 5: 25, 7: 27, 8: 28, 9: 29}
# Of these a blank cell shows nothing: bold, dim, italic.
UNSEEN_ON_BLANK = frozenset((1, 2, 3))
REVERSE = 7


def thin(data: str) -> str:
    """The same output with redundant style changes left out; it starts and ends with the default style."""
    if "\x1b[" not in data:
        return data
    out: list[str] = []
    now = wanted = START
    parts = SGR.split(data)
    for number, part in enumerate(parts):
        if number % 2:
            wanted = _after(wanted, part)
        elif part:
            if NEUTRAL.fullmatch(part):
                out.append(part)
                continue
            pen = START if "\x1b" in part else wanted
            if pen is wanted and not part.strip(" "):
                pen = _on_blank(now, wanted)
            out.append(_change(now, pen))
            out.append(part)
            now = pen
    if now != START:
        out.append("\x1b[0m")
    return "".join(out)


@lru_cache(maxsize=4096)
def _after(pen: Pen, parameters: str) -> Pen:
    """The pen after an SGR sequence. Source: ECMA-48 8.3.117, and ITU T.416 colours with `;`."""
    codes = [int(code or 0) for code in parameters.split(";")]
    at = 0
    while at < len(codes):
        code = codes[at]
        if code in (38, 48) and at + 1 < len(codes):
            size = 5 if codes[at + 1] == 2 else 3
            value = ";".join(str(c) for c in codes[at : at + size])
            pen = pen._replace(fg=value) if code == 38 else pen._replace(bg=value)
            at += size
            continue
        pen = _with_code(pen, code)
        at += 1
    return pen


def _with_code(pen: Pen, code: int) -> Pen:
    if code == 0:
        return START
    if code in OFF:
        return pen._replace(flags=pen.flags | {code})
    if code in OFF.values():
        return pen._replace(flags=frozenset(flag for flag in pen.flags if OFF[flag] != code))
    if 30 <= code <= 37 or 90 <= code <= 97:
        return pen._replace(fg=str(code))
    if 40 <= code <= 47 or 100 <= code <= 107:
        return pen._replace(bg=str(code))
    if code == 39:
        return pen._replace(fg="")
    return pen._replace(bg="") if code == 49 else pen


@lru_cache(maxsize=4096)
def _on_blank(now: Pen, wanted: Pen) -> Pen:
    """The pen nearest to the present one that draws the same blanks."""
    if REVERSE in wanted.flags or REVERSE in now.flags:
        return wanted
    if (wanted.flags | now.flags) - UNSEEN_ON_BLANK:
        return wanted
    return Pen(now.fg, wanted.bg, now.flags)


@lru_cache(maxsize=4096)
def _change(now: Pen, pen: Pen) -> str:
    """The shortest sequence from one pen to the other."""
    if now == pen:
        return ""
    gone = now.flags - pen.flags
    kept = now.flags
    codes: list[str] = []
    if gone:
        ends = sorted({OFF[flag] for flag in gone})
        kept = frozenset(flag for flag in now.flags if OFF[flag] not in ends)
        codes.extend(map(str, ends))
    codes.extend(str(flag) for flag in sorted(pen.flags - kept))
    if pen.fg != now.fg:
        codes.append(pen.fg or "39")
    if pen.bg != now.bg:
        codes.append(pen.bg or "49")
    anew = f"\x1b[0;{';'.join(p for p in (*map(str, sorted(pen.flags)), pen.fg, pen.bg) if p)}m".replace(
        ";m", "m"
    )
    step = f"\x1b[{';'.join(codes)}m"
    return min(step, anew, key=len)


class Output:
    """What the terminal shows, as far as it is known, so that nothing is written that stands there already.

    Textual paints a screen anew when the focus moves, when an overlay opens and when it closes, mostly
    with the rows that are there.
    """

    def __init__(self) -> None:
        # row → (column, what was written from there) of the last write to that row
        self._rows: dict[str, tuple[str, str]] = {}

    def forget(self) -> None:
        """The terminal may show anything: its size has changed, or something else has drawn on it."""
        self._rows.clear()

    def thin(self, data: str) -> str:
        """The part of the output that changes something, with as few style changes as it takes."""
        head, *moves = POSITION.split(PARKED.sub("", data))
        if not NEUTRAL.fullmatch(head) and head:
            self.forget()
        out = [head]
        for at in range(0, len(moves), 3):
            row, column, text = moves[at : at + 3]
            if text and self._rows.get(row) == (column, text):
                continue
            if "\x1b" in SGR.sub("", text):
                self.forget()
            elif text:
                self._rows[row] = (column, text)
            out.append(f"\x1b[{row};{column}H{text}")
        return thin("".join(out))
