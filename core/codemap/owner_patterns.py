"""Whether a CODEOWNERS pattern covers a path, in both dialects, in time that no pattern can blow up."""

from __future__ import annotations

import fnmatch
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Dialect = Literal["github", "gitlab"]


@dataclass(frozen=True, slots=True)
class _Rule:
    """parts: one matcher for each folder or name, None for `**`. below: whether it is for what is in a match."""

    parts: tuple[re.Pattern[str] | None, ...]
    below: Literal["never", "also", "only"]


def covers(pattern: str, path: str, dialect: Dialect = "github") -> bool:
    """Whether a pattern matches a path of the repository."""
    rule = _compiled(pattern, dialect)
    parts = path.split("/")
    reached = _spread(rule.parts, {0})
    ends = []
    for count, part in enumerate(parts, 1):
        step = {at for at in reached if at < len(rule.parts) and rule.parts[at] is None}
        step |= {at + 1 for at in reached if _fits(rule.parts, at, part)}
        reached = _spread(rule.parts, step)
        if len(rule.parts) in reached:
            ends.append(count)
    if rule.below == "never":
        return len(parts) in ends
    return any(end < len(parts) or rule.below == "also" for end in ends)


@lru_cache(maxsize=4096)
def _compiled(pattern: str, dialect: Dialect) -> _Rule:
    """GitLab anchors by a leading slash alone, and takes a name without a closing slash for a file."""
    rooted = pattern.startswith("/") or (dialect == "github" and "/" in pattern.rstrip("/")[:-1])
    body = pattern.strip("/")
    names = [name for name in body.split("/") if name] or [""]
    parts = [None if name == "**" else re.compile(fnmatch.translate(name)) for name in names]
    if parts[-1] is None:
        parts.append(re.compile(".*", re.DOTALL))
    if not rooted:
        parts.insert(0, None)
    if pattern.endswith("/"):
        return _Rule(tuple(parts), "only")
    # `docs/*` covers the files in it but none below; on GitHub a name covers all that is in it too.
    exact = dialect == "gitlab" or body.endswith("/*") or (body == "*" and rooted)
    return _Rule(tuple(parts), "never" if exact else "also")


def _fits(parts: tuple[re.Pattern[str] | None, ...], at: int, name: str) -> bool:
    matcher = parts[at] if at < len(parts) else None
    return matcher is not None and matcher.fullmatch(name) is not None


def _spread(parts: tuple[re.Pattern[str] | None, ...], reached: set[int]) -> set[int]:
    """With the places that a `**` reaches by standing for nothing."""
    found = set(reached)
    for at in sorted(reached):
        while at < len(parts) and parts[at] is None:
            at += 1
            found.add(at)
    return found
