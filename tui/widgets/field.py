"""One line of typed text: the filter, a steering word, a reason."""

from __future__ import annotations

from rich.cells import cell_len
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from rootcase.core.safety.text import clean_line
from rootcase.tui.render.layout import seg
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.widgets.look import look_of
from rootcase.tui.widgets.paint import paint

CARET = Seg("▏", "accent bold")
WORD_BREAKS = " :/,"


class Field(Widget, can_focus=True):
    """A text field of one row. label: said before it; hint: shown while it is empty. Only enter, esc and
    ctrl keys leave it; everything else is text."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "Field { height: 1; }"

    class Changed(Message):
        def __init__(self, field: Field, text: str) -> None:
            super().__init__()
            self.field = field
            self.text = text

        @property
        def control(self) -> Field:
            return self.field

    class Done(Message):
        """Enter (`text`), or esc (`text` is None)."""

        def __init__(self, field: Field, text: str | None) -> None:
            super().__init__()
            self.field = field
            self.text = text

        @property
        def control(self) -> Field:
            return self.field

    def __init__(self, id: str, *, label: str = "", hint: str = "", surface: str = "panel") -> None:
        super().__init__(id=id)
        self.label = label
        self.hint = hint
        self.surface = surface
        self.right: tuple[Seg, ...] = ()
        self.text = ""
        self._at = 0

    def set(self, text: str, *, label: str | None = None, hint: str | None = None) -> None:
        """Another text, with the caret at its end."""
        self.text, self._at = text, len(text)
        self.label = self.label if label is None else label
        self.hint = self.hint if hint is None else hint
        self.refresh()

    def on_key(self, event: events.Key) -> None:
        """Editing keys; enter and esc end it. Other ctrl keys go on to the screen."""
        if event.key in ("enter", "escape"):
            event.stop()
            self.post_message(self.Done(self, self.text if event.key == "enter" else None))
            return
        if self._edit(event.key) or (
            event.is_printable and event.character and self._insert(event.character)
        ):
            event.stop()
            event.prevent_default()
            return
        if not event.key.startswith("ctrl+") and event.key not in ("up", "down", "tab", "pageup", "pagedown"):
            event.stop()

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        self._insert(clean_line(event.text, limit=2000))

    def _insert(self, text: str) -> bool:
        self._change(self.text[: self._at] + text + self.text[self._at :], self._at + len(text))
        return True

    def _edit(self, key: str) -> bool:
        text, at = self.text, self._at
        match key:
            case "backspace" if at:
                self._change(text[: at - 1] + text[at:], at - 1)
            case "delete":
                self._change(text[:at] + text[at + 1 :], at)
            case "ctrl+w":
                start = self._word_start()
                self._change(text[:start] + text[at:], start)
            case "ctrl+u":
                self._change(text[at:], 0)
            case "ctrl+k":
                self._change(text[:at], at)
            case "left" | "right" | "home" | "end" | "ctrl+a":
                places = {"left": max(0, at - 1), "right": min(len(text), at + 1), "end": len(text)}
                self._at = places.get(key, 0)
                self.refresh()
            case _:
                return key == "backspace"
        return True

    def _word_start(self) -> int:
        at = self._at
        while at and self.text[at - 1] in WORD_BREAKS:
            at -= 1
        while at and self.text[at - 1] not in WORD_BREAKS:
            at -= 1
        return at

    def _change(self, text: str, at: int) -> None:
        changed = text != self.text
        self.text, self._at = text, at
        self.refresh()
        if changed:
            self.post_message(self.Changed(self, text))

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def render_line(self, y: int) -> Strip:
        look = look_of(self)
        return paint(self.line(), self.size.width, look, surface=self.surface)

    def line(self) -> Line:
        """Label, text with its caret, or the hint; the text scrolls so that the caret shows."""
        room = max(8, self.size.width - cell_len(self.label) - 6 - sum(cell_len(s.text) for s in self.right))
        start = max(0, self._at - room)
        before, after = self.text[start : self._at], self.text[self._at : self._at + room]
        segs = [Seg(self.label, "accent bold"), Seg("  ")] if self.label else []
        if not self.has_focus:
            segs.append(seg(self.text, "fg") if self.text else Seg(self.hint, "faint"))
        elif self.text:
            segs.append(seg(before, "strong"))
            if after:
                segs += [seg(after[0], "on-accent on accent"), seg(after[1:], "strong")]
            else:
                segs.append(CARET)
        else:
            segs += [CARET, Seg(self.hint, "faint")]
        return Line(tuple(segs), self.right)
