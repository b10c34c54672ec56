"""The draft steps around the failing line instead of dealing with why it fails."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rootcase.core.model.proofs import Severity
from rootcase.core.review.absence import tested
from rootcase.core.review.change import Change, FileChange, Found, enclosing
from rootcase.core.review.fallbacks import expected
from rootcase.core.review.handlers import (
    answers_protocol,
    caught,
    handlers,
    hides,
    made_up,
    shape,
)
from rootcase.core.review.outcome import leaves_work, loop_skips, usual
from rootcase.core.review.rescue import other_way, squeezed, takes
from rootcase.core.review.symptom import CrashSite, cause_elsewhere, failing_type, names_on
from rootcase.core.review.syntax import Syntax, names_in, rows, statements
from rootcase.core.review.syntax import made_up as made_up_words
from rootcase.core.review.syntax import shape as words
from rootcase.core.review.weighing import Outcome, in_way, sites_of, weigh

if TYPE_CHECKING:
    from tree_sitter import Node

CHECK = "guard at the symptom"
SETTLE = "Deal with it where the wrong value comes from, or raise an error that names it."
RETURNS = "Returns early where production crashed"
SKIPS = "Skips the item where production crashed"
AROUND = "Does the failing step only where the value is there"


def guards_symptom(change: Change) -> Iterator[Found]:
    """On the crash path: a new `if` that leaves early, or around the failing line, over what that line reads; a
    filter over it; or a new `except` of the production error that goes on with another value."""
    sites = sites_of(change)
    for file in change.source:
        if all(file.path != site.path for site in sites):
            continue
        if file.new_tree is not None:
            yield from _guards(change, file, sites)
            yield from _filters(change, file, sites)
            yield from _catches(change, file, sites)
        elif file.new_syntax is not None:
            yield from _in_syntax(change, file, sites)


def _guards(change: Change, file: FileChange, sites: Sequence[CrashSite]) -> Iterator[Found]:
    assert file.new_tree is not None
    old = {shape(n) for n in ast.walk(file.old_tree) if isinstance(n, ast.If)} if file.old_tree else set()
    for node in ast.walk(file.new_tree):
        if not isinstance(node, ast.If) or shape(node) in old:
            continue
        line = file.at(node)
        if line is None or line.number != node.lineno:
            continue
        site = in_way(change.case, file, node.lineno, sites, callers=True)
        if site is None or not _about(node.test, site):
            continue
        inside = enclosing(file.new_tree, node.lineno)
        how, outcome = _leaves(file, inside, node, site)
        if how:
            yield _found(change, file, site, inside, node, how, tuple(tested(node.test)), outcome)


def _filters(change: Change, file: FileChange, sites: Sequence[CrashSite]) -> Iterator[Found]:
    """A comprehension that leaves out what the failing call cannot take."""
    assert file.new_tree is not None
    old = (
        {shape(n) for n in ast.walk(file.old_tree) if isinstance(n, ast.comprehension)}
        if file.old_tree
        else set()
    )
    for node in ast.walk(file.new_tree):
        if not isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp):
            continue
        fresh = [part for part in node.generators if part.ifs and shape(part) not in old]
        line = file.at(node)
        site = (
            in_way(change.case, file, node.lineno, sites, callers=True)
            if fresh and line is not None
            else None
        )
        if site is None or not any(_about(each, site) for part in fresh for each in part.ifs):
            continue
        inside = enclosing(file.new_tree, node.lineno)
        asked = tuple(value for part in fresh for each in part.ifs for value in tested(each))
        yield _found(change, file, site, inside, node, SKIPS, asked, "skips")


def _catches(change: Change, file: FileChange, sites: Sequence[CrashSite]) -> Iterator[Found]:
    """What plainly hides the error is `swallows`' to say; here it is answered with some other value."""
    assert file.new_tree is not None
    error = failing_type(change.case)
    known = {shape(h) for _, h in handlers(file.old_tree)} if file.old_tree else set()
    for tried, handler in handlers(file.new_tree):
        line = file.at(handler)
        raises = any(isinstance(n, ast.Raise) for statement in handler.body for n in ast.walk(statement))
        if line is None or shape(handler) in known or raises or hides(handler.body):
            continue
        if answers_protocol(enclosing(file.new_tree, handler.lineno), handler.body) or other_way(
            tried, handler
        ):
            continue
        site = next((s for s in sites if _in(file, handler.lineno, s)), None)
        if site is None or not error or not takes(tried, handler, site.text, error):
            continue
        if _refused(sites[0]) and error in caught(handler.type):
            continue  # an error that our own code raises on purpose is there to be caught by name
        how = f"Catches the production error, {error}, on its way and goes on with another value"
        yield _found(change, file, site, "", handler, how, (), "odd")


def _in(file: FileChange, line: int, site: CrashSite) -> bool:
    from rootcase.core.review.symptom import at_site

    return at_site(file, line, site)


def _refused(site: CrashSite) -> bool:
    return site.text.strip().startswith("raise ")


def _found(
    change: Change, file: FileChange, site: CrashSite, inside: str, node: ast.stmt | ast.expr | ast.ExceptHandler,
    how: str, asked: Sequence[ast.expr], outcome: Outcome,
) -> Found:  # fmt: skip
    line = file.at(node)
    assert line is not None
    severity, why = weigh(change, file, site, inside, asked, outcome)
    text = f"{how}, so the wrong value is still made and only its crash is gone.{why}"
    cites = (site.evidence,) if site.evidence else ()
    return Found(CHECK, severity, file.path, line.hunk.id, text, SETTLE, line.index, cites, line.text)


def _about(test: ast.expr, site: CrashSite) -> bool:
    """Whether a condition asks about something that the failing line reads."""
    failing = names_on(site.text) - {"self", "cls"}
    named = {n.id for n in ast.walk(test) if isinstance(n, ast.Name)}
    named |= {n.attr for n in ast.walk(test) if isinstance(n, ast.Attribute)}
    return not failing or bool(named & failing)


def _leaves(file: FileChange, inside: str, node: ast.If, site: CrashSite) -> tuple[str, Outcome]:
    """(how it steps around, what goes on instead); "" where it raises or does something else instead."""
    if any(isinstance(n, ast.Raise) for statement in node.body for n in ast.walk(statement)):
        return "", "usual"
    last = node.body[-1]
    if isinstance(last, ast.Return) and (made_up(last.value) or _only_asks(node)):
        nothing = last.value is None or (isinstance(last.value, ast.Constant) and last.value.value is None)
        if nothing and leaves_work(file, inside, node):
            return RETURNS, "lost"
        if usual(file, inside, last.value):
            return RETURNS, "usual"
        return RETURNS, "passes on" if nothing else "odd"
    if isinstance(last, ast.Continue | ast.Break):
        return SKIPS, "usual" if loop_skips(file, inside) else "skips"
    if isinstance(last, ast.Pass):
        return SKIPS, "skips"
    body = "\n".join(ast.unparse(statement) for statement in node.body)
    if (
        not node.orelse
        and site.text
        and squeezed(site.text) in squeezed(body)
        and any(True for _ in tested(node.test))
    ):
        return AROUND, "skips"
    return "", "usual"


def _only_asks(node: ast.If) -> bool:
    """A lone `return` of a name under `hasattr`: what fails is not done, and nothing is done instead."""
    asks = any(
        isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "hasattr"
        for n in ast.walk(node.test)
    )
    last = node.body[-1]
    return asks and len(node.body) == 1 and isinstance(last, ast.Return) and isinstance(last.value, ast.Name)


def _in_syntax(change: Change, file: FileChange, sites: Sequence[CrashSite]) -> Iterator[Found]:
    assert file.new_syntax is not None
    old = {words(n) for n in _ifs(file.old_syntax)} if file.old_syntax else set()
    for node in _ifs(file.new_syntax):
        line = file.added_at(node)
        first, _ = rows(node)
        if words(node) in old or line is None or line.number != first:
            continue
        site = in_way(change.case, file, first, sites, callers=True)
        how = _leaves_in_syntax(node, names_on(site.text)) if site is not None else ""
        if site is None or not how:
            continue
        claim = cause_elsewhere(change.case, site)
        said = "" if claim else expected(file, first, line.text)
        severity: Severity = "block" if claim else "info" if said else "warn"
        why = (
            f" The cause is claimed elsewhere ({claim.id})."
            if claim
            else f" It may be right: {said}."
            if said
            else ""
        )
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
        if all(made_up_words(value) for value in listed):
            return RETURNS
    if last.type in ("continue_statement", "break_statement"):
        return SKIPS
    return ""
