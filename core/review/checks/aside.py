"""The draft touches code that has nothing to do with the crash."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from rootcase.core.model.drafts import Hunk
from rootcase.core.review.change import Change, FileChange, Found, enclosing, is_prose
from rootcase.core.review.symptom import crash_site

CHECK = "beside the cause"
SETTLE = "Leave it for a change of its own, or say which part of the fix needs it."
TELLS = re.compile(r"\.([A-Za-z_]\w{2,})|([A-Za-z_]\w{2,})\(|[\"'](\w{3,})[\"']")
QUOTED = re.compile(r"([\"'])(\w{3,})\1")
DEFINED = re.compile(r"\b(?:def|class|function|func|const|let|var)\s+(\w+)")
STATE = re.compile(r"\b(?:self|this|cls)\.(\w+)")
LONG_ENOUGH = 12
TELLING = 3
TOKEN = re.compile(r"\w+|[^\w\s]")
NAME = re.compile(r"[A-Za-z_]\w{2,}")
WORDS = frozenset(keyword.kwlist) | frozenset(dir(builtins)) | frozenset({
    "self", "cls", "return", "function", "const", "let", "var", "this", "new", "null", "undefined", "public", "private",
    "static", "void", "final", "string", "int", "nil", "func", "args", "kwargs", "value", "name", "result", "data",
    "export", "import", "from", "typing",
})  # fmt: skip


def aside(change: Change) -> Iterator[Found]:
    """Hunks in functions that neither the trace nor the map names, and that are tied to none of those that are.

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
    ties = [_tie(file, hunk) for file, hunk in on_path]
    asked = _asked(change)
    rest = [(file, hunk) for file, hunk in hunks if (file, hunk) not in on_path]
    joined = True
    while joined:  # what is tied to something tied belongs to it, whatever the order
        linked = [(file, hunk) for file, hunk in rest if any(_tied(_tie(file, hunk), tie) for tie in ties)]
        joined = bool(linked)
        ties += [_tie(file, hunk) for file, hunk in linked]
        rest = [pair for pair in rest if pair not in linked]
    for file, hunk in rest:
        if _code(hunk) and not _tie(file, hunk).names & asked:
            text = f"Neither the trace nor the map names this part of `{file.path}`, and nothing else here uses it."
            yield Found(CHECK, "warn", file.path, hunk.id, text, SETTLE, said=_first(hunk))


def _places(change: Change) -> frozenset[tuple[str, str]]:
    """(path, plain function) of the trace and of the candidates."""
    code = change.case.code
    if code is None or not code.candidates:
        return frozenset()
    frames = [
        (f.head_path or f.path, f.qualified_name or f.function)
        for f in code.frames
        if f.verdict != "not ours"
    ]
    found = [(c.path, c.qualified_name) for c in code.candidates]
    return frozenset((path, name.rpartition(".")[2]) for path, name in [*frames, *found])


@dataclass(frozen=True, slots=True)
class Tie:
    """What joins a hunk to others.

    owns: the functions it stands in or defines. names: what its changed lines name. fresh: names that its file had
    not, or has no more. state: attributes of `self`. lines: what it adds, word for word.
    """

    owns: frozenset[str]
    names: frozenset[str]
    fresh: frozenset[str]
    state: frozenset[str]
    lines: frozenset[str]
    edit: tuple[str, ...]


def _tie(file: FileChange, hunk: Hunk) -> Tie:
    kept = set(hunk.old) & set(hunk.new)
    changed = [text for text in (*hunk.old, *hunk.new) if text not in kept]
    names = frozenset(name for text in changed for name in NAME.findall(text)) - WORDS
    before, after = frozenset(NAME.findall(file.old or "")), frozenset(NAME.findall(file.new or ""))
    owns = {_old_function(file, hunk.start)}
    owns |= {file.enclosing_at(line.number).rpartition(".")[2] for line in file.added if line.hunk is hunk}
    owns |= {m.group(1) for text in changed for m in DEFINED.finditer(text)}
    state = frozenset(m.group(1) for text in changed for m in STATE.finditer(text))
    added = frozenset(t.strip() for t in hunk.new if t not in kept and len(t.strip()) > LONG_ENOUGH)
    return Tie(frozenset(owns - {""}), names, (names - before) | (names - after), state, added, _edit(hunk))


def _edit(hunk: Hunk) -> tuple[str, ...]:
    """The tokens that a hunk takes out and puts in, once each: one mistake made in several places is mended in each."""
    old, new = TOKEN.findall("".join(hunk.old)), TOKEN.findall("".join(hunk.new))
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    edits = {(" ".join(old[a:b]), " ".join(new[c:d])) for tag, a, b, c, d in steps if tag != "equal"}
    size = sum(len(f"{was} {becomes}".split()) for was, becomes in edits)
    # What only comes in is told by its lines.
    return (
        tuple(f"{was} → {becomes}" for was, becomes in sorted(edits)) if hunk.old and size >= TELLING else ()
    )


def _tied(one: Tie, other: Tie) -> bool:
    return bool(
        one.names & other.owns or other.names & one.owns or one.owns & other.owns or one.fresh & other.fresh
        or one.state & other.state or one.lines & other.lines or (one.edit and one.edit == other.edit)
    )  # fmt: skip


def _asked(change: Change) -> frozenset[str]:
    """Keys, attributes and calls of the failing line, and what the error names: a local's name alone says nothing."""
    site = crash_site(change.case)
    told = " ".join(item.label for item in change.case.evidence if item.kind == "event")
    found = [*TELLS.findall(site.text if site is not None else ""), *QUOTED.findall(told)]
    return frozenset(name for groups in found for name in groups if name) - WORDS


def _on_path(file: FileChange, hunk: Hunk, places: frozenset[tuple[str, str]]) -> bool:
    if file.old is None:
        return False
    inside = {file.enclosing_at(line.number).rpartition(".")[2] for line in file.added if line.hunk is hunk}
    inside.add(_old_function(file, hunk.start))
    return any((file.path, name) in places for name in inside)


def _old_function(file: FileChange, line: int) -> str:
    if file.old_tree is not None:
        return enclosing(file.old_tree, line).rpartition(".")[2]
    return file.old_syntax.enclosing(line).rpartition(".")[2] if file.old_syntax is not None else ""


def _code(hunk: Hunk) -> bool:
    """Whether it changes more than comments, blank lines and a version."""
    lines = [text.strip() for text in (*hunk.old, *hunk.new) if text.strip()]
    return any(not text.startswith(("#", "//", "/*", "*", "__version__")) for text in lines)


def _first(hunk: Hunk) -> str:
    return next(iter(hunk.new or hunk.old), "").rstrip()
