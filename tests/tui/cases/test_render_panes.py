"""All panes whatever a case holds: hostile text stays text, no row is too wide, and next to nothing can be drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from types import ModuleType

import pytest

from rootcase.core.model import ladder
from rootcase.core.model.case import Case
from rootcase.core.model.entries import CaseOpened
from rootcase.core.safety.text import is_hostile
from rootcase.tui.render import (
    case_reasoning,
    case_stack,
    checks,
    draft_changes,
    draft_run,
    facts,
    proposal_sending,
    proposal_text,
    timeline,
)
from rootcase.tui.render.budget import BudgetView
from rootcase.tui.render.ladder import ladder_lines
from rootcase.tui.render.layout import cells
from tests.tui.cases.reading import said, text_of

At = Callable[[str], Case]
NOW = 1_793_672_160 * 1_000_000
ME = "human:dana"
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
