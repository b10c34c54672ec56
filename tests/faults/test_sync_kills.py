"""kill -9 of a sync, anywhere: the next one goes on, and every issue is there once, in one case, fingerprinted once."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.commandline import CommandLine, command, command_line, kill

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "sntryu_0123456789abcdef0123"


@dataclass
class Acme:
    """issues: at the server; classes: error classes they fall into. asked(): requests so far, by kind."""

    line: CommandLine
    port: str
    issues: int
    classes: int

    @property
    def store(self) -> Path:
        return self.line.home / "rootcase" / "state" / "rootcase.db"

    def asked(self) -> dict[str, int]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/_counts", timeout=10) as answer:
            return dict(json.load(answer))

    def happens_again(self, number: int) -> None:
        urllib.request.urlopen(f"http://127.0.0.1:{self.port}/_touch?issue={number}", timeout=10).close()

    def held(self) -> int:
        """Signals in the store, 0 before there is one."""
        try:
            with closing(sqlite3.connect(f"file:{self.store}?mode=ro", uri=True)) as connection:
                return int(connection.execute("SELECT count(*) FROM signal").fetchone()[0])
        except sqlite3.Error:
            return 0

    def query(self, sql: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(f"file:{self.store}?mode=ro", uri=True)) as connection:
            return connection.execute(sql).fetchall()


@contextmanager
def acme(home: Path, issues: int, classes: int) -> Iterator[Acme]:
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.support.sentry_server", str(issues), str(classes)], cwd=ROOT,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert server.stdout is not None and server.stdin is not None
    try:
        port = server.stdout.readline().strip()
        with command_line(home, {"SENTRY_AUTH_TOKEN": TOKEN}) as line:
            config = home / "rootcase" / "config"
            config.mkdir(parents=True)
            (config / "config.yaml").write_text(
                f"sources:\n  - {{kind: sentry, url: 'http://127.0.0.1:{port}', organization: acme, projects: [shop],\n"
                "     token_env: SENTRY_AUTH_TOKEN}\n"
            )
            yield Acme(line, port, issues, classes)
    finally:
        server.stdin.close()
        server.wait(timeout=10)
        server.stdout.close()


def killed_at(place: Acme, signals: int, delay_s: float, number: int) -> bool:
    """Start a sync and kill it once so many signals are held; False where it came to its own end before."""
    child = place.line.start("sync", "--json", name=f"sync-{number}")
    while child.poll() is None:
        if place.held() >= signals:
            time.sleep(delay_s)
            break
        time.sleep(0.002)
    came_to_its_end = child.poll() is not None
    kill(child)
    return not came_to_its_end


def sync_to_its_end(place: Acme) -> None:
    """A source may need more than one sync to list everything; it says so."""
    while True:
        child = subprocess.run(
            command("sync", "--json"), env=place.line.environment(), capture_output=True, text=True, timeout=600,
            stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        assert child.returncode in (0, 6), child.stderr
        (source,) = json.loads(child.stdout)["sources"]
        assert not source["fault"], child.stdout
        if not source["partial"]:
            return


def everything_is_there_once(place: Acme) -> None:
    assert place.query("SELECT count(*), count(DISTINCT id) FROM signal") == [(place.issues, place.issues)]
    assert place.query("SELECT count(*) FROM inbox WHERE rank < 900") == [(place.classes,)]
    assert place.query("SELECT count(*) FROM fingerprint") == [(place.classes,)]
    assert place.query("SELECT count(*) FROM entry WHERE kind = 'case_opened'") == [(place.classes,)]
    seen = "SELECT count(*), count(DISTINCT json_extract(body, '$.signal.id')) FROM entry WHERE kind = 'signal_seen'"
    assert place.query(seen) == [(place.issues, place.issues)], "each was taken in by one entry"
    # an issue is in the case of its error class and in no other
    places = place.query("SELECT id, journal FROM signal")
    by_class: dict[int, set[object]] = {}
    for id, journal in places:
        by_class.setdefault(int(str(id)) % place.classes, set()).add(journal)
    assert all(len(journals) == 1 for journals in by_class.values()) and len(by_class) == place.classes
    audit = place.line.run("audit", "verify", "--json")
    assert audit.code == 0 and audit.json["sound"] is True


def a_second_sync_asks_for_the_listing_alone(place: Acme) -> None:
    before = place.asked()
    assert place.line.run("sync").code == 0
    asked = {kind: number - before.get(kind, 0) for kind, number in place.asked().items()}
    assert (asked["list"], asked["events"], asked.get("issue", 0)) == (1, 0, 0)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [7, 4711])
def test_killed_at_random_points_nothing_is_lost_and_nothing_doubled(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    with acme(tmp_path / "home", issues=360, classes=120) as place:
        for number, signals in enumerate(sorted(dice.sample(range(1, 330), 3))):
            killed_at(place, signals, dice.uniform(0, 0.05), number)
        sync_to_its_end(place)
        everything_is_there_once(place)
        a_second_sync_asks_for_the_listing_alone(place)
        place.happens_again(250)
        before = place.asked()["events"]
        [source] = place.line.run("sync", "--json").json["sources"]
        assert (source["new"], source["events"] > 0) == (0, True)
        assert 0 < place.asked()["events"] - before <= 2, "one issue happened again, one is looked at"


@pytest.mark.soak
@pytest.mark.timeout(1200)
def test_soak_5000_issues_killed_ten_times_in_flat_memory(tmp_path: Path) -> None:
    dice = random.Random(5000)
    with acme(tmp_path / "home", issues=5000, classes=5000) as place:
        for number, signals in enumerate(sorted(dice.sample(range(1, 4900), 10))):
            assert killed_at(place, signals, dice.uniform(0, 0.2), number)
        sync_to_its_end(place)
        everything_is_there_once(place)
        a_second_sync_asks_for_the_listing_alone(place)
    small, large = peak_mb(tmp_path / "small", 500), peak_mb(tmp_path / "large", 5000)
    assert large < 1.5 * small, f"{small:.0f} MB for 500 issues, {large:.0f} MB for 5,000"


def peak_mb(home: Path, issues: int) -> float:
    """The most memory that a sync of so many issues takes."""
    most = 0.0
    with acme(home, issues, issues) as place:
        while place.held() < issues:
            child = subprocess.Popen(
                command("sync"),
                env=place.line.environment(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            assert child.returncode in (0, 6)
            most = max(most, usage.ru_maxrss / 1024)
    return most
