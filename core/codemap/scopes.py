"""Classes and functions of a Python source as scopes, read statement by statement and tolerant of broken text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from tree_sitter import Node

MODULE = "<module>"
MAX_FILE = 5_000_000
DEFINITIONS = frozenset(("function_definition", "class_definition"))
_BLOCKS = frozenset(
    (
        "block", "module", "decorated_definition", "if_statement", "elif_clause", "else_clause", "for_statement",
        "while_statement", "with_statement", "try_statement", "except_clause", "except_group_clause",
        "finally_clause", "match_statement", "case_clause", "ERROR",
    )
)  # fmt: skip
ScopeKind = Literal["module", "class", "function"]


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """A module, class or function. start: line of `def` or `class`; end: its last line; bases: as written."""

    qualified_name: str
    kind: ScopeKind
    start: int
    end: int
    node: Node = field(repr=False)
    bases: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.qualified_name.rsplit(".", 1)[-1]

    @property
    def owner(self) -> str:
        """The qualified name of what is around it, "" at the top."""
        return self.qualified_name.rpartition(".")[0]

    @property
    def body(self) -> Node:
        return self.node.child_by_field_name("body") or self.node


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A file's scopes in order, the module first."""

    scopes: tuple[Scope, ...]

    @property
    def module(self) -> Scope:
        return self.scopes[0]

    def at(self, line: int) -> Scope:
        """The innermost scope around a line."""
        around = [scope for scope in self.scopes[1:] if scope.start <= line <= scope.end]
        return max(around, key=lambda scope: (scope.start, -scope.end), default=self.module)

    def named(self, name: str) -> tuple[Scope, ...]:
        """Scopes of that bare name."""
        return tuple(scope for scope in self.scopes[1:] if scope.name == name)

    def get(self, qualified_name: str) -> Scope | None:
        return next((scope for scope in self.scopes if scope.qualified_name == qualified_name), None)

    def class_of(self, scope: Scope) -> Scope | None:
        """The class that a function stands in, through functions around it."""
        owner = scope.qualified_name if scope.kind == "class" else scope.owner
        while owner:
            found = self.get(owner)
            if found is not None and found.kind == "class":
                return found
            owner = owner.rpartition(".")[0]
        return None


@lru_cache(maxsize=96)
def source_of(text: str) -> Source | None:
    """The scopes of a Python source; None where it is too large to read."""
    if len(text) > MAX_FILE:
        return None
    import tree_sitter_python
    from tree_sitter import Language, Parser

    root = Parser(Language(tree_sitter_python.language())).parse(text.encode("utf-8", "replace")).root_node
    module = Scope(MODULE, "module", 1, root.end_point.row + 1, root)
    return Source((module, *_scopes(root)))


def text_of(node: Node | None) -> str:
    """A node's source, "" for none."""
    return node.text.decode("utf-8", "replace") if node is not None and node.text else ""


def line_of(node: Node) -> int:
    return node.start_point.row + 1


def _scopes(root: Node) -> Iterator[Scope]:
    """Only statements are entered, never expressions; without recursion, so that no nesting ends us."""
    waiting: list[tuple[Node, str]] = [(root, "")]
    while waiting:
        node, prefix = waiting.pop()
        inside = prefix
        if node.type in DEFINITIONS:
            inside = f"{prefix}{text_of(node.child_by_field_name('name')) or '?'}."
            kind: ScopeKind = "class" if node.type == "class_definition" else "function"
            yield Scope(inside[:-1], kind, line_of(node), node.end_point.row + 1, node, _bases(node))
        if node.type in DEFINITIONS or node.type in _BLOCKS:
            waiting.extend((child, inside) for child in reversed(node.named_children))


def _bases(node: Node) -> tuple[str, ...]:
    listed = node.child_by_field_name("superclasses")
    if listed is None:
        return ()
    return tuple(text_of(item) for item in listed.named_children if item.type in ("identifier", "attribute"))
