"""One bug, one case, by keys: merge, take out, and answer "these two look like one"; for Inbox and Case alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rootcase.core.model.case import Case

if TYPE_CHECKING:
    from rootcase.core.desk import Desk
    from rootcase.tui.screens.base import RootScreen

VERDICTS = ("fix", "investigate", "ticket", "wait", "ignore")


async def merge(screen: RootScreen, desk: Desk, into: str, marked: tuple[str, ...]) -> bool:
    """The marked cases go into the one under the cursor; without marks its first proposal is accepted."""
    case = await desk.case(into)
    because = ""
    gone = tuple(key for key in marked if key != into)
    if not gone and case.joins:
        gone, because = (case.joins[0].other,), case.joins[0].because
    if not gone:
        screen.notice("+  merge: mark other cases with space first")
        return False
    for key in gone:
        await desk.merge(key, into, because)
    names = ", ".join(gone)
    screen.notice(
        f"{names} {'is' if len(gone) == 1 else 'are'} part of {into} now; - takes it out again", "good"
    )
    return True


async def part(screen: RootScreen, desk: Desk, key: str, signal: str = "") -> bool:
    """Take a signal out, or the case that came in last; where a join is proposed, decline it instead.

    signal: `source:id` where the cursor stands on one. Says whether anything was done.
    """
    case = await desk.case(key)
    if not signal and case.joins:
        return await _decline(screen, desk, case)
    if not signal and case.took:
        signal = case.took[-1]
    if not signal:
        signal = await _which(screen, case)
    if not signal:
        return False
    to = await desk.unmerge(key, signal)
    what = f"{to} is a case of its own again" if signal == to else f"{signal} is in {to} now"
    screen.notice(f"{what}, and stays apart; u in the case takes that back", "good")
    return True


async def _decline(screen: RootScreen, desk: Desk, case: Case) -> bool:
    from rootcase.core.model.entries import JoinDeclined

    other = case.joins[0].other
    why = await screen.ask(
        f"{case.key} and {other} are two. Why?", hint="for the journal; empty is fine, esc keeps the question"
    )
    if why is None:
        return False
    await desk.say(case.key, JoinDeclined(other, why.strip()))
    screen.notice(f"{other} stays apart from {case.key}; it is not proposed again", "good")
    return True


async def _which(screen: RootScreen, case: Case) -> str:
    names = [signal.short_id or f"{signal.source}:{signal.id}" for signal in case.signals]
    if len(names) < 2:
        screen.notice("-  un-merge: this case has one signal")
        return ""
    told = await screen.ask("Which signal leaves?", hint=", ".join(names)[:80], text=names[-1])
    return (told or "").strip()


async def override(screen: RootScreen, desk: Desk, key: str) -> bool:
    """A human's verdict, with its reason; it stands over every rule until it is taken back."""
    from rootcase.core.model.entries import VerdictOverridden

    told = await screen.ask(
        f"Your verdict on {key}", hint="fix, investigate, ticket, wait or ignore, then why"
    )
    word, _, reason = (told or "").strip().partition(" ")
    if not word:
        return False
    named = [verdict for verdict in VERDICTS if verdict.startswith(word.lower().rstrip(":,"))]
    if len(named) != 1:
        screen.notice(f"`{word}` is no verdict: {', '.join(VERDICTS)}")
        return False
    await desk.say(key, VerdictOverridden(named[0], reason.strip(" :,")))  # type: ignore[arg-type]
    screen.notice(f"{key}: {named[0]}, by you", "good")
    return True


async def agree(screen: RootScreen, desk: Desk, key: str) -> bool:
    """A named owner's word that sensitive code may change; recorded with the name of who gave it."""
    from rootcase.core.model.entries import OwnerAgreed

    name = desk.actor.removeprefix("human:")
    told = await screen.ask(f"As {name}, owner: may it change?", hint="say on what terms; esc gives no word")
    if told is None:
        return False
    await desk.say(key, OwnerAgreed(told.strip()))
    screen.notice(f"{name} agreed; the gate is asked again at the next run (t)", "good")
    return True
