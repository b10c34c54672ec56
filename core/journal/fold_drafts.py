"""The part of the fold that keeps drafts, the decisions about their hunks, proof and review."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rootcase.core.journal.fold_decisions import Decisions, ReviewVerdict, is_human
from rootcase.core.model.drafts import Draft, HunkState
from rootcase.core.model.entries import (
    AnotherAsked,
    CausePinned,
    ClaimMarked,
    Commented,
    DraftAbandoned,
    DraftChosen,
    DraftExplained,
    DraftRebased,
    DraftStarted,
    DraftWritten,
    Entry,
    HunkDecided,
    HunkEdited,
    HunkSplit,
    Judged,
    PhaseEnded,
    PhaseRestarted,
    PhaseStarted,
    ProofAsked,
    ProofStarted,
    Proved,
    Reviewed,
)
from rootcase.core.model.hunks import draft_digest, edited, split_agrees, with_digest
from rootcase.core.model.proofs import Finding, ProofResult

if TYPE_CHECKING:
    from rootcase.core.journal.fold_parts import Table


class _Attempt:
    """One draft: the agent's text and, in order, what was decided about it. seq: its last change."""

    def __init__(self, draft: Draft) -> None:
        self.agent = draft
        self.decided: list[Entry] = []
        self.seq = 0
        self._made: tuple[Draft, int, Draft] | None = None

    def current(self, decisions: Decisions) -> Draft:
        """The draft after all decisions that stand; replayed only when something has changed."""
        mark = len(self.decided) + decisions.changes
        if self._made is None or self._made[0] is not self.agent or self._made[1] != mark:
            self._made = (self.agent, mark, self._replayed(decisions))
        return self._made[2]

    def _replayed(self, decisions: Decisions) -> Draft:
        states = list(self.agent.hunks)
        for entry in self.decided:
            if entry.seq not in decisions.undone:
                states = [new for state in states for new in _after(state, entry)]
        return with_digest(replace(self.agent, hunks=tuple(states)))


def _after(state: HunkState, entry: Entry) -> tuple[HunkState, ...]:
    """The hunk after one decision; itself where the decision is about another, or does not fit."""
    body, name = entry.body, state.hunk.id
    if isinstance(body, HunkDecided) and name in body.hunks:
        return (replace(state, decision=body.decision, reason=body.reason, by=entry.actor),)
    if isinstance(body, HunkEdited) and body.hunk == name:
        return (replace(edited(state, body.new, entry.actor), reason=""),)
    if isinstance(body, Commented) and body.about == name:
        return (replace(state, comments=(*state.comments, body.text)),)
    if isinstance(body, HunkSplit) and body.hunk == name and split_agrees(state.hunk, body.into):
        return tuple(replace(state, hunk=piece, agent_new=()) for piece in body.into)
    return (state,)


class Drafts:
    """seq: the last entry that changed the text of the latest draft."""

    def __init__(self, decisions: Decisions) -> None:
        self._decisions = decisions
        self._attempts: dict[int, _Attempt] = {}
        self._test_digests: dict[str, str] = {}
        self.title = self.proving = ""
        self.proofs: list[ProofResult] = []
        self.findings: tuple[Finding, ...] = ()
        self.review_digest = ""
        self.review_round = 0
        self.review_draft = 0
        self.review_verdict: ReviewVerdict = ""
        self.judged: Judged | None = None
        self.prove_asked = 0
        self.chosen = self.another = self.rounds_from = self.test_anew = 0
        self._reviews: dict[int, Reviewed] = {}
        self._judgements: dict[int, Judged] = {}

    def table(self) -> Table:
        return {
            DraftStarted: self._started, DraftWritten: self._written, DraftAbandoned: self._abandoned,
            DraftExplained: self._explained, DraftRebased: self._rebased, HunkDecided: self._decided,
            HunkEdited: self._decided, HunkSplit: self._decided, Commented: self._commented,
            ProofStarted: self._proving, Proved: self._proved,
            Reviewed: self._reviewed, Judged: self._judged,
            AnotherAsked: self._another, DraftChosen: self._choose, PhaseRestarted: self._restarted,
            CausePinned: self._spoke, ClaimMarked: self._spoke,
            ProofAsked: self._asked, PhaseStarted: self._phase, PhaseEnded: self._phase,
        }  # fmt: skip

    @property
    def seq(self) -> int:
        latest = self._latest()
        return latest.seq if latest else 0

    def drafts(self) -> tuple[Draft, ...]:
        return tuple(self._attempts[number].current(self._decisions) for number in sorted(self._attempts))

    def test_digests(self) -> tuple[tuple[str, str], ...]:
        return tuple({**self._test_digests, **self._current_tests()}.items())

    def _latest(self) -> _Attempt | None:
        """The chosen draft, else the latest that stands."""
        standing = [a for _, a in sorted(self._attempts.items(), reverse=True) if not a.agent.abandoned]
        chosen = (a for a in standing if a.agent.number == self.chosen)
        return next(chosen, standing[0] if standing else None)

    def _attempt(self, number: int) -> _Attempt:
        return self._attempts.setdefault(number, _Attempt(Draft(number, "")))

    def _current_tests(self) -> dict[str, str]:
        """Which test text goes with the draft's text as it is now; proof of red rests on that alone."""
        latest = self._latest()
        draft = latest.current(self._decisions) if latest else None
        tests = [hunk for hunk in draft.accepted if hunk.test] if draft else []
        return {draft.digest: draft_digest(draft.base_commit, tests)} if draft and tests else {}

    def _started(self, entry: Entry, body: DraftStarted) -> None:
        attempt = _Attempt(Draft(body.draft, body.base_commit, body.origin, reverts=body.reverts))
        attempt.seq = entry.seq
        self._attempts[body.draft] = attempt
        self.chosen = self.another = 0

    def _written(self, entry: Entry, body: DraftWritten) -> None:
        attempt = self._attempt(body.draft)
        by = entry.actor if is_human(entry.actor) else "agent"
        states = tuple(HunkState(hunk, by=by) for hunk in body.hunks)
        attempt.agent = replace(attempt.agent, hunks=states, test_ids=body.test_ids)
        attempt.decided.clear()
        attempt.seq = entry.seq

    def _rebased(self, entry: Entry, body: DraftRebased) -> None:
        """The same text and decisions on another commit; those before it are part of the draft from here on."""
        attempt = self._attempts.get(body.draft)
        if attempt is None:
            return
        draft = attempt.current(self._decisions)
        places = {hunk.id: hunk for hunk in body.hunks}
        states = tuple(
            replace(
                state, hunk=replace(state.hunk, start=place.start, before=place.before, after=place.after)
            )
            for state in draft.hunks
            if (place := places.get(state.hunk.id)) is not None
        )
        attempt.agent = replace(draft, base_commit=body.base_commit, hunks=states)
        attempt.decided.clear()
        attempt.seq = entry.seq

    def _abandoned(self, entry: Entry, body: DraftAbandoned) -> None:
        attempt = self._attempt(body.draft)
        attempt.agent = replace(attempt.agent, abandoned=body.reason or "abandoned")

    def _explained(self, entry: Entry, body: DraftExplained) -> None:
        attempt = self._attempt(body.draft)
        attempt.agent = replace(
            attempt.agent, explanation=body.explanation, sentences=body.sentences, risk=body.risk
        )
        self.title = body.title or self.title

    def _decided(self, entry: Entry, body: HunkDecided | HunkEdited | HunkSplit) -> None:
        if body.draft in self._attempts:
            self._attempts[body.draft].decided.append(entry)
            self._attempts[body.draft].seq = entry.seq

    def _commented(self, entry: Entry, body: Commented) -> None:
        latest = self._latest()
        if latest is not None and body.about:
            latest.decided.append(entry)

    def _proving(self, entry: Entry, body: ProofStarted) -> None:
        self.proving = body.step
        self._test_digests.update(self._current_tests())
        self._answered(body.draft)

    def _proved(self, entry: Entry, body: Proved) -> None:
        self.proofs.append(body.result)
        self._test_digests.update(self._current_tests())
        if self.proving == body.result.step:
            self.proving = ""
        self._answered(body.result.draft)

    def _reviewed(self, entry: Entry, body: Reviewed) -> None:
        self.findings, self.review_digest = body.findings, body.digest
        self.review_round, self.review_verdict = body.round, body.verdict
        self.review_draft = body.draft
        self._reviews[body.draft] = body
        self._add_judged()

    def _judged(self, entry: Entry, body: Judged) -> None:
        self.judged = body
        self._judgements[body.draft] = body
        self._add_judged()

    def _add_judged(self) -> None:
        """The judge's findings stand beside the checks' while both are about one text; a waiver stays."""
        if self.judged is not None and self.judged.digest == self.review_digest:
            waived = {finding.id: finding for finding in self.findings if finding.waived}
            others = tuple(f for f in self.findings if f.check != "judge")
            self.findings = others + tuple(waived.get(f.id, f) for f in self.judged.findings)

    def _spoke(self, entry: Entry, body: CausePinned | ClaimMarked) -> None:
        """A human's word about the cause opens new rounds."""
        self.rounds_from = max(self._attempts, default=0)

    def _another(self, entry: Entry, body: AnotherAsked) -> None:
        self.another = body.draft
        self.rounds_from = max(self._attempts, default=0)

    def _choose(self, entry: Entry, body: DraftChosen) -> None:
        """Take up another draft with what review has said about it; proof is found by its digest."""
        attempt = self._attempts.get(body.draft)
        if attempt is None or attempt.agent.abandoned:
            return
        self.chosen, self.another, attempt.seq = body.draft, 0, entry.seq
        self.findings, self.review_digest, self.review_verdict = (), "", ""
        self.judged = self._judgements.get(body.draft)
        if body.draft in self._reviews:
            self._reviewed(entry, self._reviews[body.draft])

    def _restarted(self, entry: Entry, body: PhaseRestarted) -> None:
        """What came out of that phase and the later ones counts no more."""
        self.rounds_from = max(self._attempts, default=0)
        latest = self._latest()
        if latest is None:
            return
        number = latest.agent.number
        if body.phase in ("investigate", "plan", "reproduce", "patch"):
            why = f"{body.phase} is done again" + (f": {body.reason}" if body.reason else "")
            latest.agent = replace(latest.agent, abandoned=why)
            self.test_anew = number if body.phase != "patch" else self.test_anew
        elif body.phase == "review":
            self.findings, self.review_digest, self.review_verdict, self.judged = (), "", "", None
        elif body.phase == "prove":
            self.prove_asked = number
        else:
            latest.agent = replace(latest.agent, explanation="", sentences=())

    def _asked(self, entry: Entry, body: ProofAsked) -> None:
        self.prove_asked = body.draft

    def _phase(self, entry: Entry, body: PhaseStarted | PhaseEnded) -> None:
        if body.phase == "prove":
            self.prove_asked = 0
            self.proving = ""

    def _answered(self, draft: int) -> None:
        if self.prove_asked == draft:
            self.prove_asked = 0
