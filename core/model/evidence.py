"""Things an entry recorded and others can cite, and the claims that cite them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from rootcase.core.model.events import Pairs

EvidenceKind = Literal["frame", "event", "code", "log", "commit", "deploy", "test"]
ClaimStatus = Literal["supported", "refuted", "assumed"]
LETTERS: dict[EvidenceKind, str] = {
    "frame": "f", "event": "e", "code": "s", "log": "l", "commit": "c", "deploy": "d", "test": "t",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Evidence:
    """A citable thing. id: letter of the kind and a number that stays (`f1`).

    label: one line to show. text: the exact content a quotation is checked against.
    path, line, end_line, commit: where it is in the repository, "" or 0 where it is not code.
    """

    id: str
    kind: EvidenceKind
    label: str
    text: str = ""
    path: str = ""
    line: int = 0
    end_line: int = 0
    commit: str = ""
    url: str = ""
    at_us: int = 0
    data: Pairs = ()


class Numbering:
    """Hands out the next free evidence id of each kind."""

    def __init__(self, known: Iterable[Evidence] = ()) -> None:
        self._last: dict[str, int] = {}
        for item in known:
            letter, number = item.id[:1], item.id[1:]
            if number.isdigit():
                self._last[letter] = max(self._last.get(letter, 0), int(number))

    def next(self, kind: EvidenceKind) -> str:
        letter = LETTERS[kind]
        self._last[letter] = self._last.get(letter, 0) + 1
        return f"{letter}{self._last[letter]}"


@dataclass(frozen=True, slots=True)
class Citation:
    """evidence: an id such as `s1`; quote: text said to stand there, "" for the thing as a whole.

    ok: what the program found when it checked; why: its reason when it did not hold.
    """

    evidence: str
    quote: str = ""
    ok: bool | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement with its citations. status is computed by a program, or set by a human's mark.

    role: cause, mechanism, scope, timeline, risk, other. origin: investigate, human, diagnosis…
    """

    id: str
    text: str
    status: ClaimStatus
    citations: tuple[Citation, ...] = ()
    role: str = "other"
    why: str = ""
    origin: str = "agent"


@dataclass(frozen=True, slots=True)
class NoteLine:
    """One line of the incident note: label (`what`, `since`, `who`…), text, evidence ids it cites."""

    label: str
    text: str
    cites: tuple[str, ...] = ()
