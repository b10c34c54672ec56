"""What people have already done about an error at the forge is found before any work starts."""

from __future__ import annotations

import pytest

from rootcase.core.deliver.existing import AllWork, ForgeWork, within
from rootcase.core.deliver.github import open_github
from rootcase.core.deliver.localforge.book import Comment, Item
from rootcase.core.model.errors import DeliveryError
from rootcase.core.model.ports import FoundWork
from rootcase.core.model.signals import Work
from rootcase.core.pipeline.deployed import with_deployed

AT = "2026-03-01T10:00:00Z"


async def found(kit, place, proved, forge):
    github = open_github(kit.where(kit.settings_for(forge.url), place), kit.TOKEN)
    try:
        return await ForgeWork(github, "GitHub").find(proved.case)
    finally:
        await github.close()


def book(forge):
    return forge._server.book


async def test_a_branch_of_a_person_without_a_pull_request(kit, place, proved, forge):
    kit.git(place.remote, "branch", "lena/fix-CHECKOUT-8K2-currency", "main")
    kit.git(place.remote, "branch", "lena/CHECKOUT-8K23", "main")
    kit.git(place.remote, "branch", "rootcase/c-9-CHECKOUT-8K2", "main")
    work = (await found(kit, place, proved, forge)).work
    assert [(w.kind, w.id, w.ours) for w in work] == [("branch", "lena/fix-CHECKOUT-8K2-currency", False)]


async def test_what_was_said_on_a_ticket_and_who_said_it(kit, place, proved, forge):
    talk = [Comment(1, "olga", "Go ahead", AT), Comment(2, "renovate[bot]", "hello", AT)]
    book(forge).add(Item(0, "issue", "CHECKOUT-8K2", "", "lena", AT, comments=talk))
    work = (await found(kit, place, proved, forge)).work
    said = [(w.by.name, w.text, w.where) for w in work if w.kind == "comment"]
    assert said[0] == ("olga", "Go ahead", "GitHub #1") and len(said) == 2
    assert all(w.at_us > 0 for w in work if w.kind == "comment")


async def test_a_merged_pull_request_has_its_merge_commit(kit, place, proved, forge):
    merged = Item(
        0, "pull", "Fix CHECKOUT-8K2", "", "lena", AT, state="closed", head="x", base="main",
        head_sha=place.base, base_sha=place.base, merged_at=AT,
    )  # fmt: skip
    book(forge).add(merged)
    (work,) = (await found(kit, place, proved, forge)).work
    assert (work.state, work.by.name) == ("merged", "lena") and work.at_us > 0 and len(work.commit) == 40


async def test_a_question_that_failed_is_named_and_stops_no_other():
    class Down:
        async def find(self, case):
            return FoundWork((), (), ("Jira issues: it does not answer",))

    class Up:
        async def find(self, case):
            return FoundWork((Work("ticket", "#1"),), ("GitHub issues",))

    all_of_it = await AllWork((Down(), Up())).find(None)
    assert (len(all_of_it.work), all_of_it.asked) == (1, ("GitHub issues",))
    assert all_of_it.failed == ("Jira issues: it does not answer",)


async def test_comments_that_cannot_be_read_are_no_silence(kit, place, proved, forge):
    book(forge).add(Item(0, "issue", "CHECKOUT-8K2", "", "lena", AT))
    github = open_github(kit.where(kit.settings_for(forge.url), place), kit.TOKEN)

    async def broken(number, *, pull=True):
        raise DeliveryError("It does not answer", "", "")

    github.comments = broken
    told = await ForgeWork(github, "GitHub").find(proved.case)
    await github.close()
    assert told.failed == ("GitHub comments: It does not answer",)
    assert [w.id for w in told.work] == ["#1"]


@pytest.mark.parametrize(
    ("name", "text", "there"),
    [
        ("SHOP-1", "fix/SHOP-1-cart", True), ("SHOP-1", "fix SHOP-12", False), ("SHOP-1", "(shop-1)", True),
        ("SHOP-1", "MYSHOP-1", False), ("fp1:ab", "x fp1:ab.", True),
    ],
)  # fmt: skip
def test_a_name_is_a_word_of_its_own(name, text, there):
    assert within(name, text) is there


class Git:
    """The two questions that are asked of a repository, over a line of commits."""

    def __init__(self, *line, **names):
        self.line = line
        self.names = names

    async def resolve(self, revision):
        return self.names.get(revision.replace(".", "_"), revision if revision in self.line else None)

    async def is_ancestor(self, older, newer):
        return self.line.index(older) <= self.line.index(newer)


@pytest.mark.parametrize(
    ("production", "deployed"), [("fix", True), ("later", True), ("before", False), ("unknown", None)]
)
async def test_git_tells_whether_production_has_a_merge(proved, production, deployed):
    repository = Git("before", "fix", "later", **{"v2_14_0": production} if production != "unknown" else {})
    merge = FoundWork((Work("pull_request", "#7", state="merged", commit="fix"),), ())
    case = proved.case
    if production == "unknown":
        from dataclasses import replace

        case = replace(case, code=None)
    told = await with_deployed(merge, case, repository)
    assert told.work[0].deployed is deployed
