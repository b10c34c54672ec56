"""Thinned output draws the same picture with fewer bytes."""

from __future__ import annotations

import pyte
from hypothesis import given, settings
from hypothesis import strategies as st

from rootcase.tui.lean_output import Output, thin

COLS, ROWS = 20, 5
STYLES = st.lists(
    st.sampled_from(
        ["1", "3", "4", "7", "9", "31", "38;2;1;2;3", "38;2;9;9;9", "48;2;4;5;6", "48;5;7", "97"]
    ),
    max_size=4,
)
PIECE = st.tuples(STYLES, st.text("ab ─█", min_size=1, max_size=6))
ROW = st.tuples(st.integers(1, ROWS), st.integers(1, COLS - 12), st.lists(PIECE, min_size=1, max_size=2))
FRAMES = st.lists(st.lists(ROW, max_size=6), max_size=4)


def written(frame: list[tuple[int, int, list[tuple[list[str], str]]]]) -> str:
    """A frame as Rich writes it: every segment with its whole style, then a reset."""
    out = []
    for row, (column, pieces) in sorted({row: (column, pieces) for row, column, pieces in frame}.items()):
        drawn = (f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if codes else text for codes, text in pieces)
        out.append(f"\x1b[{row};{column}H{''.join(drawn)}")
    return "\r\n".join(out) + "\x1b[1;1H"


def seen(chunks: list[str]) -> list[list[tuple[object, ...]]]:
    """What every cell shows; the colour of a blank's ink is not seen unless something draws with it."""
    screen = pyte.Screen(COLS, ROWS)
    screen.set_mode(pyte.modes.DECAWM)
    stream = pyte.Stream(screen)
    for chunk in chunks:
        stream.feed(chunk)
    out = []
    for y in range(ROWS):
        row = []
        for x in range(COLS):
            cell = screen.buffer[y][x]
            inked = cell.data != " " or cell.reverse or cell.underscore or cell.strikethrough
            ink = (cell.fg, cell.bold, cell.italics) if inked else ()
            row.append((cell.data, cell.bg, cell.reverse, cell.underscore, cell.strikethrough, ink))
        out.append(row)
    return out


@settings(max_examples=150, deadline=None)
@given(FRAMES)
def test_the_picture_is_the_same(frames: list[list[tuple[int, int, list[tuple[list[str], str]]]]]) -> None:
    plain = [written(frame) for frame in frames]
    output = Output()
    assert seen([output.thin(frame) for frame in plain]) == seen(plain)


@settings(max_examples=150, deadline=None)
@given(FRAMES)
def test_it_is_never_longer(frames: list[list[tuple[int, int, list[tuple[list[str], str]]]]]) -> None:
    for frame in frames:
        text = written(frame)
        assert len(thin(text)) <= len(text) + len("\x1b[0m")


def test_a_row_that_stands_there_is_not_written_again() -> None:
    output = Output()
    frame = "\x1b[2;1H\x1b[1mone\x1b[0m\x1b[3;1Htwo"
    assert "one" in output.thin(frame)
    assert output.thin(frame) == ""
    assert "two" not in output.thin("\x1b[2;1HONE\x1b[3;1Htwo")
    assert "one" in output.thin(frame)


def test_after_the_screen_is_cleared_everything_is_written_again() -> None:
    output = Output()
    frame = "\x1b[2;1Hone"
    output.thin(frame)
    output.thin("\x1b[?1049h")
    assert "one" in output.thin(frame)
    output.forget()
    assert "one" in output.thin(frame)


def test_a_part_of_a_row_that_changed_makes_the_row_unknown() -> None:
    output = Output()
    row = "\x1b[2;1Hone two"
    output.thin(row)
    output.thin("\x1b[2;5HTWO")
    assert "one two" in output.thin(row)


def test_the_pen_is_down_when_a_frame_ends() -> None:
    assert thin("\x1b[1;31mred\x1b[0m").endswith("\x1b[0m")


def test_erasing_never_takes_the_last_background() -> None:
    said = thin("\x1b[48;2;1;1;1mx\x1b[0m\x1b[2K")
    assert said.index("\x1b[0m") < said.index("\x1b[2K")
