"""A line at the release → the same line at HEAD, through git's own diff without context."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from rootcase.core.codemap.alignment import counterpart
from rootcase.core.model.code import HeadStatus

_HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_TOKEN = re.compile(r"[A-Za-z_]\w*|\d[\w.]*|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|\S")
_NAME = re.compile(r"[A-Za-z_]\w*$")
_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}


@dataclass(slots=True)
class Change:
    """Lines taken out and put in at one place; for a pure insertion `start` is the line before it."""

    start: int
    old: list[str]
    to: int
    new: list[str]


@dataclass(slots=True)
class FileDiff:
    """One file of a diff; a path is "" on the side where the file does not exist."""

    old_path: str
    new_path: str
    changes: list[Change] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class HeadLine:
    """Where a line stands at HEAD. before, after: its text on both sides, for a changed line."""

    status: HeadStatus
    path: str = ""
    line: int = 0
    before: str = ""
    after: str = ""


def parse_diff(text: str) -> tuple[FileDiff, ...]:
    """The files of a unified diff by git, with or without context lines."""
    reader = _Reader()
    for row in text.split("\n"):
        reader.row(row)
    return tuple(reader.files)


class _Reader:
    """old, new: the next line on each side; old_left, new_left: lines that the hunk still holds."""

    def __init__(self) -> None:
        self.files: list[FileDiff] = []
        self.old = self.new = self.old_left = self.new_left = 0
        self.change: Change | None = None

    def row(self, row: str) -> None:
        if self.old_left > 0 or self.new_left > 0:
            self._body(row)
        elif row.startswith("diff --git "):
            self.files.append(FileDiff("", ""))
        elif not self.files:
            return
        elif match := _HUNK.match(row):
            self._hunk(match)
        elif side := _side(row):
            name = _path(row[len(side) :], {"--- ": "a/", "+++ ": "b/"}.get(side, ""))
            if side in ("--- ", "rename from "):
                self.files[-1].old_path = name
            else:
                self.files[-1].new_path = name

    def _hunk(self, match: re.Match[str]) -> None:
        start, count, to, added = (int(group) if group is not None else 1 for group in match.groups())
        self.old_left, self.new_left = count, added
        # A side without lines names the line before.
        self.old, self.new = start + (count == 0), to + (added == 0)
        self.change = None

    def _body(self, row: str) -> None:
        if row.startswith("\\"):
            return
        if row[:1] not in ("-", "+"):
            self.old, self.new = self.old + 1, self.new + 1
            self.old_left, self.new_left = self.old_left - 1, self.new_left - 1
            self.change = None
            return
        if self.change is None:
            self.change = Change(self.old - 1, [], self.new, [])
            self.files[-1].changes.append(self.change)
        if row[0] == "-":
            if not self.change.old:
                self.change.start = self.old
            self.change.old.append(row[1:])
            self.old, self.old_left = self.old + 1, self.old_left - 1
        else:
            self.change.new.append(row[1:])
            self.new, self.new_left = self.new + 1, self.new_left - 1


def through(changes: Sequence[Change], path: str, line: int, new_path: str) -> HeadLine:
    """Follow one line through the changes of its file, which is `new_path` now."""
    item, shift = hunk_of(changes, line)
    if item is not None:
        return _changed(new_path, item, line)
    moved = shift != 0 or new_path != path
    return HeadLine("moved" if moved else "same", new_path, line + shift)


def hunk_of(changes: Sequence[Change], line: int) -> tuple[Change | None, int]:
    """The change that takes a line out, or None; and by how much the changes before it shift the line."""
    shift = 0
    for item in changes:
        if line < item.start or (not item.old and line == item.start):
            break
        if line < item.start + len(item.old):
            return item, shift
        shift += len(item.new) - len(item.old)
    return None, shift


def still_the_same(before: str, after: str, literal: str = "") -> str:
    """Why a changed line still does the same, in a word; "" where it does something else.

    Args: literal: a quoted name that the error is about; where both sides spell it out in the same
    expression shape, the statement fails as before.
    """
    old, new = _tokens(before), _tokens(after)
    if [_unquoted(token) for token in old] == [_unquoted(token) for token in new]:
        return "only its layout"
    if len(old) == len(new) and _renames(old, new):
        return "a rename"
    if literal and _takes(before, literal) and _takes(after, literal) and not _guarded(after):
        return "another part of it"
    return ""


def _tokens(text: str) -> list[str]:
    """The words of a statement; a formatter's comma at the end of a call's arguments is none."""
    out: list[str] = []
    calls: list[bool] = []
    for token in _TOKEN.findall(text):
        if token in ("(", "[", "{"):
            calls.append(bool(out) and (_NAME.match(out[-1]) is not None or out[-1] in (")", "]")))
        elif token in (")", "]", "}") and calls and calls.pop() and out[-1] == ",":
            out.pop()
        out.append(token)
    return out


def _takes(line: str, literal: str) -> bool:
    """Whether a line subscripts something with that name: `row["currency"]`."""
    dense = line.replace(" ", "")
    return f'["{literal}"]' in dense or f"['{literal}']" in dense


def _guarded(line: str) -> bool:
    return bool(re.search(r"\bin\b|\btry\b|\bexcept\b", line))


def _side(row: str) -> str:
    return next((mark for mark in ("--- ", "+++ ", "rename from ", "rename to ") if row.startswith(mark)), "")


def _changed(path: str, item: Change, line: int) -> HeadLine:
    """What became of a line that a change takes out, as far as the change itself shows."""
    before = item.old[line - item.start]
    position, same = counterpart(item.old, item.new, line - item.start)
    if position < 0:
        status: HeadStatus = "changed" if item.new else "gone"
        return HeadLine(status, path, item.to if item.new else 0, before, "\n".join(item.new[:20]))
    if same:
        return HeadLine("moved", path, item.to + position)
    return HeadLine("changed", path, item.to + position, before, item.new[position])


def _renames(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether only names differ, each always in the same way and none becoming another's."""
    names: dict[str, str] = {}
    for before, after in zip(old, new, strict=True):
        if before != after and not (_NAME.match(before) and _NAME.match(after)):
            return False
        if names.setdefault(before, after) != after:
            return False
    return len(set(names.values())) == len(names)


def _unquoted(token: str) -> str:
    return token[1:-1] if token[:1] in "\"'" and len(token) > 1 else token


def _path(text: str, prefix: str) -> str:
    plain = text.rstrip("\t")
    if plain.startswith('"') and plain.endswith('"'):
        plain = _c_unquoted(plain[1:-1])
    return "" if plain == "/dev/null" else plain.removeprefix(prefix)


def _c_unquoted(text: str) -> str:
    """git quotes odd file names as C strings: octal bytes and a few escapes."""
    raw = bytearray()
    position = 0
    while position < len(text):
        character = text[position]
        if character == "\\" and (octal := re.match(r"[0-7]{3}", text[position + 1 : position + 4])):
            raw.append(int(octal.group(), 8) & 0xFF)
            position += 4
        elif character == "\\" and position + 1 < len(text):
            raw += _ESCAPES.get(text[position + 1], text[position + 1]).encode()
            position += 2
        else:
            raw += character.encode("utf-8", "surrogatepass")
            position += 1
    return raw.decode("utf-8", "replace")
