"""Functions that may need the change: those of the trace, what they call, and who calls them."""

from __future__ import annotations

import builtins
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rootcase.core.codemap.frames import Located
from rootcase.core.codemap.functions import Function, function_at, function_named
from rootcase.core.codemap.suspects import Spot
from rootcase.core.model.code import Candidate, Suspect
from rootcase.core.model.ports import Repository

SHOWN = 6
NAMES_LOOKED_UP = 12
_METHODS = """
get append items keys values join split format strip info debug warning error exception add update pop read write
close encode decode lower upper replace startswith endswith execute fetchone fetchall commit dumps loads setdefault
extend
"""
_COMMON = frozenset(dir(builtins)) | frozenset(_METHODS.split())


@dataclass(frozen=True, slots=True)
class Definition:
    """A function found by name beyond the trace. called_by, called_at: the call that leads to it."""

    path: str
    function: Function
    called_by: str
    called_at: int
    distance: int


async def definitions_called(
    repository: Repository, commit: str, path: Sequence[Located]
) -> tuple[Definition, ...]:
    """Functions of the repository that the innermost functions of the trace call, besides those in the trace.

    Args: path: our frames, outermost first. The failing function's calls come first, then its callers'.
    """
    in_trace = {(item.path, item.function.name) for item in path if item.function}
    wanted: dict[str, tuple[Located, int, int]] = {}
    for distance, item in enumerate(list(reversed(path))[:3]):
        for name, line in item.function.calls if item.function else ():
            before_crash = line <= item.line or distance == 0
            if name not in _COMMON and not name[:1].isupper() and before_crash:
                wanted.setdefault(name, (item, line, distance))
    found = []
    for name, (item, line, distance) in list(wanted.items())[:NAMES_LOOKED_UP]:
        place = await _defined(repository, commit, name, item)
        if place and (place[0], name) not in in_trace:
            caller = item.function.qualified_name if item.function else item.path
            found.append(Definition(place[0], place[1], caller, line, distance))
    return tuple(found)


def spots_of(path: Sequence[Located], definitions: Sequence[Definition]) -> tuple[Spot, ...]:
    """The functions that a suspect may have touched, with how near each is to the failure."""
    out = [
        Spot(item.path, item.function, max(0.4, 1.0 - 0.2 * distance))
        for distance, item in enumerate(reversed(path))
        if item.function
    ]
    out += [Spot(item.path, item.function, 0.9 - 0.1 * item.distance) for item in definitions]
    return tuple(out)


async def candidates(
    repository: Repository,
    commit: str,
    path: Sequence[Located],
    definitions: Sequence[Definition],
    suspects: Sequence[Suspect],
) -> tuple[Candidate, ...]:
    """Ranked functions with reasons; a function that changed in the release window comes up."""
    out: list[Candidate] = []
    for distance, item in enumerate(reversed(path)):
        if item.function and distance < 4:
            why = "the failing function" if distance == 0 else "caller in the trace"
            score = 0.6 if distance == 0 else 0.5 - 0.08 * distance
            out.append(Candidate(item.path, item.function.qualified_name, item.line, score, (why,)))
    for found in definitions:
        why = f"called by {found.called_by}, line {found.called_at}"
        score = 0.45 - 0.07 * found.distance
        out.append(Candidate(found.path, found.function.qualified_name, found.function.start, score, (why,)))
    if path and path[-1].function:
        out += await _other_callers(repository, commit, path)
    raised = [_with_suspect(item, suspects) for item in out]
    unique = {(item.path, item.qualified_name): item for item in sorted(raised, key=lambda item: item.score)}
    return tuple(sorted(unique.values(), key=lambda item: (-item.score, item.path, item.line))[:SHOWN])


def _with_suspect(item: Candidate, suspects: Sequence[Suspect]) -> Candidate:
    for suspect in suspects:
        if suspect.in_window and f"touches {item.qualified_name}" in suspect.reasons:
            reason = f"changed by {suspect.commit.short} in the release"
            return replace(item, score=round(min(1.0, item.score + 0.4), 2), reasons=(*item.reasons, reason))
    return replace(item, score=round(item.score, 2))


async def _other_callers(repository: Repository, commit: str, path: Sequence[Located]) -> list[Candidate]:
    """Callers of the failing function outside the trace; its tests are no candidates."""
    failing = path[-1]
    name = failing.function.name if failing.function else ""
    in_trace = {(item.path, item.function.qualified_name) for item in path if item.function}
    out = []
    for hit in await repository.grep(commit, rf"\b{re.escape(name)}\(", regex=True, limit=60):
        if not _is_code(hit.path) or re.search(rf"\bdef {re.escape(name)}\b", hit.text):
            continue
        text = await repository.read(commit, hit.path)
        function = function_at(text or "", hit.path, hit.line)
        if function and (hit.path, function.qualified_name) not in in_trace:
            out.append(
                Candidate(
                    hit.path, function.qualified_name, hit.line, 0.2, (f"calls {name}, not in the trace",)
                )
            )
    return out[:3]


async def _defined(
    repository: Repository, commit: str, name: str, near: Located
) -> tuple[str, Function] | None:
    """Where a name is defined: in the same file first, else where only one file defines it."""
    here = function_named(near.text, near.path, name)
    if here:
        return near.path, here
    pattern = rf"^[[:space:]]*(async )?def {re.escape(name)}\b"
    hits = await repository.grep(commit, pattern, regex=True, limit=20)
    files = [
        path for path in dict.fromkeys(hit.path for hit in hits) if not re.search(r"(?:^|/)tests?/", path)
    ]
    if len(files) != 1:
        return None
    text = await repository.read(commit, files[0])
    function = function_named(text or "", files[0], name)
    return (files[0], function) if function else None


def _is_code(path: str) -> bool:
    """Python, and no test of it."""
    return path.endswith(".py") and not re.search(r"(?:^|/)tests?/|(?:^|/)test_", path)
