"""`policy stop` ends merging that was asked for already, and a policy that allows less is proposed anew."""

from __future__ import annotations

import json

import pytest

from rootcase.core.config.load import load
from rootcase.core.journal.fold import fold
from rootcase.core.journal.sqlite import SqliteStore
from rootcase.core.journal.switch import switch_of
from rootcase.core.model.delivery import Write
from rootcase.core.model.entries import CaseOpened, EffectDone, EffectIntended, PolicyStopped, Proposed
from rootcase.core.pipeline.house import House
from rootcase.core.pipeline.stages import stage_for
from rootcase.core.pipeline.stopping import stopped_by
from rootcase.core.pipeline.switching import turned, withdrawn
from rootcase.core.run.control import RunControl
from rootcase.core.run.recorder import Recorder
from rootcase.core.run.steps import Step
from tests.core.deliver import conftest as kit
from tests.core.deliver.conftest import forge, forge_with, place
from tests.support.merging_forges import GitHubMerging

__all__ = ["forge", "forge_with", "place"]
BRANCH = "rootcase/c-1-keyerror-currency-in-price-for"


@pytest.fixture
async def store(tmp_path):
    held = await SqliteStore.open(tmp_path / "s.sqlite3")
    yield held
    await held.close()


@pytest.fixture
def environment(tmp_path, place, forge):
    kit.git(place.checkout, "remote", "add", "origin", str(place.remote))
    config = {
        "repositories": [{
            "path": str(place.checkout), "name": "checkout", "services": ["checkout-api"], "forge": "github",
            "forge_url": forge.url, "forge_project": "acme/checkout", "base_branch": "main",
        }],
    }  # fmt: skip
    (tmp_path / "config.yaml").write_text(json.dumps(config), encoding="utf-8")
    return {
        "HOME": str(tmp_path), "ROOTCASE_HOME": str(tmp_path / "home"), "GITHUB_TOKEN": kit.TOKEN,
        "ROOTCASE_CONFIG": str(tmp_path / "config.yaml"), "PATH": "/usr/bin:/bin",
    }  # fmt: skip


@pytest.fixture
async def asked(store, place, forge):
    """A case whose pull request the forge was asked to merge."""
    merging = GitHubMerging(forge._server)
    kit.git(place.remote, "update-ref", f"refs/heads/{BRANCH}", kit.git(
        place.remote, "commit-tree", f"{place.base}^{{tree}}", "-p", place.base, "-m", "x"))  # fmt: skip
    from rootcase.core.deliver.connect import open_forge
    from rootcase.core.deliver.forge import NewPull

    settings = kit.settings_for(forge.url)
    client = open_forge(kit.where(settings, place), kit.TOKEN)
    await client.create_pull(NewPull("Fix it", "text", BRANCH, "main"))
    await client.close()
    merging.asked[1] = "MERGE"
    write = Write("auto_merge", "localhost/acme/checkout", "C-1:auto_merge:1")
    opening = kit.opening(place.base)
    assert isinstance(opening[0], CaseOpened)
    pull = Write("pull_request", "localhost/acme/checkout", "C-1:pull_request:1")
    await store.open_case(
        [*opening, EffectIntended(pull, "d"), EffectDone(pull.key, "pull_request", "url", "1"),
         EffectIntended(write, "d"), EffectDone(write.key, "auto_merge", "url", "1")],
        actor="rootcase", aliases=(),
    )  # fmt: skip
    return merging


async def test_a_stop_takes_back_what_the_forge_was_asked_to_merge_once(store, environment, asked):
    loaded = load(environment)
    switch = await turned(store, on=True, reason="wrong merge", actor="human:dana")
    assert switch.on and switch.words == "dana stopped it with rootcase policy stop: wrong merge"
    [taken] = await withdrawn(loaded, store, environment=environment)
    assert (taken.case, taken.why) == ("C-1", "") and asked.asked == {} and asked.writes == ["disable 1"]
    case = fold(await store.entries("C-1"))
    assert (case.effect("auto_merge_off").state, case.effect("auto_merge").state) == ("done", "done")
    assert await withdrawn(loaded, store, environment=environment) == ()
    assert not (await turned(store, on=False, reason="", actor="human:dana")).on


async def test_a_forge_that_cannot_be_reached_is_said_and_tried_again(store, environment, asked):
    loaded = load({**environment, "GITHUB_TOKEN": ""})
    [taken] = await withdrawn(loaded, store, environment={**environment, "GITHUB_TOKEN": ""})
    assert "No token" in taken.why and asked.asked == {1: "MERGE"}
    [taken] = await withdrawn(load(environment), store, environment=environment)
    assert taken.why == "" and asked.asked == {}


async def test_the_switch_fails_closed(store, environment, asked, place):
    async with House(load(environment), store, environment) as house:
        case = fold(await store.entries("C-1"))
        assert await stopped_by(case, house, sending=True) == ""
        await store.append("@store", [PolicyStopped("x")], actor="human:mira")
        assert (await stopped_by(case, house, sending=True)).startswith("mira stopped it")
    await turned(store, on=False, reason="", actor="human:mira")
    assert not (await switch_of(store)).on
    place.remote.rename(place.remote.with_suffix(".gone"))
    async with House(load(environment), store, environment) as house:
        assert "cannot be read" in await stopped_by(case, house, sending=True)
        assert await stopped_by(case, house) == ""


async def test_what_the_policy_has_come_to_forbid_is_proposed_anew_and_not_sent(
    store, environment, forge, place
):
    from rootcase.core.config.settings import PolicySettings
    from rootcase.core.deliver.policy import depth
    from rootcase.core.deliver.proposal import compose
    from rootcase.core.run.budget import CaseBudget

    journal = kit.Journal()
    journal.add(*kit.opening(place.base), *kit.drafted(place))
    settings = kit.settings_for(forge.url, policy=PolicySettings(level="review-ready"))
    how = depth(journal.case, settings, settings.repositories[0])
    proposal = compose(journal.case, settings, settings.repositories[0], kit.where(settings, place), how)
    case = kit.approve(journal, proposal)
    assert case.proposal.kind == "pull_request" and case.approved
    async with House(load(environment), store, environment) as house:
        control = RunControl(Recorder(store, "C-1"), "r", attended=True)
        budget = CaseBudget(control.recorder, control, house.settings.budget)
        bodies = [body async for body in stage_for(Step("deliver"), case, house, control, budget)]
    [proposed] = [body for body in bodies if isinstance(body, Proposed)]
    assert proposed.proposal.kind == "draft_pull_request"
    assert kit.git(place.remote, "branch", "--list", "rootcase/*") == ""


async def test_a_file_of_the_remote_that_cannot_be_read_stops_too(store, environment, asked, place):
    (place.checkout / "rootcase.yaml").write_text("policy: {level: [", encoding="utf-8")
    kit.git(place.checkout, "add", ".")
    kit.git(place.checkout, "commit", "-q", "-m", "Break it")
    kit.git(place.checkout, "push", "-q", "origin", "HEAD:main")
    kit.git(place.checkout, "reset", "-q", "--hard", "HEAD~1")
    kit.git(place.checkout, "update-ref", "-d", "refs/remotes/origin/main")
    async with House(load(environment), store, environment) as house:
        case = fold(await store.entries("C-1"))
        assert "rootcase.yaml" in await stopped_by(case, house, sending=True)
