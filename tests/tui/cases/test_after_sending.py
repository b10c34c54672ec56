"""What the Case says of its pull request after it was sent, and the keys that look after it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from rootcase.core.model.case import Case
from rootcase.tui.render.aftermath import after_block, waits_for_release
from rootcase.tui.render.inbox_preview import Preview, why_pane

At = Callable[[str], Case]


def rows(case: Case, width: int = 160) -> list[str]:
    """Each row as it reads, what is at its right included."""
    return [
        " ".join("".join(s.text for s in (*line.segs, *line.right)).split())
        for line in after_block(case, width)
    ]


def test_nothing_is_said_before_anything_was_sent(case_at: At) -> None:
    assert after_block(case_at("proposed"), 60) == []


@pytest.mark.parametrize(
    ("step", "says"),
    [
        ("sent", "PR #1841 is open"),
        ("merged", "! no deploy is known: sentry tells of none"),
        ("quiet", "√ 2.14.1 in staging: verified, 24 h without it"),
        ("quiet", "○ 2.14.1 in prod-eu: quiet so far, verified after 5 Nov 11:08"),
        ("verified", "√ 2.14.1 in prod-eu: verified, 24 h without it"),
        ("closed", "× PR #1841 closed without a merge by mira: The column comes"),
        ("recurred", "× back on 2.14.1 in prod-eu: 2.14.1 holds the fix: tag v2.14.1;"),
    ],
)
def test_each_stage_in_its_own_words(case_at: At, step: str, says: str) -> None:
    assert any(says in row for row in rows(case_at(step))), rows(case_at(step))


def test_staging_stands_before_production(case_at: At) -> None:
    told = rows(case_at("verified"))
    staging, production = (
        next(n for n, row in enumerate(told) if name in row) for name in ("staging", "prod-eu")
    )
    assert staging < production


def test_it_is_resolved_in_the_next_release_until_that_is_out(case_at: At) -> None:
    assert waits_for_release(case_at("merged")) and not waits_for_release(case_at("sent"))
    assert not waits_for_release(case_at("quiet")), "it is in production already"
    assert any("in the next release" in row for row in rows(case_at("merged")))
    assert not any("resolves" in row for row in rows(case_at("recurred")))


async def test_the_inbox_shows_it_instead_of_the_verdict(
    make_world: Callable[..., Any], open_app: Any
) -> None:
    async with open_app(make_world("recurred")) as it:
        case = await it.case()
        (row,) = await it.desk.inbox()
        assert (row.state, row.group) == ("regressed", "needs_you")
        told = "\n".join("".join(s.text for s in line.segs) for line in why_pane(Preview(row, case), 60, 20))
        assert told.startswith("After sending") and "back on 2.14.1" in told and "Why these are one" in told


async def test_a_key_looks_after_it_in_a_process_of_its_own(
    make_world: Callable[..., Any], open_app: Any
) -> None:
    async with open_app(make_world("merged"), (120, 36)) as it:
        await it.press("L")
        for _ in range(1000):
            if "PR #1841 is merged, waits for its deploy" in it.text():
                break
            await asyncio.sleep(0.03)
        else:
            raise AssertionError(it.text())


async def test_the_key_says_why_it_cannot(make_world: Callable[..., Any], open_app: Any) -> None:
    async with open_app(make_world("proposed"), (120, 36)) as it:
        await it.press("L")
        assert "no pull request of it is out" in it.text()
