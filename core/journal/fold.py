"""The fold: entries in order become a Case. Pure, total, and incremental for followers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from rootcase.core.journal.case_state import asks_of, state_of
from rootcase.core.journal.fold_acts import Acts
from rootcase.core.journal.fold_decisions import Decisions
from rootcase.core.journal.fold_delivery import Delivery
from rootcase.core.journal.fold_drafts import Drafts
from rootcase.core.journal.fold_facts import Facts
from rootcase.core.journal.fold_history import History
from rootcase.core.journal.fold_runs import Runs
from rootcase.core.journal.fold_watch import Watched
from rootcase.core.model.case import Case
from rootcase.core.model.entries import Body, Entry, Unknown

Apply = Callable[[Entry, Body], None]


class CaseBuilder:
    """Folds entries one by one; `case()` may be asked at any time and costs no second reading.

    Total: an entry that makes no sense here (an unknown hunk, an undo of nothing) changes nothing.
    """

    def __init__(self) -> None:
        self._facts = Facts()
        self._runs = Runs()
        self._decisions = Decisions()
        self._drafts = Drafts(self._decisions)
        self._delivery = Delivery(self._decisions)
        self._acts = Acts()
        self._watched = Watched()
        self._history = History(self._decisions)
        self._unknown: dict[str, None] = {}
        self._key = ""
        self._opened_us = self._last_us = self._seq = 0
        self._hash = ""
        self._apply: dict[type, tuple[Apply, ...]] = {}
        for part in (
            self._facts, self._runs, self._decisions, self._drafts, self._delivery, self._acts, self._watched,
            self._history,
        ):  # fmt: skip
            for body_type, function in part.table().items():
                self._apply[body_type] = (*self._apply.get(body_type, ()), function)

    def apply(self, entry: Entry) -> None:
        """Take the next entry of the journal."""
        if not self._seq:
            self._key, self._opened_us = entry.case, entry.at_us
        self._seq, self._last_us, self._hash = entry.seq, entry.at_us, entry.hash
        body = entry.body
        for function in self._apply.get(type(body), ()):
            function(entry, body)
        if isinstance(body, Unknown):
            self._unknown[body.kind] = None

    @property
    def seq(self) -> int:
        """The last entry taken, 0 before the first."""
        return self._seq

    def case(self) -> Case:
        """The case as the entries so far tell it."""
        facts, runs, decisions, drafts = self._facts, self._runs, self._decisions, self._drafts
        verdict = decisions.verdict(facts.gate, facts.gate_seq)
        confidence, confidence_by = decisions.confidence()
        case = Case(
            chosen=drafts.chosen, another=drafts.another, rounds_from=drafts.rounds_from, test_anew=drafts.test_anew,
            pinned=decisions.pinned(),
            key=self._key, title=facts.title, service=facts.service, repository=facts.repository,
            opened_us=self._opened_us, last_us=self._last_us, seq=self._seq, head_hash=self._hash,
            fingerprint=facts.fingerprint, merged_into=facts.merged_into, took=tuple(facts.took),
            joins=tuple(facts.joins.values()), declined=tuple(facts.declined), news=facts.news(),
            signals=self._acts.over(facts.signals.values()), acts=tuple(self._acts.records.values()),
            evidence=tuple(facts.evidence.values()), work=facts.work, work_failed=facts.work_failed,
            gate=facts.gate, opinion=facts.opinion,
            verdict=verdict.verdict, verdict_by=verdict.by, verdict_reason=verdict.reason,
            owner=decisions.owner() or facts.owner(), code=facts.code, note=facts.note,
            claims=decisions.marked(facts.claims.values()), plan=facts.plan, widened=tuple(facts.widened),
            runs=runs.runs(), phases=runs.phases(), spent=runs.spent(), caps=runs.caps,
            warned=tuple(runs.warned.values()), hooks=tuple(runs.hooks),
            drafts=drafts.drafts(), title_of_change=drafts.title, proofs=decisions.proofs(drafts.proofs),
            proving=drafts.proving if runs.live else "", test_digests=drafts.test_digests(),
            findings=decisions.waived(drafts.findings), review_digest=drafts.review_digest,
            review_round=drafts.review_round, review_draft=drafts.review_draft, judged=drafts.judged,
            effects=tuple(self._delivery.effects.values()), pull=self._delivery.pull,
            addressed=tuple(self._delivery.addressed), takings=tuple(self._delivery.takings),
            recurred=facts.regressed_seq if facts.regressed_seq > self._delivery.done_seq > 0 else 0,
            confidence=confidence, confidence_by=confidence_by, waivers=decisions.waivers(),
            said=decisions.said(), steering=tuple(runs.steering), pause_asked=runs.pause_asked,
            stop_asked=runs.stop_asked, prove_asked=drafts.prove_asked, faults=tuple(facts.faults),
            undoable=decisions.undoable, redoable=decisions.redoable, unknown_kinds=tuple(self._unknown),
            reopened_us=facts.reopened_us, remap=facts.remap, after=self._watched.after,
            moments=self._history.moments(), asked=self._history.asked(),
        )  # fmt: skip
        again_us = max(runs.investigate_again_us, decisions.doubted_us(case.claims))
        case = replace(
            case,
            replan=decisions.replan(facts.plan, facts.plan_seq, case.claims),
            investigate_again_us=again_us,
        )
        checks = tuple(finding for finding in case.findings if finding.check != "judge")
        draft = case.draft
        proposal = self._delivery.proposal(draft.digest if draft else "")
        approved, approved_by = self._delivery.approval(proposal)
        case = replace(
            case,
            review_verdict=decisions.review_verdict(drafts.review_verdict, checks),
            proposal=proposal, approved=approved, approved_by=approved_by,
        )  # fmt: skip
        seqs = (runs.ended_seq, verdict.seq, self._delivery.failed_seq, drafts.seq, self._watched.closed_seq)
        case = replace(case, asks=asks_of(case, *seqs))
        return replace(case, state=state_of(case, facts.regressed_seq, verdict.seq, self._delivery.done_seq))


def fold(entries: Iterable[Entry]) -> Case:
    """The case that those entries tell; an empty Case for none."""
    builder = CaseBuilder()
    for entry in entries:
        builder.apply(entry)
    return builder.case()
