"""A repository's CODEOWNERS file, in GitHub's or GitLab's dialect, with its errors named by line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rootcase.core.codemap.owner_patterns import Dialect, covers
from rootcase.core.model.ports import Repository
from rootcase.core.safety.text import clean_line

# The first of these that exists is in force: docs.github.com "About code owners", docs.gitlab.com "Code Owners".
PLACES: dict[Dialect, tuple[str, ...]] = {
    "github": (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"),
    "gitlab": ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"),
}
MAX_FILE = 3_000_000
FAULTS = 50
_USER = re.compile(r"^@[\w.-]+(?:/[\w.-]+)*$")
_ROLE = re.compile(r"^@@(?:developer|maintainer|owner)s?$")
_EMAIL = re.compile(r"^[\w.+-]+@[\w-]+(?:\.[\w-]+)+$")
_HEADING = re.compile(
    r"^(?P<optional>\^)?\[(?P<name>[^\[\]]*)\](?:\[(?P<approvals>[^\[\]]*)\])?(?P<owners>.*)$"
)


@dataclass(frozen=True, slots=True)
class OwnerRule:
    """One line of the file. owners: empty where it takes ownership away. section: GitLab's, "" outside of one.

    optional: the section's approval is no must. approvals: how many it asks for, 0 where it does not say.
    excludes: a `!` line; what it covers has no owner in its section, whatever else is said there.
    """

    pattern: str
    owners: tuple[str, ...]
    line: int
    section: str = ""
    optional: bool = False
    approvals: int = 0
    excludes: bool = False


@dataclass(frozen=True, slots=True)
class Codeowners:
    """place: the file's path, "" where there is none. faults: lines that cannot be used, in words."""

    place: str = ""
    rules: tuple[OwnerRule, ...] = ()
    faults: tuple[str, ...] = ()
    dialect: Dialect = "github"

    def owners_of(self, path: str) -> OwnerRule | None:
        """The rule in force outside of sections, or the first section's; None where nothing covers the path."""
        return next(iter(self.all_of(path)), None)

    def all_of(self, path: str) -> tuple[OwnerRule, ...]:
        """The last rule of each section that covers a path, in the order of the sections; must before may."""
        sections: dict[str, OwnerRule | None] = {}
        for rule in self.rules:
            key = rule.section.casefold()
            sections.setdefault(key, None)
            if covers(rule.pattern, path, self.dialect):
                before = sections[key]
                if before is None or not before.excludes:
                    sections[key] = rule
        found = [rule for rule in sections.values() if rule is not None and not rule.excludes]
        return tuple(sorted(found, key=lambda rule: rule.optional))


async def read_codeowners(repository: Repository, commit: str, forge: str = "") -> Codeowners:
    """The CODEOWNERS file of a commit. forge: `gitlab`, `github`, or anything else where it is not known.

    Without a known forge a file under `.gitlab/`, or one with section headings, is read as GitLab reads it.
    """
    places = PLACES["gitlab"] if forge == "gitlab" else (*PLACES["github"], PLACES["gitlab"][-1])
    for place in places:
        text = await repository.read(commit, place)
        if text is None:
            continue
        if len(text) > MAX_FILE:
            return Codeowners(place, (), (f"{place} is larger than 3 MB and is not in force",))
        gitlab = forge == "gitlab" or place.startswith(".gitlab/")
        return parse_codeowners(text, place, "gitlab" if gitlab or _has_sections(text, forge) else "github")
    return Codeowners()


def parse_codeowners(text: str, place: str = "CODEOWNERS", dialect: Dialect = "github") -> Codeowners:
    """Rules in order; what the forge would refuse or not understand is left out and named."""
    reader = _GitLab(place) if dialect == "gitlab" else _GitHub(place)
    for number, raw in enumerate(text.split("\n"), 1):
        reader.row(raw.strip("\r"), number)
    return Codeowners(place, tuple(reader.rules), tuple(reader.faults[:FAULTS]), dialect)


class _GitHub:
    """A line that GitHub cannot read is skipped as a whole."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.rules: list[OwnerRule] = []
        self.faults: list[str] = []

    def row(self, raw: str, number: int) -> None:
        line = raw.strip()
        if not line or line.startswith("#"):
            return
        words = _words(line)
        if not words:
            self.fault(number, line, "is no pattern")
            return
        pattern, owners = words[0], tuple(words[1:])
        if pattern.startswith("!") or "[" in pattern:
            self.fault(number, pattern, "uses ! or [ ], which GitHub does not read")
            return
        wrong = [owner for owner in owners if not _is_owner(owner) or owner.count("/") > 1]
        if wrong:
            self.fault(number, wrong[0], "is no owner")
            return
        self.rules.append(OwnerRule(pattern, owners, number))

    def fault(self, number: int, what: str, why: str) -> None:
        self.faults.append(f"{self.place}:{number}: {clean_line(what, limit=60)} {why}")


class _GitLab(_GitHub):
    """Sections, their default owners and approvals, and `!` lines; words that are no owner are passed over."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.section = OwnerRule("", (), 0)
        self.known: dict[str, OwnerRule] = {}

    def row(self, raw: str, number: int) -> None:
        line = raw.strip()
        if not line or line.startswith("#"):
            return
        if line.startswith(("[", "^[")):
            self._heading(line, number)
            return
        words = _words(line)
        if not words:
            self.fault(number, line, "is no pattern")
            return
        pattern, named = words[0], words[1:]
        if pattern.startswith("!"):
            self.rules.append(
                replace(self.section, pattern=pattern[1:], owners=(), line=number, excludes=True)
            )
            return
        owners = self._owners(named, number)
        if not owners and not self.section.owners:
            why = "names no owner" if not named else "names nobody that can own it"
            self.fault(number, pattern, why)
        self.rules.append(
            replace(self.section, pattern=pattern, owners=owners or self.section.owners, line=number)
        )

    def _heading(self, line: str, number: int) -> None:
        match = _HEADING.match(line)
        if match is None or not match["name"].strip():
            self.fault(number, line, "is no section heading")
            return
        name, asked = match["name"].strip(), (match["approvals"] or "").strip()
        approvals = int(asked) if asked.isdigit() and asked.isascii() and len(asked) < 5 else 0
        if match["approvals"] is not None and not approvals:
            self.fault(number, line, "asks for no number of approvals")
        owners = self._owners(_words(match["owners"]), number)
        # Sections of one name are one; what its first heading says holds.
        first = self.known.get(name.casefold())
        self.section = first or OwnerRule("", owners, number, name, bool(match["optional"]), approvals)
        self.known.setdefault(name.casefold(), self.section)

    def _owners(self, words: Sequence[str], number: int) -> tuple[str, ...]:
        wrong = [word for word in words if not _is_owner(word) and not _ROLE.match(word)]
        if wrong:
            self.fault(number, wrong[0], "is no owner")
        return tuple(word for word in words if word not in wrong)


def _is_owner(word: str) -> bool:
    return bool(_USER.match(word) or _EMAIL.match(word))


def _has_sections(text: str, forge: str) -> bool:
    if forge == "github":
        return False
    return any(_HEADING.match(row) for row in text.split("\n") if row.startswith(("[", "^[")))


def _words(line: str) -> list[str]:
    """A line's words up to a comment; `\\ ` is a space in a pattern."""
    words = re.findall(r"(?:\\.|[^\s\\])+", line)
    kept = []
    for word in words:
        if word.startswith("#"):
            break
        kept.append(re.sub(r"\\(.)", r"\1", word))
    return kept
