"""How likely each function of the trace is the one to change: the innermost most, unless it only reports or helps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from rootcase.core.codemap.definitions import is_test
from rootcase.core.codemap.frames import Located
from rootcase.core.codemap.leads import Lead
from rootcase.core.codemap.scopes import MODULE, Scope, Source, source_of
from rootcase.core.codemap.telling import Telling
from rootcase.core.codemap.usage import Statement, parameters, sources_of, statement_at, statements

# Of 75 real crashes the innermost frame of ours is the function that was fixed in 56%, an outer one in 17%.
INNERMOST = 0.56
OUTER = (0.16, 0.09, 0.055, 0.04, 0.03)
FARTHER = 0.02
STEPS = 10
_CHECKS = re.compile(
    r"(?i)(?:^|_)(?:check|validate|valid|ensure|require|assert|verify|raise|fail|error|abort)(?:_|$)"
)
_SHARED = re.compile(r"(?:^|/)_?(?:utils?|helpers?|compat|common|validat\w+|exceptions|errors)(?:/|\.py$)")
_VENDORED = re.compile(r"(?:^|/)(?:_?vendor(?:ed)?|third_party|extern(?:als)?|packages)/")
_LOOKUPS = frozenset(("__getattr__", "__getitem__", "__getattribute__", "__get__", "__call__"))


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One function of the trace. distance: 0 for the innermost that is worth a look. scope: Python alone."""

    place: Located
    name: str
    distance: int
    source: Source | None = field(default=None, repr=False)
    scope: Scope | None = field(default=None, repr=False)
    statement: Statement | None = field(default=None, repr=False)

    @property
    def path(self) -> str:
        return self.place.path

    @property
    def line(self) -> int:
        return self.place.line


def steps_of(own: Sequence[Located]) -> tuple[Step, ...]:
    """Our frames as functions, innermost first; tests are left out, and a function called again counts once.

    Args: own: outermost first.
    """
    out: list[Step] = []
    seen: set[tuple[str, str]] = set()
    code = [item for item in own if not is_test(item.path)] or list(own)
    for item in reversed(code):
        source = source_of(item.text) if item.text and item.path.endswith((".py", ".pyi")) else None
        scope = source.at(item.line) if source else None
        name = scope.qualified_name if scope else item.function.qualified_name if item.function else MODULE
        if (item.path, name) in seen:
            continue
        seen.add((item.path, name))
        found = statement_at(scope, item.line) if scope else None
        distance = len(out)
        out.append(Step(item, name, distance, source, scope, found))
    return tuple(out[:STEPS])


def trace_leads(steps: Sequence[Step], told: Telling) -> list[Lead]:
    """The trace's functions; what a helper loses goes to those that called it."""
    out: list[Lead] = []
    handed = 0.0
    for step in steps:
        base = INNERMOST if step.distance == 0 else _outer(step.distance - 1)
        share, why = _kept(step, told)
        elsewhere = _told_share(step, told) if step.distance == 0 else 1.0
        weight = (base + handed) * share * elsewhere
        handed = 0.7 * (base + handed) * (1 - share) if step.distance + 1 < len(steps) else 0.0
        where = "the failing function" if step.distance == 0 else f"caller in the trace, {step.distance} up"
        out.append(Lead(step.path, step.name, step.line, weight, f"{where}{f', but {why}' if why else ''}"))
        holder = _around(step)
        if holder:
            out.append(
                Lead(step.path, holder.qualified_name, step.line, weight * 0.3, f"{step.name} stands in it")
            )
    return out


def _outer(distance: int) -> float:
    return OUTER[distance] if distance < len(OUTER) else FARTHER


def _kept(step: Step, told: Telling) -> tuple[float, str]:
    """The share of its weight that a step keeps, and what it is that takes the rest."""
    share, why = 1.0, ""
    if _VENDORED.search(step.path):
        share, why = 0.35, "it is vendored code"
    scope, found = step.scope, step.statement
    if scope is None or scope.kind != "function":
        return share, why
    if _hands_on(scope, found):
        return share * 0.25, "it only hands the call on"
    raising = found is not None and found.kind == "raise_statement" and step.distance == 0
    if told.kind == "abstract" and raising:
        return share * 0.35, "it is there to be overridden"
    size = sum(1 for _ in statements(scope))
    shared = bool(_SHARED.search(step.path))
    if raising:
        checks = bool(_CHECKS.search(scope.name))
        if checks or shared:
            return share * 0.45, "it only checks what it is given"
        if found is not None and any(guard.kind == "except_clause" for guard in found.guards):
            return share * 0.55, "it only hands on an error that it caught"
        return share * (0.62 if size <= 4 else 0.78), "it only reports what it was given"
    if scope.name in _LOOKUPS and size <= 6:
        return share * 0.6, "it is a general look-up"
    if size <= 3 and found is not None and _from_parameters(scope, found):
        return share * (0.5 if shared else 0.68), "it only passes its arguments on"
    if shared:
        return share * 0.85, "it is a shared helper"
    return share, why


def _told_share(step: Step, told: Telling) -> float:
    """What the words take from the failing function: a call that does not fit, an attribute its class never had."""
    if told.kind in ("keyword", "arguments"):
        return 0.8
    if told.kind == "attribute" and step.statement is not None:
        own = any(value in ("self", "cls") and name == told.name for value, name in step.statement.attributes)
        reads = step.scope is not None and len(statements(step.scope)) <= 2
        return (0.5 if reads else 0.7) if own else 1.0
    return 1.0


def _hands_on(scope: Scope, found: Statement | None) -> bool:
    """A wrapper's `return function(*args, **kwargs)`."""
    if found is None or not {"args", "kwargs", "kw"} & set(parameters(scope)):
        return False
    return any(
        call.arguments
        and any(argument.startswith("*") for argument in call.arguments)
        and len(call.arguments) <= 3
        for call in found.calls
    )


def _from_parameters(scope: Scope, found: Statement) -> bool:
    """Whether a statement works on nothing but what the function was given."""
    changed = {name for name in parameters(scope) if sources_of(scope, name, found.start)}
    given = set(parameters(scope)) - {"self", "cls"} - changed
    used = set(found.names) - {"self", "cls"}
    called = {call.name for call in found.calls if not call.receiver}
    return bool(given & used) and used - called <= given


def _around(step: Step) -> Scope | None:
    """The function that a nested function or lambda stands in."""
    if step.source is None or step.scope is None or step.scope.kind != "function":
        return None
    holder = step.source.get(step.scope.owner) if step.scope.owner else None
    return holder if holder is not None and holder.kind == "function" else None
