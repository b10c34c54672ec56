"""A small shop with a bug, as a checkout, as a case, and as drafts that mend it well or badly."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from rootcase.core.cluster.fingerprint import DefaultFingerprinter
from rootcase.core.config.settings import BudgetSettings, GuardrailSettings, RepositorySettings, Settings
from rootcase.core.model.case import Case
from rootcase.core.model.drafts import Draft, HunkState
from rootcase.core.model.entries import EvidenceRecorded, Proved
from rootcase.core.model.hunks import hunks_between, numbered, with_digest
from rootcase.core.model.ports import StopRequested
from rootcase.core.proof.stage import prove
from rootcase.core.workspace.opening import open_workspace
from rootcase.core.workspace.repository import open_repository

PRICING = '''"""Prices."""


def rate_of(rates, currency):
    return rates[currency]


def price_for(cart, rates):
    total = sum(cart["items"])
    if total > 100:
        total = total - 10
    return total * rate_of(rates, cart["currency"])
'''
CHECKOUT = '''"""Checkout."""

from shop.pricing import price_for

RATES = {"EUR": 1, "USD": 2}


def checkout(request):
    cart = {"items": request["items"], "currency": request.get("currency", "").upper()}
    return price_for(cart, RATES)
'''
SUITE = """from shop.checkout import checkout
from shop.pricing import price_for


def test_price():
    assert price_for({"items": [5], "currency": "EUR"}, {"EUR": 3}) == 15


def test_discount():
    assert checkout({"items": [101], "currency": "usd"}) == 182


def test_no_discount_at_the_edge():
    assert checkout({"items": [100], "currency": "eur"}) == 100
"""
BROKEN_BEFORE = "def test_broken_before():\n    assert False\n"
REPRODUCTION = """from shop.checkout import checkout


def test_a_cart_without_currency_is_priced_in_euro():
    assert checkout({"items": [7]}) == 7
"""
TEST_PATH = "tests/test_reproduction.py"
TEST_ID = f"{TEST_PATH}::test_a_cart_without_currency_is_priced_in_euro"
GOOD = CHECKOUT.replace('request.get("currency", "").upper()', 'request.get("currency", "EUR").upper()')
BASE = {
    "shop/__init__.py": "",
    "shop/pricing.py": PRICING,
    "shop/checkout.py": CHECKOUT,
    "tests/test_shop.py": SUITE,
    "tests/test_old.py": BROKEN_BEFORE,
}
QUICK_PYTEST = (
    "python", "-m", "pytest", "-q", "-p", "no:asyncio", "-p", "no:hypothesispytest", "-p", "no:xdist",
    "-p", "no:xdist.looponfail", "-p", "no:textual-snapshot", "-p", "no:syrupy", "-p", "no:anyio",
)  # fmt: skip
# The crash as production saw it: another folder, a web framework above, no test.
PRODUCTION = """Traceback (most recent call last):
  File "/srv/venv/lib/python3.11/site-packages/flask/app.py", line 880, in full_dispatch_request
    rv = self.dispatch_request()
  File "/srv/app/shop/checkout.py", line 10, in checkout
    return price_for(cart, RATES)
  File "/srv/app/shop/pricing.py", line 12, in price_for
    return total * rate_of(rates, cart["currency"])
  File "/srv/app/shop/pricing.py", line 5, in rate_of
    return rates[currency]
KeyError: ''
"""


class Desk:
    """The `Control` port of a test: a human who stops, or changes the draft, at the nth look."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.published: list[str] = []
        self.looks = 0
        self.stop_at = 0
        self.change_at = 0

    async def checkpoint(self) -> Case:
        self.looks += 1
        if self.looks == self.stop_at:
            raise StopRequested
        if self.looks == self.change_at:
            draft = replace(self.case.draft, hunks=self.case.draft.hunks[:-1])
            self.case = replace(self.case, drafts=(with_digest(draft),))
        return self.case

    async def publish(self, channel: str, text: str) -> None:
        self.published.append(f"{channel}: {text}")


class Shop:
    """The checkout, and how a draft on it is proved."""

    pricing, checkout, suite, good, reproduction = PRICING, CHECKOUT, SUITE, GOOD, REPRODUCTION
    test_path, test_id = TEST_PATH, TEST_ID
    desk_for = Desk

    def __init__(self, root: Path) -> None:
        self.path = root / "checkout"
        self.state = root / "state"
        self.base: dict[str, str] = {}
        self.settings = {"environment": sys.prefix, "test_command": QUICK_PYTEST}
        self.fingerprinter = DefaultFingerprinter()
        self.fingerprint = self.fingerprinter.text(PRODUCTION, root="/srv/app")
        self.desk: Desk | None = None
        self.workspace = None

    def git(self, *arguments: str) -> str:
        environment = {
            "PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org",
            "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org",
        }  # fmt: skip
        done = subprocess.run(
            ["git", *arguments], cwd=self.path, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def commit(self, files: dict[str, str]) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        if not (self.path / ".git").exists():
            self.git("init", "-q", "-b", "main")
        self.base |= files
        for path, text in files.items():
            (self.path / path).parent.mkdir(parents=True, exist_ok=True)
            (self.path / path).write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "a commit")

    def case(self, change: dict[str, str | None], *, test_ids=(TEST_ID,), **more) -> Case:
        """A case whose first draft makes those files what they are told to be."""
        hunks = [
            hunk
            for path, text in change.items()
            for hunk in hunks_between(path, self.base.get(path), text, test=path == self.test_path)
        ]
        states = tuple(HunkState(hunk) for hunk in numbered(hunks))
        draft = with_digest(Draft(1, self.git("rev-parse", "main"), hunks=states, test_ids=tuple(test_ids)))
        return Case(key="C-1", fingerprint=self.fingerprint, drafts=(draft,), **more)

    async def prove(
        self, case: Case, *, minutes: float = 10.0, desk: Desk | None = None, again: bool = False
    ):
        """All entries of one proof, and its results by step."""
        configured = RepositorySettings(path=str(self.path), **self.settings)
        repository = await open_repository(configured, self.state)
        base = await repository.resolve("main")
        self.workspace = await open_workspace(
            case.key, repository, configured, GuardrailSettings(), self.state, base_commit=base
        )
        self.desk = desk or Desk(case)
        settings = Settings(budget=BudgetSettings(proof_minutes=minutes))
        entries = []
        try:
            async for body in prove(
                case, self.workspace, self.fingerprinter, settings, self.desk, again=again
            ):
                entries.append(body)
        except StopRequested:
            entries.append("stopped")
        return entries, {b.result.step: b.result for b in entries if isinstance(b, Proved)}

    @staticmethod
    def evidence(entries) -> dict:
        found = [item for b in entries if isinstance(b, EvidenceRecorded) for item in b.evidence]
        return {item.id: item for item in found}


@pytest.fixture
def shop(tmp_path):
    made = Shop(tmp_path)
    made.commit(BASE)
    return made
