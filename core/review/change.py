"""A draft as the checks see it: each file before and after, and where an added line lies in its hunk."""

from __future__ import annotations

import ast
import warnings
from bisect import bisect_left
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from rootcase.core.config.settings import GuardrailSettings
from rootcase.core.model.case import Case
from rootcase.core.model.drafts import Draft, Hunk
from rootcase.core.model.hunks import applied_all
from rootcase.core.model.proofs import Severity
from rootcase.core.review.syntax import Syntax, rows, syntax_of

if TYPE_CHECKING:
    from tree_sitter import Node


PROSE = frozenset({".md", ".rst", ".txt", ".adoc", ".mdx", ".po"})
NAMED_PROSE = frozenset(
    {"authors", "changelog", "changes", "contributors", "history", "news", "readme", "license"}
)


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found. line: index into the hunk's new lines, -1 for the hunk as a whole."""

    check: str
    severity: Severity
    path: str
    hunk: str
    text: str
    settle: str
    line: int = -1
    cites: tuple[str, ...] = ()
    said: str = ""


@dataclass(frozen=True, slots=True)
class AddedLine:
    """A line that the draft adds. number: 1-based in the new file; index: in its hunk's new lines."""

    hunk: Hunk
    index: int
    number: int
    text: str


@dataclass(frozen=True)
class FileChange:
    """One file of a draft. old, new: its whole text, None where it does not exist."""

    path: str
    old: str | None
    new: str | None
    hunks: tuple[Hunk, ...]

    @property
    def python(self) -> bool:
        return self.path.endswith((".py", ".pyi"))

    @cached_property
    def test(self) -> bool:
        """Whether it is a test, by its hunks' mark or by its name as the common runners see it."""
        return any(h.test for h in self.hunks) or is_test_path(self.path)

    @cached_property
    def old_tree(self) -> ast.Module | None:
        return _parsed(self.old) if self.python else None

    @cached_property
    def new_tree(self) -> ast.Module | None:
        return _parsed(self.new) if self.python else None

    @cached_property
    def old_syntax(self) -> Syntax | None:
        """The tree of another language's old text, None for Python and for languages not known here."""
        return syntax_of(self.path, self.old)

    @cached_property
    def new_syntax(self) -> Syntax | None:
        return syntax_of(self.path, self.new)

    @cached_property
    def added(self) -> tuple[AddedLine, ...]:
        """Every added line in the file's order, where a line that the hunk took out again unchanged is not new."""
        lines: list[AddedLine] = []
        shift = 0
        for hunk in sorted(self.hunks, key=lambda h: (h.start, len(h.old))):
            kept = list(hunk.old)
            for index, text in enumerate(hunk.new):
                if text in kept:
                    kept.remove(text)
                    continue
                lines.append(AddedLine(hunk, index, hunk.start + shift + index, text.rstrip("\r\n")))
            shift += len(hunk.new) - len(hunk.old)
        return tuple(lines)

    @cached_property
    def removed(self) -> tuple[tuple[Hunk, str], ...]:
        """(hunk, line) for every line of the old text that the draft takes out."""
        out: list[tuple[Hunk, str]] = []
        for hunk in self.hunks:
            kept = list(hunk.new)
            for text in hunk.old:
                if text in kept:
                    kept.remove(text)
                else:
                    out.append((hunk, text.rstrip("\r\n")))
        return tuple(out)

    def touches(self, node: ast.AST) -> bool:
        """Whether any line of that node of the new tree was added."""
        return self.first_added(node) is not None

    def first_added(self, node: ast.AST) -> AddedLine | None:
        """The first added line inside a node of the new tree."""
        start = getattr(node, "lineno", 0)
        end = getattr(node, "end_lineno", None) or start
        return self._first_between(start, end)

    def _first_between(self, start: int, end: int) -> AddedLine | None:
        """The first added line from one line number to another, both included."""
        at = bisect_left(self.added, start, key=lambda line: line.number)
        found = self.added[at] if at < len(self.added) else None
        return found if found is not None and found.number <= end else None

    def at(self, node: ast.AST) -> AddedLine | None:
        """The added line where a node of the new tree begins, else its first added line."""
        start = getattr(node, "lineno", 0)
        return self._first_between(start, start) or self.first_added(node)

    def added_at(self, node: Node) -> AddedLine | None:
        """The added line where a node of the new syntax begins, else its first added line."""
        first, last = rows(node)
        return self._first_between(first, last)

    def enclosing_at(self, line: int) -> str:
        """The function around a line of the new file in any language, "" where none is known."""
        if self.new_tree is not None:
            return enclosing(self.new_tree, line)
        return self.new_syntax.enclosing(line) if self.new_syntax is not None else ""

    def old_line(self, number: int) -> int:
        """Where a line of the new file stood in the old one; for an added line, where its hunk begins."""
        shift = 0
        for hunk in sorted(self.hunks, key=lambda h: (h.start, len(h.old))):
            first = hunk.start + shift
            if number < first:
                break
            if number < first + len(hunk.new):
                return min(hunk.start + (number - first), hunk.start + max(0, len(hunk.old) - 1))
            shift += len(hunk.new) - len(hunk.old)
        return number - shift


@dataclass(frozen=True)
class Change:
    """A whole draft in front of the checks."""

    case: Case
    draft: Draft
    guardrails: GuardrailSettings
    files: tuple[FileChange, ...]
    source: tuple[FileChange, ...] = field(init=False)
    tests: tuple[FileChange, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "source", tuple(f for f in self.files if not f.test))
        object.__setattr__(self, "tests", tuple(f for f in self.files if f.test))


def change_of(
    case: Case, draft: Draft, base: Mapping[str, str | None], guardrails: GuardrailSettings
) -> Change:
    """The draft's accepted hunks applied to the base texts. EditError where one does not fit."""
    hunks = draft.accepted
    texts = applied_all(base, hunks)
    files = tuple(
        FileChange(path, base.get(path), new, tuple(h for h in hunks if h.path == path))
        for path, new in texts.items()
    )
    return Change(case, draft, guardrails, files)


def is_test_path(path: str) -> bool:
    """Whether the common runners would take the file for a test."""
    parts = PurePosixPath(path)
    name = parts.name
    folders = {part.lower() for part in parts.parts[:-1]}
    return (
        bool(folders & {"test", "tests", "spec", "specs", "__tests__"})
        or name == "conftest.py"
        or (name.startswith("test_") and name.endswith(".py"))
        or parts.stem.endswith(("_test", ".test", ".spec", "_spec"))
    )


def is_prose(path: str) -> bool:
    """Whether it is read by people alone: documentation, a changelog, authors and the like."""
    parts = PurePosixPath(path)
    stem = parts.stem.lower()
    return parts.suffix.lower() in PROSE or (not parts.suffix and stem in NAMED_PROSE)


def functions(tree: ast.AST) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """(qualified name, function) of every function in a tree, outer ones first."""
    waiting: deque[tuple[str, ast.AST]] = deque([("", tree)])
    while waiting:
        prefix, node = waiting.popleft()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{prefix}{child.name}", child
                waiting.append((f"{prefix}{child.name}.", child))
            elif isinstance(child, ast.ClassDef):
                waiting.append((f"{prefix}{child.name}.", child))
            else:
                waiting.append((prefix, child))


def enclosing(tree: ast.AST, line: int) -> str:
    """The qualified name of the innermost function around a line, "" at module level."""
    best, span = "", 0
    for name, node in functions(tree):
        first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
        end = node.end_lineno or node.lineno
        if first <= line <= end and (not best or end - first <= span):
            best, span = name, end - first
    return best


def dotted(node: ast.AST | None) -> str:
    """`a.b.c` of a name or attribute chain, "" for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([node.id, *reversed(parts)])


def _parsed(text: str | None) -> ast.Module | None:
    """The tree of Python text; None where it is absent or does not parse."""
    if text is None:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
