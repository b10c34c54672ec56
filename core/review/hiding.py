"""How code of other languages makes an error disappear: catch clauses, dropped errors, recovered panics."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rootcase.core.review.syntax import Syntax, made_up, nodes, shape, statements, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

BROAD = frozenset({"Exception", "Throwable", "RuntimeException", "Error"})
_LOGS = re.compile(
    r"(?:console|log|logger|LOG|LOGGER|slog|zap|sentry|Sentry|System\.(?:out|err)|fmt)\b.*\(|\w*[lL]og\w*\.\w+\("
    r"|\w+\.printStackTrace\(|(?:print|println|warn|captureException)\("
)
_ERROR_TEST = re.compile(r"(?:\w*\.)?(?P<name>\w*[eE]rr\w*) != nil")
_PROMISE_CATCH = re.compile(r"\.catch$")


@dataclass(frozen=True, slots=True)
class Hidden:
    """A place that makes an error disappear. names: what it catches, empty for anything."""

    node: Node
    how: str
    names: frozenset[str]
    broad: bool


@dataclass(frozen=True, slots=True)
class Clause:
    """What catches. names: the types it lists, empty where it catches anything. body: its statements."""

    node: Node
    names: frozenset[str]
    body: tuple[Node, ...]

    @property
    def broad(self) -> bool:
        return not self.names or bool(self.names & BROAD)


def clauses(syntax: Syntax) -> Iterator[Clause]:
    """Every clause that catches an error, the handlers of promises and Go's `if err != nil` among them."""
    yield from (_clause(node) for node in syntax.walk(syntax.dialect.catches))
    if syntax.dialect.name == "Go":
        for node in syntax.walk(frozenset({"if_statement"})):
            test = text_of(node.child_by_field_name("condition"))
            if _ERROR_TEST.fullmatch(test.strip()):
                yield Clause(node, frozenset(), tuple(statements(node.child_by_field_name("consequence"))))
    elif syntax.dialect.name != "Java":
        yield from _promises(syntax)


def hidden(syntax: Syntax) -> Iterator[Hidden]:
    """Clauses that pass, log or answer with a made-up value; errors dropped and panics recovered unseen."""
    go = syntax.dialect.name == "Go"
    for clause in clauses(syntax):
        how = quiet(clause.body, go=go)
        if how:
            yield Hidden(clause.node, how, clause.names, clause.broad)
    if go:
        yield from _dropped(syntax)
        yield from _recovered(syntax)


def quiet(body: tuple[Node, ...], *, go: bool = False) -> str:
    """How a body makes the error disappear, in words; "" where it raises or really does something."""
    said = ""
    for statement in body:
        how = _quiet(statement, go)
        if not how:
            return ""
        said = how if how != "logs it" or not said else said
    return said or "does nothing"


def _clause(node: Node) -> Clause:
    kinds: frozenset[str] = frozenset()
    for child in nodes(node, frozenset({"catch_type"})):
        kinds = frozenset(text_of(each).rpartition(".")[2] for each in child.named_children)
        break
    return Clause(node, kinds, tuple(statements(node.child_by_field_name("body"))))


def _promises(syntax: Syntax) -> Iterator[Clause]:
    """`p.catch(() => …)`: the handler's body, where it is written in place."""
    for call in syntax.walk(syntax.dialect.calls):
        if not _PROMISE_CATCH.search(text_of(call.child_by_field_name("function"))):
            continue
        given = call.child_by_field_name("arguments")
        handler = given.named_children[0] if given is not None and given.named_children else None
        if handler is None or handler.type not in ("arrow_function", "function_expression"):
            continue
        body = handler.child_by_field_name("body")
        if body is not None and body.type != "statement_block":
            yield Clause(call, frozenset(), (body,))
        else:
            yield Clause(call, frozenset(), tuple(statements(body)))


def _quiet(statement: Node, go: bool) -> str:
    kind = statement.type
    if kind in ("continue_statement", "break_statement"):
        return "goes on as if nothing had happened"
    if kind == "empty_statement":
        return "does nothing"
    if kind == "return_statement":
        return _returned(statement, go)
    words = text_of(statement).strip()
    if kind in ("expression_statement", "call_expression", "method_invocation"):
        if _LOGS.match(words):
            return "logs it"
        inner = statement.named_children[0] if statement.named_children else statement
        if inner.type == "assignment_expression":
            return "puts a made-up value in its place" if made_up(inner.child_by_field_name("right")) else ""
        return "returns a made-up value" if made_up(statement) else ""
    if kind in ("assignment_statement", "short_var_declaration"):
        return "puts a made-up value in its place" if made_up(statement.child_by_field_name("right")) else ""
    return "returns a made-up value" if made_up(statement) else ""


def _returned(statement: Node, go: bool) -> str:
    values = statement.named_children
    if go:
        listed = values[0].named_children if values and values[0].type == "expression_list" else values
        error = text_of(listed[-1]) if listed else ""
        if listed and error != "nil" and not all(made_up(value) for value in listed):
            return ""
        return "returns as if all were well" if not listed or error == "nil" else "returns a made-up value"
    return "returns a made-up value" if all(made_up(value) for value in values) else ""


def _dropped(syntax: Syntax) -> Iterator[Hidden]:
    """`value, _ := call()` and `_ = call()`: the error that came back is thrown away."""
    for node in syntax.walk(frozenset({"short_var_declaration", "assignment_statement"})):
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None or not left.named_children:
            continue
        called = [each for each in right.named_children if each.type == "call_expression"]
        if text_of(left.named_children[-1]) == "_" and len(called) == 1 and len(right.named_children) == 1:
            yield Hidden(node, "throws the error away", frozenset(), True)


def _recovered(syntax: Syntax) -> Iterator[Hidden]:
    for node in syntax.walk(frozenset({"defer_statement"})):
        words = shape(node)
        if "recover ( )" in words and "panic (" not in words and not re.search(r"\berr\w* =(?!=)", words):
            yield Hidden(node, "recovers the panic and goes on", frozenset(), True)
