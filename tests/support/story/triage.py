"""From the first signal to the mapped case, as entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rootcase.core.model.entries import (
    Body,
    CaseOpened,
    CodeMapped,
    Entry,
    EvidenceRecorded,
    GateDecided,
    NoteWritten,
    SignalSeen,
    kind_of,
)
from tests.support.story.place import (
    SECOND,
    START,
)
from tests.support.story.reasoned import FIX, IGNORE, NOTE, PATH
from tests.support.story.seen import EVIDENCE, FINGERPRINT, SECOND_SIGNAL, SIGNAL


@dataclass(frozen=True)
class Told:
    """Something that was appended. after_s: seconds since the entry before."""

    body: Body
    actor: str = "rootcase"
    after_s: float = 1.0


def entries(told: Sequence[Told]) -> list[Entry]:
    out, at = [], START
    for seq, item in enumerate(told, 1):
        at += int(item.after_s * SECOND)
        out.append(
            Entry("C-412", seq, at, item.actor, kind_of(type(item.body)), item.body, hash=f"{seq:064x}")
        )
    return out


def opened() -> list[Told]:
    return [
        Told(
            CaseOpened("C-412", "KeyError 'currency' in price_for", "checkout-api", FINGERPRINT, "checkout")
        ),
        Told(SignalSeen(SIGNAL)),
        Told(SignalSeen(SECOND_SIGNAL, "same fingerprint")),
        Told(EvidenceRecorded(EVIDENCE)),
    ]


def fresh() -> list[Told]:
    """Gated, nothing mapped yet."""
    return [*opened(), Told(GateDecided(replace(FIX, asked="before")))]


def ignored() -> list[Told]:
    return [*opened(), Told(GateDecided(IGNORE))]


def mapped() -> list[Told]:
    return [*fresh(), Told(CodeMapped(PATH)), Told(NoteWritten(NOTE)), Told(GateDecided(FIX))]


def changed() -> list[Told]:
    """A commit since the release touches the failing statement."""
    since = "4fe21c0 by mira changed src/checkout/pricing.py:22"
    return [*mapped(), Told(CodeMapped(replace(PATH, changed_since=since)))]
