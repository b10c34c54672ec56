"""Running git so that nothing in a repository is executed, nobody is asked, and nothing runs for ever."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rootcase.core.model.errors import ContentMissing, RepositoryError
from rootcase.core.safety.children import end_session
from rootcase.core.safety.text import clean

OUTPUT_LIMIT = 64 * 1024 * 1024
DEADLINE_S = 120.0
_CHUNK = 64 * 1024
_ERROR_LIMIT = 8 * 1024
_UNKNOWN = ("unknown revision", "bad object", "ot a valid object name", "nvalid object name", "bad revision")

# Command-line settings win over the repository's own, whatever its config says.
SAFE_SETTINGS = (
    "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.pager=cat", "core.quotePath=false",
    "core.attributesFile=/dev/null", "core.excludesFile=/dev/null", "core.autocrlf=false",
    "protocol.ext.allow=never", "submodule.recurse=false", "fetch.recurseSubmodules=false",
    "gc.auto=0", "maintenance.auto=false", "credential.helper=", "commit.gpgSign=false",
    "log.showSignature=false", "advice.detachedHead=false", "init.defaultBranch=main",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class GitAnswer:
    """What one git command did. cut: there was more output than asked for, and git was stopped."""

    code: int
    out: bytes
    error: str
    cut: bool = False

    @property
    def text(self) -> str:
        return self.out.decode("utf-8", "replace")


class Git:
    """Git commands in one repository. `git_dir` is a bare repository or a worktree's git folder.

    settings: more `-c` settings, after the safe ones. environment: added to the clean environment.
    """

    def __init__(
        self,
        folder: Path,
        *,
        git_dir: Path | None = None,
        settings: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self._environment = {**safe_environment(), **(environment or {})}
        prefix = ["git", "--no-pager", "--literal-pathspecs"]
        for setting in (*SAFE_SETTINGS, *settings):
            prefix += ["-c", setting]
        if git_dir is not None:
            prefix.append(f"--git-dir={git_dir}")
        self._prefix = tuple(prefix)

    async def run(
        self,
        arguments: Sequence[str],
        *,
        input: bytes = b"",
        environment: Mapping[str, str] | None = None,
        deadline_s: float = DEADLINE_S,
        limit: int = OUTPUT_LIMIT,
    ) -> GitAnswer:
        """Run one command, whatever its exit code. RepositoryError where git is missing or hangs."""
        try:
            process = await asyncio.create_subprocess_exec(
                *self._prefix, *arguments, cwd=self.folder, env={**self._environment, **(environment or {})},
                stdin=asyncio.subprocess.PIPE if input else asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, start_new_session=True,
            )  # fmt: skip
        except FileNotFoundError as fault:
            raise _cannot_start(self.folder) from fault
        except NotADirectoryError as fault:
            raise _cannot_start(self.folder) from fault
        try:
            async with asyncio.timeout(deadline_s):
                return await _talk(process, input, limit)
        except TimeoutError:
            raise RepositoryError(
                f"git {_verb(arguments)} took longer than {deadline_s:g} s",
                f"It ran in {self.folder} and was stopped.",
                "Is the disk or the network file system slow? Try again.",
            ) from None
        finally:
            await end_session(process)

    async def out(
        self,
        *arguments: str,
        input: bytes = b"",
        environment: Mapping[str, str] | None = None,
        limit: int = OUTPUT_LIMIT,
    ) -> bytes:
        """The output of a command that must succeed. RepositoryError with git's own words otherwise."""
        answer = await self.run(arguments, input=input, environment=environment, limit=limit)
        if answer.cut:
            raise RepositoryError(
                f"git {arguments[0]} wrote more than {limit // 1024} kB",
                f"In {self.folder}.",
                "Ask for less: fewer paths or a shorter range.",
            )
        if answer.code != 0:
            raise failed(arguments, answer, self.folder)
        return answer.out

    async def text(self, *arguments: str, limit: int = OUTPUT_LIMIT) -> str:
        """`out` as text; what is not UTF-8 is replaced."""
        return (await self.out(*arguments, limit=limit)).decode("utf-8", "replace")


def safe_environment() -> dict[str, str]:
    """No user or system configuration, no prompts, no locks that were not asked for, English messages."""
    return {
        "PATH": os.environ.get("PATH", os.defpath), "HOME": "/nonexistent", "LC_ALL": "C.UTF-8", "TZ": "UTC",
        "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "true", "SSH_ASKPASS": "true",
        "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_PAGER": "cat", "GIT_EDITOR": "true", "GIT_ADVICE": "0",
    }  # fmt: skip


def _verb(arguments: Sequence[str]) -> str:
    """The command's name, behind settings that came with it."""
    words = list(arguments)
    while words[:1] == ["-c"]:
        words = words[2:]
    return words[0] if words else "git"


def failed(arguments: Sequence[str], answer: GitAnswer, folder: Path) -> RepositoryError:
    """A git command's failure as an error a user can act on."""
    words = clean(answer.error, limit=1000).strip()
    if "dubious ownership" in words:
        hint = f"Somebody else owns that folder. Make it yours (chown -R) or run as its owner: {folder}"
    elif any(said in words for said in _UNKNOWN):
        hint = "Is the commit in this checkout? Fetch it there (git fetch --tags), then sync again."
    elif "shallow" in words:
        hint = "The checkout is shallow. Run `git fetch --unshallow` in it, then try again."
    elif "No space left" in words:
        hint = "Free some space where Rootcase keeps its state, then try again."
    else:
        hint = "Try the same command in the checkout; `rootcase doctor` checks the rest."
    return RepositoryError(
        f"git {arguments[0]} failed in {folder}", words or f"Exit code {answer.code}.", hint
    )


def speakable(revision: str) -> bool:
    """Whether git can take it as a name and not as an option or several words."""
    return bool(revision) and not revision.startswith("-") and not any(ord(c) < 32 for c in revision)


def checked(revision: str) -> str:
    """The revision, or RepositoryError where git could take it for something else."""
    if not speakable(revision):
        raise RepositoryError(
            "That is no commit", repr(revision[:60]), "Give a commit id, a tag or a branch."
        )
    return revision


def says_absent(error: str) -> bool:
    """Whether git says that a revision, a path or lines are not there, which is an answer and no failure."""
    return any(
        words in error
        for words in ("no such path", "There is no path", "has only", "unknown revision", "bad revision", "bad object",
                      "ambiguous argument", "no path")
    )  # fmt: skip


def says_lacking(error: str) -> bool:
    """Whether git lacks the content of something that the history names, as a partial clone does."""
    return any(
        words in error.lower()
        for words in ("unable to read", "missing blob", "missing object", "could not fetch", "promisor",
                      "not read object", "cannot read blob", "cannot read object")
    )  # fmt: skip


def lacking(name: str, what: str) -> ContentMissing:
    """The error for content that is not there although the history names it."""
    return ContentMissing(
        f"{name} lacks the content of {what}",
        f"{name} is a partial clone, and not all of its files were ever fetched.",
        "Run `git fetch --refetch --no-filter` in it, or clone it in full.",
    )


def _cannot_start(folder: Path) -> RepositoryError:
    if not folder.is_dir():
        return RepositoryError(
            f"{folder} is not there", "Git was to run in it.", "Has it been moved or deleted? Check the path."
        )
    return RepositoryError("git is not installed", "No `git` on PATH.", "Install git 2.30 or newer.")


async def _talk(process: asyncio.subprocess.Process, input: bytes, limit: int) -> GitAnswer:
    assert process.stdout and process.stderr
    feeding = asyncio.create_task(_feed(process.stdin, input))
    errors = asyncio.create_task(_read(process.stderr, _ERROR_LIMIT, drain=True))
    try:
        out, cut = await _read(process.stdout, limit, drain=False)
        if cut:
            return GitAnswer(-signal.SIGKILL, out, "", cut)
        error, _ = await errors
        code = await process.wait()
        return GitAnswer(code, out, error.decode("utf-8", "replace"), cut)
    finally:
        for task in (feeding, errors):
            task.cancel()
        await asyncio.gather(feeding, errors, return_exceptions=True)


async def _feed(stream: asyncio.StreamWriter | None, data: bytes) -> None:
    if stream is None:
        return
    # Nobody waits for the closing: cancelled in the midst of that, asyncio complains on standard error.
    try:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            stream.write(data)
            await stream.drain()
    finally:
        stream.close()


async def _read(stream: asyncio.StreamReader, limit: int, *, drain: bool) -> tuple[bytes, bool]:
    """At most `limit` bytes; drain: read on so that the writer is never blocked, and drop the rest."""
    parts: list[bytes] = []
    size = 0
    while chunk := await stream.read(_CHUNK):
        room = limit - size
        if room > 0:
            parts.append(chunk[:room])
        size += len(chunk)
        if size > limit and not drain:
            break
    return b"".join(parts), size > limit
