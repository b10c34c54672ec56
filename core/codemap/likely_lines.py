"""How likely each line is the one to change, from how likely its function is and what stands on it."""

from __future__ import annotations

from collections.abc import Sequence

from rootcase.core.codemap.functions import function_named
from rootcase.core.codemap.scopes import Scope, Source, source_of
from rootcase.core.codemap.steps import Step
from rootcase.core.codemap.usage import sources_of
from rootcase.core.model.code import Candidate
from rootcase.core.model.errors import RepositoryError
from rootcase.core.model.ports import Repository

FUNCTIONS, SHARPER = 6, 2.0
MAX_LINES = 400
# Shares of the failing statement, what makes its values, the conditions around it, what is near, and the function.
FAILED = (0.62, 0.14, 0.05, 0.12, 0.07)
# A raise is seldom what changes: in 19 such functions that were fixed it was in 6, a condition around it in 7.
RAISED = (0.25, 0.14, 0.39, 0.12, 0.1)
Weights = dict[str, dict[int, float]]


async def likely_lines(
    repository: Repository, commit: str, steps: Sequence[Step], found: Sequence[Candidate]
) -> Weights:
    """Path → line → weight; all weights together are 1 where there is anything to weigh."""
    out: Weights = {}
    for item in found[:FUNCTIONS]:
        try:
            text = await repository.read(commit, item.path)
        except RepositoryError:
            continue  # what a partial clone lacks is named by the repository itself
        if not text:
            continue
        step = next((s for s in steps if s.path == item.path and s.name == item.qualified_name), None)
        for line, share in _shares(text, item, step).items():
            lines = out.setdefault(item.path, {})
            # The likelier half of the ranking speaks louder: a line is looked for where the fault most likely is.
            lines[line] = lines.get(line, 0.0) + share * item.score**SHARPER
    total = sum(weight for lines in out.values() for weight in lines.values()) or 1.0
    return {path: {n: weight / total for n, weight in lines.items()} for path, lines in out.items()}


def _shares(text: str, item: Candidate, step: Step | None) -> dict[int, float]:
    rows = text.split("\n")
    source = source_of(text) if item.path.endswith((".py", ".pyi")) else None
    scope = source.get(item.qualified_name) if source else None
    if scope is None or scope.kind == "module":
        plain = (
            function_named(text, item.path, item.qualified_name.rsplit(".", 1)[-1]) if scope is None else None
        )
        span = (plain.start, plain.end) if plain else (item.line - 2, item.line + 2)
        return _spread([n for n in range(*span) if _counts(rows, n)] + [span[1]], 0.5) | {item.line: 0.5}
    if step is not None and step.statement is not None:
        return _of_step(rows, scope, step)
    body = [n for n in _own_lines(source, scope) if _counts(rows, n)][:MAX_LINES]
    shares = _spread(body, 0.7)
    near = (
        [n for n in range(item.line, item.line + 2) if n in shares]
        if item.line != scope.start
        else [scope.start]
    )
    for n, share in _spread(near, 0.3).items():
        shares[n] = shares.get(n, 0.0) + share
    return shares


def _of_step(rows: Sequence[str], scope: Scope, step: Step) -> dict[int, float]:
    """The failing statement first, then what made its values, what led to it, and what stands around it."""
    assert step.statement is not None and step.source is not None
    statement = step.statement
    body = [n for n in _own_lines(step.source, scope) if _counts(rows, n)][:MAX_LINES]
    failing = [n for n in range(statement.start, statement.end + 1) if _counts(rows, n)][:12] or [step.line]
    makes = [
        line
        for name in statement.names[:8]
        for line, _ in sources_of(scope, name, statement.start)[:2]
        if line not in failing
    ]
    guards = [guard.start for guard in statement.guards[-2:]]
    near = [n for n in body if abs(n - step.line) <= 4 and n not in failing]
    shares: dict[int, float] = {}
    masses = RAISED if statement.kind == "raise_statement" else FAILED
    for lines, mass in zip((failing, makes, guards, near, body), masses, strict=True):
        for n, share in _spread(lines, mass).items():
            shares[n] = shares.get(n, 0.0) + share
    return shares


def _own_lines(source: Source | None, scope: Scope) -> list[int]:
    """Lines of a scope without those of the scopes in it; a class has its own statements alone."""
    inside = [s for s in source.scopes if s.owner == scope.qualified_name] if source else []
    return [
        n for n in range(scope.start, scope.end + 1) if not any(s.start <= n <= s.end for s in inside)
    ]  # fmt: skip


def _spread(lines: Sequence[int], mass: float) -> dict[int, float]:
    return {n: mass / len(set(lines)) for n in lines}


def _counts(rows: Sequence[str], line: int) -> bool:
    """Code: no blank line and no comment."""
    if not 0 < line <= len(rows):
        return False
    row = rows[line - 1].strip()
    return bool(row) and not row.startswith(("#", "//", '"""', "'''"))
