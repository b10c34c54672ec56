"""After a merge: the issue at its source is resolved in the next release, where the configuration lists that."""

from __future__ import annotations

from rootcase.core.journal.store import Store
from rootcase.core.model.case import Case
from rootcase.core.model.entries import ActIntended
from rootcase.core.model.errors import GuardrailError
from rootcase.core.model.intents import Able, Wish, intended
from rootcase.core.pipeline.acting import able, carry_out
from rootcase.core.pipeline.house import House
from rootcase.core.pipeline.stopping import stopped_by

NEXT_RELEASE = "next"


def resolutions(case: Case, can: Able) -> tuple[ActIntended, ...]:
    """What resolving it at its sources would be; empty once it was asked for, by whom ever, since the merge."""
    after = case.after
    if after is None or after.pull.state != "merged" or after.recurred or after.reverted:
        return ()
    asked = asked_name(case)
    since = [r for r in case.acts if r.act == "resolve" and (r.asked == asked or r.at_us >= after.pull.at_us)]
    return () if since else intended(case, Wish("resolve", release=NEXT_RELEASE), can, asked)


def asked_name(case: Case) -> str:
    """One name for each merge: a second look, or one after a kill, asks for nothing twice."""
    return f"merged-{case.after.pull.commit[:12]}" if case.after else ""


async def resolve_at_sources(store: Store, case: Case, house: House) -> bool:
    """Do it, or finish what was begun, where `policy.approve` lists `status`; whether anything was done.

    GuardrailError while everything is stopped, Unreachable where the remote that may hold the switch cannot be
    read. Each act is an entry before and after.
    """
    await house.limits(case)
    if "status" not in house.settings.policy.approve:
        return False
    asked = asked_name(case)
    bodies = resolutions(case, await able(house.loaded, house.environment))
    pending = any(record.asked == asked and record.state == "intended" for record in case.acts)
    if not bodies and not pending:
        return False
    if why := await stopped_by(case, house, sending=True):
        raise GuardrailError(f"everything is stopped: {why}", "", "rootcase policy show says by whom.")
    if bodies:
        await store.append(case.key, bodies, actor="rootcase")
    await carry_out(house.loaded, store, case.key, environment=house.environment, asked=asked)
    return True
