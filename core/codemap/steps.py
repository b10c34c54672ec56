"""The functions of a trace that are ours, innermost first, each with the statement that it stopped at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rootcase.core.codemap.definitions import is_test
from rootcase.core.codemap.frames import Located
from rootcase.core.codemap.scopes import MODULE, Scope, Source, source_of
from rootcase.core.codemap.usage import Statement, statement_at

STEPS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One function of the trace. distance: 0 for the innermost that is worth a look. scope: Python alone.

    entry: the trace comes in here, whether or not it was called again further in.
    """

    place: Located
    name: str
    distance: int
    source: Source | None = field(default=None, repr=False)
    scope: Scope | None = field(default=None, repr=False)
    statement: Statement | None = field(default=None, repr=False)
    entry: bool = False

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
    seen: dict[tuple[str, str], int] = {}
    code = [item for item in own if not is_test(item.path)] or list(own)
    at = 0
    for item in reversed(code):
        source = source_of(item.text) if item.text and item.path.endswith((".py", ".pyi")) else None
        scope = source.at(item.line) if source else None
        name = scope.qualified_name if scope else item.function.qualified_name if item.function else MODULE
        at = seen.setdefault((item.path, name), len(out))
        if at == len(out):
            found = statement_at(scope, item.line) if scope else None
            out.append(Step(item, name, at, source, scope, found))
    if code:
        out[at] = replace(out[at], entry=True)  # the last one read is the outermost
    return tuple(out[:STEPS])
