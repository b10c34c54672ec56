"""Sends what was approved, each write exactly once however often it is killed or tried again.

Every write is looked up at the remote first, then recorded as intended, then made, then recorded as
done. The run appends each entry before this generator goes on, so a kill at any point leaves either no
intention (nothing was sent) or an intention that the next attempt looks up.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing

from rootcase.core.config.settings import Settings
from rootcase.core.deliver.acts import Act, Outcome, Ports, act_for
from rootcase.core.deliver.forge import AnswerLost, Refused, Unreachable
from rootcase.core.deliver.policy import approvable
from rootcase.core.model.case import Case
from rootcase.core.model.delivery import ASIDE, Proposal, Write, proposal_digest
from rootcase.core.model.entries import Approved, Body, EffectDone, EffectFailed, EffectIntended, Faulted
from rootcase.core.model.errors import DeliveryError, GuardrailError, RootcaseError
from rootcase.core.model.ports import Stage

Switch = Callable[[], Awaitable[str]]
WhyNot = Callable[[Write], str]


async def deliver(
    case: Case,
    settings: Settings,
    ports: Ports,
    *,
    tree: str = "",
    unattended: bool = False,
    switch: Switch | None = None,
    why_not: WhyNot | None = None,
) -> Stage:
    """Send the approved proposal; yields Approved (by rule, unattended), then entries for each write.

    tree: git tree id of the draft as the workspace writes it now, "" to trust the proposal's. switch:
    asked before each effect; says why everything is stopped, or "". why_not: asked right after it; why the
    policy of now lets a write go no longer, or "". DeliveryError where nothing may be sent as it stands;
    GuardrailError where the switch is on. A write that fails yields EffectFailed, queued where nobody could
    be reached, and what depends on it is not tried.
    """
    proposal = _checked(case, tree)
    if case.approved != proposal.digest:
        yield Approved(proposal.digest, _rule(case, settings, unattended=unattended))
    known = {effect.key: effect for effect in case.effects}
    address = ""
    for write in proposal.writes:
        effect = known.get(write.key)
        if effect is not None and effect.state == "done":
            address = effect.url if write.kind in ("pull_request", "ticket") else address
            continue
        try:
            await _not_stopped(settings, switch)
        except Unreachable as fault:
            yield failed(write, fault)
            return
        if why := why_not(write) if why_not is not None else "":
            if write.kind not in ASIDE:
                raise DeliveryError(
                    "The policy allows less now", why, "Propose again, then look at it and approve it anew."
                )
            yield EffectFailed(write.key, write.kind, f"The policy allows it no longer: {why}")
            continue
        async with aclosing(_send(case, proposal, write, ports, address)) as bodies:
            async for body in bodies:
                yield body
                if isinstance(body, EffectDone) and write.kind in ("pull_request", "ticket"):
                    address = body.url
                if isinstance(body, EffectFailed) and write.kind not in ASIDE:
                    return


def _rule(case: Case, settings: Settings, *, unattended: bool) -> str:
    """The rule that approves it where nobody is there to. DeliveryError where none does."""
    rule = approvable(case, settings.policy) if unattended else ""
    if not rule:
        raise DeliveryError(
            "Nobody has approved this text",
            "An approval names the exact text, tree and destination; this one has none.",
            "Look at it on the Proposal screen and send it with s, then y.",
        )
    return rule


async def _send(
    case: Case, proposal: Proposal, write: Write, ports: Ports, address: str
) -> AsyncGenerator[Body, None]:
    """One write: look it up, intend it, make it, say how it went."""
    try:
        act = act_for(case, proposal, write, ports, address, sent_at(case))
        there = await act.find()
    except RootcaseError as fault:
        yield failed(write, fault)
        return
    if there is not None:
        for body in _done(write, there, found=True):
            yield body
        return
    yield EffectIntended(write, proposal.digest)
    try:
        outcome, found = await _perform(act)
    except RootcaseError as fault:
        yield failed(write, fault)
        return
    for body in _done(write, outcome, found=found):
        yield body


async def _perform(act: Act) -> tuple[Outcome, bool]:
    """Make it; where the answer got lost, what the remote has now decides, never a second try."""
    try:
        return await act.perform(), False
    except AnswerLost as lost:
        there = await act.find()
        if there is None:
            raise lost
        return there, True


def sent_at(case: Case) -> int:
    """A moment that does not change when a delivery is tried again: when the last phase ended."""
    return max((phase.ended_us for phase in case.phases), default=0) or case.opened_us


def _checked(case: Case, tree: str) -> Proposal:
    """The proposal, unchanged since it was shown. DeliveryError otherwise."""
    proposal = case.proposal
    if proposal is None or proposal.kind == "none":
        raise DeliveryError(
            "There is nothing to send", proposal.depth_rule if proposal else "No proposal was made.",
            "Propose first, with t on the Draft screen.",
        )  # fmt: skip
    draft = case.draft
    moved = proposal.draft_digest and (draft is None or draft.digest != proposal.draft_digest)
    if (
        proposal_digest(proposal) != proposal.digest
        or moved
        or (tree and proposal.tree and tree != proposal.tree)
    ):
        raise DeliveryError(
            "The proposal is no longer what was approved",
            "Its text, its destination or the draft's tree has changed; nothing was sent.",
            "Propose again, then look at it and approve it anew.",
        )
    return proposal


async def _not_stopped(settings: Settings, switch: Switch | None) -> None:
    why = await switch() if switch is not None else ""
    if why or settings.policy.stop:
        raise GuardrailError(
            "Everything is stopped", why or "policy.stop is set", "Turn the switch off, then send again."
        )


def _done(write: Write, outcome: Outcome, *, found: bool) -> list[Body]:
    notes: list[Body] = [_note(note) for note in outcome.notes]
    return [*notes, EffectDone(write.key, write.kind, outcome.url, outcome.number, found)]


def _note(note: Refused) -> Faulted:
    return Faulted("deliver", note.what, note.why, note.hint)


def failed(write: Write, fault: RootcaseError) -> EffectFailed:
    """The write's end for now; one that reached nobody is queued: the next run, or a key, sends it."""
    why = f"{fault.title}. {fault.detail}".strip()
    return EffectFailed(write.key, write.kind, why, fault.hint, queued=isinstance(fault, Unreachable))
