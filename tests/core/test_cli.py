"""Flags may stand before the command, as people type them."""

from __future__ import annotations

import pytest

from rootcase.core.cli import command_first
from rootcase.core.commands.parser import parsed


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (["--json", "cases"], ["cases", "--json"]),
        (["--store", "cases", "show", "C-1"], ["show", "--store", "cases", "C-1"]),
        (["--json", "--config=x", "explain", "gate"], ["explain", "--json", "--config=x", "gate"]),
        (["--json", "capture", "--", "python3", "x.py"], ["capture", "--json", "--", "python3", "x.py"]),
        (["C-1", "--store", "x"], ["C-1", "--store", "x"]),
        (["--store", "x", "C-1"], ["--store", "x", "C-1"]),
        (["--help"], ["--help"]), (["--store"], ["--store"]), ([], []),
    ],
)  # fmt: skip
def test_a_command_comes_first_and_its_flags_stay_with_it(typed: list[str], meant: list[str]) -> None:
    assert command_first(typed) == meant


def test_the_flags_mean_the_same_on_both_sides() -> None:
    before = parsed(command_first(["--json", "explain", "prompt", "C-1", "plan"]))
    after = parsed(["explain", "prompt", "C-1", "plan", "--json"])
    assert before == after and before.json and before.input == ["C-1", "plan"]
