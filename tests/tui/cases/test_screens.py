"""Journeys by keys through Case, Draft and Proposal on a real store and a real checkout."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from textual.widgets import TextArea

from rootcase.core.model.drafts import HunkState
from rootcase.core.model.entries import (
    BudgetRaised,
    Commented,
    PauseAsked,
    PhaseStarted,
    Proved,
    Steered,
    ToolCalled,
)
from rootcase.core.model.proofs import ProofResult
from rootcase.tui.widgets.hunk_editor import HunkEditor
from rootcase.tui.widgets.line_pane import LinePane

KEY = "C-412"
Open = Callable[..., Any]
Make = Callable[..., Any]


async def sees(it: Any, *parts: str, seconds: float = 20.0) -> str:
    """The first row of the screen that holds all parts, once there is one."""
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        text = it.text()
        found = next((row for row in text.split("\n") if all(part in row for part in parts)), "")
        if found:
            return str(found)
        assert asyncio.get_running_loop().time() < deadline, f"no row with {parts} in\n{text}"
        await asyncio.sleep(0.03)


async def until(check: Callable[[], Any], seconds: float = 20.0) -> None:
    deadline = asyncio.get_running_loop().time() + seconds
    while not check():
        assert asyncio.get_running_loop().time() < deadline, "it did not happen"
        await asyncio.sleep(0.03)


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


class TestProposal:
    async def test_only_y_sends_and_it_approves_what_was_shown(
        self, make_world: Make, open_app: Open, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with open_app(make_world("proposed"), (120, 36), "d", "enter") as it:
            started: list[str] = []

            async def start_run(key: str, until: str = "propose") -> None:
                started.append(f"{key} {until}")

            # the process that delivers has its own tests; here only that it is asked for
            monkeypatch.setattr(it.desk, "start_run", start_run)
            proposal = (await it.case()).proposal
            await it.press("y")
            await sees(it, "s shows what would be sent")
            await it.press("s")
            await sees(it, "Send these 3 writes to github.com/acme/checkout and acme.sentry.test?")
            await it.press("s", "enter", "e", "r", "v")
            assert not (await it.case()).approved and "Send these 3 writes" in it.text()
            await it.press("y")
            case = await it.case()
            assert (case.approved, case.approved_by) == (proposal.digest, "human:dana")
            assert started == ["C-412 propose"] and "Send these 3" not in it.text()

    async def test_esc_closes_the_bar_and_nothing_is_sent(self, make_world: Make, open_app: Open) -> None:
        async with open_app(make_world("proposed"), (120, 36), "d", "enter", "s", "escape") as it:
            assert "Send these" not in it.text() and "Draft pull request" in it.text()
            assert not (await it.case()).approved

    async def test_a_proposal_that_changes_under_the_bar_closes_it(
        self, make_world: Make, open_app: Open, held: Any
    ) -> None:
        from rootcase.core.model.entries import ProposalEdited

        world = make_world("proposed")
        async with open_app(world, (120, 36), "d", "enter", "s") as it:
            await it.desk.store.append(KEY, [ProposalEdited("Other", "text")], actor="human:jonas")
            await until(lambda: "Send these" not in it.text())
            assert not (await it.case()).approved
            await it.press("y")
            assert not (await it.case()).approved

    async def test_raw_and_rendered(self, make_world: Make, open_app: Open) -> None:
        async with open_app(make_world("proposed"), (120, 36), "d", "enter") as it:
            assert "## Cause" not in it.text()
            await it.press("v")
            await sees(it, "## Cause")

    async def test_reviewers_are_chosen_by_name(self, make_world: Make, open_app: Open) -> None:
        async with open_app(
            make_world("proposed"), (120, 36), "d", "enter", "r", "ctrl+u", *"@jonas, @mira", "enter"
        ) as it:
            assert (await it.case()).proposal.reviewers == ("@jonas", "@mira")
            await sees(it, "@jonas")

    async def test_the_text_is_edited_and_asked_for_approval_anew(
        self, make_world: Make, open_app: Open, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with open_app(make_world("proposed"), (120, 36), "d", "enter") as it:
            before = (await it.case()).proposal.digest

            async def edited(text: str, suffix: str = "", line: int = 1) -> str:
                return text.replace("Load the currency", "Bring back the currency", 1)

            monkeypatch.setattr(it.app, "edit", edited)
            await it.press("e")
            proposal = (await it.case()).proposal
            assert (
                proposal.title == "Bring back the currency with the price rows" and proposal.digest != before
            )
            await sees(it, "Bring back the currency")

    async def test_a_kind_of_confidence_is_picked_waived_by_name_and_undone(
        self, make_world: Make, open_app: Open
    ) -> None:
        async with open_app(make_world("proposed"), (180, 50), "d", "enter") as it:
            await sees(it, "replayed event  needed: the reproduction names no event")
            await it.press("n", *"migr unit", "enter")
            case = await it.case()
            assert (case.confidence, case.confidence_by) == (("unit-test", "migration-check"), "human:dana")
            await sees(it, "√ migration check none of 2 changed files")
            await sees(it, "changed since; t proposes it anew")
            await it.press("n", "ctrl+u", *"smoke", "enter")
            await sees(it, "smoke is none of unit-test")
            await it.press("w", "enter")
            await sees(it, "a waiver needs a reason")
            await it.press("w", *"seen on staging", "enter")
            waiver = (await it.case()).waivers[0]
            assert (waiver.kind, waiver.by, waiver.reason) == (
                "replayed-event",
                "human:dana",
                "seen on staging",
            )
            assert waiver.digest == (await it.case()).draft.digest
            await sees(it, "waived by dana: seen on staging")
            await it.press("u")
            assert (await it.case()).waivers == ()
            await sees(it, "replayed event  needed")

    async def test_every_text_that_leaves_is_shown_before_it_is_sent(
        self, make_world: Make, open_app: Open
    ) -> None:
        from dataclasses import replace

        from rootcase.core.model.delivery import Write, proposal_digest
        from rootcase.core.model.entries import Proposed

        world = make_world("ticket")
        async with open_app(world, (120, 36), "p") as it:
            ticket = (await it.case()).proposal
            note = Write(
                "escalation", "pager #77120", "k-note", "", "Rootcase hands C-412 to you\nCAUSE", "the brief"
            )
            escalated = replace(ticket, writes=(*ticket.writes, note), escalates="tests fail")
            escalated = replace(escalated, digest=proposal_digest(escalated))
            await it.desk.store.append(KEY, [Proposed(escalated)], actor="rootcase")
            for words in (
                "2 note         pager #77120",
                "The note to pager #77120",
                "Rootcase hands C-412 to you",
            ):
                await sees(it, words)

    async def test_s_says_what_it_needs(self, make_world: Make, open_app: Open) -> None:
        async with open_app(make_world("decided"), (120, 36), "d", "enter", "s") as it:
            assert (
                "needs a proposal: t goes on from the draft" in it.text()
                and "Nothing to send yet." in it.text()
            )

    async def test_what_was_sent_shows_where_it_is(self, make_world: Make, open_app: Open) -> None:
        async with open_app(make_world("sent"), (180, 50), "d", "enter") as it:
            await sees(it, "https://github.com/acme/checkout/pull/1841")
            await it.press("s")
            await sees(it, "it is sent already")

    async def test_a_narrow_bar_lists_the_writes_first(self, make_world: Make, open_app: Open) -> None:
        async with open_app(make_world("proposed"), (80, 24), "d", "enter", "s") as it:
            await sees(it, "1 git push", "github.com/acme/checkout")
            await sees(it, "3 comment")


async def test_esc_goes_back_through_the_house(make_world: Make, open_app: Open) -> None:
    async with open_app(make_world("proposed"), (120, 36), "d", "enter") as it:
        places = [it.screen.place]
        for _ in range(3):
            await it.press("escape")
            places.append(it.screen.place)
        assert places == ["proposal", "draft", "case", "inbox"]
