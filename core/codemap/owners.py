"""Who owns a path: CODEOWNERS in GitHub's dialect, then the people who last touched its lines."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rootcase.core.model.code import BlameLine, Owner
from rootcase.core.model.ports import Repository
from rootcase.core.safety.text import clean_line

# GitHub reads the first of these that exists.
PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
MAX_FILE = 3_000_000
PEOPLE = 2
_OWNER = re.compile(r"^(?:@[\w.-]+(?:/[\w.-]+)?|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)$")


@dataclass(frozen=True, slots=True)
class OwnerRule:
    """One line of a CODEOWNERS file. owners: empty where the line takes ownership away."""

    pattern: str
    owners: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Codeowners:
    """place: the file's path, "" where there is none. faults: lines that cannot be used, in words."""

    place: str = ""
    rules: tuple[OwnerRule, ...] = ()
    faults: tuple[str, ...] = ()

    def owners_of(self, path: str) -> OwnerRule | None:
        """The last rule that matches, or None."""
        return next((rule for rule in reversed(self.rules) if covers(rule.pattern, path)), None)


async def read_codeowners(repository: Repository, commit: str) -> Codeowners:
    """The CODEOWNERS file of a commit."""
    for place in PLACES:
        text = await repository.read(commit, place)
        if text is not None:
            if len(text) > MAX_FILE:
                return Codeowners(place, (), (f"{place} is larger than 3 MB and is not in force",))
            return parse_codeowners(text, place)
    return Codeowners()


def parse_codeowners(text: str, place: str = "CODEOWNERS") -> Codeowners:
    """Rules in order; what GitHub would refuse is left out and named."""
    rules, faults = [], []
    for number, raw in enumerate(text.split("\n"), 1):
        words = _words(raw)
        if not words:
            continue
        pattern, owners = words[0], tuple(words[1:])
        if pattern.startswith("!") or "[" in pattern:
            faults.append(
                f"{place}:{number}: {clean_line(pattern, limit=60)} uses ! or [ ], which GitHub does not read"
            )
            continue
        wrong = [owner for owner in owners if not _OWNER.match(owner)]
        if wrong:
            faults.append(f"{place}:{number}: {clean_line(wrong[0], limit=60)} is no owner")
            continue
        rules.append(OwnerRule(pattern, owners, number))
    return Codeowners(place, tuple(rules), tuple(faults))


def covers(pattern: str, path: str) -> bool:
    """Whether a CODEOWNERS pattern matches a path of the repository, in time that no pattern can blow up."""
    rule = _compiled(pattern)
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


def owners_of(path: str, function: str, rules: Codeowners, blame: Sequence[BlameLine]) -> tuple[Owner, ...]:
    """Code owners first, then who last changed the function's lines, newest first."""
    found: list[Owner] = []
    rule = rules.owners_of(path)
    if rule:
        found += [
            Owner(name, (f"CODEOWNERS of {rule.pattern}",), from_codeowners=True) for name in rule.owners
        ]
    newest = sorted(blame, key=lambda line: -line.commit.at_us)
    for name in list(dict.fromkeys(line.commit.author for line in newest if line.commit.author))[:PEOPLE]:
        if not any(owner.name.lstrip("@").lower() == name.lower() for owner in found):
            found.append(Owner(name, (f"last to touch {function or path}",)))
    return tuple(found)


def _words(line: str) -> list[str]:
    """A line's words up to a comment; `\\ ` is a space in a pattern."""
    words = re.findall(r"(?:\\.|[^\s\\])+", line)
    kept = []
    for word in words:
        if word.startswith("#"):
            break
        kept.append(re.sub(r"\\(.)", r"\1", word))
    return kept


@dataclass(frozen=True, slots=True)
class _Rule:
    """parts: one matcher for each folder or name, None for `**`. below: whether it is for what is in a match."""

    parts: tuple[re.Pattern[str] | None, ...]
    below: Literal["never", "also", "only"]


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> _Rule:
    rooted = pattern.startswith("/") or "/" in pattern.rstrip("/")[:-1]
    body = pattern.strip("/")
    names = [name for name in body.split("/") if name] or [""]
    parts = [None if name == "**" else re.compile(fnmatch.translate(name)) for name in names]
    if parts[-1] is None:
        parts.append(re.compile(".*", re.DOTALL))
    if not rooted:
        parts.insert(0, None)
    # `docs/*` covers the files in it but none below; a name, with or without its slash, all that is in it.
    exact = body.endswith("/*") or (body == "*" and rooted)
    return _Rule(tuple(parts), "only" if pattern.endswith("/") else "never" if exact else "also")


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
