"""Where the values on the failing line come from: calls, assignments, attributes and constants."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from rootcase.core.codemap.definitions import Definitions, Place
from rootcase.core.codemap.leads import Lead, lead
from rootcase.core.codemap.provenance import culprit_of
from rootcase.core.codemap.scopes import Scope, Source, text_of
from rootcase.core.codemap.steps import Step
from rootcase.core.codemap.telling import Telling
from rootcase.core.codemap.usage import (
    Statement,
    attributes_changed,
    attributes_set,
    calls_in,
    may_return_none,
    names_set,
    names_shared,
    parameters,
    passed_by,
    sources_of,
    statements,
)

ON_LINE, MADE_IT, EARLIER, GUARD, ARGUMENT = 0.10, 0.13, 0.025, 0.1, 0.09
CULPRIT, SETS_IT, READ, CONSTANT, PREPARES, IN_CLASS = 0.24, 0.12, 0.07, 0.09, 0.06, 0.05
DEPTH = 2
# Of the weight of what sets an attribute: where it sets None and a None failed, and where it does not.
NONE_SET, VALUE_SET = 2.0, 0.7
# A class's table that lacks a key; what changes in place what an attribute holds, or has another method set it.
TABLE, CHANGES_IT, HAS_IT_SET = 0.2, 0.07, 0.07
INSIDE, RAISED = 0.5, 0.2
CALLS_LOOKED_AT = 24
FADES = (1.0, 0.6, 0.35)
_SELF = re.compile(r"^(?:self|cls)\.(\w+)")


async def value_leads(steps: Sequence[Step], told: Telling, known: Definitions) -> list[Lead]:
    """What the failing line and the calls that led to it depend on."""
    out: list[Lead] = []
    for step in steps[: len(FADES)]:
        if step.scope is None or step.statement is None:
            continue
        await known.look_up(
            call.name for item in (step.statement, *statements(step.scope)) for call in item.calls
        )
        inner = steps[step.distance - 1].name.rsplit(".", 1)[-1] if step.distance else ""
        found = [*await _of_statement(step, told, known, inner), *await _earlier(step, known, inner)]
        by = FADES[step.distance]
        out += [Lead(x.path, x.qualified_name, x.line, x.weight * by, x.reason) for x in found]
    return out


async def made_by(
    name: str,
    path: str,
    scope: Scope,
    before: int,
    known: Definitions,
    weight: float,
    *,
    none: bool,
    depth: int = DEPTH,
) -> list[Lead]:
    """Functions whose results a variable holds, followed through other variables.

    Args: none: the value was None, so a function that may return it is meant more than one that cannot.
    """
    out: list[Lead] = []
    for line, right in sources_of(scope, name, before)[:3]:
        for number, call in enumerate(calls_in((right,))[:6]):
            why = f"gives {name}, line {line}"
            # The outer call gives the value; what its receiver and arguments are made of, less.
            share = weight if number == 0 else weight * INSIDE
            out += [_giver(place, share, why, none) for place in await known.called(call, path, scope)]
        if depth > 1:
            for other in Statement("value", line, line, (right,)).names[:6]:
                if other != name:
                    out += await made_by(
                        other, path, scope, line, known, weight * 0.5, none=none, depth=depth - 1
                    )
    return out


async def _of_statement(step: Step, told: Telling, known: Definitions, inner: str) -> list[Lead]:
    """Leads of the statement a step stopped at. inner: the function of the trace that it called."""
    assert step.scope is not None and step.statement is not None
    found, scope, none = step.statement, step.scope, told.kind == "none"
    culprit = culprit_of(found, told) if step.distance == 0 else ""
    out = await _called_there(step, culprit, none, known, inner)
    raised = found.kind in ("raise_statement", "assert_statement")
    gates = (*found.guards[-2:], *(passed_by(found) if raised else ()))
    for guard in gates:
        for call in guard.calls[:4]:
            why = f"decides at line {guard.start} whether it fails"
            out += [lead(place, GUARD, why) for place in await known.called(call, step.path, scope)]
    wanted = [culprit] if culprit else []
    wanted += [name for name in (*found.names, *found.own_attributes) if name != culprit]
    if raised:
        wanted += [name for guard in gates for name in (*guard.names, *guard.own_attributes)]
    for name in dict.fromkeys(wanted):
        strong = name == culprit
        weight = MADE_IT * (1.5 if strong else 1.0)
        out += await made_by(name, step.path, scope, step.line, known, weight, none=none and strong)
        out += await _attribute(name, step, known, told, strong=strong)
        out += _changes_itself(step) if strong and name == "self" else []
        if "." not in name and name not in parameters(scope):
            tables = [found, *(gates if raised else ())]
            out += await _constant(name, step, tables, known)
    return out


async def _called_there(step: Step, culprit: str, none: bool, known: Definitions, inner: str) -> list[Lead]:
    assert step.scope is not None and step.statement is not None
    out: list[Lead] = []
    for call in step.statement.calls[:CALLS_LOOKED_AT]:
        if call.name == inner:
            continue
        blamed = bool(culprit) and culprit.startswith(f"{call.receiver}.{call.name}(".removeprefix("."))
        weight = CULPRIT if blamed else ON_LINE if step.distance == 0 else ARGUMENT
        weight *= RAISED if step.statement.kind == "raise_statement" else 1.0
        why = "gives the value that failed" if blamed else f"called on line {call.line} of the trace"
        found = await known.called(call, step.path, step.scope)
        out += [_giver(place, weight, why, none and blamed) for place in found]
    return out


def _giver(place: Place, weight: float, why: str, none: bool) -> Lead:
    if place.scope.name == "__init__" or place.scope.kind == "class":
        # A constructor gives an object, and never None; what is wrong with it mostly comes later.
        return lead(place, weight * 0.5, why)
    if not none or place.scope.kind != "function":
        return lead(place, weight, why)
    may = may_return_none(place.scope)
    return lead(place, weight * (1.5 if may else 0.5), f"{why}, and may give None" if may else why)


async def _attribute(name: str, step: Step, known: Definitions, told: Telling, *, strong: bool) -> list[Lead]:
    """Methods that put `self.name` there and what they put, and the property or method of that name."""
    match = _SELF.match(name)
    holder = step.source.class_of(step.scope) if match and step.source and step.scope else None
    if match is None or holder is None:
        return []
    out: list[Lead] = []
    attribute, more = match.group(1), 1.4 if strong else 0.8
    called = {call.name for call in step.statement.calls} if step.statement else set()
    raised = step.statement is not None and step.statement.kind == "raise_statement"
    for place in (Place(step.path, holder), *await known.ancestors(Place(step.path, holder))):
        _, source = await known.file(place.path)
        if attribute in names_set(place.scope):
            table = told.kind == "key" and strong
            out.append(lead(place, (TABLE if table else IN_CLASS) * more, f"sets {attribute} in its body"))
        for scope in source.scopes if source else ():
            if scope.kind != "function" or scope.owner != place.scope.qualified_name or scope is step.scope:
                continue
            here = Place(place.path, scope)
            if scope.name == attribute:
                if attribute in called:
                    continue
                out.append(lead(here, READ * more, f"is the {attribute} it reads"))
            elif attribute in attributes_set(scope):
                # A constructor sets the first value; a wrong one mostly comes later, a missing one does not.
                first = scope.name == "__init__" and told.kind != "attribute"
                share = 0.6 if first else 1.0
                if told.kind == "none" and strong and not first:
                    share = NONE_SET if _sets_none(scope, f"self.{attribute}") else VALUE_SET
                out.append(lead(here, SETS_IT * more * share, f"sets self.{attribute}"))
                if raised and not first and source is not None:
                    out += _has_it_set(here, attribute, source)
                if told.kind != "key":  # a key that is not there was never put there with a value
                    out += await made_by(
                        f"self.{attribute}", place.path, scope, scope.end, known, MADE_IT * more,
                        none=told.kind == "none", depth=1,
                    )  # fmt: skip
            elif attribute in attributes_changed(scope):
                out.append(lead(here, CHANGES_IT * more, f"changes self.{attribute}"))
    return out


def _has_it_set(setter: Place, attribute: str, source: Source) -> list[Lead]:
    """Methods of a class that call the one that sets the state for which another refuses."""
    name, owner = setter.scope.name, setter.scope.owner
    beside = [scope for scope in source.scopes if scope.owner == owner and scope is not setter.scope]
    return [
        lead(Place(setter.path, scope), HAS_IT_SET, f"sets self.{attribute} by {name}")
        for scope in beside
        if any(
            call.name == name and call.receiver == "self" for item in statements(scope) for call in item.calls
        )
    ]


def _sets_none(scope: Scope, target: str) -> bool:
    return any(text_of(right) == "None" for _, right in sources_of(scope, target, scope.end))


def _changes_itself(step: Step) -> list[Lead]:
    """`self["key"]` failed: the methods that put something into the object itself."""
    holder = step.source.class_of(step.scope) if step.source and step.scope else None
    if step.source is None or holder is None:
        return []
    return [
        lead(Place(step.path, scope), SETS_IT * 1.4, "puts things into the object")
        for scope in step.source.scopes
        if scope.owner == holder.qualified_name and scope is not step.scope and "self" in names_set(scope)
    ]


async def _constant(name: str, step: Step, tables: Sequence[Statement], known: Definitions) -> list[Lead]:
    """The module that sets a name. tables: the statements that may look something up in it."""
    place = await known.constant(name, step.path)
    if place is None:
        return []
    keyed = any(
        any(value.partition(".")[0] == name for value, _ in found.subscripts) or name in found.looked_in
        for found in tables
    )
    line = next((item.start for item in statements(place.scope) if name in item.names), 1)
    out = [lead(place, CONSTANT * (2.4 if keyed else 1), f"sets {name} that the line uses", line)]
    _, source = await known.file(place.path)
    for scope in source.scopes if source else ():
        if scope.kind == "function" and scope is not step.scope and name in names_shared(scope):
            out.append(lead(Place(place.path, scope), SETS_IT, f"sets {name}"))
    return out


async def _earlier(step: Step, known: Definitions, inner: str) -> list[Lead]:
    """Functions that a step called before it came to its line; those on the same object may have prepared it."""
    assert step.scope is not None and step.statement is not None
    into = next((call.receiver for call in step.statement.calls if call.name == inner and call.receiver), "")
    before = [item for item in statements(step.scope) if item.end < step.line]
    # What other `raise`s call makes their errors, and did not run.
    calls = [call for item in before if item.kind != "raise_statement" for call in item.calls]
    # A function called time and again is a tool of this code; one hint, at its last call, says all of it.
    last = {(call.receiver, call.name): call for call in calls if call.name != inner}
    times = Counter((call.receiver, call.name) for call in calls)
    nearest = sorted(last.values(), key=lambda call: call.line)[-CALLS_LOOKED_AT:]
    on_it = max(1, sum(call.receiver == into for call in nearest))
    out: list[Lead] = []
    for call in nearest:
        prepares = bool(into) and call.receiver == into
        why = f"called by {step.name}, line {call.line}{f', on the same {into}' if prepares else ''}"
        weight = PREPARES / FADES[step.distance] / on_it**0.5 if prepares else EARLIER
        weight /= times[call.receiver, call.name] ** 0.5
        out += [lead(place, weight, why) for place in await known.called(call, step.path, step.scope)]
    return out
