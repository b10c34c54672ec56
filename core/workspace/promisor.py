"""Blobs that a blobless clone does not hold yet, brought in batches when they are read.

Source: git's partial-clone design notes; `rev-list --missing=print` names what is not there without fetching it.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from rootcase.core.model.errors import RepositoryError
from rootcase.core.safety.text import clean_line
from rootcase.core.workspace.git import Git

BATCH = 20_000
# What a single look may bring at most; a repository with more files is searched in what is there.
MOST_BLOBS = 60_000
MOST_CHECKED_OUT = 1_000_000
HISTORY = 400
FETCH_DEADLINE_S = 300.0
FILTER = "blob:none"


def network_git(folder: Path, url: str, token: str) -> Git:
    """Git that may talk to the repository's origin, and to nothing else, with the given token alone."""
    settings = (
        f"remote.origin.url={url}",
        "remote.origin.promisor=true",
        f"remote.origin.partialclonefilter={FILTER}",
        "fetch.negotiationAlgorithm=noop",
        "protocol.version=2",
    )
    return Git(folder, settings=settings, environment=network_environment(url, token))


def network_environment(url: str, token: str) -> Mapping[str, str]:
    """What a fetch needs of the user's environment: ssh's agent, or the token for an https address."""
    parts = urlsplit(url)
    if parts.scheme == "https" and token:
        basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
        return {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"http.https://{parts.netloc.rpartition('@')[2]}/.extraHeader",
            "GIT_CONFIG_VALUE_0": f"Authorization: Basic {basic}",
        }
    names = ("HOME", "SSH_AUTH_SOCK", "SSH_AGENT_PID", "USER") if parts.scheme not in ("http", "file") else ()
    return {name: value for name in names if (value := os.environ.get(name, ""))}


class Promisor:
    """Where missing blobs come from. git: the clone's, which never fetches by itself."""

    def __init__(self, git: Git, network: Git) -> None:
        self.git = git
        self.network = network
        self._whole: set[str] = set()

    async def bring(self, ids: Sequence[str]) -> None:
        """Fetch these objects; RepositoryError in the server's words where it does not give them."""
        for start in range(0, len(ids), BATCH):
            part = ids[start : start + BATCH]
            answer = await self.network.run(
                ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--recurse-submodules=no",
                 f"--filter={FILTER}", "--stdin", "origin"],
                input="".join(f"{identifier}\n" for identifier in part).encode(),
                deadline_s=FETCH_DEADLINE_S,
            )  # fmt: skip
            if answer.code != 0:
                raise RepositoryError(
                    f"{len(part)} files cannot be fetched",
                    clean_line(answer.error, limit=400),
                    "Is the repository's server reachable from here? Try again, or configure a checkout.",
                )

    async def bring_tree(self, commit: str, *, most: int = MOST_BLOBS) -> None:
        """Everything that a commit holds, once; `most` files of it."""
        if commit not in self._whole:
            missing = await self._missing([commit, "--no-walk"])
            await self.bring(missing[:most])
            if len(missing) <= most:
                self._whole.add(commit)

    async def bring_history(self, revisions: str, paths: Sequence[str]) -> None:
        """Every version of these files in the range, the newest 400 commits of it."""
        await self.bring(await self._missing([f"--max-count={HISTORY}", revisions, "--", *paths]))

    async def _missing(self, arguments: Sequence[str]) -> list[str]:
        answer = await self.git.run(["rev-list", "--objects", "--missing=print", *arguments])
        return [row[1:] for row in answer.text.splitlines() if row.startswith("?")]
