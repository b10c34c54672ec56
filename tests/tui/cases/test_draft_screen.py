"""Journeys by keys through the Draft: hunks decided and edited, waivers, and a live run steered, paused and stopped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from textual.widgets import TextArea

from rootcase.core.model.drafts import HunkState
from rootcase.core.model.entries import BudgetRaised, PauseAsked, PhaseStarted, Proved, Steered, ToolCalled
from rootcase.core.model.proofs import ProofResult
from rootcase.tui.widgets.hunk_editor import HunkEditor
from rootcase.tui.widgets.line_pane import LinePane
from tests.tui.cases.waiting import sees, until

KEY = "C-412"
Open = Callable[..., Any]
Make = Callable[..., Any]


class TestDraft:
    async def hunk(self, it: Any, name: str) -> HunkState:
        draft = (await it.case()).draft
        return next(state for state in draft.hunks if state.hunk.id == name)

    async def test_a_hunk_is_rejected_undone_and_rejected_again(
        self, make_world: Make, open_app: Open
    ) -> None:
        async with open_app(make_world("reviewed"), (120, 36), "d") as it:
            before = (await it.case()).draft.digest
            await it.press("]", "]", "x")
            assert (await self.hunk(it, "h3")).decision == "rejected"
            await sees(it, "[ ] hunk 3")
            assert (await it.case()).draft.digest != before
            await it.press("u")
            await sees(it, "[x] hunk 3")
            assert (await it.case()).draft.digest == before
            await it.press("U")
            await sees(it, "[ ] hunk 3")

    async def test_a_whole_file_is_rejected_and_accepted(self, make_world: Make, open_app: Open) -> None:
        async with open_app(make_world("reviewed"), (120, 36), "d") as it:
            await it.press("]", "X")
            await sees(it, "[ ] src/checkout/pricing.py")
            await it.press("A")
            await sees(it, "[x] src/checkout/pricing.py")

    async def test_a_hunk_is_edited_in_the_screen(self, make_world: Make, open_app: Open) -> None:
        async with open_app(make_world("reviewed"), (120, 36), "d") as it:
            await it.press("]", "e")
            area = it.app.screen.query_one(TextArea)
            assert area.text == '    if row is None or "amount" not in row:'
            # keys of the screen are text in here
            await it.press("end", "x", "Q")
            assert area.text.endswith("row:xQ")
            await it.press("backspace", "backspace", "ctrl+s")
            assert not it.app.screen.query(HunkEditor)
            assert not (await self.hunk(it, "h2")).edited
            await it.press("e", "end", *"  # so", "ctrl+s")
            state = await self.hunk(it, "h2")
            assert (
                state.hunk.new == ('    if row is None or "amount" not in row:  # so\n',)
                and state.by == "human:dana"
            )
            await until(lambda: "~ edited by you" in it.text() and "undo your edit" in it.text())

    async def test_leaving_the_editor_changes_nothing(self, make_world: Make, open_app: Open) -> None:
        async with open_app(make_world("reviewed"), (120, 36), "d") as it:
            await it.press("]", "e", *"zzz", "escape")
            assert not (await self.hunk(it, "h2")).edited
            await until(lambda: it.app.screen.query_one("#changes", LinePane).has_focus)

    async def test_a_hunk_with_hidden_characters_is_left_to_the_editor(self, story: ModuleType) -> None:
        assert not HunkEditor.can_edit(("a = 1  # \x1b[2J\n",))
        assert not HunkEditor.can_edit(("a = 1\r\n",))
        assert HunkEditor.can_edit(('a = "ü"\n', "\tb\n"))

    async def test_a_hunk_is_edited_in_the_users_editor(
        self, make_world: Make, open_app: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with open_app(make_world("reviewed"), (120, 36), "d") as it:

            async def edited(text: str, suffix: str = "", line: int = 1) -> str:
                assert suffix == ".py"
                return text.replace("amount", "currency")

            # the app suspends for a real editor, which a headless driver cannot; its answer stands in
            monkeypatch.setattr(it.app, "edit", edited)
            await it.press("]", "ctrl+e")
            assert (await self.hunk(it, "h2")).hunk.new == ('    if row is None or "currency" not in row:\n',)

    async def test_a_waiver_needs_a_reason_and_stands_in_the_journal(
        self, make_world: Make, open_app: Open
    ) -> None:
        async with open_app(make_world("reviewed"), (120, 36), "d") as it:
            await it.press("]", "w", "enter")
            await sees(it, "a waiver needs a reason")
            await it.press("w", *"404 is right here", "enter")
            finding = next(f for f in (await it.case()).findings if f.id == "n1")
            assert (finding.waived, finding.waived_by) == ("404 is right here", "human:dana")
            await sees(it, "waived by you: 404")

    async def test_a_mutant_that_changes_nothing_is_marked_with_a_reason(
        self, make_world: Make, open_app: Open
    ) -> None:
        async with open_app(make_world("reviewed"), (120, 36), "d") as it:
            digest = (await it.case()).draft.digest
            survivor = "app/pricing.py:12: `>` becomes >="
            told = ProofResult(
                "mutation", 1, digest, "t", "failed", "1 of 2 mutants killed", survivors=(survivor,)
            )
            await it.desk.store.append(KEY, [Proved(told)], actor="rootcase")
            await until(lambda: survivor in str(it.app.screen.case.proof("mutation")))
            await it.press("w")
            await sees(it, "why it changes nothing")
            await it.press(*"both sum to zero", "enter")
            marked = (await it.case()).proof("mutation")
            assert (marked.outcome, marked.survivors) == ("ok", ())

    async def test_a_hunk_of_one_piece_says_that_it_cannot_be_split(
        self, make_world: Make, open_app: Open
    ) -> None:
        async with open_app(make_world("reviewed"), (120, 36), "d") as it:
            await it.press("S")
            await sees(it, "hunk 1 is one piece")

    async def test_a_live_run_is_steered_paused_and_resumed(
        self, make_world: Make, open_app: Open, held: Any
    ) -> None:
        world = make_world("proving")
        async with held(world.store), open_app(world, (120, 36), "d") as it:
            await it.press("i", *"only the query", "enter")
            entries = await it.desk.store.entries(KEY)
            assert entries[-1].body == Steered("only the query")
            await it.press("p")
            assert isinstance((await it.desk.store.entries(KEY))[-1].body, PauseAsked)
            await sees(it, "pausing")
            await it.press("p")
            await until(lambda: "pausing" not in it.text())

    async def test_stopping_asks_and_only_y_stops(self, make_world: Make, open_app: Open, held: Any) -> None:
        world = make_world("proving")
        async with held(world.store), open_app(world, (120, 36), "d") as it:
            await it.press("ctrl+x")
            await sees(it, "Stop the run of C-412?")
            await it.press("ctrl+x", "x")
            assert not (await it.case()).stop_asked
            await it.press("escape")
            await it.press("ctrl+x")
            await it.press("y")
            await sees(it, "stopping")
            assert (await it.case()).stop_asked

    async def test_a_raised_cap_is_an_amount_above_the_old_one(
        self, make_world: Make, open_app: Open, held: Any
    ) -> None:
        world = make_world("proving")
        async with held(world.store), open_app(world, (120, 36), "d") as it:
            await it.press("$", "ctrl+u", *"abc", "enter")
            await sees(it, "abc is no amount")
            await it.press("$", "ctrl+u", *"0.5", "enter")
            await sees(it, "does not raise the cap")
            await it.press("$", "enter")
            assert (await it.desk.store.entries(KEY))[-1].body == BudgetRaised(usd=2.0)
            await sees(it, "of $2.00")

    async def test_what_streams_shows_and_goes_when_it_becomes_an_entry(
        self, make_world: Make, open_app: Open, held: Any
    ) -> None:
        world = make_world("proving")
        async with held(world.store) as store, open_app(world, (120, 36), "d") as it:
            await store.append(KEY, [PhaseStarted("patch", 1)], actor="rootcase")
            await store.publish(KEY, "model", "I look at the ")
            await store.publish(KEY, "model", "loader first")
            await sees(it, "I look at the loader first")
            await store.append(KEY, [ToolCalled("patch", "c9", "read", "{}", True, "x")], actor="rootcase")
            await until(lambda: "loader first" not in it.text())

    async def test_tests_progress_as_they_run(self, make_world: Make, open_app: Open, held: Any) -> None:
        world = make_world("proving")
        async with held(world.store) as store, open_app(world, (120, 36), "d") as it:
            await store.publish(KEY, "tests", "214 of 391")
            await until(lambda: "suite with the patch, 214 of 391" in it.text() and "55%" in it.text())

    async def test_tool_calls_unfold_with_space(self, make_world: Make, open_app: Open) -> None:
        async with open_app(make_world("reviewed"), (180, 50), "d") as it:
            await it.press("1", "g", "space")
            await sees(it, "▼", "3 tools")
            await sees(it, "× blame")

    async def test_a_disabled_key_says_why(self, make_world: Make, open_app: Open) -> None:
        async with open_app(make_world("reviewed"), (120, 36), "d", "p") as it:
            await sees(it, "no run is live")
