"""The draft steps around the failing line instead of dealing with why it fails."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rootcase.core.model.proofs import Severity
from rootcase.core.review.change import Change, FileChange, Found
from rootcase.core.review.handlers import caught, covers, handlers, hides, shape
from rootcase.core.review.symptom import (
    CrashSite,
    at_site,
    cause_elsewhere,
    crash_site,
    failing_type,
    names_on,
)  # fmt: skip
from rootcase.core.review.syntax import Syntax, made_up, names_in, rows, statements
from rootcase.core.review.syntax import shape as words

if TYPE_CHECKING:
    from tree_sitter import Node

CHECK = "guard at the symptom"
SETTLE = "Deal with it where the wrong value comes from, or raise an error that names it."


def guards_symptom(change: Change) -> Iterator[Found]:
    """In the failing function: a new `if` that leaves early over what the failing line reads, or a new `except`
    of the production error that goes on with another value."""
    site = crash_site(change.case)
    if site is None:
        return
    elsewhere = cause_elsewhere(change.case, site)
    severity: Severity = "block" if elsewhere else "warn"
    for file in change.source:
        if file.path == site.path and file.new_tree is not None:
            claim = elsewhere.id if elsewhere else ""
            yield from _guards(file, site, severity, claim)
            yield from _catches(file, site, severity, claim, failing_type(change.case))
        elif file.path == site.path and file.new_syntax is not None:
            yield from _in_syntax(file, site, severity, elsewhere.id if elsewhere else "")


def _guards(file: FileChange, site: CrashSite, severity: Severity, claim: str) -> Iterator[Found]:
    assert file.new_tree is not None
    old = {shape(n) for n in ast.walk(file.old_tree) if isinstance(n, ast.If)} if file.old_tree else set()
    failing = names_on(site.text)
    for node in ast.walk(file.new_tree):
        if not isinstance(node, ast.If) or shape(node) in old:
            continue
        line = file.at(node)
        if line is None or line.number != node.lineno or not at_site(file, node.lineno, site):
            continue
        how = _leaves(node, failing)
        if not how:
            continue
        why = f" The cause is claimed elsewhere ({claim})." if claim else ""
        text = f"{how}, so the wrong value is still made and only its crash is gone.{why}"
        cites = (site.evidence,) if site.evidence else ()
        yield Found(CHECK, severity, file.path, line.hunk.id, text, SETTLE, line.index, cites, line.text)


def _catches(
    file: FileChange, site: CrashSite, severity: Severity, claim: str, error: str
) -> Iterator[Found]:
    """What plainly hides the error is `swallows`' to say; here it is answered with some other value."""
    assert file.new_tree is not None
    known = {shape(h) for _, h in handlers(file.old_tree)} if file.old_tree else set()
    for _, handler in handlers(file.new_tree):
        line = file.at(handler)
        raises = any(isinstance(n, ast.Raise) for statement in handler.body for n in ast.walk(statement))
        if line is None or shape(handler) in known or raises or hides(handler.body):
            continue
        if not error or not covers(caught(handler.type), error) or not at_site(file, handler.lineno, site):
            continue
        why = f" The cause is claimed elsewhere ({claim})." if claim else ""
        text = (
            f"Catches the production error, {error}, where it is raised and goes on with another value.{why}"
        )
        cites = (site.evidence,) if site.evidence else ()
        yield Found(CHECK, severity, file.path, line.hunk.id, text, SETTLE, line.index, cites, line.text)


def _in_syntax(file: FileChange, site: CrashSite, severity: Severity, claim: str) -> Iterator[Found]:
    assert file.new_syntax is not None
    old = {words(n) for n in _ifs(file.old_syntax)} if file.old_syntax else set()
    failing = names_on(site.text)
    for node in _ifs(file.new_syntax):
        line = file.added_at(node)
        first, _ = rows(node)
        if words(node) in old or line is None or line.number != first or not at_site(file, first, site):
            continue
        how = _leaves_in_syntax(node, failing)
        if how:
            why = f" The cause is claimed elsewhere ({claim})." if claim else ""
            text = f"{how}, so the wrong value is still made and only its crash is gone.{why}"
            cites = (site.evidence,) if site.evidence else ()
            yield Found(CHECK, severity, file.path, line.hunk.id, text, SETTLE, line.index, cites, line.text)


def _ifs(syntax: Syntax) -> Iterator[Node]:
    return syntax.walk(frozenset({"if_statement"}))


def _leaves_in_syntax(node: Node, failing: frozenset[str]) -> str:
    if failing and not names_in(node.child_by_field_name("condition")) & failing:
        return ""
    body = statements(node.child_by_field_name("consequence"))
    if not body:
        return ""
    last = body[-1]
    if last.type == "return_statement":
        values = last.named_children
        listed = values[0].named_children if values and values[0].type == "expression_list" else values
        if all(made_up(value) for value in listed):
            return "Returns early where production crashed"
    if last.type in ("continue_statement", "break_statement"):
        return "Skips the item where production crashed"
    return ""


def _leaves(node: ast.If, failing: frozenset[str]) -> str:
    tested = {n.id for n in ast.walk(node.test) if isinstance(n, ast.Name)}
    if failing and not tested & failing:
        return ""
    if any(isinstance(n, ast.Raise) for statement in node.body for n in ast.walk(statement)):
        return ""
    last = node.body[-1]
    if isinstance(last, ast.Return) and (last.value is None or isinstance(last.value, ast.Constant)):
        return "Returns early where production crashed"
    if isinstance(last, ast.Continue | ast.Break | ast.Pass):
        return "Skips the item where production crashed"
    return ""
