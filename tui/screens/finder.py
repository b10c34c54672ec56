"""A list of commands narrowed by typing: the help overlay and the palette."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult

from rootcase.tui.catalogue.command import Context
from rootcase.tui.keys import key_name
from rootcase.tui.render.help import found_text, help_lines, palette_lines
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.screens.overlay import WIDTH, Overlay
from rootcase.tui.widgets.bar import Bar
from rootcase.tui.widgets.field import Field
from rootcase.tui.widgets.line_pane import LinePane

MOVES = ("up", "down", "pageup", "pagedown", "ctrl+d")


class Finder(Overlay):
    """Type to find, enter to do it. title, says: the title row's words."""

    DEFAULT_CSS = """
    Finder #found { margin: 0 1; }
    Finder #find { margin: 0 1; }
    """
    keys = (("type", "find"), ("enter", "do it"), ("esc", "close"))
    title_text = ""
    says = ""

    def __init__(self) -> None:
        super().__init__()
        self.context = Context("inbox")

    def look_at(self, context: Context) -> None:
        """Begin anew, with the commands of the screen beneath as it is now."""
        self.context = context
        if self.is_mounted:
            self._begin()

    def box(self) -> ComposeResult:
        yield Bar("find-title", ("bar", "panel"))
        yield Field("find", label="/", surface="panel")
        yield LinePane("found", surface="panel", active=True)

    def lines(self, words: str, width: int) -> tuple[Line, ...]:
        """The rows for what was typed."""
        raise NotImplementedError

    def on_mount(self) -> None:
        head = Line((Seg(self.title_text, "strong bold"), Seg(f"  {self.says}", "muted")), _close())
        self.query_one("#find-title", Bar).show([head, Line()])
        self._begin()

    def _begin(self) -> None:
        field = self.query_one("#find", Field)
        field.set("")
        self._find("")
        self.fit()
        field.focus()

    def box_height(self, screen_height: int) -> int:
        return min(screen_height - 8, len(self.lines("", WIDTH - 4)) + 5)

    def _find(self, words: str) -> None:
        width = min(WIDTH, self.app.size.width - 4) - 4
        rows = self.lines(words, width)
        found = self.query_one("#found", LinePane)
        found.show(rows)
        found.move("home")
        field = self.query_one("#find", Field)
        field.right = found_text(self.context, rows)
        field.refresh()

    def on_field_changed(self, message: Field.Changed) -> None:
        self._find(message.text)

    def on_field_done(self, message: Field.Done) -> None:
        message.stop()
        self.dismiss("" if message.text is None else self.query_one("#found", LinePane).cursor_id)

    def on_line_pane_chosen(self, message: LinePane.Chosen) -> None:
        self.dismiss(message.line_id)

    def on_key(self, event: events.Key) -> None:
        if event.key in MOVES:
            event.stop()
            event.prevent_default()
            self.query_one("#found", LinePane).move(key_name(event))


class HelpScreen(Finder):
    """`?`: all keys of the screen below."""

    title_text, says = "Help", "keys of this screen first"

    def lines(self, words: str, width: int) -> tuple[Line, ...]:
        return help_lines(self.context, words, width)


class PaletteScreen(Finder):
    """`ctrl+p`: all commands, those that can be done now first."""

    title_text, says = "Commands", "what can be done now first"

    def lines(self, words: str, width: int) -> tuple[Line, ...]:
        return palette_lines(self.context, words, width)


def _close() -> tuple[Seg, ...]:
    return (Seg("esc", "accent bold"), Seg(" close", "muted"))
