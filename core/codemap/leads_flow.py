"""A bad argument followed up the trace: through parameters, to the function that made it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from rootcase.core.codemap.definitions import COMMON, Definitions, Place, is_test
from rootcase.core.codemap.leads import Lead, lead
from rootcase.core.codemap.leads_trace import Step
from rootcase.core.codemap.leads_value import arguments_named, made_by
from rootcase.core.codemap.provenance import culprit_of
from rootcase.core.codemap.scopes import text_of
from rootcase.core.codemap.telling import Telling
from rootcase.core.codemap.usage import Call, Statement, parameters, sources_of

GIVEN, GIVEN_BY_GUESS, PUTS_IT = 0.22, 0.12, 0.16
ATTRIBUTES, SETTERS = 4, 20
MADE_HERE = 0.10
_OF_OTHERS = re.compile(r"(?<=[\w\])])\.([a-z_]\w*)(?![\w(])")
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
            out += await made_by(name, step.path, step.scope, step.line, known, weight, none=False)
        onward = _given(step, handed)
        if own or not onward:
            more = MADE_HERE * (1.0 if sure else 0.7)
            what = own[0] if own else "the argument"
            out.append(Lead(step.path, step.name, step.line, more, f"makes {what} that it hands down"))
        wanted = onward
    return [*out, *await _setters(steps, culprit, known)]


async def _setters(steps: Sequence[Step], culprit: str, known: Definitions) -> list[Lead]:
    """The value came out of an attribute of another object: the functions that put it there, wherever they are."""
    found = [name for text in _texts(steps, culprit) for name in _OF_OTHERS.findall(text)] if culprit else []
    names = [name for name in dict.fromkeys(found) if name not in COMMON and len(name) > 2][:ATTRIBUTES]
    if not names:
        return []
    pattern = rf"self\.({'|'.join(names)})(: [^=]+)? = "
    hits = await known.repository.grep(known.commit, pattern, regex=True, limit=SETTERS)
    out: list[Lead] = []
    for hit in hits:
        _, source = await known.file(hit.path) if not is_test(hit.path) else ("", None)
        scope = source.at(hit.line) if source else None
        if scope is not None and scope.kind == "function" and scope.name != "__init__":
            name = next((n for n in names if f"self.{n}" in hit.text), "it")
            weight = PUTS_IT / max(1, len(hits)) ** 0.5
            out.append(lead(Place(hit.path, scope), weight, f"sets {name}", hit.line))
    return out


def _texts(steps: Sequence[Step], culprit: str) -> list[str]:
    """The culprit as written, and what it and the arguments behind it are made from, up the trace."""
    out = [culprit]
    wanted = _NAME.findall(culprit)[:3]
    for inner, step in pairwise(steps[:4]):
        if inner.scope is None or step.scope is None or step.statement is None:
            break
        out += _sources(inner, wanted)
        given = _given(inner, wanted)
        wanted = _arguments(step, inner, given) if given else []
        if not wanted:
            break
        out += _sources(step, wanted)
    return out


def _sources(step: Step, names: Sequence[str]) -> list[str]:
    """What a step's variables are set to, as written."""
    assert step.scope is not None
    return [
        text_of(right)[:300] for name in names for _, right in sources_of(step.scope, name, step.line)[:2]
    ]


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
