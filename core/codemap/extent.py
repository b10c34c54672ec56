"""The whole statement that a line is part of, by the syntax tree: a call over five lines is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rootcase.core.codemap.languages.table import Language, language_of
from rootcase.core.codemap.symbols import MAX_SOURCE, is_minified, parse

if TYPE_CHECKING:
    from tree_sitter import Node

# A statement longer than this is a table of data; what changed far off in it is another matter.
LONGEST = 60
DEEPEST = 400


def statement_at(text: str, path: str, line: int) -> tuple[int, int]:
    """First and last line of the statement around a line; of a compound one its header alone.

    (line, line) where the language has no grammar here or the file is not for people.
    """
    language = language_of(path)
    lines = text.split("\n")
    if language is None or not 0 < line <= len(lines) or len(text) > MAX_SOURCE or is_minified(text):
        return line, line
    row = lines[line - 1]
    column = len(row[: len(row) - len(row.lstrip())].encode("utf-8", "replace"))
    root = parse(text, language).root_node
    node = root.descendant_for_point_range((line - 1, column), (line - 1, column + 1))
    statement = _statement(node, language)
    if statement is None:
        return line, line
    start, end = statement.start_point.row + 1, _header_end(statement, language)
    if not start <= line <= end or end - start >= LONGEST:
        return line, line
    return start, end


def _statement(node: Node | None, language: Language) -> Node | None:
    """The nearest node around that stands directly in a block; a tree deeper than people write has none."""
    for _ in range(DEEPEST):
        parent = node.parent if node is not None else None
        if node is None or parent is None:
            return None
        if parent.type in language.blocks and node.type not in language.blocks and node.is_named:
            return node
        node = parent
    return None


def _header_end(statement: Node, language: Language) -> int:
    """Its last line, or the last before its first block starts (`if (a &&\\n b) {`)."""
    last = statement.end_point.row + (statement.end_point.column > 0)
    waiting = [statement]
    first: Node | None = None
    while waiting:
        node = waiting.pop()
        for child in node.named_children:
            if child.type in language.blocks:
                if first is None or child.start_byte < first.start_byte:
                    first = child
            else:
                waiting.append(child)
    if first is None:
        return last
    before = first.start_point.row + 1
    on_own_line = first.prev_sibling is not None and first.prev_sibling.end_point.row < first.start_point.row
    return max(statement.start_point.row + 1, before - 1 if on_own_line else before)
