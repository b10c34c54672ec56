"""What each pane says about a case at each step of its story."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass, replace
from types import ModuleType

import pytest

from rootcase.core.model import ladder
from rootcase.core.model.case import Case
from rootcase.core.model.entries import CaseOpened, Faulted
from rootcase.core.safety.text import is_hostile
from rootcase.tui.render import (
    case_code,
    case_reasoning,
    case_stack,
    checks,
    draft_changes,
    draft_run,
    facts,
    frames,
    proposal_sending,
    proposal_text,
    timeline,
)
from rootcase.tui.render.budget import BudgetView, meters
from rootcase.tui.render.event_code import event_code
from rootcase.tui.render.ladder import ladder_lines
from rootcase.tui.render.layout import cells
from rootcase.tui.render.line import Line
from rootcase.tui.render.patch import patch_lines

At = Callable[[str], Case]
NOW = 1_793_672_160 * 1_000_000
ME = "human:dana"


def text_of(lines: Iterable[Line]) -> list[str]:
    return [
        "".join(s.text for s in line.segs)
        + ("  " if line.right else "")
        + "".join(s.text for s in line.right)
        for line in lines
    ]


def said(lines: Iterable[Line]) -> str:
    return " ".join(" ".join(text_of(lines)).split())


def solid(lines: Iterable[Line]) -> set[str]:
    return {
        s.text for line in lines for s in (*line.segs, *line.right) if s.style == "on-accent bold on accent"
    }


class TestReasoning:
    def test_selecting_a_claim_lists_its_evidence_and_lights_its_chips(self, case_at: At) -> None:
        case = case_at("claimed")
        lit = case_reasoning.lit_by(case, "claim:k1")
        lines = case_reasoning.reasoning(case, 60, selected="claim:k1", lit=lit)
        assert lit == {"f1", "s1", "c1"}
        assert solid(lines) == {"[f1]", "[s1]", "[c1]"}
        assert "f1 frame pricing.py:22 price_for √ confirmed" in said(lines)
        assert "c1 commit a3d90be drops the column √ in 2.14.0" in said(lines)

    def test_the_same_claims_chips_are_solid_in_stack_suspects_and_code(
        self, case_at: At, story: ModuleType
    ) -> None:
        case = case_at("claimed")
        lit = case_reasoning.lit_by(case, "claim:k1")
        stack = case_stack.stack(case, [story.EVENT], 44, frame=14, lit=lit, now_us=NOW)
        cited = case_code.cited_lines(case, "src/checkout/pricing.py", story.RELEASE)
        code = case_code.CodeSource(
            story.PRICING, "src/checkout/pricing.py", 80, failing=story.FAIL, cited=cited, lit=lit
        )
        assert solid(stack) == {"[f1]", "[c1]"}
        assert solid([code.line_at(story.FAIL - 1)]) == {"[s1]"}

    def test_a_refuted_claim_stays_and_an_assumed_one_says_no_citation(self, case_at: At) -> None:
        lines = text_of(case_reasoning.reasoning(case_at("claimed"), 60))
        assert "× refuted  [l1]" in lines and "? assumed  no citation" in lines

    def test_before_any_run_the_verdict_its_rules_and_why_one_case_are_there(self, case_at: At) -> None:
        told = said(case_reasoning.reasoning(case_at("mapped"), 60))
        for part in (
            "Verdict √ fix",
            "nobody has it: no assignee, ticket or PR",
            "Note",
            "stop it roll back to 2.13.4",
            "Why these are one case",
            "sentry CHECKOUT-8K2 4,790 events",
            "≠ C-398 stays apart",
        ):
            assert part in told

    def test_an_ignored_case_says_first_why(self, case_at: At) -> None:
        lines = text_of(case_reasoning.reasoning(case_at("ignored"), 70))
        assert lines[0].startswith("Verdict  – ignore")
        assert lines[1].strip() == "upstream outage: api.payfast.example answers 503 on every call"
        assert lines[2].startswith("! 7 call sites fail")
        assert not any("starts a run" in line for line in lines)

    def test_a_note_line_lights_what_it_cites(self, case_at: At) -> None:
        assert case_reasoning.lit_by(case_at("mapped"), "note:since") == {"d1", "e1"}

    def test_comments_name_who_when_and_on_what(self, case_at: At) -> None:
        assert "jonas 02:03 on claim 3 I turned that cache off myself." in said(
            case_reasoning.reasoning(case_at("proving"), 60, me=ME)
        )


class TestStack:
    def test_library_frames_fold_into_one_row(self, case_at: At, story: ModuleType) -> None:
        lines = text_of(case_stack.stack(case_at("claimed"), [story.EVENT], 44, frame=14, now_us=NOW))
        assert "+ 11 frames of uvicorn, starlette" in lines
        assert [line.split()[0] for line in lines[2:6]] == ["quote", "cart_total", "prices_for", "price_for"]

    def test_how_sure_the_mapping_is_has_a_glyph_of_its_own(self, case_at: At, story: ModuleType) -> None:
        lines = text_of(case_stack.stack(case_at("claimed"), [story.EVENT], 44, frame=14, now_us=NOW))
        assert [line.split()[2] for line in lines[2:6]] == ["√", "~", "?", "√"]

    def test_variables_are_those_of_the_selected_frame(self, case_at: At, story: ModuleType) -> None:
        case = case_at("claimed")
        assert "region Region('SE'" in said(case_stack.stack(case, [story.EVENT], 44, frame=14, now_us=NOW))
        assert "region" not in said(case_stack.stack(case, [story.EVENT], 44, frame=11, now_us=NOW))

    def test_the_failing_frame_is_where_one_starts(self, case_at: At, story: ModuleType) -> None:
        shown = frames.frames_of(case_at("claimed"), [story.EVENT])
        assert shown[frames.failing_index(shown)].function == "price_for"

    def test_a_sample_of_another_shape_leaves_the_mapped_frames(self, case_at: At, story: ModuleType) -> None:
        raised = story.EVENT.exceptions[0]
        other = replace(story.EVENT, exceptions=(replace(raised, frames=raised.frames[5:]),))
        shown = frames.frames_of(case_at("claimed"), [other])
        assert [f.function for f in shown] == ["quote", "cart_total", "prices_for", "price_for"]

    def test_an_event_without_frames_says_so(self, case_at: At, story: ModuleType) -> None:
        bare = replace(story.EVENT, exceptions=(), message="checkout failed")
        told = said(case_stack.stack(case_at("fresh"), [bare], 60, frame=0, now_us=NOW))
        assert "checkout failed" in told and "without frames: E1 cannot be reached" in told

    def test_work_that_could_not_be_looked_up_is_said(self, case_at: At) -> None:
        case = replace(case_at("mapped"), work_failed=("linear",))
        assert "linear did not answer" in said(case_stack.work_block(case, 60))


class TestCode:
    def test_the_sides_say_what_became_of_the_line(self, case_at: At) -> None:
        code = case_at("claimed").code
        assert code is not None
        assert "at 22→27, changed by 4fe21c0, a rename" in said(
            [case_code.side_row(code, code.failing, "release", 90)]
        )

    def test_a_suspects_lines_are_marked_in_the_margin(self, story: ModuleType) -> None:
        from rootcase.core.model.code import BlameLine

        blame = {19: BlameLine(19, story.TAX, ""), 20: BlameLine(20, story.TAX, "")}
        margin = case_code.Margin(blame, frozenset([story.TAX.sha]), NOW)
        source = case_code.CodeSource(story.PRICING, "a.py", 90, margin=margin)
        assert text_of([source.line_at(18)])[0].startswith("77b0c1e mira     9d!")
        assert text_of([source.line_at(19)])[0].startswith("│")

    def test_without_a_repository_the_events_own_lines_are_shown(
        self, case_at: At, story: ModuleType
    ) -> None:
        frame = story.frame("price_for", "src/a.py", 2, context=((1, "def f():"), (2, "    return x[1]")))
        shown = frames.ShownFrame(0, "f", "a.py:2", True, frame=frame)
        told = said(event_code(case_at("fresh"), shown, 70))
        assert "return x[1]" in told and "came with the event" in told

    def test_a_code_map_that_failed_shows_what_why_and_next(self, case_at: At) -> None:
        fault = Faulted("codemap", "Release 2.14.0 is no commit", "No tag fits.", "Set release_pattern.")
        case = replace(case_at("fresh"), faults=(fault,))
        told = said(event_code(case, None, 70))
        assert "× Release 2.14.0 is no commit why No tag fits. next Set release_pattern." in told

    def test_a_patch_has_the_colours_of_a_diff(self) -> None:
        rows = [
            "diff --git a/x.py b/x.py",
            "index 1..2",
            "--- a/x.py",
            "+++ b/x.py",
            "@@ -1 +1 @@",
            "-a",
            "+b",
            " c",
        ]
        assert [line.surface for line in patch_lines(rows, 40)] == ["", "", "", "", "bar", "del", "add", ""]


class TestTimeline:
    def test_deploys_stand_over_their_time_and_the_first_event_is_named(self, case_at: At) -> None:
        lines = text_of(timeline.timeline(case_at("claimed"), 130, 4))
        assert (
            "◄ 2.13.4 6 days, good" in lines[0]
            and "▼ 2.14.0 canary" in lines[0]
            and "▼ 2.14.0 prod-eu" in lines[0]
        )
        assert "02:01 first" in lines[-1]
        assert lines[0].index("▼ 2.14.0 canary") < lines[0].index("▼ 2.14.0 prod-eu")

    def test_a_rising_trend_is_bad_in_its_last_third_only(self) -> None:
        assert timeline.is_rising([0, 0, 0, 1, 5, 9]) and not timeline.is_rising([5, 5, 5, 5, 5, 5])

    def test_counts_that_are_not_known_are_said_to_be(self, case_at: At) -> None:
        bare = replace(case_at("claimed"), signals=(replace(case_at("claimed").signals[0], trend=()),))
        assert "No counts over time" in said(timeline.timeline(bare, 100, 4))


class TestRun:
    def test_phases_carry_time_and_cost_and_tools_are_folded_with_counts(self, case_at: At) -> None:
        lines = draft_run.run_lines(case_at("proving"), 70, now_us=NOW, me=ME)
        told = said(lines)
        assert "3 tools read 1, search 1, blame 1 1 failed" in told and "1m 25s $0.14" in told
        assert "› you 02:05 not the cache, see load_prices" in told

    def test_an_unfolded_group_shows_each_call(self, case_at: At) -> None:
        lines = draft_run.run_lines(case_at("proving"), 70, now_us=NOW)
        key = next(line.id for line in lines if line.id.startswith("tools:"))
        opened = said(draft_run.run_lines(case_at("proving"), 70, now_us=NOW, opened={key}))
        assert "× blame" in opened and "no such file" in opened

    def test_the_step_that_runs_shows_its_progress(self, case_at: At) -> None:
        live = draft_run.Live("", "214 of 391")
        told = said(draft_run.run_lines(case_at("proving"), 70, now_us=NOW, live=live))
        assert "► suite with the patch, 214 of 391" in told and "55%" in told

    def test_only_the_end_of_what_streams_is_shown(self, case_at: At) -> None:
        live = draft_run.Live("word " * 2000 + "the end")
        lines = draft_run.run_lines(case_at("drafting"), 70, now_us=NOW, live=live)
        streamed = [row for row in text_of(lines) if row.startswith("  word") or "the end" in row]
        assert len(streamed) <= draft_run.STREAM_ROWS and "the end" in streamed[-1]

    def test_an_edit_makes_proof_stale_but_not_the_red_test(self, case_at: At) -> None:
        lines = text_of(draft_run.run_lines(case_at("decided"), 70, now_us=NOW))
        assert any(row.startswith("√ red without") for row in lines)
        assert any(row.startswith("~ green with") for row in lines)
        assert any("P proves it again" in row for row in lines)

    def test_meters_say_their_limit(self) -> None:
        told = said(meters(BudgetView(0.38, 0.04, 1.0, 480, 20, 41, 120, 212_000, 600_000), 60))
        assert "$0.38 and $0.04 held, of $1.00" in told and "41 of 120" in told and "212k of 600k" in told


class TestChanges:
    def changes(self, case: Case, **more: bool) -> tuple[Line, ...]:
        assert case.draft is not None
        return draft_changes.changes(case, case.draft, 100, me=ME, **more)

    def test_files_and_hunks_are_tri_state(self, case_at: At) -> None:
        told = said(self.changes(case_at("decided")))
        assert "[x] src/checkout/catalog.py +1 -1 1 of 1 accepted" in told
        assert "[-] src/checkout/pricing.py +1 -1 1 of 2 accepted" in told
        assert "[~] hunk 2 ~ edited by you" in told and "[ ] hunk 3 × rejected" in told

    def test_which_hunk_the_tests_need_is_said_in_words(self, case_at: At) -> None:
        told = said(self.changes(case_at("reviewed")))
        assert "hunk 1 √ accepted needed, t1 is red without it" in told
        assert "hunk 3 √ accepted not needed, no test is red without it" in told
        assert "hunk 4 √ accepted the test, red before, green after" in told
        assert "hunk 1 √ accepted ~ was needed, before your edit" in said(self.changes(case_at("decided")))

    def test_a_finding_stands_right_under_its_line(self, case_at: At) -> None:
        lines = self.changes(case_at("reviewed"))
        at = next(n for n, line in enumerate(lines) if line.id == "finding:n1")
        assert '+     if row is None or "amount"' in text_of([lines[at - 1]])[0]
        assert "w waive, with a reason" in said(lines[at : at + 4])

    def test_a_rejected_hunks_added_lines_are_struck_and_its_finding_closed(self, case_at: At) -> None:
        lines = self.changes(case_at("decided"))
        assert any(s.style == "faint strike" and "EUR" in s.text for line in lines for s in line.segs)
        assert "closed with the hunk: Returns EUR" in said(lines)

    def test_what_the_agent_wrote_stays_beside_an_edit(self, case_at: At) -> None:
        assert 'the agent wrote if row is None or "amount" not in row: u undo your edit' in said(
            self.changes(case_at("decided"))
        )

    def test_two_columns_hold_old_and_new(self, case_at: At) -> None:
        case = case_at("reviewed")
        assert case.draft is not None
        rows = text_of(draft_changes.changes(case, case.draft, 140, split=True))
        assert any('"sku", "amount")' in row and '"currency")' in row for row in rows)

    def test_every_row_of_a_hunk_knows_its_hunk(self, case_at: At) -> None:
        case = case_at("reviewed")
        found = {draft_changes.hunk_of(case, line.id) for line in self.changes(case) if line.id}
        assert found == {"h1", "h2", "h3", "h4", ""}


class TestProposal:
    def test_each_write_is_shown_in_order_with_what_it_says(self, case_at: At) -> None:
        told = said(proposal_sending.sending(case_at("proposed"), 70, me=ME))
        assert told.index("1 git push") < told.index("2 pull request") < told.index("3 comment")
        for part in (
            "redacted: 2 tokens",
            "review-ready at E5",
            "set by policy.rules[0] (src/checkout/**)",
            "× replayed event needed: the reproduction names no event",
            "@mira CODEOWNERS",
            "you rejected hunk 3",
            "never pushes to main",
        ):
            assert part in told

    def test_the_bar_names_writes_hosts_and_tree_and_says_which_key_sends(self, case_at: At) -> None:
        told = said(proposal_sending.confirm_lines(case_at("proposed"), 118))
        assert told.startswith("Send these 3 writes to github.com/acme/checkout and acme.sentry.test?")
        assert "tree c41f 77d0" in told and "s opened this bar; only y sends" in told

    def test_what_was_sent_shows_its_address(self, case_at: At) -> None:
        assert "https://github.com/acme/checkout/pull/1841 sent, #1841" in said(
            proposal_sending.sending(case_at("sent"), 80)
        )

    def test_a_failed_write_says_why_and_that_the_rest_stands(self, case_at: At) -> None:
        told = said(proposal_sending.sending(case_at("send failed"), 80))
        assert "× pull request to github.com/acme/checkout failed" in told
        assert "the token may not open pull requests" in told and "1 of 3 writes are done and stay" in told

    def test_a_ticket_has_no_reviewers_and_no_branch(self, case_at: At) -> None:
        told = said(
            (
                *proposal_text.proposal_text(case_at("ticket"), 70),
                *proposal_sending.sending(case_at("ticket"), 70),
            )
        )
        assert (
            "an issue at github.com/acme/checkout" in told
            and "Reviewers" not in told
            and "Production signal" in told
        )

    @pytest.mark.parametrize(
        ("step", "why"),
        [
            ("proposed", ""),
            ("ticket", ""),
            ("sent", "it is sent already"),
            ("send failed", ""),
            ("decided", "needs a proposal: t goes on from the draft"),
            (
                "ignored",
                "needs a proposal: the gate says ignore, "
                "upstream outage: api.payfast.example answers 503 on every call",
            ),
        ],
    )
    def test_a_send_that_cannot_be_says_why(self, case_at: At, step: str, why: str) -> None:
        assert checks.why_not_send(case_at(step)) == why

    def test_a_pull_request_below_e4_is_not_sent(self, case_at: At) -> None:
        case = case_at("proposed")
        case = replace(case, proofs=tuple(p for p in case.proofs if p.step not in ("suite", "revert")))
        assert checks.why_not_send(case).startswith("needs E4: ")


class TestChecks:
    def test_what_needs_attention_comes_first(self, case_at: At) -> None:
        lines = text_of(checks.check_lines(checks.before_proposing(case_at("reviewed")), 60))
        assert lines[0] == "! 2 findings open, at hunk 2, hunk 3"
        assert lines[1] == "! no test needs hunk 3; x rejects it"
        assert lines[2].startswith("√ ")

    def test_a_stale_rung_is_marked_and_an_off_one_says_why(self, case_at: At) -> None:
        lines = text_of(ladder_lines(ladder.rungs(case_at("decided")), 90))
        assert lines[1].startswith("~ E4") and lines[2].startswith("■ E3")
        assert "no test needs h3" in text_of(ladder_lines(ladder.rungs(case_at("reviewed")), 90))[0]


HOSTILE = "[/x]\x1b[2J\x1b]52;c;QQ==\x07\u202eevil\u200b\x9b[bold red]"


def poisoned(value: object) -> object:
    """Every text in a dataclass made hostile, but for those that are one of a few known words."""
    if is_dataclass(value) and not isinstance(value, type):
        known = {
            "id",
            "status",
            "verdict",
            "decision",
            "severity",
            "state",
            "step",
            "outcome",
            "kind",
            "change",
            "digest",
            "line",
            "phase",
            "draft_digest",
            "review_digest",
            "head_status",
            "priority",
            "asked",
            "evidence",
            "hunk",
            "run",
            "what",
            "sha",
            "name",
            "proving",
            "tree",
            "trace",
            "key",
            "origin",
        }
        changes = {f.name: poisoned(getattr(value, f.name)) for f in fields(value) if f.name not in known}
        return replace(value, **changes)
    if isinstance(value, str):
        return f"{value}{HOSTILE}"
    if isinstance(value, tuple):
        return tuple(poisoned(item) for item in value)
    return value


@pytest.mark.parametrize(
    "step",
    [
        "ignored",
        "mapped",
        "claimed",
        "proving",
        "reviewed",
        "decided",
        "proposed",
        "ticket",
        "sent",
        "send failed",
    ],
)
@pytest.mark.parametrize("width", [30, 78])
def test_hostile_text_in_every_field_stays_text_and_in_its_columns(
    case_at: At, story: ModuleType, step: str, width: int
) -> None:
    case, event = poisoned(case_at(step)), poisoned(story.EVENT)
    assert isinstance(case, Case)
    lines = [
        *case_reasoning.reasoning(case, width, selected="claim:k1", lit={"f1"}, me=ME),
        *case_stack.stack(case, [event], width, frame=14, now_us=NOW),
        *timeline.timeline(case, width, 4),  # type: ignore[list-item]
        *timeline.bleeding(case, width),
        *draft_run.run_lines(case, width, now_us=NOW, live=draft_run.Live(HOSTILE, HOSTILE, HOSTILE)),
        *proposal_text.proposal_text(case, width),
        *proposal_text.proposal_text(case, width, as_raw=True),
        *proposal_sending.sending(case, width),
        *proposal_sending.confirm_lines(case, width),
        *checks.check_lines(checks.before_proposing(case), width),
        *ladder_lines(ladder.rungs(case), width),
        facts.case_facts(case, width, NOW),
        facts.draft_facts(case, width, NOW, BudgetView()),
        facts.proposal_facts(case, width),
        *(draft_changes.changes(case, case.draft, width, me=ME) if case.draft else ()),
        *(draft_changes.changes(case, case.draft, width, me=ME, split=True) if case.draft else ()),
    ]
    for line in lines:
        for part in (*line.segs, *line.right):
            assert not any(is_hostile(c) or c in "\n\t\r\x1b" for c in part.text), part
    shown = " ".join(s.text for line in lines for s in line.segs)
    assert "[/x]" in shown


def test_no_row_is_wider_than_its_pane(case_at: At, story: ModuleType) -> None:
    for step in ("mapped", "claimed", "decided", "proposed"):
        case = case_at(step)
        for width in (36, 60, 118):
            for line in (
                *case_reasoning.reasoning(case, width, selected="claim:k1"),
                *timeline.timeline(case, width, 3),
                *case_stack.stack(case, [story.EVENT], width, frame=14, now_us=NOW),
                *draft_run.run_lines(case, width, now_us=NOW),
                *proposal_text.proposal_text(case, width),
            ):
                assert cells(line.right) <= width, text_of([line])
                if not line.right:
                    assert cells(line.segs) <= max(width, 44), text_of([line])


def test_a_case_that_was_only_opened_can_be_drawn(story: ModuleType) -> None:
    from rootcase.core.journal.fold import fold

    opened = story.Told(CaseOpened("C-412", "KeyError", "api", story.FINGERPRINT))
    case = fold(story.entries([opened]))
    assert "not asked yet" in said(case_reasoning.reasoning(case, 60))
    assert "no sample event is kept" in said(case_stack.stack(case, [], 60, frame=-1, now_us=NOW))
    assert "Nothing to send yet." in said(proposal_text.proposal_text(case, 60))
