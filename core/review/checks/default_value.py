"""The draft puts a default where production crashed, so the wrong value travels on."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rootcase.core.model.proofs import Severity
from rootcase.core.review.absence import OPTIONS, tested
from rootcase.core.review.change import AddedLine, Change, FileChange, Found, dotted, enclosing
from rootcase.core.review.fallbacks import expected, fallbacks
from rootcase.core.review.handlers import answers_protocol, caught, covers, handlers, hides
from rootcase.core.review.symptom import CrashSite, cause_elsewhere, failing_type
from rootcase.core.review.syntax import shape
from rootcase.core.review.weighing import Outcome, in_way, sites_of, weigh

CHECK = "default at the crash site"
SETTLE = "Change what hands the wrong value over, or raise an error that names it."


@dataclass(frozen=True, slots=True)
class Default:
    """A made-up value that stands in. asked: what it stands in for; outcome: what goes on with it."""

    node: ast.AST
    what: str
    asked: tuple[ast.expr, ...] = ()
    outcome: Outcome = "passes on"


def default_value(change: Change) -> Iterator[Found]:
    """`.get(k, default)`, `x or default`, `x if x else default` and `except: return` on the crash path.

    It blocks where a supported cause claim cites other code, and is a remark where the value may rightly be absent.
    """
    sites = sites_of(change)
    for file in change.source:
        if all(file.path != site.path for site in sites):
            continue
        seen: set[int] = set()
        for line, default in _places(file, failing_type(change.case)):
            if line is None or line.number in seen:
                continue
            site = in_way(
                change.case,
                file,
                line.number,
                sites,
                callers=_replaces(line, sites) and _unheard(default.node, file),
            )
            if site is not None:
                seen.add(line.number)
                yield _found(change, file, site, line, default)


def _replaces(line: AddedLine, sites: Sequence[CrashSite]) -> bool:
    """Whether its hunk takes out the very line that called what failed."""
    called = sites[1].text.strip() if len(sites) > 1 else ""
    return bool(called) and any(text.strip() == called for text in line.hunk.old)


def _found(change: Change, file: FileChange, site: CrashSite, line: AddedLine, default: Default) -> Found:
    severity, why = _weighed(change, file, site, line, default)
    text = f"{default.what} where production crashed, so a wrong value goes on instead of an error.{why}"
    cites = (site.evidence,) if site.evidence else ()
    return Found(CHECK, severity, file.path, line.hunk.id, text, SETTLE, line.index, cites, line.text)


def _weighed(
    change: Change, file: FileChange, site: CrashSite, line: AddedLine, default: Default
) -> tuple[Severity, str]:
    if file.new_tree is not None:
        inside = enclosing(file.new_tree, line.number)
        if (
            isinstance(default.node, ast.Call)
            and _optional(default)
            and cause_elsewhere(change.case, site) is None
        ):
            return "info", " It may be right here: such keys are for callers to give or not."
        outcome: Outcome = "lost" if _unheard(default.node, file) else default.outcome
        return weigh(change, file, site, inside, default.asked, outcome)
    claim = cause_elsewhere(change.case, site)
    if claim is not None:
        return "block", f" The cause is claimed elsewhere ({claim.id})."
    said = expected(file, line.number, line.text)
    return ("info", f" It may be right here: {said}.") if said else ("warn", "")


def _unheard(node: ast.AST, file: FileChange) -> bool:
    """A text or number that says something, and that the file never knew."""
    if not isinstance(node, ast.BoolOp | ast.Call | ast.IfExp):
        return False
    ends = (
        [node.values[-1]]
        if isinstance(node, ast.BoolOp)
        else node.args[-1:]
        if isinstance(node, ast.Call)
        else [node.body, node.orelse]
    )
    known = {
        repr(n.value) for n in ast.walk(file.old_tree or ast.Module([], [])) if isinstance(n, ast.Constant)
    }
    return any(
        isinstance(e, ast.Constant)
        and isinstance(e.value, str | int)
        and e.value not in ("", 0, 1, -1)
        and repr(e.value) not in known
        for e in ends
    )


def _optional(default: Default) -> bool:
    return any(dotted(value).rpartition(".")[2] in OPTIONS for value in default.asked)


def _places(file: FileChange, error: str) -> Iterator[tuple[AddedLine | None, Default]]:
    if file.new_tree is not None:
        yield from ((file.at(default.node), default) for default in _defaults(file, error))
    elif file.new_syntax is not None:
        known = (
            Counter(shape(node) for node, _ in fallbacks(file.old_syntax)) if file.old_syntax else Counter()
        )
        for node, what in fallbacks(file.new_syntax):
            if known[shape(node)] > 0:
                known[shape(node)] -= 1
            else:
                yield file.added_at(node), Default(ast.Pass(), what)


def _defaults(file: FileChange, error: str) -> Iterator[Default]:
    assert file.new_tree is not None
    old = Counter(
        ast.dump(node) for node in (ast.walk(file.old_tree) if file.old_tree else ()) if _default(node)
    )
    taken_up = _taken_up(file.new_tree)
    for node in ast.walk(file.new_tree):
        default = _default(node)
        if default is None or id(node) in taken_up:
            continue
        shape = ast.dump(node)
        if old[shape] > 0:
            old[shape] -= 1
        else:
            yield default
    for _, handler in handlers(file.new_tree):
        how = hides(handler.body)
        by_protocol = answers_protocol(enclosing(file.new_tree, handler.lineno), handler.body)
        if "made-up" in how and not by_protocol and (not error or covers(caught(handler.type), error)):
            yield Default(handler, f"Catches the error and {how}", outcome="odd")


def _taken_up(tree: ast.Module) -> frozenset[int]:
    """Reads that give None and are asked about it at once: `x.get(k) or other`, `if x.get(k) is None`, `y = x.get(k)`
    with a question about y behind it. What is done then is for other checks to see."""
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.BoolOp):
            last = node.values[-1] if isinstance(node.op, ast.Or) else None
            found |= {id(value) for value in node.values if value is not last}
        elif isinstance(node, ast.If | ast.IfExp | ast.While | ast.comprehension):
            conditions = node.ifs if isinstance(node, ast.comprehension) else [node.test]
            found |= {id(inner) for each in conditions for inner in ast.walk(each)}
        elif isinstance(node, ast.Compare):
            found |= {id(node.left), *(id(each) for each in node.comparators)}
    asked = {
        ast.unparse(e)
        for n in ast.walk(tree)
        if isinstance(n, ast.If | ast.IfExp | ast.While)
        for e in tested(n.test)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any(ast.unparse(target) in asked for target in node.targets):
            if _none_alone(node.value):
                found.add(id(node.value))
        elif isinstance(node, ast.NamedExpr):
            found.add(id(node.value))
    return frozenset(found)


def _none_alone(node: ast.expr) -> bool:
    """A read whose default, written or not, is None."""
    if not isinstance(node, ast.Call):
        return False
    last = node.args[-1] if node.args else None
    return (isinstance(last, ast.Constant) and last.value is None) or (
        isinstance(node.func, ast.Attribute) and node.func.attr == "get" and len(node.args) == 1
    )


def _default(node: ast.AST) -> Default | None:
    if isinstance(node, ast.Call):
        return _default_call(node)
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or) and _plain(node.values[-1]):
        return Default(node, f"Falls back to `{ast.unparse(node.values[-1])}`", tuple(node.values[:-1]))
    if isinstance(node, ast.IfExp) and (_plain(node.orelse) or _plain(node.body)):
        made_up = node.orelse if _plain(node.orelse) else node.body
        return Default(node, f"Falls back to `{ast.unparse(made_up)}`", tuple(tested(node.test)))
    if isinstance(node, ast.Dict) and None in node.keys[1:]:
        merged = next(v for k, v in zip(node.keys, node.values, strict=True) if k is None)
        given = node.values[0] if node.keys[0] is not None else None
        if given is None and isinstance(merged, ast.Dict) and merged.values:
            given = merged.values[0]
        if given is not None and _plain(given):
            rest = tuple(v for k, v in zip(node.keys[1:], node.values[1:], strict=True) if k is None)
            return Default(node, f"Puts `{ast.unparse(given)}` under what it merges", rest)
    return None


def _default_call(node: ast.Call) -> Default | None:
    if isinstance(node.func, ast.Attribute) and node.func.attr in ("get", "pop", "setdefault"):
        holder: Sequence[ast.expr] = (node.func.value,)
        if len(node.args) == 2 and not _from_here(node.args[1]):
            return Default(node, f"Falls back to `{ast.unparse(node.args[1])}`", tuple(holder))
        if node.func.attr == "get" and len(node.args) == 1 and not node.keywords:
            return Default(node, "Reads with `.get`, which gives None", tuple(holder))
        return None
    name = dotted(node.func)
    if name == "getattr" and len(node.args) == 3 and not _from_here(node.args[2]):
        asked = _attribute(node)
        return Default(node, f"Falls back to `{ast.unparse(node.args[-1])}`", asked)
    if name == "next" and len(node.args) == 2 and not _from_here(node.args[1]):
        return Default(node, f"Falls back to `{ast.unparse(node.args[-1])}`")
    return None


def _attribute(node: ast.Call) -> tuple[ast.expr, ...]:
    named = node.args[1]
    if isinstance(named, ast.Constant) and isinstance(named.value, str) and named.value.isidentifier():
        return (ast.Attribute(node.args[0], named.value, ast.Load()),)
    return ()


def _from_here(value: ast.expr) -> bool:
    """A default that is computed from what is at hand is no value from nowhere."""
    return not _plain(value) and not isinstance(value, ast.Constant)


def _plain(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return not isinstance(node.value, bool)
    if isinstance(node, ast.Name):
        return node.id.isupper()
    empty = isinstance(node, ast.List | ast.Tuple | ast.Set) and not node.elts
    return empty or (isinstance(node, ast.Dict) and not node.keys)
