"""The draft changes how public functions are called."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rootcase.core.review.change import Change, FileChange, Found, functions
from rootcase.core.review.syntax import Syntax, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

CHECK = "public signature"
SETTLE = "Keep old calls working (a default for what is new), or waive this after looking at the callers."

ANY = 1000
Function = ast.FunctionDef | ast.AsyncFunctionDef


def signature(change: Change) -> Iterator[Found]:
    """Public functions that are gone, or that old calls no longer fit."""
    for file in change.source:
        if file.old_syntax is not None:
            yield from _in_syntax(file)
        if file.old_tree is None or (file.new_tree is None and file.new is not None):
            continue
        after = _by_name(file.new_tree) if file.new_tree is not None else {}
        for name, before in _by_name(file.old_tree).items():
            if any(part.startswith("_") and part != "__init__" for part in name.split(".")):
                continue
            now = after.get(name, [])
            if not now:
                if not _is_local(file.old_tree, name):
                    yield _found(file, f"`{name}` is gone; whoever calls it breaks.", None)
                continue
            yield from _changed(file, name, before, now)


def _by_name(tree: ast.AST) -> dict[str, list[Function]]:
    """Qualified name → every function that has it: a property and its setter, overloads, one for each platform."""
    named: dict[str, list[Function]] = {}
    for name, function in functions(tree):
        named.setdefault(name, []).append(function)
    return named


def _changed(
    file: FileChange, name: str, before: Sequence[Function], now: Sequence[Function]
) -> Iterator[Found]:
    """What old calls no longer fit; of several functions with one name those that are called the same are left out."""
    same = {ast.dump(each.args) for each in before} & {ast.dump(each.args) for each in now}
    left = [each for each in now if ast.dump(each.args) not in same]
    gone = [each for each in before if ast.dump(each.args) not in same]
    for old, new in zip(gone, left, strict=False):
        why = _breaks(old.args, new.args)
        if why:
            yield _found(file, f"`{name}` {why}", new)


def _in_syntax(file: FileChange) -> Iterator[Found]:
    """Exported functions of other languages: gone, or needing more or fewer arguments than before."""
    assert file.old_syntax is not None
    if file.new is not None and (file.new_syntax is None or file.new_syntax.broken):
        return
    after = file.new_syntax.functions() if file.new_syntax is not None else {}
    for name, old in file.old_syntax.functions().items():
        if not _public(old, file.old_syntax) and not _exported(name, file):
            continue
        new = after.get(name)
        if new is None:
            yield _said(file, f"`{name}` is gone; whoever calls it breaks.", None)
            continue
        before, now = _counted(old), _counted(new)
        if now[0] > before[0]:
            yield _said(file, f"`{name}` needs {now[0]} arguments now, {before[0]} before.", new)
        elif now[1] < before[1]:
            yield _said(file, f"`{name}` takes {now[1]} arguments now, {before[1]} before.", new)


def _public(node: Node, syntax: Syntax) -> bool:
    above = node
    while above.parent is not None and above.parent.type in (
        "export_statement", "lexical_declaration", "variable_declarator",
    ):  # fmt: skip
        above = above.parent
    head = text_of(above).split("{", 1)[0]
    return bool(re.search(syntax.dialect.public, head, re.MULTILINE))


def _exported(name: str, file: FileChange) -> bool:
    """Whether CommonJS hands it out: `module.exports = { name }`, `exports.name = …`."""
    if file.old_syntax is None or not file.old_syntax.dialect.public.startswith(r"^\s*export"):
        return False
    plain = re.escape(name.partition(".")[0])
    return bool(re.search(rf"\bexports\.{plain}\b|\bmodule\.exports\s*=[^;]*\b{plain}\b", file.old or ""))


def _counted(node: Node) -> tuple[int, int]:
    """(needed, taken) arguments; a rest parameter takes any number."""
    given = node.child_by_field_name("parameters") or node.child_by_field_name("parameter")
    needed = taken = 0
    for each in given.named_children if given is not None else ():
        words = text_of(each)
        if "comment" in each.type:
            continue
        if "..." in words:
            taken += ANY
            continue
        names = (
            max(1, len(each.children_by_field_name("name"))) if each.type == "parameter_declaration" else 1
        )
        taken += names
        optional = each.type in ("assignment_pattern", "optional_parameter") or "=" in words.split("=>")[0]
        needed += 0 if optional else names
    return needed, taken


def _said(file: FileChange, text: str, node: Node | None) -> Found:
    line = file.added_at(node) if node is not None else None
    if line is None:
        said = file.removed[0][1] if file.removed else ""
        return Found(CHECK, "warn", file.path, file.hunks[0].id, text, SETTLE, said=said)
    return Found(CHECK, "warn", file.path, line.hunk.id, text, SETTLE, line.index, said=line.text)


def _is_local(tree: ast.Module, name: str) -> bool:
    """A function inside a function; nobody outside can call it."""
    known = dict(functions(tree))
    return name.rpartition(".")[0] in known


def _breaks(old: ast.arguments, new: ast.arguments) -> str:
    before, after = _names(old), _names(new)
    gone = [n for n in before if n not in after] if not new.kwarg else []
    if gone:
        return f"no longer takes `{gone[0]}`."
    needed = [n for n in _required(new) if n not in before]
    if needed:
        return f"now needs `{needed[0]}`, which old calls do not pass."
    stricter = [n for n in _required(new) if n in before and n not in _required(old)]
    if stricter:
        return f"no longer has a default for `{stricter[0]}`."
    for name, before_default in _defaults(old).items():
        now = _defaults(new).get(name)
        if now is not None and ast.dump(now) != ast.dump(before_default):
            return f"takes `{ast.unparse(now)}` for `{name}` where nobody says, `{ast.unparse(before_default)}` before."
    if _positional(new)[: len(_positional(old))] != _positional(old) and not new.vararg:
        return "takes its arguments in another order."
    return ""


def _defaults(arguments: ast.arguments) -> dict[str, ast.expr]:
    plain = [*arguments.posonlyargs, *arguments.args]
    found = {a.arg: d for a, d in zip(reversed(plain), reversed(arguments.defaults), strict=False)}
    return found | {
        a.arg: d for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d is not None
    }


def _positional(arguments: ast.arguments) -> list[str]:
    return [a.arg for a in (*arguments.posonlyargs, *arguments.args)]


def _names(arguments: ast.arguments) -> list[str]:
    return [*_positional(arguments), *(a.arg for a in arguments.kwonlyargs)]


def _required(arguments: ast.arguments) -> list[str]:
    positional = _positional(arguments)
    without = positional[: len(positional) - len(arguments.defaults)]
    keywords = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return [*without, *(a.arg for a, default in keywords if default is None)]


def _found(file: FileChange, text: str, node: ast.AST | None) -> Found:
    line = file.at(node) if node is not None else None
    if line is None:
        said = file.removed[0][1] if file.removed else ""
        return Found(CHECK, "warn", file.path, file.hunks[0].id, text, SETTLE, said=said)
    return Found(CHECK, "warn", file.path, line.hunk.id, text, SETTLE, line.index, said=line.text)
