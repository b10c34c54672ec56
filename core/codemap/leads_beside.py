"""What stands beside the failing function: its like, and the same method above and below it in its classes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rootcase.core.codemap.definitions import Definitions, Place
from rootcase.core.codemap.leads import Lead, lead
from rootcase.core.codemap.steps import Step
from rootcase.core.codemap.telling import Telling

OVERRIDE, BASE, LACKS_OVERRIDE, ALIKE, ITSELF = 0.06, 0.07, 0.35, 0.09, 0.12
SHOWN = 8
# Two functions that undo each other's work: what one leaves out, the other misses.
_PAIRS = """
get/set encode/decode dump/load pack/unpack read/write serialize/deserialize push/pop to/from enter/exit start/stop
open/close add/remove flatten/restore parse/format structure/unstructure escape/unescape quote/unquote begin/end
start/end
"""
COUNTERPARTS = tuple(tuple(pair.split("/")) for pair in _PAIRS.split())
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")


async def beside_leads(steps: Sequence[Step], told: Telling, known: Definitions) -> list[Lead]:
    """Functions that do the failing one's part for another class, for one of many, or the other way round."""
    return [*await _overrides(steps[0], told, known), *await _itself(steps[0], told, known), *_alike(steps)]


async def _overrides(step: Step, told: Telling, known: Definitions) -> list[Lead]:
    """The same method above and below the failing one in its hierarchy."""
    if step.source is None or step.scope is None or step.scope.kind != "function":
        return []
    holder = step.source.class_of(step.scope)
    if holder is None:
        return []
    name, out = step.scope.name, []
    for ancestor in await known.ancestors(Place(step.path, holder)):
        _, source = await known.file(ancestor.path)
        above = source.get(f"{ancestor.scope.qualified_name}.{name}") if source else None
        if above is not None:
            out.append(lead(Place(ancestor.path, above), BASE, f"is what {step.name} overrides"))
    below = await known.subclasses(holder.name)
    lacking: list[Place] = []
    for place in below:
        _, source = await known.file(place.path)
        own = source.get(f"{place.scope.qualified_name}.{name}") if source else None
        if own is not None and told.kind != "abstract":
            out.append(lead(Place(place.path, own), OVERRIDE, f"overrides {step.name}"))
        elif own is None:
            lacking.append(place)
    if told.kind == "abstract":
        share = LACKS_OVERRIDE / max(1, len(lacking)) ** 0.5
        out += [lead(place, share, f"does not override {name}") for place in lacking]
    return out[:SHOWN]


async def _itself(step: Step, told: Telling, known: Definitions) -> list[Lead]:
    """The class that the object really was of, where it stands below the one that the failing method is in."""
    holder = step.source.class_of(step.scope) if step.source and step.scope else None
    if holder is None or step.place.itself in ("", holder.name):
        return []
    above = (step.path, holder.qualified_name)
    weight = LACKS_OVERRIDE if told.kind == "abstract" else ITSELF
    return [
        lead(place, weight, f"is what self was in {step.name}")
        for place in await known.classes(step.place.itself)
        if above in [(one.path, one.scope.qualified_name) for one in await known.ancestors(place)]
    ]


def _alike(steps: Sequence[Step]) -> list[Lead]:
    step = steps[0]
    if step.source is None or step.scope is None or step.scope.kind != "function":
        return []
    in_trace = {item.name for item in steps if item.path == step.path}
    beside = [
        scope
        for scope in step.source.scopes
        if scope.kind == "function"
        and scope.owner == step.scope.owner
        and scope.qualified_name not in in_trace
    ]
    found = [scope for scope in beside if _is_alike(scope.name, step.scope.name)]
    return [
        lead(Place(step.path, scope), ALIKE / len(found) ** 0.5, f"is the like of {step.scope.name}")
        for scope in found
    ]


def _is_alike(one: str, other: str) -> bool:
    mine, theirs = _words(one), _words(other)
    if len(mine) > 1 and mine == theirs:
        return True
    one, other = one.lower(), other.lower()
    return any(other in (one.replace(a, b), one.replace(b, a)) for a, b in COUNTERPARTS) and one != other


def _words(name: str) -> frozenset[str]:
    return frozenset(word.lower().removesuffix("s") for word in _WORD.findall(name))
