"""Trees and files at a commit, kept by full commit id, so that they cannot go stale; bounded."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rootcase.core.model.code import Tree
from rootcase.core.model.errors import ContentMissing, RepositoryError
from rootcase.core.workspace.git import Git, checked, lacking, speakable
from rootcase.core.workspace.objects import read_blobs, tree_entries
from rootcase.core.workspace.promisor import Promisor

FILE_LIMIT = 16 * 1024 * 1024
_CACHED_TEXTS = 256
_CACHED_CHARACTERS = 40_000_000
_CACHED_TREES = 4
LINKS_READ = 2_000
_SHA = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?\Z")


class Reader:
    """Reads one clone. promisor: where files come from that it does not hold yet, None for nowhere."""

    def __init__(self, git: Git, name: str, promisor: Promisor | None) -> None:
        self.git = git
        self.name = name
        self.promisor = promisor
        self._trees: dict[str, Tree] = {}
        self._texts: dict[tuple[str, str], str | None] = {}
        self._characters = 0
        self.faults: dict[str, None] = {}

    async def tree(self, commit: str) -> Tree:
        """Everything that the commit holds, with blob ids; links with what they say."""
        if commit not in self._trees:
            if len(self._trees) >= _CACHED_TREES:
                del self._trees[next(iter(self._trees))]
            text = await self.git.text("ls-tree", "-r", "-z", "--full-tree", checked(commit))
            found = tree_entries(text)
            targets = await self._blobs(list(found.links.values())[:LINKS_READ])
            links = {
                path: targets.get(blob, b"")[:4_096].decode("utf-8", "replace")
                for path, blob in found.links.items()
            }
            self._trees[commit] = replace(found, links=links)
        return self._trees[commit]

    async def read_many(self, commit: str, paths: Sequence[str]) -> Mapping[str, str | None]:
        """`read` of many files with one process; what is too large to read comes as None."""
        wanted = [path for path in dict.fromkeys(paths) if (commit, path) not in self._texts]
        blobs = (await self.tree(commit)).blobs
        texts = await self._blobs([blobs[path] for path in wanted if path in blobs])
        out = {path: self._texts[commit, path] for path in paths if (commit, path) in self._texts}
        for path in wanted:
            raw = texts.get(blobs.get(path, ""))
            out[path] = None if raw is None else raw.decode("utf-8", "replace")
            if raw is not None:
                self._keep((commit, path), out[path])
        return out

    async def read(self, commit: str, path: str) -> str | None:
        """A file's exact text; bytes that are not UTF-8 are replaced.

        None where it is not there, or named by the history and not held, which `faults` then says.
        """
        key = (commit, path)
        if key not in self._texts:
            try:
                raw = await self.read_bytes(commit, path)
            except ContentMissing:
                raw = None
            self._keep(key, None if raw is None else raw.decode("utf-8", "replace"))
        return self._texts[key]

    async def read_bytes(self, commit: str, path: str) -> bytes | None:
        """A file's exact bytes at a commit or in a tree. RepositoryError where it is larger than 16 MB."""
        if not speakable(path):
            return None
        answer = await self.git.run(["cat-file", "blob", f"{checked(commit)}:{path}"], limit=FILE_LIMIT)
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
        return await self._by_id(commit, path)

    async def _by_id(self, commit: str, path: str) -> bytes | None:
        """A file that git does not find by its name: not there, not fetched, or with a name that is no UTF-8."""
        blob = (await self.tree(commit)).blobs.get(path, "") if _SHA.match(commit) else ""
        if not blob:
            return None
        found = await self._blobs([blob])
        if blob not in found:
            fault = lacking(self.name, path)
            self.faults[f"{fault.detail} {fault.hint}"] = None
            raise fault
        return found[blob]

    async def _blobs(self, ids: Sequence[str]) -> Mapping[str, bytes]:
        """Blobs by id, brought first where this clone does not hold them yet."""
        texts = await read_blobs(self.git, ids, limit=FILE_LIMIT)
        missing = [identifier for identifier in ids if identifier not in texts]
        if missing and self.promisor is not None:
            await self.promisor.bring(missing)
            texts = await read_blobs(self.git, ids, limit=FILE_LIMIT)
        return texts

    def _keep(self, key: tuple[str, str], text: str | None) -> None:
        """Bounded by count and by characters, the oldest out first; the newest always stays."""
        self._texts[key] = text
        self._characters += len(text or "")
        while len(self._texts) > 1 and (
            len(self._texts) > _CACHED_TEXTS or self._characters > _CACHED_CHARACTERS
        ):
            self._characters -= len(self._texts.pop(next(iter(self._texts))) or "")
