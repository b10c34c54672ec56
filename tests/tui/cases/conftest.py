"""The story's case in a real store over a real checkout, and the app opened on it."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
from textual.pilot import Pilot

from rootcase.core.config.load import load
from rootcase.core.desk import Desk
from rootcase.core.journal.codec import decode, encode
from rootcase.core.journal.fold import fold
from rootcase.core.journal.sqlite import SqliteStore
from rootcase.core.model.case import Case
from rootcase.core.model.entries import Body, DraftStarted
from rootcase.tui.app import RootcaseApp
from rootcase.tui.screens.base import RootScreen
from tests.support import story as STORY

KEY = "C-412"


@pytest.fixture(scope="session")
def story() -> ModuleType:
    return STORY


@pytest.fixture(scope="session")
def case_at() -> Callable[[str], Case]:
    """The case up to a step, by its name."""
    made: dict[str, Case] = {}

    def at(step: str) -> Case:
        if step not in made:
            made[step] = fold(STORY.entries(STORY.STEPS[step]()))
        return made[step]

    return at


@dataclass(frozen=True)
class Checkout:
    """A repository with the story's history. shas: the story's short name of a commit → its real sha."""

    path: Path
    shas: dict[str, str]


def _git(path: Path, *arguments: str, author: str = "mira", at_s: int = 0) -> str:
    environment = {
        "PATH": os.environ["PATH"],
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "HOME": str(path),
        "GIT_AUTHOR_NAME": author,
        "GIT_AUTHOR_EMAIL": f"{author}@acme.test",
        "GIT_AUTHOR_DATE": f"{at_s} +0000",
        "GIT_COMMITTER_NAME": author,
        "GIT_COMMITTER_EMAIL": f"{author}@acme.test",
        "GIT_COMMITTER_DATE": f"{at_s} +0000",
    }
    done = subprocess.run(
        ["git", *arguments], cwd=path, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    path = tmp_path_factory.mktemp("checkout")
    start_s = STORY.START // STORY.SECOND
    pricing = "\n".join(STORY.PRICING) + "\n"
    catalog = "\n".join(STORY.CATALOG) + "\n"
    plain = pricing.replace(
        "    if region.tax_included and not region.hides_tax:\n        amount = region.without_tax(amount)\n",
        "",
    )
    whole = catalog.replace('    rows = rows.values("sku", "amount")\n', "")
    renamed = pricing.replace(
        "from .money import Money\n", "from .money import Money\n\n# a\n# b\n# c\n# d\n"
    ).replace('row["c', 'price["c')
    history = (
        ("", "mira", 700, "Prices", plain, whole),
        ("77b0c1e", "mira", 9, "Regions may hide tax", pricing, whole),
        ("a3d90be", "jonas", 2, "Load price rows in bulk", pricing, catalog),
        ("7c1e2aa", "mira", 1, "Release 2.14.0", pricing, catalog + "\n"),
        ("4fe21c0", "omar", 0.5, "a rename", renamed, catalog),
        ("b81f0d3", "omar", 0.4, "Docs", renamed, catalog + "\n\n"),
    )
    _git(path, "init", "-q", "-b", "main")
    shas = {}
    for name, author, days, subject, *texts in history:
        for file, text in zip(("pricing.py", "catalog.py"), texts, strict=True):
            target = path / "src/checkout" / file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        at_s = start_s - int(days * 86_400)
        _git(path, "add", "-A")
        _git(path, "commit", "-q", "--no-verify", "-m", subject, author=author, at_s=at_s)
        shas[name] = _git(path, "rev-parse", "HEAD")
    return Checkout(path, shas)


def real(body: Body, shas: dict[str, str]) -> Body:
    """The body with the real commits in place of the story's names of them."""
    if isinstance(body, DraftStarted):
        # the digests that the story's proofs name cover the base commit
        return body
    kind, text = encode(body)
    for name, sha in shas.items():
        if name:
            text = text.replace(name + "0" * 33, sha).replace(name, sha[:7])
    return decode(kind, text)


@dataclass
class World:
    """A store with the case, its folder as ROOTCASE_HOME, and the clock."""

    environment: dict[str, str]
    store: Path
    clock_us: int

    def app(self) -> RootcaseApp:
        loaded = load(self.environment)
        return RootcaseApp(loaded, self.environment, case=KEY, clock=lambda: self.clock_us)


Make = Callable[..., World]


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory, checkout: Checkout) -> Callable[[str], Path]:
    """A folder with a store that holds the story up to a step; written once, to be copied."""
    made: dict[str, Path] = {}

    def at(step: str) -> Path:
        if step not in made:
            made[step] = tmp_path_factory.mktemp("store")
            entries = STORY.entries(STORY.STEPS[step]())
            with ThreadPoolExecutor(1) as thread:
                thread.submit(asyncio.run, _write(made[step] / "store.db", entries, checkout.shas)).result()
        return made[step]

    return at


@pytest.fixture
def make_world(tmp_path: Path, checkout: Checkout, stores: Callable[[str], Path]) -> Make:
    """The story up to a step, in a store of its own."""

    def make(step: str, *, repository: bool = True, theme: str = "dark") -> World:
        home = tmp_path / f"home-{len(list(tmp_path.iterdir()))}"
        (home / "config").mkdir(parents=True)
        serves = (
            f"repositories:\n  - path: {checkout.path}\n    name: checkout\n    services: [checkout-api]\n"
        )
        (home / "config/config.yaml").write_text(
            f"store: {home}/store.db\ninterface: {{theme: {theme}}}\n" + (serves if repository else "")
        )
        environment = {
            "ROOTCASE_HOME": str(home),
            "ROOTCASE_USER": "dana",
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "PATH": os.environ["PATH"],
            "HOME": str(home),
        }
        shutil.copytree(stores(step), home, dirs_exist_ok=True)
        return World(environment, home / "store.db", STORY.START + 15 * STORY.MINUTE)

    return make


async def _write(path: Path, entries: Sequence[object], shas: dict[str, str]) -> None:
    now = [0]
    store = await SqliteStore.open(path, now_us=lambda: now[0])
    for entry in entries:
        now[0] = entry.at_us  # type: ignore[attr-defined]
        body = real(entry.body, shas)  # type: ignore[attr-defined]
        if entry.seq == 1:  # type: ignore[attr-defined]
            await store.open_case([body], actor=entry.actor, aliases=["fp1:" + "9f" * 16])  # type: ignore[attr-defined]
        else:
            await store.append(KEY, [body], actor=entry.actor)  # type: ignore[attr-defined]
    for signal in (STORY.SIGNAL, STORY.SECOND_SIGNAL):
        await store.save_signal(KEY, signal)
    await store.save_samples(KEY, [STORY.EVENT])
    spent = fold(entries).spent  # type: ignore[arg-type]
    if spent.usd:
        held = await store.reserve(
            KEY, usd=1, tokens=90_000, case_cap_usd=9, day_cap_usd=9, token_cap=900_000
        )
        await store.settle(held, usd=spent.usd, tokens=spent.input_tokens + spent.output_tokens)
    await store.close()


class Held:
    """Holds the case's lease as a living run does, so that the screen does not take it for dead."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def __aenter__(self) -> SqliteStore:
        self._store = await SqliteStore.open(self._path, now_us=lambda: STORY.START + 15 * STORY.MINUTE)
        assert await self._store.lease(KEY, "a test") is not None
        return self._store

    async def __aexit__(self, *args: object) -> None:
        await self._store.close()


@dataclass
class Opened:
    """The app on the case, driven by keys."""

    app: RootcaseApp
    pilot: Pilot[int]

    @property
    def screen(self) -> RootScreen:
        assert isinstance(self.app.screen, RootScreen)
        return self.app.screen

    @property
    def desk(self) -> Desk:
        return self.app.desk

    async def case(self) -> Case:
        return await self.desk.case(KEY)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await settle(self.pilot)

    def text(self) -> str:
        """What the whole screen says, row by row."""
        width, height = self.app.size
        rows = []
        for strip in self.app.screen._compositor.render_strips():
            rows.append("".join(segment.text for segment in strip).ljust(width))
        return "\n".join(rows[:height])


READS = ("samples", "read ", "blame ", "patch ", "reread", "preview")


async def settle(pilot: Pilot[int]) -> None:
    """Until what was asked for has been read and drawn."""
    for _ in range(2):
        await pilot.pause()
        for _ in range(500):
            if not any(w.is_running and (w.group or "").startswith(READS) for w in pilot.app.workers):
                break
            await asyncio.sleep(0.01)
    await pilot.pause()


@asynccontextmanager
async def opened(world: World, size: tuple[int, int] = (120, 36), *keys: str) -> AsyncIterator[Opened]:
    app = world.app()
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        it = Opened(app, pilot)
        if keys:
            await it.press(*keys)
        yield it


@pytest.fixture
def open_app() -> Callable[..., object]:
    return opened


@pytest.fixture
def held() -> type[Held]:
    return Held


@pytest.fixture
def live(request: pytest.FixtureRequest) -> Callable[[World], None]:
    """Holds a world's lease until the test ends, from a thread of its own, for tests without a loop."""

    def hold(world: World) -> None:
        loop = asyncio.new_event_loop()
        holder = Held(world.store)
        loop.run_until_complete(holder.__aenter__())

        def end() -> None:
            loop.run_until_complete(holder.__aexit__())
            loop.close()

        request.addfinalizer(end)

    return hold


@pytest.fixture
def settled() -> Callable[..., object]:
    """For a picture: the keys pressed one by one, and all of it drawn."""

    def run(*keys: str) -> Callable[[Pilot[int]], object]:
        async def before(pilot: Pilot[int]) -> None:
            await settle(pilot)
            for key in keys:
                await pilot.press(key)
                await settle(pilot)

        return before

    return run
