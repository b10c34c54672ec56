"""Small wrong versions of changed Python lines: what a test that means something must notice."""

from __future__ import annotations

import io
import keyword
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_SWAPS = {
    "==": "!=", "!=": "==", "<": "<=", "<=": "<", ">": ">=", ">=": ">", "+": "-", "-": "+", "*": "/", "/": "*",
    "//": "*", "and": "or", "or": "and", "True": "False", "False": "True", "in": "not in", "is": "is not",
    "+=": "-=", "-=": "+=", "break": "continue", "continue": "break",
}  # fmt: skip
_LEFT_OUT = ("not", "await")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One changed file. line: 1-based in the patched file; was, becomes: the text that differs."""

    path: str
    line: int
    was: str
    becomes: str
    text: str

    @property
    def words(self) -> str:
        becomes = f"becomes {self.becomes}" if self.becomes else "is left out"
        return f"{self.path}:{self.line}: `{self.was}` {becomes}"


@dataclass(frozen=True, slots=True)
class _Edit:
    """Replace the characters from one (row, column) to another."""

    start: tuple[int, int]
    end: tuple[int, int]
    becomes: str


def mutants_of(path: str, text: str, lines: Iterable[int], *, limit: int = 30) -> tuple[Mutant, ...]:
    """Mutants of those lines of a Python file, spread over the lines; each one compiles.

    Empty where the file is not Python or does not parse with this interpreter.
    """
    wanted = frozenset(lines)
    try:
        compile(text, path, "exec", dont_inherit=True)
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (SyntaxError, ValueError, tokenize.TokenError):
        return ()
    rows = io.StringIO(text).readlines()
    found = [m for edit in _edits(tokens, wanted) if (m := _mutant(path, rows, edit))]
    return spread(dict.fromkeys(found), limit)


def spread(mutants: Iterable[Mutant], limit: int) -> tuple[Mutant, ...]:
    """The first of each line, then the second of each, so that no line uses up the limit."""
    by_line: dict[int, list[Mutant]] = {}
    for mutant in mutants:
        by_line.setdefault(mutant.line, []).append(mutant)
    out: list[Mutant] = []
    depth = 0
    while len(out) < limit and any(len(group) > depth for group in by_line.values()):
        out += [group[depth] for group in by_line.values() if len(group) > depth]
        depth += 1
    return tuple(out[:limit])


def _mutant(path: str, rows: Sequence[str], edit: _Edit) -> Mutant | None:
    (row, left), (end_row, right) = edit.start, edit.end
    was = "".join(rows[row - 1 : end_row])
    inner = was[left : len(was) - (len(rows[end_row - 1]) - right)]
    if not inner.strip() or inner == edit.becomes:
        return None
    changed = was[:left] + edit.becomes + was[len(was) - (len(rows[end_row - 1]) - right) :]
    text = "".join([*rows[: row - 1], changed, *rows[end_row:]])
    try:
        compile(text, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return None
    return Mutant(path, row, " ".join(inner.split()), edit.becomes.strip(), text)


def _edits(tokens: Sequence[tokenize.TokenInfo], wanted: frozenset[int]) -> Iterator[_Edit]:
    depth = 0
    for index, token in enumerate(tokens):
        if token.type == tokenize.OP and token.string in "([{":
            depth += 1
        elif token.type == tokenize.OP and token.string in ")]}":
            depth -= 1
        if token.start[0] not in wanted:
            continue
        after = tokens[index + 1] if index + 1 < len(tokens) else token
        before = tokens[index - 1] if index else token
        yield from _token_edits(token, before, after)
        if depth and token.type == tokenize.NAME and after.string == "=" and before.string in ("(", ","):
            yield from _without_keyword(tokens, index)
        if token.string == "return" and token.type == tokenize.NAME:
            yield from _return_nothing(tokens, index)
        if _begins_statement(tokens, index):
            yield from _no_statement(tokens, index)


def _token_edits(
    token: tokenize.TokenInfo, before: tokenize.TokenInfo, after: tokenize.TokenInfo
) -> Iterator[_Edit]:
    if token.type == tokenize.NUMBER:
        number = token.string
        yield _Edit(token.start, token.end, f"{number} + 1" if number.isdigit() else f"({number} + 1)")
    if token.type not in (tokenize.OP, tokenize.NAME):
        return
    if token.string in ("in", "is") and "not" in (before.string, after.string):
        two = (before.start, token.end) if before.string == "not" else (token.start, after.end)
        yield _Edit(*two, token.string)
    elif token.string in _LEFT_OUT and after.string != "in" and before.string != "is":
        yield _Edit(token.start, after.start, "")
    elif token.string in ("+", "-", "*") and not _is_operand_end(before):
        return
    elif token.string in _SWAPS:
        yield _Edit(token.start, token.end, _SWAPS[token.string])


def _is_operand_end(token: tokenize.TokenInfo) -> bool:
    """Whether a sign after it is binary; `-x`, `*args` and `f(*, a)` have no left side."""
    if token.type in (tokenize.NUMBER, tokenize.STRING):
        return True
    if token.type == tokenize.NAME:
        return not keyword.iskeyword(token.string) or token.string in ("True", "False", "None")
    return token.string in (")", "]", "}")


def _without_keyword(tokens: Sequence[tokenize.TokenInfo], index: int) -> Iterator[_Edit]:
    """Drop `name=value` of a call, with one comma beside it."""
    depth = 0
    for at in range(index + 1, len(tokens)):
        word = tokens[at].string if tokens[at].type == tokenize.OP else ""
        if word in ("(", "[", "{"):
            depth += 1
        elif word in (")", "]", "}"):
            if depth == 0:
                first = tokens[index - 1] if tokens[index - 1].string == "," else tokens[index]
                yield _Edit(first.start, tokens[at].start, "")
                return
            depth -= 1
        elif word == "," and depth == 0:
            yield _Edit(tokens[index].start, tokens[at + 1].start, "")
            return


def _return_nothing(tokens: Sequence[tokenize.TokenInfo], index: int) -> Iterator[_Edit]:
    end = _end_of_statement(tokens, index)
    value = tokens[index + 1 : end]
    if value and [token.string for token in value] != ["None"]:
        yield _Edit(value[0].start, value[-1].end, "None")


def _begins_statement(tokens: Sequence[tokenize.TokenInfo], index: int) -> bool:
    begins = index == 0 or tokens[index - 1].type in (
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.NL,
    )
    token = tokens[index]
    if not begins or token.type != tokenize.NAME:
        return False
    return token.string == "raise" or not keyword.iskeyword(token.string)


def _no_statement(tokens: Sequence[tokenize.TokenInfo], index: int) -> Iterator[_Edit]:
    end = _end_of_statement(tokens, index)
    if tokens[end - 1].string != ":":
        yield _Edit(tokens[index].start, tokens[end - 1].end, "pass")


def _end_of_statement(tokens: Sequence[tokenize.TokenInfo], index: int) -> int:
    """The index behind the statement's last token, its comment left out."""
    ends = (tokenize.NEWLINE, tokenize.ENDMARKER, tokenize.COMMENT)
    at = index
    while tokens[at].type not in ends and tokens[at].string != ";":
        at += 1
    return at
