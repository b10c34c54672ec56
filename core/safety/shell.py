"""Reads shell text as far as needed to see which commands it would run; it never runs anything."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_SEPARATORS = ";&|\n(){}"
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)\+?=(.*)", re.DOTALL)
_VARIABLE = re.compile(r"\$(?:\{([A-Za-z_][A-Za-z0-9_]*)[^}]{0,200}\}|([A-Za-z_][A-Za-z0-9_]*))")
_BLANK = "\ue000"  # a private-use character: a space that came out of $IFS and splits words
MAX_SCRIPT = 100_000


@dataclass(slots=True)
class Script:
    """What a shell text would run. commands: words of each simple command, in order.

    nested: text of command substitutions. piped: index of each command that reads the one before it.
    """

    commands: list[list[str]] = field(default_factory=list)
    nested: list[str] = field(default_factory=list)
    piped: set[int] = field(default_factory=set)


def read(text: str) -> Script:
    """The simple commands of a shell text, quotes resolved. Odd text is read generously, never refused."""
    return _Reader(text[:MAX_SCRIPT]).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.script = Script()
        self.variables: dict[str, str] = {"IFS": _BLANK}
        self.words: list[str] = []
        self.word: list[str] | None = None

    def read(self) -> Script:
        while self.at < len(self.text):
            self._step(self.text[self.at])
        self._end_command("")
        return self.script

    def _step(self, char: str) -> None:
        self.at += 1
        if char == "\\":
            self._escaped()
        elif char == "'":
            self._add(self._until("'"))
        elif char == '"':
            self._double()
        elif char == "`":
            self.script.nested.append(self._until("`"))
            self._add("")
        elif char == "$":
            self._dollar()
        elif char == "#" and self.word is None:
            self._until("\n", keep=True)
        elif char in "<>":
            if self.word is not None and "".join(self.word).isdigit():
                self.word = None  # the descriptor of `2>file`
            self._end_word()
            self._redirect()
        elif char == "{" and self._brace_list():
            pass
        elif char in _SEPARATORS:
            self._end_command(char)
        elif char in " \t\r":
            self._end_word()
        else:
            self._add(char)

    def _escaped(self) -> None:
        following = self.text[self.at : self.at + 1]
        self.at += 1
        if following != "\n":
            self._add(following)

    def _double(self) -> None:
        self._add("")
        while self.at < len(self.text):
            char = self.text[self.at]
            self.at += 1
            if char == '"':
                return
            if char == "\\":
                self._add(self.text[self.at : self.at + 1])
                self.at += 1
            elif char == "`":
                self.script.nested.append(self._until("`"))
            elif char == "$":
                self._dollar()
            else:
                self._add(char)

    def _dollar(self) -> None:
        rest = self.text[self.at : self.at + 1]
        if rest == "(":
            self.at += 1
            self.script.nested.append(self._balanced())
            self._add("")
        elif rest in ("'", '"'):
            self._add("")
        elif match := _VARIABLE.match(self.text, self.at - 1):
            self.at = match.end()
            self._add(self.variables.get(match[1] or match[2], match.group()))
        else:
            self._add("$")

    def _until(self, end: str, *, keep: bool = False) -> str:
        stop = self.text.find(end, self.at)
        stop = len(self.text) if stop < 0 else stop
        found = self.text[self.at : stop]
        self.at = stop if keep else stop + 1
        return found

    def _balanced(self) -> str:
        depth, start = 1, self.at
        while self.at < len(self.text) and depth:
            depth += {"(": 1, ")": -1}.get(self.text[self.at], 0)
            self.at += 1
        return self.text[start : self.at - 1]

    def _redirect(self) -> None:
        """`>file` may stand before the command word; its target is no word of the command."""
        while self.text[self.at : self.at + 1] in ("<", ">", "&", "|", "-") and self.at < len(self.text):
            self.at += 1
        if self.text[self.at : self.at + 1] == "(":
            return  # process substitution: what is inside is a command of its own
        match = re.compile(r"[ \t]*[^\s;&|()<>]+").match(self.text, self.at)
        self.at = match.end() if match else self.at

    def _brace_list(self) -> bool:
        match = re.compile(r"([^\s{}]+,[^\s{}]*)\}").match(self.text, self.at)
        if not match:
            return False
        self.at = match.end()
        self._add(match[1].replace(",", _BLANK))
        return True

    def _add(self, text: str) -> None:
        if self.word is None:
            self.word = []
        self.word.append(text)

    def _end_word(self) -> None:
        if self.word is None:
            return
        joined, self.word = "".join(self.word), None
        assigned = _ASSIGNMENT.fullmatch(joined)
        if assigned and not self.words:
            self.variables[assigned[1]] = assigned[2]
        self.words.extend(
            part for part in re.split(f"[{_BLANK} ]", joined) if part
        ) if _BLANK in joined else (self.words.append(joined))

    def _end_command(self, separator: str) -> None:
        self._end_word()
        if self.words:
            self.script.commands.append(self.words)
            self.words = []
        if separator == "|" and self.script.commands:
            self.script.piped.add(len(self.script.commands))
