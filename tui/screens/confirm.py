"""A question that only the letters it names answer, never the key that opened it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult

from rootcase.tui.keys import key_name
from rootcase.tui.render.layout import seg, wrap
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.screens.overlay import Overlay
from rootcase.tui.widgets.line_pane import LinePane

TEXT_WIDTH = 44


@dataclass(frozen=True, slots=True)
class Answer:
    """key: the letter that gives it. words: what it does; says: what more, in a lighter voice."""

    key: str
    words: str
    says: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """title: the question with its names and numbers. opened_by: the key that does nothing here."""

    title: str
    text: str
    answers: Sequence[Answer]
    stay: str = "go back"
    opened_by: str = ""


class ConfirmScreen(Overlay):
    """Ends with the key of the answer, "" for esc. A held key is dropped: only named letters count."""

    DEFAULT_CSS = "ConfirmScreen #question { margin: 0; }"

    def __init__(self) -> None:
        super().__init__()
        self.question = Question("", "", ())

    def put(self, question: Question) -> None:
        """The question to ask; before it opens."""
        self.question = question
        self.keys = (*((a.key, a.words) for a in question.answers), ("esc", question.stay))
        if self.is_mounted:
            self._show()
            self.fit()

    def box(self) -> ComposeResult:
        yield LinePane("question", surface="bar", cursor=False)

    def on_mount(self) -> None:
        self._show()

    def _show(self) -> None:
        self.query_one("#question", LinePane).show(question_lines(self.question))

    def box_height(self, screen_height: int) -> int:
        return len(question_lines(self.question))

    def on_key(self, event: events.Key) -> None:
        key = key_name(event)
        if any(answer.key == key for answer in self.question.answers):
            event.prevent_default()
            self.dismiss(key)


def question_lines(question: Question) -> tuple[Line, ...]:
    """Title, text, one row for each answer, esc last; the first answer is the solid one."""
    rows: list[tuple[Seg, ...]] = [()]
    rows.extend((seg(row, "strong bold"),) for row in wrap(question.title, TEXT_WIDTH + 12))
    rows.extend((seg(row, "muted"),) for row in wrap(question.text, TEXT_WIDTH + 12) if row)
    rows.append(())
    for number, answer in enumerate(question.answers):
        solid = "on-accent bold on accent" if number == 0 else "strong bold on select-idle"
        words = Seg(answer.words, "strong bold" if number == 0 else "fg")
        rows.append(
            (
                Seg(f" {answer.key} ", solid),
                Seg("  "),
                words,
                seg(f", {answer.says}" if answer.says else "", "muted"),
            )
        )
    rows.append((Seg("esc", "strong bold on select-idle"), Seg("  "), Seg(question.stay)))
    if question.opened_by:
        rows.append(())
        rows.append(
            (Seg(f"{question.opened_by} opened this; a second {question.opened_by} does nothing", "faint"),)
        )
    rows.append(())
    return tuple(Line((Seg(" "), *row), mark="warn") for row in rows)
