"""How much a guard or a default on the crash path weighs: hides it the cause, or is the value rightly absent there."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from typing import Literal

from rootcase.core.model.case import Case
from rootcase.core.model.code import Candidate
from rootcase.core.model.proofs import Severity
from rootcase.core.review.absence import may_be_absent
from rootcase.core.review.change import Change, FileChange, functions
from rootcase.core.review.symptom import (
    CrashSite,
    at_site,
    cause_elsewhere,
    crash_path,
    failing_type,
    likelier,
)

# usual: the function answers so elsewhere. passes on: nothing for nothing. odd: a value from nowhere.
# skips: work that is left out. lost: what is left out or made up has nothing to do with what was asked for.
Outcome = Literal["usual", "passes on", "odd", "skips", "lost"]
BOUNDARY = frozenset({"ZeroDivisionError", "IndexError", "StopIteration"})
EMPTY = ("empty sequence", "empty iterable", "zero-size", "arg is an empty", "empty list", "empty string")


def weigh(
    change: Change, file: FileChange, site: CrashSite, inside: str, asked: Iterable[ast.expr], outcome: Outcome
) -> tuple[Severity, str]:  # fmt: skip
    """(severity, what more to say).

    It blocks where a supported claim cites other code. It is a remark where the base says that the value may be absent,
    or where it asks for an empty thing at its boundary and nothing else is likelier to need the change.
    """
    claim = cause_elsewhere(change.case, site)
    if claim is not None:
        return "block", f" The cause is claimed elsewhere ({claim.id})."
    if outcome == "lost":
        return "warn", ""
    asked = tuple(asked)
    reasons = [why for value in asked if (why := may_be_absent(file, inside, value))]
    if reasons and outcome != "odd":
        return "info", f" It may be right here: {reasons[0]}."
    other = _not_inner(change.case, site, likelier(change.case, site))
    if other is None and outcome != "odd" and _handed_on(change.case, file, site, inside, asked):
        return "info", " It stands where the value is read, before it is handed on."
    if other is None and (outcome == "usual" or (outcome != "skips" and at_boundary(change.case))):
        return "info", ""
    return "warn", f" {_named(other)}" if other is not None else ""


def in_way(
    case: Case, file: FileChange, line: int, sites: Sequence[CrashSite], *, callers: bool = False
) -> CrashSite | None:
    """The site that a line is at: the failing function, or one further out that some third function feeds.

    callers: the function that called the failing one counts too, whatever feeds it.
    """
    for index, site in enumerate(sites):
        if not at_site(file, line, site):
            continue
        if index == 0 or (callers and index == 1):
            return site
        other = likelier(case, site)
        inner = {(s.path, s.function.rpartition(".")[2]) for s in sites[:index]}
        third = other is not None and (other.path, other.qualified_name.rpartition(".")[2]) not in inner
        return site if third else None
    return None


def _not_inner(case: Case, site: CrashSite, other: Candidate | None) -> Candidate | None:
    """What is likelier, unless the site called it: a guard before the call is no nearer to the symptom."""
    path = crash_path(case)
    inner = (
        {(s.path, s.function.rpartition(".")[2]) for s in path[: path.index(site)]} if site in path else set()
    )
    return None if other and (other.path, other.qualified_name.rpartition(".")[2]) in inner else other


def _handed_on(case: Case, file: FileChange, site: CrashSite, inside: str, asked: Iterable[ast.expr]) -> bool:
    """Whether a caller of what failed asks for what it has just read from somebody's data."""
    function = dict(functions(file.new_tree)).get(inside) if file.new_tree is not None else None
    if function is None or site == next(iter(crash_path(case)), None):
        return False
    names = {value.id for value in asked if isinstance(value, ast.Name)}
    return any(
        isinstance(node, ast.Assign) and isinstance(node.value, ast.Attribute | ast.Subscript)
        and any(isinstance(target, ast.Name) and target.id in names for target in node.targets)
        for node in ast.walk(function)
    )  # fmt: skip


def sites_of(change: Change) -> tuple[CrashSite, ...]:
    return crash_path(change.case)


def at_boundary(case: Case) -> bool:
    """Whether production met an empty thing where one was needed: a division by none, the first of nothing."""
    if failing_type(case) in BOUNDARY:
        return True
    return any(item.kind == "event" and any(word in item.label for word in EMPTY) for item in case.evidence)


def _named(other: Candidate) -> str:
    return f"The code map holds `{other.qualified_name}` in `{other.path}` for likelier to need the change."
