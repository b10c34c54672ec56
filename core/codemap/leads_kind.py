"""Functions that the exception's own words point at: a class without an attribute, a signature, an abstract method."""

from __future__ import annotations

from collections.abc import Sequence

from rootcase.core.codemap.definitions import Definitions, Place
from rootcase.core.codemap.leads import Lead, lead
from rootcase.core.codemap.leads_trace import Step
from rootcase.core.codemap.telling import Telling
from rootcase.core.codemap.usage import attributes_set, parameters

CLASS, CONSTRUCTOR, SIGNATURE, ODD_SIGNATURE, OVERRIDE, BASE = 0.14, 0.16, 0.3, 0.5, 0.06, 0.07
NEVER_SET, LACKS_OVERRIDE = 0.3, 0.35
DICT_BUILDER = 0.1
SHOWN = 4


async def kind_leads(steps: Sequence[Step], told: Telling, known: Definitions) -> list[Lead]:
    """What the words of the exception say, and what stands beside the failing method in its classes."""
    out: list[Lead] = []
    if told.kind == "attribute":
        out += await _class_without(told, known)
    elif told.kind in ("keyword", "arguments"):
        out += await _signatures(steps, told, known)
    elif told.kind == "module":
        out += await _module(told, known)
    elif told.kind == "key" and told.name:
        out += await _key_makers(steps, told, known)
    if steps:
        out += await _overrides(steps[0], told, known)
    return out


async def _class_without(told: Telling, known: Definitions) -> list[Lead]:
    """`'X' object has no attribute 'y'`: X, what makes it, and who sets that attribute in some methods only."""
    out: list[Lead] = []
    for holder in (await known.classes(told.owner))[:2]:
        _, source = await known.file(holder.path)
        methods = [s for s in source.scopes if s.owner == holder.scope.qualified_name] if source else []
        never = not any(told.name in attributes_set(s) for s in methods if s.kind == "function")
        # A class that makes its objects itself and leaves one out is mended where it makes them.
        makes = any(s.name in ("__init__", "__new__") for s in methods)
        of_class = CLASS if never and makes else NEVER_SET if never else CLASS / 2
        out.append(lead(holder, of_class, f"has no {told.name}"))
        for scope in source.scopes if source else ():
            if scope.kind != "function" or scope.owner != holder.scope.qualified_name:
                continue
            here = Place(holder.path, scope, holder.sure)
            if scope.name in ("__init__", "__new__", "__post_init__", "__setstate__", "__getattr__"):
                inits = scope.name in ("__init__", "__new__")
                weight = NEVER_SET if never and inits else CONSTRUCTOR
                weight *= 1.5 if scope.name == "__getattr__" else 1.0
                out.append(lead(here, weight, f"makes {holder.scope.name} without {told.name}"))
            elif told.name in attributes_set(scope):
                out.append(lead(here, CLASS, f"sets {told.name}"))
    return out


async def _signatures(steps: Sequence[Step], told: Telling, known: Definitions) -> list[Lead]:
    """The function that was called with the wrong arguments; an override that lacks a parameter stands out."""
    name = told.owner.rsplit(".", 1)[-1]
    places = await _named_in_call(steps, told, known)
    if not places:
        holder = told.owner.rpartition(".")[0].replace("<locals>.", "")
        found = await known.named(name)
        inside = [p for p in found if holder and p.scope.qualified_name.endswith(f"{holder}.{name}")]
        places = tuple(inside or found)
    if not places or len(places) > 12:
        return []
    has = [p for p in places if told.name and told.name in parameters(p.scope)]
    lacks = [p for p in places if told.name and told.name not in parameters(p.scope)]
    odd = told.kind == "keyword" and bool(has) and bool(lacks)
    out = []
    named = lacks if odd else list(places)
    for place in named[:SHOWN]:
        weight = (ODD_SIGNATURE if odd else SIGNATURE) / len(named) ** 0.5
        what = f"lacks {told.name}, which its like have" if odd else "cannot take these arguments"
        # The words name the function, so how sure the call's own look-up was does not matter any more.
        out.append(lead(Place(place.path, place.scope), weight, f"its signature {what}"))
    return out


async def _named_in_call(steps: Sequence[Step], told: Telling, known: Definitions) -> tuple[Place, ...]:
    """For a constructor the words name no class before Python 3.10; the failing line does."""
    step = steps[0] if steps else None
    name = told.owner.rsplit(".", 1)[-1]
    if step is None or step.scope is None or step.statement is None:
        return ()
    for call in step.statement.calls:
        if call.name == name or (
            name == "__init__" and (call.name[:1].isupper() or call.receiver == "super()")
        ):
            found = await known.called(call, step.path, step.scope)
            if found:
                return found
    return ()


async def _module(told: Telling, known: Definitions) -> list[Lead]:
    """`cannot import name 'x' from 'm'`: the module m, and wherever x stands now."""
    out = [lead(place, 0.1, f"defines {told.name}") for place in (await known.named(told.name))[:2]]
    ending = "/" + told.owner.replace(".", "/")
    for path in await known.repository.files(known.commit) if told.owner else ():
        if f"/{path}".endswith((f"{ending}.py", f"{ending}/__init__.py")):
            _, source = await known.file(path)
            if source is not None:
                out.append(lead(Place(path, source.module), 0.25, f"has no {told.name}"))
                break
    return out


async def _key_makers(steps: Sequence[Step], told: Telling, known: Definitions) -> list[Lead]:
    """Functions of the same file that write that key into something."""
    if not steps:
        return []
    text, source = await known.file(steps[0].path)
    if source is None:
        return []
    quoted = (f'"{told.name}"', f"'{told.name}'")
    lines = [n for n, row in enumerate(text.split("\n"), 1) if any(q in row for q in quoted)][:60]
    out = []
    for line in lines:
        scope = source.at(line)
        if scope.qualified_name != steps[0].name:
            out.append(lead(Place(steps[0].path, scope), DICT_BUILDER, f"knows the key {told.name}", line))
    return list({item.qualified_name: item for item in out}.values())[:SHOWN]


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
    return out[: SHOWN * 2]
