"""A private bare clone of the user's checkout, kept up to date from it; the checkout is only ever read."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from rootcase.core.model.errors import RepositoryError
from rootcase.core.safety.text import clean_line
from rootcase.core.workspace.git import Git, failed

FETCHED = (
    "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*", "+refs/remotes/*:refs/remotes/*",
    "+HEAD:refs/rootcase/checkout",
)  # fmt: skip
# Highest precedence of all attributes: no line-end conversion, no filter, no keyword is ever applied.
ATTRIBUTES = "* -text -filter -ident !eol !working-tree-encoding !merge\n"
LOCK_DEADLINE_S = 300.0
# Commits whose changed paths are noted in the commit-graph at once: 50,000 take 1.5 s, and make blame 5 times faster.
FILTERS = 100_000


@dataclass(frozen=True, slots=True)
class Checkout:
    """The user's checkout as it is right now. branch: "" where HEAD is detached.

    dirty: changed tracked files, which a draft does not see; alternates: where its objects are borrowed from.
    remotes: (name, address).
    """

    path: Path
    head: str
    branch: str
    dirty: tuple[str, ...] = ()
    remotes: tuple[tuple[str, str], ...] = ()
    shallow: bool = False
    alternates: tuple[str, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a user should know about it, in sentences."""
        out = []
        if self.dirty:
            names = ", ".join(self.dirty[:3]) + (
                f" and {len(self.dirty) - 3} more" if len(self.dirty) > 3 else ""
            )
            out.append(f"{self.path} has uncommitted changes ({names}); drafts start from the last commit.")
        if self.shallow:
            out.append(
                f"{self.path} is a shallow clone: blame and suspects stop at its edge. "
                "`git fetch --unshallow` brings the rest."
            )
        if self.alternates:
            out.append(f"{self.path} borrows objects from {', '.join(self.alternates)}; keep that folder.")
        return tuple(out)

    def remote(self, name: str) -> str:
        """The address of that remote, "" where there is none."""
        return dict(self.remotes).get(name, "")


async def inspect_checkout(path: Path) -> Checkout:
    """Look at a checkout without touching it. RepositoryError where it is not one."""
    path = _repository_at(path)
    git = Git(path, settings=await _without_filters(path))
    answer = await git.run(["rev-parse", "--absolute-git-dir", "--is-shallow-repository"])
    if answer.code != 0:
        raise _not_readable(path, answer.error) or failed(["rev-parse"], answer, path)
    common, shallow = answer.text.splitlines()[:2]
    head = await git.run(["rev-parse", "--verify", "-q", "HEAD^{commit}"])
    if head.code != 0:
        raise RepositoryError(
            f"{path} has no commit yet",
            "HEAD points at nothing.",
            "Commit something there, or check the path.",
        )
    branch, remotes = await asyncio.to_thread(_branch_and_remotes, path)
    return Checkout(
        path=path,
        head=head.text.strip(),
        branch=branch,
        dirty=await _dirty(git),
        remotes=remotes,
        shallow=shallow == "true",
        alternates=_alternates(Path(common)),
    )


def clone_folder(state: Path, checkout: Path) -> Path:
    """Where the private clone of that checkout lives; the same for every process of this user."""
    resolved = checkout.expanduser().resolve()
    digest = hashlib.sha256(os.fsencode(resolved)).hexdigest()[:10]
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", resolved.name).strip("-.") or "repository"
    return state / "clones" / f"{name}-{digest}.git"


async def private_clone(checkout: Path, state: Path) -> Path:
    """Make the private clone, or bring it up to date with the checkout; returns its folder.

    Safe to call from several processes. RepositoryError names what keeps it from working.
    """
    checkout = _repository_at(checkout)
    folder = clone_folder(state, checkout)
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    async with locked(folder.with_suffix(".lock")):
        made = not _is_complete(folder)
        if made:
            await _clone(checkout, folder)
        await _fetch(checkout, folder)
        await write_graph(folder)
    return folder


async def write_graph(folder: Path) -> None:
    """Bring the commit-graph up to date. Without it all works, five times slower; so its failure is no failure."""
    graph = [
        "commit-graph",
        "write",
        "--reachable",
        "--split",
        "--changed-paths",
        f"--max-new-filters={FILTERS}",
    ]
    await Git(folder).run([*graph, "--no-progress"])


async def _clone(checkout: Path, folder: Path) -> None:
    partial = folder.with_name(f"{folder.name}.{os.getpid()}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
    try:
        arguments = ["clone", "--bare", "--local", "--quiet", "--template=", str(checkout), str(partial)]
        answer = await Git(folder.parent).run(arguments, deadline_s=600.0)
        if answer.code != 0:
            raise _not_readable(checkout, answer.error) or failed(arguments, answer, checkout)
        (partial / "info").mkdir(exist_ok=True)
        (partial / "info" / "attributes").write_text(ATTRIBUTES)
        (partial / "rootcase-source").write_text(f"{checkout}\n")
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


async def _fetch(checkout: Path, folder: Path) -> None:
    arguments = [
        "fetch", "--quiet", "--prune", "--no-tags", "--no-write-fetch-head", "--update-shallow", "--force",
        "--no-recurse-submodules", str(checkout), *FETCHED,
    ]  # fmt: skip
    answer = await Git(folder).run(arguments, deadline_s=600.0)
    if answer.code != 0:
        raise _not_readable(checkout, answer.error) or failed(arguments, answer, checkout)


def _is_complete(folder: Path) -> bool:
    return (folder / "rootcase-source").is_file() and (folder / "HEAD").is_file()


def _repository_at(path: Path) -> Path:
    path = path.expanduser().resolve()
    if not path.is_dir():
        raise RepositoryError(
            f"{path} is not a folder",
            "A repository in the configuration points at it.",
            "Correct `repositories: path` in config.yaml.",
        )
    bare = (path / "HEAD").is_file() and (path / "objects").is_dir()
    if not (path / ".git").exists() and not bare:
        raise RepositoryError(
            f"{path} is not a git repository",
            "It has no .git folder.",
            "Point `repositories: path` at the top folder of a checkout, or run `git init` and commit there.",
        )
    return path


def _not_readable(path: Path, error: str) -> RepositoryError | None:
    words = clean_line(error, limit=400).strip()
    if "not a git repository" in error or "does not appear to be a git repository" in error:
        return RepositoryError(
            f"{path} is not a git repository",
            words,
            "Point `repositories: path` at the top folder of a checkout.",
        )
    if "couldn't find remote ref HEAD" in error:
        return RepositoryError(
            f"{path} has no commit yet",
            "HEAD points at nothing.",
            "Commit something there, or check the path.",
        )
    if "promisor" in error or "missing blob" in error or "unable to read" in error:
        return RepositoryError(
            f"{path} lacks objects",
            words,
            "It is a partial clone. Run `git fetch --refetch --filter=` with its remote, or clone it in full.",
        )
    return None


async def _without_filters(path: Path) -> tuple[str, ...]:
    """Settings that switch off every filter of the checkout's own config, so that `status` runs none."""
    answer = await Git(path).run(["config", "--local", "--name-only", "-z", "--get-regexp", r"^filter\."])
    keys = [key for key in answer.text.split("\0") if key]
    return tuple(f"{key}={'false' if key.endswith('.required') else ''}" for key in keys)


async def _dirty(git: Git) -> tuple[str, ...]:
    answer = await git.run(["status", "--porcelain", "-z", "--untracked-files=no", "--ignore-submodules=all"])
    if answer.code != 0:
        return ()
    parts = iter(answer.text.split("\0"))
    names = []
    for part in parts:
        if len(part) > 3:
            names.append(clean_line(part[3:]))
            if part[0] in "RC":
                next(parts, "")
    return tuple(names)


def _branch_and_remotes(path: Path) -> tuple[str, tuple[tuple[str, str], ...]]:
    from git import Repo
    from git.exc import GitError

    try:
        with Repo(path) as repo:
            branch = "" if repo.head.is_detached else repo.active_branch.name
            remotes = tuple((remote.name, next(iter(remote.urls), "")) for remote in repo.remotes)
    except (GitError, ValueError, TypeError, OSError) as fault:
        raise RepositoryError(
            f"The configuration of {path} cannot be read",
            clean_line(str(fault), limit=400),
            "Try `git status` there.",
        ) from fault
    return branch, remotes


def _alternates(git_dir: Path) -> tuple[str, ...]:
    common = git_dir / "commondir"
    root = (git_dir / common.read_text().strip()).resolve() if common.is_file() else git_dir
    listed = root / "objects" / "info" / "alternates"
    if not listed.is_file():
        return ()
    return tuple(clean_line(line) for line in listed.read_text(errors="replace").splitlines() if line)


@asynccontextmanager
async def locked(path: Path) -> AsyncIterator[None]:
    """Hold an exclusive file lock; waits without blocking the loop, freed when the process dies."""
    with path.open("a") as handle:
        waited = 0.0
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if waited > LOCK_DEADLINE_S:
                    raise RepositoryError(
                        f"The private clone is busy: {path}",
                        f"Another Rootcase has held it for {LOCK_DEADLINE_S:g} s.",
                        "Wait for the other run to end, or stop it.",
                    ) from None
                await asyncio.sleep(0.05)
                waited += 0.05
        yield
