"""A cluster's frames as code: file, function and line at a commit, and who may have to do with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

MapVerdict = Literal["confirmed", "probable", "guessed", "not ours"]
HeadStatus = Literal["same", "moved", "changed", "gone", "unknown"]
SuspectKind = Literal["code", "configuration", "dependency", "tests", "other"]


@dataclass(frozen=True, slots=True)
class Commit:
    sha: str
    author: str
    email: str
    at_us: int
    subject: str
    files: tuple[str, ...] = ()

    @property
    def short(self) -> str:
        return self.sha[:7]


@dataclass(frozen=True, slots=True)
class BlameLine:
    line: int
    commit: Commit
    text: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as a commit names them."""

    name: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class Credit:
    """Who had to do with a commit. others: (`wrote` or `reviewed`, person) of its trailers."""

    sha: str
    at_us: int
    author: Person
    committer: Person
    merge: bool = False
    others: tuple[tuple[str, Person], ...] = ()


@dataclass(frozen=True, slots=True)
class Tree:
    """What a commit holds. blobs: file → id; links: symbolic link → its target; modules: submodule → commit."""

    blobs: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    modules: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GrepHit:
    path: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class MappedFrame:
    """A frame as code. path/line: at the release commit; head_path/head_line: the same line at HEAD.

    verdict with why: how sure the mapping is. head_commit: who changed the line since, for `changed`.
    evidence: id of the frame's evidence (`f1`); span: id of the code span's (`s1`), "" where none.
    """

    frame_index: int
    function: str
    qualified_name: str
    path: str
    line: int
    verdict: MapVerdict
    why: str = ""
    text: str = ""
    head_path: str = ""
    head_line: int = 0
    head_status: HeadStatus = "unknown"
    head_commit: Commit | None = None
    evidence: str = ""
    span: str = ""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A commit that may have introduced the error; score in 0..1; evidence: its id (`c1`).

    in_window: it came between the last good and the first bad release. kind: what it changed.
    """

    commit: Commit
    score: float
    reasons: tuple[str, ...]
    in_window: bool = False
    evidence: str = ""
    kind: SuspectKind = "code"


@dataclass(frozen=True, slots=True)
class Owner:
    """name: `@team` or a person's name; from_codeowners: it may be asked for review by that name."""

    name: str
    reasons: tuple[str, ...]
    from_codeowners: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A function that may need the change, in the trace or beyond it; score in 0..1."""

    path: str
    qualified_name: str
    line: int
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rollback:
    """The last good release. commit: its full sha, "" where unknown; good_for: in words (`6 days`).

    migrations: what it would go back over, in words (`no migration between the two`), "" where unknown.
    """

    release: str
    commit: str = ""
    good_for: str = ""
    evidence: str = ""
    migrations: str = ""


@dataclass(frozen=True, slots=True)
class CodePath:
    """The frames of a cluster in one repository. frames run outermost first.

    release_how: how the release became a commit (`tag v2.14.0`), or why it did not.
    changed_since: a sentence when a commit after the release touches the failing statement.
    guess_commit: what the frames are shown at where the release's commit is unknown.
    imported: files that the trace's files import, the likelier first.
    """

    repository: str
    release: str
    release_commit: str
    release_how: str
    head_commit: str
    base_branch: str = ""
    frames: tuple[MappedFrame, ...] = ()
    suspects: tuple[Suspect, ...] = ()
    owners: tuple[Owner, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    rollback: Rollback | None = None
    changed_since: str = ""
    missing: tuple[str, ...] = ()
    guess_commit: str = ""
    imported: tuple[str, ...] = ()

    @property
    def read_commit(self) -> str:
        """The commit that `path` and `line` of the frames are at: the release's, or what stands in for it."""
        return self.release_commit or self.guess_commit or self.head_commit

    @property
    def failing(self) -> MappedFrame | None:
        """The innermost frame that is in the repository, or None."""
        return next((f for f in reversed(self.frames) if f.verdict != "not ours"), None)
