"""The draft asks for the very value that failed, instead of for what is wrong with it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rootcase.core.model.case import Case
from rootcase.core.model.proofs import Severity
from rootcase.core.review.change import Change, FileChange, Found
from rootcase.core.review.handlers import made_up
from rootcase.core.review.symptom import failing_type
from rootcase.core.review.syntax import Syntax, nodes, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

CHECK = "special-cases the failing input"
SETTLE = "Make it right for every such value; one event is only an example."
SHORTEST = 4
LONGEST_LIST = 200
COMMON = frozenset({"true", "false", "none", "null", "self", "error", "warning", "info", "default", "main"})
QUOTED = re.compile(r"'([^'\n]{1,200})'|\"([^\"\n]{1,200})\"")
LITERAL = re.compile(
    r"^(?:string|string_literal|interpreted_string_literal|number|\w*_?(?:integer|int|float)\w*_literal)$"
)
SWITCHES = frozenset({"switch_case", "expression_case", "switch_label"})
NOT_DATA = ("function", "module", "filename", "file", "line", "release", "environment", "id")
# Errors that quote names of the program itself: arguments, attributes, modules.
NAMES_CODE = frozenset({
    "TypeError", "AttributeError", "NameError", "UnboundLocalError", "ImportError", "ModuleNotFoundError",
    "SyntaxError",
})  # fmt: skip
# A local variable as the code map records it, behind the source lines of its frame.
VARIABLE = re.compile(r"[A-Za-z_]\w* = (.+)$")
# A word of the program's own, rather than somebody's data.
WORD = re.compile(r"[A-Za-z_]+")
MOST_OF_IT = 0.5
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def special_case(change: Change) -> Iterator[Found]:
    """A literal of the failing event in an added condition, where the old file did not know it.

    It blocks where the value is somebody's data; a word such as a mode or a kind only where it is stepped around.
    """
    values = failing_values(change.case)
    if not values:
        return
    for file in change.source:
        if file.new_tree is not None:
            yield from _conditions(file, values)
        elif file.new_syntax is not None:
            yield from _in_syntax(file, values)


def failing_values(case: Case) -> frozenset[str]:
    """Values that the failing event carried: local variables, request fields, quoted parts of its message."""
    found: set[str] = set()
    for item in case.evidence:
        if item.kind not in ("frame", "event"):
            continue
        for name, printed in item.data:
            if name not in NOT_DATA:
                found.update(_literals(printed))
        if item.kind == "event" and failing_type(case) not in NAMES_CODE:
            found.update(a or b for a, b in QUOTED.findall(item.text))
        elif item.kind == "frame":
            for line in item.text.splitlines()[1:]:
                variable = VARIABLE.match(line)
                if variable:
                    found.update(_literals(variable.group(1)))
    return frozenset(v for v in found if (len(v) >= SHORTEST or _odd(v)) and v.lower() not in COMMON)


def _odd(value: str) -> bool:
    """Short, and still nobody's word or mark: letters and digits together."""
    return value.isalnum() and not value.isalpha() and not value.isdigit()


def _literals(printed: str) -> set[str]:
    plain = printed.strip()
    inner = {a or b for a, b in QUOTED.findall(plain)}
    listed = plain[:1] in "[({" and plain[-1:] in "])}" and len(plain) <= LONGEST_LIST
    whole = (
        {plain}
        if NUMBER.fullmatch(plain) or listed or (plain and not any(c in plain for c in "<>{}[]()"))
        else set()
    )
    return inner | {w.strip("'\"") for w in whole}


def _conditions(file: FileChange, values: frozenset[str]) -> Iterator[Found]:
    assert file.new_tree is not None
    known = _constants(file.old_tree)
    for node in ast.walk(file.new_tree):
        for test in _tests(node):
            for part in ast.walk(test):
                printed = _printed(part)
                line = file.at(part)
                if not printed or line is None or line.number != getattr(part, "lineno", 0):
                    continue
                named = _named(printed, values, exact=not isinstance(part, ast.Constant))
                if not named or printed in known:
                    continue
                severity: Severity = (
                    "info" if WORD.fullmatch(printed) and not _steps_around(node) else "block"
                )
                text = f"The condition names `{printed[:60]}`, a value of the failing event."
                yield Found(
                    CHECK, severity, file.path, line.hunk.id, text, SETTLE, line.index, said=line.text
                )


def _printed(node: ast.AST) -> str:
    """A literal as the event would show it, "" for what is none."""
    if isinstance(node, ast.Constant):
        return "" if isinstance(node.value, bool | type(None)) else str(node.value)
    if isinstance(node, ast.List | ast.Tuple | ast.Set | ast.Dict):
        try:
            return repr(ast.literal_eval(node))
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return ""
    return ""


def _named(printed: str, values: frozenset[str], *, exact: bool) -> bool:
    """Whether it is a value of the event, or most of one; a marker that the value happens to hold is not."""
    if printed in values:
        return True
    return (
        not exact
        and len(printed) >= SHORTEST
        and any(printed in value and len(printed) >= MOST_OF_IT * len(value) for value in values)
    )


def _steps_around(node: ast.AST) -> bool:
    """Whether what is named there is answered with a made-up value, or left out."""
    if isinstance(node, ast.IfExp):
        return made_up(node.body) or made_up(node.orelse)
    if not isinstance(node, ast.If | ast.match_case) or not node.body:
        return isinstance(node, ast.comprehension)
    last = node.body[-1]
    if isinstance(last, ast.Return | ast.Assign):
        return made_up(last.value)
    if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call) and last.value.args:
        return all(made_up(each) for each in last.value.args)
    return isinstance(last, ast.Continue | ast.Pass | ast.Break)


def _in_syntax(file: FileChange, values: frozenset[str]) -> Iterator[Found]:
    """Conditions of other languages: their literals, without the quotes."""
    assert file.new_syntax is not None
    dialect = file.new_syntax.dialect
    known = _written(file.old_syntax) if file.old_syntax else frozenset()
    for node in file.new_syntax.walk(dialect.conditions | dialect.ternaries | SWITCHES):
        test = node.child_by_field_name("condition") or node.child_by_field_name("value") or node
        line = file.added_at(test)
        if line is None:
            continue
        for literal in sorted(_literals_in(test) & values - known):
            text = f"The condition names `{literal}`, a value of the failing event."
            yield Found(CHECK, "block", file.path, line.hunk.id, text, SETTLE, line.index, said=line.text)


def _written(syntax: Syntax) -> frozenset[str]:
    return frozenset(_literals_in(syntax.root))


def _literals_in(node: Node) -> set[str]:
    return {text_of(each).strip("'\"`") for each in nodes(node) if LITERAL.search(each.type)}


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
