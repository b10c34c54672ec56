"""What the Case's panes say at each step of its story: reasoning, stack, code and timeline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType

from rootcase.core.model.case import Case
from rootcase.core.model.entries import Faulted
from rootcase.tui.render import (
    case_code,
    case_reasoning,
    case_stack,
    frames,
    timeline,
)
from rootcase.tui.render.event_code import event_code
from rootcase.tui.render.patch import patch_lines
from tests.tui.cases.reading import said, solid, text_of

At = Callable[[str], Case]
NOW = 1_793_672_160 * 1_000_000
ME = "human:dana"


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
