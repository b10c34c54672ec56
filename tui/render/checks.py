"""What stands between a draft and its proposal, and a proposal and its sending; each with its word."""

from __future__ import annotations

from typing import Literal, NamedTuple

from rootcase.core.model import ladder
from rootcase.core.model.case import Case
from rootcase.core.model.drafts import Draft
from rootcase.core.model.proofs import Finding
from rootcase.tui.render.layout import cut, one_line, seg
from rootcase.tui.render.line import Line


class Check(NamedTuple):
    """ok: it is fine, otherwise it needs attention; open: a fact that decides nothing."""

    state: Literal["ok", "needs", "open"]
    text: str


GLYPHS = {"ok": ("√ ", "good bold"), "needs": ("! ", "warn bold"), "open": ("· ", "muted")}


def check_lines(checks: tuple[Check, ...], width: int) -> tuple[Line, ...]:
    """One row each, what needs attention first."""
    ordered = sorted(checks, key=lambda c: c.state != "needs")
    return tuple(Line((seg(*GLYPHS[c.state]), seg(cut(one_line(c.text), width - 2)))) for c in ordered)


def before_proposing(case: Case, *, tests: str = "") -> tuple[Check, ...]:
    """What to look at before the proposal, from the journal alone. tests: live progress of the suite."""
    draft = case.draft
    if draft is None:
        return (Check("needs", "there is no draft yet"),)
    return (
        _proof(case, tests),
        *_findings(case, draft),
        *_judge(case, draft),
        *_needless(case, draft),
        *_plan(case, draft),
    )


def _proof(case: Case, tests: str) -> Check:
    if case.proving:
        return Check("needs", f"{_step_name(case.proving)} is running{', ' + tests if tests else ''}")
    green, suite = case.proof("green"), case.proof("suite")
    if green is None:
        older = any(p.step == "green" for p in case.proofs)
        return Check(
            "needs",
            "proof is of older text; P proves it again" if older else "nothing is proved yet",
        )
    if green.outcome != "ok":
        return Check("needs", green.problem or "the tests are not green with the patch")
    if suite is None:
        return Check("needs", "the suite has not run with this text")
    if suite.newly_failed:
        return Check("needs", f"{len(suite.newly_failed)} tests that passed before fail now")
    if suite.outcome != "ok":
        return Check("needs", suite.problem or "the suite did not end well")
    return Check("ok", f"suite intact, {suite.passed} passed")


def _step_name(step: str) -> str:
    return "the suite" if step in ("suite", "baseline") else step


def findings_of(case: Case, draft: Draft) -> tuple[Finding, ...]:
    """The findings about this draft; those about one that was abandoned stay with it."""
    return case.findings if case.review_draft in (0, draft.number) else ()


def _findings(case: Case, draft: Draft) -> tuple[Check, ...]:
    known = {state.hunk.id for state in draft.hunks if state.decision == "accepted"}
    live = [
        f
        for f in findings_of(case, draft)
        if not f.waived and f.severity != "info" and (not f.hunk or f.hunk in known)
    ]
    if not live:
        if case.review_digest == draft.digest:
            return (Check("ok", "review found nothing that is open"),)
        return (Check("open", "review has not seen this text yet"),)
    where = ", ".join(dict.fromkeys(f"hunk {f.hunk.lstrip('h')}" for f in live if f.hunk))
    noun = "finding" if len(live) == 1 else "findings"
    return (Check("needs", f"{len(live)} {noun} open{', at ' + where if where else ''}"),)


def _judge(case: Case, draft: Draft) -> tuple[Check, ...]:
    """The judge's word on this text, or where it differs from the checks'; nothing where none was asked."""
    judged = case.judged
    if judged is None or judged.digest != draft.digest:
        return ()
    if judged.verdict == "none":
        return (Check("open", f"the judge could not be heard: {judged.reason}"),)
    if case.disagreement:
        return (Check("needs", case.disagreement),)
    return (
        Check(
            "ok" if judged.verdict == "offer" else "needs",
            f"the judge says {judged.verdict}: {judged.reason}",
        ),
    )


def _needless(case: Case, draft: Draft) -> tuple[Check, ...]:
    result = case.proof("necessity")
    if result is None:
        return ()
    accepted = {hunk.id for hunk in draft.accepted}
    idle = [name for name, needed in result.hunks if not needed and name in accepted]
    if idle:
        return (Check("needs", f"no test needs hunk {', '.join(n.lstrip('h') for n in idle)}; x rejects it"),)
    return (Check("ok", f"every hunk is needed, {len(result.hunks)} of {len(result.hunks)}"),)


def _plan(case: Case, draft: Draft) -> tuple[Check, ...]:
    if case.plan is None:
        return ()
    allowed = {*case.plan.files, case.plan.test_file, *case.widened}
    paths = tuple(dict.fromkeys(hunk.path for hunk in draft.accepted))
    inside = [path for path in paths if path in allowed]
    if len(inside) == len(paths):
        return (Check("ok", f"{len(inside)} of {len(paths)} files were in the plan"),)
    stranger = next(path for path in paths if path not in allowed)
    return (Check("needs", f"{stranger} was not in the plan"),)


def why_not_send(case: Case) -> str:
    """Why `s` cannot send now, in the words of the footer; "" when it can."""
    proposal = case.proposal
    if proposal is None or proposal.kind == "none":
        return f"needs a proposal: {missing_proposal(case)}"
    if sent(case):
        return "it is sent already"
    if case.approved == proposal.digest and is_live(case):
        by, run = case.approved_by.removeprefix("human:"), case.run
        where = f", by a run on {run.host}" if run and run.host else ""
        return f"it is being sent: {by} approved it{where}" if by else "it is being sent"
    if proposal.kind in ("pull_request", "draft_pull_request"):
        return _why_no_change(case)
    return ""


def _why_no_change(case: Case) -> str:
    draft, proposal = case.draft, case.proposal
    if draft is None or proposal is None:
        return "needs a draft"
    if proposal.draft_digest and proposal.draft_digest != draft.digest:
        return "the draft has changed since; t makes the proposal again"
    if proposal.kind == "pull_request" and (waits := _waits(case)):
        return f"review waits for the {waits}; t makes the proposal again"
    if ladder.level(case) < "E4" and "unproved" not in proposal.depth_rule:
        return f"needs E4: {_proof(case, '').text}"
    return ""


def _waits(case: Case) -> str:
    """The first kind of confidence that is open, "" for none."""
    from rootcase.tui.render.proposal_confidence import needs_of

    return next((need.kind.replace("-", " ") for need in needs_of(case) if need.state == "open"), "")


def missing_proposal(case: Case) -> str:
    """What has to happen before there is a proposal."""
    if case.verdict in ("ignore", "wait") and case.gate is not None:
        return f"the gate says {case.verdict}, {case.verdict_reason or case.gate.because}"
    if case.run is not None and case.run.state == "running":
        return "the run has not come to it yet"
    if case.draft is None:
        return "t starts a run that drafts one"
    return "t goes on from the draft"


def sent(case: Case) -> bool:
    """Whether every write of the proposal is done."""
    if case.proposal is None or not case.proposal.writes:
        return False
    done = {effect.key for effect in case.effects if effect.state == "done"}
    return all(write.key in done for write in case.proposal.writes)


def is_live(case: Case) -> bool:
    """Whether a run of the case has not ended, paused ones included."""
    return case.run is not None and case.run.state != "ended"


def next_step_words(case: Case, checks: tuple[Check, ...]) -> str:
    """What enter leads to, and what is missing for it: `proposal, when the suite has run`."""
    if case.proposal is not None:
        return "proposal"
    needs = [check.text for check in checks if check.state == "needs"]
    return f"proposal; first: {needs[0]}" if needs else "proposal"
