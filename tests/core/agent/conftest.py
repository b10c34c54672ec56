"""A small shop with a real bug, its real crash, a real store, worktree and run; only the model is scripted."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from rootcase.core.agent.deps import Deps
from rootcase.core.agent.model_client import ModelClient
from rootcase.core.cluster.fingerprint import DefaultFingerprinter
from rootcase.core.codemap.stage import codemap
from rootcase.core.config.settings import RepositorySettings, Settings
from rootcase.core.journal.fold import fold
from rootcase.core.journal.sqlite import SqliteStore
from rootcase.core.model.case import Case
from rootcase.core.model.entries import Body, CaseOpened, Entry, RunStarted, SignalSeen, Steered
from rootcase.core.model.events import Event, ExceptionInfo, Frame
from rootcase.core.model.ports import Stage
from rootcase.core.model.signals import Release, Signal
from rootcase.core.run.budget import CaseBudget
from rootcase.core.run.control import RunControl
from rootcase.core.run.recorder import Recorder
from rootcase.core.safety.redact import Redactor
from rootcase.core.workspace.opening import open_workspace
from rootcase.core.workspace.repository import GitRepository, open_repository
from rootcase.core.workspace.worktree import CaseWorkspace

GOOD = {
    "shop/__init__.py": "",
    "shop/catalog.py": (
        '"""Prices as the shop keeps them."""\n\n'
        'ROWS = [{"sku": "A-1", "amount": 5, "currency": "SEK"}, {"sku": "B-2", "amount": 7, "currency": "EUR"}]\n\n\n'
        "def load_prices(skus):\n"
        '    """Rows of the items by sku."""\n'
        '    return {row["sku"]: dict(row) for row in ROWS if row["sku"] in skus}\n'
    ),
    "shop/pricing.py": (
        '"""Prices for people."""\n\n'
        "from shop.catalog import load_prices\n\n\n"
        "def price_for(sku, rows):\n"
        '    """Amount and currency of one item."""\n'
        "    row = rows[sku]\n"
        '    return row["amount"], row["currency"]\n\n\n'
        "def quote(skus):\n"
        "    rows = load_prices(skus)\n"
        "    return [price_for(sku, rows) for sku in skus]\n"
    ),
    "shop/settings.py": "PRICE_CACHE = False\n",
    "tests/test_quote.py": (
        "from shop.catalog import load_prices\n\n\n"
        "def test_rows_are_found_by_sku():\n"
        '    assert load_prices(["A-1"])["A-1"]["amount"] == 5\n'
    ),
    "CODEOWNERS": "shop/ @pricing\n",
}
BAD_LOADER = GOOD["shop/catalog.py"].replace(
    '{row["sku"]: dict(row) for', '{row["sku"]: {"sku": row["sku"], "amount": row["amount"]} for'
)
# This project's own test plugins, which take most of the time of a run of three tests.
PLUGINS = ("hypothesispytest", "syrupy", "textual-snapshot", "xdist", "asyncio", "timeout", "anyio")
PLAIN = tuple(word for name in PLUGINS for word in ("-p", f"no:{name}"))
CRASH = """
import json, sys, traceback
sys.path.insert(0, ".")
from shop.pricing import quote
try:
    quote(["A-1"])
except KeyError as fault:
    trace = traceback.TracebackException.from_exception(fault, capture_locals=True)
    frames = [[f.name, f.filename, f.lineno, f.line, f.locals] for f in trace.stack]
    print(json.dumps({"value": str(fault), "frames": frames}))
"""


class Shop:
    """The checkout of a team's service: good at v1.0.0, broken since v1.1.0, one commit further at HEAD."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._clock = 1_700_000_000
        path.mkdir(parents=True)
        self.git("init", "-q", "-b", "main")
        self.commit("Sell things", GOOD)
        self.git("tag", "v1.0.0")
        self.broken = self.commit("Load price rows in bulk", {"shop/catalog.py": BAD_LOADER})
        self.git("tag", "v1.1.0")
        pricing = GOOD["shop/pricing.py"].replace(
            '"""Prices for people."""\n', '"""Prices for people.\n\nAnd machines.\n"""\n'
        )
        self.head = self.commit("Say who reads prices", {"shop/pricing.py": pricing})

    def git(self, *arguments: str) -> str:
        self._clock += 60
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(self.path.parent), "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org",
            "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org",
            "GIT_AUTHOR_DATE": f"{self._clock} +0000", "GIT_COMMITTER_DATE": f"{self._clock} +0000",
        }  # fmt: skip
        done = subprocess.run(
            ["git", *arguments], cwd=self.path, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def commit(self, message: str, files: Mapping[str, str]) -> str:
        for path, text in files.items():
            target = self.path / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
        return self.git("rev-parse", "HEAD")

    def crash(self) -> Event:
        """What production would have sent: the crash of v1.1.0, caught for real."""
        self.git("checkout", "-q", "v1.1.0")
        done = subprocess.run(
            [sys.executable, "-c", CRASH], cwd=self.path, capture_output=True, text=True, check=True,
            env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip
        self.git("checkout", "-q", "main")
        said = json.loads(done.stdout)
        frames = tuple(
            Frame(
                function=name, module=f"shop.{Path(file).stem}", filename=f"shop/{Path(file).name}",
                abs_path=f"/srv/shop/shop/{Path(file).name}", line=line, in_app=True, context=((line, f"    {text}"),),
                variables=tuple((local_names or {}).items()),
            )
            for name, file, line, text, local_names in said["frames"]
            if "shop" in Path(file).parts
        )  # fmt: skip
        fault = ExceptionInfo("KeyError", said["value"], frames=frames)
        return Event(
            "e1" * 16,
            "python",
            1_700_000_600_000_000,
            exceptions=(fault,),
            release="1.1.0",
            environment="prod",
        )


@dataclass(frozen=True)
class Mapped:
    """The shop with its crash, clone and code map, made once: nothing of it is ever changed by a test."""

    shop: Shop
    event: Event
    settings: Settings
    repository: GitRepository
    opened: tuple[Body, ...]
    mapped: tuple[Body, ...]


@pytest.fixture(scope="session")
def mapped(tmp_path_factory: pytest.TempPathFactory) -> Mapped:
    folder = tmp_path_factory.mktemp("shop")
    shop = Shop(folder / "shop")
    event = shop.crash()
    service = RepositorySettings(
        path=str(shop.path), name="shop", services=("shop",), release_pattern="v{version}",
        test_command=(sys.executable, "-m", "pytest", "-q", *PLAIN),
    )  # fmt: skip
    settings = Settings(repositories=(service,))
    fingerprint = DefaultFingerprinter(settings).event(event)
    signal = Signal(
        "files", "1", "SHOP-1", "KeyError 'currency'", service="shop", events=12, users=3,
        releases=(Release("1.1.0", previous="1.0.0"), Release("1.0.0")), first_release="1.1.0", last_release="1.1.0",
    )  # fmt: skip
    opened = (
        CaseOpened("", "KeyError 'currency' in price_for", "shop", fingerprint, "shop"),
        SignalSeen(signal),
    )
    repository, bodies = asyncio.run(_map(folder, service, event, opened))
    return Mapped(shop, event, settings, repository, opened, bodies)


async def _map(
    folder: Path, service: RepositorySettings, event: Event, opened: tuple[Body, ...]
) -> tuple[GitRepository, tuple[Body, ...]]:
    repository = await open_repository(service, folder / "state")
    case = fold([Entry("C-1", n, n, "rootcase", "", body) for n, body in enumerate(opened, 1)])
    return repository, tuple([body async for body in codemap(case, [event], repository, service)])


@dataclass
class Bench:
    """One case under a live run, in a store and with a worktree of its own."""

    recorder: Recorder
    control: RunControl
    budget: CaseBudget
    repository: GitRepository
    settings: Settings
    event: Event
    redactor: Redactor
    folder: Path
    workspace: Any = None

    def deps(self, model: Any) -> Deps:
        return Deps(
            self.settings, self.repository, model, self.budget, self.control, self.redactor, (self.event,),
            DefaultFingerprinter(self.settings),
        )  # fmt: skip

    @property
    def case(self) -> Case:
        return self.recorder.case

    async def open(self) -> CaseWorkspace:
        """The worktree, made when first needed."""
        if self.workspace is None:
            assert self.case.code is not None
            self.workspace = await open_workspace(
                self.case.key, self.repository, self.settings.repositories[0], self.settings.guardrails, self.folder,
                base_commit=self.case.code.head_commit,
            )  # fmt: skip
        return self.workspace

    async def run(self, phase: Callable[..., Stage], model: ModelClient) -> list[Body]:
        """Run one phase to its end, appending each body before the next is made, as a run does."""
        given: list[Any] = [self.case, self.deps(model)]
        if phase.__name__ in ("reproduce", "patch"):
            given.append(await self.open())
        bodies = []
        async for body in phase(*given):
            bodies.append(body)
            await self.recorder.record(body)
        return bodies

    async def steer(self, text: str) -> None:
        await self.say(Steered(text))

    async def say(self, *bodies: Body) -> None:
        await self.recorder.store.append(self.case.key, bodies, actor="human:ada")


@pytest.fixture
async def bench(mapped: Mapped, tmp_path: Path) -> AsyncIterator[Bench]:
    store = await SqliteStore.open(tmp_path / "store.db")
    key = await store.open_case(mapped.opened, actor="rootcase", aliases=["fp1:shop"])
    recorder = Recorder(store, key, trace="ab" * 16)
    await recorder.record(RunStarted("r1", "ab" * 16, "propose", "here", os.getpid()), *mapped.mapped)
    control = RunControl(recorder, "r1", attended=True)
    budget = CaseBudget(recorder, control, mapped.settings.budget)
    yield Bench(
        recorder, control, budget, mapped.repository, mapped.settings, mapped.event,
        Redactor(["tok-very-secret-1"]), tmp_path / "state",
    )  # fmt: skip
    await store.close()


@pytest.fixture(scope="session")
def openai() -> Iterator[ModuleType]:
    """The scripted model server's module; it lives beside the tests, which are no package."""
    path = Path(__file__).parents[2] / "support" / "openai_server.py"
    spec = importlib.util.spec_from_file_location("rootcase_tests_openai_server", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]
