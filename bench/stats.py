"""Figures of the statistics over 100,000 cases: what the screen and `rootcase stats` wait for.

Run: .venv/bin/python -m bench.stats   (needs about 60 MB in the temporary folder)
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

from rootcase.core.journal.sqlite import SqliteStore
from rootcase.core.journal.tallies import COLUMNS, MARKS

CASES = 100_000
YEAR_US = 365 * 86_400_000_000
NOW_US = 1_800_000_000_000_000
HOUR_US = 3_600_000_000
RULES = (
    "no rule objected",
    "human_owns_it",
    "client_left",
    "weak_evidence",
    "fixed_on_head",
    "code_not_ours",
)


async def fill(path: Path) -> None:
    """A year of cases in 12 repositories and 40 services, half of them with a pull request."""
    await (await SqliteStore.open(path)).close()
    chance = random.Random(7)
    connection = sqlite3.connect(path)
    for number in range(CASES):
        key, opened = f"C-{number + 1}", NOW_US - chance.randrange(YEAR_US)
        pull = opened + chance.randrange(1, 40) * HOUR_US if number % 2 else 0
        merged = pull + chance.randrange(1, 90) * HOUR_US if pull and number % 10 else 0
        closed = pull + HOUR_US if pull and not merged else 0
        wrong = closed or (merged if merged and number % 23 == 0 else 0)
        connection.execute("INSERT INTO head VALUES (?, 1, '', 0)", (key,))
        connection.execute("INSERT INTO inbox VALUES (?, 0, 0, '', '{}')", (key,))
        connection.execute(
            f"INSERT INTO tally ({COLUMNS}) VALUES ({MARKS})",
            (
                key, f"repository-{number % 12}", f"service-{number % 40}", opened, opened + HOUR_US, 0, pull, merged,
                closed, 0, wrong, number % 3 == 0, number % 50 == 0, max(opened + HOUR_US, pull, merged, closed),
            ),
        )  # fmt: skip
        for rule in chance.sample(RULES, 1 + number % 2):
            verdict = "fix" if rule == RULES[0] else "wait"
            connection.execute(
                "INSERT INTO tally_rule VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    key,
                    rule,
                    verdict,
                    opened,
                    number % 9 == 0,
                    f"repository-{number % 12}",
                    f"service-{number % 40}",
                ),
            )
        if pull:
            day = time.strftime("%Y-%m-%d", time.gmtime(opened / 1e6))
            connection.execute("INSERT INTO spend VALUES (?, ?, ?, 1, 310000000, 20000)", (key, key, day))
    connection.commit()
    connection.close()


async def figures(path: Path) -> None:
    store = await SqliteStore.open(path)
    for name, since_us, where in (
        ("the last 30 days", NOW_US - 30 * 86_400_000_000, {}),
        ("a year", NOW_US - YEAR_US, {}),
        ("all time", 0, {}),
        ("30 days of one repository", NOW_US - 30 * 86_400_000_000, {"repository": "repository-3"}),
    ):
        taken, cpu = [], []
        for _ in range(5):
            began, busy = time.perf_counter(), time.process_time()
            await store.stats(since_us=since_us, until_us=NOW_US, **where)
            taken.append((time.perf_counter() - began) * 1000)
            cpu.append((time.process_time() - busy) * 1000)
        told = f"{statistics.median(taken):6.0f} ms, {statistics.median(cpu):5.0f} ms of CPU"
        print(f"stats of {CASES:,} cases, {name:26} {told}  (aim 1000)")
    await store.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "stats.db"
        asyncio.run(fill(path))
        asyncio.run(figures(path))


if __name__ == "__main__":
    main()
