"""Search/replace edits: once, or not at all, and then with the nearest text."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rootcase.core.agent.edit_text import replaced
from rootcase.core.model.errors import EditError

TEXT = "def one():\n    a = 1\n    return a\n\n\ndef two():\n    a = 1\n    return a + 1\n"


def test_a_block_that_stands_once_is_replaced() -> None:
    assert replaced("a.py", TEXT, "return a + 1", "return a + 2") == TEXT.replace("a + 1", "a + 2")


def test_a_block_that_stands_twice_is_refused_with_its_lines() -> None:
    with pytest.raises(EditError) as caught:
        replaced("a.py", TEXT, "    a = 1\n", "    a = 2\n")
    assert "occurs 2 times in a.py" in caught.value.title and "2, 7" in caught.value.detail


def test_overlapping_places_count_as_two() -> None:
    with pytest.raises(EditError, match="occurs 2 times"):
        replaced("a.py", "x = bbb\n", "bb", "c")


def test_a_block_that_stands_nowhere_goes_back_with_the_nearest_text() -> None:
    with pytest.raises(EditError) as caught:
        replaced("a.py", TEXT, "    return a + one\n", "")
    assert "    8     return a + 1" in caught.value.detail


def test_trailing_spaces_and_another_indentation_are_a_second_chance() -> None:
    new = replaced("a.py", TEXT, "def two():  \n    a = 1\n", "def two():\n    a = 3\n")
    assert new == TEXT.replace("def two():\n    a = 1", "def two():\n    a = 3")
    new = replaced("a.py", TEXT, "a = 1\nreturn a + 1", "a = 1\nif a:\n    a = 4\nreturn a + 1")
    assert new.endswith("def two():\n    a = 1\n    if a:\n        a = 4\n    return a + 1\n")
    new = replaced("a.py", TEXT, "        a = 1\n        return a + 1", "        return 2")
    assert new.endswith("def two():\n    return 2\n")


def test_the_second_chance_also_wants_one_place() -> None:
    with pytest.raises(EditError, match="occurs 2 times"):
        replaced("a.py", TEXT, "a = 1 \n", "a = 2\n")


def test_line_ends_of_the_file_are_kept() -> None:
    crlf = TEXT.replace("\n", "\r\n")
    assert replaced("a.py", crlf, "def two():\n    a = 1\n", "def two():\n    a = 2\n") == TEXT.replace(
        "two():\n    a = 1", "two():\n    a = 2"
    ).replace("\n", "\r\n")


def test_a_last_line_without_an_end_stays_so() -> None:
    assert replaced("a.py", "x = 1\ny = 2", "y = 2 \n", "y = 3\n") == "x = 1\ny = 3"


@pytest.mark.parametrize("search", ["", "  \n"])
def test_an_empty_search_is_refused(search: str) -> None:
    with pytest.raises(EditError):
        replaced("a.py", TEXT, search, "x")


def test_an_edit_that_changes_nothing_is_refused() -> None:
    with pytest.raises(EditError, match="changes nothing"):
        replaced("a.py", TEXT, "a + 1", "a + 1")


words = st.text("ab \n", min_size=1, max_size=40)


@given(before=words, search=words, after=words, new=words)
def test_an_exact_block_is_replaced_and_nothing_else_moves(
    before: str, search: str, after: str, new: str
) -> None:
    text = before + search + after
    assume(search.strip() and search != new and text.find(search, text.find(search) + 1) < 0)
    assert replaced("a", text, search, new) == before + new + after


@given(text=words, search=words, new=words)
def test_any_edit_either_applies_or_says_why(text: str, search: str, new: str) -> None:
    try:
        out = replaced("a", text, search, new)
    except EditError as fault:
        assert fault.title
    else:
        assert out != text
