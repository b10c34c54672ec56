"""Claims: a statement with citations that a program checks before it is recorded."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from rootcase.core.agent.citations import Asked, Citations
from rootcase.core.agent.tools.tool import ToolResult, failure
from rootcase.core.model.entries import Body, ClaimMade, EvidenceRecorded
from rootcase.core.model.evidence import Citation, Claim, ClaimStatus
from rootcase.core.safety.redact import Redactor
from rootcase.core.safety.text import clean_line

TEXT_LIMIT = 400
QUOTE_LIMIT = 300


@dataclass(frozen=True, slots=True)
class Cite:
    evidence: Annotated[
        str,
        Meta(
            description="an id such as f1 or s1, a place such as app/a.py:10-12 (add @head for HEAD), or a commit id"
        ),
    ]
    quote: Annotated[str, Meta(description="a few words that stand there, exactly")] = ""


@dataclass(frozen=True, slots=True)
class MakeClaim:
    text: Annotated[str, Meta(description="one sentence that can be wrong")]
    role: Annotated[
        Literal["cause", "mechanism", "scope", "timeline", "risk", "other"],
        Meta(description="cause: why it fails at all; mechanism: how that leads to the crash"),
    ]
    status: Annotated[
        ClaimStatus,
        Meta(description="refuted: you looked at this and it is wrong; assumed: nothing shows it"),
    ]
    citations: tuple[Cite, ...] = ()


class Claims:
    """The claims of one phase, on top of those of the case. marked: ids that a human has marked right or wrong."""

    def __init__(
        self, citations: Citations, known: Sequence[Claim], origin: str, redactor: Redactor,
        marked: Collection[str] = (),
    ) -> None:  # fmt: skip
        self._citations = citations
        self._known = {_same(claim.text): claim for claim in known}
        self._origin = origin
        self._marked = frozenset(marked)
        self._redactor = redactor
        self._refused: dict[str, Claim] = {}
        self._next = 1 + max(
            (int(c.id[1:]) for c in known if c.id[:1] == "k" and c.id[1:].isdigit()), default=0
        )
        self.made = 0

    async def make(self, ask: MakeClaim) -> ToolResult:
        """Check and record; a claim whose citation fails is refused once, then recorded as assumed."""
        text = self._redactor.text(clean_line(ask.text, limit=TEXT_LIMIT))
        if not text:
            return failure("claim needs a sentence.")
        checked = tuple(
            [
                await self._citations.check(Asked(self._tidy(c.evidence), self._tidy(c.quote)))
                for c in ask.citations
            ]
        )
        status, why = judged(ask.status, checked)
        known = self._known.get(_same(text))
        if known is not None and known.id in self._marked and known.status != status:
            return failure(
                f"The engineer marked {known.id} as {known.status}. Follow that, or claim something else."
            )
        if known is not None and known.status == status:
            return ToolResult(f"{known.id} says that already, {known.status}.")
        claim = Claim(
            known.id if known else f"k{self._next}", text, status, checked, ask.role, why, self._origin
        )
        if why and _same(text) not in self._refused:
            self._refused[_same(text)] = claim
            return failure(
                f"Not recorded: {why}. Correct the citation, or claim it again to record it as assumed."
            )
        return self._record(claim)

    def leftovers(self) -> tuple[Body, ...]:
        """Claims that were refused and never claimed again, as assumed; for the end of the phase."""
        bodies: list[Body] = []
        for claim in list(self._refused.values()):
            bodies.extend(self._record(claim).bodies)
        return tuple(bodies)

    def _record(self, claim: Claim) -> ToolResult:
        self._refused.pop(_same(claim.text), None)
        if _same(claim.text) not in self._known:
            self._next += 1
        self._known[_same(claim.text)] = claim
        self.made += 1
        new = self._citations.take_new(claim.citations)
        bodies: tuple[Body, ...] = (EvidenceRecorded(new),) if new else ()
        cites = " ".join(f"[{citation.evidence}]" for citation in claim.citations)
        why = f" ({claim.why})" if claim.why else ""
        return ToolResult(
            f"{claim.id} {claim.status}{why} {cites}".rstrip(), bodies=(*bodies, ClaimMade(claim))
        )

    def _tidy(self, text: str) -> str:
        return self._redactor.text(clean_line(text, limit=QUOTE_LIMIT))


def judged(said: ClaimStatus, citations: Sequence[Citation]) -> tuple[ClaimStatus, str]:
    """What the model says holds only with at least one citation, all of which hold; and why it does not."""
    if said == "assumed":
        return "assumed", ""
    if not citations:
        return "assumed", f"said to be {said}, but it cites nothing"
    failed = [citation for citation in citations if not citation.ok]
    if failed:
        return "assumed", f"said to be {said}, but {failed[0].why}"
    return said, ""


def _same(text: str) -> str:
    return " ".join(text.lower().split()).rstrip(".")
