"""The private clone of a repository that is known by its address alone: no checkout, and no file before it is read."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path
from urllib.parse import urlsplit

from rootcase.core.model.errors import RepositoryError
from rootcase.core.safety.text import clean_line
from rootcase.core.workspace.clone import ATTRIBUTES, locked, write_graph
from rootcase.core.workspace.git import Git
from rootcase.core.workspace.promisor import FILTER, network_git

FETCHED = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
CLONE_DEADLINE_S = 1_800.0
_SCHEMES = ("https", "http", "ssh", "git", "file")
_SHORT = re.compile(r"[\w.-]+@[\w.-]+:[^\x00-\x20]+\Z")


async def clone_of(url: str, state: Path, *, token: str = "") -> Path:
    """Make the private clone of an address, or bring it up to date; returns its folder.

    It holds commits and trees; the files themselves come when they are read, where the server allows that,
    else all of them at once. RepositoryError in the server's words.
    """
    checked_address(url)
    digest = hashlib.sha256(url.encode()).hexdigest()[:10]
    folder = state / "clones" / f"{name_of(url)}-{digest}.git"
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    async with locked(folder.with_suffix(".lock")):
        if not (folder / "rootcase-source").is_file():
            await _new(url, folder)
        await _fetch(url, folder, token)
        await write_graph(folder)
    return folder


def checked_address(url: str) -> None:
    """RepositoryError for what git would take as an option or as a program to run."""
    known = urlsplit(url).scheme in _SCHEMES and "://" in url
    if (
        url.startswith("-")
        or "::" in url
        or not (known or _SHORT.match(url))
        or re.search(r"[\x00-\x20]", url)
    ):
        raise RepositoryError(
            "That is no address of a repository", clean_line(url, limit=200),
            "Give https://…, ssh://…, git@host:owner/name or file:///… as `url`.",
        )  # fmt: skip


def name_of(url: str) -> str:
    """What people call it: the last part of its address."""
    last = re.split(r"[/:]", url.rstrip("/"))[-1].removesuffix(".git")
    return re.sub(r"[^A-Za-z0-9._-]+", "-", last).strip("-.") or "repository"


async def _new(url: str, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    await Git(folder.parent).out("init", "--quiet", "--bare", "--template=", str(folder))
    (folder / "info").mkdir(exist_ok=True)
    (folder / "info" / "attributes").write_text(ATTRIBUTES)
    await Git(folder).out("config", "remote.origin.url", url)
    (folder / "rootcase-source").write_text(f"{url}\n")


async def _fetch(url: str, folder: Path, token: str) -> None:
    git = network_git(folder, url, token)
    answer = await git.run(
        ["fetch", "--quiet", "--prune", "--no-tags", "--no-write-fetch-head", "--force",
         "--recurse-submodules=no", f"--filter={FILTER}", "origin", *FETCHED],
        deadline_s=CLONE_DEADLINE_S,
    )  # fmt: skip
    if answer.code != 0:
        raise RepositoryError(
            f"{clean_line(url, limit=200)} cannot be fetched",
            clean_line(answer.error, limit=400),
            "Check the address, the network, and that your key or token may read it.",
        )
    named = await git.run(["ls-remote", "--symref", "origin", "HEAD"])
    branch = re.search(r"^ref: refs/heads/(\S+)\tHEAD", named.text, re.MULTILINE)
    if branch:
        plain = Git(folder)
        await plain.run(["symbolic-ref", "HEAD", f"refs/heads/{branch.group(1)}"])
        await plain.run(
            ["symbolic-ref", "refs/remotes/origin/HEAD", f"refs/remotes/origin/{branch.group(1)}"]
        )
