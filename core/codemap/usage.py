"""What a Python statement uses, and where in its function those values come from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from rootcase.core.codemap.scopes import DEFINITIONS, Scope, line_of, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

_COMPOUND = frozenset(
    (
        "if_statement", "elif_clause", "else_clause", "for_statement", "while_statement", "with_statement",
        "try_statement", "except_clause", "except_group_clause", "finally_clause", "match_statement", "case_clause",
    )
)  # fmt: skip
_BLOCK = "block"
_EXITS = frozenset(("return_statement", "raise_statement", "continue_statement", "break_statement"))
_CLASS = re.compile(r"\b[A-Z]\w+")
_CHANGES = frozenset(
    ("append", "add", "extend", "insert", "pop", "popleft", "remove", "discard", "clear", "update", "setdefault")
)  # fmt: skip
MAX_NODES = 20_000
LOOKED_BACK = 40


@dataclass(frozen=True, slots=True)
class Call:
    """`receiver.name(...)`; receiver: "" for a bare name; arguments: their sources, in order."""

    name: str
    receiver: str
    line: int
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """A simple statement or the head of a compound one. guards: heads of the `if`s and loops around it."""

    kind: str
    start: int
    end: int
    parts: tuple[Node, ...] = field(repr=False)
    guards: tuple[Statement, ...] = field(default=(), repr=False)

    @property
    def calls(self) -> tuple[Call, ...]:
        return calls_in(self.parts)

    @property
    def names(self) -> tuple[str, ...]:
        """Bare names that it mentions, in order."""
        return tuple(
            dict.fromkeys(text_of(n) for n in _walk(self.parts) if n.type == "identifier" and _is_use(n))
        )

    @property
    def attributes(self) -> tuple[tuple[str, str], ...]:
        """(object, attribute) of each `object.attribute`."""
        found = (n for n in _walk(self.parts) if n.type == "attribute")
        return tuple((text_of(n.child_by_field_name("object")), text_of(n.child_by_field_name("attribute")))
                     for n in found)  # fmt: skip

    @property
    def subscripts(self) -> tuple[tuple[str, str], ...]:
        """(object, key) of each `object[key]`, as written."""
        found = (n for n in _walk(self.parts) if n.type == "subscript")
        return tuple((text_of(n.child_by_field_name("value")), text_of(n.child_by_field_name("subscript")))
                     for n in found)  # fmt: skip

    @property
    def own_attributes(self) -> tuple[str, ...]:
        """`self.name` and `cls.name`, as written."""
        return tuple(f"{value}.{name}" for value, name in self.attributes if value in ("self", "cls"))

    @property
    def looked_in(self) -> tuple[str, ...]:
        """Names of what `x in name` and `x not in name` look in."""
        found = (n for n in _walk(self.parts) if n.type == "comparison_operator")
        pairs = ((n.child(at - 1), n.child(at)) for n in found for at in range(1, n.child_count))
        return tuple(text_of(right) for sign, right in pairs if sign and sign.type in ("in", "not in"))


def statement_at(scope: Scope, line: int) -> Statement | None:
    """The statement of a scope that a line is in, innermost."""
    around: list[Statement] = []
    node = scope.body
    while True:
        inner = next((c for c in node.named_children if _holds(c, line) and c.type != "comment"), None)
        if inner is None:
            return around[-1] if around else None
        if inner.type == _BLOCK:
            node = inner
        elif inner.type in _COMPOUND:
            around.append(_statement(inner, tuple(around)))
            node = inner
        elif node.type in _COMPOUND:
            return around[-1]  # inside the head itself
        else:
            return _statement(inner, tuple(around))


def passed_by(found: Statement, limit: int = 2) -> tuple[Statement, ...]:
    """Heads of the `if`s before a statement that would have left, had they been true; the nearest first.

    A `raise` at the end of a function is reached since each of these said no.
    """
    out: list[Statement] = []
    node = found.parts[0] if found.parts else None
    looked = 0
    while node is not None and node.type not in DEFINITIONS:
        inside = node.parent is not None and node.parent.type == _BLOCK
        before = node.prev_named_sibling if inside else None
        while before is not None and len(out) < limit and looked < LOOKED_BACK:
            if before.type == "if_statement" and _leaves(before):
                out.append(_statement(before, ()))
            before = before.prev_named_sibling
            looked += 1
        node = node.parent
    return tuple(out)


def _leaves(node: Node) -> bool:
    body = node.child_by_field_name("consequence")
    last = (
        [child for child in body.named_children if child.type != "comment"][-1:] if body is not None else []
    )
    return bool(last) and last[0].type in _EXITS


@lru_cache(maxsize=1024)
def statements(scope: Scope) -> tuple[Statement, ...]:
    """Every statement of a scope in order, those of scopes inside it left out."""
    return tuple(_statements(scope))


def _statements(scope: Scope) -> Iterator[Statement]:
    waiting = [scope.body]
    seen = 0
    while waiting and seen < MAX_NODES:
        node = waiting.pop()
        seen += 1
        if node.type in DEFINITIONS or node.type in ("decorated_definition", "comment"):
            continue
        if node.type == _BLOCK or node.type == "module":
            waiting.extend(reversed(node.named_children))
        elif node.type in _COMPOUND:
            yield _statement(node, ())
            waiting.extend(
                reversed([c for c in node.named_children if c.type == _BLOCK or c.type in _COMPOUND])
            )
        else:
            yield _statement(node, ())


def sources_of(scope: Scope, target: str, before: int) -> tuple[tuple[int, Node], ...]:
    """(line, expression) of what is put into a name or `self.name` before a line, the latest first."""
    found = []
    for item in statements(scope):
        if item.start > before:
            continue
        for left, right in assignments(item):
            if target in targets(left):
                found.append((line_of(left), right))
    return tuple(reversed(found))


def made_from(scope: Scope, target: str, before: int) -> tuple[tuple[int, Node], ...]:
    """Its sources but those that only bring what it held into shape, as `tag = Tag(tag)` does."""
    shaped = re.compile(rf"[\w.]+\(\s*{re.escape(target)}\s*\)")
    return tuple(
        (line, right) for line, right in sources_of(scope, target, before)
        if not shaped.fullmatch(text_of(right))
    )  # fmt: skip


def parameter_nodes(scope: Scope) -> Sequence[Node]:
    """A function's parameters as its source has them; () for a class or module."""
    listed = scope.node.child_by_field_name("parameters")
    return listed.named_children if listed is not None else ()


def parameters(scope: Scope) -> tuple[str, ...]:
    """Names of a function's parameters."""
    out = []
    for item in parameter_nodes(scope):
        named = item.child_by_field_name("name") or item
        while named.named_children and named.type != "identifier":
            named = named.named_children[0]
        out.append(text_of(named))
    return tuple(out)


def annotated(scope: Scope, target: str) -> tuple[str, ...]:
    """Classes that the annotations of a parameter, a variable or `self.name` speak of."""
    said = [
        item.child_by_field_name("type")
        for item in parameter_nodes(scope)
        if text_of(item.child_by_field_name("name") or next(iter(item.named_children), None)) == target
    ]
    said += [
        node.child_by_field_name("type")
        for item in statements(scope)
        for node in _walk(item.parts)
        if node.type == "assignment" and text_of(node.child_by_field_name("left")) == target
    ]
    return tuple(dict.fromkeys(_CLASS.findall(" ".join(text_of(node) for node in said))))


def may_return_none(scope: Scope) -> bool:
    """Whether a function gives a value on some ways out and None on others, or None alone by name."""
    given = none = False
    for item in statements(scope):
        if item.kind == "return_statement":
            value = item.parts[0].named_children
            bare = not value or value[0].type == "none"
            given, none = given or not bare, none or bare
    last = [child for child in scope.body.named_children if child.type != "comment"][-1:]
    open_end = not last or last[0].type not in (
        "return_statement",
        "raise_statement",
        "while_statement",
        "with_statement",
    )
    return none or (given and open_end)


def attributes_set(scope: Scope) -> frozenset[str]:
    """Names that a method puts on `self` or `cls`."""
    out: set[str] = set()
    for item in statements(scope):
        for left, _ in assignments(item):
            out.update(name.partition(".")[2] for name in targets(left) if name.startswith(("self.", "cls.")))
    return frozenset(out)


def attributes_changed(scope: Scope) -> frozenset[str]:
    """Names of what a method changes in place on `self`, as `self.rows.append(row)` and `del self.rows[0]` do."""
    out: set[str] = set()
    for item in statements(scope):
        out.update(
            call.receiver.partition(".")[2]
            for call in item.calls
            if call.name in _CHANGES and call.receiver.startswith("self.")
        )
        if item.kind == "delete_statement":
            out.update(name.partition(".")[2] for name in targets(item.parts[0]) if name.startswith("self."))
    return frozenset(out)


def names_set(scope: Scope) -> frozenset[str]:
    """Names that the statements of a scope assign, such as a module's constants."""
    return frozenset(
        name for item in statements(scope) for left, _ in assignments(item) for name in targets(left)
    )


def names_shared(scope: Scope) -> frozenset[str]:
    """Names of its module that a function sets."""
    said = [item.parts[0] for item in statements(scope) if item.kind == "global_statement"]
    if not said:
        return frozenset()
    return names_set(scope) & {text_of(name) for node in said for name in node.named_children}


def calls_in(nodes: Sequence[Node]) -> tuple[Call, ...]:
    """Calls inside expressions, outer ones first."""
    out = []
    for node in _walk(nodes):
        if node.type != "call":
            continue
        called = node.child_by_field_name("function")
        listed = node.child_by_field_name("arguments")
        arguments = tuple(text_of(item) for item in listed.named_children) if listed is not None else ()
        if called is not None and called.type == "attribute":
            receiver = text_of(called.child_by_field_name("object"))
            out.append(
                Call(text_of(called.child_by_field_name("attribute")), receiver, line_of(node), arguments)
            )
        elif called is not None and called.type == "identifier":
            out.append(Call(text_of(called), "", line_of(node), arguments))
    return tuple(out)


def _statement(node: Node, guards: tuple[Statement, ...]) -> Statement:
    if node.type in _COMPOUND:
        parts = tuple(c for c in node.named_children if c.type != _BLOCK and c.type not in _COMPOUND)
        end = max((part.end_point.row + 1 for part in parts), default=line_of(node))
        return Statement(node.type, line_of(node), end, parts, guards)
    if node.type in DEFINITIONS:
        parts = tuple(c for c in node.named_children if c.type != _BLOCK)
        return Statement(node.type, line_of(node), line_of(node), parts, guards)
    return Statement(node.type, line_of(node), node.end_point.row + 1, (node,), guards)


def assignments(item: Statement) -> Iterator[tuple[Node, Node]]:
    """(target, value) pairs of a statement: =, +=, :=, for, with … as."""
    for node in _walk(item.parts):
        if node.type in ("assignment", "augmented_assignment"):
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is not None and right is not None:
                yield left, right
        elif node.type == "named_expression":
            left, right = node.child_by_field_name("name"), node.child_by_field_name("value")
            if left is not None and right is not None:
                yield left, right
        elif node.type == "for_in_clause":
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is not None and right is not None:
                yield left, right
        elif node.type == "as_pattern" and len(node.named_children) == 2:
            yield node.named_children[1], node.named_children[0]
    if item.kind == "for_statement" and len(item.parts) >= 2:
        yield item.parts[0], item.parts[1]


def targets(left: Node) -> frozenset[str]:
    """What a target assigns: names, `self.name`, and the container of `name[key]`; never the key."""
    out: set[str] = set()
    waiting = [left]
    while waiting:
        node = waiting.pop()
        if node.type in ("identifier", "attribute"):
            out.add(text_of(node))
        elif node.type == "subscript":
            value = node.child_by_field_name("value")
            waiting.extend([value] if value is not None else [])
        else:
            waiting.extend(node.named_children)
    return frozenset(out)


def _walk(nodes: Sequence[Node]) -> Iterator[Node]:
    waiting = list(reversed(nodes))
    seen = 0
    while waiting and seen < MAX_NODES:
        node = waiting.pop()
        seen += 1
        yield node
        waiting.extend(reversed(node.named_children))


def _is_use(node: Node) -> bool:
    """An identifier that stands for a value, not the name after a dot or of a keyword argument."""
    parent = node.parent
    if parent is None:
        return True
    if parent.type == "attribute":
        return parent.child_by_field_name("object") == node
    return not (parent.type == "keyword_argument" and parent.child_by_field_name("name") == node)


def _holds(node: Node, line: int) -> bool:
    return node.start_point.row + 1 <= line <= node.end_point.row + 1
