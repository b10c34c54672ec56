"""Hunk algebra: any change can be taken apart, and git agrees about what it is."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unidiff import PatchSet

from rootcase.core.model.drafts import Draft, Hunk, HunkState
from rootcase.core.model.errors import EditError
from rootcase.core.model.hunks import (
    applied,
    applied_all,
    draft_digest,
    edited,
    hunks_between,
    lines_of,
    numbered,
    split,
    split_agrees,
    unified,
    with_digest,
)

LINES = st.sampled_from(
    ["a", "b", "c", "", "  x", "-- ", "+ y", "@@ -1 +1 @@", "ä€😀", "\u2028", "form\ffeed", "cr\r"]
)
TEXTS = st.builds(
    lambda lines, end: "\n".join(lines) + end, st.lists(LINES, max_size=12), st.sampled_from(["", "\n"])
)
FILES = st.none() | TEXTS


@given(FILES, FILES)
def test_the_hunks_between_two_texts_turn_one_into_the_other(old, new):
    made = numbered(hunks_between("a.py", old, new))
    if old is None and new == "":
        return
    assert applied("a.py", old, made) == new or (old is None and new is None)


@given(TEXTS, TEXTS, st.data())
def test_any_of_the_hunks_can_be_left_out(old, new, data):
    made = numbered(hunks_between("a.py", old, new))
    kept = [hunk for hunk in made if data.draw(st.booleans())]
    result = applied("a.py", old, kept)
    again = numbered(hunks_between("a.py", result, new))
    assert applied("a.py", result, again) == new


@given(TEXTS, TEXTS)
def test_a_hunk_split_does_what_it_did_whole_and_every_piece_stands_alone(old, new):
    for hunk in numbered(hunks_between("a.py", old, new)):
        pieces = split(hunk)
        assert split_agrees(hunk, pieces)
        whole = [other for other in numbered(hunks_between("a.py", old, new)) if other != hunk]
        assert applied("a.py", old, [*whole, *pieces]) == new
        for piece in pieces:
            applied("a.py", old, [piece])
        assert len({piece.id for piece in pieces}) == len(pieces)


@given(TEXTS, TEXTS)
def test_the_context_of_a_hunk_is_what_stands_around_it(old, new):
    lines = lines_of(old)
    for hunk in hunks_between("a.py", old, new):
        begin = hunk.start - 1
        assert lines[begin - len(hunk.before) : begin] == hunk.before
        assert lines[begin : begin + len(hunk.old)] == hunk.old
        assert lines[begin + len(hunk.old) :][: len(hunk.after)] == hunk.after


@given(TEXTS, TEXTS)
def test_a_unified_diff_is_read_back_by_unidiff(old, new):
    made = numbered(hunks_between("a.py", old, new))
    text = unified(made)
    if "\r" in text or "\u2028" in text or "\f" in text:  # unidiff splits lines at more than line feeds
        return
    patch = PatchSet(text)
    assert sum(file.added for file in patch) == sum(len(hunk.new) for hunk in made)
    assert sum(file.removed for file in patch) == sum(len(hunk.old) for hunk in made)


@settings(max_examples=40, deadline=None)
@given(old=FILES, new=FILES, data=st.data())
def test_git_applies_the_same_patch_to_the_same_result(tmp_path_factory, old, new, data):
    made = numbered(hunks_between("a.py", old, new))
    kept = [hunk for hunk in made if data.draw(st.booleans())]
    if not kept or "" in (old, new):  # an empty file has no lines that a unified diff could show
        return
    folder = tmp_path_factory.mktemp("git")
    file = folder / "a.py"
    if old is not None:
        file.write_bytes(old.encode())
    environment = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CEILING_DIRECTORIES": str(folder),
    }
    command = ["git", "apply", "--whitespace=nowarn", "-"]
    done = subprocess.run(
        command, cwd=folder, input=unified(kept).encode(), capture_output=True, env=environment
    )
    assert done.returncode == 0, done.stderr.decode()
    result = file.read_bytes().decode() if file.exists() else None
    assert result == applied("a.py", old, kept)


def test_changes_one_line_apart_are_one_hunk_and_two_lines_apart_are_two():
    assert len(hunks_between("a.py", "1\n2\n3\n", "x\n2\ny\n")) == 1
    assert len(hunks_between("a.py", "1\n2\n3\n4\n", "x\n2\n3\ny\n")) == 2


def test_line_numbers_of_later_hunks_count_what_earlier_ones_added():
    old = "".join(f"{n}\n" for n in range(20))
    new = old.replace("2\n3\n", "2\nnew\nnew\n3\n", 1).replace("17\n", "seventeen\n")
    headers = [
        line for line in unified(numbered(hunks_between("a.py", old, new))).splitlines() if line[:2] == "@@"
    ]
    assert headers == ["@@ -1,6 +1,8 @@", "@@ -15,6 +17,6 @@"]


def test_a_hunk_that_does_not_fit_is_refused_and_nothing_is_applied():
    hunk = Hunk("h1", "a.py", 2, ("b\n",), ("B\n",))
    with pytest.raises(EditError, match=r"h1 does not fit a\.py at line 2"):
        applied_all({"a.py": "a\nc\n", "b.py": ""}, [hunk])
    with pytest.raises(EditError, match="not in the base"):
        applied("a.py", None, [hunk])
    with pytest.raises(EditError, match="there already"):
        applied("a.py", "a\n", [replace(hunk, change="create")])


def test_hunks_of_several_files_are_numbered_with_the_test_last():
    made = numbered(
        [
            *hunks_between("tests/t.py", None, "t\n", test=True),
            *hunks_between("z.py", "1\n", "2\n"),
            *hunks_between("a.py", "1\n", "2\n"),
        ]
    )
    assert [(hunk.id, hunk.path) for hunk in made] == [("h1", "a.py"), ("h2", "z.py"), ("h3", "tests/t.py")]


def test_the_digest_names_text_and_base_alone():
    one, two = numbered(hunks_between("a.py", "1\n2\n3\n4\n", "x\n2\n3\ny\n"))
    assert draft_digest("base", [one, two]) == draft_digest("base", [replace(two, id="q", before=()), one])
    others = [
        draft_digest("other", [one, two]), draft_digest("base", [one]),
        draft_digest("base", [replace(one, new=("y\n",)), two]),
        draft_digest("base", [replace(one, path="b.py"), two]), draft_digest("base", [replace(one, start=2), two]),
    ]  # fmt: skip
    assert len({draft_digest("base", [one, two]), *others}) == 6


def test_a_rejected_hunk_is_not_in_the_digest_of_the_draft():
    states = tuple(map(HunkState, numbered(hunks_between("a.py", "1\n2\n3\n4\n", "x\n2\n3\ny\n"))))
    draft = with_digest(Draft(1, "base", hunks=(states[0], replace(states[1], decision="rejected"))))
    assert draft.digest == draft_digest("base", [states[0].hunk])


def test_editing_twice_still_knows_what_the_agent_wrote():
    (hunk,) = numbered(hunks_between("a.py", "1\n", "2\n"))
    twice = edited(edited(HunkState(hunk), ["3\n"], "human:a"), ["4\n"], "human:b")
    assert (twice.agent_new, twice.hunk.new, twice.by) == (("2\n",), ("4\n",), "human:b")
