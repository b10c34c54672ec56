"""Blast radius and acts as the Case draws them, at every width of its pane."""

from __future__ import annotations

import pytest

from rootcase.core.model.acts import ActRecord
from rootcase.core.model.case import Case
from rootcase.core.model.signals import Share, Signal
from rootcase.tui.render.acts import acts_block
from rootcase.tui.render.layout import cells
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.render.radius import radius_block

NOW_US = 1_793_672_100_000_000
SHARES = (
    Share("release", "2.14.0", 84, 30), Share("release", "2.13.4", 16, 4), Share("environment", "production", 100),
    Share("endpoint", "POST /checkout", 61, 20), Share("endpoint", "GET /cart", 39, 12), Share("tenant", "acme", 100),
)  # fmt: skip
CASE = Case(key="C-1", signals=(Signal("sentry", "9", "SHOP-9", shares=SHARES),))


def words(lines: list[Line]) -> list[str]:
    return ["".join(seg.text for seg in (*line.segs, Seg(" "), *line.right)) for line in lines]


def test_the_largest_values_stand_first_and_what_has_one_value_is_one_row() -> None:
    assert [row.split() for row in words(radius_block(CASE, 60))[1:]] == [
        ["release", "■■■■□", "84%", "2.14.0", "16%", "2.13.4", "30", "users"],
        ["endpoint", "■■■□□", "61%", "POST", "/checkout", "39%", "GET", "/ca…", "20", "users"],
        ["only", "production,", "tenant", "acme"],
    ]
    assert radius_block(Case(), 60) == [], "nothing is known, nothing is said"


@pytest.mark.parametrize("width", [24, 36, 44, 48, 56, 76, 120])
def test_rows_fit_the_pane(width: int) -> None:
    for line in radius_block(CASE, width):
        assert cells(line.segs) + cells(line.right) <= width


def test_hostile_values_are_one_inert_line() -> None:
    evil = Share("endpoint", "[/x]\x1b]52;c;aGk=\x07\n" + "a" * 500, 10)
    case = Case(signals=(Signal("s", "1", shares=(evil, Share("endpoint", "b", 5))),))
    assert not any(bad in row for row in words(radius_block(case, 48)) for bad in ("\x1b", "\n", "\x07"))


def record(state: str, act: str = "resolve", **more: str) -> ActRecord:
    return ActRecord("a-1", "a", "sentry", "9", act, "human:mira", NOW_US, 3, state=state, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("acted", "says"),
    [
        (record("intended"), "► resolve SHOP-9 at sentry, under way"),
        (record("done"), "√ resolved SHOP-9 at sentry"),
        (record("done", "assign", assignee="lena"), "√ assigned to lena SHOP-9 at sentry"),
        (
            record("failed", why="403: event:write is missing"),
            "× sentry did not resolve SHOP-9: 403: event:write is",
        ),
    ],
)
def test_acts_say_how_they_stand_and_who_asked(acted: ActRecord, says: str) -> None:
    rows = words(acts_block(Case(signals=CASE.signals, acts=(acted,)), 70, "human:mira"))
    assert rows[1].startswith(says) and "you 02:15" in rows[1]
