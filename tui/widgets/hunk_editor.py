"""A small editor over a hunk's new lines, in the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import TextArea

from rootcase.core.model.hunks import lines_of
from rootcase.core.safety.text import clean
from rootcase.tui.render.layout import seg
from rootcase.tui.render.line import Line
from rootcase.tui.widgets.bar import Bar

if TYPE_CHECKING:
    from rootcase.tui.screens.base import RootScreen

LARGEST_ROWS = 16


class HunkText(TextArea):
    """The text area itself; esc and ctrl+s end it, where TextArea would take esc to leave by tab."""

    class Ended(Message):
        def __init__(self, keep: bool) -> None:
            super().__init__()
            self.keep = keep

    async def _on_key(self, event: events.Key) -> None:
        if event.key in ("escape", "ctrl+s"):
            event.stop()
            event.prevent_default()
            self.post_message(self.Ended(event.key == "ctrl+s"))


class HunkEditor(Vertical):
    """Ends with `Done`: the new lines, or None when it was left with esc."""

    DEFAULT_CSS = """
    HunkEditor { height: auto; }
    HunkEditor HunkText, HunkEditor HunkText:focus { border: none; padding: 0 1; scrollbar-size: 0 0; }
    """

    class Done(Message):
        def __init__(self, hunk: str, new: tuple[str, ...] | None) -> None:
            super().__init__()
            self.hunk = hunk
            self.new = new

    def __init__(self, hunk: str, new: tuple[str, ...]) -> None:
        super().__init__(id="hunk-editor")
        self.hunk = hunk
        self._new = new
        self._text = "".join(new)
        self._ends = not self._text or self._text.endswith("\n")

    @staticmethod
    def can_edit(new: tuple[str, ...]) -> bool:
        """Whether the lines hold only what the screen can show and give back unchanged."""
        text = "".join(new)
        return clean(text) == text and "\r" not in text

    def compose(self) -> ComposeResult:
        yield Bar("editor-head", ("select-idle",))
        area = HunkText(
            self._text.removesuffix("\n"), id="hunk-text", show_line_numbers=False, tab_behavior="indent"
        )
        area.add_class("typing")
        area.indent_type = "tabs" if "\t" in self._text else "spaces"
        yield area

    def on_mount(self) -> None:
        area = self.query_one(TextArea)
        look = cast("RootScreen", self.screen).rootcase.look
        area.styles.background = look.colours["select-idle"]
        area.styles.color = look.colours["fg"]
        area.styles.height = min(LARGEST_ROWS, max(2, len(self._new) + 1))
        keys = (
            seg("ctrl+s", "accent bold"),
            seg(" keep   "),
            seg("esc", "accent bold"),
            seg(" leave it as it was"),
        )
        name = (seg("edit ", "muted"), seg(f"hunk {self.hunk.lstrip('h')}", "strong bold"))
        self.query_one("#editor-head", Bar).show([Line(name, keys, surface="select-idle", mark="accent")])
        area.focus()

    def on_hunk_text_ended(self, message: HunkText.Ended) -> None:
        message.stop()
        self.post_message(self.Done(self.hunk, self._lines() if message.keep else None))

    def _lines(self) -> tuple[str, ...]:
        text = self.query_one(TextArea).text
        return lines_of(text + "\n" if text and self._ends and not text.endswith("\n") else text)
