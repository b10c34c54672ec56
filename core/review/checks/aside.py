"""The draft touches code that has nothing to do with the crash."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterator

from rootcase.core.model.drafts import Hunk
from rootcase.core.review.change import Change, FileChange, Found, is_prose

CHECK = "beside the cause"
SETTLE = "Leave it for a change of its own, or say which part of the fix needs it."
NAME = re.compile(r"[A-Za-z_]\w{2,}")
WORDS = frozenset(keyword.kwlist) | frozenset(dir(builtins)) | frozenset({
    "self", "cls", "return", "function", "const", "let", "var", "this", "new", "null", "undefined", "public", "private",
    "static", "void", "final", "string", "int", "nil", "func", "args", "kwargs", "value", "name", "result", "data",
    "export", "import", "from", "typing",
})  # fmt: skip


def aside(change: Change) -> Iterator[Found]:
    """Hunks in functions that neither the trace nor the map names, and that share no name with those that are.

    Only where the crash is mapped and another hunk is on its path: a draft that is all elsewhere follows an idea of its
    own, which is for its reviewer to judge.
    """
    places = _places(change)
    if not places:
        return
    hunks = [(file, hunk) for file in change.source if not is_prose(file.path) for hunk in file.hunks]
    on_path = [(file, hunk) for file, hunk in hunks if _on_path(file, hunk, places)]
    if not on_path:
        return
    related = frozenset().union(*(_names(hunk) for _, hunk in on_path))
    rest = [(file, hunk) for file, hunk in hunks if (file, hunk) not in on_path]
    joined = True
    while joined:  # what is related to something related is related, whatever the order
        linked = [(file, hunk) for file, hunk in rest if _names(hunk) & related]
        joined = bool(linked)
        related = related.union(*(_names(hunk) for _, hunk in linked))
        rest = [pair for pair in rest if pair not in linked]
    for file, hunk in rest:
        if _code(hunk):
            text = f"Neither the trace nor the map names this part of `{file.path}`, and nothing else here uses it."
            yield Found(CHECK, "warn", file.path, hunk.id, text, SETTLE, said=_first(hunk))


def _places(change: Change) -> frozenset[tuple[str, str]]:
    """(path, plain function) of the trace and of the candidates."""
    code = change.case.code
    if code is None:
        return frozenset()
    frames = [
        (f.head_path or f.path, f.qualified_name or f.function)
        for f in code.frames
        if f.verdict != "not ours"
    ]
    found = [(c.path, c.qualified_name) for c in code.candidates]
    return frozenset((path, name.rpartition(".")[2]) for path, name in [*frames, *found])


def _on_path(file: FileChange, hunk: Hunk, places: frozenset[tuple[str, str]]) -> bool:
    if file.old is None:
        return False
    for line in (each for each in file.added if each.hunk is hunk):
        inside = file.enclosing_at(line.number).rpartition(".")[2]
        if (file.path, inside) in places:
            return True
    for text in hunk.old[:1]:
        del text
        inside = _old_function(file, hunk.start)
        if (file.path, inside) in places:
            return True
    return False


def _old_function(file: FileChange, line: int) -> str:
    from rootcase.core.review.change import enclosing

    if file.old_tree is not None:
        return enclosing(file.old_tree, line).rpartition(".")[2]
    return file.old_syntax.enclosing(line).rpartition(".")[2] if file.old_syntax is not None else ""


def _names(hunk: Hunk) -> frozenset[str]:
    """What the lines of a hunk name that it changes, without the words of the language."""
    kept = set(hunk.old) & set(hunk.new)
    return (
        frozenset(name for text in (*hunk.old, *hunk.new) if text not in kept for name in NAME.findall(text))
        - WORDS
    )


def _code(hunk: Hunk) -> bool:
    """Whether it changes more than comments, blank lines and a version."""
    lines = [text.strip() for text in (*hunk.old, *hunk.new) if text.strip()]
    return any(not text.startswith(("#", "//", "/*", "*", "__version__")) for text in lines)


def _first(hunk: Hunk) -> str:
    return next(iter(hunk.new or hunk.old), "").rstrip()
