"""What a run does next, computed from the case alone; so a killed run continues where it stood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from rootcase.core.model import ladder
from rootcase.core.model.case import Case, PhaseRecord
from rootcase.core.model.confidence import still_open
from rootcase.core.model.delivery import ASIDE, Proposal
from rootcase.core.model.entries import Outcome, Until
from rootcase.core.model.proofs import ProofStep

StepName = Literal[
    "gate before", "map", "gate after", "opinion", "investigate", "plan", "reproduce", "patch",
    "review", "redraft", "prove", "judge", "explain", "propose", "deliver", "revert",
]  # fmt: skip
MAX_ROUNDS = 3
ORDER: tuple[Until, ...] = ("gate", "map", "draft", "prove", "propose")


@dataclass(frozen=True, slots=True)
class Step:
    """Do this next. why: for a redraft, what stopped the draft before."""

    name: StepName
    why: str = ""


@dataclass(frozen=True, slots=True)
class End:
    """Nothing more to do in this run. exit_code: as the command line promises."""

    outcome: Outcome
    because: str
    exit_code: int


def next_step(
    case: Case,
    until: Until,
    *,
    approvable: bool = False,
    proposed: bool = False,
    judge: bool = False,
    opinion: bool = False,
) -> Step | End:
    """The next step of a run that goes on until `until`.

    opinion: a second opinion on the verdict is wanted, once for each decision, where a run is to draft.
    judge: a judge model is configured, which is asked about each text that proof found well.
    approvable: the configuration lets an unattended run send this proposal by itself. proposed: this run
    has made a proposal already, so that nothing may be sent is the switch's word of now.
    """
    return (
        _act_at_all(case, until, opinion=opinion)
        or _draft(case, until, judge=judge)
        or _stops_short(case, until)
        or _offer(case, approvable=approvable, proposed=proposed)
    )


def wants(until: Until, stage: Until) -> bool:
    """Whether a run until `until` reaches `stage`."""
    return ORDER.index(until) >= ORDER.index(stage)


def _act_at_all(case: Case, until: Until, *, opinion: bool) -> Step | End | None:
    if case.gate is None:
        return Step("gate before")
    if case.news and not _sending(case):
        return Step("gate after" if case.code is not None and case.note else "gate before")
    rests = case.verdict in ("wait", "ignore")
    if opinion and case.opinion is None and wants(until, "draft") and (rests or case.gate.asked == "after"):
        return Step("opinion")
    if rests and not _sending(case):
        return End("waiting", f"{case.verdict}: {case.verdict_reason or case.gate.because}", 3)
    if not wants(until, "map"):
        return End("done", f"The gate says {case.verdict}.", 0)
    if case.code is None or not case.note or case.remap:
        return Step("map")
    if case.gate.asked == "before":
        return Step("gate after")
    if not wants(until, "draft"):
        return End("done", "The code is mapped.", 0)
    return None


def _sending(case: Case) -> bool:
    """A human approved something before the gate changed its mind; the human's word stands."""
    return bool(case.approved)


def _draft(case: Case, until: Until, *, judge: bool) -> Step | End | None:
    if case.verdict == "ticket":
        return None
    if not _phase_done(case, "investigate"):
        return Step("investigate")
    if case.verdict != "fix":
        return None
    if case.plan is None or (case.replan and not _by_hand(case)):
        stale = case.draft if case.plan is not None else None
        return Step("redraft", case.replan) if stale is not None and stale.origin == "agent" else Step("plan")
    if case.plan.no_fix:
        return None
    if _plan_was_wrong(case) and rounds_used(case) < MAX_ROUNDS:
        return Step("plan")
    return _rounds(case, until, judge=judge)


def _plan_was_wrong(case: Case) -> bool:
    """The last patch gave up on its plan, and nobody has planned since."""
    last = next((p for p in reversed(case.phases) if p.phase in ("plan", "patch") and p.ok is not None), None)
    return case.draft is None and last is not None and last.phase == "patch" and last.ok is False


def _rounds(case: Case, until: Until, *, judge: bool) -> Step | End | None:
    draft = case.draft
    if draft is None or not draft.test_ids or case.another == draft.number:
        # A human's word since the last phase, such as a review to address, is worth one more round.
        if rounds_used(case) >= MAX_ROUNDS and draft is None and not case.steering:
            return None
        return Step("reproduce")
    if not any(not state.hunk.test for state in draft.hunks):
        return Step("patch")
    if case.review_digest != draft.digest:
        return Step("review")
    if case.review_verdict == "refuse" and not _by_hand(case):
        return _another_round(case, "Review stopped it: " + _blocking(case))
    if not wants(until, "prove"):
        return End("done", "The draft is written and reviewed.", 0)
    if case.prove_asked == draft.number or not _proof_is_whole(case):
        return Step("prove")
    green = case.proof("green")
    if _disproved(case) and not _by_hand(case) and not (green and green.problem):
        return _another_round(case, f"Proof failed: {_disproved(case)}")
    if judge and not _disproved(case) and (case.judged is None or case.judged.digest != draft.digest):
        return Step("judge")
    if not wants(until, "propose"):
        return End(
            "done" if not _disproved(case) else "handed_over", "Proof has run.", 4 if _disproved(case) else 0
        )
    if not draft.explanation:
        return Step("explain")
    return None


def _stops_short(case: Case, until: Until) -> End | None:
    """The end of a run that was not to propose anything, where there is nothing more to draft or prove."""
    if wants(until, "propose"):
        return None
    if case.verdict != "fix":
        return End("handed_over", f"The gate says {case.verdict}; nothing is drafted.", 4)
    if case.plan is not None and case.plan.no_fix:
        return End("handed_over", f"No change to the code is right: {case.plan.no_fix}", 4)
    return End("handed_over", f"No draft stands after {len(case.drafts)}: {_last_abandoned(case)}", 4)


def _last_abandoned(case: Case) -> str:
    return next((draft.abandoned for draft in reversed(case.drafts) if draft.abandoned), "review refuses it")


def _proof_is_whole(case: Case) -> bool:
    """Whether every step has said something about the draft as it stands; a killed run leaves some out."""
    results = [case.proof(step) for step in get_args(ProofStep)]
    return all(result is not None and result.outcome != "cancelled" for result in results)


def _another_round(case: Case, why: str) -> Step | None:
    """A new draft while rounds are left; None hands over with everything so far."""
    return Step("redraft", why) if rounds_used(case) < MAX_ROUNDS else None


def rounds_used(case: Case) -> int:
    """The agent's own drafts since a human asked for more, or since a fix that was sent did not hold.

    A revert takes no round.
    """
    counted = {record.draft for record in _since(case)} if case.reopened_us else None
    return sum(
        draft.origin == "agent"
        and draft.number > case.rounds_from
        and (counted is None or draft.number in counted)
        for draft in case.drafts
    )


def _since(case: Case) -> list[PhaseRecord]:
    """The phases since the case was last opened anew."""
    return [record for record in case.phases if record.started_us >= case.reopened_us]


def _offer(case: Case, *, approvable: bool, proposed: bool) -> Step | End:
    proposal = case.proposal
    if proposal is None or _is_outdated(case, proposal):
        return Step("propose")
    if proposal.kind == "none":
        return Step("propose") if not proposed else End("stopped", proposal.depth_rule, 5)
    if case.approved == proposal.digest or approvable:
        if _is_over(case, proposal):
            return End("done", _sent(case), _exit_for(case))
        return Step("deliver")
    ready = (
        f"The {proposal.kind.replace('_', ' ')} is ready; nothing was sent. {_why_only_that(case)}".rstrip()
    )
    return End("done", ready, _exit_for(case))


def _is_over(case: Case, proposal: Proposal) -> bool:
    """Whether all of it is sent. What stands aside and could not be done is shown; it holds nothing up."""
    state = {effect.key: effect.state for effect in case.effects}
    return all(
        state.get(w.key) == "done" or (w.kind in ASIDE and state.get(w.key) == "failed")
        for w in proposal.writes
    )


def _is_outdated(case: Case, proposal: Proposal) -> bool:
    """Whether the draft or the verdict has moved on since it was proposed; what was approved stays."""
    draft = case.draft
    if draft is not None and proposal.draft_digest not in ("", draft.digest):
        return True
    if case.approved == proposal.digest and not _is_over(case, proposal):
        return False
    if case.recurred and proposal.kind == "ticket" and _is_over(case, proposal):
        return True
    if proposal.draft_digest and _confidence_changed(case, proposal):
        return True
    if proposal.kind == "ticket":
        if proposal.escalates == "budget":  # the run has gone further since
            return True
        return case.verdict == "fix" and case.review_verdict != "refuse" and reached(case) in ("E4", "E5")
    return case.verdict == "ticket" and proposal.kind != "none"


def _confidence_changed(case: Case, proposal: Proposal) -> bool:
    """Whether a kind of confidence was picked, shown or waived since it was proposed."""
    return case.confidence != proposal.picked or still_open(case, proposal.required) != proposal.waits


def _exit_for(case: Case) -> int:
    proposal = case.proposal
    return 4 if proposal is not None and proposal.kind == "ticket" else 0


def _sent(case: Case) -> str:
    urls = list(dict.fromkeys(effect.url for effect in case.effects if effect.state == "done" and effect.url))
    words = "Sent: " + ", ".join(urls) if urls else "Sent."
    return f"{words} {_why_only_that(case)}".rstrip()


def _why_only_that(case: Case) -> str:
    """Why it is a ticket and no pull request, "" where it is one."""
    proposal = case.proposal
    if proposal is None or proposal.kind != "ticket":
        return ""
    problem = next((p.problem for p in case.proofs if p.problem and p.outcome == "failed"), "")
    return f"{proposal.depth_rule} {problem}".rstrip()


def _phase_done(case: Case, phase: str) -> bool:
    """Whether it has ended well since a human last wanted it anew."""
    return any(
        record.phase == phase and record.ok and record.started_us > case.investigate_again_us
        for record in _since(case)
    )


def _by_hand(case: Case) -> bool:
    """A human has touched this draft; then it is theirs, and no agent throws it away."""
    draft = case.draft
    return draft is not None and any(
        s.edited or s.decision == "rejected" or s.by != "agent" for s in draft.hunks
    )


def _blocking(case: Case) -> str:
    open_blocks = [f.text for f in case.findings if f.severity == "block" and not f.waived]
    return open_blocks[0] if open_blocks else "an open finding"


def _disproved(case: Case) -> str:
    """Why proof failed for the draft as it stands, "" where it holds or has not run."""
    for step in ("red", "green", "revert", "suite"):
        result = case.proof(step)
        if result is not None and result.outcome == "failed":
            return result.summary
    return ""


def reached(case: Case) -> str:
    """The evidence level, E0 to E5."""
    return ladder.level(case)
