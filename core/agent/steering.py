"""What the engineer said during a run, and what of it a conversation has not heard yet."""

from __future__ import annotations

from rootcase.core.model.case import Case, Said
from rootcase.core.model.entries import Steered, kind_of

STEERED = kind_of(Steered)


class Steering:
    """Follows the steers of one phase. What was said before it began is in its brief.

    texts: what was said since the last phase ended, oldest first.
    """

    def __init__(self, case: Case) -> None:
        self._seen = case.seq
        ended = max((phase.ended_us for phase in case.phases if phase.ok is not None), default=0)
        self.texts = tuple(said.text for said in steers(case) if said.at_us > ended)

    def has_news(self, case: Case) -> bool:
        return any(said.seq > self._seen for said in steers(case))

    def news(self, case: Case) -> tuple[str, ...]:
        """What was said since the last call, each as a message."""
        new = [said for said in steers(case) if said.seq > self._seen]
        self._seen = max(self._seen, case.seq)
        self.texts += tuple(said.text for said in new)
        return tuple(
            f'The engineer who runs this case says: "{said.text}"\nFollow it, and say in a sentence what you change.'
            for said in new
        )


def steers(case: Case) -> tuple[Said, ...]:
    """All that humans said to runs of this case, oldest first."""
    return tuple(said for said in case.said if said.what == STEERED)
