"""Which rule of a list of globs covers a path; the same answer on every file system."""

from __future__ import annotations

import fnmatch
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from rootcase.core.model.errors import GuardrailError


def normal(path: str) -> str:
    """A path inside the repository with `/` between its parts and no `.`; GuardrailError where it leaves it
    or is git's own."""
    slashed = path.replace("\\", "/")
    if slashed.startswith("/") or re.match(r"[A-Za-z]:", slashed) or "\0" in slashed:
        raise GuardrailError("A path outside the repository", repr(path), "Use a path relative to its root.")
    parts = [part for part in slashed.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise GuardrailError("A path that climbs with ..", repr(path), "Use a path relative to the root.")
    if any(part.lower() == ".git" for part in parts):
        raise GuardrailError("A path inside of git's own folder", repr(path), "git keeps that folder itself.")
    return "/".join(parts)


def matches(path: str, patterns: Iterable[str]) -> str | None:
    """The first pattern that covers `path`, or None.

    Patterns are those of gitignore(5) without `!`: without a slash a pattern covers that name in any
    folder, with one it counts from the root; `**` spans folders; a covered folder covers what is in it.
    Letter case and Unicode form never matter, since on some file systems they do not. GuardrailError
    where the path is absolute or has `..`.
    """
    parts = _folded(normal(path)).split("/")
    for pattern in patterns:
        wanted = _compiled(pattern)
        if wanted and any(_covers(wanted, parts[:end]) for end in range(1, len(parts) + 1)):
            return pattern
    return None


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> tuple[re.Pattern[str] | None, ...]:
    """One matcher for each part of the pattern, None for `**`."""
    text = _folded(pattern.replace("\\", "/").strip())
    anchored = "/" in text.rstrip("/")
    parts = [part for part in text.split("/") if part not in ("", ".")]
    if not parts:
        return ()
    if not anchored:
        parts.insert(0, "**")
    if parts[-1] == "**" and len(parts) > 1:
        parts.append("*")
    return tuple(None if part == "**" else re.compile(fnmatch.translate(part)) for part in parts)


def _covers(wanted: tuple[re.Pattern[str] | None, ...], parts: list[str]) -> bool:
    """Whether all parts are matched by all of the pattern; `reached` are the pattern positions still open."""
    reached = _open(wanted, {0})
    for part in parts:
        step: set[int] = set()
        for position in reached:
            if position == len(wanted):
                continue
            matcher = wanted[position]
            if matcher is None:
                step.add(position)
            elif matcher.match(part):
                step.add(position + 1)
        reached = _open(wanted, step)
    return len(wanted) in reached


def _open(wanted: tuple[re.Pattern[str] | None, ...], positions: set[int]) -> set[int]:
    """Positions with those added that a `**` reaches by matching nothing."""
    found = set(positions)
    for position in sorted(positions):
        while position < len(wanted) and wanted[position] is None:
            position += 1
            found.add(position)
    return found


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
