"""A repository read where it lies: a scratch git folder that borrows the checkout's objects and copies its refs.

Nothing of the checkout is written and nothing of it is run: its config, hooks, filters and attributes are not
read at all, since git sees only the scratch folder's own. Made in milliseconds whatever the size.
Source: gitrepository-layout(5) for `objects/info/alternates`, `packed-refs`, `commondir` and `shallow`.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from rootcase.core.model.errors import RepositoryError
from rootcase.core.workspace.git import Git
from rootcase.core.workspace.repository import GitRepository

_REF = re.compile(r"(?:ref: refs/[^\x00-\x20]+|[0-9a-f]{40}(?:[0-9a-f]{24})?)\s*\Z")
_LOOSE_LIMIT = 100_000
_REF_SIZE = 4_096
# 50,000 commits take 1.5 s, and save more than that at the first blame of five files.
GRAPH_DEADLINE_S = 4.0
GRAPH_LIVES_S = 14 * 86_400


@asynccontextmanager
async def opened_view(
    path: Path, *, name: str = "", graphs: Path | None = None
) -> AsyncIterator[GitRepository]:
    """The repository of a checkout, any folder in it, or a bare repository, for as long as the block runs.

    Args: graphs: a folder of ours where commit-graphs of repositories are kept for the next time, None for none.
    RepositoryError where there is no repository, or where its refs are kept in a way that cannot be copied.
    """
    top, git_dir = await asyncio.to_thread(_found, path)
    with tempfile.TemporaryDirectory(prefix="rootcase-view-") as scratch:
        folder = Path(scratch) / "view.git"
        await asyncio.to_thread(_build, folder, git_dir)
        if graphs is not None:
            await _with_graph(folder, git_dir, graphs)
        yield GitRepository(folder, name=name or top.name)


async def _with_graph(folder: Path, git_dir: Path, graphs: Path) -> None:
    """Give the view a commit-graph with changed paths, kept or new, where the checkout has none of its own.

    Without one all works, slower; a repository too large to make one in time goes without.
    """
    info = _common(git_dir) / "objects" / "info"
    if (info / "commit-graph").exists() or (info / "commit-graphs").exists():
        return
    digest = hashlib.sha256(os.fsencode(git_dir)).hexdigest()[:16]
    kept, own = graphs / f"{digest}.graph", folder / "objects" / "info" / "commit-graph"
    if await asyncio.to_thread(_copied, kept, own):
        return
    slow = kept.with_suffix(".slow")
    if await asyncio.to_thread(slow.is_file):
        return
    arguments = ["commit-graph", "write", "--reachable", "--changed-paths", "--no-progress"]
    try:
        await Git(folder, git_dir=folder).run(arguments, deadline_s=GRAPH_DEADLINE_S)
        await asyncio.to_thread(_copied, own, kept)
    except RepositoryError:
        # It took too long once and would again; the next look does not wait for it.
        await asyncio.to_thread(_marked, slow)


def _marked(marker: Path) -> None:
    marker.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    marker.touch()


def _copied(source: Path, target: Path) -> bool:
    """Copy a graph in one step; False where there is none, or it is too old to help."""
    if not source.is_file() or time.time() - source.stat().st_mtime > GRAPH_LIVES_S:
        return False
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = target.with_name(f"{target.name}.{os.getpid()}")
    shutil.copyfile(source, partial)
    partial.replace(target)
    return True


def _found(path: Path) -> tuple[Path, Path]:
    """The top folder and the git folder that serves `path`."""
    path = path.expanduser().resolve()
    for folder in (path, *path.parents):
        marker = folder / ".git"
        if marker.is_dir():
            return folder, marker
        if marker.is_file():
            words = marker.read_text(errors="replace").strip()
            if words.startswith("gitdir: "):
                return folder, (folder / words.removeprefix("gitdir: ")).resolve()
        if (folder / "HEAD").is_file() and (folder / "objects").is_dir() and (folder / "refs").is_dir():
            return folder, folder
    raise RepositoryError(
        f"{path} is not in a git repository",
        "Neither it nor a folder above it has a .git.",
        "Give the folder of a checkout, with its history.",
    )


def _build(folder: Path, git_dir: Path) -> None:
    common = _common(git_dir)
    objects = (common / "objects").resolve()
    if (common / "reftable").is_dir():
        raise RepositoryError(
            f"{common} keeps its refs as a reftable",
            "Rootcase reads refs as files.",
            "Run `git refs migrate --ref-format=files` there, or give a clone of it.",
        )
    if not objects.is_dir() or "\n" in str(objects) or str(objects).startswith('"'):
        raise RepositoryError(f"{common} has no objects to read", str(objects), "Is it a git repository?")
    (folder / "objects" / "info").mkdir(parents=True)
    (folder / "refs").mkdir()
    (folder / "info").mkdir()
    (folder / "objects" / "info" / "alternates").write_text(f"{objects}\n")
    (folder / "config").write_text(_config(common))
    (folder / "HEAD").write_text(_ref(git_dir / "HEAD") or "ref: refs/heads/main\n")
    for plain in ("packed-refs", "shallow"):
        if (common / plain).is_file():
            (folder / plain).write_bytes((common / plain).read_bytes())
    _copy_refs(common / "refs", folder / "refs")


def _common(git_dir: Path) -> Path:
    """The folder that a linked worktree shares with its main one."""
    pointer = git_dir / "commondir"
    return (git_dir / pointer.read_text().strip()).resolve() if pointer.is_file() else git_dir


def _config(common: Path) -> str:
    """Ours, but for the hash that names its objects."""
    source = common / "config"
    text = source.read_text(errors="replace")[:100_000] if source.is_file() else ""
    if re.search(r"^\s*objectformat\s*=\s*sha256\s*$", text, re.MULTILINE | re.IGNORECASE):
        return "[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\tobjectformat = sha256\n"
    return "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"


def _copy_refs(source: Path, target: Path) -> None:
    count = 0
    for entry in sorted(source.rglob("*")):
        text = "" if entry.is_symlink() or not entry.is_file() else _ref(entry)
        if text and (count := count + 1) <= _LOOSE_LIMIT:
            copy = target / entry.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(text)


def _ref(path: Path) -> str:
    """A ref's content, "" where it is none."""
    try:
        with path.open("r", errors="replace") as file:
            text = file.read(_REF_SIZE)
    except OSError:
        return ""
    return text if _REF.match(text) else ""
