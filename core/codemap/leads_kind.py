"""Functions that the exception's own words point at: a class without an attribute, a signature, an abstract method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rootcase.core.codemap.definitions import Definitions, Place
from rootcase.core.codemap.leads import Lead, lead
from rootcase.core.codemap.leads_trace import spreads
from rootcase.core.codemap.provenance import own_names
from rootcase.core.codemap.scopes import Scope
from rootcase.core.codemap.steps import Step
from rootcase.core.codemap.telling import Telling
from rootcase.core.codemap.usage import attributes_set, names_set, parameters, statements

CLASS, CONSTRUCTOR, SIGNATURE, ODD_SIGNATURE = 0.14, 0.16, 0.42, 0.6
# A private attribute that no method sets was forgotten where objects are made. A public one, of its own object or of
# another, may just as well be a name that is wrong where it is read.
NEVER_SET, NEVER_SET_PUBLIC, NEVER_SET_OUTSIDE, NEVER_CALLED = 0.46, 0.28, 0.38, 0.12
LACKS_METHOD, LACKS_PROPERTY = 0.4, 0.2
# What every class of a family needs is set by the constructor above them.
MADE_ABOVE = 0.12
DECLARES = 4
DICT_BUILDER = 0.1
SHOWN = 4
MAKERS = ("__init__", "__new__")
BEGINNERS = (*MAKERS, "__post_init__", "__setstate__", "__getattr__")


async def kind_leads(steps: Sequence[Step], told: Telling, known: Definitions) -> list[Lead]:
    """What the words of the exception say."""
    out: list[Lead] = []
    if told.kind == "attribute":
        out += await _class_without(steps, told, known)
    elif told.kind in ("keyword", "arguments"):
        out += await _signatures(steps, told, known)
    elif told.kind == "module":
        out += await _module(told, known)
    elif told.kind == "key" and told.name:
        out += await _key_makers(steps, told, known)
    return out


async def _class_without(steps: Sequence[Step], told: Telling, known: Definitions) -> list[Lead]:
    """`'X' object has no attribute 'y'`: X, what makes it, and who sets that attribute in some methods only."""
    out: list[Lead] = []
    if told.name.startswith("__"):
        return []  # what only types have: an object stands where a type was meant
    named = await known.classes(told.owner)
    itself = _own_class(steps, told)
    for holder in [replace(place, sure=place.sure / len(named)) for place in named[:2]] or itself:
        own = await _methods(holder, known)
        # A constructor that does not call the one above it does without what that one sets.
        alone = any(item.scope.name == "__init__" and not _calls_above(item.scope) for item in own)
        family = (holder,) if alone else (holder, *await known.ancestors(holder))
        methods = [item for place in family for item in await _methods(place, known)]
        setters = [item for item in methods if told.name in attributes_set(item.scope)]
        failing = steps[0].name if steps else ""
        # One that fails to read it and would set it then is no help.
        if any(item.scope.qualified_name != failing for item in setters):
            out.append(lead(holder, CLASS / 2, f"has no {told.name}"))
            made = [(item, CONSTRUCTOR) for item in own if item.scope.name in BEGINNERS]
        else:
            called = _is_called(steps, told.name)
            private = told.name.startswith("_")
            absent = NEVER_SET_OUTSIDE if not itself else NEVER_SET if private else NEVER_SET_PUBLIC
            out += await _never_set(holder, family, methods, told.name, absent, called=called, known=known)
            never = NEVER_CALLED if called else absent
            made = [
                (item, never if item.scope.name in MAKERS else CONSTRUCTOR)
                for item in own
                if item.scope.name in BEGINNERS
            ]
            above = [item for place in family[1:] for item in await _methods(place, known)]
            made += [(item, MADE_ABOVE) for item in above if item.scope.name == "__init__"]
        for item, weight in made:
            more = 1.5 if item.scope.name == "__getattr__" else 1.0
            out.append(lead(item, weight * more, f"makes {holder.scope.name} without {told.name}"))
        out += [lead(p, CLASS, f"sets {told.name}") for p in setters if p.scope.name not in BEGINNERS]
    return out


async def _never_set(
    holder: Place,
    family: Sequence[Place],
    methods: Sequence[Place],
    name: str,
    absent: float,
    *,
    called: bool,
    known: Definitions,
) -> list[Lead]:
    """No method of a class or of those above it sets the attribute.

    Args: absent: what that weighs. called: the failing line calls it, so that a method is missing and no value.
    """
    # A class that makes its objects itself and leaves one out is mended where it makes them.
    makes = any(item.scope.name in MAKERS for item in methods)
    out = [lead(holder, CLASS if makes else absent, f"has no {name}")]
    # A class with a constructor has what that sets; one without declares it all.
    made = {item.scope.owner for item in methods if item.scope.name == "__init__"}
    plain = [place for place in family if place.scope.qualified_name not in made]
    fields, declared = max(
        ((len(_fields(p.scope)), p) for p in plain), key=lambda pair: pair[0], default=(0, holder)
    )
    if fields >= DECLARES:
        out.append(lead(declared, NEVER_SET, f"declares what {holder.scope.name} has, without {name}"))
    if any(place.scope.owner for place in await known.named(name)):
        what = "method" if called else "attribute"
        weight = LACKS_METHOD if called else LACKS_PROPERTY
        out.append(lead(holder, weight, f"lacks the {what} {name}, which its like have"))
    return out


def _fields(scope: Scope) -> list[str]:
    """Names that a class's body declares for its objects; what is written in capitals is a constant."""
    return [name for name in names_set(scope) if not name.isupper()]


async def _methods(holder: Place, known: Definitions) -> list[Place]:
    _, source = await known.file(holder.path)
    return [
        Place(holder.path, scope, holder.sure)
        for scope in (source.scopes if source else ())
        if scope.kind == "function" and scope.owner == holder.scope.qualified_name
    ]


def _own_class(steps: Sequence[Step], told: Telling) -> list[Place]:
    """The class of the failing method, where it reads the attribute of itself and the words name no class of ours."""
    step = steps[0] if steps else None
    if step is None or step.scope is None or step.statement is None or step.source is None:
        return []
    itself = own_names(step.scope)
    reads = any(value in itself and name == told.name for value, name in step.statement.attributes)
    holder = step.source.class_of(step.scope) if reads else None
    return [Place(step.path, holder)] if holder else []


def _calls_above(scope: Scope) -> bool:
    calls = [call for item in statements(scope) for call in item.calls]
    return any(call.name == "__init__" or call.receiver.startswith("super") for call in calls)


def _is_called(steps: Sequence[Step], name: str) -> bool:
    """Whether the failing line calls it: then it is no value that a constructor forgot to set."""
    found = steps[0].statement if steps else None
    return found is not None and any(call.name == name for call in found.calls)


async def _signatures(steps: Sequence[Step], told: Telling, known: Definitions) -> list[Lead]:
    """The function that was called with the wrong arguments; an override that lacks a parameter stands out."""
    name = told.owner.rsplit(".", 1)[-1]
    if steps and spreads(steps[0], name):
        return []  # how many parts there are is up to what calls
    alike = await known.named(name)
    places = await _exactly(told.owner, known) or await _named_in_call(steps, told, known) or alike
    if not places or len(places) > 12:
        return []
    like = places if len(places) > 1 else alike or await _like(places[0], name, known)
    has = [p for p in like if told.name and told.name in parameters(p.scope)]
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


async def _like(place: Place, name: str, known: Definitions) -> tuple[Place, ...]:
    """The same method of the classes that a method's class is made from."""
    _, source = await known.file(place.path)
    holder = source.class_of(place.scope) if source else None
    above = await known.ancestors(Place(place.path, holder)) if holder else ()
    return tuple([item for one in above for item in await _methods(one, known) if item.scope.name == name])


async def _exactly(owner: str, known: Definitions) -> tuple[Place, ...]:
    """The method that `module.Class.method` names, as the words do since Python 3.10."""
    holder, _, name = owner.rpartition(".")
    out = []
    for place in await known.classes(holder) if holder else ():
        out += [item for item in await _methods(place, known) if item.scope.name == name]
    return tuple(out)


async def _named_in_call(steps: Sequence[Step], told: Telling, known: Definitions) -> tuple[Place, ...]:
    """For a constructor the words name no class before Python 3.10; the failing line does."""
    step = steps[0] if steps else None
    name = told.owner.rsplit(".", 1)[-1]
    if step is None or step.scope is None or step.statement is None:
        return ()
    for call in step.statement.calls:
        if call.name == name or name == "__init__":
            found = await known.called(call, step.path, step.scope)
            if found and found[0].scope.name == name:
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
