"""Small wrong versions of changed JavaScript, TypeScript, Java and Go lines, cut out along their syntax trees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from rootcase.core.proof.mutants import Mutant, spread

if TYPE_CHECKING:
    from tree_sitter import Language, Node

# Suffix → (grammar's module, its language, whether a value may be left out or become nothing and still compile).
GRAMMARS: dict[str, tuple[str, str, bool]] = {
    **dict.fromkeys((".js", ".mjs", ".cjs", ".jsx"), ("tree_sitter_javascript", "language", True)),
    **dict.fromkeys((".ts", ".mts", ".cts"), ("tree_sitter_typescript", "language_typescript", True)),
    ".tsx": ("tree_sitter_typescript", "language_tsx", True),
    ".java": ("tree_sitter_java", "language", False),
    ".go": ("tree_sitter_go", "language", False),
}
LONGEST = 1_000_000
_SWAPS = {
    "===": "!==", "!==": "===", "==": "!=", "!=": "==", "<": "<=", "<=": "<", ">": ">=", ">=": ">",
    "&&": "||", "||": "&&", "+": "-", "-": "+", "*": "/", "/": "*", "%": "*", "+=": "-=", "-=": "+=",
    "true": "false", "false": "true",
}  # fmt: skip
_OPERATIONS = frozenset({
    "binary_expression", "augmented_assignment_expression", "assignment_expression", "assignment_statement",
})  # fmt: skip
_NUMBERS = frozenset({"number", "decimal_integer_literal", "int_literal"})
_CALLS = frozenset({"call_expression", "method_invocation"})


@dataclass(frozen=True, slots=True)
class _Edit:
    """Replace the bytes from start to end."""

    start: int
    end: int
    becomes: str


def syntax_mutants(path: str, text: str, lines: Iterable[int], *, limit: int = 30) -> tuple[Mutant, ...]:
    """Mutants of those lines of a file, spread over the lines; each one still parses.

    Empty for languages not known here, and where the file does not parse.
    """
    known = GRAMMARS.get(PurePosixPath(path).suffix.lower())
    if known is None or len(text) > LONGEST:
        return ()
    from tree_sitter import Parser

    parser = Parser(_language(*known[:2]))
    source = text.encode("utf-8", "surrogatepass")
    root = parser.parse(source).root_node
    if root.has_error:
        return ()
    wanted = frozenset(lines)
    found: dict[Mutant, None] = {}
    for node in _nodes(root):
        row = node.start_point.row + 1
        for edit in _edits(node, loose=known[2]) if row in wanted else ():
            changed = source[: edit.start] + edit.becomes.encode() + source[edit.end :]
            if changed != source and not parser.parse(changed).root_node.has_error:
                was = " ".join(source[edit.start : edit.end].decode("utf-8", "replace").split())
                found[Mutant(path, row, was, edit.becomes, changed.decode("utf-8", "surrogatepass"))] = None
    return spread(found, limit)


@cache
def _language(module: str, factory: str) -> Language:
    from tree_sitter import Language

    return Language(getattr(import_module(module), factory)())


def _nodes(root: Node) -> Iterator[Node]:
    """The tree in order of the text, without recursion: code may nest deeper than Python does."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(node.children))


def _edits(node: Node, *, loose: bool) -> Iterator[_Edit]:
    if node.type in _OPERATIONS:
        yield from _operator(node)
    elif node.type in ("true", "false"):
        yield _Edit(node.start_byte, node.end_byte, _SWAPS[node.type])
    elif node.type in _NUMBERS and _text(node).isdigit():
        yield _Edit(node.start_byte, node.end_byte, str(int(_text(node)) + 1))
    elif node.type == "unary_expression" and _text(node.children[0]) == "!":
        yield _Edit(node.children[0].start_byte, node.children[0].end_byte, "")
    elif node.type in ("if_statement", "while_statement"):
        yield from _condition(node)
    elif node.type == "optional_chain" and loose:
        # `a?.b` is `a.b`; `a?.[b]` and `a?.()` lose the mark alone.
        follows = node.next_sibling.type if node.next_sibling else ""
        yield _Edit(node.start_byte, node.end_byte, "." if "identifier" in follows else "")
    elif node.type == "return_statement" and loose and node.named_children:
        value = node.named_children[0]
        if _text(value) not in ("null", "undefined"):
            yield _Edit(value.start_byte, value.end_byte, "undefined")
    elif (
        node.type == "expression_statement"
        and node.named_children
        and _dropped(node.named_children[0], loose=loose)
    ):
        yield _Edit(
            node.named_children[0].start_byte, node.named_children[0].end_byte, "void 0" if loose else ""
        )


def _operator(node: Node) -> Iterator[_Edit]:
    operator = node.child_by_field_name("operator")
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if operator is None or left is None or right is None:
        return
    word = _text(operator)
    if word == "??":
        yield _Edit(left.end_byte, node.end_byte, "")
    elif word in _SWAPS and not (word == "+" and any("string" in side.type for side in (left, right))):
        yield _Edit(operator.start_byte, operator.end_byte, _SWAPS[word])


def _condition(node: Node) -> Iterator[_Edit]:
    """What is asked, the other way round."""
    asked = node.child_by_field_name("condition")
    if asked is None:
        return
    inner = (
        asked.named_children[0]
        if asked.type == "parenthesized_expression" and asked.named_children
        else asked
    )
    if inner.type not in ("binary_expression", "unary_expression", "true", "false"):
        yield _Edit(inner.start_byte, inner.end_byte, f"!({_text(inner)})")


def _dropped(node: Node, *, loose: bool) -> bool:
    """A statement that a compiler does not miss."""
    return node.type in _CALLS or (loose and node.type in ("assignment_expression", "await_expression"))


def _text(node: Node) -> str:
    return node.text.decode("utf-8", "replace") if node.text is not None else ""
