"""GitLab keeps its own rules: merge requests by branch, drafts by title, reviewers by number."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rootcase.core.deliver.connect import open_forge
from rootcase.core.deliver.destination import destination, project_of
from rootcase.core.deliver.existing import ForgeWork
from rootcase.core.deliver.forge import NewPull
from rootcase.core.deliver.gitlab import gitlab_at, open_gitlab
from rootcase.core.deliver.outbox import deliver
from rootcase.core.deliver.policy import depth
from rootcase.core.deliver.proposal import compose
from rootcase.core.model.entries import EffectDone, EffectFailed, EffectIntended, Faulted
from rootcase.core.model.errors import AccessDenied, ConfigError, DeliveryError, RateLimited
from tests.support.fake_gitlab import FakeGitLab

PROJECT = "acme/backend/checkout"


@pytest.fixture
def gitlab_with(place):
    running = []

    def start(**how):
        running.append(FakeGitLab(place.remote, PROJECT, **how))
        return running[-1]

    yield start
    for one in running:
        one.stop()


@pytest.fixture
def gitlab(gitlab_with):
    return gitlab_with()


def settings_for(kit, fake, **policy):
    settings = kit.settings_for()
    repository = replace(
        settings.repositories[0], forge="gitlab", forge_url=fake.base, forge_project=PROJECT, tracker="none"
    )
    return replace(
        settings, repositories=(repository,), policy=replace(settings.policy, **policy) if policy else settings.policy
    )  # fmt: skip


def proposal_of(kit, case, settings, place, **more):
    how = depth(case, settings, settings.repositories[0])
    return compose(case, settings, settings.repositories[0], kit.where(settings, place), how, **more)


async def sent(kit, journal, settings, place, **more):
    bodies = await kit.collected(deliver(journal.case, settings, kit.ports_for(settings, place)), **more)
    journal.add(*bodies)
    return bodies


def only(items):
    assert len(items) == 1, items
    return items[0]


async def test_an_approved_draft_becomes_one_branch_and_one_merge_request(kit, place, proved, gitlab):
    settings = settings_for(kit, gitlab)
    case = kit.approve(proved, proposal_of(kit, proved.case, settings, place))
    assert case.proposal.kind == "draft_pull_request"
    assert [w.target for w in case.proposal.writes][1] == f"localhost/{PROJECT}"
    bodies = await sent(kit, proved, settings, place)
    assert [type(b) for b in bodies] == [EffectIntended, EffectDone] * 2
    made = only(gitlab.merge_requests)
    assert (
        made["title"] == f"Draft: {case.proposal.title}" and made["draft"] and made["labels"] == ["rootcase"]
    )
    assert made["source_branch"] == case.proposal.branch and made["target_branch"] == "main"
    assert made["description"] == case.proposal.body and made["reviewers"] == []
    assert bodies[-1].url == made["web_url"] and bodies[-1].number == "1"


@pytest.mark.parametrize("kills", range(1, 5))
async def test_a_kill_after_any_entry_leaves_one_merge_request(kit, place, proved, gitlab, kills):
    settings = settings_for(kit, gitlab)
    kit.approve(proved, proposal_of(kit, proved.case, settings, place))
    await sent(kit, proved, settings, place, at_most=kills)
    await sent(kit, proved, settings, place)
    assert only(gitlab.merge_requests)["labels"] == ["rootcase"]
    assert proved.case.effect("pull_request").state == "done"


@pytest.mark.parametrize("end", ["/merge_requests", "/merge_requests/1"])
async def test_an_answer_lost_on_the_way_is_looked_up(kit, place, proved, gitlab, end):
    gitlab.losing.append(end)
    settings = settings_for(kit, gitlab)
    kit.approve(proved, proposal_of(kit, proved.case, settings, place))
    bodies = await sent(kit, proved, settings, place)
    if not isinstance(bodies[-1], EffectDone):
        bodies = await sent(kit, proved, settings, place)
    assert isinstance(bodies[-1], EffectDone) and bodies[-1].found
    assert only(gitlab.merge_requests)["labels"] == ["rootcase"] and not gitlab.losing


async def test_a_second_one_from_the_same_branch_is_refused_there_and_the_first_is_found(kit, place, gitlab):
    kit.git(place.remote, "branch", "rootcase/c-1", "main")
    forge = gitlab_at(f"{gitlab.base}/api/v4", PROJECT, kit.TOKEN)
    new = NewPull("Fix it", "text", "rootcase/c-1", "main", draft=True)
    first, second = await forge.create_pull(new), await forge.create_pull(new)
    await forge.close()
    assert first == second and first.shown == "!1" and first.draft and first.title == "Fix it"
    assert len(gitlab.merge_requests) == 1


async def test_a_draft_stays_a_draft_when_its_text_changes_and_no_title_makes_one(kit, place, gitlab):
    kit.git(place.remote, "branch", "a", "main")
    kit.git(place.remote, "branch", "b", "main")
    forge = gitlab_at(f"{gitlab.base}/api/v4", PROJECT, kit.TOKEN)
    await forge.create_pull(NewPull("Fix it", "text", "a", "main", draft=True))
    assert (await forge.update_pull(1, "Fix it better", "new")).draft
    ready = await forge.create_pull(NewPull("[Draft] draft: Fix it", "text", "b", "main"))
    await forge.close()
    assert gitlab.merge_requests[0]["title"] == "Draft: Fix it better"
    assert not ready.draft and gitlab.merge_requests[1]["title"] == "Fix it"


async def test_owners_are_asked_by_number_and_who_cannot_be_is_told_about(kit, place, proved, gitlab_with):
    for one_reviewer, asked in ((False, ["mira", "lena"]), (True, ["mira"])):
        fake = gitlab_with(one_reviewer=one_reviewer)
        kit.git(place.remote, "branch", "-f", "a", "main")
        forge = gitlab_at(f"{fake.base}/api/v4", PROJECT, kit.TOKEN)
        await forge.create_pull(NewPull("Fix it", "text", "a", "main"))
        refused = await forge.ask_review(1, ["mira", "Lena", "acme/payments", "nobody"])
        again = await forge.ask_review(1, ["mira"])
        await forge.close()
        assert [p["username"] for p in fake.merge_requests[0]["reviewers"]] == asked and again == ()
        why = {r.what.split()[0]: r.why for r in refused}
        assert why["acme/payments"] == "Groups cannot be reviewers." and "Nobody" in why["nobody"]
        assert ("Lena" in why) is one_reviewer


async def test_a_token_that_may_not_list_members_or_label_still_opens_it(kit, place, proved, gitlab):
    settings = settings_for(kit, gitlab, level="review-ready")
    case = kit.approve(proved, proposal_of(kit, proved.case, settings, place))
    assert case.proposal.kind == "pull_request" and case.proposal.reviewers == ("mira",)
    answer = gitlab.answer

    def forbidding(asked):
        denied = "members" in asked.path or asked.method == "PUT"
        return (403, {"message": "403 Forbidden"}, {}) if denied else answer(asked)

    gitlab.answer = forbidding
    bodies = await sent(kit, proved, settings, place)
    assert isinstance(bodies[-1], EffectDone) and not only(gitlab.merge_requests)["draft"]
    said = [b.title for b in bodies if isinstance(b, Faulted)]
    assert said == ["The label rootcase was not set", "mira was not asked for review"]


async def test_a_project_below_a_path_and_groups_within_groups(kit, place, proved, gitlab_with):
    fake = gitlab_with(prefix="/tools/gitlab")
    forge = gitlab_at(f"{fake.base}/api/v4", PROJECT, kit.TOKEN)
    assert await forge.me() == "dana" and "main" in await forge.branches("")
    await forge.close()
    assert fake.asked[-1].path.startswith("/tools/gitlab/api/v4/projects/acme%2Fbackend%2Fcheckout/")
    api = "https://git.acme.dev/tools/gitlab/api/v4"
    remotes = {
        "https://git.acme.dev/tools/gitlab/acme/backend/checkout.git": PROJECT,
        "git@git.acme.dev:acme/backend/checkout.git": PROJECT,
        "ssh://git@git.acme.dev:2222/acme/checkout": "acme/checkout",
    }
    assert {remote: project_of(remote, "gitlab", api) for remote in remotes} == remotes


@pytest.mark.parametrize(
    ("status", "body", "kind", "said"),
    [
        (400, {"message": "Branch is locked"}, DeliveryError, "Branch is locked"),
        (400, {"message": {"title": ["is blank"], "base": {"x": ["bad"]}}}, DeliveryError, "title: is blank"),
        (422, {"message": ["One", "Two"]}, DeliveryError, "One; Two"),
        (400, {"error": "title is missing"}, DeliveryError, "title is missing"),
        (403, {"error": "insufficient_scope", "error_description": "Needs api"}, AccessDenied, "refuses the token"),
        (401, {"message": "401 Unauthorized"}, AccessDenied, "scope api"),
        (404, {"message": "404 Project Not Found"}, DeliveryError, "not there, or not for this token"),
        (502, b"<html>bad gateway</html>", DeliveryError, "refused it: 502"),
        (200, b"<html>sign in</html>", DeliveryError, "cannot be read"),
    ],
)  # fmt: skip
async def test_each_of_gitlabs_refusals_is_read(gitlab, kit, status, body, kind, said):
    gitlab.limited = [(status, body, {})] * 3
    forge = gitlab_at(f"{gitlab.base}/api/v4", PROJECT, kit.TOKEN)
    with pytest.raises(kind) as caught:
        await forge.pull_for("x")
    await forge.close()
    assert said in str(caught.value) and caught.value.hint and kit.TOKEN not in str(caught.value)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({"Retry-After": "9"}, 9), ({"RateLimit-Remaining": "0", "RateLimit-Reset": "1"}, 1), ({}, 60)],
)
async def test_a_limit_says_how_long(gitlab, kit, headers, seconds):
    gitlab.limited = [(429, {"message": "429 Too Many Requests"}, headers)]
    forge = gitlab_at(f"{gitlab.base}/api/v4", PROJECT, kit.TOKEN)
    with pytest.raises(RateLimited) as caught:
        await forge.branches("")
    await forge.close()
    assert caught.value.retry_after_s == seconds


async def test_a_limit_in_the_middle_of_a_delivery_is_said_and_nothing_is_lost(kit, place, proved, gitlab):
    settings = settings_for(kit, gitlab)
    kit.approve(proved, proposal_of(kit, proved.case, settings, place))
    gitlab.limited = [(429, {}, {"Retry-After": "7"})]
    first = await sent(kit, proved, settings, place)
    assert isinstance(first[-1], EffectFailed) and "wait 7 s" in first[-1].why and gitlab.merge_requests == []
    assert isinstance((await sent(kit, proved, settings, place))[-1], EffectDone)
    only(gitlab.merge_requests)


async def test_the_token_goes_in_the_header_its_kind_asks_for(gitlab, kit):
    forge = gitlab_at(f"{gitlab.base}/api/v4", PROJECT, kit.TOKEN)
    await forge.me()
    await forge.close()
    gitlab.token = "ab" * 32
    oauth = gitlab_at(f"{gitlab.base}/api/v4", PROJECT, gitlab.token)
    assert await oauth.me() == "dana"
    await oauth.close()
    assert (
        gitlab.asked[0].headers["private-token"] == kit.TOKEN
        and "authorization" not in gitlab.asked[0].headers
    )
    assert gitlab.asked[1].headers["authorization"] == f"Bearer {'ab' * 32}"


async def test_lists_are_read_page_by_page(kit, place, gitlab):
    for number in range(120):
        kit.git(place.remote, "update-ref", f"refs/heads/lena/{number:03}", place.base)
    forge = gitlab_at(f"{gitlab.base}/api/v4", PROJECT, kit.TOKEN)
    assert len(await forge.branches("lena/")) == 120 and await forge.branches("none/") == ()
    await forge.close()


async def test_a_ticket_is_filed_once_and_found_by_its_line(kit, place, gitlab):
    gitlab.losing.append("/issues")
    settings = settings_for(kit, gitlab)
    journal = kit.Journal()
    journal.add(*kit.opening(place.base))
    case = kit.approve(journal, proposal_of(kit, journal.case, settings, place))
    assert case.proposal.kind == "ticket" and case.proposal.writes[0].target == f"localhost/{PROJECT}"
    bodies = await sent(kit, journal, settings, place)
    assert isinstance(bodies[-1], EffectDone) and bodies[-1].found
    assert only(gitlab.issues)["labels"] == ["rootcase"]
    journal.add(*kit.drafted(place))
    drafted = kit.approve(journal, proposal_of(kit, journal.case, settings, place))
    assert "\nRefs #1\n" in drafted.proposal.body


async def test_what_people_have_done_is_found_before_any_work_starts(kit, place, proved, gitlab):
    lena, bot = gitlab.people[3], gitlab.person("project_7_bot_ab12", 90)
    gitlab._file({"title": "CHECKOUT-8K2 crashes", "description": ""})
    gitlab.issues[0]["assignees"] = [bot, lena]
    kit.git(place.remote, "branch", "mira/fix-CHECKOUT-8K2", "main")
    kit.git(place.remote, "branch", "other", "main")
    gitlab._open(
        {"title": "Fix", "source_branch": "other", "target_branch": "main", "description": "CHECKOUT-8K2"}
    )
    gitlab.merge_requests[0] |= {
        "state": "merged",
        "merged_at": "2026-03-01T10:00:00.000Z",
        "squash_commit_sha": "5" * 40,
    }
    gitlab.notes[("issues", 1)] = [
        {"id": 1, "body": "I'm on it", "author": lena, "created_at": "2026-03-01T10:00:00.000Z"},
        {"id": 2, "body": "assigned to @lena", "author": lena, "system": True},
    ]
    forge = open_gitlab(kit.where(settings_for(kit, gitlab), place), kit.TOKEN)
    found = await ForgeWork(forge, "GitLab").find(proved.case)
    await forge.close()
    assert found.failed == ()
    work = {(w.kind, w.id): w for w in found.work}
    assert set(work) == {
        ("branch", "mira/fix-CHECKOUT-8K2"),
        ("pull_request", "!1"),
        ("ticket", "#1"),
        ("comment", "#1.1"),
    }
    assert work["ticket", "#1"].by.name == "lena" and not work["ticket", "#1"].by.bot
    assert work["pull_request", "!1"].commit == "5" * 40 and work["pull_request", "!1"].state == "merged"


async def test_a_closed_one_is_called_by_gitlabs_sign_and_not_opened_again(kit, place, proved, gitlab):
    settings = settings_for(kit, gitlab)
    kit.approve(proved, proposal_of(kit, proved.case, settings, place))
    await sent(kit, proved, settings, place, at_most=2)
    gitlab._open({"title": "x", "source_branch": proved.case.proposal.branch, "target_branch": "main"})
    gitlab.merge_requests[0]["state"] = "closed"
    bodies = await sent(kit, proved, settings, place)
    assert isinstance(bodies[-1], EffectFailed) and "!1 from this branch was closed" in bodies[-1].why
    assert not any(isinstance(b, Faulted) for b in bodies)
    only(gitlab.merge_requests)


def test_a_missing_token_names_gitlabs_setting(kit, place, gitlab):
    with pytest.raises(ConfigError) as caught:
        open_forge(kit.where(settings_for(kit, gitlab), place), "")
    assert "GITLAB_TOKEN" in caught.value.hint


def test_gitlabs_own_token_is_never_githubs(kit, gitlab):
    repository = settings_for(kit, gitlab).repositories[0]
    assert (repository.forge_variable, repository.tracker_variable) == ("GITLAB_TOKEN", "GITLAB_TOKEN")
    jira = replace(repository, tracker="jira")
    assert (jira.forge_variable, jira.tracker_variable) == ("GITLAB_TOKEN", "JIRA_API_TOKEN")
    mixed = replace(repository, tracker="github", forge_token_env="OURS")
    assert (mixed.forge_variable, mixed.tracker_variable) == ("OURS", "GITHUB_TOKEN")


def test_the_address_people_open_is_enough(kit, gitlab):
    settings = settings_for(kit, gitlab)
    for url in ("", "https://git.acme.dev/gitlab", "https://git.acme.dev/gitlab/api/v4/"):
        place = destination(settings, replace(settings.repositories[0], forge_url=url))
        assert place.api == (f"{url.removesuffix('/api/v4/')}/api/v4" if url else "https://gitlab.com/api/v4")
    with pytest.raises(ConfigError) as caught:
        destination(settings, replace(settings.repositories[0], forge_project="", forge_url=""))
    assert "forge_project: group/name" in caught.value.hint
