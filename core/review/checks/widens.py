"""The draft lets an existing `except` clause catch more than it did."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rootcase.core.model.proofs import Severity
from rootcase.core.review.change import AddedLine, Change, FileChange, Found, functions
from rootcase.core.review.handlers import BROAD, PARENTS, caught, handlers, hides
from rootcase.core.review.hiding import BROAD as TOPS
from rootcase.core.review.hiding import Clause, clauses, quiet
from rootcase.core.review.syntax import nodes, rows, shape, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

CHECK = "widens an except"
SETTLE = "Keep the clause as it was, and give the new error a clause of its own that acts on it."


def widens(change: Change) -> Iterator[Found]:
    """Clauses of a function that list more, or a parent, of what a clause there listed before."""
    for file in change.source:
        if file.new_syntax is not None and file.old_syntax is not None:
            yield from _in_syntax(file)
        if file.new_tree is None or file.old_tree is None:
            continue
        before = _by_function(file.old_tree)
        after = _by_function(file.new_tree)
        for name, new_handlers in after.items():
            yield from _compare(file, before.get(name, []), new_handlers)


def _in_syntax(file: FileChange) -> Iterator[Found]:
    """Java's clauses by their types; any language's clause that raised again before and does no longer."""
    assert file.new_syntax is not None and file.old_syntax is not None
    before, after = list(clauses(file.old_syntax)), list(clauses(file.new_syntax))
    known = {shape(clause.node) for clause in before}
    still = {shape(clause.node) for clause in after}
    gone = [clause for clause in before if shape(clause.node) not in still]
    for clause in after:
        line = file.added_at(clause.node)
        if line is None and not _edited(file, clause.node):
            continue
        if shape(clause.node) in known or not gone:
            continue
        words = _wider_words(gone, clause)
        if words:
            hunk, index, said = _place(file, line)
            quietly = bool(quiet(clause.body))
            severity: Severity = "block" if clause.broad else "warn" if quietly else "info"
            yield Found(CHECK, severity, file.path, hunk, words, SETTLE, index, said=said)


def _wider_words(gone: Sequence[Clause], clause: Clause) -> str:
    narrow = next(
        (g for g in gone if g.names and g.names != clause.names and _more(clause.names, g.names)), None
    )
    if narrow is not None:
        return f"Caught {_words(narrow.names)} before and catches {_words(clause.names)} now."
    if any(_raises(g) for g in gone) and not _raises(clause) and any(g.names == clause.names for g in gone):
        return "Raised the error again before and keeps it to itself now."
    return ""


def _more(names: frozenset[str], than: frozenset[str]) -> bool:
    return names > than or (bool(names & TOPS) and not than & TOPS)


def _raises(clause: Clause) -> bool:
    return any(
        each.type == "throw_statement" or text_of(each).startswith("panic(")
        for statement in clause.body for each in nodes(statement)
    )  # fmt: skip


def _edited(file: FileChange, node: Node) -> bool:
    """A clause that only lost lines has none added, yet it changed."""
    first, last = rows(node)
    return any(first - 1 <= hunk.start <= last + len(hunk.old) for hunk in file.hunks)


def _place(file: FileChange, line: AddedLine | None) -> tuple[str, int, str]:
    if line is not None:
        return line.hunk.id, line.index, line.text
    return file.hunks[0].id, -1, file.removed[0][1] if file.removed else ""


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
        severity: Severity = "block" if names & BROAD else "warn" if hides(handler.body) else "info"
        text = f"Caught {_words(narrow)} before and catches {_words(names)} now."
        yield Found(CHECK, severity, file.path, line.hunk.id, text, SETTLE, line.index, said=line.text)


def _wider(names: frozenset[str], than: frozenset[str]) -> bool:
    if names == than:
        return False
    return all(n in names or names & set(PARENTS.get(n, ("Exception", "BaseException"))) for n in than)


def _words(names: frozenset[str]) -> str:
    return "anything" if names & BROAD else ", ".join(sorted(names))
