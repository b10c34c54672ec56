"""What the Draft's panes say at each step of its story: the run, the changes, and the checks before a proposal."""

from __future__ import annotations

from collections.abc import Callable

from rootcase.core.model import ladder
from rootcase.core.model.case import Case
from rootcase.tui.render import (
    checks,
    draft_changes,
    draft_run,
)
from rootcase.tui.render.budget import BudgetView, meters
from rootcase.tui.render.ladder import ladder_lines
from rootcase.tui.render.line import Line
from tests.tui.cases.reading import said, text_of

At = Callable[[str], Case]
NOW = 1_793_672_160 * 1_000_000
ME = "human:dana"


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
