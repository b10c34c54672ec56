"""Patches as text into hunks: from git, from an editor, from a revert, and those that do not fit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootcase.core.model.errors import EditError
from rootcase.core.model.hunks import applied, hunks_between, unified
from rootcase.core.workspace.patches import hunks_from_patch
from rootcase.core.workspace.reverts import revert_hunks

BASE = "".join(f"line {n}\n" for n in range(1, 21))
LINES = st.lists(
    st.sampled_from(["a\n", "b\n", "\n", "--- x\n", "+++ y\n", "-- x\n", "c d\r\n", "\tе\n"]), max_size=14
)


def reader(**files: str):
    async def read(path: str) -> str | None:
        return files.get(path.replace(".", "_").replace("/", "_"))

    return read


async def parsed(text: str, **files: str):
    return await hunks_from_patch(text, reader(**files))


@given(LINES, LINES, st.booleans())
async def test_what_is_written_as_a_patch_comes_back_as_the_same_change(old, new, cut):
    base, wanted = "".join(old), "".join(new)
    if cut:
        wanted = wanted.rstrip("\n")
    hunks = hunks_between("a.py", base, wanted)
    if not hunks or not base:
        return
    again = await parsed(unified(hunks), a_py=base)
    assert applied("a.py", base, again) == wanted


async def test_a_created_and_a_deleted_file_come_back():
    created = hunks_between("new.py", None, "x\ny\n")
    deleted = hunks_between("old.py", "z\n", None)
    found = await parsed(unified([*created, *deleted]), old_py="z\n")
    assert [(h.path, h.change, h.new) for h in found] == [
        ("new.py", "create", ("x\n", "y\n")),
        ("old.py", "delete", ()),
    ]


async def test_a_patch_edited_by_hand_may_have_wrong_counts_and_places():
    text = unified(hunks_between("a.py", BASE, BASE.replace("line 9\n", "nine\n")))
    more = text.replace("+nine\n", "+nine\n+and a half\n").replace("@@ -6,7 +6,7 @@", "@@ -3,7 +3,9 @@")
    (hunk,) = await parsed(more + "\n\n", a_py=BASE)
    assert (hunk.id, hunk.start, hunk.new) == ("h1", 9, ("nine\n", "and a half\n"))


async def test_a_blank_line_that_an_editor_stripped_is_still_context():
    base = "a\n\nb\n"
    text = "--- a/a.py\n+++ b/a.py\n@@ -1,3 +1,3 @@\n a\n\n-b\n+c\n"
    (hunk,) = await parsed(text, a_py=base)
    assert applied("a.py", base, [hunk]) == "a\n\nc\n"


async def test_lines_can_be_added_to_an_empty_file_and_at_both_ends():
    (hunk,) = await parsed("--- a/a.py\n+++ b/a.py\n@@ -0,0 +1 @@\n+x\n", a_py="")
    assert applied("a.py", "", [hunk]) == "x\n"
    both = await parsed("--- a/a.py\n+++ b/a.py\n@@ -0,0 +1 @@\n+x\n@@ -2,0 +4 @@\n+y\n", a_py="1\n2\n")
    assert applied("a.py", "1\n2\n", both) == "x\n1\n2\ny\n"


async def test_headers_that_an_editor_ended_its_own_way_are_read():
    (hunk,) = await parsed("--- a/a.py\r\n+++ b/a.py\r\n@@ -1 +1 @@\r\n-1\r\n+x\r\n", a_py="1\r\n2\r\n")
    assert hunk.new == ("x\r\n",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "changes nothing"),
        ("what is this\n", "changes nothing"),
        ("--- a/a.py\n+++ b/a.py\n@@ -1,1 +1,1 @@\n-nowhere\n+x\n", "does not fit a.py at line 1"),
        ("--- a/gone.py\n+++ b/gone.py\n@@ -1,1 +1,1 @@\n-a\n+x\n", "not in the base commit"),
        ("--- /dev/null\n+++ b/a.py\n@@ -0,0 +1,1 @@\n+x\n", "is there already"),
        ("diff --git a/a.py b/b.py\nrename from a.py\nrename to b.py\n", "renames"),
        ("--- a/a.py\n+++ b/b.py\n@@ -1,1 +1,1 @@\n-a\n+b\n", "renames"),
        ("diff --git a/x b/x\nBinary files a/x and b/x differ\n", "binary"),
        ("--- a/a.py\n+++ b/a.py\n@@ -1,1 +1,1 @@\nodd\n", "cannot be read"),
        ("@@ -1,1 +1,1 @@\n-a\n+b\n", "cannot be read"),
        ("--- a/a.py\n+++ b/a.py\n@@ -x +y @@\n-a\n", "changes nothing"),
        (
            "diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/etc/x\n",
            "symbolic link",
        ),
    ],
)
async def test_a_patch_that_cannot_be_used_says_why(text, words):
    with pytest.raises(EditError) as fault:
        await parsed(text, a_py=BASE)
    assert words in fault.value.title and fault.value.hint


@given(st.text(alphabet="@-+ \n\\12,ab/dev\tnul", max_size=120))
async def test_no_text_whatever_breaks_the_reader(text):
    try:
        await parsed("--- a/a.py\n+++ b/a.py\n" + text, a_py=BASE)
    except EditError as fault:
        assert fault.title


async def test_a_commit_is_taken_back_though_others_came_after(origin, bench):
    origin.commit("one", {"a.py": BASE, "b.py": "b\n"})
    bad = origin.commit("bad", {"a.py": BASE.replace("line 3\n", "broken\n"), "new.py": "n\n"})
    head = origin.commit("later", {"a.py": "top\n" + BASE.replace("line 3\n", "broken\n"), "b.py": "c\n"})
    workspace = await bench()
    hunks = await revert_hunks(workspace._repository, bad, head)
    assert {(h.path, h.change) for h in hunks} == {("a.py", "modify"), ("new.py", "delete")}
    await workspace.apply(hunks)
    assert await workspace.read("a.py") == "top\n" + BASE and await workspace.read("new.py") is None


async def test_a_merge_is_taken_back_against_its_first_parent(origin, bench):
    origin.commit("one", {"a.py": BASE})
    origin.git("checkout", "-q", "-b", "topic")
    origin.commit("topic", {"a.py": BASE.replace("line 3\n", "broken\n")})
    origin.git("checkout", "-q", "main")
    origin.commit("two", {"b.py": "b\n"})
    origin.git("merge", "-q", "--no-ff", "-m", "merge", "topic")
    workspace = await bench()
    (hunk,) = await revert_hunks(workspace._repository, workspace.base_commit, workspace.base_commit)
    assert (hunk.old, hunk.new) == (("broken\n",), ("line 3\n",))


@pytest.mark.parametrize("kind", ["conflict", "first", "taken back", "binary"])
async def test_a_revert_that_is_not_clean_names_what_stands_in_the_way(origin, bench, kind):
    first = origin.commit("one", {"a.py": BASE})
    origin.write("a.bin", b"\x00\xff\x01") if kind == "binary" else None
    bad = origin.commit("bad", {"a.py": BASE.replace("line 3\n", "broken\n")})
    if kind == "conflict":
        origin.commit("same line", {"a.py": BASE.replace("line 3\n", "broken again\n")})
    elif kind == "taken back":
        origin.commit("by hand", {"a.py": BASE})
    workspace = await bench()
    with pytest.raises(EditError) as fault:
        await revert_hunks(workspace._repository, first if kind == "first" else bad, workspace.base_commit)
    words = {"conflict": "a.py", "first": "first commit", "taken back": "already", "binary": "a.bin"}[kind]
    assert words in str(fault.value) and fault.value.hint
