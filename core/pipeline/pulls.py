"""Reads our pull requests back: their checks, and what people said when they reviewed them."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace

from rootcase.core.config.load import Loaded
from rootcase.core.journal.fold import fold
from rootcase.core.journal.store import InboxRow, Store
from rootcase.core.model.case import Case
from rootcase.core.model.entries import Body, Faulted, PullRead
from rootcase.core.model.errors import RateLimited, RootcaseError
from rootcase.core.model.pulls import Standing
from rootcase.core.pipeline.house import House
from rootcase.core.pipeline.sending import approved_place
from rootcase.core.safety.redact import Redactor

# The state of the round, kept as a source's is; and how often and how many are read in one, a few requests each.
PULLS = "@pull requests"
EVERY_S = 300.0
MOST = 20
MOST_OTHERS = 40


def open_pull(case: Case) -> int:
    """The number of our pull request while it may still change, 0 without one."""
    sent = case.effect("pull_request")
    if sent is None or sent.state != "done" or not sent.number.isdigit():
        return 0
    over = case.pull is not None and case.pull.state != "open" and case.pull.shown[1:] == sent.number
    return 0 if over else int(sent.number)


async def read_pull(case: Case, house: House) -> AsyncGenerator[Body, None]:
    """PullRead where it is not as the case knows it. RootcaseError where the forge cannot be asked."""
    number = open_pull(case)
    forge = await house.forge(case, await approved_place(case, house)) if number else None
    if forge is None:
        return
    now = kept(await forge.standing(number), house.redactor)
    if now != case.pull:
        yield PullRead(now)


async def read_pulls(loaded: Loaded, store: Store, *, environment: dict[str, str], due: bool = False) -> int:
    """Read those of all cases, one after the other; returns how many have changed. due: unless just read."""
    state = await store.source_state(PULLS)
    now_us = time.time_ns() // 1000
    if due and now_us < state.due_us(EVERY_S):
        return 0
    rows = _candidates(await store.inbox())
    read = changed = 0
    async with House(loaded, store, environment) as house:
        for row in rows:
            case = fold(await store.entries(row.key))
            if read >= MOST or not open_pull(case) or await store.lease_holder(row.key):
                continue
            read += 1
            try:
                bodies = [body async for body in read_pull(case, house)]
            except RateLimited:
                break
            except RootcaseError as fault:
                bodies = _faulted(case, fault)
            changed += any(isinstance(body, PullRead) for body in bodies)
            if bodies:
                await store.append(row.key, bodies, actor="rootcase")
    await store.save_source_state(replace(state, tried_us=now_us, synced_us=now_us))
    return changed


def _candidates(rows: Sequence[InboxRow]) -> list[InboxRow]:
    """Cases that were sent, then the few that changed last of those that may have been; folding all takes too long."""
    newest = sorted(rows, key=lambda row: -row.changed_us)
    others = [row for row in newest if row.state in ("asks", "ready", "regressed", "resolved")]
    return [*(row for row in newest if row.state == "sent"), *others[:MOST_OTHERS]]


def _faulted(case: Case, fault: RootcaseError) -> list[Body]:
    """Said once for the same fault, not at every look."""
    said = Faulted("deliver", fault.title, fault.detail, fault.hint)
    return [] if said in case.faults[-1:] else [said]


def kept(standing: Standing, redactor: Redactor) -> Standing:
    """The standing as it may be kept: people paste secrets into reviews too."""
    remarks = tuple(replace(r, text=redactor.text(r.text)) for r in standing.remarks)
    return replace(standing, remarks=remarks)
