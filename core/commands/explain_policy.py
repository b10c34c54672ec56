"""`rootcase explain policy CASE`: how far the case may go, the setting that says so, and what it still waits for."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from typing import Literal

from rootcase.core.commands.casefile import folded, opened, resolved
from rootcase.core.commands.output import say, say_json
from rootcase.core.config.load import Loaded
from rootcase.core.config.settings import PolicyLevel
from rootcase.core.deliver.levels import FileLevel, standing
from rootcase.core.deliver.narrow import Check
from rootcase.core.deliver.policy import Depth, approvable, depth
from rootcase.core.model import ladder
from rootcase.core.model.case import Case
from rootcase.core.model.confidence import WORDS, Need
from rootcase.core.model.delivery import ProposalKind

SCHEMA: Literal["rootcase.explain.policy/1"] = "rootcase.explain.policy/1"
MARKS = {"done": "√", "waived": "–", "open": "×"}


@dataclass(frozen=True, slots=True)
class PolicyExplained:
    """policy, set_by: the level and the setting that gives it; depth, rule: what it comes to with the evidence.

    confidence: kinds that were asked for. merge: checks before the forge is asked to merge, none where no level
    says so. unattended: the line of policy.approve by which the present proposal would be sent, "" for none.
    stopped: why nothing may be sent. warnings: what a repository's file wanted and may not.
    """

    schema: Literal["rootcase.explain.policy/1"]
    case: str
    ladder: str
    policy: PolicyLevel
    set_by: str
    depth: ProposalKind
    rule: str
    files: tuple[FileLevel, ...]
    confidence: tuple[Need, ...]
    merge_allowed: bool
    merge: tuple[Check, ...]
    escalation: str
    unattended: str
    stopped: str
    warnings: tuple[str, ...]


async def explain_policy(args: argparse.Namespace, loaded: Loaded) -> int:
    """The same reading of switch and limits as before an effect, and nothing is written."""
    from rootcase.core.pipeline.freezing import freeze
    from rootcase.core.pipeline.house import House
    from rootcase.core.pipeline.stopping import stopped_by

    async with opened(loaded) as store:
        case = await folded(store, await resolved(store, " ".join(args.input)))
        async with House(loaded, store, dict(os.environ)) as house:
            await house.limits(case)
            stopped = await stopped_by(case, house)
            repository, settings = house.repository_settings(case), house.settings
            how = depth(case, settings, repository, stopped=stopped, freeze=freeze(case, settings))
            told = _told(case, how, standing(case, settings).files, approvable(case, settings.policy), stopped,
                         house.warnings)  # fmt: skip
    if args.json:
        say_json(told)
    else:
        say("\n".join(_as_text(told)))
    return 0


def _told(
    case: Case,
    how: Depth,
    files: tuple[FileLevel, ...],
    unattended: str,
    stopped: str,
    warnings: tuple[str, ...],
) -> PolicyExplained:
    return PolicyExplained(
        SCHEMA, case.key, ladder.level(case), how.level, how.set_by, how.kind, how.rule, files, how.needs,
        how.merge is not None and how.merge.ok, how.merge.checks if how.merge else (),
        how.escalation.words if how.escalation else "", unattended, stopped, warnings,
    )  # fmt: skip


def _as_text(told: PolicyExplained) -> list[str]:
    lines = [f"{told.case}  evidence {told.ladder}  policy {told.policy}, set by {told.set_by}"]
    lines.append(f"{told.depth}: {told.rule}")
    lines += [f"  {file.level:<13} {file.path}  ({file.rule})" for file in told.files]
    for need in told.confidence:
        by = need.by.removeprefix("human:")
        lines.append(f"  {MARKS[need.state]} {WORDS[need.kind]}, asked for by {by}: {need.why}")
    lines += [f"  {'√' if check.ok else '×'} merge, {check.name}: {check.saw}" for check in told.merge]
    if told.escalation:
        lines.append(f"  ! escalation: {told.escalation}")
    lines.append(f"unattended: {told.unattended or 'nothing is sent, the case waits for a human'}")
    return [*lines, *(f"? {warning}" for warning in told.warnings)]
