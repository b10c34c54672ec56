"""How likely each function of the trace is the one to change: the innermost most, unless it only reports or helps."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rootcase.core.codemap.expected import Expected
from rootcase.core.codemap.handing import Role, followed
from rootcase.core.codemap.leads import Lead
from rootcase.core.codemap.provenance import Provenance, culprit_of, provenance
from rootcase.core.codemap.scopes import Scope
from rootcase.core.codemap.steps import Step
from rootcase.core.codemap.telling import Telling
from rootcase.core.codemap.usage import Statement, parameters, sources_of, statements

# Of 75 real crashes the innermost frame of ours is the function that was fixed in 56%, an outer one in 17%. Counted on
# 155 crashes of published packages, each with its fix in the next release: it is the one in 72% where it made the bad
# value itself, in half where the value was given to it or was in its object, and in 29% where it raised the error on
# purpose. The weights were set near these counts; fitted more closely they did worse on crashes not seen before.
INNERMOST = 0.58
# Shares that a function keeps. GIVEN: it works on what it was given alone; SMALL, HELPER: so does one of a few
# statements, or one that is shared; OUTER_GIVEN: so does a caller; REFUSED: a call refused what it was given.
GIVEN, SMALL, HELPER, OUTER_GIVEN, REFUSED = 0.55, 0.46, 0.35, 0.8, 0.85
# It works on what its object holds; a general look-up; it raises by itself: in a large function, for what it was given,
# for an error that it caught, as a check.
OBJECT, OUTER_OBJECT, OUTER_TINY, LOOKUP = 0.8, 0.9, 0.5, 0.3
RAISES, RAISES_LARGE, RAISES_GIVEN, RERAISES, CHECKS = 0.4, 0.6, 0.36, 0.38, 0.33
# A call does not fit what it calls; the object lacks an attribute of its own.
CALLS_AMISS, LACKS_OWN = 0.55, 0.75
# What a caller keeps that handed the value on as it came, and did so to one that reported it; that made it; and how
# much of the rest goes further up.
PASSES, LETS_THROUGH, MAKES, ONWARD = 0.5, 0.7, 0.8, 0.7
# Of what a function does not keep: the caller's part where the value came from there, where it did not, and where the
# function made up what it raises for.
UP, ASIDE, JUDGED = 0.7, 0.25, 0.1
# Statements of a function that only hands on, of a small one, of a large one.
TINY, FEW, MUCH = 3, 6, 25
OUTER = (0.12, 0.1, 0.08, 0.07, 0.06)
FARTHER = 0.04
# Of 45 crashes that were raised on purpose for code of another file, the caller there was fixed in 13, the one that
# raised in 6; where those two were all of the trace, in 6 and none of 7.
ACROSS, REFUSES, REFUSES_CALLER = 0.2, 0.8, 0.4
# Of 26 with four functions of ours or more, the one that raised was fixed in 2, the outermost in 6 (and in 1 of 7 where
# it has two statements or fewer): what inner layers refuse was let in at the entry.
DEEP, REPORTED_DEEP, ENTRY_REPORTED, ENTRY = 4, 0.6, 0.2, 0.08
# Of 9 functions that raised what a test of the project asks for, none was fixed; of 84 others that raised, 25.
EXPECTED = 0.05
# What is kept by those between a look-up and the step that made the key for it. For values of a type that does not fit
# the same was right in 8 of 9 crashes that it was made for, and in 2 of 9 that came after.
ASKED = 0.3
_CHECKS = re.compile(
    r"(?i)(?:^|_)(?:check|validate|valid|ensure|require|assert|verify|raise|fail|error|abort)(?:_|$)"
)
_SHARED = re.compile(r"(?:^|/)_?(?:utils?|helpers?|compat|common|validat\w+|exceptions|errors)(?:/|\.py$)")
_VENDORED = re.compile(r"(?:^|/)(?:_?vendor(?:ed)?|third_party|extern(?:als)?|packages)/")
_LOOKUPS = frozenset(("__getattr__", "__getitem__", "__getattribute__", "__get__", "__call__"))


@dataclass(frozen=True, slots=True)
class Kept:
    """share: of its weight that a step keeps. up: of the rest, what its caller gets; the remainder lies elsewhere."""

    share: float
    up: float
    why: str = ""


ALL = Kept(1.0, 0.0)
NOT_EXPECTED = Expected()


def trace_leads(steps: Sequence[Step], told: Telling, expected: Expected = NOT_EXPECTED) -> list[Lead]:
    """The trace's functions; of what one loses, a part goes to those that called it.

    What even the outermost was only given came from outside the code: it goes back to the one that failed on it.
    Args: expected: what the project's tests say of the error.
    """
    # An error that was raised on purpose may be one that a caller should have expected.
    reported = bool(steps) and steps[0].statement is not None and steps[0].statement.kind == "raise_statement"
    roles = {hand.step.distance: hand.role for hand in followed(steps, told)}
    asked = _answers_for(steps, told, roles)
    elsewhere = (step for step in steps if step.path != steps[0].path and not expected.holds(step))
    across = next(elsewhere, None) if reported else None
    weights: list[tuple[Step, float, str]] = []
    handed = 0.0
    for step in steps:
        mass = handed + (INNERMOST if step.distance == 0 else _outer(step.distance - 1))
        kept = _kept(step, told, roles.get(step.distance), reported=reported)
        if asked and step.distance < asked:
            kept = Kept(min(kept.share, ASKED), 1.0, "it works with what it was asked for")
        if expected.holds(step):
            kept = Kept(min(kept.share, EXPECTED), UP, f"{expected.at} expects it to refuse that")
        weight = mass * kept.share * (_told_share(step, told) if step.distance == 0 else 1.0)
        weight *= REPORTED_DEEP if step.distance == 0 and reported and len(steps) >= DEEP else 1.0
        if step.distance == 0 and across is not None:
            weight *= REFUSES if len(steps) > 2 else REFUSES_CALLER
        handed = mass * (1 - kept.share) * kept.up
        weights.append((step, weight, kept.why))
    out: list[Lead] = []
    for step, weight, why in weights:
        where = "the failing function" if step.distance == 0 else f"caller in the trace, {step.distance} up"
        weight += handed if step.distance == 0 and told.kind not in ("keyword", "arguments") else 0.0
        out.append(Lead(step.path, step.name, step.line, weight, f"{where}, but {why}" if why else where))
        holder = _around(step)
        if holder:
            out.append(
                Lead(step.path, holder.qualified_name, step.line, weight * 0.3, f"{step.name} stands in it")
            )
    if across is not None:
        out.append(
            Lead(across.path, across.name, across.line, ACROSS, "asked another file's code, which refused")
        )
    return [*out, *_way_in(steps, reported=reported)]


def _answers_for(steps: Sequence[Step], told: Telling, roles: Mapping[int, Role]) -> int:
    """How far up the step is that made a key which a look-up lacks; 0 for none."""
    failing = steps[0].scope if steps else None
    if told.kind != "key" or failing is None or failing.name not in _LOOKUPS:
        return 0
    return next((at for at, role in roles.items() if role == "makes"), 0)


def _way_in(steps: Sequence[Step], *, reported: bool) -> list[Lead]:
    """The outermost function of a deep trace; where the trace was cut before it, nobody can name it."""
    entry = next((step for step in steps if step.entry), None)
    if entry is None or entry.distance == 0 or len(steps) < DEEP:
        return []
    thin = entry.scope is not None and _size(entry.scope) < TINY
    weight = ENTRY_REPORTED if reported and not thin else ENTRY
    return [Lead(entry.path, entry.name, entry.line, weight, "the way into the trace")]


def _size(scope: Scope) -> int:
    """Statements of a function, those of functions in it left out."""
    return len(statements(scope))


def _outer(distance: int) -> float:
    return OUTER[distance] if distance < len(OUTER) else FARTHER


def _kept(step: Step, told: Telling, role: Role | None, *, reported: bool) -> Kept:
    """The share of its weight that a step keeps, and what it is that takes the rest."""
    kept = _kept_by_itself(step, told)
    if role == "passes":
        kept = Kept(
            min(kept.share, LETS_THROUGH if reported else PASSES),
            ONWARD,
            "it only hands on what it was given",
        )
    elif role is not None and step.statement is not None and step.statement.kind != "raise_statement":
        kept = Kept(max(kept.share, MAKES), ASIDE)
    if _VENDORED.search(step.path):
        return Kept(0.35 * kept.share, UP, "it is vendored code")
    return kept


def _kept_by_itself(step: Step, told: Telling) -> Kept:
    scope, found = step.scope, step.statement
    if scope is None or found is None:
        return ALL
    if scope.kind != "function":
        # The only functions at the top are lambdas, in tables mostly.
        table = "lambda" in step.place.text.split("\n")[step.line - 1]
        return Kept(SMALL, UP, "it is a lambda that only works on what it was given") if table else ALL
    broke_itself = step.distance == 0 and (found.subscripts or culprit_of(found, told))
    if _hands_on(scope, found) and not broke_itself:
        return Kept(0.25, UP, "it only hands the call on")
    size = _size(scope)
    shared = bool(_SHARED.search(step.path))
    if told.kind == "module" and step.distance == 0:
        return ALL  # what a module lacks nobody handed down
    came = provenance(scope, found, culprit_of(found, told) if step.distance == 0 else "")
    if found.kind == "raise_statement" and step.distance == 0:
        return _kept_by_raising(scope, found, told, came, size=size, shared=shared)
    if scope.name in _LOOKUPS and (size <= 12 or told.kind == "key"):
        return Kept(LOOKUP, UP, "it is a general look-up")
    if came == "given" and step.distance == 0 and told.kind == "other" and found.calls:
        # A call that refuses a value with an error of its own is guarded where it stands.
        return Kept(REFUSED, UP, "it was given what the call refuses")
    if came == "given":
        given = (HELPER if shared else SMALL) if size <= FEW else GIVEN
        given = max(given, OUTER_GIVEN) if step.distance and size > TINY else given
        return Kept(given, UP, "it only works on what it was given")
    if came == "object" and told.kind not in ("keyword", "arguments"):
        share = OBJECT if step.distance == 0 else OUTER_OBJECT if size > TINY else OUTER_TINY
        return Kept(share, ASIDE, "it works on what its object holds")
    return Kept(0.85, UP, "it is a shared helper") if shared else ALL


def _kept_by_raising(
    scope: Scope, found: Statement, told: Telling, came: Provenance, *, size: int, shared: bool
) -> Kept:
    """A function that raises by itself tells of a fault, and is seldom it; least of all one that only checks."""
    if told.kind == "abstract":
        return Kept(0.3, UP, "it is there to be overridden")
    if _CHECKS.search(scope.name) and size < MUCH:
        return Kept(CHECKS, UP, "it only checks what it is given")
    if any(guard.kind == "except_clause" for guard in found.guards):
        return Kept(RERAISES, ASIDE, "it only hands on an error that it caught")
    if size >= MUCH:
        return Kept(RAISES_LARGE, JUDGED, "it reports by itself")
    if came == "given" or size <= 4 or shared:
        return Kept(RAISES_GIVEN, UP, "it only reports what it was given")
    return Kept(RAISES, JUDGED, "it reports by itself")


def _told_share(step: Step, told: Telling) -> float:
    """What the words take from the failing function: a call that does not fit, an attribute its object never had."""
    if told.kind in ("keyword", "arguments"):
        return 1.0 if spreads(step, told.owner.rsplit(".", 1)[-1]) else CALLS_AMISS
    if told.kind == "attribute" and step.statement is not None:
        own = any(value in ("self", "cls") and name == told.name for value, name in step.statement.attributes)
        called = any(call.name == told.name for call in step.statement.calls)
        return LACKS_OWN if own and not called else 1.0
    return 1.0


def spreads(step: Step, name: str) -> bool:
    """Whether a step calls a function with `*parts` that are no parameter of its own."""
    given = parameters(step.scope) if step.scope else ()
    texts = (
        text
        for call in (step.statement.calls if step.statement else ())
        for text in call.arguments
        if call.name == name
    )
    return any(text.startswith("*") and not text.startswith("**") and text[1:] not in given for text in texts)


def _hands_on(scope: Scope, found: Statement) -> bool:
    """A wrapper's `return function(*args, **kwargs)` with what it was given itself."""
    given = {f"*{'*' * n}{name}" for name in parameters(scope) for n in (0, 1)
             if name in ("args", "kwargs", "kw") and not sources_of(scope, name, found.start)}  # fmt: skip
    return any(given & set(call.arguments) and len(call.arguments) <= 3 for call in found.calls)


def _around(step: Step) -> Scope | None:
    """The function that a nested function or lambda stands in."""
    if step.source is None or step.scope is None or step.scope.kind != "function":
        return None
    holder = step.source.get(step.scope.owner) if step.scope.owner else None
    return holder if holder is not None and holder.kind == "function" else None
