"""The value that failed: which expression it is, and whether it was given to its function or made in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from rootcase.core.codemap.scopes import Scope
from rootcase.core.codemap.telling import Telling
from rootcase.core.codemap.usage import Statement, assignments, calls_in, parameters, sources_of, targets

Provenance = Literal["given", "made", "object", "unknown"]
_SELF = ("self", "cls")
DEPTH = 3


def culprit_of(found: Statement, told: Telling) -> str:
    """The expression that the exception's words are about, as written, "" where they do not say."""
    if told.kind in ("attribute", "none") and told.name:
        return next((value for value, name in found.attributes if name == told.name), "")
    if told.kind == "none":
        values = [value for value, _ in found.subscripts]
        iterated = list(found.names[-1:]) if found.kind == "for_statement" else []
        return next(iter((*values, *iterated)), "")
    if told.kind == "key":
        quoted = (f'"{told.name}"', f"'{told.name}'")
        exact = [value for value, key in found.subscripts if key in quoted]
        return next(iter((*exact, *(value for value, _ in found.subscripts))), "")
    return ""


def provenance(scope: Scope, found: Statement, culprit: str = "") -> Provenance:
    """Where what failed came from.

    Args: culprit: the expression that the exception's words are about, "" where they do not say.
    `given`: parameters as they came in, or parts of them; `made`: a variable that the function set itself;
    `object`: an attribute of its own object; `unknown`: neither, such as a constant alone.
    """
    if scope.kind != "function":
        return "unknown"
    if culprit:
        root = culprit.split(".", 1)[0].split("[", 1)[0]
        if not root.isidentifier() or "(" in culprit:
            return "made"
        return "object" if root in own_names(scope) else _of_names([root], scope, found)
    itself = own_names(scope)
    own = {f"{value}.{name}" for value, name in found.attributes if value in itself}
    called = {call.name for call in found.calls if not call.receiver}
    methods = {f"{call.receiver}.{call.name}" for call in found.calls}
    put = {name for left, _ in assignments(found) for name in targets(left)}
    names = [name for name in found.names if name not in called | put and name not in itself]
    names += [name for name in found.names if name in put and _reads_itself(name, found)]
    told = _of_names(names, scope, found)
    return "object" if told != "made" and own - methods - put else told


def own_names(scope: Scope) -> tuple[str, ...]:
    """What a method calls its object or class; a plain function may well have a parameter `cls`."""
    first = parameters(scope)[:1] if scope.owner else ()
    return first if first and first[0] in _SELF else _SELF if scope.owner and not first else ()


def _of_names(names: Iterable[str], scope: Scope, found: Statement) -> Provenance:
    kinds = {_of_name(name, scope, found.start, DEPTH) for name in names}
    return "made" if "made" in kinds else "given" if "given" in kinds else "unknown"


def _of_name(name: str, scope: Scope, before: int, depth: int) -> Provenance:
    """A loop over a parameter, or a part of it by name or key, hands on what was given; a call makes something."""
    sources = [(line, right) for line, right in sources_of(scope, name, before - 1) if line < before]
    if not sources:
        return "given" if name in parameters(scope) and name not in own_names(scope) else "unknown"
    if depth == 0:
        return "made"
    for line, right in sources:
        inner = [n for n in Statement("value", line, line, (right,)).names if n != name]
        if calls_in((right,)) or not inner or any(n in own_names(scope) for n in inner):
            return "made"
        if any(_of_name(n, scope, line, depth - 1) != "given" for n in inner):
            return "made"
    return "given"


def _reads_itself(name: str, found: Statement) -> bool:
    """`text = text.replace(…)`: what it sets is also what it reads."""
    return any(
        name in Statement("value", found.start, found.end, (right,)).names for _, right in assignments(found)
    )
