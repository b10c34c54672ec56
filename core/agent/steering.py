"""What the engineer said during a run, and what of it a conversation has not heard yet."""

from __future__ import annotations

from rootcase.core.model.case import Case, Said
from rootcase.core.model.entries import (
    AnotherAsked,
    CausePinned,
    ClaimMarked,
    PhaseRestarted,
    Steered,
    kind_of,
)

STEERED = kind_of(Steered)
HEARD = {kind_of(body) for body in (Steered, ClaimMarked, CausePinned, AnotherAsked, PhaseRestarted)}


class Steering:
    """Follows what is said during one phase. What was said before it began is in its brief.

    texts: what was said since the last phase ended, oldest first.
    """

    def __init__(self, case: Case) -> None:
        self._seen = case.seq
        ended = max((phase.ended_us for phase in case.phases if phase.ok is not None), default=0)
        self.texts = tuple(in_words(case, said) for said in steers(case) if said.at_us > ended)

    def has_news(self, case: Case) -> bool:
        return any(said.seq > self._seen for said in steers(case))

    def news(self, case: Case) -> tuple[str, ...]:
        """What was said since the last call, each as a message."""
        new = [in_words(case, said) for said in steers(case) if said.seq > self._seen]
        self._seen = max(self._seen, case.seq)
        self.texts += tuple(new)
        return tuple(
            f'The engineer who runs this case says: "{words}"\nFollow it, and say in a sentence what you change.'
            for words in new
        )


def steers(case: Case) -> tuple[Said, ...]:
    """All that humans said to runs of this case and did not take back, oldest first."""
    return tuple(said for said in case.said if said.what in HEARD and not said.undone)


def in_words(case: Case, said: Said) -> str:
    """A steer as it was typed; a mark with the claim that it is about."""
    if said.what == STEERED:
        return said.text
    claim = next((claim for claim in case.claims if claim.id == said.about), None)
    about = f'{claim.id} ("{claim.text}")' if claim else said.about
    return f"{about}: {said.text}" if about else said.text


def marked(case: Case) -> frozenset[str]:
    """Ids of the claims that a human has marked right or wrong, or pinned."""
    kinds = {kind_of(ClaimMarked), kind_of(CausePinned)}
    return frozenset(said.about for said in steers(case) if said.what in kinds and said.about)
