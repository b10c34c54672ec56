"""`s` in the Case: the incident note exactly as it would be posted, where to, and the question."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence

from rootcase.tui.render.layout import seg, wrap
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.screens.act_keys import ActKeys
from rootcase.tui.screens.listing import Listing


class PostingScreen(Listing):
    """Ends with `y` to post, "" to leave it; the key that opened it answers nothing."""

    keys = (("y", "post it"), ("j k", "scroll"), ("esc", "keep it here"))
    spare = 4

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.places: Sequence[str] = ()

    def put(self, text: str, places: Sequence[str]) -> None:
        """text: as it would be posted. places: where, one a line."""
        self.text, self.places = text, places
        self.filled()

    def title_line(self) -> Line:
        return Line(
            (Seg("Post the incident note?", "strong bold"), Seg("  it cannot be taken back", "muted")),
            (Seg("y", "accent bold"), Seg(" post it", "muted")),
        )

    def lines(self, width: int) -> tuple[Line, ...]:
        rows = [
            Line((Seg("    " if number else "to  ", "muted"), seg(place, "strong")))
            for number, place in enumerate(self.places)
        ]
        rows.append(Line())
        rows += [Line((seg(row),)) for part in self.text.split("\n") for row in wrap(seg(part).text, width)]
        return tuple(rows)

    def answer(self, key: str) -> bool:
        if key == "y":
            self.dismiss("y")
        return key == "y"


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
