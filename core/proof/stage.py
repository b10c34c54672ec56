"""What running code shows about a draft: baseline, red, green, red again, suite, necessity, mutation."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from rootcase.core.config.settings import Settings
from rootcase.core.model.case import Case
from rootcase.core.model.entries import ProofStarted, Proved
from rootcase.core.model.errors import EditError, GuardrailError, RepositoryError
from rootcase.core.model.ports import Control, Fingerprinter, Stage, StopRequested, Workspace
from rootcase.core.model.proofs import ProofResult, ProofStep
from rootcase.core.proof.mutation import mutation
from rootcase.core.proof.necessity import necessity
from rootcase.core.proof.reproduction import green, red, revert
from rootcase.core.proof.session import NO_TIME, DraftChanged, Session
from rootcase.core.proof.suite import baseline, suite

Step = Callable[[Session], Stage]
STEPS: tuple[tuple[ProofStep, Step], ...] = (
    ("baseline", baseline), ("red", red), ("green", green), ("revert", revert), ("suite", suite),
    ("necessity", necessity), ("mutation", mutation),
)  # fmt: skip
# Steps that say something only when these were found well.
RESTS_ON: dict[ProofStep, tuple[ProofStep, ...]] = {
    "revert": ("red", "green"), "suite": ("baseline",), "necessity": ("revert", "suite"),
    "mutation": ("revert", "suite"),
}  # fmt: skip


async def prove(
    case: Case,
    workspace: Workspace,
    fingerprinter: Fingerprinter,
    settings: Settings,
    control: Control,
    *,
    again: bool = False,
) -> Stage:
    """Prove the current draft's accepted hunks, exactly as they stand; each step is one Proved entry.

    Steps that an earlier run has found well for the same text are not repeated unless `again`, or a human
    asked for it. Ends after a `cancelled` step when the draft changes meanwhile; StopRequested is passed
    on after one. A step that cannot run is `failed` or `skipped` with its `problem`, never an error.
    """
    draft = case.draft
    if draft is None or not draft.accepted:
        return
    if workspace.base_commit != draft.base_commit:
        await workspace.reset(draft.base_commit)
    session = Session(
        case=case, draft=draft, workspace=workspace, fingerprinter=fingerprinter, control=control,
        until=time.monotonic() + settings.budget.proof_minutes * 60,
        again=again or case.prove_asked == draft.number,
    )  # fmt: skip
    outcomes: dict[ProofStep, ProofResult] = {}
    for name, step in STEPS:
        async for body in _guarded(session, name, step, outcomes):
            if isinstance(body, Proved):
                outcomes[name] = body.result
            yield body
        if outcomes[name].outcome == "cancelled":
            return
    if outcomes["green"].outcome == "ok":
        await workspace.apply(draft.accepted)


async def _guarded(
    session: Session, name: ProofStep, step: Step, outcomes: dict[ProofStep, ProofResult]
) -> Stage:
    """One step with what stops it: nothing to rest on, no time, a human, a hunk that does not fit."""
    known = session.known(name)
    if known is not None and _stands(session, name):
        outcomes[name] = known
        return
    problem = _no_use(session, name, outcomes)
    if problem:
        yield Proved(session.result(name, "skipped", "not run", problem=problem))
        return
    yield ProofStarted(name, session.draft.number, session.draft.digest)
    await session.say(name)
    began = time.monotonic()
    try:
        async for body in step(session):
            if isinstance(body, Proved):
                body = Proved(replace(body.result, seconds=time.monotonic() - began))
            yield body
    except DraftChanged:
        yield Proved(session.result(name, "cancelled", "The draft was changed while it was proved."))
    except StopRequested:
        yield Proved(session.result(name, "cancelled", "Stopped."))
        raise
    except (EditError, GuardrailError, RepositoryError) as fault:
        problem = f"{fault.title}. {fault.detail} {fault.hint}".strip()
        yield Proved(session.result(name, "failed", fault.title, problem=problem))


def _stands(session: Session, name: ProofStep) -> bool:
    """Whether an earlier result may stand in for a step; others leave behind what later steps need."""
    if name == "suite":
        return session.known("mutation") is not None
    return name not in ("baseline", "red")


def _no_use(session: Session, name: ProofStep, outcomes: dict[ProofStep, ProofResult]) -> str:
    """Why a step would tell nothing, "" where it would."""
    red_result, green_result = outcomes.get("red"), outcomes.get("green")
    if name == "green" and red_result is not None and red_result.problem and not session.found.suite_runs:
        return red_result.problem
    if name == "suite":
        for result in (red_result, green_result):
            if result is not None and result.outcome == "failed":
                return f"{result.step.capitalize()} failed: {result.problem or result.summary}"
    for needed in RESTS_ON.get(name, ()):
        result = outcomes[needed]
        if result.outcome != "ok":
            return result.problem or f"{needed.capitalize()} {result.outcome}: {result.summary}"
    if name in ("revert", "suite", "necessity", "mutation") and session.seconds_left <= 0:
        return NO_TIME
    return "" if session.code or name in ("baseline", "red") else "The draft has no accepted change of code."
