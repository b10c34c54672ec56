"""One round of review of a draft: every check on the exact text, and a verdict."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from rootcase.core.config.settings import GuardrailSettings
from rootcase.core.model.case import Case
from rootcase.core.model.drafts import Draft
from rootcase.core.model.entries import Reviewed
from rootcase.core.model.errors import EditError, GuardrailError, RepositoryError, TestsCannotRun
from rootcase.core.model.ports import Repository, Stage, Workspace
from rootcase.core.model.proofs import Finding
from rootcase.core.review.change import Change, Found, change_of
from rootcase.core.review.checks.aside import aside
from rootcase.core.review.checks.concurrency import concurrency
from rootcase.core.review.checks.dangerous_calls import dangerous_calls
from rootcase.core.review.checks.default_value import default_value
from rootcase.core.review.checks.dependency import dependency
from rootcase.core.review.checks.drops_validation import drops_validation
from rootcase.core.review.checks.guards_symptom import guards_symptom
from rootcase.core.review.checks.protected_files import protected_files
from rootcase.core.review.checks.secrets import secrets
from rootcase.core.review.checks.signature import signature
from rootcase.core.review.checks.size import size
from rootcase.core.review.checks.special_case import special_case
from rootcase.core.review.checks.swallows import swallows
from rootcase.core.review.checks.unasked import unasked
from rootcase.core.review.checks.unplanned import unplanned
from rootcase.core.review.checks.unrelated import unrelated
from rootcase.core.review.checks.weakened_tests import weakened_tests
from rootcase.core.review.checks.widens import widens
from rootcase.core.review.conventions import conventions, could_not_run
from rootcase.core.safety.text import clean_line

Verdict = Literal["offer", "hold", "refuse"]
Check = Callable[[Change], Iterator[Found]]
CHECKS: tuple[Check, ...] = (
    protected_files, unplanned, size, swallows, widens, default_value, guards_symptom, weakened_tests,
    special_case, drops_validation, concurrency, unasked, dangerous_calls, secrets, dependency, signature, unrelated,
    aside,
)  # fmt: skip
ORDER = {"block": 0, "warn": 1, "info": 2}


async def review(
    case: Case,
    base: Mapping[str, str | None],
    guardrails: GuardrailSettings,
    round: int,
    *,
    workspace: Workspace | None = None,
    commands: Sequence[Sequence[str]] = (),
) -> Stage:
    """Yield `Reviewed` for the case's current draft; nothing where there is none.

    base: path → text at the draft's base commit, None for a file that is not there (see `base_texts`).
    workspace, commands: where and which of the repository's own checks run, none without either.
    EditError where a hunk does not fit its base.
    """
    draft = case.draft
    if draft is None:
        return
    own = await own_checks(draft, workspace, commands) if workspace is not None else ()
    findings = examine(case, draft, base, guardrails, own)
    yield Reviewed(draft.number, draft.digest, round, findings, verdict(findings))


async def own_checks(
    draft: Draft, workspace: Workspace, commands: Sequence[Sequence[str]]
) -> tuple[Found, ...]:
    """What the repository's own checks say about a draft; that they cannot run is a remark."""
    try:
        return await conventions(draft, workspace, commands)
    except (EditError, GuardrailError, RepositoryError, TestsCannotRun) as fault:
        return (could_not_run(draft.accepted[0], fault),)


def examine(
    case: Case,
    draft: Draft,
    base: Mapping[str, str | None],
    guardrails: GuardrailSettings,
    more: Sequence[Found] = (),
) -> tuple[Finding, ...]:
    """All findings about the draft's accepted hunks, the worst first; waivers of earlier rounds kept.

    more: what running commands found about it.
    """
    change = change_of(case, draft, base, guardrails)
    found = [*(item for check in CHECKS for item in check(change)), *more]
    waived = {f.id: f for f in case.findings if f.waived}
    findings = []
    for finding in _identified(found):
        earlier = waived.get(finding.id)
        if earlier is not None:
            finding = replace(finding, waived=earlier.waived, waived_by=earlier.waived_by)
        findings.append(finding)
    return worst_first(findings)


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda f: (ORDER[f.severity], f.hunk, f.line)))


def verdict(findings: Sequence[Finding]) -> Verdict:
    """Refuse while a block is open, hold while a warning is, else offer."""
    still_open = {f.severity for f in findings if not f.waived}
    if "block" in still_open:
        return "refuse"
    return "hold" if "warn" in still_open else "offer"


async def base_texts(repository: Repository, draft: Draft) -> dict[str, str | None]:
    """The text of every file the draft touches, at its base commit."""
    paths = dict.fromkeys(state.hunk.path for state in draft.hunks)
    return {path: await repository.read(draft.base_commit, path) for path in paths}


def _identified(found: Iterable[Found]) -> Iterator[Finding]:
    """Ids from check, path and the line's own words, so they stay when hunks are numbered anew."""
    seen: Counter[str] = Counter()
    for item in found:
        words = " ".join((item.said or item.text).split())
        name = hashlib.sha256("\0".join((item.check, item.path, words)).encode()).hexdigest()[:10]
        seen[name] += 1
        suffix = f"-{seen[name]}" if seen[name] > 1 else ""
        yield Finding(
            f"r{name}{suffix}", item.check, item.severity, item.hunk, clean_line(item.text),
            item.settle, item.line,
            cites=item.cites,
        )  # fmt: skip
