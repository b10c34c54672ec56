"""A bad argument followed up the trace: through parameters, to the function that made it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from rootcase.core.codemap.definitions import COMMON, Definitions, Place
from rootcase.core.codemap.handing import NAME, arguments_for, followed, parameters_behind, roots
from rootcase.core.codemap.leads import Lead, lead
from rootcase.core.codemap.leads_value import made_by
from rootcase.core.codemap.provenance import culprit_of
from rootcase.core.codemap.scopes import text_of
from rootcase.core.codemap.steps import Step
from rootcase.core.codemap.telling import Telling
from rootcase.core.codemap.usage import sources_of

GIVEN, GIVEN_BY_GUESS, PUTS_IT = 0.22, 0.12, 0.16
ATTRIBUTES, SETTERS = 4, 20
MADE_HERE = 0.10
_OF_OTHERS = re.compile(r"(?<=[\w\])])\.([a-z_]\w*)(?![\w(])")


async def flow_leads(steps: Sequence[Step], told: Telling, known: Definitions) -> list[Lead]:
    """Who made the value that the failing function was given."""
    first = steps[0]
    if first.scope is None or first.statement is None:
        return []
    culprit = culprit_of(first.statement, told)
    out: list[Lead] = []
    for hand in followed(steps, told):
        step = hand.step
        assert step.scope is not None
        weight = (GIVEN if culprit else GIVEN_BY_GUESS) * 0.85**step.distance
        for name in hand.names:
            out += await made_by(name, step.path, step.scope, step.line, known, weight, none=False)
        if hand.role != "passes":
            more = MADE_HERE * (1.0 if culprit else 0.7)
            what = f"makes {hand.names[0] if hand.names else 'the argument'} that it hands down"
            why = what if hand.role == "makes" else "leaves out the argument that failed"
            out.append(Lead(step.path, step.name, step.line, more, why))
    return [*out, *await _setters(steps, culprit, known, none=told.kind == "none")]


async def _setters(steps: Sequence[Step], culprit: str, known: Definitions, *, none: bool) -> list[Lead]:
    """The value came out of an attribute of another object: the functions that put it there, wherever they are."""
    found = [name for text in _texts(steps, culprit) for name in _OF_OTHERS.findall(text)] if culprit else []
    names = [name for name in dict.fromkeys(found) if name not in COMMON and len(name) > 2][:ATTRIBUTES]
    if not names:
        return []
    pattern = rf"self\.({'|'.join(names)})(: [^=]+)? = "
    hits = await known.grep(pattern, limit=SETTERS)
    out: list[Lead] = []
    for hit in hits:
        _, source = await known.file(hit.path)
        scope = source.at(hit.line) if source else None
        # A constructor sets the first value, and a wrong one mostly comes later; unless it is the None that failed.
        first = scope is not None and scope.name == "__init__" and not (none and hit.text.endswith("= None"))
        if scope is not None and scope.kind == "function" and not first:
            name = next((n for n in names if f"self.{n}" in hit.text), "it")
            weight = PUTS_IT / max(1, len(hits)) ** 0.5
            out.append(lead(Place(hit.path, scope), weight, f"sets {name}", hit.line))
    return out


def _texts(steps: Sequence[Step], culprit: str) -> list[str]:
    """The culprit as written, and what it and the arguments behind it are made from, up the trace."""
    out = [culprit]
    wanted = NAME.findall(culprit)[:3]
    for inner, step in pairwise(steps[:4]):
        if inner.scope is None or step.scope is None or step.statement is None:
            break
        out += _sources(inner, wanted)
        given = parameters_behind(inner, wanted)
        wanted = roots(arguments_for(step, inner, given)[0]) if given else []
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
