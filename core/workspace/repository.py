"""Read-only git at any commit, answered by the private clone: the `Repository` port."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from rootcase.core.config.settings import RepositorySettings
from rootcase.core.model.code import BlameLine, Commit, Credit, GrepHit, Tree
from rootcase.core.model.errors import RepositoryError
from rootcase.core.workspace import following
from rootcase.core.workspace.blaming import IGNORE_REVS, blame_file
from rootcase.core.workspace.clone import private_clone
from rootcase.core.workspace.credits import read_credits
from rootcase.core.workspace.git import (
    Git,
    GitAnswer,
    checked,
    failed,
    lacking,
    says_absent,
    says_lacking,
    speakable,
)
from rootcase.core.workspace.gitread import LOG_FORMAT, commits, grep_hits
from rootcase.core.workspace.memo import Memo
from rootcase.core.workspace.promisor import Promisor, network_git
from rootcase.core.workspace.reading import Reader
from rootcase.core.workspace.remote_clone import clone_of

DIFF_LIMIT = 4 * 1024 * 1024
_PLAIN_DIFF = (
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "-M",
    "--full-index",
    "--src-prefix=a/",
    "--dst-prefix=b/",
)
_SHA = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?\Z")


class GitRepository:
    """One repository. `folder` is the private clone; `base_branch` and `remote` as configured."""

    def __init__(
        self,
        folder: Path,
        *,
        name: str,
        base_branch: str = "",
        remote: str = "origin",
        promisor: Promisor | None = None,
    ) -> None:
        self.folder = folder
        self.name = name
        self.git = Git(folder, git_dir=folder)
        self.promisor = promisor
        self._faults: dict[str, None] = {}
        self._base_branch = base_branch
        self._remote = remote
        self._reader = Reader(self.git, name, promisor)
        self._memo = Memo()
        self._texts: dict[tuple[str, str], str | None] = {}

    @property
    def shallow(self) -> bool:
        """Whether history stops at an edge."""
        return (self.folder / "shallow").is_file()

    @property
    def faults(self) -> tuple[str, ...]:
        """What could not be read so far although the history names it, in sentences."""
        return (*self._reader.faults, *self._faults)

    async def resolve(self, revision: str) -> str | None:
        """The full id of a commit; a branch is taken from the remote where that is ahead of the local one."""
        if not speakable(revision):
            return None
        local = await self._commit_id(revision)
        remote = await self._commit_id(f"refs/remotes/{self._remote}/{revision}")
        if local is None or remote is None or local == remote:
            return local or remote
        is_branch = await self._commit_id(f"refs/heads/{revision}") == local
        return remote if is_branch and await self.is_ancestor(local, remote) else local

    async def _commit_id(self, revision: str) -> str | None:
        answer = await self.git.run(["rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"])
        sha = answer.text.strip()
        return sha if answer.code == 0 and _SHA.match(sha) else None

    async def default_branch(self) -> str:
        """The configured base branch, else the remote's default, else main or master, else the checkout's own."""
        if self._base_branch:
            return self._base_branch
        answer = await self.git.run(["symbolic-ref", "--quiet", f"refs/remotes/{self._remote}/HEAD"])
        if answer.code == 0:
            return answer.text.strip().removeprefix(f"refs/remotes/{self._remote}/")
        for name in ("main", "master"):
            if await self.resolve(name):
                return name
        head = await self.git.run(["symbolic-ref", "--quiet", "--short", "HEAD"])
        name = head.text.strip()
        if head.code == 0 and await self.resolve(name):
            return name
        branches = (await self.git.text("for-each-ref", "--format=%(refname:strip=2)", "refs/heads")).split()
        if branches:
            return branches[0]
        raise RepositoryError(
            f"{self.name} has no branch",
            "Only a detached commit was found.",
            "Set `base_branch` in config.yaml.",
        )

    async def commit(self, sha: str) -> Commit | None:
        found = await self.log(sha, limit=1)
        return found[0] if found else None

    async def commit_before(self, head: str, at_us: int) -> Commit | None:
        """The last commit on the first-parent line of `head` at that time; None where there was none."""
        arguments = ["rev-list", "-1", "--first-parent", f"--before={at_us // 1_000_000}", checked(head)]
        answer = await self.git.run(arguments)
        sha = answer.text.strip()
        return await self.commit(sha) if answer.code == 0 and _SHA.match(sha) else None

    async def tags(self) -> Mapping[str, str]:
        """Tag name → commit id; tags of anything else are left out."""
        form = "%(refname:strip=2)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)"
        out = {}
        for line in (await self.git.text("for-each-ref", f"--format={form}", "refs/tags")).splitlines():
            name, kind, sha, peeled_kind, peeled = line.split("\0")
            if kind == "commit":
                out[name] = sha
            elif peeled_kind == "commit":
                out[name] = peeled
        return out

    async def files(self, commit: str) -> tuple[str, ...]:
        """Every path of the commit, submodules left out."""
        tree = await self.tree(commit)
        return (*tree.blobs, *tree.links)

    async def tree(self, commit: str) -> Tree:
        """Everything that the commit holds, with blob ids; links with what they say."""
        return await self._reader.tree(commit)

    async def read_many(self, commit: str, paths: Sequence[str]) -> Mapping[str, str | None]:
        """`read` of many files with one process; what is too large to read comes as None."""
        return await self._reader.read_many(commit, paths)

    async def read(self, commit: str, path: str) -> str | None:
        """A file's exact text; bytes that are not UTF-8 are replaced. None where it is not there."""
        return await self._reader.read(commit, path)

    async def read_bytes(self, commit: str, path: str) -> bytes | None:
        """A file's exact bytes at a commit or in a tree. RepositoryError where it is larger than 16 MB."""
        return await self._reader.read_bytes(commit, path)

    async def grep(
        self, commit: str, text: str, *, regex: bool = False, paths: Sequence[str] = (), limit: int = 50
    ) -> tuple[GrepHit, ...]:
        """Lines of text files that hold `text`, in path order; regex: POSIX extended."""
        if not text or "\0" in text or "\n" in text:
            return ()
        question = ("grep", text, regex, tuple(paths), limit)
        return await self._memo.get(
            commit, question, lambda: self._grep(commit, text, regex=regex, paths=paths, limit=limit)
        )

    async def _grep(
        self, commit: str, text: str, *, regex: bool, paths: Sequence[str], limit: int
    ) -> tuple[GrepHit, ...]:
        if self.promisor is not None:
            await self.promisor.bring_tree(checked(commit))
        how = "-E" if regex else "-F"
        arguments = [
            "grep",
            "-n",
            "-I",
            "-z",
            "--no-color",
            "--full-name",
            how,
            "-e",
            text,
            checked(commit),
            "--",
            *paths,
        ]
        # Bytes are twice as fast to search as characters, and names that are searched for are bytes too.
        answer = await self.git.run(
            arguments, limit=limit * 4096, deadline_s=30.0, environment={"LC_ALL": "C"}
        )
        if answer.code not in (0, 1) and not answer.cut and not self._lacks(answer, "the search"):
            raise failed(arguments, answer, self.folder)
        return grep_hits(answer.text, commit, limit)

    async def log(
        self,
        revisions: str,
        paths: Sequence[str] = (),
        *,
        limit: int = 50,
        lines: tuple[int, int] | None = None,
    ) -> tuple[Commit, ...]:
        """Commits, newest first, merges with what they brought in; `lines`: that changed those lines of paths[0]."""
        if not all(speakable(part) for part in re.split(r"\.{2,3}", revisions) if part):
            return ()
        arguments = ["log", "-z", f"--max-count={limit}", f"--format={LOG_FORMAT}"]
        if lines is not None:
            if not paths:
                return ()
            arguments += ["--no-patch", f"-L{lines[0]},{lines[1]}:{paths[0]}", revisions]
        else:
            arguments += [
                "--name-only",
                "--diff-merges=first-parent",
                *_PLAIN_DIFF[:3],
                revisions,
                "--",
                *paths,
            ]
        answer = await self.git.run(arguments)
        if answer.code != 0:
            if says_absent(answer.error):
                return ()
            raise failed(arguments, answer, self.folder)
        return commits(answer.text, files=tuple(paths[:1]) if lines else ())

    async def blame(self, commit: str, path: str, start: int, end: int) -> tuple[BlameLine, ...]:
        """Who last changed each line, passing over the commits that `.git-blame-ignore-revs` names."""
        question = ("blame", path, start, end)
        return await self._memo.get(commit, question, lambda: self._blame(commit, path, start, end))

    async def _blame(self, commit: str, path: str, start: int, end: int) -> tuple[BlameLine, ...]:
        listed = await self.read(commit, IGNORE_REVS)
        if self.promisor is not None:
            await self.promisor.bring_history(checked(commit), (path,))
        try:
            return await blame_file(self.git, self.folder, checked(commit), path, (start, end), listed)
        except RepositoryError as fault:
            if self._lacks(fault.detail, f"blame of {path}"):
                return ()
            raise

    async def credits(self, revision: str, paths: Sequence[str], *, limit: int = 40) -> tuple[Credit, ...]:
        """Authors, reviewers and mergers of the newest commits of some files."""
        # One path at a time: git looks into the commit-graph's changed paths for a single one alone.
        found = await asyncio.gather(*(self._credits(checked(revision), path, limit) for path in paths))
        return tuple({credit.sha: credit for each in found for credit in each}.values())

    async def _credits(self, revision: str, path: str, limit: int) -> tuple[Credit, ...]:
        return await self._memo.get(
            revision,
            ("credits", path, limit),
            lambda: read_credits(self.git, revision, (path,), limit=limit),
        )

    async def diff(self, old: str, new: str, paths: Sequence[str] = (), *, context: int = 3) -> str:
        """A unified diff between two commits, renames followed; at most 4 MB, and it says when it was cut."""
        return await self._diff_text(
            ["diff", *_PLAIN_DIFF, f"-U{context}", checked(old), checked(new), "--", *paths]
        )

    async def patch(self, sha: str) -> str:
        """What a commit changed against its first parent, as a unified diff."""
        return await self._diff_text(
            ["show", "--format=", "--diff-merges=first-parent", *_PLAIN_DIFF, checked(sha)]
        )

    async def _diff_text(self, arguments: list[str]) -> str:
        git = self.promisor.network if self.promisor is not None else self.git
        answer = await git.run(arguments, limit=DIFF_LIMIT)
        if self._lacks(answer, "a diff"):
            return ""
        if answer.cut:
            return answer.text[: answer.text.rfind("\n") + 1] + "… the rest of this diff was cut at 4 MB\n"
        if answer.code != 0:
            raise failed(arguments, answer, self.folder)
        return answer.text

    async def line_diff(
        self, old: str, old_path: str, new: str, new_path: str, *, algorithm: str = ""
    ) -> str:
        """The diff without context of two files at two commits, "" where they are equal."""
        sides = (checked(old), old_path), (checked(new), new_path)
        return await self._memo.get(
            (old, new),
            ("line_diff", old_path, new_path, algorithm),
            lambda: following.line_diff(self.git, *sides, algorithm=algorithm, limit=DIFF_LIMIT),
        )

    async def renamed_to(self, old: str, new: str, path: str) -> str:
        """The path at `new` of the file that is `path` at `old`, through every rename; "" where it is gone."""
        before, after = (await self.tree(old)).blobs, (await self.tree(new)).blobs
        if path in after:
            return path
        return await self._memo.get(
            (old, new),
            ("renamed_to", path),
            lambda: following.renamed_to(self.git, old, new, path, before, after),
        )

    async def patches(
        self, revisions: str, paths: Sequence[str], *, limit: int = 50
    ) -> tuple[tuple[Commit, str], ...]:
        """Commits of a range that touch the paths, newest first, each with its patch without context."""
        if not paths or not all(speakable(part) for part in re.split(r"\.{2,3}", revisions) if part):
            return ()
        named = tuple(paths)
        if self.promisor is not None:
            await self.promisor.bring_history(revisions, named)
        return await self._memo.get(
            revisions,
            ("patches", named, limit),
            lambda: following.patches(self.git, revisions, named, limit=limit),
        )

    async def surviving(self, old: str, new: str, path: str, line: int) -> tuple[str, str, int]:
        """How far a line lives on from `old` towards `new`: (last commit, path, line), ("", "", 0) if unknown."""
        return await self._memo.get(
            (checked(old), checked(new)),
            ("surviving", path, line),
            lambda: following.surviving(self.git, old, new, path, line),
        )

    def _lacks(self, answer: GitAnswer | str, what: str) -> bool:
        """Whether git failed for want of objects that the history names; that is noted once."""
        error = answer if isinstance(answer, str) else answer.error if answer.code else ""
        if says_lacking(error):
            self._faults[f"{what} is not whole: {lacking(self.name, 'files').detail}"] = None
            return True
        return False

    async def is_ancestor(self, older: str, newer: str) -> bool:
        answer = await self.git.run(["merge-base", "--is-ancestor", checked(older), checked(newer)])
        if answer.code in (0, 1):
            return answer.code == 0
        raise failed(["merge-base"], answer, self.folder)


async def open_repository(settings: RepositorySettings, state: Path) -> GitRepository:
    """The repository of a configured checkout or address, its private clone made or brought up to date."""
    if settings.url and not settings.path:
        token = os.environ.get(settings.forge_token_env, "") if settings.forge_token_env else ""
        folder = await clone_of(settings.url, state, token=token)
        promisor = Promisor(Git(folder, git_dir=folder), network_git(folder, settings.url, token))
        return GitRepository(folder, name=settings.label, base_branch=settings.base_branch, promisor=promisor)
    folder = await private_clone(Path(settings.path), state)
    return GitRepository(
        folder, name=settings.label, base_branch=settings.base_branch, remote=settings.remote or "origin"
    )
