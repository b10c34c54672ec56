"""Which kinds of confidence a change needs, and what the journal shows of each; no word of a model counts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from rootcase.core.model import ladder
from rootcase.core.model.case import Case
from rootcase.core.model.delivery import ConfidenceKind
from rootcase.core.model.evidence import Evidence
from rootcase.core.model.hunks import lines_of

CONFIDENCE_KINDS: tuple[ConfidenceKind, ...] = get_args(ConfidenceKind)
WORDS: dict[ConfidenceKind, str] = {kind: kind.replace("-", " ") for kind in CONFIDENCE_KINDS}
# Folders and files by which frameworks change what is stored (Rails, Django, Alembic, Flyway, Prisma, Liquibase).
STORED = re.compile(
    r"(?:^|/)(?:migrations?|migrate|alembic|flyway|liquibase|changelog)(?:/|$)|\.(?:sql|ddl)$"
    r"|(?:^|/)(?:schema\.(?:rb|prisma|xml)|structure\.sql|models\.py)$",
    re.IGNORECASE,
)
# How a reproduction says which recorded event it plays back, in a comment or a name.
MARK = re.compile(r"\breplays[ :_]+([ef]\d+)\b", re.IGNORECASE)
# A quoted text that is no key, or a number with more than one digit.
_VALUE = re.compile(
    r"'([^'\\]{3,80})'(?!\s*:)|\"([^\"\\]{3,80})\"(?!\s*:)|(?<![\w.])(\d{2,}(?:\.\d+)?)(?![\w.])"
)
_FACT = re.compile(r"^(?:request|tag [^:]{1,80}|context [^:]{1,80}|user): (.+)$|^[A-Za-z_]\w* = (.+)$")


@dataclass(frozen=True, slots=True)
class Need:
    """One kind that was asked for. by: the setting or the human who asks; why: what shows it, or what is missing."""

    kind: ConfidenceKind
    state: Literal["done", "waived", "open"]
    why: str
    by: str
    cites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """What the journal shows of a kind."""

    done: bool
    why: str
    cites: tuple[str, ...] = ()


def needs(case: Case, asked: Sequence[tuple[ConfidenceKind, str]]) -> tuple[Need, ...]:
    """Each kind that is asked for, by the policy (`asked`: kind, setting) or in this case, with its state.

    A waiver counts for the draft it was said about.
    """
    by: dict[ConfidenceKind, str] = {}
    for kind, setting in (*asked, *((kind, case.confidence_by) for kind in case.confidence)):
        by.setdefault(kind, setting)
    return tuple(_need(case, kind, by[kind]) for kind in CONFIDENCE_KINDS if kind in by)


def still_open(case: Case, asked: Iterable[ConfidenceKind]) -> tuple[ConfidenceKind, ...]:
    """The kinds that nothing shows and nobody has waived."""
    return tuple(n.kind for n in needs(case, [(kind, "") for kind in asked]) if n.state == "open")


def shown(case: Case, kind: ConfidenceKind) -> Shown:
    """What the journal shows of a kind for the draft as it stands."""
    return CHECKS[kind](case)


def stored_paths(paths: Iterable[str]) -> tuple[str, ...]:
    """Those of the paths that change what is stored, by their names."""
    return tuple(path for path in paths if STORED.search(path))


def _need(case: Case, kind: ConfidenceKind, by: str) -> Need:
    found = shown(case, kind)
    if found.done:
        return Need(kind, "done", found.why, by, found.cites)
    digest = case.draft.digest if case.draft else ""
    waiver = next((w for w in reversed(case.waivers) if w.kind == kind and w.digest == digest), None)
    if waiver is not None:
        who = waiver.by.removeprefix("human:")
        return Need(kind, "waived", f"waived by {who}: {waiver.reason}", by)
    return Need(kind, "open", found.why, by, found.cites)


def _unit_test(case: Case) -> Shown:
    """Red without the patch, green with it, the suite intact: all on the exact tree of the draft."""
    for rung in ladder.rungs(case)[3:5]:
        if rung.state != "on":
            return Shown(False, rung.why or rung.text, rung.cites)
    ran = [result for step in ("green", "revert", "suite") if (result := case.proof(step)) is not None]
    trees = {result.tree for result in ran if result.step in ("green", "suite")}
    if len(trees) != 1:
        return Shown(False, "green and suite ran on different trees")
    cites = tuple(result.evidence for result in ran if result.evidence)
    return Shown(True, f"red without the patch and green with it, on tree {trees.pop()[:12]}", cites)


def _replayed_event(case: Case) -> Shown:
    """A reproduction that names the event it plays back, holds values recorded in it, and was red as production is."""
    test = "".join(
        line for hunk in (case.draft.accepted if case.draft else ()) if hunk.test for line in hunk.new
    )
    if not test:
        return Shown(False, "there is no reproduction yet")
    known = {item.id: item for item in case.evidence}
    marked = [known[name.lower()] for name in MARK.findall(test) if name.lower() in known]
    if not marked:
        return Shown(False, "the reproduction names no event that it plays back, such as `replays f1`")
    for item in marked:
        recorded = recorded_values(item)
        held = [value for value in recorded if value in test]
        if not held:
            continue
        told = f"{len(held)} of {len(recorded)} recorded values of {item.id} are in the reproduction"
        for rung in ladder.rungs(case)[3:5]:
            if rung.state != "on":
                return Shown(False, f"{told}, but: {rung.why or rung.text}", (item.id,))
        return Shown(True, told, (item.id,))
    named = ", ".join(item.id for item in marked)
    return Shown(False, f"no recorded value of {named} is in the reproduction", tuple(i.id for i in marked))


def recorded_values(item: Evidence) -> tuple[str, ...]:
    """Texts and numbers that a frame's variables or an event's request hold; keys and redacted ones are left out."""
    found: list[str] = []
    for line in lines_of(item.text):
        fact = _FACT.match(line.rstrip("\n"))
        if fact is None:
            continue
        value = fact.group(1) or fact.group(2)
        if line.startswith("request: "):
            found.extend(part for part in re.split(r"[/?&=\s]+", value.partition("://")[2].partition("/")[2]))
        elif fact.group(1):
            found.append(value.strip())
        else:
            found.extend(next(filter(None, match.groups())) for match in _VALUE.finditer(value))
    for _, value in item.data if item.kind == "frame" else ():
        found.extend(next(filter(None, match.groups())) for match in _VALUE.finditer(value))
    return tuple(dict.fromkeys(v for v in found if len(v) >= 2 and "[redacted" not in v))


def _migration_check(case: Case) -> Shown:
    """No accepted hunk touches what is stored; one that does has to be run by somebody, which nothing here can do."""
    if case.draft is None or not case.draft.accepted:
        return Shown(False, "there is no draft yet")
    paths = tuple(dict.fromkeys(hunk.path for hunk in case.draft.accepted if not hunk.test))
    touched = stored_paths(paths)
    if touched:
        return Shown(
            False, f"{', '.join(touched[:3])} changes what is stored; nobody has run it there and back"
        )
    return Shown(True, f"none of {len(paths)} changed files is a migration, a schema or a model")


def _rollback_plan(case: Case) -> Shown:
    """A way back that the journal names: the plan's, or the last good release with its commit."""
    plan = case.plan.rollback.strip() if case.plan else ""
    target = case.code.rollback if case.code else None
    paths = [hunk.path for hunk in (case.draft.accepted if case.draft else ()) if not hunk.test]
    if stored_paths(paths) and not plan:
        return Shown(
            False, "a revert alone does not take back what is stored, and the plan names no way back"
        )
    if plan:
        return Shown(True, f"the plan says: {plan}")
    if target is not None and target.commit:
        cites = (target.evidence,) if target.evidence else ()
        return Shown(True, f"last good release {target.release} at {target.commit[:10]}", cites)
    return Shown(False, "the plan names no way back, and no good release with a known commit is on record")


CHECKS: dict[ConfidenceKind, Callable[[Case], Shown]] = {
    "unit-test": _unit_test, "replayed-event": _replayed_event, "migration-check": _migration_check,
    "rollback-plan": _rollback_plan,
}  # fmt: skip
