"""Sending for real: a bare remote, a local forge, and kills after every single entry."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

import msgspec
import pytest

from rootcase.core.config.settings import PolicySettings
from rootcase.core.deliver.localforge.book import Book
from rootcase.core.deliver.outbox import deliver
from rootcase.core.deliver.policy import depth
from rootcase.core.deliver.proposal import compose
from rootcase.core.model.entries import (
    Approved,
    EffectDone,
    EffectFailed,
    EffectIntended,
    Faulted,
    HunkDecided,
    ProposalEdited,
)
from rootcase.core.model.errors import DeliveryError, GuardrailError


def proposal_of(kit: ModuleType, case, settings, place, write_back=()):
    how = depth(case, settings, settings.repositories[0])
    return compose(
        case, settings, settings.repositories[0], kit.where(settings, place), how, write_back=write_back
    )


async def test_an_approved_draft_becomes_one_branch_one_pull_request_and_one_comment(
    kit, place, proved, forge
):
    settings, said = kit.settings_for(forge.url), kit.Said()
    case = kit.approve(proved, proposal_of(kit, proved.case, settings, place, ["sentry"]))
    bodies = await kit.collected(deliver(case, settings, kit.ports_for(settings, place, said)))

    assert [type(b) for b in bodies] == [EffectIntended, EffectDone] * 3
    branch = case.proposal.branch
    assert branch == "rootcase/c-1-keyerror-currency-in-price-for"
    assert kit.git(place.remote, "rev-parse", f"{branch}^{{tree}}") == place.tree
    assert kit.git(place.remote, "rev-parse", f"{branch}^") == place.base
    message = kit.git(place.remote, "log", "-1", "--format=%an <%ae>%n%B", branch)
    assert (
        message.startswith("Dana <dana@example.com>\nLoad the currency") and "Rootcase-Case: C-1" in message
    )
    pull = kit.only(Book(place.folder / "forge").newest())
    assert (pull.draft, pull.head, pull.base, pull.labels) == (True, branch, "main", ["rootcase"])
    assert pull.body == case.proposal.body and pull.reviewers == []
    assert said.texts == [
        f"Rootcase case C-1: a draft pull request for this error, {forge.url}/acme/checkout/pull/1"
    ]
    done = proved.add(*bodies)
    assert {e.state for e in done.effects} == {"done"}
    assert await kit.collected(deliver(done, settings, kit.ports_for(settings, place, said))) == []


@pytest.mark.parametrize("kills", [1, 2, 3, 4, 5, 6])
async def test_a_kill_after_any_entry_leaves_exactly_one_of_everything(kit, place, proved, forge, kills):
    settings, said = kit.settings_for(forge.url), kit.Said()
    case = kit.approve(proved, proposal_of(kit, proved.case, settings, place, ["sentry"]))
    first = await kit.collected(deliver(case, settings, kit.ports_for(settings, place, said)), at_most=kills)
    case = proved.add(*first)
    proved.add(*await kit.collected(deliver(case, settings, kit.ports_for(settings, place, said))))

    assert {e.state for e in proved.case.effects} == {"done"} and len(proved.case.effects) == 3
    kit.only(Book(place.folder / "forge").newest())
    assert kit.git(place.remote, "rev-list", "--count", f"main..{case.proposal.branch}") == "1"
    assert len(said.texts) == 1


async def test_work_done_but_not_recorded_is_found_and_not_done_again(kit, place, proved, forge):
    settings, said = kit.settings_for(forge.url), kit.Said()
    case = kit.approve(proved, proposal_of(kit, proved.case, settings, place, ["sentry"]))
    await kit.collected(deliver(case, settings, kit.ports_for(settings, place, said)))
    again = await kit.collected(deliver(case, settings, kit.ports_for(settings, place, said)))

    assert [type(b) for b in again] == [EffectDone] * 3 and all(b.found for b in again)
    kit.only(Book(place.folder / "forge").newest())
    assert len(said.texts) == 1


@pytest.mark.parametrize("end", ["/pulls", "/labels"])
async def test_an_answer_lost_on_the_way_is_looked_up_and_not_asked_for_twice(
    kit, place, proved, end, forge_with
):
    lossy = forge_with(f"lose-answer:{end}")
    settings = kit.settings_for(lossy.url)
    case = kit.approve(proved, proposal_of(kit, proved.case, settings, place))
    bodies = await kit.collected(deliver(case, settings, kit.ports_for(settings, place)))
    assert isinstance(bodies[-1], EffectDone) and bodies[-1].found and bodies[-1].number == "1"
    assert kit.only(Book(place.folder / "forge").newest()).labels == ["rootcase"]


async def test_a_lost_ticket_is_found_again_by_its_line(kit, place, forge_with):
    journal = kit.Journal()
    journal.add(*kit.opening(place.base))
    lossy = forge_with("lose-answer:/issues")
    settings = kit.settings_for(lossy.url)
    case = kit.approve(journal, proposal_of(kit, journal.case, settings, place))
    assert case.proposal.kind == "ticket"
    bodies = await kit.collected(deliver(case, settings, kit.ports_for(settings, place)))
    assert bodies[-1].found
    kit.only(Book(place.folder / "forge").newest("issue"))


async def test_a_ticket_filed_before_is_linked_from_the_pull_request(kit, place, forge):
    settings = kit.settings_for(forge.url)
    journal = kit.Journal()
    journal.add(*kit.opening(place.base))
    ticket = kit.approve(journal, proposal_of(kit, journal.case, settings, place))
    journal.add(*await kit.collected(deliver(ticket, settings, kit.ports_for(settings, place))))
    journal.add(*kit.drafted(place))
    case = kit.approve(journal, proposal_of(kit, journal.case, settings, place))
    assert case.proposal.kind == "draft_pull_request" and "\nRefs #1\n" in case.proposal.body
    journal.add(*await kit.collected(deliver(case, settings, kit.ports_for(settings, place))))
    assert [i.kind for i in Book(place.folder / "forge").newest()] == ["pull", "issue"]


async def test_nothing_is_sent_without_an_approval_of_this_very_text(kit, place, proved, forge):
    settings = kit.settings_for(forge.url)
    case = kit.approve(proved, proposal_of(kit, proved.case, settings, place))
    edited = proved.add(ProposalEdited("Another title", "Another body"), actor="human:dana")
    assert edited.proposal.title == "Another title"
    with pytest.raises(DeliveryError, match="Nobody has approved"):
        await kit.collected(deliver(edited, settings, kit.ports_for(settings, place)))
    forged = replace(case, proposal=replace(case.proposal, writes=case.proposal.writes[:1]))
    with pytest.raises(DeliveryError, match="no longer what was approved"):
        await kit.collected(deliver(forged, settings, kit.ports_for(settings, place)))
    with pytest.raises(DeliveryError, match="no longer what was approved"):
        await kit.collected(deliver(case, settings, kit.ports_for(settings, place), tree="0" * 40))
    assert (
        not Book(place.folder / "forge").items
        and kit.git(place.remote, "branch", "--list", "rootcase/*") == ""
    )


async def test_a_hunk_decided_after_the_approval_takes_the_proposal_back(kit, place, proved, forge):
    settings = kit.settings_for(forge.url)
    kit.approve(proved, proposal_of(kit, proved.case, settings, place))
    case = proved.add(HunkDecided(1, ("h1",), "rejected"), actor="human:dana")
    with pytest.raises(DeliveryError):
        await kit.collected(deliver(case, settings, kit.ports_for(settings, place)))


async def test_an_edited_text_goes_out_once_it_is_approved(kit, place, proved, forge):
    settings = kit.settings_for(forge.url)
    kit.approve(proved, proposal_of(kit, proved.case, settings, place))
    edited = proved.add(ProposalEdited("Another title", "Another body\n"), actor="human:dana")
    case = proved.add(Approved(edited.proposal.digest), actor="human:dana")
    await kit.collected(deliver(case, settings, kit.ports_for(settings, place)))
    pull = kit.only(Book(place.folder / "forge").newest())
    assert (pull.title, pull.body) == ("Another title", "Another body\n")


async def test_another_destination_in_the_configuration_is_not_what_was_approved(kit, place, proved, forge):
    settings = kit.settings_for(forge.url)
    case = kit.approve(proved, proposal_of(kit, proved.case, settings, place))
    moved = replace(settings.repositories[0], forge_project="mallory/checkout")
    other = replace(settings, repositories=(moved,))
    ports = replace(kit.ports_for(other, place), pusher=kit.ports_for(settings, place).pusher)
    bodies = await kit.collected(deliver(case, other, ports))
    assert "another destination" in kit.only(b for b in bodies if isinstance(b, EffectFailed)).why
    assert not Book(place.folder / "forge").items


async def test_an_unattended_run_sends_only_what_the_configuration_lists(kit, place, proved, forge):
    settings = kit.settings_for(forge.url, policy=PolicySettings(approve=("ticket",)))
    proposal = proposal_of(kit, proved.case, settings, place)
    from rootcase.core.model.entries import Proposed

    case = proved.add(Proposed(proposal))
    with pytest.raises(DeliveryError):
        await kit.collected(deliver(case, settings, kit.ports_for(settings, place), unattended=True))
    settings = kit.settings_for(forge.url, policy=PolicySettings(approve=("ticket", "draft_pr")))
    bodies = await kit.collected(deliver(case, settings, kit.ports_for(settings, place), unattended=True))
    assert isinstance(bodies[0], Approved) and "draft_pr" in bodies[0].rule
    assert isinstance(bodies[-1], EffectDone)


async def test_the_one_switch_stops_before_each_effect(kit, place, proved, forge):
    settings = kit.settings_for(forge.url)
    case = kit.approve(proved, proposal_of(kit, proved.case, settings, place))
    asked = []

    async def switch() -> str:
        asked.append(1)
        return "rootcase.yaml on main says stop" if len(asked) > 1 else ""

    seen = []
    with pytest.raises(GuardrailError):
        async for body in deliver(case, settings, kit.ports_for(settings, place), switch=switch):
            seen.append(body)
    assert [type(b) for b in seen] == [EffectIntended, EffectDone]
    assert not Book(place.folder / "forge").items


async def test_a_push_that_a_hook_refuses_says_the_hooks_words_and_opens_nothing(kit, place, proved, forge):
    hook = place.remote / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'tickets only: name a ticket' >&2\nexit 1\n")
    hook.chmod(0o755)
    settings = kit.settings_for(forge.url)
    case = kit.approve(proved, proposal_of(kit, proved.case, settings, place))
    bodies = await kit.collected(deliver(case, settings, kit.ports_for(settings, place)))
    assert [type(b) for b in bodies] == [EffectIntended, EffectFailed]
    assert "tickets only: name a ticket" in bodies[1].why and "rule of the remote" in bodies[1].hint
    assert not Book(place.folder / "forge").items
    hook.unlink()
    case = proved.add(*bodies)
    bodies = await kit.collected(deliver(case, settings, kit.ports_for(settings, place)))
    assert isinstance(bodies[-1], EffectDone)


async def test_a_branch_of_somebody_elses_is_left_alone(kit, place, proved, forge):
    settings = kit.settings_for(forge.url)
    case = kit.approve(proved, proposal_of(kit, proved.case, settings, place))
    tree = kit.git(place.remote, "rev-parse", "main^{tree}")
    theirs = kit.git(place.remote, "commit-tree", tree, "-p", "main", "-m", "Mine")
    kit.git(place.remote, "update-ref", f"refs/heads/{case.proposal.branch}", theirs)
    bodies = await kit.collected(deliver(case, settings, kit.ports_for(settings, place)))
    assert isinstance(bodies[-1], EffectFailed) and "not Rootcase's" in bodies[-1].why
    assert kit.git(place.remote, "rev-parse", case.proposal.branch) == theirs


async def test_a_person_who_pushed_on_top_of_the_branch_is_not_overwritten(kit, place, proved, forge):
    settings = kit.settings_for(forge.url)
    case = kit.approve(proved, proposal_of(kit, proved.case, settings, place))
    await kit.collected(deliver(case, settings, kit.ports_for(settings, place)), at_most=2)
    branch = case.proposal.branch
    theirs = kit.git(place.remote, "commit-tree", f"{branch}^{{tree}}", "-p", branch, "-m", "On top")
    kit.git(place.remote, "update-ref", f"refs/heads/{branch}", theirs)
    bodies = await kit.collected(deliver(case, settings, kit.ports_for(settings, place)))
    assert bodies[0].found and kit.git(place.remote, "rev-parse", branch) == theirs


async def test_a_base_that_moved_on_is_said(kit, place, proved, forge):
    settings = kit.settings_for(forge.url)
    case = kit.approve(proved, proposal_of(kit, proved.case, settings, place))
    later = kit.git(place.remote, "commit-tree", "main^{tree}", "-p", "main", "-m", "Later")
    kit.git(place.remote, "update-ref", "refs/heads/main", later)
    bodies = await kit.collected(deliver(case, settings, kit.ports_for(settings, place)))
    assert "main has moved on" in kit.only(b for b in bodies if isinstance(b, Faulted)).title


async def test_a_pull_request_that_somebody_closed_is_not_opened_again(kit, place, proved, forge, forge_with):
    settings = kit.settings_for(forge.url)
    case = kit.approve(proved, proposal_of(kit, proved.case, settings, place))
    await kit.collected(deliver(case, settings, kit.ports_for(settings, place)))
    file = kit.only((place.folder / "forge").glob("*-pull-request.json"))
    item = msgspec.json.decode(file.read_bytes())
    file.write_bytes(msgspec.json.encode({**item, "state": "closed"}))
    again = forge_with()
    settings = kit.settings_for(again.url)
    bodies = await kit.collected(deliver(case, settings, kit.ports_for(settings, place)))
    assert isinstance(bodies[-1], EffectFailed) and "was closed" in bodies[-1].why
    kit.only(Book(place.folder / "forge").newest())


async def test_owners_are_asked_for_review_and_an_author_who_cannot_be_is_told_about(
    kit, place, proved, forge
):
    settings = kit.settings_for(forge.url, policy=PolicySettings(level="review-ready"))
    proposal = proposal_of(kit, proved.case, settings, place)
    assert (proposal.kind, proposal.reviewers) == ("pull_request", ("mira",))
    case = kit.approve(proved, proposal)
    ports = kit.ports_for(settings, place)
    bodies = await kit.collected(deliver(case, settings, ports))
    assert isinstance(bodies[-1], EffectDone)
    pull = kit.only(Book(place.folder / "forge").newest())
    assert (pull.draft, pull.reviewers) == (False, ["mira"])
    refused = kit.only(await ports.forge.ask_review(1, ["dana"]))
    assert "author" in refused.why


async def test_a_login_that_the_forge_does_not_know_is_told_about(kit, place, proved, forge_with):
    forge = forge_with("stranger:mira")
    settings = kit.settings_for(forge.url, policy=PolicySettings(level="review-ready"))
    case = kit.approve(proved, proposal_of(kit, proved.case, settings, place))
    bodies = await kit.collected(deliver(case, settings, kit.ports_for(settings, place)))
    notes = [(b.title, b.detail) for b in bodies if isinstance(b, Faulted)]
    assert notes == [("mira was not asked for review", "Reviews may only be requested from collaborators.")]
    assert isinstance(bodies[-1], EffectDone)


@pytest.mark.parametrize("recorded", range(7))
async def test_a_journal_that_lags_behind_the_remote_catches_up(kit, place, proved, forge, recorded):
    settings, said = kit.settings_for(forge.url), kit.Said()
    case = kit.approve(proved, proposal_of(kit, proved.case, settings, place, ["sentry"]))
    bodies = await kit.collected(deliver(case, settings, kit.ports_for(settings, place, said)))
    case = proved.add(*bodies[:recorded])
    case = proved.add(*await kit.collected(deliver(case, settings, kit.ports_for(settings, place, said))))
    assert [e.state for e in case.effects] == ["done"] * 3
    kit.only(Book(place.folder / "forge").newest())
    assert len(said.texts) == 1


async def test_a_plan_without_drafts_gets_a_plain_pull_request_and_says_so(kit, place, proved, forge_with):
    forge = forge_with("no-drafts")
    settings = kit.settings_for(forge.url)
    case = kit.approve(proved, proposal_of(kit, proved.case, settings, place))
    bodies = await kit.collected(deliver(case, settings, kit.ports_for(settings, place)))
    assert "is not a draft" in kit.only(b for b in bodies if isinstance(b, Faulted)).title
    assert isinstance(bodies[-1], EffectDone)


async def test_a_rate_limit_is_a_failure_that_says_how_long(kit, place, proved, forge_with):
    forge = forge_with("limit:1")
    settings = kit.settings_for(forge.url)
    case = kit.approve(proved, proposal_of(kit, proved.case, settings, place))
    bodies = await kit.collected(deliver(case, settings, kit.ports_for(settings, place)))
    assert isinstance(bodies[-1], EffectFailed) and "wait 7 s" in bodies[-1].why


async def test_without_a_forge_the_change_is_a_patch_that_git_am_takes(kit, place, proved):
    settings = kit.settings_for(forge=False)
    case = kit.approve(proved, proposal_of(kit, proved.case, settings, place))
    assert case.proposal.kind == "patch_file"
    bodies = await kit.collected(deliver(case, settings, kit.ports_for(settings, place)))
    patch = bodies[-1].url
    kit.git(place.checkout, "am", "-q", patch)
    assert kit.git(place.checkout, "rev-parse", "HEAD^{tree}") == place.tree
    assert "Rootcase-Case: C-1" in kit.git(place.checkout, "log", "-1", "--format=%B")
    again = await kit.collected(deliver(case, settings, kit.ports_for(settings, place)))
    assert kit.only(again).found
