"""Whether the code itself says that a value may rightly be absent, so that a guard there hides nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from rootcase.core.review.change import FileChange, dotted, functions

# What gives None, or nothing, by its own contract (standard library, and the usual query sets).
GIVES_NONE = frozenset({
    "get", "match", "search", "fullmatch", "which", "first", "one_or_none", "group", "getattr", "next", "lastgroup",
    "getvalue", "find_spec", "getmodule", "get_or_none", "scalar_one_or_none", "pop", "poll", "fetchone", "findall",
})  # fmt: skip
# Mappings whose keys are a caller's to give or not.
OPTIONS = frozenset({
    "kwargs", "kw", "options", "opts", "config", "settings", "headers", "environ", "params", "attrs", "extra",
    "metadata", "overrides",
})  # fmt: skip
_SAME = (ast.Is, ast.IsNot, ast.Eq, ast.NotEq)
Function = ast.FunctionDef | ast.AsyncFunctionDef


def tested(condition: ast.expr) -> Iterator[ast.expr]:
    """What a condition asks the presence of: `x is None`, `not x`, `x`, `len(x) == 0`, `k in x`, `hasattr(x, …)`."""
    if isinstance(condition, ast.BoolOp):
        for value in condition.values:
            yield from tested(value)
    elif isinstance(condition, ast.UnaryOp) and isinstance(condition.op, ast.Not):
        yield from tested(condition.operand)
    elif isinstance(condition, ast.Compare):
        right = condition.comparators[0]
        if isinstance(condition.ops[0], ast.In | ast.NotIn):
            yield right
        elif isinstance(condition.ops[0], _SAME) and (
            _measured(condition.left) is not condition.left or _nothing(right)
        ):
            yield _measured(condition.left)
    elif isinstance(condition, ast.Call) and dotted(condition.func) in (
        "hasattr",
        "isinstance",
        "len",
        "callable",
    ):
        if condition.args:
            yield condition.args[0]
    elif isinstance(condition, ast.Name | ast.Attribute | ast.Call | ast.Subscript):
        yield condition


def may_be_absent(file: FileChange, inside: str, value: ast.expr) -> str:
    """Why a value may be absent in that function of the base, in words; "" where nothing in the file says so."""
    tree = file.old_tree
    function = dict(functions(tree)).get(inside) if tree is not None else None
    if tree is None or function is None:
        return ""
    words = ast.unparse(value)
    if isinstance(value, ast.Name):
        return (
            _parameter(function, value.id) or _produced(tree, function, value.id)
            or _asked_before(function, words) or _documented(function, value.id)
        )  # fmt: skip
    if isinstance(value, ast.Attribute):
        return _attribute(tree, value) or _asked_before(tree, words)
    if isinstance(value, ast.Call):
        return f"`{words}` gives nothing where there is none" if _last(value.func) in GIVES_NONE else ""
    return _asked_before(function, words)


def _parameter(function: Function, name: str) -> str:
    """A parameter with None as its default, or annotated as one that may be None."""
    arguments = function.args
    plain = [*arguments.posonlyargs, *arguments.args]
    given = dict(zip([a.arg for a in reversed(plain)], reversed(arguments.defaults), strict=False))
    given |= {
        a.arg: d for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d is not None
    }
    default = given.get(name)
    if isinstance(default, ast.Constant) and default.value is None:
        return f"`{name}` is None by default"
    if name in (
        arguments.kwarg.arg if arguments.kwarg else "",
        arguments.vararg.arg if arguments.vararg else "",
    ):
        return f"`{name}` may hold nothing"
    for each in (*plain, *arguments.kwonlyargs):
        if each.arg == name and _optional(each.annotation):
            return f"`{name}` is annotated as one that may be None"
    return ""


def _optional(annotation: ast.expr | None) -> bool:
    words = ast.unparse(annotation) if annotation is not None else ""
    return "Optional" in words or "None" in words


def _produced(tree: ast.Module, function: Function, name: str) -> str:
    """A local that is given None, or what comes from something that gives None on purpose."""
    known = dict(functions(tree))
    for node in ast.walk(function):
        targets = (
            node.targets
            if isinstance(node, ast.Assign)
            else [node.target]
            if isinstance(node, ast.AnnAssign)
            else []
        )
        if not any(isinstance(t, ast.Name) and t.id == name for t in targets):
            continue
        value = getattr(node, "value", None)
        if isinstance(value, ast.Constant) and value.value is None:
            return f"`{name}` is set to None"
        if isinstance(value, ast.Name) and value.id != name:
            through = _parameter(function, value.id)
            if through:
                return through
        if isinstance(value, ast.Call):
            called = _last(value.func)
            if called in GIVES_NONE:
                return f"`{ast.unparse(value.func)}` gives nothing where there is none"
            for full, other in known.items():
                if full.rpartition(".")[2] == called and gives_none(other):
                    return f"`{called}` gives None on purpose"
        if isinstance(value, ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp) and any(
            part.ifs for part in value.generators
        ):
            return f"`{name}` is what a filter leaves"
    return ""


def gives_none(function: Function) -> bool:
    """Whether a function says by itself that it may give None."""
    if function.returns is not None:
        return _optional(function.returns) and not (
            isinstance(function.returns, ast.Constant) and function.returns.value is None
        )
    found = [node for node in ast.walk(function) if isinstance(node, ast.Return)]
    none = [
        n for n in found if n.value is None or (isinstance(n.value, ast.Constant) and n.value.value is None)
    ]
    return bool(none) and len(none) < len(found)


def _attribute(tree: ast.Module, value: ast.Attribute) -> str:
    """An attribute that the same file sets to None somewhere, to an argument that may be, or declares so."""
    for _, function in functions(tree):
        for step in function.body:
            set_here = step.targets if isinstance(step, ast.Assign) else []
            named = any(isinstance(t, ast.Attribute) and t.attr == value.attr for t in set_here)
            given = step.value if isinstance(step, ast.Assign) else None
            through = _parameter(function, given.id) if named and isinstance(given, ast.Name) else ""
            if through:
                return f"`{ast.unparse(value)}` comes from an argument, and {through}"
    for node in ast.walk(tree):
        targets = (
            node.targets
            if isinstance(node, ast.Assign)
            else [node.target]
            if isinstance(node, ast.AnnAssign)
            else []
        )
        for target in targets:
            name = (
                target.attr
                if isinstance(target, ast.Attribute)
                else target.id
                if isinstance(target, ast.Name)
                else ""
            )
            if name != value.attr:
                continue
            assigned = getattr(node, "value", None)
            declared = getattr(node, "annotation", None)
            if (isinstance(assigned, ast.Constant) and assigned.value is None) or _optional(declared):
                return f"`{ast.unparse(value)}` is None at times"
    return ""


def _asked_before(where: ast.AST, words: str) -> str:
    """The base asks the same already, in this function or, for an attribute, in this file."""
    for node in ast.walk(where):
        conditions = (
            [node.test] if isinstance(node, ast.If | ast.IfExp | ast.While) else
            node.values[:-1] if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or) else []
        )  # fmt: skip
        for condition in conditions:
            if any(ast.unparse(each) == words for each in tested(condition)):
                return f"`{words}` is asked for its presence already"
        read = node.func if isinstance(node, ast.Call) else None
        if isinstance(read, ast.Attribute) and read.attr == "get" and ast.unparse(read.value) == words:
            return f"`{words}` is read with `.get` already"
    return ""


def _documented(function: Function, name: str) -> str:
    said = ast.get_docstring(function) or ""
    for line in said.splitlines():
        if name in line and any(word in line for word in ("None", "ptional", "empty", "if any", "may be")):
            return f"its docstring says that `{name}` may be absent"
    return ""


def _nothing(value: ast.expr) -> bool:
    """What an absent thing is compared with."""
    if isinstance(value, ast.Constant):
        return value.value is None or value.value == "" or (value.value == 0 and value.value is not False)
    return isinstance(value, ast.List | ast.Tuple | ast.Dict) and not getattr(
        value, "elts", getattr(value, "keys", ())
    )


def _measured(value: ast.expr) -> ast.expr:
    """`len(x)` is about x."""
    if isinstance(value, ast.Call) and dotted(value.func) in ("len", "type") and value.args:
        return value.args[0]
    return value


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
