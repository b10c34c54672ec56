"""Whether what a guard answers with is what its function answers with elsewhere."""

from __future__ import annotations

import ast

from rootcase.core.review.absence import tested
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
        return bool(nothing) or _says_none(function)
    return any(each is not None and _alike(each, value, function) for each in given)


def loop_skips(file: FileChange, inside: str) -> bool:
    """Whether the function leaves items out already."""
    function = dict(functions(file.old_tree)).get(inside) if file.old_tree is not None else None
    return function is not None and any(isinstance(node, ast.Continue) for node in ast.walk(function))


def leaves_work(file: FileChange, inside: str, node: ast.If) -> bool:
    """Whether an early return leaves out effects, further down its function, that need nothing of what it asks for.

    Only for a function that gives nothing back: what it is called for are its effects.
    """
    assert file.new_tree is not None
    function = dict(functions(file.new_tree)).get(inside)
    if function is None:
        return False
    if any(isinstance(n, ast.Return) and n.value is not None for n in ast.walk(function)):
        return False
    needs = {ast.unparse(value).partition(".get(")[0] for value in tested(node.test)}
    later = [
        step for step in ast.walk(function) if getattr(step, "lineno", 0) > (node.end_lineno or node.lineno)
    ]
    return bool(needs) and any(_effect(step) and not _needs(step, needs, function) for step in later)


def _effect(step: ast.AST) -> bool:
    if isinstance(step, ast.Expr):
        return isinstance(step.value, ast.Call)
    return isinstance(step, ast.Assign) and any(
        isinstance(t, ast.Attribute | ast.Subscript) for t in step.targets
    )


def _needs(step: ast.AST, needs: set[str], function: ast.AST) -> bool:
    """Whether a step, or what it names, is made of what the guard asks for."""
    known = {name.replace("._", ".") for name in needs}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign | ast.For) and any(name in _said(node) for name in known):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            known |= {n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)}
    around = [
        n for n in ast.walk(function) if isinstance(n, ast.If | ast.For | ast.While) and step in ast.walk(n)
    ]
    words = _said(step) + "".join(_said(n.iter if isinstance(n, ast.For) else n.test) for n in around)
    return any(name in words for name in known)


def _said(node: ast.AST) -> str:
    """The words of a node, where an attribute and the property over it are one."""
    return ast.unparse(node).replace("._", ".")


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
