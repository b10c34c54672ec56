"""Going back by keys: claims marked and pinned, a phase again, another draft, and choosing among drafts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from rootcase.core.model.entries import PhaseRestarted

KEY = "C-412"
Open = Callable[..., Any]
Make = Callable[..., Any]


async def sees(it: Any, *parts: str, seconds: float = 20.0) -> None:
    """Waits until a row of the screen holds all parts."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not any(all(part in row for part in parts) for row in it.text().split("\n")):
        assert asyncio.get_running_loop().time() < deadline, f"no row with {parts} in\n{it.text()}"
        await asyncio.sleep(0.03)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which runs would have been started; none is."""
    runs: list[str] = []

    async def start(self: Any, key: str, until: str = "propose") -> None:
        runs.append(until)

    monkeypatch.setattr("rootcase.core.desk.Desk.start_run", start)
    return runs


async def claim(it: Any, name: str) -> Any:
    return next(one for one in (await it.case()).claims if one.id == name)


async def test_a_claim_is_marked_wrong_with_a_reason_and_that_undoes(
    make_world: Make, open_app: Open
) -> None:
    async with open_app(make_world("reviewed"), (120, 36)) as it:
        await it.press("j", "W", *"it is the tax", "enter")
        assert (await claim(it, "k2")).status == "refuted" and (await claim(it, "k2")).why == "it is the tax"
        await it.press("u")
        assert (await claim(it, "k2")).status == "supported"
        await it.press("Y")
        assert (await it.case()).said[-1].what == "claim_marked"


async def test_a_claim_is_pinned_as_the_cause_and_unpinned(make_world: Make, open_app: Open) -> None:
    async with open_app(make_world("reviewed"), (180, 50)) as it:
        await it.press("j", "C")
        assert (await it.case()).pinned == "k2"
        await sees(it, "supported", "the cause, as you say")
        await it.press("C")
        assert (await it.case()).pinned == ""


async def test_a_cause_that_no_claim_states_is_typed(make_world: Make, open_app: Open) -> None:
    async with open_app(make_world("reviewed"), (120, 36), "d") as it:
        await it.press("C", *"the retry", "enter")
        case = await it.case()
        assert (
            case.pinned == "y1" and case.claims[-1].text == "the retry" and case.claims[-1].origin == "human"
        )
        assert case.replan == "the engineer says that y1 is the cause"


async def test_a_phase_is_done_again_with_words_for_the_model(
    make_world: Make, open_app: Open, started: list[str]
) -> None:
    async with open_app(make_world("reviewed"), (120, 36), "d") as it:
        await it.press("T", *"pla look at the retry", "enter")
        case = await it.case()
        assert case.plan is None and case.draft is None
        assert case.drafts[-1].abandoned == "plan is done again: look at the retry"
        assert started == ["propose"]


async def test_a_phase_that_does_not_exist_is_said_and_nothing_happens(
    make_world: Make, open_app: Open, started: list[str]
) -> None:
    async with open_app(make_world("reviewed"), (120, 36), "d") as it:
        await it.press("T", *"deploy", "enter")
        await sees(it, "deploy is no phase")
        assert started == [] and (await it.case()).draft is not None


async def test_a_hunk_is_rejected_with_a_reason_and_another_draft_is_asked_for(
    make_world: Make, open_app: Open, started: list[str]
) -> None:
    async with open_app(make_world("reviewed"), (120, 36), "d") as it:
        await it.press("]", "]", "r", *"a default hides it", "enter")
        hunk = (await it.case()).draft.hunks[2]
        assert (hunk.decision, hunk.reason) == ("rejected", "a default hides it")
        await it.press("n", *"repair the loader", "enter")
        case = await it.case()
        assert case.another == 1 and case.draft.number == 1 and started == ["propose"]


async def test_of_two_drafts_the_next_one_is_taken_with_its_own_proof(
    make_world: Make, open_app: Open
) -> None:
    async with open_app(make_world("competing"), (120, 36), "d") as it:
        await sees(it, "► draft 1", "fix")
        assert (await it.case()).findings
        await it.press("D")
        await sees(it, "► draft 2", "revert of")
        case = await it.case()
        assert case.draft.number == 2 and case.proof("green").draft == 2 and not case.findings
        await it.press("D")
        assert (await it.case()).draft.number == 1 and (await it.case()).findings


async def test_drafts_stand_side_by_side_and_back(make_world: Make, open_app: Open) -> None:
    async with open_app(make_world("competing"), (180, 50), "d", "B") as it:
        await sees(it, "draft 1, fix", "│", "draft 2, revert of")
        await it.press("B")
        assert "draft 2, revert of" not in it.text()


async def test_with_one_draft_the_keys_say_what_would_bring_another(make_world: Make, open_app: Open) -> None:
    async with open_app(make_world("reviewed"), (120, 36), "d") as it:
        await it.press("D")
        await sees(it, "there is one draft; n asks for another")


async def test_a_live_run_is_not_taken_back_under_its_feet(
    make_world: Make, open_app: Open, held: Any
) -> None:
    world = make_world("drafting")
    async with held(world.store), open_app(world, (120, 36), "d") as it:
        await it.press("T")
        await sees(it, "a run is live already")
        assert not any(isinstance(said, PhaseRestarted) for said in (await it.case()).said)
