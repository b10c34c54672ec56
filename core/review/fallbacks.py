"""Where code of other languages falls back to a made-up value: `??`, `||`, `?.`, `getOrDefault`, ternaries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rootcase.core.review.syntax import Syntax, made_up, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

    from rootcase.core.review.change import FileChange

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


_CHAINED = re.compile(r"([\w$.\[\]()'\"]*?)\?\.")
_BEFORE = re.compile(
    r"([\w$.\[\]]+)\s*(?:\?\?|\|\||===?\s*(?:null|undefined)|!==?\s*(?:null|undefined|nil)|==\s*nil)"
)
_DECLARED = (
    r"\b{name}\??\s*:\s*[^,;=)]*\b(?:null|undefined)\b|\b{name}\?\s*:|@Nullable[^,;()]*\b{name}\b"
    r"|Optional<[^>]*>\s+{name}\b"
)


def expected(file: FileChange, line: int, text: str) -> str:
    """Why what a guard or fallback on that new line asks may be absent, by the base's own words; "" for nothing."""
    old = file.old_syntax
    if old is None:
        return ""
    inside = file.enclosing_at(line)
    function = old.functions().get(inside)
    body = text_of(function) if function is not None else ""
    asked = {m.group(1) for m in _BEFORE.finditer(text)} | {m.group(1) for m in _CHAINED.finditer(text)}
    asked |= {m for m in re.findall(r"if\s*\(\s*!?\s*([\w$.]+)", text)}
    for name in sorted(each.strip("(") for each in asked if each):
        last = re.escape(name.rpartition(".")[2])
        if re.search(_DECLARED.format(name=last), text_of(old.root)):
            return f"`{name}` is declared as one that may be absent"
        if body and re.search(
            rf"\b{re.escape(name)}\s*(?:\?\?|\|\||\?\.|[!=]==?\s*(?:null|undefined|nil))|!{re.escape(name)}\b",
            body,
        ):
            return f"`{name}` is asked for its presence already"
    return ""
