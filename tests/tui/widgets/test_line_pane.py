"""The pane on a screen: what it repaints, what it says, what hostile text can do to it."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.geometry import Region

from rootcase.core.safety.text import is_hostile
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.render.title import Title
from rootcase.tui.theme import Theme, load_theme
from rootcase.tui.widgets.line_pane import LinePane
from rootcase.tui.widgets.paint import paint
from rootcase.tui.widgets.source import LineSource


class Many:
    """A hundred thousand lines, made when looked at."""

    def __init__(self) -> None:
        self.made: set[int] = set()

    def line_count(self) -> int:
        return 100_000

    def line_at(self, index: int) -> Line:
        self.made.add(index)
        return Line((Seg(f"row {index}"),), id=str(index))

    def id_at(self, index: int) -> str:
        return str(index)

    def index_of(self, id: str) -> int:
        return int(id)


class Watched(LinePane):
    """Remembers which regions it wanted painted."""

    asked: list[Region | None]

    def refresh(self, *regions: Region, **options: bool) -> Watched:
        self.__dict__.setdefault("asked", []).extend(regions or [None])
        super().refresh(*regions, **options)
        return self


class Small(App[None]):
    def __init__(self, lines: Sequence[Line] | LineSource, title: Title | None = None) -> None:
        super().__init__()
        self.look: Theme = load_theme("dark")
        self.lines, self.pane_title = lines, title
        self.said: list[str] = []

    def compose(self) -> ComposeResult:
        yield Watched("pane", title=self.pane_title)

    def on_mount(self) -> None:
        self.pane.show(self.lines)
        self.pane.focus()

    @property
    def pane(self) -> Watched:
        return self.query_one("#pane", Watched)

    def on_line_pane_moved(self, message: LinePane.Moved) -> None:
        self.said.append(f"moved {message.line_id}")

    def on_line_pane_chosen(self, message: LinePane.Chosen) -> None:
        self.said.append(f"chosen {message.line_id}")

    def text(self) -> list[str]:
        return [
            "".join(s.text for s in self.pane.render_line(y)).strip() for y in range(self.pane.size.height)
        ]


def rows(*texts: str) -> list[Line]:
    return [Line((Seg(text),), id=text) for text in texts]


async def test_a_move_repaints_two_rows() -> None:
    app = Small(rows(*"abcdefgh"))
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        app.pane.asked.clear()
        await pilot.press("j")
        assert app.pane.asked == [Region(0, 0, 40, 1), Region(0, 1, 40, 1)]
        assert app.pane.cursor_id == "b"


async def test_of_very_many_lines_only_those_in_view_are_made() -> None:
    many = Many()
    async with Small(many).run_test(size=(40, 10)) as pilot:
        await pilot.press("G", "k", "pageup", "g", "ctrl+d")
        await pilot.pause()
    assert len(many.made) < 80


async def test_showing_the_same_lines_again_repaints_nothing_and_a_changed_row_itself() -> None:
    app = Small(rows(*"abcd"))
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        app.text()
        app.pane.asked.clear()
        app.pane.show(rows(*"abcd"))
        assert app.pane.asked == []
        app.pane.show([*rows(*"ab"), Line((Seg("C"),), id="c"), *rows("d")])
        assert app.pane.asked == [Region(0, 2, 40, 1)]


async def test_enter_and_a_second_click_choose() -> None:
    app = Small(rows(*"abc"), Title("Names", "1"))
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press("down", "enter")
        await pilot.click("#pane", offset=(5, 3))
        await pilot.click("#pane", offset=(5, 3))
        await pilot.pause()
        assert app.said == ["moved a", "moved b", "chosen b", "moved c", "chosen c"]
        await pilot.click("#pane", offset=(5, 0))
        assert app.pane.cursor_id == "c"


async def test_a_pane_that_follows_its_end_stays_there_until_one_scrolls_up() -> None:
    app = Small([])
    async with app.run_test(size=(40, 5)) as pilot:
        await pilot.pause()
        app.pane.tail = True
        app.pane.show([Line((Seg(str(n)),)) for n in range(20)])
        app.pane.move("end")
        app.pane.show([Line((Seg(str(n)),)) for n in range(30)])
        assert app.text()[-1] == "29"
        app.pane.move("pageup")
        top = app.pane.top
        app.pane.show([Line((Seg(str(n)),)) for n in range(40)])
        assert app.pane.top == top


async def test_hostile_text_is_drawn_as_text() -> None:
    app = Small([Line((Seg("[/x] [bold]\x1b]52;c;eA==\x07 \u202egnp.exe"),), id="x")])
    async with app.run_test(size=(60, 4)) as pilot:
        await pilot.pause()
        drawn = app.text()[0]
    assert "[/x] [bold]" in drawn
    assert not set(drawn) & {"\x1b", "\x07", "\u202e"}


SEGS = st.lists(
    st.builds(Seg, st.text(max_size=30), st.sampled_from(["fg", "muted pick", "accent on lit"])), max_size=4
)


@given(SEGS, SEGS, st.integers(0, 60), st.sampled_from(["", "select", "select-idle"]))
def test_a_row_is_always_exactly_as_wide_as_its_pane(
    left: list[Seg], right: list[Seg], width: int, picked: str
) -> None:
    strip = paint(Line(tuple(left), tuple(right), mark="bad"), width, load_theme("dark"), picked=picked)  # type: ignore[arg-type]
    assert sum(segment.cell_length for segment in strip) == width == strip.cell_length
    assert not any(
        is_hostile(character) or character in "\n\t" for segment in strip for character in segment.text
    )
