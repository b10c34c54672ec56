"""The draft lets an existing `except` clause catch more than it did."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from rootcase.core.model.proofs import Severity
from rootcase.core.review.change import Change, FileChange, Found, functions
from rootcase.core.review.handlers import BROAD, PARENTS, caught, handlers

CHECK = "widens an except"
SETTLE = "Keep the clause as it was, and give the new error a clause of its own that acts on it."


def widens(change: Change) -> Iterator[Found]:
    """Clauses of a function that list more, or a parent, of what a clause there listed before."""
    for file in change.source:
        if file.new_tree is None or file.old_tree is None:
            continue
        before = _by_function(file.old_tree)
        after = _by_function(file.new_tree)
        for name, new_handlers in after.items():
            yield from _compare(file, before.get(name, []), new_handlers)


def _by_function(tree: ast.Module) -> dict[str, list[ast.ExceptHandler]]:
    return {name: [handler for _, handler in handlers(node)] for name, node in functions(tree)}


def _compare(file: FileChange, old: list[ast.ExceptHandler], new: list[ast.ExceptHandler]) -> Iterator[Found]:
    new_names = [caught(h.type) for h in new]
    gone = [names for names in (caught(h.type) for h in old) if names not in new_names]
    for handler in new:
        names = caught(handler.type)
        line = file.at(handler)
        narrow = next((g for g in gone if _wider(names, g)), None)
        if line is None or narrow is None:
            continue
        severity: Severity = "block" if names & BROAD else "warn"
        text = f"Caught {_words(narrow)} before and catches {_words(names)} now."
        yield Found(CHECK, severity, file.path, line.hunk.id, text, SETTLE, line.index, said=line.text)


def _wider(names: frozenset[str], than: frozenset[str]) -> bool:
    if names == than:
        return False
    return all(n in names or names & set(PARENTS.get(n, ("Exception", "BaseException"))) for n in than)


def _words(names: frozenset[str]) -> str:
    return "anything" if names & BROAD else ", ".join(sorted(names))
