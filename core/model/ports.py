"""What a stage needs of another part of the house, as small protocols that the pipeline fills."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from rootcase.core.model.case import Case
from rootcase.core.model.code import BlameLine, Commit, Credit, GrepHit, Tree
from rootcase.core.model.drafts import Hunk
from rootcase.core.model.entries import Blob, Body
from rootcase.core.model.events import Event
from rootcase.core.model.fingerprints import Fingerprint
from rootcase.core.model.proofs import TestRun
from rootcase.core.model.signals import Work

Stage = AsyncIterator[Body]


class Repository(Protocol):
    """Read-only git at any commit, from the private clone. Commits are full shas; paths use `/`.

    Every method raises RepositoryError where git itself fails; an absent thing is None or empty.
    """

    @property
    def name(self) -> str: ...
    @property
    def shallow(self) -> bool: ...
    @property
    def faults(self) -> tuple[str, ...]:
        """What could not be read so far although the history names it, in sentences."""

    async def resolve(self, revision: str) -> str | None: ...
    async def default_branch(self) -> str: ...
    async def commit(self, sha: str) -> Commit | None: ...
    async def commit_before(self, head: str, at_us: int) -> Commit | None:
        """The last commit on the first-parent line of `head` at that time; None where there was none."""

    async def tags(self) -> Mapping[str, str]: ...
    async def files(self, commit: str) -> tuple[str, ...]: ...
    async def tree(self, commit: str) -> Tree:
        """Everything that the commit holds, with blob ids."""

    async def read_many(self, commit: str, paths: Sequence[str]) -> Mapping[str, str | None]:
        """`read` of many files with one process; what is too large to read comes as None."""

    async def read(self, commit: str, path: str) -> str | None: ...
    async def grep(
        self, commit: str, text: str, *, regex: bool = False, paths: Sequence[str] = (), limit: int = 50
    ) -> tuple[GrepHit, ...]: ...
    async def log(
        self,
        revisions: str,
        paths: Sequence[str] = (),
        *,
        limit: int = 50,
        lines: tuple[int, int] | None = None,
    ) -> tuple[Commit, ...]: ...
    async def blame(self, commit: str, path: str, start: int, end: int) -> tuple[BlameLine, ...]: ...
    async def credits(
        self, revision: str, paths: Sequence[str], *, limit: int = 40
    ) -> tuple[Credit, ...]: ...
    async def diff(self, old: str, new: str, paths: Sequence[str] = (), *, context: int = 3) -> str: ...
    async def line_diff(
        self, old: str, old_path: str, new: str, new_path: str, *, algorithm: str = ""
    ) -> str: ...
    async def renamed_to(self, old: str, new: str, path: str) -> str: ...
    async def patches(
        self, revisions: str, paths: Sequence[str], *, limit: int = 50
    ) -> tuple[tuple[Commit, str], ...]: ...
    async def surviving(self, old: str, new: str, path: str, line: int) -> tuple[str, str, int]: ...
    async def patch(self, sha: str) -> str: ...
    async def is_ancestor(self, older: str, newer: str) -> bool: ...


class Workspace(Protocol):
    """A worktree of one case with a sandbox around what it runs; the user's checkout is never touched.

    root: the worktree's folder, for telling its files in a stack trace.
    """

    base_commit: str
    sandbox: str
    root: Path

    async def reset(self, base_commit: str) -> None:
        """Make the worktree exactly that commit."""

    async def apply(self, hunks: Sequence[Hunk]) -> str:
        """Make the worktree base + hunks, all or nothing; returns the git tree id. EditError otherwise."""

    async def read(self, path: str) -> str | None:
        """A file of the worktree as it stands."""

    async def write(self, path: str, text: str) -> None:
        """Write one file of the worktree; GuardrailError for protected files and paths outside."""

    async def hunks(self, *, tests: Sequence[str] = ()) -> tuple[Hunk, ...]:
        """What the worktree changes against the base; files named in `tests` are marked as test."""

    async def run_tests(self, selection: Sequence[str] = (), *, deadline_s: float = 300.0) -> TestRun:
        """Run the configured test command on all tests or a selection of ids or files."""

    async def run(self, command: Sequence[str], *, deadline_s: float = 120.0) -> CommandResult:
        """Run any command in the sandbox; GuardrailError for a blocked one."""


@dataclass(frozen=True, slots=True)
class CommandResult:
    """exit_code: None when it was killed at its deadline. output: stdout and stderr, cleaned and cut."""

    command: tuple[str, ...]
    exit_code: int | None
    output: str
    seconds: float


class Fingerprinter(Protocol):
    """The cluster stage's judgement on an event or on a stack trace as text."""

    def event(self, event: Event) -> Fingerprint: ...

    def text(self, stack: str, *, root: str = "", platform: str = "") -> Fingerprint | None:
        """None where no stack trace can be read. root: folder whose files are ours."""


@dataclass(frozen=True, slots=True)
class FoundWork:
    work: tuple[Work, ...]
    asked: tuple[str, ...]
    failed: tuple[str, ...] = ()


class ExistingWork(Protocol):
    """Pull requests, branches and tickets that already name a case by any alias."""

    async def find(self, case: Case) -> FoundWork: ...


class OwnCases(Protocol):
    """Other cases of this store that hold the same error class."""

    async def holding(self, alias: str) -> str | None:
        """The key of the case that owns an alias, or None."""


class Blobs(Protocol):
    async def put(self, text: str) -> Blob: ...

    async def get(self, blob: Blob) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Reservation:
    """Spend held for one model call until it is settled; what is never settled counts in full."""

    id: str
    usd: float
    tokens: int


class Budget(Protocol):
    """The caps of a case and of the day, enforced by code before each call."""

    async def reserve(self, *, usd: float, tokens: int) -> Reservation:
        """Hold the worst case of one call; BudgetExceeded where it would pass a cap."""

    async def settle(self, reservation: Reservation, *, usd: float, tokens: int) -> None: ...


Wish = Literal["go on", "pause", "stop"]


class Control(Protocol):
    """What humans want of a live run, read from the journal."""

    async def checkpoint(self) -> Case:
        """Between steps: waits while paused, raises StopRequested when stopped, else the fresh case."""

    async def publish(self, channel: str, text: str) -> None:
        """Show a piece of a live stream; short-lived, never an entry. channel: `model`, `tests`…"""


class StopRequested(Exception):
    """A human stopped the run; everything so far stays."""


class GitReply(Protocol):
    """What one git command did: exit code, output, and git's own words on stderr."""

    @property
    def code(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def error(self) -> str: ...


class GitRunner(Protocol):
    """Git commands in the private clone, run so that nothing in a repository is executed."""

    async def run(
        self,
        arguments: Sequence[str],
        *,
        input: bytes = b"",
        environment: Mapping[str, str] | None = None,
        deadline_s: float = 120.0,
    ) -> GitReply: ...


class WriteBack(Protocol):
    """Says something at a source's issue."""

    async def comments(self, signal_id: str) -> tuple[str, ...]:
        """The texts said there so far; empty where the source cannot tell."""

    async def comment(self, signal_id: str, text: str) -> str:
        """Says it; returns the comment's id or address. SourceError where it cannot."""
