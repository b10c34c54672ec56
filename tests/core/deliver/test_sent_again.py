"""A draft that changes after its pull request was sent: the same one is brought up to date, once."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import httpx
import msgspec
import pytest

from rootcase.core.config.settings import PolicySettings
from rootcase.core.deliver.acts import act_for
from rootcase.core.deliver.forge import NewPull
from rootcase.core.deliver.localforge.book import Book
from rootcase.core.deliver.outbox import deliver
from rootcase.core.deliver.policy import depth
from rootcase.core.deliver.proposal import compose
from rootcase.core.model.entries import EffectDone, EffectFailed, EffectIntended, HunkEdited, Proved, Reviewed
from rootcase.core.model.errors import DeliveryError
from rootcase.core.model.proofs import ProofResult

EURO = '    row = {"sku": sku, "amount": 3, "currency": "EUR"}\n'
POUND = '    row = {"sku": sku, "amount": 3, "currency": "GBP"}\n'


@dataclass
class Desk:
    """One case at one forge, with what an engineer does to it."""

    kit: ModuleType
    place: Any
    journal: Any
    url: str
    said: Any
    policy: PolicySettings | None = None

    def edit(self, line: str) -> None:
        """The engineer edits the loader's hunk, and proof runs again on the new tree."""
        case = self.journal.add(HunkEdited(1, "h1", (line,)), actor="human:dana")
        tree = self._tree(self.kit.LOADER_FIXED.replace(EURO, line))
        self.journal.add(Reviewed(1, case.draft.digest, 1, (), "offer"))
        for step in ("red", "green", "revert", "suite"):
            result = ProofResult(step, 1, case.draft.digest, tree, "ok", "as hoped", same_fingerprint=True)
            self.journal.add(Proved(result))

    def approve(self):
        """The proposal for the draft as it stands, looked at and approved."""
        case, settings = self.journal.case, self._settings()
        repository = settings.repositories[0]
        how, where = depth(case, settings, repository), self.kit.where(settings, self.place)
        return self.kit.approve(
            self.journal, compose(case, settings, repository, where, how, write_back=["sentry"])
        )

    async def send(self, at_most: int = 1000):
        """Deliver and record what came of it; `at_most` kills it after so many entries."""
        settings = self._settings()
        stage = deliver(self.journal.case, settings, self.kit.ports_for(settings, self.place, self.said))
        bodies = await self.kit.collected(stage, at_most=at_most)
        self.journal.add(*bodies)
        return bodies

    async def sent_once(self) -> None:
        self.approve()
        await self.send()

    @property
    def pull(self):
        return self.kit.only(Book(self.place.folder / "forge").newest())

    @property
    def commits(self) -> list[str]:
        """The tree of each commit on the case's branch, latest first."""
        branch = self.journal.case.proposal.branch
        return self.kit.git(self.place.remote, "log", "--format=%T", f"main..{branch}").splitlines()

    def over(self, **fields: object) -> None:
        """Somebody closes or merges the pull request at the forge; it is read when the next forge starts."""
        file = self.kit.only((self.place.folder / "forge").glob("*-pull-request.json"))
        item = msgspec.json.decode(file.read_bytes())
        file.write_bytes(msgspec.json.encode({**item, "state": "closed", **fields}))

    def _settings(self):
        return self.kit.settings_for(self.url, policy=self.policy)

    def _tree(self, loader: str) -> str:
        checkout = self.place.checkout
        (checkout / "app" / "loader.py").write_text(loader)
        (checkout / "test_currency.py").write_text(self.kit.TEST)
        self.kit.git(checkout, "add", ".")
        tree = self.kit.git(checkout, "write-tree")
        pack = subprocess.run(
            ["git", "pack-objects", "--stdout", "--revs", "-q"],
            cwd=checkout, input=f"{tree}\n".encode(), capture_output=True, check=True,
        )  # fmt: skip
        subprocess.run(["git", "unpack-objects", "-q"], cwd=self.place.clone, input=pack.stdout, check=True)
        return tree


@pytest.fixture
def desk(kit, place, proved, forge) -> Desk:
    return Desk(kit, place, proved, forge.url, kit.Said())


def agrees(desk: Desk) -> None:
    """One branch, one pull request, one comment; the text there and the tree there are the approved ones."""
    proposal, pull = desk.journal.case.proposal, desk.pull
    assert (pull.title, pull.body) == (proposal.title, proposal.body)
    assert (
        f"exact tree that is sent, `{proposal.tree[:12]}`" in pull.body and desk.commits[0] == proposal.tree
    )
    assert pull.labels == ["rootcase"] and len(desk.said.texts) == 1
    assert desk.kit.git(desk.place.remote, "branch", "--list", "rootcase/*").split() == [proposal.branch]


async def test_a_draft_changed_after_it_was_sent_updates_the_same_pull_request(desk):
    await desk.sent_once()
    before = desk.pull
    desk.edit(POUND)
    case = desk.approve()
    bodies = await desk.send()
    assert [type(b) for b in bodies] == [EffectIntended, EffectDone] * 2, "the comment is left once"
    assert [b.write.kind for b in bodies[::2]] == ["push", "pull_request"]
    assert {b.digest for b in bodies[::2]} == {case.proposal.digest}
    agrees(desk)
    assert "GBP" in desk.pull.body and "GBP" not in before.body and desk.pull.number == before.number == 1
    assert "one commit" not in desk.pull.body and "Revert its commits together" in desk.pull.body
    assert [w.note for w in case.proposal.writes[:2]] == [
        "one commit more on its branch",
        "#1 gets this text",
    ]
    assert desk.commits == [case.proposal.tree, desk.place.tree], "added on top, nothing forced"
    assert desk.journal.case.effect("pull_request").number == "1"
    assert await desk.send() == [], "all of it is done"


@pytest.mark.parametrize("kills", [1, 2, 3, 4])
async def test_a_kill_after_any_entry_of_the_second_sending_still_ends_with_one_of_everything(desk, kills):
    await desk.sent_once()
    desk.edit(POUND)
    desk.approve()
    await desk.send(at_most=kills)
    await desk.send()
    agrees(desk)
    assert len(desk.commits) == 2
    assert {e.state for e in desk.journal.case.effects} == {"done"}


@pytest.mark.parametrize("recorded", range(4))
async def test_a_second_sending_that_was_made_and_not_recorded_is_found(desk, recorded):
    await desk.sent_once()
    desk.edit(POUND)
    desk.approve()
    length = len(desk.journal.entries)
    await desk.send()
    del desk.journal.entries[length + recorded :]
    again = await desk.send()
    assert all(isinstance(b, EffectDone) and b.found for b in again) and again
    agrees(desk)
    assert len(desk.commits) == 2


async def test_a_draft_changed_back_is_sent_again_too(desk):
    await desk.sent_once()
    for line in (POUND, EURO):
        desk.edit(line)
        desk.approve()
        await desk.send()
        agrees(desk)
    assert desk.commits[0] == desk.commits[2] == desk.place.tree and len(desk.commits) == 3


async def test_proposing_the_sent_draft_once_more_adds_no_commit(desk):
    await desk.sent_once()
    desk.approve()
    pushed, *rest = await desk.send()
    assert pushed.found and [type(b) for b in rest] == [EffectIntended, EffectDone]
    agrees(desk)
    assert len(desk.commits) == 1


async def test_a_lost_answer_to_the_update_is_looked_up(desk, forge_with):
    await desk.sent_once()
    desk.url = forge_with("lose-answer:/pulls/1").url
    desk.edit(POUND)
    desk.approve()
    bodies = await desk.send()
    assert isinstance(bodies[-1], EffectDone) and bodies[-1].found and bodies[-1].number == "1"
    agrees(desk)


@pytest.mark.parametrize(
    ("fields", "said", "hint"),
    [
        ({}, "#1 from this branch was closed", "Reopen it there"),
        (
            {"merged_at": "2025-11-03T10:00:00Z"},
            "#1 from this branch was merged already",
            "a change of its own",
        ),
    ],
)
async def test_a_pull_request_that_is_over_is_said_and_nothing_is_pushed_under_it(
    desk, forge_with, fields, said, hint
):
    await desk.sent_once()
    before = desk.pull
    desk.over(**fields)
    desk.url = forge_with().url
    desk.edit(POUND)
    desk.approve()
    for _ in range(2):
        failed = desk.kit.only(b for b in await desk.send() if not isinstance(b, EffectIntended))
        assert isinstance(failed, EffectFailed) and said in failed.why and hint in failed.hint
    assert desk.pull.body == before.body and len(desk.commits) == 1


async def test_one_that_was_closed_between_the_push_and_the_update_is_not_rewritten(desk, forge_with):
    await desk.sent_once()
    before = desk.pull
    desk.edit(POUND)
    desk.approve()
    await desk.send(at_most=2)
    desk.over()
    desk.url = forge_with().url
    for _ in range(2):
        failed = (await desk.send())[-1]
        assert isinstance(failed, EffectFailed) and "was closed" in failed.why
    assert desk.pull.body == before.body


async def test_one_that_was_closed_in_the_very_moment_of_the_update_is_not_rewritten(desk, forge_with):
    await desk.sent_once()
    before = desk.pull
    desk.edit(POUND)
    case = desk.approve()
    desk.over()
    desk.url = forge_with().url
    ports = desk.kit.ports_for(desk._settings(), desk.place)
    with pytest.raises(DeliveryError, match="was closed"):
        await act_for(case, case.proposal, case.proposal.writes[1], ports, "", 0).perform()
    assert desk.pull.body == before.body


async def test_one_that_was_closed_unseen_stays_refused_however_often_it_is_tried(desk, forge_with):
    desk.approve()
    length = len(desk.journal.entries)
    await desk.send()
    del desk.journal.entries[length:]
    desk.over()
    desk.url = forge_with().url
    for _ in range(2):
        failed = (await desk.send())[-1]
        assert isinstance(failed, EffectFailed) and "was closed" in failed.why


async def test_a_draft_that_is_now_for_review_says_that_it_still_is_a_draft(desk):
    await desk.sent_once()
    desk.policy = PolicySettings(level="review-ready")
    desk.edit(POUND)
    assert desk.approve().proposal.kind == "pull_request"
    titles = [b.title for b in await desk.send() if not isinstance(b, EffectIntended | EffectDone)]
    assert titles == ["#1 is still a draft"]


async def test_the_local_forge_updates_by_githubs_rules(desk):
    await desk.sent_once()
    github = desk.kit.ports_for(desk._settings(), desk.place).forge
    body = desk.pull.body
    with pytest.raises(DeliveryError, match="not there"):
        await github.update_pull(7, "x", "y")
    with pytest.raises(DeliveryError, match="body is too long"):
        await github.update_pull(1, "x", "y" * 65537)
    with pytest.raises(DeliveryError, match="title"):
        await github.update_pull(1, "", "y")
    assert desk.pull.body == body, "what was refused changed nothing"
    headers = {"Authorization": "Bearer x"}
    async with httpx.AsyncClient(base_url=f"{desk.url}/repos/acme/checkout/pulls", headers=headers) as http:
        shown = (await http.patch("/1", json={"title": "Other"})).json()
        assert (shown["title"], shown["body"], shown["state"]) == ("Other", body, "open")
        assert (await http.patch("/1", json={"state": "gone"})).status_code == 422
        assert (await http.patch("/1", json={"state": "closed"})).json()["state"] == "closed"
    second = await github.create_pull(
        NewPull("x", "y", desk.journal.case.proposal.branch, "main", draft=True)
    )
    assert second.number == 2
    await github.close()
