"""Whether the project's own tests expect the refusal that a crash ended in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rootcase.core.codemap.definitions import Definitions, is_test
from rootcase.core.codemap.steps import Step
from rootcase.core.model.code import GrepHit
from rootcase.core.model.events import ExceptionInfo

# Fewer words than these stand in many a message.
WORDS, LENGTH, PHRASES = 3, 14, 2
HITS, TESTS_READ, MAX_LINES = 60, 4, 400
# Lines around the words: where a refusal is asked for, and what is called there.
NEAR, AROUND = 6, 12
_ASKS = re.compile(r"[Rr]aise|\bmatch\s*=|\bexcept\b|\bexc_?info\b")
_QUOTED = re.compile(r"\"([^\"]*)\"|'([^']*)'")
_CUT = re.compile(r"\{[^{}]*\}|%\(\w+\)[-\d.]*\w|%[-\d.]*\w|\\\w|[()\[\]{}?*+.^$|\\'\"`]")
_CALLED = re.compile(r"\b([A-Za-z_]\w*)\s*\(")


@dataclass(frozen=True, slots=True)
class Expected:
    """at: `path:line` of a test that asks for the refusal, "" for none. through: the outermost step that it calls."""

    at: str = ""
    through: int = 0

    def holds(self, step: Step) -> bool:
        """Whether a step refuses, or lets through what was refused, as the tests want it."""
        return bool(self.at) and step.distance <= self.through


async def expected_of(steps: Sequence[Step], cause: ExceptionInfo | None, known: Definitions) -> Expected:
    """What tests say of an error that the innermost step raises on purpose, in words that it writes itself."""
    said = _said(steps, cause)
    for phrase in said:
        hits = await known.repository.grep(known.commit, phrase, limit=HITS)
        for path in list(dict.fromkeys(hit.path for hit in hits if is_test(hit.path)))[:TESTS_READ]:
            text = await known.repository.read(known.commit, path) or ""
            asked = _asked(text.split("\n"), [hit for hit in hits if hit.path == path])
            if asked:
                line, called = asked
                return Expected(f"{path}:{line}", _through(steps, called))
    return Expected()


def _said(steps: Sequence[Step], cause: ExceptionInfo | None) -> tuple[str, ...]:
    """Words of the message that the function which raised it has in quotes, the longest first.

    They are cut at what is filled in, and at signs that a pattern in a test would escape.
    """
    first = steps[0] if steps else None
    if first is None or cause is None or first.scope is None or first.statement is None:
        return ()
    if first.statement.kind != "raise_statement":
        return ()
    own = first.place.text.split("\n")[first.scope.start - 1 : first.scope.end][:MAX_LINES]
    quoted = (piece for row in own for match in _QUOTED.findall(row) for piece in match)
    pieces = {part.strip() for piece in quoted for part in _CUT.split(piece)}
    long = [
        piece
        for piece in pieces
        if len(piece) >= LENGTH and len(piece.split()) >= WORDS and piece in cause.value
    ]
    return tuple(sorted(long, key=lambda piece: (-len(piece), piece))[:PHRASES])


def _asked(rows: Sequence[str], hits: Sequence[GrepHit]) -> tuple[int, frozenset[str]] | None:
    """(line, names of what is called around) of the first hit where a refusal is asked for."""
    for hit in hits:
        near = rows[max(0, hit.line - 1 - NEAR) : hit.line + NEAR]
        if any(_ASKS.search(row) for row in near):
            around = rows[max(0, hit.line - 1 - AROUND) : hit.line + AROUND]
            return hit.line, frozenset(name for row in around for name in _CALLED.findall(row))
    return None


def _through(steps: Sequence[Step], called: frozenset[str]) -> int:
    """The outermost step of those called, the way into the trace left out: not all of a trace is as it should be."""
    inner = [step for step in steps[1:-1] if _bare(step.name) in called]
    return inner[-1].distance if inner else 0


def _bare(name: str) -> str:
    """The name that calls a function: its class's for `__init__` and the like."""
    *holders, last = name.split(".")
    return holders[-1] if holders and last.startswith("__") else last
