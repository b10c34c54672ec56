"""Turns the store's switch, and takes back what forges were asked to merge and have not merged yet."""

from __future__ import annotations

from dataclasses import dataclass

from rootcase.core.config.load import Loaded
from rootcase.core.deliver.merging import WithdrawMerge, standing_merge, withdrawal_key
from rootcase.core.deliver.naming import branch_name
from rootcase.core.journal.fold import fold
from rootcase.core.journal.merges import STORE_JOURNAL
from rootcase.core.journal.store import Store
from rootcase.core.journal.switch import Switch, switch_of
from rootcase.core.model.case import Case
from rootcase.core.model.delivery import Write
from rootcase.core.model.entries import EffectDone, EffectFailed, EffectIntended, PolicyResumed, PolicyStopped
from rootcase.core.model.errors import ConfigError, RootcaseError
from rootcase.core.pipeline.house import House

# States of cases that can have a pull request out.
OUT = frozenset({"sent", "ready", "asks", "running", "waiting", "regressed", "resolved"})


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """why: what kept the request from being taken back, "" where it is."""

    case: str
    target: str
    url: str = ""
    why: str = ""


async def turned(store: Store, *, on: bool, reason: str, actor: str) -> Switch:
    """The switch as it is now. A second stop stands beside the first, with its own reason."""
    if on or (await switch_of(store)).on:
        body = PolicyStopped(reason) if on else PolicyResumed(reason)
        await store.append(STORE_JOURNAL, [body], actor=actor)
    return await switch_of(store)


async def withdrawn(loaded: Loaded, store: Store, *, environment: dict[str, str]) -> tuple[Withdrawn, ...]:
    """Each merge that is still asked for, taken back at its forge; written in its case before and after."""
    out: list[Withdrawn] = []
    for row in await store.inbox():
        if row.state not in OUT:
            continue
        case = fold(await store.entries(row.key))
        if standing_merge(case) is not None:
            async with House(loaded, store, environment) as house:
                out.append(await _withdraw(case, house))
    return tuple(out)


async def _withdraw(case: Case, house: House) -> Withdrawn:
    asked = standing_merge(case)
    assert asked is not None
    key = withdrawal_key(case, asked)
    write = Write("auto_merge_off", asked.target, key, "Do not merge by itself")
    await house.store.append(case.key, [EffectIntended(write, asked.digest)], actor="rootcase")
    try:
        forge, merger = await house.forge(case), await house.merger(case)
        if forge is None or merger is None:
            raise ConfigError("No forge is configured", asked.target, "Take it back at the forge by hand.")
        act = WithdrawMerge(branch_name(case), forge, merger)
        outcome = await act.find() or await act.perform()
    except RootcaseError as fault:
        why = f"{fault.title}. {fault.detail}".strip()
        await house.store.append(case.key, [EffectFailed(key, write.kind, why, fault.hint)], actor="rootcase")
        return Withdrawn(case.key, asked.target, asked.url, why)
    await house.store.append(
        case.key, [EffectDone(key, write.kind, outcome.url, outcome.number)], actor="rootcase"
    )
    return Withdrawn(case.key, asked.target, outcome.url or asked.url)
