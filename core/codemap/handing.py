"""How the values that failed came down the trace: who handed them on, who made them, who left them out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from rootcase.core.codemap.provenance import culprit_of, own_names
from rootcase.core.codemap.scopes import Scope, text_of
from rootcase.core.codemap.steps import Step
from rootcase.core.codemap.telling import Telling
from rootcase.core.codemap.usage import Call, Statement, made_from, parameter_nodes, parameters, sources_of

Role = Literal["passes", "makes", "omits"]
NAME = re.compile(r"(?<![\w.\"'])[A-Za-z_]\w*")
_BY_NAME = re.compile(r"\w+\s*=(?!=)")


@dataclass(frozen=True, slots=True)
class Handing:
    """What one step of the trace had to do with the values that failed further in.

    role: `passes`: it hands on what it was given itself; `makes`: what it hands down is of its own making; `omits`:
    it leaves them out, so that a default stands in. names: of its variables that hold them.
    """

    step: Step
    role: Role
    names: tuple[str, ...] = ()


def followed(steps: Sequence[Step], told: Telling) -> tuple[Handing, ...]:
    """The steps above the failing one, nearest first, as far as its values can be followed.

    The exception's words say which value it is; where they do not, what the failing statement uses is followed.
    """
    first = steps[0] if steps else None
    if first is None or first.scope is None or first.statement is None:
        return ()
    culprit = _key_of(first, told) or culprit_of(first.statement, told)
    wanted = parameters_behind(first, [culprit] if culprit else names_used(first.statement))
    out: list[Handing] = []
    for inner, step in pairwise(steps):
        if not wanted or inner.scope is None or step.scope is None or step.statement is None:
            break
        texts, passed = arguments_for(step, inner, wanted)
        if not texts and not passed:
            if _leaves_out(step, inner, wanted):
                out.append(Handing(step, "omits"))
            break
        handed = roots(texts)
        own = tuple(name for name in handed if made_from(step.scope, name, step.line))
        held = [text for text in texts if text.startswith("self.")]
        wanted = [*parameters_behind(step, [*handed, *held]), *passed]
        made = own or not wanted or any("(" in text for text in texts)
        out.append(Handing(step, "makes" if made else "passes", own))
    return tuple(out)


def _key_of(step: Step, told: Telling) -> str:
    """The key that what an object holds did not have, as written: the one who asked for it handed the key down."""
    assert step.scope is not None and step.statement is not None
    if told.kind != "key":
        return ""
    own = own_names(step.scope)
    pairs = step.statement.subscripts
    return next((key for value, key in pairs if value.split(".", 1)[0] in own and NAME.search(key)), "")


def names_used(found: Statement) -> list[str]:
    """Names and attributes of its own object that a statement, or a condition around it, works on."""
    heads = (found, *found.guards[-2:])
    bare = (name for head in heads for name in head.names)
    return list(dict.fromkeys((*bare, *(name for head in heads for name in head.own_attributes))))


def parameters_behind(step: Step, names: Sequence[str]) -> list[str]:
    """Parameters of a step that these values come from, through its own variables."""
    assert step.scope is not None
    given = [name for name in parameters(step.scope) if name not in ("self", "cls")]
    out: list[str] = []
    # What a method put on its object before, it was mostly given for that.
    own = [
        right
        for name in names
        if name.startswith("self.")
        for _, right in sources_of(step.scope, name, step.line)[:1]
    ]
    texts = [*names, *(text_of(right)[:300] for right in own)]
    waiting = [root for text in texts for root in NAME.findall(text)[: 6 if text not in names else 3]]
    seen: set[str] = set()
    while waiting and len(seen) < 24:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        made = made_from(step.scope, name, step.line)
        if name in given and not made:
            out.append(name)
        for line, right in made[:2]:
            waiting.extend(Statement("value", line, line, (right,)).names[:6])
    return out


def arguments_for(step: Step, inner: Step, wanted: Sequence[str]) -> tuple[list[str], list[str]]:
    """(the arguments that a step handed down for the wanted parameters, what it passed on unseen).

    `call(*args, **kwargs)` passes parameters on unseen: by their names, or as `*2` by their place among those.
    """
    assert inner.scope is not None and step.scope is not None and step.statement is not None
    call = call_of(step.statement, inner)
    if call is None:
        return [], []
    names = [name for name in parameters(inner.scope) if name not in ("self", "cls")]
    collected, stars = _stars(inner.scope), _stars(step.scope)
    plain = [name for name in names if name not in collected]
    handed = _arguments_named(call, names)
    by_place = [text for text in call.arguments if not text.startswith("*") and not _BY_NAME.match(text)]
    texts: list[str] = []
    passed: list[str] = []
    for name in wanted:
        place = plain.index(name) if name in plain else -1
        if name.startswith("*"):
            place = len(plain) + int(name[1:])
        if name in handed:
            texts.append(handed[name])
        elif 0 <= place < len(by_place):
            texts.append(by_place[place])
        elif not name.startswith("*") and any(f"**{star}" in call.arguments for star in stars):
            passed.append(name)
        elif place >= 0 and any(f"*{star}" in call.arguments for star in stars):
            passed.append(f"*{place - len(by_place)}")
    return texts, passed


def roots(texts: Sequence[str]) -> list[str]:
    """The names that expressions are made of."""
    return list(dict.fromkeys(root for text in texts for root in NAME.findall(text)[:4]))


def _stars(scope: Scope) -> tuple[str, ...]:
    """Names of a function's parameters that take all further arguments."""
    found = parameter_nodes(scope)
    bare = ((item.named_children or [item])[0] if item.type == "typed_parameter" else item for item in found)
    return tuple(text_of(item).lstrip("*") for item in bare if item.type.endswith("splat_pattern"))


def call_of(found: Statement, inner: Step) -> Call | None:
    """The call on a line that led to the next frame, by its name; a class's for its constructor."""
    assert inner.scope is not None
    name = inner.scope.name
    if name == "__getitem__" and found.subscripts and not any(call.name == name for call in found.calls):
        value, key = found.subscripts[0]
        return Call(name, value, found.start, (key,))
    owner = inner.scope.owner.rsplit(".", 1)[-1]
    exact = [call for call in found.calls if call.name == name]
    made = [
        call for call in found.calls if name in ("__init__", "__new__", "__call__") and call.name == owner
    ]
    return next(iter((*exact, *made)), None) or (found.calls[0] if len(found.calls) == 1 else None)


def _leaves_out(step: Step, inner: Step, wanted: Sequence[str]) -> bool:
    """Whether a step's call gives none of the wanted parameters, all of which have defaults."""
    assert inner.scope is not None and step.statement is not None
    found = parameter_nodes(inner.scope)
    named = [item.child_by_field_name("name") for item in found if item.type.endswith("default_parameter")]
    defaults = {text_of(name) for name in named if name is not None}
    return call_of(step.statement, inner) is not None and set(wanted) <= defaults


def _arguments_named(call: Call, names: Sequence[str]) -> dict[str, str]:
    """Parameter → argument of a call, by place and by keyword. names: of the parameters, `self` left out."""
    out: dict[str, str] = {}
    for number, argument in enumerate(call.arguments):
        keyword, found, value = argument.partition("=")
        if found and keyword.strip().isidentifier() and not value.startswith("="):
            out[keyword.strip()] = value.strip()
        elif argument.startswith("*"):
            continue
        elif number < len(names):
            out[names[number]] = argument
    return out
