"""What another tool says the cause is: an assumed claim with its origin, and the code that it names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rootcase.core.model.case import Case
from rootcase.core.model.entries import Body, ClaimMade, EvidenceRecorded
from rootcase.core.model.events import Event
from rootcase.core.model.evidence import Citation, Claim, Evidence, Numbering
from rootcase.core.model.places import event_of_places, named_places
from rootcase.core.model.signals import Diagnosis
from rootcase.core.safety.redact import Redactor
from rootcase.core.safety.text import clean, clean_line

ORIGIN = "diagnosis"
CLAIM_CHARS = 300
TEXT_CHARS = 20_000


@dataclass(frozen=True, slots=True)
class Told:
    """What diagnoses add to a case: entries, and an event a diagnosis for the code that it names."""

    bodies: tuple[Body, ...] = ()
    events: tuple[Event, ...] = ()


def told(diagnoses: Sequence[Diagnosis], case: Case | None, redactor: Redactor, *, release: str = "") -> Told:
    """The entries for those diagnoses that the case does not hold yet; nothing for one that it does.

    Each becomes evidence (the text, where it was read) and one claim that is assumed: citing the text shows
    that it was said, not that it is so. Commits that it names are evidence too.
    """
    numbers = Numbering(case.evidence if case else ())
    have = {item.text for item in case.evidence if item.kind == "log"} if case else set()
    taken = {claim.id for claim in case.claims} if case else set()
    evidence: list[Evidence] = []
    claims: list[Claim] = []
    events: list[Event] = []
    for diagnosis in (_kept(each, redactor) for each in diagnoses):
        if not diagnosis.text or diagnosis.text in have:
            continue
        have.add(diagnosis.text)
        places = named_places(diagnosis.text)
        said = Evidence(
            numbers.next("log"), "log", f"{diagnosis.origin} says", diagnosis.text, url=diagnosis.url,
            at_us=diagnosis.at_us,
        )  # fmt: skip
        commits = [
            Evidence(numbers.next("commit"), "commit", f"{sha[:12]}, named by {diagnosis.origin}", sha, commit=sha)
            for sha in places.commits
        ]  # fmt: skip
        evidence.extend((said, *commits))
        claim = Claim(
            _free(taken), clean_line(diagnosis.text, limit=CLAIM_CHARS), "assumed",
            (Citation(said.id),), "cause", f"{diagnosis.origin} says so; nothing here has checked it", ORIGIN,
        )  # fmt: skip
        taken.add(claim.id)
        claims.append(claim)
        event = event_of_places(
            f"{ORIGIN}:{claim.id}:{said.id}", diagnosis.text, places, at_us=diagnosis.at_us, release=release
        )
        events.extend([event] if event else [])
    if not claims:
        return Told()
    return Told((EvidenceRecorded(tuple(evidence)), *map(ClaimMade, claims)), tuple(events))


def _kept(diagnosis: Diagnosis, redactor: Redactor) -> Diagnosis:
    return replace(
        diagnosis,
        origin=clean_line(diagnosis.origin, limit=60) or "Another tool",
        text=redactor.text(clean(diagnosis.text, limit=TEXT_CHARS)).strip(),
        url=redactor.text(clean_line(diagnosis.url, limit=2000)),
    )


def _free(taken: Iterable[str]) -> str:
    """The next free id of a claim that came from outside: agents number theirs `k1`, `k2`, …"""
    used = set(taken)
    return next(name for number in range(1, len(used) + 2) if (name := f"x{number}") not in used)
