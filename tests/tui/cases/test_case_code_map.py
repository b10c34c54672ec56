"""Journeys over what the code map found: candidates, the revert, the editor, and one Case screen for many cases."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rootcase.core.journal.sqlite import SqliteStore
from rootcase.core.model.entries import CaseOpened
from rootcase.core.model.fingerprints import Fingerprint
from tests.tui.cases.waiting import sees, until

Open = Callable[..., Any]
Make = Callable[..., Any]


@pytest.mark.parametrize("size", [(180, 50), (120, 36), (80, 24)], ids=["180x50", "120x36", "80x24"])
async def test_n_walks_the_candidates_and_the_code_follows(
    make_world: Make, open_app: Open, size: Any
) -> None:
    async with open_app(make_world("mapped"), size) as it:
        await it.press("n")
        await sees(it, "catalog.py:4", "candidate 1 of 3")
        assert it.screen.column.pane.cursor_id == "line:4"
        await it.press("n")
        await sees(it, "pricing.py:25", "candidate 2 of 3")
        await it.press("N")
        await sees(it, "candidate 1 of 3")
        await it.press("v")
        await until(lambda: it.screen.column.pane.cursor_id == "line:22")
        assert "candidate 1 of 3" not in it.text()


async def test_a_candidate_in_the_list_is_gone_to_by_moving(make_world: Make, open_app: Open) -> None:
    async with open_app(make_world("mapped"), (180, 50), "2") as it:
        for _ in range(4):
            await it.press("j")
        assert it.screen.pane("stack").cursor_id == "candidate:0"
        await sees(it, "candidate 1 of 3")
        await it.press("[")
        assert it.screen.frame == 13 and it.screen.column.elsewhere is None


async def test_that_it_may_be_fixed_already_stands_over_the_code(make_world: Make, open_app: Open) -> None:
    async with open_app(make_world("changed"), (120, 36)) as it:
        await sees(it, "may be fixed already", "changed src/checkout")
        await it.press("[")
        assert "may be fixed already" not in it.text()


async def test_only_likely_suspects_are_marked_in_the_margin(make_world: Make, open_app: Open) -> None:
    async with open_app(make_world("mapped"), (180, 50)) as it:
        row = await sees(it, "if region.tax_included")
        assert "!" in row.split("20")[0]
        assert "!" not in (await sees(it, "return Money(amount, row")).split("22")[0]


async def test_the_editor_opens_at_the_line_of_head(
    make_world: Make, open_app: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_app(make_world("mapped"), (180, 50)) as it:
        asked: list[tuple[Path, int]] = []

        async def edit_file(path: Path, line: int = 1) -> None:
            asked.append((path, line))

        # the app suspends for a real editor, which a headless driver cannot
        monkeypatch.setattr(it.app, "edit_file", edit_file)
        await it.press("e")
        await until(lambda: asked)
        assert (asked[0][0].name, asked[0][1]) == ("pricing.py", 27), "line 22 of the release is 27 now"
        await it.press("v", "e")
        await until(lambda: len(asked) == 2)
        assert asked[1][1] == 27


@pytest.mark.slow
async def test_r_drafts_the_revert_and_d_opens_it(make_world: Make, open_app: Open) -> None:
    async with open_app(make_world("mapped"), (120, 36)) as it:
        await it.press("r")
        await until(lambda: it.screen.case.draft and it.screen.case.draft.hunks, seconds=60)
        suspect = it.screen.case.code.suspects[0].commit
        assert it.screen.case.draft.reverts == suspect.sha
        await sees(it, f"open the revert of {suspect.short}")
        await until(lambda: it.screen.case.run.state == "ended", seconds=120)
        await it.press("d")
        await sees(it, "catalog.py")
        assert it.screen.place == "draft"
        await it.press("escape", "r")
        await sees(it, f"Set the revert of {suspect.short} aside?")
        await it.press("y")
        await until(lambda: it.screen.place == "case" and it.screen.case.draft is None)
        await sees(it, f"draft the revert of {suspect.short}")


async def test_r_says_why_not_where_nothing_is_suspected(make_world: Make, open_app: Open) -> None:
    async with open_app(make_world("fresh"), (120, 36), "r") as it:
        await sees(it, "revert: no code is mapped yet")


async def test_one_kept_screen_shows_case_after_case(make_world: Make, open_app: Open) -> None:
    """The second case shows nothing of the first, and the first is as it was when it is opened again."""
    world = make_world("mapped")
    store = await SqliteStore.open(world.store)
    other = await store.open_case(
        [CaseOpened("C-9", "ValueError in parse", "other", Fingerprint(1, "b" * 32))],
        actor="x",
        aliases=["z"],
    )
    await store.close()
    async with open_app(world, (180, 50)) as it:
        await it.press("escape")
        await it.app.keep_case_screen()
        kept = it.app.get_screen("case")
        for key, title in (
            (other, "ValueError in parse"),
            ("C-412", "KeyError"),
            (other, "ValueError in parse"),
        ):
            it.app.open_case(key)
            await it.press("z", "z")
            await sees(it, key, title)
            assert it.app.screen is kept and it.screen.case.key == key
            if key == "C-412":
                await it.press("n", "b", "3")
                await sees(it, "candidate 1 of 3")
                await it.press("v", "v")
                await sees(it, "return Money(amount, price")
            else:
                assert "price_for" not in it.text() and "Suspects" not in it.text()
            await it.press("escape")
            assert it.app.screen is not kept
        it.app.open_case("C-412")
        await it.press("z", "z")
        await sees(it, "return Money(amount, row")
        assert "candidate 1 of 3" not in it.text() and it.screen.tab == 0
