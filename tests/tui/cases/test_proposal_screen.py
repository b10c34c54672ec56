"""Journeys by keys through the Proposal: its text, its reviewers and what it needs, sent only by y, and back out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.tui.cases.waiting import sees, until

KEY = "C-412"
Open = Callable[..., Any]
Make = Callable[..., Any]


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
