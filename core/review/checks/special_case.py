"""The draft asks for the very value that failed, instead of for what is wrong with it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from rootcase.core.model.case import Case
from rootcase.core.review.change import Change, FileChange, Found

CHECK = "special-cases the failing input"
SETTLE = "Make it right for every such value; one event is only an example."
SHORTEST = 4
COMMON = frozenset({"true", "false", "none", "null", "self", "error", "warning", "info", "default", "main"})
QUOTED = re.compile(r"'([^'\n]{1,200})'|\"([^\"\n]{1,200})\"")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def special_case(change: Change) -> Iterator[Found]:
    """A literal of the failing event in an added condition, where the old file did not know it."""
    values = failing_values(change.case)
    if not values:
        return
    for file in change.source:
        if file.new_tree is not None:
            yield from _conditions(file, values)


def failing_values(case: Case) -> frozenset[str]:
    """Values that the failing event carried: local variables, request fields, quoted parts of its message."""
    found: set[str] = set()
    for item in case.evidence:
        if item.kind not in ("frame", "event"):
            continue
        for name, printed in item.data:
            if name not in ("function", "module", "filename", "file", "line", "release", "environment"):
                found.update(_literals(printed))
        if item.kind == "event":
            found.update(a or b for a, b in QUOTED.findall(item.text))
    return frozenset(v for v in found if len(v) >= SHORTEST and v.lower() not in COMMON)


def _literals(printed: str) -> set[str]:
    plain = printed.strip()
    inner = {a or b for a, b in QUOTED.findall(plain)}
    whole = (
        {plain} if NUMBER.fullmatch(plain) or (plain and not any(c in plain for c in "<>{}[]()")) else set()
    )
    return inner | {w.strip("'\"") for w in whole}


def _conditions(file: FileChange, values: frozenset[str]) -> Iterator[Found]:
    assert file.new_tree is not None
    known = _constants(file.old_tree)
    for node in ast.walk(file.new_tree):
        for test in _tests(node):
            for constant in (n for n in ast.walk(test) if isinstance(n, ast.Constant)):
                printed = str(constant.value)
                line = file.at(constant)
                if (
                    line is None
                    or line.number != constant.lineno
                    or isinstance(constant.value, bool | type(None))
                ):
                    continue
                if printed in values and printed not in known:
                    text = f"The condition names `{printed}`, a value of the failing event."
                    yield Found(
                        CHECK, "block", file.path, line.hunk.id, text, SETTLE, line.index, said=line.text
                    )


def _constants(tree: ast.Module | None) -> set[str]:
    return {str(n.value) for n in ast.walk(tree) if isinstance(n, ast.Constant)} if tree else set()


def _tests(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.If | ast.IfExp | ast.While | ast.Assert):
        return [node.test]
    if isinstance(node, ast.comprehension):
        return list(node.ifs)
    if isinstance(node, ast.match_case):
        return [p.value for p in ast.walk(node.pattern) if isinstance(p, ast.MatchValue)]
    return []
