"""A worktree of one case, and what may be done in it: the `Workspace` port."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rootcase.core.config.settings import GuardrailSettings
from rootcase.core.model.drafts import Hunk
from rootcase.core.model.errors import EditError, GuardrailError, RepositoryError, TestsCannotRun
from rootcase.core.model.hunks import hunks_between, numbered
from rootcase.core.model.ports import CommandResult
from rootcase.core.model.proofs import TestRun
from rootcase.core.workspace.git import Git
from rootcase.core.workspace.removal import removed
from rootcase.core.workspace.repository import GitRepository
from rootcase.core.workspace.sandbox import Sandbox
from rootcase.core.workspace.tests import Progress, TestBench
from rootcase.core.workspace.trees import checked_path, decoded, tree_of

READ_LIMIT = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class CaseFolders:
    """The folders of one case in the state folder."""

    root: Path

    @property
    def tree(self) -> Path:
        return self.root / "tree"

    @property
    def out(self) -> Path:
        return self.root / "out"

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def index(self) -> Path:
        return self.root / "index"


def case_folders(state: Path, case: str) -> CaseFolders:
    """Where the workspace of that case lives."""
    name = re.sub(r"[^A-Za-z0-9-]+", "-", case).strip("-") or "case"
    return CaseFolders(state / "workspaces" / name)


class CaseWorkspace:
    """Base commit + hunks on disk. `bench` is None, with `cannot_test` saying why, where no test can run.

    progress: called with `214 of 391` while tests run.
    """

    def __init__(
        self,
        repository: GitRepository,
        folders: CaseFolders,
        guardrails: GuardrailSettings,
        sandbox: Sandbox,
        bench: TestBench | None,
        *,
        base_commit: str,
        cannot_test: str = "",
    ) -> None:
        self.base_commit = base_commit
        self.sandbox = sandbox.tier.words
        self.root = folders.tree
        self.progress: Progress | None = None
        self.environment = bench.environment.words if bench else cannot_test
        self.tier = sandbox.tier
        self._repository = repository
        self._folders = folders
        self._guardrails = guardrails
        self._sandbox = sandbox
        self._bench = bench
        self._cannot_test = cannot_test
        self._touched: set[str] = set()

    async def reset(self, base_commit: str) -> None:
        """Make the worktree exactly that commit; everything else in it goes."""
        await self._show(base_commit)
        self.base_commit = base_commit
        self._touched.clear()

    async def apply(self, hunks: Sequence[Hunk]) -> str:
        """Make the worktree base + hunks, all or nothing; returns the tree id."""
        for hunk in hunks:
            checked_path(hunk.path, self._guardrails.protected_files)
        tree = await tree_of(self._repository, self.base_commit, hunks, self._folders.root / "index.build")
        await self._show(tree)
        self._touched = {hunk.path for hunk in hunks}
        return tree

    async def read(self, path: str) -> str | None:
        """A file's text, None where there is none. GuardrailError where a link leads out of the worktree."""
        return self._read(checked_path(path, ()))

    def _read(self, path: str) -> str | None:
        place = self._place(path)
        if place.is_symlink() and not place.resolve().is_relative_to(self.root.resolve()):
            raise _leads_out(path)
        if not place.is_file():
            return None
        if place.stat().st_size > READ_LIMIT:
            raise EditError(
                f"{path} is too large", f"More than {READ_LIMIT // 1024 // 1024} MB.", "Leave it out."
            )
        return place.read_bytes().decode("utf-8", "replace")

    async def write(self, path: str, text: str) -> None:
        """Write one file. GuardrailError for protected files and places outside; EditError for no text."""
        place = self._place(checked_path(path, self._guardrails.protected_files))
        if place.is_symlink():
            raise _leads_out(path)
        if place.is_dir():
            raise EditError(f"{path} is a folder", "A file was to be written there.", "Choose another path.")
        if place.exists():
            decoded(path, place.read_bytes())
        place.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o644)
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8", "surrogatepass"))
        self._touched.add(path)

    async def hunks(self, *, tests: Sequence[str] = ()) -> tuple[Hunk, ...]:
        """What was written against the base; what a test run left behind is no part of it."""
        out: list[Hunk] = []
        for path in sorted(self._touched):
            base = decoded(path, await self._repository.read_bytes(self.base_commit, path))
            place = self._place(path)
            if place.is_symlink():
                now: str | None = os.readlink(place)
            else:
                now = decoded(path, place.read_bytes()) if place.is_file() else None
            out.extend(hunks_between(path, base, now, test=path in tests))
        return numbered(out)

    async def run_tests(self, selection: Sequence[str] = (), *, deadline_s: float = 300.0) -> TestRun:
        """Run all tests, or those ids or files; why they could not run is `TestRun.problem`."""
        if self._bench is None:
            return TestRun((), None, problem=self._cannot_test, sandbox=self.sandbox)
        return await self._bench.run(selection, deadline_s=deadline_s, progress=self.progress)

    async def run(self, command: Sequence[str], *, deadline_s: float = 120.0) -> CommandResult:
        """Run any command in the worktree, confined like the tests."""
        if self._bench is None:
            raise TestsCannotRun(
                "No environment to run in", self._cannot_test, "See `rootcase doctor --tests`."
            )
        self._folders.out.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._bench.link_modules()
        return await self._sandbox.run(command, self._bench.view({}), deadline_s=deadline_s)

    def _place(self, path: str) -> Path:
        """The path on disk, no folder on the way being a link."""
        parts = path.split("/")
        place = self.root
        for part in parts[:-1]:
            place = place / part
            try:
                if stat.S_ISLNK(place.lstat().st_mode):
                    raise _leads_out(path)
            except FileNotFoundError:
                break
        return self.root.joinpath(*parts)

    async def _show(self, treeish: str) -> None:
        """Check out a tree over whatever is there. A worktree beyond repair is made anew."""
        private = {"GIT_INDEX_FILE": str(self._folders.index)}
        try:
            git = _git_of(self._repository, self._folders)
            await git.out("read-tree", "--reset", "-u", treeish, environment=private)
            await git.out("clean", "-ffdxq", environment=private)
        except RepositoryError:
            await self.destroy()
            await make_worktree(self._repository, self._folders, self.base_commit)
            git = _git_of(self._repository, self._folders)
            await git.out("read-tree", "--reset", "-u", treeish, environment=private)

    async def destroy(self) -> None:
        """Delete the worktree and what belongs to it; the journal has everything that matters."""
        removed(self._folders.root)
        await self._repository.git.run(["worktree", "prune"])


async def make_worktree(repository: GitRepository, folders: CaseFolders, commit: str) -> None:
    """A detached worktree of the private clone, where it is not there yet."""
    if _git_folder(repository, folders) is not None:
        return
    folders.root.mkdir(parents=True, exist_ok=True, mode=0o700)
    removed(folders.tree)
    folders.index.unlink(missing_ok=True)
    await repository.git.run(["worktree", "prune"])
    await repository.git.out(
        "worktree", "add", "--force", "--detach", "--no-checkout", str(folders.tree), commit
    )


def _git_of(repository: GitRepository, folders: CaseFolders) -> Git:
    """git in the worktree by the clone's word alone. RepositoryError where the clone knows no such worktree.

    Code under test can write into the worktree, its `.git` included; what stands there could name a
    repository with filters of its own, which git would run outside of the sandbox.
    """
    folder = _git_folder(repository, folders)
    if folder is None:
        raise RepositoryError(
            f"{folders.tree} is no worktree of {repository.name}", "Its link to the private clone is broken.",
            "It is made anew; run it again.",
        )  # fmt: skip
    return Git(folders.tree, git_dir=folder, environment={"GIT_WORK_TREE": str(folders.tree)})


def _git_folder(repository: GitRepository, folders: CaseFolders) -> Path | None:
    """The worktree's folder in the private clone, None where clone and worktree do not know each other."""
    link = folders.tree / ".git"
    if link.is_symlink() or not link.is_file():
        return None
    for known in sorted((repository.folder / "worktrees").glob("*/gitdir")):
        says = link.read_text(errors="replace").strip()
        if Path(known.read_text().strip()) == link and says == f"gitdir: {known.parent}":
            return known.parent
    return None


def _leads_out(path: str) -> GuardrailError:
    return GuardrailError(
        f"{path} leads through a symbolic link", "It could end outside the worktree.", "Name the real file."
    )
