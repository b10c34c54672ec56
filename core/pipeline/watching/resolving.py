"""After a merge: the issue at its source is resolved in the next release, where the configuration lists that."""

from __future__ import annotations

from rootcase.core.config.load import Loaded
from rootcase.core.config.settings import PolicySettings
from rootcase.core.journal.store import Store
from rootcase.core.model.case import Case
from rootcase.core.model.entries import ActIntended
from rootcase.core.model.intents import Able, Wish, intended
from rootcase.core.pipeline.acting import able, carry_out

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


def listed(policy: PolicySettings) -> bool:
    """Whether the configuration lets it be done without a human's key."""
    return "status" in policy.approve and not policy.stop


async def resolve_at_sources(
    loaded: Loaded, store: Store, case: Case, policy: PolicySettings, environment: dict[str, str]
) -> bool:
    """Do it, or finish what was begun, where `policy.approve` lists `status`; whether anything was done.

    policy: as the repository's own limits leave it. Each act is an entry before and after.
    """
    if not listed(policy):
        return False
    asked = asked_name(case)
    bodies = resolutions(case, await able(loaded, environment))
    if bodies:
        await store.append(case.key, bodies, actor="rootcase")
    pending = any(record.asked == asked and record.state == "intended" for record in case.acts)
    if not bodies and not pending:
        return False
    await carry_out(loaded, store, case.key, environment=environment, asked=asked)
    return True
