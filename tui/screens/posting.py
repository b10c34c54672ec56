"""`s` in the Case: the incident note exactly as it would be posted, where to, and the question."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult

from rootcase.tui.keys import key_name
from rootcase.tui.render.layout import seg, wrap
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.screens.act_keys import ActKeys
from rootcase.tui.screens.overlay import WIDTH, Overlay
from rootcase.tui.widgets.bar import Bar
from rootcase.tui.widgets.line_pane import LinePane


class PostingScreen(Overlay):
    """Ends with `y` to post, "" to leave it; the key that opened it answers nothing."""

    DEFAULT_CSS = "PostingScreen #note { margin: 0 1; }"
    keys = (("y", "post it"), ("j k", "scroll"), ("esc", "keep it here"))

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.places: Sequence[str] = ()

    def put(self, text: str, places: Sequence[str]) -> None:
        """text: as it would be posted. places: where, one a line."""
        self.text, self.places = text, places
        if self.is_mounted:
            self._fill()
            self.fit()

    def box(self) -> ComposeResult:
        yield Bar("note-title", ("bar", "panel"))
        yield LinePane("note", surface="panel", cursor=False, active=True)

    def box_height(self, screen_height: int) -> int:
        return min(screen_height - 4, len(self._lines()) + 4)

    def on_mount(self) -> None:
        head = Line(
            (Seg("Post the incident note?", "strong bold"), Seg("  it cannot be taken back", "muted")),
            (Seg("y", "accent bold"), Seg(" post it", "muted")),
        )
        self.query_one("#note-title", Bar).show([head, Line()])
        self._fill()
        self.fit()

    def on_resize(self, event: events.Resize) -> None:
        self._fill()
        super().on_resize(event)

    def _lines(self) -> tuple[Line, ...]:
        width = min(WIDTH, self.app.size.width - 4) - 4
        rows = [Line((Seg("to  " if number == 0 else "    ", "muted"), seg(place, "strong")))
                for number, place in enumerate(self.places)]  # fmt: skip
        rows.append(Line())
        rows += [Line((seg(row),)) for part in self.text.split("\n") for row in wrap(seg(part).text, width)]
        return tuple(rows)

    def _fill(self) -> None:
        self.query_one("#note", LinePane).show(self._lines())

    def on_key(self, event: events.Key) -> None:
        event.prevent_default()
        key = key_name(event)
        if key == "y":
            self.dismiss("y")
        elif not self.query_one("#note", LinePane).move(key):
            super().on_key(event)
        event.stop()


async def post_note(screen: ActKeys) -> None:
    """Show the note as it would be posted and where, and post it after `y`."""
    from rootcase.core.model.intents import Wish, intended, why_not_case

    desk, case = await screen.at_hand()
    text = desk.note(case)
    asked = secrets.token_hex(4)
    bodies = intended(case, Wish("note", text=text), screen.able, asked) if text else ()
    if not bodies:
        screen.notice(
            f"s  post the note: {why_not_case(case, 'note', screen.able) or 'there is no note yet'}"
        )
        return
    names = {(signal.source, signal.id): signal.short_id for signal in case.signals}
    places = [f"{b.source} {names.get((b.source, b.signal_id)) or b.signal_id}" for b in bodies]
    answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    overlay = screen.rootcase.overlays.take(PostingScreen)
    overlay.put(text, places)
    await screen.rootcase.overlays.open(overlay, lambda word: answer.set_result(word or ""))
    if await answer == "y":
        await screen.carry_out(desk, case, bodies, asked)
