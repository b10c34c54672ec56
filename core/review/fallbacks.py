"""Where code of other languages falls back to a made-up value: `??`, `||`, `?.`, `getOrDefault`, ternaries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rootcase.core.review.syntax import Syntax, made_up, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

_JAVA = re.compile(r"(?:getOrDefault|orElse|requireNonNullElse|defaultString|defaultIfNull|firstNonNull)$")
_KINDS = frozenset(
    {"binary_expression", "member_expression", "ternary_expression", "method_invocation", "call_expression"}
)


def fallbacks(syntax: Syntax) -> Iterator[tuple[Node, str]]:
    """(node, what it falls back to in words), the outer ones first."""
    for node in syntax.walk(_KINDS):
        what = _fallback(node)
        if what:
            yield node, what


def _fallback(node: Node) -> str:
    if node.type == "binary_expression":
        operator = text_of(node.child_by_field_name("operator"))
        right = node.child_by_field_name("right")
        if operator in ("??", "||") and made_up(right) and text_of(right) not in ("true", "false"):
            return f"Falls back to `{text_of(right)}`"
    elif node.type == "member_expression":
        if any(child.type == "optional_chain" for child in node.children):
            return "Reads with `?.`, which gives undefined"
    elif node.type == "ternary_expression":
        for side in ("alternative", "consequence"):
            value = node.child_by_field_name(side)
            if value is not None and made_up(value) and text_of(value) not in ("true", "false"):
                return f"Falls back to `{text_of(value)}`"
    elif node.type == "method_invocation" and _JAVA.search(text_of(node.child_by_field_name("name"))):
        given = node.child_by_field_name("arguments")
        if given is not None and given.named_children and made_up(given.named_children[-1]):
            return f"Falls back to `{text_of(given.named_children[-1])}`"
    return ""
