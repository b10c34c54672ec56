"""After the pull request: merged, out, quiet, verified, or back, by the forge, git and the sources."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from rootcase.core.journal.store import InboxRow
from rootcase.core.model.aftermath import Aftermath, Pull
from rootcase.core.model.case import Case
from rootcase.core.model.entries import PullSeen
from rootcase.core.model.signals import Deploy, Signal
from rootcase.core.pipeline.watching.landing import deploys_since
from rootcase.core.pipeline.watching.resolving import resolutions
from rootcase.core.pipeline.watching.rounds import look_at_sent
from tests.support.sent import Sent, git, sent


@pytest.fixture
async def out(tmp_path: Path) -> AsyncIterator[Sent]:
    async with sent(tmp_path) as made:
        yield made


async def row(out: Sent) -> InboxRow:
    found = await out.store.inbox_row("C-1")
    assert found is not None
    return found


async def test_an_open_pull_request_says_so_once(out: Sent) -> None:
    before = await out.kinds()
    assert (await out.look()).stage == "open"
    assert await out.kinds() == before, "nothing is new, so nothing is written"
    out.item.draft = True
    assert (await out.look()).said == "PR #1 is a draft"


async def test_merged_and_not_out(out: Sent) -> None:
    out.merges(50)
    out.deploys("2.14.0", "production", 40)
    looked = await out.look()
    assert (looked.stage, looked.news) == ("merged", True)
    assert (await row(out)).because == "PR #1 is merged, waits for its deploy"
    assert (await row(out)).state == "sent"
    assert (await out.case()).after.awaits == ""


async def test_without_any_deploy_it_says_so_and_waits(tmp_path: Path) -> None:
    async with sent(tmp_path, deploys=False) as out:
        out.merges(500)
        await out.look()
        after = (await out.case()).after
        assert (after.stage, after.awaits) == ("merged", "no deploy is known: shop tells of none")


async def test_a_release_nobody_can_place_is_no_deploy_of_it(out: Sent) -> None:
    out.merges(50)
    out.deploys("nightly", "production", 40)
    await out.look()
    after = (await out.case()).after
    assert after.landed == ()
    assert after.awaits.startswith("whether nightly holds it is not known: no commit and no tag")


def test_a_deploy_of_another_package_is_no_deploy_of_this_service() -> None:
    deploys = (
        Deploy("web@2.15.0", "production", 9),
        Deploy("api@2.15.0", "production", 10),
        Deploy("2.15.0", "", 11),
    )
    signal = Signal("s", "1", last_release="api@2.14.0", deploys=deploys)
    case = Case(signals=(signal,), after=Aftermath(Pull("1", state="merged", at_us=5)))
    assert [d.release for d in deploys_since(case, [signal])] == ["api@2.15.0", "2.15.0"]


async def test_verified_in_staging_then_in_production(out: Sent) -> None:
    sha = out.merges(700)
    out.tag("v2.15.0")
    out.deploys("2.15.0", "staging", 690)
    out.deploys("2.15.0", "production", 10)
    await out.sync()
    case = await out.case()
    assert [(each.environment, each.commit) for each in case.after.landed] == [
        ("staging", sha), ("production", sha),
    ]  # fmt: skip
    assert [each.environment for each in case.after.verified] == ["staging"]
    assert case.after.stage == "quiet" and (await row(out)).because.startswith(
        "verified in staging, quiet since"
    )
    assert (await row(out)).group == "waiting"


async def test_verified_only_after_five_times_the_usual_gap(out: Sent) -> None:
    """Its events were 50 hours apart, so a day is not enough, and 250 hours are."""
    out.merges(260)
    out.tag("v2.15.0")
    out.deploys("2.15.0", "production", 240)
    await out.sync()
    after = (await out.case()).after
    assert after.stage == "quiet" and after.verified == ()
    assert (await row(out)).because.startswith("quiet since")


async def test_verified_in_production(out: Sent) -> None:
    out.merges(300)
    out.tag("v2.15.0")
    out.deploys("2.15.0", "production", 251)
    await out.sync()
    case = await out.case()
    (done,) = case.after.verified
    assert (done.environment, done.gap_us // 3_600_000_000, done.quiet_us // 3_600_000_000) == (
        "production",
        50,
        250,
    )
    assert (case.state, (await row(out)).group) == ("verified", "quiet")
    assert [m.kind for m in case.moments if m.kind in ("merged", "deployed", "verified")] == [
        "merged", "deployed", "verified",
    ]  # fmt: skip


async def test_a_source_that_cannot_be_read_proves_no_quiet(out: Sent) -> None:
    out.merges(300)
    out.tag("v2.15.0")
    out.deploys("2.15.0", "production", 251)
    state = await out.store.source_state("shop")
    await out.store.save_source_state(
        replace(state, complete_us=state.complete_us - 3_600_000_000 * 10, fault="503 from shop")
    )
    await out.look()
    after = (await out.case()).after
    assert after.verified == () and after.awaits == "shop could not be read: 503 from shop"


async def test_events_on_a_release_with_the_fix_open_the_case_again(out: Sent) -> None:
    out.merges(90)
    out.tag("v2.15.0")
    out.deploys("2.15.0", "production", 80)
    await out.sync()
    assert (await out.case()).state == "sent"
    out.happens(20, 4, release="2.15.0", environment="production")
    await out.sync()
    case = await out.case()
    back = case.after.recurred
    assert (case.state, case.after.stage, back.release) == ("regressed", "recurred", "2.15.0")
    assert back.changed[:3] == (
        "2.15.0 holds the fix: tag v2.15.0", "the fingerprint is the same", "the same frames",
    )  # fmt: skip
    assert (await row(out)).because == "recurred on 2.15.0, which has the fix of PR #1"
    assert (await row(out)).group == "needs_you" and case.gate.verdict != "wait", "and the gate is asked anew"
    kinds = await out.kinds()
    await out.look()
    assert await out.kinds() == kinds, "it came back once"


async def test_what_is_different_about_it_is_told(out: Sent) -> None:
    out.merges(90)
    out.tag("v2.15.0")
    out.deploys("2.15.0", "production", 80)
    frames = [
        {
            "function": name,
            "filename": "shop/pricing.py",
            "lineno": 9,
            "in_app": True,
            "module": "shop.pricing",
        }
        for name in ("price_for", "convert")
    ]
    exception = {"values": [{"type": "KeyError", "value": "'rate'", "stacktrace": {"frames": frames}}]}
    out.happens(20, 4, release="2.15.0", environment="canary", exception=exception)
    await out.sync()
    told = "; ".join((await out.case()).after.recurred.changed)
    assert "another fingerprint: KeyError at shop.pricing.convert" in told
    assert "new frames: shop.pricing.convert" in told
    assert "another message: 'rate'" in told and "seen in canary now" in told


async def test_events_on_older_releases_do_not_count(out: Sent) -> None:
    out.merges(90)
    out.tag("v2.15.0")
    out.deploys("2.15.0", "production", 80)
    await out.look()
    assert (await out.case()).after.stage == "quiet"
    out.happens(20, 4, release="2.14.0")
    await out.sync()
    case = await out.case()
    assert case.after.recurred is None and case.state == "sent"


async def test_what_was_resolved_and_came_back_on_an_old_release_is_no_regression(out: Sent) -> None:
    out.merges(90)
    out.tag("v2.15.0")
    out.deploys("2.15.0", "production", 80)
    out.told["issues"] = {"7": {"status": "resolved"}}
    out.tells()
    await out.sync()
    out.told["issues"] = {}
    out.tells()
    out.happens(20, 4, release="2.14.0")
    await out.sync()
    assert (await out.case()).state == "sent"
    assert "old_release_seen" in await out.kinds()


async def test_an_event_without_a_release_counts_well_after_the_deploy(out: Sent) -> None:
    out.merges(90)
    out.tag("v2.15.0")
    out.deploys("2.15.0", "production", 80)
    out.happens(79.9, 4, release="", environment="production")
    await out.sync()
    assert (await out.case()).after.recurred is None, "old instances drain"
    out.happens(70, 5, release="", environment="production")
    await out.sync()
    assert "names no release" in (await out.case()).after.recurred.changed[0]


async def test_closed_without_a_merge_asks_and_says_why(out: Sent) -> None:
    out.closes(5, "Is this needed?", "We drop this endpoint\nnext week.")
    await out.look()
    case = await out.case()
    assert case.asks == "PR #1 was closed without a merge by lena: We drop this endpoint next week."
    assert (case.state, case.after.is_wrong) == ("asks", True)


async def test_a_reverted_merge_opens_the_case_again(out: Sent) -> None:
    sha = out.merges(90)
    await out.look()
    assert (await out.case()).after.stage == "merged"
    out.commits(f"Revert it\n\nThis reverts commit {sha}.", "row = {}\n")
    await out.look()
    case = await out.case()
    assert (case.state, case.after.stage, case.after.reverted.by) == ("regressed", "reverted", "Mira")
    assert case.after.is_wrong


@pytest.mark.parametrize("edited", [True, False])
async def test_whether_somebody_edited_it_before_the_merge(out: Sent, edited: bool) -> None:
    out.merges(10, edited=edited)
    await out.look()
    assert (await out.case()).after.pull.edited is edited


async def test_a_case_that_a_run_holds_is_left_alone(out: Sent) -> None:
    held = await out.store.lease("C-1", "another run")
    out.merges(10)
    before = await out.kinds()
    assert await look_at_sent(out.loaded, out.store, environment=out.environment, only=["C-1"]) == ()
    assert await out.kinds() == before
    await out.store.release(held)
    assert (await out.look()).stage == "merged"


async def test_a_forge_that_does_not_answer_is_written_down_once(out: Sent) -> None:
    out.server.shutdown()
    out.server.server_close()
    assert (await out.look()).fault
    kinds = await out.kinds()
    await out.look()
    assert await out.kinds() == kinds
    assert (await out.case()).after.awaits


async def test_a_round_begins_with_what_was_left_longest_and_ends_when_all_is_seen(out: Sent) -> None:
    assert await out.store.watched(before_us=1, limit=9) == ("C-1",), "never looked at"
    await out.look()
    assert await out.store.watched(before_us=1, limit=9) == ()
    rested = await look_at_sent(out.loaded, out.store, environment=out.environment)
    assert rested == (), "it was looked at just now"
    out.closes(31 * 24, "no")
    await out.look()
    every = await out.store.watched(before_us=2**62, limit=9)
    assert every == (), "a month after it was closed nobody looks any more"


async def test_at_the_source_it_is_resolved_only_where_that_is_listed(out: Sent) -> None:
    out.merges(10)
    await out.look()
    assert (await out.case()).acts == ()


async def test_the_issue_is_resolved_in_the_next_release_once(tmp_path: Path) -> None:
    async with sent(tmp_path, approve="status") as out:
        out.merges(10)
        await out.look()
        (act,) = (await out.case()).acts
        assert (act.act, act.release, act.state, act.by) == ("resolve", "next", "done", "rootcase")
        kinds = await out.kinds()
        await out.look()
        assert await out.kinds() == kinds


async def test_an_act_whose_process_died_is_finished_by_the_next_look(tmp_path: Path) -> None:
    async with sent(tmp_path, approve="status") as out:
        await out.look()
        out.merges(10)
        pull = (await out.case()).after.pull
        sha = git(out.upstream, "rev-parse", "HEAD")
        await out.store.append("C-1", [PullSeen(Pull("1", pull.url, "merged", sha, 5))], actor="rootcase")
        intents = resolutions(await out.case(), {"shop": frozenset({"resolve"})})
        await out.store.append("C-1", intents, actor="rootcase")
        await out.look()
        assert [act.state for act in (await out.case()).acts] == ["done"]
        assert (await out.kinds()).count("act_intended") == 1


async def test_a_repository_that_stops_everything_stops_that_too(tmp_path: Path) -> None:
    async with sent(tmp_path, approve="status") as out:
        (out.upstream / "rootcase.yaml").write_text("policy: {stop: true}\n")
        out.merges(10)
        git(out.folder / "checkout", "pull", "-q", "origin", "main")
        await out.look()
        assert (await out.case()).acts == ()
