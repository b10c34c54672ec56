"""Whether the error is back on a release that holds the fix, and what is different about it now."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

from rootcase.core.model.aftermath import Aftermath, Landing, Recurrence, is_rehearsal, moment
from rootcase.core.model.case import Case
from rootcase.core.model.entries import Body, DraftAbandoned, FixRecurred, OldReleaseSeen
from rootcase.core.model.events import Event
from rootcase.core.model.places import is_guessed
from rootcase.core.pipeline.watching.looking import Looking

# Old instances drain and events arrive late for some minutes after a deploy.
GRACE_US = 15 * 60 * 1_000_000
MOST_FRAMES = 4


async def see_recurrence(case: Case, looking: Looking) -> AsyncGenerator[Body, None]:
    """FixRecurred for the first event on a release with the fix; OldReleaseSeen where only older ones have it.

    The draft that was sent is over then: the next run begins anew, on the code as it is now.
    """
    async for body in _seen(case, looking):
        yield body
        if isinstance(body, FixRecurred) and case.draft is not None:
            why = f"it was merged, and the error came back on {body.recurrence.release or 'a deploy with it'}"
            yield DraftAbandoned(case.draft.number, why)


async def _seen(case: Case, looking: Looking) -> AsyncGenerator[Body, None]:
    after = case.after
    if after is None or after.pull.state != "merged" or after.recurred or after.reverted:
        return
    samples = await looking.house.samples(case)
    since = [e for e in samples if e.at_us > after.pull.at_us and not is_guessed(e)]
    for event in sorted(since, key=lambda event: event.at_us):
        if back := await _by_event(case, looking, after, event):
            changed = what_changed(case, looking, event, [e for e in samples if e.at_us <= after.pull.at_us])
            yield FixRecurred(
                Recurrence(
                    *_signal_of(case, event), event.release, event.at_us, event.environment, event.id,
                    (back, *changed),
                )
            )  # fmt: skip
            return
    for signal in case.signals:
        if signal.last_seen_us > after.pull.at_us and signal.last_release:
            held = await looking.held(case, signal.last_release)
            if held.contains:
                why = f"{signal.last_release} holds the fix by {held.why}; no event of it was kept"
                yield FixRecurred(
                    Recurrence(
                        signal.source, signal.id, signal.last_release, signal.last_seen_us, signal.environment,
                        changed=(why,),
                    )
                )  # fmt: skip
                return
    if case.state == "regressed":
        async for body in _old_ones(case, looking, after):
            yield body


async def _by_event(case: Case, looking: Looking, after: Aftermath, event: Event) -> str:
    """Why this event tells that it is back, "" where it does not."""
    if event.release:
        held = await looking.held(case, event.release)
        return f"{event.release} holds the fix: {held.why}" if held.contains else ""
    landing = _landing_for(after.landed, event)
    if landing is None or event.at_us <= landing.at_us + GRACE_US:
        return ""
    return f"it names no release, and came after {landing.release} with the fix went out at {moment(landing.at_us)}"


def _landing_for(landed: Sequence[Landing], event: Event) -> Landing | None:
    """The deploy to where an event comes from; for one that names no place, the one to production."""
    if event.environment:
        return next((each for each in landed if each.environment == event.environment), None)
    return next((each for each in landed if not is_rehearsal(each.environment)), None)


async def _old_ones(case: Case, looking: Looking, after: Aftermath) -> AsyncGenerator[Body, None]:
    """A signal counts as back although all that it came from lacks the fix."""
    came = [signal for signal in case.signals if signal.last_seen_us > after.pull.at_us]
    releases = list(dict.fromkeys(signal.last_release for signal in came))
    if not releases or "" in releases:
        return
    if all([(await looking.held(case, release)).contains is False for release in releases]):
        yield OldReleaseSeen(tuple(releases))


async def unknown_releases(case: Case, looking: Looking) -> str:
    """Why it cannot be called quiet: events since the deploy whose release nobody can place; "" for none."""
    after = case.after
    if after is None or not after.landed:
        return ""
    first_us = min(each.at_us for each in after.landed)
    for event in await looking.house.samples(case):
        if event.release and event.at_us > first_us and not is_guessed(event):
            held = await looking.held(case, event.release)
            if held.contains is None:
                return f"it came on {event.release}, and whether that holds the fix is not known: {held.why}"
    return ""


def what_changed(case: Case, looking: Looking, event: Event, before: Sequence[Event]) -> tuple[str, ...]:
    """How an event differs from those before the fix: fingerprint, frames of ours, message, place; in sentences."""
    out = []
    mark = looking.house.fingerprinter(case).event(event)
    if case.fingerprint is not None:
        same = mark.key == case.fingerprint.key
        was = mark.type or "no type"
        out.append(
            "the fingerprint is the same"
            if same
            else f"another fingerprint: {was} at {mark.anchor or 'no frame'}"
        )
    known = {name for old in before for name in _frames(old)}
    now = _frames(event)
    if known and now:
        new = [name for name in now if name not in known][:MOST_FRAMES]
        out.append(f"new frames: {', '.join(new)}" if new else "the same frames")
    raised = event.raised
    if (
        raised is not None
        and before
        and raised.value not in {old.raised.value for old in before if old.raised}
    ):
        out.append(f"another message: {raised.value[:120]}")
    if event.environment and event.environment not in {old.environment for old in before}:
        out.append(f"seen in {event.environment} now")
    return tuple(out)


def _frames(event: Event) -> list[str]:
    """Functions of ours in the trace, the innermost last, each once."""
    names = [
        f"{frame.module or frame.filename}.{frame.function}"
        for each in event.exceptions for frame in each.frames if frame.in_app is not False and frame.function
    ]  # fmt: skip
    return list(dict.fromkeys(names))


def _signal_of(case: Case, event: Event) -> tuple[str, str]:
    """(source, id) of the signal that an event was read for, else of the case's first."""
    source, _, id = event.signal.partition(":")
    if id:
        return source, id
    return (case.signals[0].source, case.signals[0].id) if case.signals else ("", "")
