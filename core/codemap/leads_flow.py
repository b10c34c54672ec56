"""A bad argument followed up the trace: through parameters, to the function that made it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from rootcase.core.codemap.definitions import Definitions
from rootcase.core.codemap.leads import Lead
from rootcase.core.codemap.leads_trace import Step
from rootcase.core.codemap.leads_value import arguments_named, culprit_of, made_by
from rootcase.core.codemap.telling import Telling
from rootcase.core.codemap.usage import Call, Statement, parameters, sources_of

GIVEN, GIVEN_BY_GUESS = 0.22, 0.12
MADE_HERE = 0.10
_NAME = re.compile(r"(?<![\w.\"'])[A-Za-z_]\w*")


async def flow_leads(steps: Sequence[Step], told: Telling, known: Definitions) -> list[Lead]:
    """Who made the value that the failing function was given.

    The exception's words say which value it is; where they do not, what the failing statement uses is followed.
    """
    first = steps[0]
    if first.scope is None or first.statement is None:
        return []
    culprit = culprit_of(first.statement, told)
    sure = bool(culprit)
    wanted = _given(first, [culprit] if sure else _used(first.statement))
    out: list[Lead] = []
    for inner, step in pairwise(steps):
        if not wanted or inner.scope is None or step.scope is None or step.statement is None:
            break
        handed = _arguments(step, inner, wanted)
        if not handed:
            break
        weight = (GIVEN if sure else GIVEN_BY_GUESS) * 0.85**step.distance
        own = [name for name in handed if sources_of(step.scope, name, step.line)]
        for name in own:
            out += await made_by(
                name, step.path, step.scope, step.line, known, weight, none=told.kind == "none"
            )
        onward = _given(step, handed)
        if own or not onward:
            more = MADE_HERE * (1.0 if sure else 0.7)
            what = own[0] if own else "the argument"
            out.append(Lead(step.path, step.name, step.line, more, f"makes {what} that it hands down"))
        wanted = onward
    return out


def _used(found: Statement) -> list[str]:
    guards = [name for guard in found.guards[-2:] for name in guard.names]
    return list(dict.fromkeys((*found.names, *guards)))


def _given(step: Step, names: Sequence[str]) -> list[str]:
    """Parameters of a step that these values come from, through its own variables."""
    assert step.scope is not None
    given = [name for name in parameters(step.scope) if name not in ("self", "cls")]
    out: list[str] = []
    waiting = [root for name in names for root in _NAME.findall(name)[:3]]
    seen: set[str] = set()
    while waiting and len(seen) < 24:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        made = sources_of(step.scope, name, step.line)
        if name in given and not made:
            out.append(name)
        for line, right in made[:2]:
            waiting.extend(Statement("value", line, line, (right,)).names[:6])
    return out


def _arguments(step: Step, inner: Step, wanted: Sequence[str]) -> list[str]:
    """Names in the arguments that a step handed down for the wanted parameters."""
    assert inner.scope is not None and step.statement is not None
    call = _call_of(step.statement, inner)
    if call is None:
        return []
    names = [name for name in parameters(inner.scope) if name not in ("self", "cls")]
    handed = arguments_named(call, names)
    return list(dict.fromkeys(root for name in wanted for root in _NAME.findall(handed.get(name, ""))[:4]))


def _call_of(found: Statement, inner: Step) -> Call | None:
    """The call on a line that led to the next frame, by its name; a class's for its constructor."""
    assert inner.scope is not None
    name = inner.scope.name
    owner = inner.scope.owner.rsplit(".", 1)[-1]
    exact = [call for call in found.calls if call.name == name]
    made = [
        call for call in found.calls if name in ("__init__", "__new__", "__call__") and call.name == owner
    ]
    return next(iter((*exact, *made)), None) or (found.calls[0] if len(found.calls) == 1 else None)
