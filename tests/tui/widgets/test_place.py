"""The cursor in a list: blocks, headings, edges, content that changes under it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rootcase.tui.render.line import Line
from rootcase.tui.widgets import place as places
from rootcase.tui.widgets.place import Place
from rootcase.tui.widgets.source import Lines

HEIGHT = 6


def source(text: str) -> Lines:
    """One line for each letter: `a` has the id a, `.` has none."""
    return Lines([Line(id="" if letter == "." else letter) for letter in text])


def at(lines: Lines, place: Place) -> str:
    return lines.id_at(place.row) if place.row >= 0 else ""


def test_moving_goes_from_id_to_id_and_over_headings() -> None:
    lines = source(".aa.b.c")
    place = places.ends(lines, Place(), HEIGHT, last=False)
    assert at(lines, place) == "a" and (place.row, place.end) == (1, 3)
    place = places.step(lines, place, 1, HEIGHT)
    assert at(lines, place) == "b"
    place = places.step(lines, place, 1, HEIGHT)
    assert at(lines, place) == "c"
    assert at(lines, places.step(lines, place, 1, HEIGHT)) == "c"


def test_a_heading_shows_with_the_first_row_under_it() -> None:
    lines = source("." + "abcdefghij")
    place = places.ends(lines, Place(), HEIGHT, last=True)
    for _ in range(20):
        place = places.step(lines, place, -1, HEIGHT)
    assert at(lines, place) == "a" and place.top == 0


def test_at_the_edge_half_a_pane_comes_at_once() -> None:
    lines = source("abcdefghijklmnop")
    place = places.ends(lines, Place(), HEIGHT, last=False)
    tops = []
    for _ in range(10):
        place = places.step(lines, place, 1, HEIGHT)
        tops.append(place.top)
    assert len(set(tops)) <= 4


def test_a_block_taller_than_the_view_is_read_before_it_is_left() -> None:
    lines = source("a" * 10 + "b")
    place = places.ends(lines, Place(), HEIGHT, last=False)
    for _ in range(4):
        place = places.step(lines, place, 1, HEIGHT)
        assert at(lines, place) == "a"
    assert at(lines, places.step(lines, place, 1, HEIGHT)) == "b"


def test_lines_without_ids_scroll() -> None:
    lines = source("." * 20)
    place = places.step(lines, Place(), 1, HEIGHT)
    assert place.top == 1 and place.row == -1
    assert places.ends(lines, place, HEIGHT, last=True).top == 14


def test_new_rows_above_leave_the_cursor_on_its_row_of_the_screen() -> None:
    before = source("abcdefghijklmnop")
    place = places.put(before, Place(top=4), 6, HEIGHT)
    after = source("xyz" + "abcdefghijklmnop")
    kept = places.kept(after, place, "g", HEIGHT)
    assert at(after, kept) == "g"
    assert kept.row - kept.top == place.row - place.top


def test_a_row_that_is_gone_leaves_the_cursor_near() -> None:
    place = places.put(source("abcdef"), Place(), 3, HEIGHT)
    after = source("abcef")
    assert at(after, places.kept(after, place, "d", HEIGHT)) == "e"
    assert places.kept(source(""), place, "d", HEIGHT).row == -1


KEYS = st.lists(st.sampled_from(["step+", "step-", "page+", "page-", "first", "last"]), max_size=30)


@given(st.text("abcdefgh.", max_size=40), st.integers(1, 12), KEYS)
def test_the_cursor_is_always_on_an_id_and_in_view(text: str, height: int, keys: list[str]) -> None:
    runs = "".join(
        letter for number, letter in enumerate(text) if letter == "." or letter not in text[:number]
    )
    lines = source(runs)
    place = places.kept(lines, Place(), "", height)
    for key in keys:
        match key:
            case "step+" | "step-":
                place = places.step(lines, place, 1 if key[-1] == "+" else -1, height)
            case "page+" | "page-":
                place = places.page(lines, place, height if key[-1] == "+" else -height, height)
            case _:
                place = places.ends(lines, place, height, last=key == "last")
        assert 0 <= place.top <= max(0, lines.line_count() - height)
        if any(letter != "." for letter in runs):
            assert lines.id_at(place.row)
