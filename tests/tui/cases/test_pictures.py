"""Pictures of Case, Draft and Proposal at the three widths, each state of the story in at least one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

SMALL, MIDDLE, LARGE = (80, 24), (120, 36), (180, 50)
LIVE = ("drafting", "proving")


@pytest.mark.parametrize(
    ("step", "keys", "size"),
    [
        ("fresh", [], MIDDLE),
        ("mapped", [], LARGE),
        ("mapped", [], SMALL),
        ("mapped", ["n"], LARGE),
        ("mapped", ["n"], SMALL),
        ("mapped", ["S"], MIDDLE),
        ("mapped", ["b"], MIDDLE),
        ("changed", [], MIDDLE),
        ("reverted", [], LARGE),
        ("ignored", [], MIDDLE),
        ("ignored", [], SMALL),
        ("reviewed", [], SMALL),
        ("reviewed", [], MIDDLE),
        ("reviewed", [], LARGE),
        ("reviewed", ["3"], SMALL),
        ("reviewed", ["4"], SMALL),
        ("merged", [], MIDDLE),
        ("quiet", [], LARGE),
        ("recurred", [], MIDDLE),
        ("closed", [], SMALL),
    ],
    ids=lambda value: "x".join(map(str, value)) if isinstance(value, tuple) else "".join(value),
)
def test_case(
    snap_compare: Any, make_world: Callable[..., Any], settled: Any, step: str, keys: list[str], size: Any
) -> None:
    assert snap_compare(make_world(step).app(), terminal_size=size, run_before=settled(*keys))


@pytest.mark.parametrize(
    ("step", "keys", "size"),
    [
        ("drafting", ["d"], MIDDLE),
        ("proving", ["d"], SMALL),
        ("proving", ["d"], LARGE),
        ("reviewed", ["d", "]", "]"], MIDDLE),
        ("decided", ["d"], SMALL),
        ("decided", ["d", "]"], LARGE),
        ("decided", ["d", "3"], SMALL),
        ("reviewed", ["d", "]", "e"], MIDDLE),
        ("reviewed", ["d", "v"], LARGE),
        ("mapped", ["d"], MIDDLE),
        ("competing", ["d"], SMALL),
        ("competing", ["d"], MIDDLE),
        ("competing", ["d", "B"], LARGE),
    ],
    ids=lambda value: "x".join(map(str, value)) if isinstance(value, tuple) else "".join(value),
)
def test_draft(
    snap_compare: Any,
    make_world: Callable[..., Any],
    live: Any,
    settled: Any,
    step: str,
    keys: list[str],
    size: Any,
) -> None:
    world = make_world(step)
    if step in LIVE:
        live(world)
    assert snap_compare(world.app(), terminal_size=size, run_before=settled(*keys))


@pytest.mark.parametrize(
    ("step", "keys", "size"),
    [
        ("proposed", [], SMALL),
        ("proposed", [], MIDDLE),
        ("proposed", ["s"], LARGE),
        ("proposed", ["s"], SMALL),
        ("proposed", ["v"], MIDDLE),
        ("sent", [], LARGE),
        ("send failed", [], MIDDLE),
        ("send failed", ["2"], SMALL),
        ("decided", ["s"], MIDDLE),
    ],
    ids=lambda value: "x".join(map(str, value)) if isinstance(value, tuple) else "".join(value),
)
def test_proposal(
    snap_compare: Any, make_world: Callable[..., Any], settled: Any, step: str, keys: list[str], size: Any
) -> None:
    assert snap_compare(make_world(step).app(), terminal_size=size, run_before=settled("d", "enter", *keys))


@pytest.mark.parametrize("size", [SMALL, MIDDLE], ids=["80x24", "120x36"])
def test_ticket(snap_compare: Any, make_world: Callable[..., Any], settled: Any, size: Any) -> None:
    assert snap_compare(make_world("ticket").app(), terminal_size=size, run_before=settled("p"))


def test_a_light_theme(snap_compare: Any, make_world: Callable[..., Any], settled: Any) -> None:
    world = make_world("reviewed", theme="light")
    assert snap_compare(world.app(), terminal_size=MIDDLE, run_before=settled("d", "]"))


@pytest.mark.parametrize("size", [MIDDLE, LARGE], ids=["120x36", "180x50"])
def test_a_case_in_a_light_theme(
    snap_compare: Any, make_world: Callable[..., Any], settled: Any, size: Any
) -> None:
    assert snap_compare(
        make_world("mapped", theme="light").app(), terminal_size=size, run_before=settled("n")
    )
