"""The draft puts a default where production crashed, so the wrong value travels on."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from rootcase.core.model.proofs import Severity
from rootcase.core.review.change import AddedLine, Change, FileChange, Found, dotted
from rootcase.core.review.fallbacks import fallbacks
from rootcase.core.review.handlers import handlers, hides
from rootcase.core.review.symptom import at_site, cause_elsewhere, crash_site
from rootcase.core.review.syntax import shape

CHECK = "default at the crash site"
SETTLE = "Change what hands the wrong value over, or raise an error that names it."


def default_value(change: Change) -> Iterator[Found]:
    """`.get(k, default)`, `x or default`, `x if x else default` and `except: return` at the failing line.

    It blocks where a supported cause claim cites other code, and warns otherwise.
    """
    site = crash_site(change.case)
    elsewhere = cause_elsewhere(change.case, site)
    severity: Severity = "block" if elsewhere else "warn"
    why = f" The cause is claimed elsewhere ({elsewhere.id})." if elsewhere else ""
    for file in change.source:
        if site is None or file.path != site.path:
            continue
        seen: set[int] = set()
        for line, what in _places(file):
            if line is None or line.number in seen or not at_site(file, line.number, site):
                continue
            seen.add(line.number)
            text = f"{what} where production crashed, so a wrong value goes on instead of an error.{why}"
            cites = (site.evidence,) if site.evidence else ()
            yield Found(CHECK, severity, file.path, line.hunk.id, text, SETTLE, line.index, cites, line.text)


def _places(file: FileChange) -> Iterator[tuple[AddedLine | None, str]]:
    if file.new_tree is not None:
        yield from ((file.at(node), what) for node, what in _defaults(file))
    elif file.new_syntax is not None:
        known = (
            Counter(shape(node) for node, _ in fallbacks(file.old_syntax)) if file.old_syntax else Counter()
        )
        for node, what in fallbacks(file.new_syntax):
            if known[shape(node)] > 0:
                known[shape(node)] -= 1
            else:
                yield file.added_at(node), what


def _defaults(file: FileChange) -> Iterator[tuple[ast.AST, str]]:
    assert file.new_tree is not None
    old = _counted(file.old_tree)
    for node in ast.walk(file.new_tree):
        what = _default(node)
        if what:
            shape = ast.dump(node)
            if old.get(shape, 0) > 0:
                old[shape] -= 1
            else:
                yield node, what
    for _, handler in handlers(file.new_tree):
        how = hides(handler.body)
        if "made-up" in how:
            yield handler, f"Catches the error and {how}"


def _counted(tree: ast.Module | None) -> dict[str, int]:
    """How often each default stood in the old text, so that code that only moved says nothing."""
    counts: dict[str, int] = {}
    for node in ast.walk(tree) if tree else ():
        if _default(node):
            shape = ast.dump(node)
            counts[shape] = counts.get(shape, 0) + 1
    return counts


def _default(node: ast.AST) -> str:
    if isinstance(node, ast.Call):
        return _default_call(node)
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or) and _plain(node.values[-1]):
        return f"Falls back to `{ast.unparse(node.values[-1])}`"
    if isinstance(node, ast.IfExp) and (_plain(node.orelse) or _plain(node.body)):
        made_up = node.orelse if _plain(node.orelse) else node.body
        return f"Falls back to `{ast.unparse(made_up)}`"
    return ""


def _default_call(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute) and node.func.attr in ("get", "pop", "setdefault"):
        if len(node.args) == 2:
            return f"Falls back to `{ast.unparse(node.args[1])}`"
        return (
            "Reads with `.get`, which gives None" if node.func.attr == "get" and len(node.args) == 1 else ""
        )
    name = dotted(node.func)
    if (name == "getattr" and len(node.args) == 3) or (name == "next" and len(node.args) == 2):
        return f"Falls back to `{ast.unparse(node.args[-1])}`"
    return ""


def _plain(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return not isinstance(node.value, bool)
    if isinstance(node, ast.Name):
        return node.id.isupper()
    empty = isinstance(node, ast.List | ast.Tuple | ast.Set) and not node.elts
    return empty or (isinstance(node, ast.Dict) and not node.keys)
