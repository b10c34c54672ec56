"""What others do with the same error, by keys: address their review, take over what they have."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rootcase.core.desk import Desk
    from rootcase.tui.screens.base import RootScreen

SHOWN = 5


async def address(screen: RootScreen, desk: Desk, key: str) -> bool:
    """Hand the remarks of people who may write there to the agent, after showing which; a run starts with them."""
    from rootcase.core.model.addressing import addressing, to_address, why_not_address
    from rootcase.tui.screens.confirm import Answer, Question

    case = await desk.case(key)
    why = why_not_address(case)
    remarks = to_address(case)
    if why or case.pull is None:
        screen.notice(f"A  address review: {why}")
        return False
    rows = [
        f"{r.author}{f' at {r.place}' if r.place else ''}: {' '.join(r.text.split())[:160]}" for r in remarks
    ]
    more = [f"… and {len(rows) - SHOWN} more"] if len(rows) > SHOWN else []
    question = Question(
        f"Address {len(remarks)} remark{'s' if len(remarks) > 1 else ''} on {case.pull.shown}?",
        "\n".join([*rows[:SHOWN], *more]),
        (Answer("y", "start a new draft with them", "it goes to the same branch, once you send it"),),
        stay="leave the draft as it is", opened_by="A",
    )  # fmt: skip
    if await screen.confirm(question) != "y":
        return False
    await desk.say(key, *addressing(await desk.case(key)))
    await desk.start_run(key, "propose")
    screen.notice(f"{len(remarks)} remarks steer the next draft; d shows it", "good")
    return True


async def take(screen: RootScreen, desk: Desk, key: str) -> bool:
    """Take over what makes the case wait: a reason, then `y` to the comment that is left there."""
    from rootcase.core.model.taking import holding, taking
    from rootcase.tui.screens.confirm import Answer, Question

    case = await desk.case(key)
    held = holding(case)
    if held is None:
        screen.notice("O  take over: it waits for nobody's work")
        return False
    whom = held.who or held.what
    reason = await screen.ask(
        f"Take over from {whom}. Why?", hint=f"said at {held.place or 'no place'}; esc leaves it"
    )
    if reason is None:
        return False
    bodies = taking(case, held, reason.strip())
    said = (
        f"{held.place} gets: {bodies[0].text}"
        if held.place
        else "Nobody can be told there; tell them by hand."
    )
    answer = Answer("y", "take it over", "the case goes on as yours")
    question = Question(
        f"Take {held.what} over from {whom}?", said, (answer,), stay=f"leave it to {whom}", opened_by="O"
    )
    if await screen.confirm(question) != "y":
        return False
    await desk.say(key, *bodies)
    case = await desk.leave_word(key)
    owed = next((e for e in case.effects if ":take:" in e.key and e.state != "done"), None)
    if owed is not None:
        screen.notice(f"{key} is yours; the comment is still owed: {owed.why}", "warn")
    else:
        screen.notice(f"{key} is yours; {whom} was told" if held.place else f"{key} is yours", "good")
    return True
