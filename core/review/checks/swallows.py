"""The draft makes the error disappear instead of making it not happen."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from rootcase.core.model.proofs import Severity
from rootcase.core.review.change import Change, FileChange, Found, dotted, enclosing
from rootcase.core.review.handlers import BROAD, answers_protocol, caught, covers, handlers, hides, shape
from rootcase.core.review.hiding import hidden
from rootcase.core.review.outcome import usual
from rootcase.core.review.symptom import failing_type
from rootcase.core.review.syntax import shape as shape_of

CHECK = "swallows the error"
SETTLE = "Fix what raises it, or catch only the expected error and raise one the caller can act on."


def swallows(change: Change) -> Iterator[Found]:
    """New `except` clauses that pass, log or return a made-up value; new `contextlib.suppress`."""
    for file in change.source:
        if file.new_tree is not None:
            known = {shape(h) for _, h in handlers(file.old_tree)} if file.old_tree else set()
            yield from _clauses(change, file, known)
            yield from _suppress(change, file)
            yield from _ignored(file)
        elif file.new_syntax is not None:
            yield from _hidden(change, file)
        elif not file.python:
            yield from _empty_catch(file)


def _clauses(change: Change, file: FileChange, known: set[str]) -> Iterator[Found]:
    assert file.new_tree is not None
    error = failing_type(change.case)
    for tried, handler in handlers(file.new_tree):
        line = file.at(handler)
        how = hides(handler.body)
        if line is None or not how or shape(handler) in known:
            continue
        names = caught(handler.type)
        hidden = bool(names & BROAD) or bool(error and covers(names, error))
        severity: Severity = "block" if hidden else "warn"
        by_protocol = answers_protocol(enclosing(file.new_tree, handler.lineno), handler.body)
        if _asks_forgiveness(file, tried, handler, names) or (by_protocol and not names & BROAD):
            severity = "info"
        elif severity == "block" and _looks_up(tried, names):
            severity = "warn"
        what = "anything" if names & BROAD else " or ".join(sorted(names))
        text = f"Catches {what} and {how}; the next failure here will be silent."
        yield Found(CHECK, severity, file.path, line.hunk.id, text, SETTLE, line.index, said=line.text)


# Errors by which a reader of outside things says "not like that"; asking for forgiveness is how Python asks.
FORGIVEN = frozenset({
    "ValueError", "UnicodeError", "UnicodeDecodeError", "UnicodeEncodeError", "OSError", "FileNotFoundError",
    "PermissionError", "NotADirectoryError", "FileExistsError", "ImportError", "ModuleNotFoundError", "JSONDecodeError",
    "StopIteration", "ProcessLookupError", "BrokenPipeError", "OverflowError",
})  # fmt: skip
SHORT = 2


def _asks_forgiveness(
    file: FileChange, tried: ast.Try | ast.TryStar, handler: ast.ExceptHandler, names: frozenset[str]
) -> bool:
    """A short `try` around the reading of something, answered as the function answers elsewhere."""
    assert file.new_tree is not None
    last = handler.body[-1]
    if not names <= FORGIVEN or len(tried.body) > SHORT or not isinstance(last, ast.Return):
        return False
    return usual(file, enclosing(file.new_tree, handler.lineno), last.value)


def _looks_up(tried: ast.Try | ast.TryStar, names: frozenset[str]) -> bool:
    """One look-up by a name that is only known at run time, and just the error that says "not there": a human is to
    say whether that is so."""
    tell = {
        "AttributeError": ("getattr", "delattr"),
        "KeyError": ("pop", "__getitem__"),
        "LookupError": ("lookup",),
    }
    if len(tried.body) != 1 or len(names) != 1:
        return False
    calls = [n for n in ast.walk(tried.body[0]) if isinstance(n, ast.Call)]
    return len(calls) == 1 and any(
        _name(calls[0].func) in known and any(isinstance(a, ast.Name) for a in calls[0].args[-1:])
        for kind, known in tell.items() if kind in names
    )  # fmt: skip


def _suppress(change: Change, file: FileChange) -> Iterator[Found]:
    assert file.new_tree is not None
    error = failing_type(change.case)
    for node in ast.walk(file.new_tree):
        if not isinstance(node, ast.Call) or dotted(node.func).rpartition(".")[2] != "suppress":
            continue
        line = file.at(node)
        if line is None:
            continue
        names = caught(ast.Tuple(list(node.args), ast.Load())) if node.args else frozenset()
        severity: Severity = "block" if names & BROAD or (error and covers(names, error)) else "warn"
        text = f"Suppresses {' or '.join(sorted(names)) or 'errors'}; the next failure here will be silent."
        yield Found(CHECK, severity, file.path, line.hunk.id, text, SETTLE, line.index, said=line.text)


def _ignored(file: FileChange) -> Iterator[Found]:
    """`errors="ignore"`: what cannot be read is left out without a word."""
    assert file.new_tree is not None
    for node in ast.walk(file.new_tree):
        if not isinstance(node, ast.Call) or _name(node.func) not in (
            "decode",
            "encode",
            "open",
            "read_text",
            "str",
        ):
            continue
        given = [*node.args[1:], *(k.value for k in node.keywords if k.arg == "errors")]
        line = file.at(node)
        if line is not None and any(isinstance(g, ast.Constant) and g.value == "ignore" for g in given):
            text = "Leaves out what cannot be read, without a word."
            yield Found(CHECK, "warn", file.path, line.hunk.id, text, SETTLE, line.index, said=line.text)


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _hidden(change: Change, file: FileChange) -> Iterator[Found]:
    """Other languages by their trees: a clause that hides, a dropped error, a recovered panic."""
    assert file.new_syntax is not None
    known = {shape_of(h.node) for h in hidden(file.old_syntax)} if file.old_syntax else set()
    error = failing_type(change.case)
    for place in hidden(file.new_syntax):
        line = file.added_at(place.node)
        if line is None or shape_of(place.node) in known:
            continue
        # Go answers `false` or a zero for a failed look-up by custom; only an error that vanishes is plain.
        custom = file.new_syntax.dialect.name == "Go" and "made-up" in place.how
        covered = place.broad or (error and error in place.names)
        severity: Severity = "block" if covered and not custom else "warn"
        what = " or ".join(sorted(place.names)) or "any error"
        text = f"Catches {what} and {place.how}; the next failure here will be silent."
        yield Found(CHECK, severity, file.path, line.hunk.id, text, SETTLE, line.index, said=line.text)


def _empty_catch(file: FileChange) -> Iterator[Found]:
    """Other languages by their text: a catch whose braces hold nothing, or a rescue of everything."""
    for line in file.added:
        bare = "".join(line.text.split())
        empty = "catch" in bare and bare.endswith("{}")
        if empty or bare in ("rescuenil", "rescue=>e", "rescueStandardError"):
            text = "Catches an error and does nothing; the next failure here will be silent."
            yield Found(CHECK, "block", file.path, line.hunk.id, text, SETTLE, line.index, said=line.text)
