"""`rootcase policy`: how far Rootcase may go, and the one switch that ends all of it."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from typing import Literal

from rootcase.core.commands.casefile import opened
from rootcase.core.commands.output import say, say_json, warn
from rootcase.core.config.load import Loaded
from rootcase.core.config.settings import PolicyLevel, PolicyRule
from rootcase.core.journal.store import Store
from rootcase.core.journal.switch import Switch, switch_of
from rootcase.core.model.errors import UsageError

SCHEMA: Literal["rootcase.policy/1"] = "rootcase.policy/1"
EVERYONE = (
    "For people with a store of their own, put  policy: {stop: true}  into rootcase.yaml on the remote's default "
    "branch; it is read before each effect."
)


@dataclass(frozen=True, slots=True)
class RepositoryPolicy:
    """level, set_by: of the repository as a whole. limits: what its own rootcase.yaml adds. stopped: why nothing
    of it may be sent, also where the switch of its remote cannot be read."""

    repository: str
    level: PolicyLevel
    set_by: str
    limits: tuple[PolicyRule, ...]
    stopped: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PolicyShown:
    schema: Literal["rootcase.policy/1"]
    level: PolicyLevel
    rules: tuple[PolicyRule, ...]
    limits: tuple[PolicyRule, ...]
    approve: tuple[str, ...]
    stopped: bool
    switch: Switch
    stop_setting: bool
    repositories: tuple[RepositoryPolicy, ...]


async def main(args: argparse.Namespace, loaded: Loaded) -> int:
    async with opened(loaded) as store:
        if args.what in ("need", "waive"):
            from rootcase.core.commands.policy_case import of_case

            return await of_case(args, store)
        if args.case:
            raise UsageError(
                f"policy {args.what} is for all cases", f"{args.case} was named.", "Leave it out."
            )
        if args.what == "show":
            return await _show(args, loaded, store)
        return await _turn(args, loaded, store)


async def _show(args: argparse.Namespace, loaded: Loaded, store: Store) -> int:
    policy = loaded.settings.policy
    switch = await switch_of(store)
    repositories = tuple([await _repository(loaded, store, r.label) for r in loaded.settings.repositories])
    shown = PolicyShown(
        SCHEMA, policy.level, policy.rules, policy.limits, policy.approve, switch.on or policy.stop, switch,
        policy.stop, repositories,
    )  # fmt: skip
    if args.json:
        say_json(shown)
    else:
        say("\n".join(_as_text(shown)))
    return 0


async def _repository(loaded: Loaded, store: Store, label: str) -> RepositoryPolicy:
    """Read as before an effect: the limits and the switch on the remote's default branch."""
    from rootcase.core.deliver.levels import standing
    from rootcase.core.model.case import Case
    from rootcase.core.pipeline.house import House
    from rootcase.core.pipeline.stopping import stopped_by

    case = Case(repository=label)
    async with House(loaded, store, dict(os.environ)) as house:
        await house.limits(case)
        stopped = await stopped_by(case, house, sending=True)
        held = standing(case, house.settings)
        own = tuple(
            rule for rule in house.settings.policy.limits if rule not in loaded.settings.policy.limits
        )
        return RepositoryPolicy(label, held.level, held.rule, own, stopped, house.warnings)


def _as_text(shown: PolicyShown) -> list[str]:
    switch = shown.switch
    state = switch.words or ("policy.stop is set in config.yaml" if shown.stop_setting else "")
    lines = [f"stopped: {state}" if state else "the switch is off"]
    lines.append(f"level {shown.level}; unattended runs may send: {', '.join(shown.approve) or 'nothing'}")
    for name, rules in (("rule", shown.rules), ("limit", shown.limits)):
        lines += [f"  {name} {number}: {_rule(rule)}" for number, rule in enumerate(rules, 1)]
    for each in shown.repositories:
        lines.append(f"{each.repository}: {each.level}, set by {each.set_by}")
        lines += [f"  its rootcase.yaml: {_rule(rule)}" for rule in each.limits]
        if each.stopped and each.stopped != switch.words:
            lines.append(f"  stopped: {each.stopped}")
        lines += [f"  ? {warning}" for warning in each.warnings]
    return lines


def _rule(rule: PolicyRule) -> str:
    where = ", ".join(rule.paths) or "every file"
    what: list[str] = [rule.level] if rule.level else []
    what += [f"needs {', '.join(rule.confidence)}"] if rule.confidence else []
    of = f" of {rule.repository}" if rule.repository else ""
    return f"{where}{of}: {'; '.join(what)}"


async def _turn(args: argparse.Namespace, loaded: Loaded, store: Store) -> int:
    from rootcase.core.desk import actor_of
    from rootcase.core.pipeline.switching import turned, withdrawn

    environment = dict(os.environ)
    on = args.what == "stop"
    switch = await turned(store, on=on, reason=args.reason, actor=actor_of(environment))
    taken = await withdrawn(loaded, store, environment=environment) if on else ()
    failed = [each for each in taken if each.why]
    if args.json:
        say_json({"schema": "rootcase.policy.switch/1", "on": switch.on, "by": switch.by, "reason": switch.reason,
                  "withdrawn": taken})  # fmt: skip
        return 6 if failed else 0
    say("Stopped: nothing is sent from this store." if on else "The switch of this store is off again.")
    for each in taken:
        told = f"could not be taken back: {each.why}" if each.why else "will not be merged by itself any more"
        (warn if each.why else say)(f"{each.case}  {each.url or each.target} {told}")
    if on:
        say(EVERYONE)
    elif loaded.settings.policy.stop:
        say("policy.stop is still set in config.yaml, so nothing is sent.")
    return 6 if failed else 0
