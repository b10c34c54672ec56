"""Functions of a Python file by tree-sitter: which one a line is in, and what it calls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

MAX_FILE = 5_000_000


@dataclass(frozen=True, slots=True)
class Function:
    """qualified_name: `Cart.total`. start: line of `def`, decorators before it left out; end: its last line."""

    qualified_name: str
    start: int
    end: int
    calls: tuple[tuple[str, int], ...] = field(default=(), repr=False)

    @property
    def name(self) -> str:
        return self.qualified_name.rsplit(".", 1)[-1]


@lru_cache(maxsize=64)
def functions_of(text: str) -> tuple[Function, ...]:
    """All functions of a Python source in order; calls are (name, line). Empty where the file is too large."""
    if len(text) > MAX_FILE:
        return ()
    tree = _parser().parse(text.encode("utf-8", "replace"))
    return tuple(_functions(tree.root_node))


def function_at(text: str, path: str, line: int) -> Function | None:
    """The innermost function around a line; None at module level and for languages without a grammar here."""
    if not path.endswith((".py", ".pyi")):
        return None
    around = [function for function in functions_of(text) if function.start <= line <= function.end]
    return max(around, key=lambda function: function.start, default=None)


def function_named(text: str, path: str, name: str) -> Function | None:
    """The first function of that bare name."""
    if not path.endswith((".py", ".pyi")):
        return None
    return next((function for function in functions_of(text) if function.name == name), None)


def _parser() -> Parser:
    import tree_sitter_python
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_python.language()))


def _functions(root: Node) -> Iterator[Function]:
    """Depth first without recursion; deep nesting in a hostile file must not end the interpreter."""
    waiting: list[tuple[Node, str]] = [(root, "")]
    while waiting:
        node, prefix = waiting.pop()
        inside = prefix
        if node.type in ("function_definition", "class_definition"):
            name = node.child_by_field_name("name")
            label = name.text.decode("utf-8", "replace") if name is not None and name.text else "?"
            inside = f"{prefix}{label}."
            if node.type == "function_definition":
                calls = tuple(_calls(node))
                yield Function(inside[:-1], node.start_point.row + 1, node.end_point.row + 1, calls)
        waiting.extend((child, inside) for child in reversed(node.named_children))


def _calls(function: Node) -> Iterator[tuple[str, int]]:
    waiting = [function]
    while waiting:
        node = waiting.pop()
        if node.type == "call":
            called = node.child_by_field_name("function")
            if called is not None and called.type == "attribute":
                called = called.child_by_field_name("attribute")
            if called is not None and called.type == "identifier" and called.text:
                yield called.text.decode("utf-8", "replace"), node.start_point.row + 1
        nested = ("function_definition", "class_definition")
        inner = [child for child in node.named_children if child.type not in nested]
        waiting.extend(reversed(inner if node is not function else node.named_children))
