"""Whether what a guard answers with is what its function answers with elsewhere."""

from __future__ import annotations

import ast

from rootcase.core.review.change import FileChange, functions
from rootcase.core.review.handlers import made_up

_LISTS = (ast.List, ast.ListComp)
_DICTS = (ast.Dict, ast.DictComp)
_SETS = (ast.Set, ast.SetComp)
_TEXTS = (ast.JoinedStr,)


def usual(file: FileChange, inside: str, value: ast.expr | None) -> bool:
    """Whether the function of the base gives that very thing, or one of its kind that is not empty."""
    function = dict(functions(file.old_tree)).get(inside) if file.old_tree is not None else None
    if function is None:
        return False
    given = [node.value for node in ast.walk(function) if isinstance(node, ast.Return)]
    if value is None or (isinstance(value, ast.Constant) and value.value is None):
        nothing = [v for v in given if v is None or (isinstance(v, ast.Constant) and v.value is None)]
        return bool(nothing) or all(v is None for v in given) or _says_none(function)
    return any(each is not None and _alike(each, value, function) for each in given)


def loop_skips(file: FileChange, inside: str) -> bool:
    """Whether the function leaves items out already."""
    function = dict(functions(file.old_tree)).get(inside) if file.old_tree is not None else None
    return function is not None and any(isinstance(node, ast.Continue) for node in ast.walk(function))


def _says_none(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return function.returns is not None and any(
        w in ast.unparse(function.returns) for w in ("None", "Optional")
    )


def _alike(given: ast.expr, value: ast.expr, function: ast.AST) -> bool:
    if ast.dump(given) == ast.dump(value):
        return True
    given = _assigned(given, function)
    if isinstance(value, ast.List) and isinstance(given, _LISTS):
        return True
    if isinstance(value, ast.Dict) and isinstance(given, _DICTS):
        return True
    if isinstance(value, ast.Set | ast.Call) and isinstance(given, _SETS):
        return made_up(value)
    if isinstance(value, ast.Constant) and isinstance(value.value, bool):
        return isinstance(given, ast.Compare | ast.BoolOp) or (
            isinstance(given, ast.Constant) and isinstance(given.value, bool)
        )
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return isinstance(given, _TEXTS) or (isinstance(given, ast.Constant) and isinstance(given.value, str))
    return False


def _assigned(given: ast.expr, function: ast.AST) -> ast.expr:
    """What a returned name was first given, such as the list that a loop fills."""
    if not isinstance(given, ast.Name):
        return given
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and any(
            isinstance(t, ast.Name) and t.id == given.id for t in node.targets
        ):
            return node.value
    return given
