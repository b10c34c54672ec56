"""A store with an on-call morning in it: one case in every state, told as real entries."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from rootcase.core.config.load import Loaded
from rootcase.core.config.paths import Folders
from rootcase.core.config.settings import InterfaceSettings, Settings, SourceSettings
from rootcase.core.journal.open import open_store
from rootcase.core.journal.store import SourceState, Store
from rootcase.core.model.code import CodePath, Commit, MappedFrame, Suspect
from rootcase.core.model.entries import (
    Body,
    CaseOpened,
    CodeMapped,
    EvidenceRecorded,
    GateDecided,
    NoteWritten,
    OwnershipMarked,
    RunEnded,
    RunStarted,
    SignalSeen,
)
from rootcase.core.model.events import Event, ExceptionInfo
from rootcase.core.model.evidence import Evidence, NoteLine
from rootcase.core.model.fingerprints import Fingerprint, Reason
from rootcase.core.model.signals import Actor, Signal
from rootcase.core.model.verdicts import GateDecision, Priority, RuleResult, Verdict
from rootcase.tui.app import RootcaseApp

# 3 November 2026, 02:15 UTC
NOW_US = 1_793_672_100_000_000
MINUTE_US = 60_000_000
RISING = (*([0] * 16), 10, 20, 300, 500, 800, 900, 1100, 1082)
LEVEL = tuple((n * 7) % 11 + 3 for n in range(24))


@dataclass(frozen=True)
class Told:
    """A case in short. then: further entries; ago_min: minutes since it was last seen."""

    key: str
    title: str
    function: str
    service: str
    where: str
    events: int
    users: int
    ago_min: int
    verdict: Verdict
    because: str
    priority: Priority = "P2"
    trend: tuple[int, ...] = LEVEL
    owner: str = ""
    release: str = "2.14.0"
    status: str = "unresolved"
    then: tuple[Body, ...] = ()


RUN = RunStarted("r1", "ab" * 16, "propose", "box", 1)
CASES = (
    Told("C-412", "KeyError 'currency'", "price_for", "checkout-api", "src/checkout/pricing.py:88", 4790, 311, 14,
         "fix", "nobody has it yet", "P1", RISING, "@mira"),
    Told("C-409", "TypeError None + Decimal", "apply_voucher", "checkout-api", "src/vouchers.py:141", 903, 87, 38,
         "fix", "nobody has it yet", "P1", RISING, "@jonas"),
    Told("C-405", "IntegrityError orders_ref_key already exists", "save_order", "worker", "orders/store.py:210", 214,
         198, 60, "fix", "nobody has it yet", owner="@jonas", release="2.13.4",
         then=(RUN, RunEnded("r1", "budget", "budget of $1.00 reached", 5))),
    Told("C-398", "RecursionError", "render_cart", "api", "cart/render.py:203", 1120, 64, 180, "fix",
         "nobody has it yet", owner="@mira", release="2.13.4", then=(RUN,)),
    Told("C-401", "AttributeError tax_id", "invoice_lines", "worker", "invoices.py:77", 59, 52, 300, "investigate",
         "few events, path guessed", "P3", owner="@finance-eng", release="2.13.4", then=(RUN,)),
    Told("C-390", "PermissionDenied", "refund_order", "worker", "payments/refund.py:64", 340, 29, 46, "wait",
         "owner's word: payments", "P1", RISING, "@payments"),
    Told("C-388", "KeyError 'sku'", "merge_lines", "api", "cart/merge.py:31", 501, 230, 1500, "wait",
         "lena has it, yesterday", owner="PAY-123 lena", release="2.13.4"),
    Told("C-371", "TypeError t.total undefined", "CartSummary", "web", "src/CartSummary.tsx:58", 2210, 1480, 2900,
         "wait", "fixed on HEAD, no deploy", "P3", tuple(range(24, 0, -1)), "@web-core", "2.13.2"),
    Told("C-402", "ConnectError api.payfast.example refused", "authorize", "api", "pay/client.py:31", 12440, 2014, 52,
         "ignore", "upstream outage, payfast", "P1", LEVEL, "PD #5521", "any"),
    Told("C-340", "ClientDisconnect", "stream_receipt", "web", "receipts.py:120", 8031, 7900, 8700, "ignore",
         "client left, handled", "P4", LEVEL, "", "any"),
    Told("C-322", "IndexError", "first_address", "api", "address.py:12", 0, 0, 4400, "ignore",
         "no event since 2.14.0", "P4", (9, 4, 1, 0, 0, 0), "", status="resolved"),
)  # fmt: skip

EVIDENCE = (
    Evidence("e1", "event", "14 min of events"), Evidence("f1", "frame", "pricing.py:88 price_for"),
    Evidence("s1", "code", 'row["currency"]'), Evidence("c1", "commit", "a3d90be"), Evidence("d1", "deploy", "2.14.0"),
)  # fmt: skip
NOTE = (
    NoteLine("what", 'price_for reads row["currency"]; rows lack it', ("f1", "s1")),
    NoteLine("since", "02:01, 3 minutes after 2.14.0 reached prod-eu", ("d1", "e1")),
    NoteLine("who", "311 users, 4,812 events, all quotes with items", ("e1",)),
    NoteLine("path", "POST /checkout/quote › cart_total › price_for", ("f1",)),
    NoteLine("changed", 'a3d90be by jonas, "Load price rows in bulk"', ("c1",)),
    NoteLine("HEAD", "same fault; moved 88→93, changed by 4fe21c0", ("s1",)),
    NoteLine("stop it", "roll back to 2.13.4, good for 6 days", ("d1",)),
    NoteLine("missing", "no event carries the cart; not reproduced yet"),
)
RULES = (
    RuleResult("owned", None, "nobody has it: no assignee, ticket or PR"),
    RuleResult("fixed on HEAD", None, "still broken on HEAD b81f0d3"),
    RuleResult("ours", None, "our code, line confirmed at 7c1e2aa"),
    RuleResult("sensitive", None, "outside payments, permissions and billing"),
)
REASONS = (
    Reason("same innermost frame: pricing.price_for"),
    Reason("same error and key, KeyError 'currency'"),
    Reason("C-398 stays apart: other key, other frame", joins=False),
)


def commit(sha: str, author: str, subject: str) -> Commit:
    return Commit(sha + "0" * 33, author, f"{author}@acme.test", NOW_US, subject)


def code(told: Told) -> CodePath:
    path, _, line = told.where.rpartition(":")
    suspects = (
        Suspect(commit("a3d90be", "jonas", "Load price rows in bulk"), 0.9, ("touches load_prices",)),
        Suspect(commit("77b0c1e", "mira", "Regions may hide tax"), 0.4, ("touches price_for",)),
    )
    frame = MappedFrame(0, told.function, f"m.{told.function}", path, int(line), "confirmed")
    return CodePath(
        "checkout",
        told.release,
        "7c1e2aa" + "0" * 33,
        "tag",
        "b81f0d3" + "0" * 33,
        "main",
        (frame,),
        suspects,
    )


def signal(told: Told, source: str = "sentry", events: int = 0) -> Signal:
    return Signal(
        source, f"{source}-{told.key}", f"CHECKOUT-{told.key[2:]}", told.title, f"https://acme.test/{told.key}",
        service=told.service, events=events or told.events, users=told.users,
        last_seen_us=NOW_US - told.ago_min * MINUTE_US, last_release=told.release, trend=told.trend,
        status=told.status, status_by=Actor("dana") if told.status == "resolved" else None,
    )  # fmt: skip


def bodies(told: Told, number: int) -> list[Body]:
    kind = told.title.partition(" ")[0]
    fingerprint = Fingerprint(1, f"{number:032x}", "exception", kind, f"m.{told.function}", reasons=REASONS)
    out: list[Body] = [
        CaseOpened(told.key, f"{told.title} in {told.function}", told.service, fingerprint, "checkout"),
        SignalSeen(signal(told)), EvidenceRecorded(EVIDENCE), CodeMapped(code(told)),
        GateDecided(GateDecision("after", told.verdict, told.because, told.priority, RULES)),
    ]  # fmt: skip
    if told.key == "C-412":
        out += [SignalSeen(signal(told, "datadog", 22)), NoteWritten(NOTE)]
    if told.owner:
        out.append(OwnershipMarked(told.owner))
    return [*out, *told.then]


async def fill(path: Path, cases: tuple[Told, ...] = CASES) -> None:
    store = await open_store(str(path))
    for number, told in enumerate(cases, 1):
        opened = bodies(told, number)
        await store.open_case(opened, actor="rootcase", aliases=[f"case:{told.key}"])
        for seen in (signal(told), *((signal(told, "datadog", 22),) if told.key == "C-412" else ())):
            await store.save_signal(told.key, seen)
    if cases:
        raised = ExceptionInfo("KeyError", "'currency'")
        event = Event("e1", "python", NOW_US, transaction="POST /checkout/quote", server="api-7d9c",
                      environment="prod-eu", exceptions=(raised,), tags=(("region", "SE"), ("items", "3")))  # fmt: skip
        await store.save_samples("C-412", [event])
        await sources(store)
    await store.close()


async def sources(store: Store) -> None:
    await store.save_source_state(SourceState("sentry", "", NOW_US - 12_000_000))
    await store.save_source_state(
        SourceState("datadog", "", NOW_US - 900_000_000, "rate limit", "wait", NOW_US + 16 * MINUTE_US)
    )
    await store.save_source_state(SourceState("pagerduty", "", NOW_US - 40_000_000))


def loaded(folder: Path, *, theme: str = "dark", with_sources: bool = True) -> Loaded:
    named = tuple(SourceSettings(kind="sentry", name=n) for n in ("sentry", "datadog", "pagerduty"))
    settings = Settings(
        store=str(folder / "store.db"),
        sources=named if with_sources else (),
        # over a store that is not there yet nothing is read by itself: a picture must stay as it is
        interface=InterfaceSettings(theme=theme, refresh_s=60.0 if (folder / "store.db").exists() else 0.0),
    )
    return Loaded(
        settings, None, Folders(folder / "config", folder / "state", folder / "cache", folder / "logs")
    )


Start = Callable[..., RootcaseApp]


@pytest.fixture(scope="session")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the store; read only."""
    folder = tmp_path_factory.mktemp("acme")
    asyncio.run(fill(folder / "store.db"))
    return folder


@pytest.fixture
def own_acme(acme: Path, tmp_path: Path) -> Path:
    """A copy of the store that a test may change."""
    import shutil

    for file in acme.glob("store.db*"):
        shutil.copy(file, tmp_path / file.name)
    return tmp_path


@pytest.fixture
def start() -> Start:
    """Make the app over a folder's store, at a clock that stands still."""

    def make(folder: Path, *, theme: str = "dark", sources: bool = True, **environment: str) -> RootcaseApp:
        variables = {"COLORTERM": "truecolor", "TERM": "xterm-256color", **environment}
        return RootcaseApp(loaded(folder, theme=theme, with_sources=sources), variables, clock=lambda: NOW_US)

    return make
