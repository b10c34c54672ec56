"""Leaving: asks when a run is live, closes the store, ends."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from rootcase.core.model.errors import RootcaseError
from rootcase.tui.render.words import dollars
from rootcase.tui.screens.base import RootScreen

if TYPE_CHECKING:
    from rootcase.tui.app import RootcaseApp
    from rootcase.tui.screens.confirm import Question

CLOSE_S = 0.1


async def leave(app: RootcaseApp) -> None:
    """Quit; while a run is live only after asking whether to leave it or stop it."""
    live = await _live(app)
    if live and isinstance(app.screen, RootScreen):
        answer = await app.screen.confirm(question(live))
        if not answer:
            return
        if answer == "s":
            from rootcase.core.model.entries import StopAsked

            for key, _ in live:
                await app.desk.say(key, StopAsked("asked at leaving"))
    await leave_now(app)


async def leave_now(app: RootcaseApp) -> None:
    """Close the store and end; runs go on by themselves. A store that is slow to close is left behind."""
    with contextlib.suppress(TimeoutError, RootcaseError):
        await asyncio.wait_for(app.close_desk(), CLOSE_S)
    app.exit(0)


async def _live(app: RootcaseApp) -> tuple[tuple[str, str], ...]:
    """Cases with a living run, each with where it stands, in words."""
    if not app.has_desk:
        return ()
    out: list[tuple[str, str]] = []
    for row in app.inbox.running():
        if await app.desk.store.lease_holder(row.key):
            cap = app.desk.settings.budget.usd
            doing = row.because.partition(",")[0]
            out.append((row.key, f"{row.key}, {doing}, {dollars(row.cost_usd)} of {dollars(cap)}"))
    return tuple(out)


def question(live: tuple[tuple[str, str], ...]) -> Question:
    """`A run is live: C-412, prove, $0.38 of $1.00`."""
    from rootcase.tui.screens.confirm import Answer, Question

    one = len(live) == 1
    title = (
        f"A run is live: {live[0][1]}"
        if one
        else f"{len(live)} runs are live: {', '.join(k for k, _ in live)}"
    )
    goes = "It goes on without this screen, within its budget, and stops where it needs your word."
    many = "They go on without this screen, within their budgets, and stop where they need your word."
    it = "it" if one else "them"
    return Question(
        title, goes if one else many,
        (Answer("l", f"leave {it} running", f"pick {it} up later"),
         Answer("s", f"stop {it} after this step", "keep all")),
        stay="stay", opened_by="Q",
    )  # fmt: skip
