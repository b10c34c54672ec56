"""Which stage a step runs, and with what of the house."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from dataclasses import replace
from functools import partial

from rootcase.core.agent import phases
from rootcase.core.agent.deps import Deps
from rootcase.core.codemap.stage import codemap
from rootcase.core.deliver.acts import Ports
from rootcase.core.deliver.outbox import deliver
from rootcase.core.deliver.policy import refused
from rootcase.core.deliver.proposal import propose
from rootcase.core.deliver.push import Author, Pusher
from rootcase.core.gate.decide import Asked, gate
from rootcase.core.model.case import Case
from rootcase.core.model.delivery import ASIDE, Write
from rootcase.core.model.entries import (
    Body,
    CodeMapped,
    DraftAbandoned,
    Faulted,
    Judged,
    OpinionGiven,
    Proved,
    SignalSeen,
)
from rootcase.core.model.errors import ModelError, RepositoryError, RootcaseError
from rootcase.core.model.ports import Stage
from rootcase.core.model.verdicts import Opinion
from rootcase.core.pipeline.baselines import Baselines
from rootcase.core.pipeline.existing import existing_work
from rootcase.core.pipeline.freezing import freeze
from rootcase.core.pipeline.fresh import fresh_signals, with_signal
from rootcase.core.pipeline.house import House, StoreBlobs, StoreCases
from rootcase.core.pipeline.rebasing import moved_to
from rootcase.core.pipeline.renames import renamed
from rootcase.core.pipeline.reverting import revert_draft
from rootcase.core.pipeline.sending import approved_place, author_of, customs_of, sending_place, signing_of
from rootcase.core.pipeline.stopping import stopped_by
from rootcase.core.pipeline.templates import templates
from rootcase.core.pipeline.writeback import write_back
from rootcase.core.proof.stage import prove
from rootcase.core.review.stage import base_texts, review
from rootcase.core.run.budget import CaseBudget
from rootcase.core.run.control import RunControl
from rootcase.core.run.steps import Step

READING = {"investigate": phases.investigate, "plan": phases.plan, "explain": phases.explain}
WRITING = {"reproduce": phases.reproduce, "patch": phases.patch}


async def stage_for(
    step: Step, case: Case, house: House, control: RunControl, budget: CaseBudget
) -> AsyncGenerator[Body, None]:
    """The bodies of one step, in order."""
    if step.name in READING or step.name in WRITING:
        bodies = _phase(step, case, house, control, budget)
    elif step.name in ("gate before", "gate after"):
        bodies = _gate(case, house, "before" if step.name == "gate before" else "after")
    elif step.name == "map":
        bodies = _map(case, house)
    elif step.name == "review":
        bodies = await _review(case, house)
    elif step.name == "judge":
        bodies = _judge(case, house, control, budget)
    elif step.name == "opinion":
        bodies = _opinion(case, house, control, budget)
    elif step.name == "redraft":
        bodies = _redraft(case, step.why)
    elif step.name == "revert":
        bodies = revert_draft(case, house, step.why)
    elif step.name == "prove":
        bodies = await _prove(case, house, control)
    elif step.name == "propose":
        bodies = await _propose(case, house, attended=control.attended, budget=step.why)
    else:
        bodies = await _deliver(case, house, unattended=not control.attended)
    async for body in bodies:
        yield body


async def _gate(case: Case, house: House, asked: Asked) -> Stage:
    """The gate, on what the sources say now; a run from sync has just read them."""
    if asked == "before" and not house.just_read:
        async for body in fresh_signals(case, house):
            yield body
            if isinstance(body, SignalSeen):
                case = with_signal(case, body.signal)
    try:
        work = await existing_work(case, house)
    except RepositoryError as fault:
        # Without a checkout nobody knows which forge to ask; the gate decides on what it has.
        yield Faulted("gate", fault.title, fault.detail, fault.hint)
        work = None
    decided = gate(
        case, await house.samples(case), house.settings,
        work=work, own=StoreCases(house.store), asked=asked,
    )  # fmt: skip
    async for body in decided:
        yield body


async def _map(case: Case, house: House) -> Stage:
    """The code map; without a repository the case goes on with what it has, and says so."""
    settings = house.repository_settings(case)
    samples = await house.samples(case)
    try:
        repository = await house.repository(case)
    except RepositoryError as fault:
        yield Faulted("map", fault.title, fault.detail, fault.hint)
        async for body in codemap(case, samples, None, settings):
            yield body
        return
    checkout = await house.checkout(case)
    notes = [
        words.replace(str(checkout.path), f"{repository.name}'s checkout") for words in checkout.warnings
    ]
    several = len(house.settings.repositories) > 1
    others = partial(house.other_repositories, case) if several else None
    async for body in codemap(case, samples, repository, settings, others=others):
        if isinstance(body, CodeMapped):
            body = CodeMapped(replace(body.path, missing=(*body.path.missing, *notes)))
            yield body
            async for proposal in renamed(case, body.path, repository, house.store):
                yield proposal
        else:
            yield body


async def _phase(step: Step, case: Case, house: House, control: RunControl, budget: CaseBudget) -> Stage:
    """One phase of the agent; before a model's first case it is asked what it can do."""
    deps = await _deps(case, house, control, budget)
    async for body in house.probed(budget):
        yield body
    if step.name in READING:
        bodies = READING[step.name](case, deps)
    else:
        bodies = WRITING[step.name](case, deps, await house.workspace(case, await _base(case, house)))
    async for body in bodies:
        yield body
        for fault in house.replay_parted():
            yield fault


async def _deps(case: Case, house: House, control: RunControl, budget: CaseBudget) -> Deps:
    return Deps(
        settings=house.settings, repository=await house.repository(case), model=house.model(case), budget=budget,
        control=control, redactor=house.redactor, samples=await house.samples(case),
        fingerprinter=house.fingerprinter(case), blobs=StoreBlobs(house.store), servers=house.servers(),
    )  # fmt: skip


async def _base(case: Case, house: House) -> str:
    """The commit drafts are made on: the draft's own, else the head of the base branch."""
    if case.draft is not None:
        return case.draft.base_commit
    repository = await house.repository(case)
    branch = await repository.default_branch()
    head = await repository.resolve(branch)
    if head is None:
        raise RepositoryError(
            f"{repository.name} has no branch {branch}", "Drafts start there.", "Correct base_branch."
        )
    # Where the remote's branch was seen further on, a draft that starts behind it would have to follow it.
    tip = await moved_to(repository, head)
    behind = tip and (await repository.git.run(["merge-base", "--is-ancestor", head, tip])).code == 0
    return tip if behind else head


async def _review(case: Case, house: House) -> Stage:
    assert case.draft is not None
    base = await base_texts(await house.repository(case), case.draft)
    settings = house.repository_settings(case)
    commands = settings.check_commands if settings else ()
    workspace = await house.workspace(case, case.draft.base_commit) if commands else None
    return review(
        case, base, house.settings.guardrails, len(case.drafts), workspace=workspace, commands=commands
    )


async def _judge(case: Case, house: House, control: RunControl, budget: CaseBudget) -> Stage:
    """A second model's word; where it cannot be had, that is said and the run goes on without it."""
    assert case.draft is not None
    try:
        async for body in phases.judge(case, await _deps(case, house, control, budget)):
            yield body
    except ModelError as fault:
        yield Faulted("review", fault.title, fault.detail, fault.hint)
        yield Judged(case.draft.number, case.draft.digest, "none", reason=fault.title)


async def _opinion(case: Case, house: House, control: RunControl, budget: CaseBudget) -> Stage:
    """A fast model's word on the verdict; where it cannot be had, that is said and the verdict stands as it does."""
    try:
        async for body in phases.opinion(case, await _deps(case, house, control, budget)):
            yield body
    except (ModelError, RepositoryError) as fault:
        yield OpinionGiven(Opinion(None, fault.title))


async def _redraft(case: Case, why: str) -> Stage:
    assert case.draft is not None
    yield DraftAbandoned(case.draft.number, why)


async def _prove(case: Case, house: House, control: RunControl) -> Stage:
    assert case.draft is not None
    workspace = await house.workspace(case, case.draft.base_commit)
    workspace.progress = partial(control.publish, "tests")
    settings = house.repository_settings(case)
    assert settings is not None  # a workspace was opened by them
    baselines = Baselines(house.loaded, settings, workspace.environment)
    case = await baselines.known(case, await workspace.apply(()))
    proof = prove(case, workspace, house.fingerprinter(case), house.settings, control)

    async def kept() -> AsyncGenerator[Body, None]:
        async for body in proof:
            if isinstance(body, Proved):
                await baselines.keep(body.result)
            yield body

    return kept()


async def _propose(case: Case, house: House, *, attended: bool, budget: str = "") -> Stage:
    stopped = await stopped_by(case, house)  # first, since it reads the limits that hold for the rest
    place, opener = await sending_place(case, house)
    return propose(
        case, house.settings, house.repository_settings(case), place,
        tree=await _tree(case, house), write_back=tuple(write_back(case, house)), redactor=house.redactor,
        stopped=stopped, attended=attended, freeze=freeze(case, house.settings), budget=budget,
        templates=await templates(case, house), opener=opener, customs=await customs_of(case, house, attended=attended),
    )  # fmt: skip


async def _tree(case: Case, house: House) -> str:
    """The git tree of the draft's accepted hunks, written again now, so what is sent is what was proved."""
    draft = case.draft
    if draft is None or not draft.accepted or not any(not hunk.test for hunk in draft.accepted):
        return ""
    return await (await house.workspace(case, draft.base_commit)).apply(draft.accepted)


async def _deliver(case: Case, house: House, *, unattended: bool) -> Stage:
    if await _overtaken(case, house):
        return await _propose(case, house, attended=not unattended)
    place = await approved_place(case, house)
    pusher, author = None, Author()
    if place.push_url:
        repository = await house.repository(case)
        author = await author_of(case, house)
        pusher = Pusher(
            repository.git,
            place,
            author=author,
            environment=house.ssh_environment(),
            token=house.forge_token(case),
            settings=await house.access(place),
            signing=(await signing_of(case, house)).settings,
        )
    # A missing token of the one is no reason to hold back what goes to the other.
    ticket = case.proposal is not None and case.proposal.kind == "ticket"
    ports = Ports(
        place,
        None if ticket else await house.forge(case, place),
        pusher,
        write_back(case, house),
        house.loaded.folders.state / "outbox",
        author,
        await house.tracker(case) if ticket else None,
        None if ticket else await house.merger(case),
    )

    async def switch() -> str:
        return await stopped_by(case, house, sending=True)

    def why_not(write: Write) -> str:
        """By the settings as the switch has just read them."""
        frozen = freeze(case, house.settings)
        return refused(case, house.settings, house.repository_settings(case), write, frozen)

    return deliver(
        case, house.settings, ports, tree=await _tree(case, house), unattended=unattended, switch=switch,
        why_not=why_not,
    )  # fmt: skip


async def _overtaken(case: Case, house: House) -> bool:
    """Whether the policy has come to allow less than was approved, while nothing of it is out: it is proposed anew."""
    writes = case.proposal.writes if case.proposal else ()
    keys = {write.key for write in writes}
    if any(effect.key in keys for effect in case.effects):
        return False
    with contextlib.suppress(RootcaseError):  # read again, and answered for, before the first effect
        if await stopped_by(case, house, sending=True):
            return False
    if house.settings.policy.stop:
        return False
    needed = [write for write in writes if write.kind not in ASIDE]
    repository, frozen = house.repository_settings(case), freeze(case, house.settings)
    return any(refused(case, house.settings, repository, write, frozen) for write in needed)


async def _author(case: Case, house: House) -> Author:
    """The engineer as their own git knows them; git's defaults of Rootcase where it does not."""
    from rootcase.core.workspace.identity import identity

    settings = house.repository_settings(case)
    name, email = await identity(settings.path if settings and settings.path else ".")
    return Author(name, email) if name and email else Author()
