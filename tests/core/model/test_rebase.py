"""Hunks onto another commit, held against git's own merge."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rootcase.core.model.hunks import applied, hunks_between, numbered
from rootcase.core.model.rebase import onto

BASE = "".join(f"line {n}\n" for n in range(1, 13))


def moved(base: str | None, draft: str | None, tip: str | None):
    """(the draft's text on the tip, why each hunk that does not fit does not)."""
    hunks = numbered(hunks_between("a.py", base, draft))
    fit, conflicts = onto(hunks, {"a.py": base}, {"a.py": tip})
    return applied("a.py", tip, fit), [conflict.why for conflict in conflicts]


def test_a_hunk_moves_with_the_lines_around_it():
    draft = BASE.replace("line 6\n", "line six\nand more\n")
    tip = "new top\n" + BASE.replace("line 2\n", "").replace("line 11\n", "line eleven\n")
    text, conflicts = moved(BASE, draft, tip)
    assert conflicts == [] and text == tip.replace("line 6\n", "line six\nand more\n")


@pytest.mark.parametrize("line", [5, 6, 7])
def test_a_change_of_its_lines_or_of_those_beside_it_is_a_conflict(line):
    draft = BASE.replace("line 6\n", "line six\n")
    _, conflicts = moved(BASE, draft, BASE.replace(f"line {line}\n", "other\n"))
    assert conflicts == ["its lines, or those beside it, have changed there"]


def test_what_is_gone_there_or_there_already_is_said():
    draft = BASE.replace("line 6\n", "line six\n")
    assert moved(BASE, draft, None)[1] == ["its file is gone there"]
    assert moved(BASE, draft, draft)[1] == ["the same change is there already"]
    assert moved(None, "a\n", "b\n")[1] == ["its file is there already"]
    assert moved(None, "a\n", None) == ("a\n", [])


def test_a_change_at_either_end_stays_at_that_end():
    draft = "first\n" + BASE + "last\n"
    tip = BASE.replace("line 6\n", "")
    assert moved(BASE, draft, tip) == ("first\n" + tip + "last\n", [])
    assert moved(BASE, draft, "other\n" + BASE)[1] == ["its lines, or those beside it, have changed there"]


lines = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d\n", "e\n"]), min_size=1, max_size=9).map("".join)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(base=lines, draft=lines, tip=lines)
def test_what_fits_here_gives_what_git_gives(tmp_path, base, draft, tip):
    text, conflicts = moved(base, draft, tip)
    if conflicts or base == draft:
        return
    for name, content in (("draft", draft), ("base", base), ("tip", tip)):
        (tmp_path / name).write_text(content)
    command = ["git", "merge-file", "-p", "tip", "base", "draft"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, text)
