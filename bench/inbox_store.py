"""A store with very many cases for the benchmarks: the first ones whole, the rest as rows alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from rootcase.core.journal.codec import encode_value
from rootcase.core.journal.inbox_row import rank_of, row_of
from rootcase.core.journal.sqlite import SqliteStore
from rootcase.core.journal.store import InboxRow
from rootcase.core.model.case import Case
from rootcase.core.model.entries import Body, CaseOpened, GateDecided, NoteWritten, SignalSeen
from rootcase.core.model.evidence import NoteLine
from rootcase.core.model.fingerprints import Fingerprint, Reason
from rootcase.core.model.signals import Signal
from rootcase.core.model.verdicts import GateDecision, RuleResult

WHOLE = 80
FIRST_FUNCTION = "handler_000001"
KINDS = ("KeyError", "TypeError", "ValueError", "IntegrityError", "TimeoutError")
SERVICES = ("api", "worker", "web", "billing")


def told(number: int) -> tuple[Body, ...]:
    """The first entries of a case; its function carries its number, the first is the newest."""
    kind, function = KINDS[number % len(KINDS)], f"handler_{number:06d}"
    reasons = (Reason(f"same innermost frame: m.{function}"), Reason(f"same error, {kind}"))
    fingerprint = Fingerprint(1, f"{number:032x}", "exception", kind, f"shop.{function}", reasons=reasons)
    signal = Signal(
        "sentry", str(number), f"SHOP-{number}", events=number % 9000, users=number % 700,
        last_seen_us=1_793_672_100_000_000 - number * 60_000_000, last_release="2.14.0",
        trend=tuple((number * n) % 40 for n in range(24)),
    )  # fmt: skip
    rules = tuple(RuleResult(f"rule {n}", None, f"what rule {n} saw of {function}") for n in range(5))
    note = tuple(NoteLine(f"label{n}", f"{function} fails on line {n} since the release") for n in range(8))
    return (
        CaseOpened(f"C-{number}", f"{kind} 'order {number}' in {function}", SERVICES[number % 4], fingerprint),
        SignalSeen(signal), GateDecided(GateDecision("after", "fix", "nobody has it yet", "P1", rules)),
        NoteWritten(note),
    )  # fmt: skip


async def fill(path: Path, count: int) -> None:
    """Write the store."""
    store = await SqliteStore.open(path)
    for number in range(1, WHOLE + 1):
        await store.open_case(told(number), actor="rootcase", aliases=[f"shop:{number}"])
    await store.close()
    connection = sqlite3.connect(path)
    # A row needs its journal's head; these cases have nothing else.
    connection.executemany(
        "INSERT INTO head VALUES (?, 0, '', 0)", ((f"C-{n}",) for n in range(WHOLE + 1, count + 1))
    )
    connection.executemany("INSERT INTO inbox VALUES (?, ?, ?, ?, ?)", rows(count))
    connection.commit()
    connection.close()


def rows(count: int) -> Iterator[tuple[str, int, int, str, str]]:
    """The rest: a few in every group, most of them quiet."""
    groups = (("needs_you", "new"), ("waiting", "waiting"), ("quiet", "ignored"), ("quiet", "resolved"))
    for number in range(WHOLE + 1, count + 1):
        row = _row(number, *groups[0 if number < 1000 else number % 4])
        yield row.key, rank_of(row), row.last_seen_us, row.search, encode_value(row)


def _row(number: int, group: str, state: str) -> InboxRow:
    opened, seen, *_ = told(number)
    assert isinstance(opened, CaseOpened) and isinstance(seen, SignalSeen)
    case = Case(
        key=opened.key, title=opened.title, service=opened.service, fingerprint=opened.fingerprint,
        signals=(seen.signal,), opened_us=seen.signal.last_seen_us,
    )  # fmt: skip
    row = row_of(case)
    function = f"handler_{number:06d}"
    search = row.search.replace("is:new is:needs_you", f"is:{state} is:{group}")
    return replace(
        row, group=group, state=state, function=function, search=search, verdict="fix", priority="P2"
    )
