"""Figures of the journal: fold, append, follow-up cost, and an inbox of 100,000 cases.

Run: .venv/bin/python bench/journal.py   (needs about 200 MB in the temporary folder)
"""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rootcase.core.journal.codec import decode, encode, encode_value
from rootcase.core.journal.fold import CaseBuilder, fold
from rootcase.core.journal.inbox import inbox_ids, read_inbox_rows
from rootcase.core.journal.inbox_row import rank_of, row_of
from rootcase.core.journal.sqlite import SqliteStore
from rootcase.core.model.drafts import Hunk
from rootcase.core.model.entries import (
    KINDS,
    Body,
    CaseOpened,
    ClaimMade,
    Commented,
    DraftStarted,
    DraftWritten,
    Entry,
    HunkDecided,
    ModelCalled,
    PhaseStarted,
    RunStarted,
    SignalSeen,
    ToolCalled,
)
from rootcase.core.model.evidence import Claim
from rootcase.core.model.fingerprints import Fingerprint
from rootcase.core.model.signals import Signal

ENTRIES = 5_000
CASES = 100_000


def journal() -> list[Entry]:
    """A long case: calls, claims, comments and decisions over ten drafts."""
    bodies: list[Body] = [
        CaseOpened("C-1", "KeyError", "api", Fingerprint(1, "ab")),
        RunStarted("r", "t", "propose", "h", 1),
    ]
    for draft in range(1, 11):
        hunks = tuple(Hunk(f"h{n}", "a.py", n * 3, ("a\n",), ("b\n",)) for n in range(1, 9))
        bodies += [PhaseStarted("patch", draft), DraftStarted(draft, "base"), DraftWritten(draft, hunks)]
        while len(bodies) < draft * ENTRIES // 10:
            number = len(bodies)
            bodies += [
                ToolCalled("patch", str(number), "read_file", "{}", True, "text" * 50),
                ModelCalled("patch", "strong", "m", "r", 100, 10, 0.001),
                ClaimMade(Claim(f"k{number % 40}", "text", "supported")),
                HunkDecided(draft, (f"h{number % 8 + 1}",), "rejected"),
                Commented("look", f"h{number % 8 + 1}"),
            ]
    return [Entry("C-1", n, n, "human:a", KINDS[type(b)], b) for n, b in enumerate(bodies[:ENTRIES], 1)]


def best_ms(work: Callable[[], object], times: int = 7) -> float:
    """The median of a few runs."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def fold_figures() -> None:
    entries = journal()
    texts = [encode(entry.body) for entry in entries]
    builder = CaseBuilder()
    for entry in entries:
        builder.apply(entry)
    print(f"fold of {ENTRIES:,} entries            {best_ms(lambda: fold(entries)):8.1f} ms  (aim 30)")
    print(f"  the case again, nothing new      {best_ms(builder.case):8.2f} ms")
    print(f"  decoding their text              {best_ms(lambda: [decode(k, t) for k, t in texts]):8.1f} ms")


async def append_figures(folder: Path) -> None:
    store = await SqliteStore.open(folder / "append.db")
    case = await store.open_case([CaseOpened("", "t", "s", Fingerprint(1, "ab"))], actor="x", aliases=())
    taken = []
    for number in range(300):
        began = time.perf_counter()
        await store.append(case, [Commented(str(number))], actor="human:a")
        taken.append((time.perf_counter() - began) * 1000)
    print(f"append with its inbox row          {statistics.median(taken):8.2f} ms")
    await store.close()


async def fill(path: Path) -> None:
    """100,000 rows, written straight into the side table; each as `row_of` makes it."""
    store = await SqliteStore.open(path)
    await store.close()
    connection = sqlite3.connect(path)
    for number in range(CASES):
        key = f"C-{number + 1}"
        signal = Signal(
            "sentry", str(number), f"CHECKOUT-{number}", events=number, last_seen_us=number, trend=(1,) * 24
        )
        opened = CaseOpened(
            key, f"KeyError 'currency{number}' in price_for", "checkout-api", Fingerprint(1, f"{number:032x}")
        )
        bodies: tuple[Body, ...] = (opened, SignalSeen(signal))
        row = row_of(fold(Entry(key, n, n, "x", KINDS[type(b)], b) for n, b in enumerate(bodies, 1)))
        connection.execute("INSERT INTO head VALUES (?, 1, '', 0)", (key,))
        connection.execute(
            "INSERT INTO inbox VALUES (?, ?, ?, ?, ?)",
            (key, rank_of(row), number, row.search, encode_value(row)),
        )
    connection.commit()
    connection.close()


def inbox_figures(path: Path) -> None:
    print(f"first 50 rows of {CASES:,}           {best_ms(lambda: read_inbox_rows(path, 50)):8.2f} ms")
    print(
        f"50 rows from the middle            {best_ms(lambda: read_inbox_rows(path, 50, CASES // 2)):8.2f} ms"
    )
    print(f"ids and search strings of all      {best_ms(lambda: inbox_ids(path), 3):8.1f} ms")
    code = (
        "import sys; from pathlib import Path; from rootcase.core.journal.inbox import inbox_ids;"
        "ids = inbox_ids(Path(sys.argv[1])); status = Path('/proc/self/status').read_text();"
        "print(int(status.split('VmHWM:')[1].split()[0]) // 1024, len(ids))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    print(
        f"resident memory with all of them   {done.stdout.split()[0]:>8} MB  (aim 100, the screen included)"
    )


def main() -> None:
    fold_figures()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asyncio.run(append_figures(folder))
        asyncio.run(fill(folder / "inbox.db"))
        inbox_figures(folder / "inbox.db")


if __name__ == "__main__":
    main()
