"""A case whose pull request is out: a real repository and remote, the local forge, a source of files, a store."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rootcase.core.config.load import Loaded, load
from rootcase.core.deliver.localforge.book import Comment, Item
from rootcase.core.deliver.localforge.server import ForgeServer
from rootcase.core.journal.fold import fold
from rootcase.core.journal.sqlite import SqliteStore
from rootcase.core.model.case import Case
from rootcase.core.model.delivery import Write
from rootcase.core.model.entries import EffectDone, EffectIntended
from rootcase.core.pipeline.outcomes import Looked
from rootcase.core.pipeline.sync import sync
from rootcase.core.pipeline.watching.rounds import look_at_sent
from tests.support.shop import crash

NOW = datetime.now(UTC).replace(microsecond=0)
PROJECT = "acme/shop"


def ago(hours: float) -> str:
    """A moment so long before the test began."""
    return (NOW - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def git(folder: Path, *arguments: str) -> str:
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Mira", "GIT_AUTHOR_EMAIL": "mira@example.com", "GIT_COMMITTER_NAME": "Mira",
        "GIT_COMMITTER_EMAIL": "mira@example.com",
    }  # fmt: skip
    done = subprocess.run(["git", *arguments], cwd=folder, env=environment, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@dataclass
class Sent:
    """loaded: configuration. upstream: a second checkout, where other people merge and release."""

    folder: Path
    loaded: Loaded
    store: SqliteStore
    upstream: Path
    server: ForgeServer
    pushed: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=lambda: {"releases": [], "deploys": []})

    # -- what others do

    def commits(self, message: str, text: str) -> str:
        """A commit on the base branch at the remote."""
        (self.upstream / "shop" / "pricing.py").write_text(text, encoding="utf-8")
        git(self.upstream, "add", ".")
        git(self.upstream, "commit", "-q", "-m", message)
        git(self.upstream, "push", "-q", "origin", "main")
        return git(self.upstream, "rev-parse", "HEAD")

    def merges(self, hours: float, *, edited: bool = False) -> str:
        """The pull request is merged as one commit; edited: after somebody pushed to its branch."""
        sha = self.commits("Load the currency (#1)", "row = {'currency': 'EUR'}\n")
        item = self.item
        item.state, item.merged_at, item.merge_sha = "closed", ago(hours), sha
        item.head_sha = "e" * 40 if edited else self.pushed
        self.server.book.save(item)
        return sha

    def closes(self, hours: float, *words: str) -> None:
        item = self.item
        item.state, item.closed_at = "closed", ago(hours)
        item.comments = [Comment(n, "lena", text, ago(hours)) for n, text in enumerate(words, 1)]
        self.server.book.save(item)

    @property
    def item(self) -> Item:
        return self.server.book.items[1]

    def tag(self, name: str) -> None:
        git(self.upstream, "tag", name)
        git(self.upstream, "push", "-q", "origin", name)

    def deploys(self, release: str, environment: str, hours: float) -> None:
        self.told["deploys"].append({"release": release, "environment": environment, "at": ago(hours)})
        self.tells()

    def happens(self, hours: float, number: int, **more: Any) -> None:
        event = crash("7", at=ago(hours), number=number, **more)
        with (self.folder / "errors" / "events.jsonl").open("a", encoding="utf-8") as to:
            to.write(json.dumps(event) + "\n")

    def tells(self) -> None:
        (self.folder / "errors" / "signals.json").write_text(json.dumps(self.told), encoding="utf-8")

    # -- what we do

    async def sync(self) -> Any:
        return await sync(self.loaded, self.store, environment=self.environment)

    async def look(self) -> Looked:
        (looked,) = await look_at_sent(self.loaded, self.store, environment=self.environment, only=["C-1"])
        return looked

    async def case(self) -> Case:
        return fold(await self.store.entries("C-1"))

    async def kinds(self) -> list[str]:
        return [entry.kind for entry in await self.store.entries("C-1")]

    @property
    def environment(self) -> dict[str, str]:
        names = ("PATH", "HOME")
        return {**{n: os.environ[n] for n in names if n in os.environ}, "GITHUB_TOKEN": "token-of-nobody"}


@asynccontextmanager
async def sent(folder: Path, *, approve: str = "", deploys: bool = True) -> AsyncIterator[Sent]:
    """The case C-1 of issue 7 with its pull request #1, sent after three events that were 50 hours apart.

    approve: what the configuration lists, such as `status`. deploys: its source tells of that of 2.14.0.
    """
    upstream, checkout, remote = folder / "upstream", folder / "checkout", folder / "remote.git"
    (upstream / "shop").mkdir(parents=True)
    git(upstream, "init", "-q", "-b", "main")
    (upstream / "shop" / "pricing.py").write_text("row = {}\n", encoding="utf-8")
    git(upstream, "add", ".")
    git(upstream, "commit", "-q", "-m", "Prices")
    git(upstream, "tag", "v2.14.0")
    git(folder, "clone", "-q", "--bare", str(upstream), str(remote))
    git(upstream, "remote", "add", "origin", str(remote))
    git(folder, "clone", "-q", str(remote), str(checkout))
    (folder / "errors").mkdir()
    server = ForgeServer(folder / "forge", remote, PROJECT)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    config = folder / "config.yaml"
    config.write_text(
        f"sources:\n  - {{kind: files, name: shop, path: {folder / 'errors'}, service: shop-api}}\n"
        f"repositories:\n  - {{name: shop, path: {checkout}, services: [shop-api], base_branch: main, forge: github,"
        f" forge_url: '{server.url}', forge_project: {PROJECT}}}\n"
        f"policy: {{approve: [{approve}]}}\n",
        encoding="utf-8",
    )
    loaded = load(
        {"ROOTCASE_HOME": str(folder / "home"), "HOME": str(folder)},
        config=str(config),
        store=str(folder / "s.db"),
    )
    store = await SqliteStore.open(folder / "s.db")
    try:
        made = Sent(folder, loaded, store, upstream, server)
        await _opened(made, deploys=deploys)
        yield made
    finally:
        await store.close()
        server.shutdown()
        thread.join()
        server.server_close()


async def _opened(made: Sent, *, deploys: bool) -> None:
    for number, hours in enumerate((1000, 950, 900), 1):
        made.happens(hours, number)
    if deploys:
        made.deploys("2.14.0", "production", 1001)
    await made.sync()
    made.pushed = "d" * 40
    item = Item(0, "pull", "Load the currency", "…", "dana", ago(899), head="rootcase/c-1", base="main")
    item.head_sha = made.pushed
    made.server.book.add(item)
    address = made.server.shapes.address(item)
    push = Write("push", f"{PROJECT} rootcase/c-1", "k1")
    pull = Write("pull_request", PROJECT, "k2")
    await made.store.append(
        "C-1",
        [
            EffectIntended(push, "d"), EffectDone("k1", "push", "", made.pushed),
            EffectIntended(pull, "d"), EffectDone("k2", "pull_request", address, "1"),
        ],
        actor="rootcase",
    )  # fmt: skip
