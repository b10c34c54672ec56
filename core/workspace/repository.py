"""Read-only git at any commit, answered by the private clone: the `Repository` port."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from rootcase.core.config.settings import RepositorySettings
from rootcase.core.model.code import BlameLine, Commit, Credit, GrepHit
from rootcase.core.model.errors import RepositoryError
from rootcase.core.workspace import following
from rootcase.core.workspace.clone import private_clone
from rootcase.core.workspace.credits import read_credits
from rootcase.core.workspace.git import Git, failed
from rootcase.core.workspace.gitread import LOG_FORMAT, blame_lines, commits, grep_hits
from rootcase.core.workspace.objects import Tree, read_blobs, tree_entries

FILE_LIMIT = 16 * 1024 * 1024
DIFF_LIMIT = 4 * 1024 * 1024
IGNORE_REVS = ".git-blame-ignore-revs"
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
_CACHED_TEXTS = 256
_CACHED_CHARACTERS = 40_000_000
_CACHED_TREES = 4


class GitRepository:
    """One repository. `folder` is the private clone; `base_branch` and `remote` as configured."""

    def __init__(self, folder: Path, *, name: str, base_branch: str = "", remote: str = "origin") -> None:
        self.folder = folder
        self.name = name
        self.git = Git(folder, git_dir=folder)
        self._base_branch = base_branch
        self._remote = remote
        # Both are keyed by full commit ids, so they cannot go stale.
        self._trees: dict[str, Tree] = {}
        self._characters = 0
        self._texts: dict[tuple[str, str], str | None] = {}

    @property
    def shallow(self) -> bool:
        """Whether history stops at an edge."""
        return (self.folder / "shallow").is_file()

    async def resolve(self, revision: str) -> str | None:
        """The full id of a commit; a branch is taken from the remote where that is ahead of the local one."""
        if not _speakable(revision):
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
        tree = await self._tree_of(commit)
        return (*tree.blobs, *tree.links)

    async def blobs(self, commit: str) -> Mapping[str, str]:
        """Path → blob id of every file; symbolic links and submodules are left out."""
        return (await self._tree_of(commit)).blobs

    async def _tree_of(self, commit: str) -> Tree:
        if commit not in self._trees:
            if len(self._trees) >= _CACHED_TREES:
                del self._trees[next(iter(self._trees))]
            text = await self.git.text("ls-tree", "-r", "-z", "--full-tree", _checked(commit))
            self._trees[commit] = tree_entries(text)
        return self._trees[commit]

    async def read_many(self, commit: str, paths: Sequence[str]) -> Mapping[str, str | None]:
        """`read` of many files with one process; what is too large to read comes as None."""
        wanted = [path for path in dict.fromkeys(paths) if (commit, path) not in self._texts]
        blobs = (await self._tree_of(commit)).blobs
        ids = [blobs[path] for path in wanted if path in blobs]
        texts = await read_blobs(self.git, ids, limit=FILE_LIMIT) if ids else {}
        out = {path: self._texts[commit, path] for path in paths if (commit, path) in self._texts}
        for path in wanted:
            raw = texts.get(blobs.get(path, ""))
            out[path] = None if raw is None else raw.decode("utf-8", "replace")
            if raw is not None:
                self._keep_text((commit, path), out[path])
        return out

    async def read(self, commit: str, path: str) -> str | None:
        """A file's exact text; bytes that are not UTF-8 are replaced. None where it is not there."""
        key = (commit, path)
        if key not in self._texts:
            self._keep_text(key, await self._read(commit, path))
        return self._texts[key]

    def _keep_text(self, key: tuple[str, str], text: str | None) -> None:
        """Bounded by count and by characters, the oldest out first; the newest always stays."""
        self._texts[key] = text
        self._characters += len(text or "")
        while len(self._texts) > 1 and (
            len(self._texts) > _CACHED_TEXTS or self._characters > _CACHED_CHARACTERS
        ):
            self._characters -= len(self._texts.pop(next(iter(self._texts))) or "")

    async def _read(self, commit: str, path: str) -> str | None:
        raw = await self.read_bytes(commit, path)
        return None if raw is None else raw.decode("utf-8", "replace")

    async def read_bytes(self, commit: str, path: str) -> bytes | None:
        """A file's exact bytes at a commit or in a tree. RepositoryError where it is larger than 16 MB."""
        if not _speakable(path):
            return None
        answer = await self.git.run(["cat-file", "blob", f"{_checked(commit)}:{path}"], limit=FILE_LIMIT)
        if answer.cut:
            raise RepositoryError(
                f"{path} is too large to read",
                f"More than {FILE_LIMIT // 1024 // 1024} MB at {commit[:7]}.",
                "Look at it in your editor.",
            )
        if answer.code == 0:
            return answer.out
        known = await self.git.run(["rev-parse", "--verify", "--quiet", f"{commit}^{{tree}}"])
        if known.code != 0:
            raise RepositoryError(
                f"{self.name} has no commit {commit[:12]}",
                f"{path} was to be read from it.",
                "Fetch it into the checkout (git fetch --all --tags), then sync again.",
            )
        return None

    async def grep(
        self, commit: str, text: str, *, regex: bool = False, paths: Sequence[str] = (), limit: int = 50
    ) -> tuple[GrepHit, ...]:
        """Lines of text files that hold `text`, in path order; regex: POSIX extended."""
        if not text or "\0" in text or "\n" in text:
            return ()
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
            _checked(commit),
            "--",
            *paths,
        ]
        answer = await self.git.run(arguments, limit=limit * 4096, deadline_s=30.0)
        if answer.code not in (0, 1) and not answer.cut:
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
        if not all(_speakable(part) for part in re.split(r"\.{2,3}", revisions) if part):
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
            if _says_absent(answer.error):
                return ()
            raise failed(arguments, answer, self.folder)
        return commits(answer.text, files=tuple(paths[:1]) if lines else ())

    async def blame(self, commit: str, path: str, start: int, end: int) -> tuple[BlameLine, ...]:
        """Who last changed each line, passing over the commits that `.git-blame-ignore-revs` names."""
        arguments = ["blame", "--porcelain", "-w", "-M", f"-L{max(1, start)},{max(1, start, end)}"]
        ignored = await self._ignored_revisions(commit)
        if ignored:
            arguments.append(f"--ignore-revs-file={ignored}")
        arguments += [_checked(commit), "--", path]
        answer = await self.git.run(arguments)
        if answer.code != 0:
            if _says_absent(answer.error):
                return ()
            raise failed(arguments, answer, self.folder)
        return blame_lines(answer.text)

    async def credits(self, revision: str, paths: Sequence[str], *, limit: int = 40) -> tuple[Credit, ...]:
        """Authors, reviewers and mergers of the newest commits of some files."""
        return await read_credits(self.git, _checked(revision), paths, limit=limit)

    async def _ignored_revisions(self, commit: str) -> Path | None:
        """A file for git with the known revisions of the repository's list; git refuses a list with others."""
        text = await self.read(commit, IGNORE_REVS)
        if text is None:
            return None
        named = [line.split("#")[0].strip() for line in text.splitlines()]
        good = [sha for sha in named if _SHA.match(sha) and await self._commit_id(sha) == sha]
        if not good:
            return None
        target = self.folder / f"rootcase-ignore-revs-{commit[:12]}"
        if not target.is_file():
            target.write_text("".join(f"{sha}\n" for sha in good))
        return target

    async def diff(self, old: str, new: str, paths: Sequence[str] = (), *, context: int = 3) -> str:
        """A unified diff between two commits, renames followed; at most 4 MB, and it says when it was cut."""
        return await self._diff_text(
            ["diff", *_PLAIN_DIFF, f"-U{context}", _checked(old), _checked(new), "--", *paths]
        )

    async def patch(self, sha: str) -> str:
        """What a commit changed against its first parent, as a unified diff."""
        return await self._diff_text(
            ["show", "--format=", "--diff-merges=first-parent", *_PLAIN_DIFF, _checked(sha)]
        )

    async def _diff_text(self, arguments: list[str]) -> str:
        answer = await self.git.run(arguments, limit=DIFF_LIMIT)
        if answer.cut:
            return answer.text[: answer.text.rfind("\n") + 1] + "… the rest of this diff was cut at 4 MB\n"
        if answer.code != 0:
            raise failed(arguments, answer, self.folder)
        return answer.text

    async def line_diff(
        self, old: str, old_path: str, new: str, new_path: str, *, algorithm: str = ""
    ) -> str:
        """The diff without context of two files at two commits, "" where they are equal."""
        return await following.line_diff(
            self.git,
            (_checked(old), old_path),
            (_checked(new), new_path),
            algorithm=algorithm,
            limit=DIFF_LIMIT,
        )

    async def renamed_to(self, old: str, new: str, path: str) -> str:
        """The path at `new` of the file that is `path` at `old`, through every rename; "" where it is gone."""
        before, after = await self.blobs(old), await self.blobs(new)
        return await following.renamed_to(self.git, old, new, path, before, after)

    async def patches(
        self, revisions: str, paths: Sequence[str], *, limit: int = 50
    ) -> tuple[tuple[Commit, str], ...]:
        """Commits of a range that touch the paths, newest first, each with its patch without context."""
        if not paths or not all(_speakable(part) for part in re.split(r"\.{2,3}", revisions) if part):
            return ()
        return tuple(await following.patches(self.git, revisions, tuple(paths), limit=limit))

    async def surviving(self, old: str, new: str, path: str, line: int) -> tuple[str, str, int]:
        """How far a line lives on from `old` towards `new`: (last commit, path, line), ("", "", 0) if unknown."""
        return await following.surviving(self.git, _checked(old), _checked(new), path, line)

    async def is_ancestor(self, older: str, newer: str) -> bool:
        answer = await self.git.run(["merge-base", "--is-ancestor", _checked(older), _checked(newer)])
        if answer.code in (0, 1):
            return answer.code == 0
        raise failed(["merge-base"], answer, self.folder)


async def open_repository(settings: RepositorySettings, state: Path) -> GitRepository:
    """The repository of a configured checkout, its private clone made or brought up to date."""
    folder = await private_clone(Path(settings.path), state)
    return GitRepository(
        folder, name=settings.label, base_branch=settings.base_branch, remote=settings.remote or "origin"
    )


def _speakable(revision: str) -> bool:
    """Whether git can take it as a name and not as an option or several words."""
    return bool(revision) and not revision.startswith("-") and not any(ord(c) < 32 for c in revision)


def _checked(revision: str) -> str:
    if not _speakable(revision):
        raise RepositoryError(
            "That is no commit", repr(revision[:60]), "Give a commit id, a tag or a branch."
        )
    return revision


def _says_absent(error: str) -> bool:
    return any(
        words in error
        for words in ("no such path", "There is no path", "has only", "unknown revision", "bad revision", "bad object",
                      "ambiguous argument", "no path")
    )  # fmt: skip
