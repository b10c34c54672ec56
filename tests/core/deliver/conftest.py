"""A real repository with a bare remote, a proved case made by folding a journal, a local forge and local trackers."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType

import pytest

from rootcase.core.config.settings import PolicySettings, RepositorySettings, Settings, SourceSettings
from rootcase.core.deliver.acts import Ports
from rootcase.core.deliver.connect import open_forge, open_tracker
from rootcase.core.deliver.destination import Destination, destination
from rootcase.core.deliver.localforge.server import ForgeServer
from rootcase.core.deliver.push import Author, Pusher
from rootcase.core.journal.fold import CaseBuilder
from rootcase.core.model.case import Case
from rootcase.core.model.code import CodePath, Commit, MappedFrame, Owner, Rollback, Suspect
from rootcase.core.model.delivery import Proposal
from rootcase.core.model.drafts import Hunk
from rootcase.core.model.entries import (
    KINDS,
    Approved,
    Body,
    CaseOpened,
    ClaimMade,
    CodeMapped,
    DraftExplained,
    DraftStarted,
    DraftWritten,
    Entry,
    EvidenceRecorded,
    GateDecided,
    PhaseEnded,
    PhaseStarted,
    PlanMade,
    Proposed,
    Proved,
    Reviewed,
    RunStarted,
    SignalSeen,
)
from rootcase.core.model.evidence import Citation, Claim, Evidence
from rootcase.core.model.fingerprints import Fingerprint
from rootcase.core.model.hunks import draft_digest, hunks_between, numbered
from rootcase.core.model.ports import Stage
from rootcase.core.model.proofs import ProofResult
from rootcase.core.model.signals import Share, Signal
from rootcase.core.model.verdicts import GateDecision
from rootcase.core.workspace.git import Git
from tests.support.fake_jira import FakeJira
from tests.support.fake_linear import FakeLinear

LOADER = 'def load(sku):\n    row = {"sku": sku, "amount": 3}\n    return row\n'
LOADER_FIXED = 'def load(sku):\n    row = {"sku": sku, "amount": 3, "currency": "EUR"}\n    return row\n'
PRICING = (
    'from app.loader import load\n\n\ndef price_for(sku):\n    row = load(sku)\n    return row["currency"]\n'
)
TEST = 'from app.pricing import price_for\n\n\ndef test_currency():\n    assert price_for("a") == "EUR"\n'
T0 = 1_762_135_260_000_000
TOKEN = "test-token-of-nobody"


def git(folder: Path, *arguments: str, input: str = "") -> str:
    """git without any configuration of the machine's."""
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Mira", "GIT_AUTHOR_EMAIL": "mira@example.com", "GIT_COMMITTER_NAME": "Mira",
        "GIT_COMMITTER_EMAIL": "mira@example.com",
    }  # fmt: skip
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=environment, input=input, text=True, capture_output=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@dataclass
class Place:
    """A checkout, its bare remote and the private clone with the draft's tree in it."""

    folder: Path
    checkout: Path
    remote: Path
    clone: Path
    base: str
    tree: str
    hunks: tuple[Hunk, ...]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    checkout, remote, clone = tmp_path / "checkout", tmp_path / "remote.git", tmp_path / "clone.git"
    (checkout / "app").mkdir(parents=True)
    git(checkout, "init", "-q", "-b", "main")
    (checkout / "app" / "loader.py").write_text(LOADER)
    (checkout / "app" / "pricing.py").write_text(PRICING)
    git(checkout, "add", ".")
    git(checkout, "commit", "-q", "-m", "Prices")
    base = git(checkout, "rev-parse", "HEAD")
    git(tmp_path, "clone", "-q", "--bare", str(checkout), str(remote))
    git(tmp_path, "clone", "-q", "--bare", str(checkout), str(clone))
    (checkout / "app" / "loader.py").write_text(LOADER_FIXED)
    (checkout / "test_currency.py").write_text(TEST)
    git(checkout, "add", ".")
    tree = git(checkout, "write-tree")
    packed = subprocess.run(
        ["git", "pack-objects", "--stdout", "--revs"],
        cwd=checkout,
        input=f"{tree}\n".encode(),
        capture_output=True,
    )
    subprocess.run(["git", "unpack-objects", "-q"], cwd=clone, input=packed.stdout, check=True)
    git(checkout, "reset", "-q", "--hard")
    hunks = numbered([
        *hunks_between("app/loader.py", LOADER, LOADER_FIXED),
        *hunks_between("test_currency.py", None, TEST, test=True),
    ])  # fmt: skip
    return Place(tmp_path, checkout, remote, clone, base, tree, hunks)


@dataclass
class Journal:
    """A journal in memory that folds as the real one does."""

    entries: list[Entry] = field(default_factory=list)

    def add(self, *bodies: Body, actor: str = "rootcase") -> Case:
        for body in bodies:
            seq = len(self.entries) + 1
            self.entries.append(
                Entry("C-1", seq, T0 + seq * 1_000_000, actor, KINDS[type(body)], body, hash=f"{seq:064x}")
            )
        return self.case

    @property
    def case(self) -> Case:
        builder = CaseBuilder()
        for entry in self.entries:
            builder.apply(entry)
        return builder.case()


def opening(base: str) -> list[Body]:
    """The entries up to a plan: a KeyError whose cause is in the loader."""
    fingerprint = Fingerprint(1, "ab" * 16, type="KeyError", anchor="app.pricing.price_for")
    signal = Signal(
        "sentry", "4512345678", "CHECKOUT-8K2", "KeyError: 'currency'", "https://acme.sentry.io/issues/4512345678/",
        events=4812, users=311, first_seen_us=T0, last_seen_us=T0 + 3 * 3_600_000_000, last_release="2.14.0",
        environment="prod-eu",
        shares=(Share("release", "2.14.0", 84), Share("release", "2.13.4", 16), Share("environment", "production", 9)),
    )  # fmt: skip
    frame = MappedFrame(
        0, "price_for", "price_for", "app/pricing.py", 6, "confirmed", text='return row["currency"]',
        head_path="app/pricing.py", head_line=6, head_status="same", evidence="f1", span="s1",
    )  # fmt: skip
    commit = Commit("a3d90be" + "0" * 33, "Jonas", "jonas@example.com", T0, "Select fewer columns")
    path = CodePath(
        "checkout", "2.14.0", base, "tag v2.14.0", base, "main", (frame,),
        (Suspect(commit, 0.9, ("touches load in the release window",), True, "c1"),),
        (Owner("@mira", ("CODEOWNERS app/",), True), Owner("Jonas", ("wrote it",))),
        rollback=Rollback("2.13.4", "e02b917" + "0" * 33, "6 days", "d1"),
    )  # fmt: skip
    evidence = (
        Evidence("f1", "frame", "price_for app/pricing.py:6", 'return row["currency"]', "app/pricing.py", 6, 6, base,
                 data=(("sku", "'WINTER-COAT-9'"), ("row", "{'sku': 'WINTER-COAT-9', 'amount': 3}"))),
        Evidence("s1", "code", "app/pricing.py:4-6", PRICING, "app/pricing.py", 4, 6, base),
        Evidence("s2", "code", "app/loader.py:1-3", LOADER, "app/loader.py", 1, 3, base),
        Evidence("c1", "commit", "a3d90be Select fewer columns"),
    )  # fmt: skip
    return [
        CaseOpened("C-1", "KeyError 'currency' in price_for", "checkout-api", fingerprint, "checkout"),
        SignalSeen(signal), EvidenceRecorded(evidence), CodeMapped(path),
        GateDecided(GateDecision("after", "fix", "nobody has it and the code is ours", "P1")),
        RunStarted("r1", "5f" * 16, "propose", "host", 1, "bubblewrap, no network"),
        PhaseStarted("investigate"),
        ClaimMade(Claim("k1", "load returns a row without a currency.", "supported",
                        (Citation("s2", ok=True), Citation("c1", ok=True)), "cause")),
        ClaimMade(Claim("k2", "The price cache is stale", "refuted", (Citation("s1", ok=True),), "cause",
                        "it is off in prod-eu")),
        ClaimMade(Claim("k3", "No other caller reads a third column", "assumed", (), "risk")),
        PhaseEnded("investigate", True, "found"),
        PlanMade("Load the currency with the price rows", ("app/loader.py", "app/pricing.py"), "test_currency.py",
                 "load drops the currency", "one more column a row", "deploy 2.13.4"),
    ]  # fmt: skip


def drafted(place: Place, *, level: str = "E4") -> list[Body]:
    """A draft, reviewed and proved up to a level of the ladder."""
    digest = draft_digest(place.base, place.hunks)

    def proof(step: str, **more: object) -> Proved:
        words = {
            "red": "1 failed",
            "green": "1 passed",
            "revert": "1 failed",
            "suite": "3 passed, 0 newly red",
        }
        result = ProofResult(step, 1, digest, place.tree, "ok", words.get(step, "ok"))  # type: ignore[arg-type]
        return Proved(replace(result, **more))  # type: ignore[arg-type]

    bodies: list[Body] = [
        DraftStarted(1, place.base),
        DraftWritten(1, place.hunks, ("test_currency.py::test_currency",)),
        Reviewed(1, digest, 1, (), "offer"),
        proof("red", same_fingerprint=True, evidence="t1"),
    ]
    if level in ("E4", "E5"):
        bodies += [proof("green", evidence="t2"), proof("revert"), proof("suite")]
    if level == "E5":
        bodies += [proof("necessity", hunks=(("h1", True),)), proof("mutation")]
    explained = DraftExplained(
        1, "load selects sku and amount only, so price_for meets a row without a currency.",
        (("h1", "select the currency too"),), "One more column per row.", "Load the currency with the price rows",
    )  # fmt: skip
    return [*bodies, explained]


@pytest.fixture
def proved(place: Place) -> Journal:
    journal = Journal()
    journal.add(*opening(place.base), *drafted(place))
    return journal


class Forge:
    """The local forge's own server on a thread: real HTTP on loopback without the start of a process."""

    def __init__(self, place: Place, faults: tuple[str, ...] = ()) -> None:
        self._server = ForgeServer(place.folder / "forge", place.remote, "acme/checkout", faults=faults)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.url = self._server.url

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def forge_with(place: Place) -> Iterator[Callable[..., Forge]]:
    """Starts forges with the faults asked for, and stops them after the test."""
    running: list[Forge] = []

    def start(*faults: str) -> Forge:
        running.append(Forge(place, faults))
        return running[-1]

    yield start
    for one in running:
        one.stop()


@pytest.fixture
def forge(forge_with: Callable[..., Forge]) -> Forge:
    return forge_with()


@pytest.fixture
def jira_with():
    running = []

    def start(**how):
        running.append(FakeJira(**how))
        return running[-1]

    yield start
    for one in running:
        one.stop()


@pytest.fixture
def linear():
    fake = FakeLinear()
    yield fake
    fake.stop()


@pytest.fixture(params=["jira", "linear"])
def fake(request, jira_with, linear):
    return jira_with(lag=2) if request.param == "jira" else linear


def settings_for(url: str = "", *, policy: PolicySettings | None = None, forge: bool = True) -> Settings:
    repository = RepositorySettings(
        path="/nowhere", name="checkout", services=("checkout-api",), test_command=("pytest", "-q"),
        base_branch="main", forge="github" if forge else "none", forge_url=url, forge_project="acme/checkout",
        tracker="github" if forge else "none",
    )  # fmt: skip
    source = SourceSettings(kind="sentry", url="https://acme.sentry.io", organization="acme")
    return Settings(sources=(source,), repositories=(repository,), policy=policy or PolicySettings())


@dataclass
class Said:
    """A source's issue comments, kept in a list as the source keeps them."""

    texts: list[str] = field(default_factory=list)

    async def comments(self, signal_id: str) -> tuple[str, ...]:
        return tuple(self.texts)

    async def comment(self, signal_id: str, text: str) -> str:
        self.texts.append(text)
        return f"comment-{len(self.texts)}"


def where(settings: Settings, place: Place) -> Destination:
    return destination(settings, settings.repositories[0], push_url=str(place.remote), base_branch="main")


def ports_for(settings: Settings, place: Place, said: Said | None = None) -> Ports:
    target = where(settings, place)
    runner = Git(place.clone, git_dir=place.clone)
    author = Author("Dana", "dana@example.com")
    return Ports(
        target,
        open_forge(target, TOKEN) if target.api else None,
        Pusher(runner, target, author=author),
        {"sentry": said} if said is not None else {},
        place.folder / "out",
        author,
        open_tracker(target, TOKEN) if target.tracker != "none" else None,
    )


async def collected(stage: Stage, *, at_most: int = 1000) -> list[Body]:
    """What a stage yields; `at_most` closes it after so many, as a kill does."""
    bodies: list[Body] = []
    try:
        async for body in stage:
            bodies.append(body)
            if len(bodies) >= at_most:
                break
    finally:
        await stage.aclose()  # type: ignore[attr-defined]
    return bodies


def approve(journal: Journal, proposal: Proposal) -> Case:
    journal.add(Proposed(proposal))
    return journal.add(Approved(proposal.digest), actor="human:dana")


def only(items: Iterable[object]) -> object:
    found = list(items)
    assert len(found) == 1, found
    return found[0]


@pytest.fixture
def kit() -> ModuleType:
    """The functions of this file, for the tests beside it."""
    return sys.modules[__name__]
