"""What an `except` clause catches and what it does with it."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from rootcase.core.review.change import dotted

BROAD = frozenset({"Exception", "BaseException"})
# From the standard hierarchy: a parent catches what its children stand for.
PARENTS: dict[str, tuple[str, ...]] = {
    "KeyError": ("LookupError", "Exception", "BaseException"),
    "IndexError": ("LookupError", "Exception", "BaseException"),
    "ZeroDivisionError": ("ArithmeticError", "Exception", "BaseException"),
    "OverflowError": ("ArithmeticError", "Exception", "BaseException"),
    "UnicodeDecodeError": ("UnicodeError", "ValueError", "Exception", "BaseException"),
    "UnicodeEncodeError": ("UnicodeError", "ValueError", "Exception", "BaseException"),
    "JSONDecodeError": ("ValueError", "Exception", "BaseException"),
    "ConnectionError": ("OSError", "Exception", "BaseException"),
    "FileNotFoundError": ("OSError", "Exception", "BaseException"),
    "PermissionError": ("OSError", "Exception", "BaseException"),
    "TimeoutError": ("OSError", "Exception", "BaseException"),
    "RecursionError": ("RuntimeError", "Exception", "BaseException"),
    "NotImplementedError": ("RuntimeError", "Exception", "BaseException"),
    "UnboundLocalError": ("NameError", "Exception", "BaseException"),
    "ModuleNotFoundError": ("ImportError", "Exception", "BaseException"),
}
LOGGING = frozenset(
    {
        "debug",
        "info",
        "warning",
        "warn",
        "error",
        "exception",
        "critical",
        "log",
        "print",
        "capture_exception",
    }
)


def caught(node: ast.expr | None) -> frozenset[str]:
    """The exception names a clause lists, `BaseException` for a bare one; without their modules."""
    if node is None:
        return frozenset({"BaseException"})
    items = node.elts if isinstance(node, ast.Tuple) else [node]
    return frozenset(dotted(item).rpartition(".")[2] or "?" for item in items)


def covers(names: frozenset[str], error: str) -> bool:
    """Whether a clause that lists `names` catches an error of that type."""
    plain = error.rpartition(".")[2]
    return bool(names & {plain, *PARENTS.get(plain, ("Exception", "BaseException"))})


def may_cover(names: frozenset[str], error: str) -> bool:
    """Whether a clause may catch it: of an error that is not Python's own nobody here knows the parents."""
    plain = error.rpartition(".")[2]
    return covers(names, error) or (plain not in dir(builtins) and bool(names & frozenset(dir(builtins))))


def handlers(tree: ast.AST) -> Iterator[tuple[ast.Try | ast.TryStar, ast.ExceptHandler]]:
    """Every `try` with each of its `except` clauses."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Try | ast.TryStar):
            for handler in node.handlers:
                yield node, handler


def shape(node: ast.AST) -> str:
    """A node's structure without places, to find it again in another version of the file."""
    return ast.dump(node, include_attributes=False)


def hides(body: list[ast.stmt]) -> str:
    """How a clause makes the error disappear, in words; "" where it raises or really does something."""
    if any(isinstance(n, ast.Raise) for statement in body for n in ast.walk(statement)):
        return ""
    said = ""
    for statement in body:
        how = _quiet(statement)
        if not how:
            return ""
        said = how if how != "logs it" or not said else said
    return said


def _quiet(statement: ast.stmt) -> str:
    if isinstance(statement, ast.Pass):
        return "does nothing"
    if isinstance(statement, ast.Continue | ast.Break):
        return "goes on as if nothing had happened"
    if isinstance(statement, ast.Return):
        return "returns a made-up value" if made_up(statement.value) else ""
    if isinstance(statement, ast.Expr):
        if isinstance(statement.value, ast.Constant):
            return "does nothing"
        if isinstance(statement.value, ast.Call):
            return "logs it" if _last(statement.value.func) in LOGGING else ""
        return ""
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        return "puts a made-up value in its place" if made_up(statement.value) else ""
    return ""


def made_up(value: ast.expr | None) -> bool:
    """A value that comes from nowhere: nothing, a constant, an empty or constant container."""
    if value is None or isinstance(value, ast.Constant):
        return True
    if isinstance(value, ast.Tuple | ast.List | ast.Set):
        return all(made_up(item) for item in value.elts)
    if isinstance(value, ast.Dict):
        return all(made_up(item) for item in value.values)
    if isinstance(value, ast.UnaryOp):
        return made_up(value.operand)
    if isinstance(value, ast.Name):
        return value.id.isupper() or value.id.startswith(("DEFAULT", "default"))
    if isinstance(value, ast.Call):
        return all(made_up(a) for a in [*value.args, *(k.value for k in value.keywords)]) and bool(
            dotted(value.func)
        )
    return False


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


# Methods whose protocol has an answer for what they cannot compare with.
COMPARES = frozenset(
    {"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__contains__", "__instancecheck__"}
)


def answers_protocol(inside: str, body: list[ast.stmt]) -> bool:
    """Whether a clause gives the answer that Python asks for: `NotImplemented`, or False of a comparison."""
    last = body[-1]
    if not isinstance(last, ast.Return):
        return False
    if isinstance(last.value, ast.Name) and last.value.id == "NotImplemented":
        return True
    no = isinstance(last.value, ast.Constant) and last.value.value is False
    return no and inside.rpartition(".")[2] in COMPARES
