"""One look at one case whose pull request is out: the forge, the deploys, the events, the quiet period, in order."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from rootcase.core.model.case import Case
from rootcase.core.model.entries import Body, FixAwaited, FixVerified
from rootcase.core.model.errors import LeaseLost, RootcaseError
from rootcase.core.pipeline.watching.landing import see_landings, why_not_landed
from rootcase.core.pipeline.watching.looking import Looking
from rootcase.core.pipeline.watching.pull import see_pull, see_revert
from rootcase.core.pipeline.watching.quiet import read_until, verified
from rootcase.core.pipeline.watching.recurring import see_recurrence, unknown_releases
from rootcase.core.run.recorder import Recorder

Step = Callable[[Case, Looking], AsyncGenerator[Body, None]]
DAY_US = 86_400_000_000
# A fix that has come back by then is called wrong; later errors are new ones.
WATCHED_US = 30 * DAY_US
# A merge that no deploy is known of is not waited for without end.
LONGEST_US = 90 * DAY_US
# What is settled is looked at once an hour.
SETTLED_REST_US = 3_600_000_000


async def see_quiet(case: Case, looking: Looking) -> AsyncGenerator[Body, None]:
    """FixVerified for each environment whose quiet period is over, and FixAwaited where nobody can tell."""
    after = case.after
    if after is None or after.pull.state != "merged" or after.recurred or after.reverted:
        return
    states = {
        s.label: await looking.house.store.source_state(s.label) for s in looking.house.settings.sources
    }
    read_us, unread = read_until(case, states)
    why = await why_not_landed(case, looking) or await unknown_releases(case, looking)
    if after.landed and not why:
        for each in verified(case, after, read_us, looking.now_us):
            yield FixVerified(each)
        why = unread
    if why != after.awaits:
        yield FixAwaited(why)


STEPS: tuple[Step, ...] = (see_pull, see_revert, see_landings, see_recurrence, see_quiet)


async def look(recorder: Recorder, looking: Looking) -> str:
    """Look at everything and record what is new; returns the fault of what did not answer, "" for none.

    A forge or remote that does not answer keeps nothing else from being seen; it is written down once, and as long
    as it is so nothing is called quiet.
    """
    fault = ""
    for step in STEPS:
        if fault and step is see_quiet:
            break
        try:
            async with aclosing(step(recorder.case, looking)) as bodies:
                async for body in bodies:
                    await recorder.record(body)
        except LeaseLost:
            raise
        except RootcaseError as error:
            fault = fault or f"{error.title}. {error.detail}".strip(". ")
    if fault and recorder.case.after is not None and recorder.case.after.awaits != fault:
        await recorder.record(FixAwaited(fault))
    return fault


def is_over(case: Case, now_us: int) -> bool:
    """Whether nothing more is to be seen: long closed, long out, or in another case now."""
    after = case.after
    if after is None or case.merged_into:
        return True
    pull = after.pull
    if pull.state in ("open", "draft"):
        return False
    landed_us = max((each.at_us for each in after.landed), default=0)
    if pull.state == "closed" or after.reverted or landed_us:
        return now_us - max(pull.at_us, landed_us) > WATCHED_US
    return now_us - pull.at_us > LONGEST_US


def rest_us(case: Case) -> int:
    """How much longer than others a case is left alone."""
    return (
        SETTLED_REST_US
        if case.after and case.after.stage in ("verified", "closed", "reverted", "recurred")
        else 0
    )


def now_us() -> int:
    return time.time_ns() // 1000
