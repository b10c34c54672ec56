"""Journeys by keys through the Case: its claims, frames, code and suspects, on a real store and a real checkout."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from rootcase.core.model.entries import (
    Commented,
)
from tests.tui.cases.waiting import sees, until

KEY = "C-412"
Open = Callable[..., Any]
Make = Callable[..., Any]


class TestCase:
    async def test_the_failing_line_is_lit_at_the_release_and_v_shows_head(
        self, make_world: Make, open_app: Open
    ) -> None:
        async with open_app(make_world("mapped"), (180, 50)) as it:
            assert "[s1]" in await sees(it, 'return Money(amount, row["currency"])')
            assert "22" in await sees(it, 'return Money(amount, row["currency"])')
            await it.press("v")
            await sees(it, 'return Money(amount, price["currency"])', "27")
            await it.press("v")
            await sees(it, 'return Money(amount, row["currency"])', "22")

    async def test_moving_over_claims_lights_what_each_cites(self, make_world: Make, open_app: Open) -> None:
        async with open_app(make_world("reviewed"), (180, 50)) as it:
            assert it.screen.lit == {"f1", "s1", "c1"}
            await it.press("j")
            assert it.screen.lit == {"f1", "e1"}
            await sees(it, "claim 2 of 4")
            await it.press("G", "k")
            await it.press("g")
            assert it.screen.lit == {"f1", "s1", "c1"}

    async def test_frames_walk_with_brackets_and_move_the_code(
        self, make_world: Make, open_app: Open
    ) -> None:
        async with open_app(make_world("mapped"), (180, 50)) as it:
            await it.press("[")
            assert it.screen.frame == 13
            assert it.screen.column.pane.cursor_id == "line:31"
            await it.press("[")
            await sees(it, "× Cannot show")
            await sees(it, "next", "v shows the other side")
            assert "1 Reasoning" in it.text() and "Suspects" in it.text()
            await it.press("]", "]")
            assert it.screen.column.pane.cursor_id == "line:22"

    async def test_blame_comes_and_goes(self, make_world: Make, open_app: Open) -> None:
        async with open_app(make_world("mapped"), (120, 36)) as it:
            assert not re.search(r"[0-9a-f]{7} mira", it.text())
            await it.press("b")
            await until(lambda: re.search(r"[0-9a-f]{7} mira", it.text()))
            await it.press("b")
            assert not re.search(r"[0-9a-f]{7} mira", it.text())

    async def test_a_suspects_commit_opens_in_the_code_pane(self, make_world: Make, open_app: Open) -> None:
        async with open_app(make_world("mapped"), (180, 50)) as it:
            await it.press("S")
            await sees(it, "jonas: Load price rows in bulk")
            await sees(it, '+     rows = rows.values("sku", "amount")')
            await it.press("v")
            await sees(it, 'return Money(amount, row["currency"])')

    async def test_enter_goes_from_a_claim_to_each_thing_it_cites(
        self, make_world: Make, open_app: Open
    ) -> None:
        async with open_app(make_world("reviewed"), (180, 50)) as it:
            await it.press("enter", "enter", "enter")
            await until(lambda: it.screen.column.commit)
            await sees(it, "Load price rows in bulk")

    async def test_a_comment_lands_on_the_claim(self, make_world: Make, open_app: Open) -> None:
        async with open_app(make_world("reviewed"), (120, 36)) as it:
            await it.press("j", ";", *"so it is", "enter")
            entries = await it.desk.store.entries(KEY)
            assert entries[-1].body == Commented("so it is", "k2") and entries[-1].actor == "human:dana"
            await until(lambda: any(said.text == "so it is" for said in it.screen.case.said))

    async def test_a_case_without_repository_shows_why_and_keeps_the_rest(
        self, make_world: Make, open_app: Open
    ) -> None:
        async with open_app(make_world("mapped", repository=False), (120, 36)) as it:
            await sees(it, "No repository serves checkout-api")
            await sees(it, "KeyError: 'currency'")

    async def test_the_ignored_case_says_why_and_what_t_would_not_do(
        self, make_world: Make, open_app: Open
    ) -> None:
        async with open_app(make_world("ignored"), (120, 36)) as it:
            assert await sees(it, "Verdict", "– ignore")
            await sees(it, "upstream outage: api.payfast.example")

    async def test_tabs_on_a_narrow_screen_keep_the_evidence_below(
        self, make_world: Make, open_app: Open
    ) -> None:
        async with open_app(make_world("reviewed"), (80, 24)) as it:
            for key, there in (
                ("1", "Claims"),
                ("2", "KeyError: 'currency'"),
                ("3", "return Money"),
                ("4", "02:01 first"),
            ):
                await it.press(key)
                await sees(it, there)
                await sees(it, "3 of 3 checked by program")
            await it.press("tab")
            await sees(it, "Claims")

    async def test_what_another_process_appends_shows_by_itself(
        self, make_world: Make, open_app: Open, held: Any
    ) -> None:
        world = make_world("claimed")
        async with held(world.store) as store, open_app(world, (120, 36)) as it:
            await store.append(KEY, [Commented("from elsewhere")], actor="human:jonas")
            await sees(it, "from elsewhere")
