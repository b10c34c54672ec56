"""A line is followed through any diff that git can print."""

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rootcase.core.codemap.lines import parse_diff, still_the_same, through

LINES = st.lists(st.sampled_from(["a", "b", "c", "-- x", "++ y", "@@ -1 +1 @@", ""]), max_size=12)


@given(old=LINES, new=LINES, context=st.sampled_from([0, 3]))
@settings(max_examples=60, deadline=None)
def test_an_unchanged_line_is_found_where_it_stands(tmp_path_factory, old, new, context):
    folder = tmp_path_factory.mktemp("diff")
    for name, lines in (("a", old), ("b", new)):
        (folder / name).mkdir()
        (folder / name / "f.txt").write_text("".join(f"{line}\n" for line in lines))
    command = ["git", "diff", "--no-index", f"-U{context}", "a/f.txt", "b/f.txt"]
    text = subprocess.run(command, cwd=folder, capture_output=True, text=True).stdout
    files = parse_diff(text.replace("a/a/f.txt", "a/f.txt").replace("b/b/f.txt", "b/f.txt"))
    changes = files[0].changes if files else ()
    for number, line in enumerate(old, 1):
        found = through(changes, "f.txt", number, "f.txt")
        if found.status in ("same", "moved"):
            assert new[found.line - 1] == line
        else:
            assert files


def test_odd_file_names_are_read():
    name = '"a/t\\303\\244\\"x.py"'
    other = name.replace('"a/', '"b/', 1)
    text = f"diff --git {name} {other}\n--- {name}\n+++ {other}\n@@ -1 +1,2 @@\n-a\n+b\n+a\n"
    files = parse_diff(text)
    assert files[0].old_path == 'tä"x.py'
    assert through(files[0].changes, files[0].old_path, 1, files[0].new_path).line == 2


@pytest.mark.parametrize(
    ("before", "after", "literal", "same"),
    [
        ('return row["x"]', "return  row['x']", "x", True),
        ('return row["x"]', 'return record["x"]', "", True),
        ('return Money(a, row["x"])', 'return Money(b(a), row["x"])', "x", True),
        ('return row["x"]', 'return row.get("x")', "x", False),
        ('return row["x"]', 'return row["x"] if "x" in row else None', "x", False),
        ("return a / b", "return a / c if c else 0", "", False),
        ("return f(a, b)", "return f(b, b)", "", False),
    ],
)
def test_whether_a_changed_line_still_does_what_failed(before, after, literal, same):
    assert bool(still_the_same(before, after, literal)) is same


@given(st.text(max_size=300))
def test_any_text_can_be_given(text):
    parse_diff("diff --git a/x b/x\n" + text)
