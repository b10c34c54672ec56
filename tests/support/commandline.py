"""The command line as a user has it: real processes with a home, a store and an environment of their own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

LONGEST_S = 110.0
PAUSE_S = 0.02


@dataclass(frozen=True)
class Done:
    """How a command ended; json: what it printed, decoded."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def said(self) -> str:
        return f"{self.out}\n{self.err}"


@dataclass
class CommandLine:
    """home: ROOTCASE_HOME and HOME; extra: variables of this test's own. close() ends what was started."""

    home: Path
    extra: dict[str, str] = field(default_factory=dict)
    children: list[subprocess.Popen[bytes]] = field(default_factory=list)
    kept: list[IO[bytes]] = field(default_factory=list)

    def environment(self) -> dict[str, str]:
        """Nothing of the developer's own: no git configuration, no tokens, no Rootcase settings."""
        names = ("PATH", "LANG", "LC_ALL", "TMPDIR")
        self.home.mkdir(parents=True, exist_ok=True)
        return {
            **{name: os.environ[name] for name in names if name in os.environ},
            "HOME": str(self.home), "ROOTCASE_HOME": str(self.home / "rootcase"), "ROOTCASE_REPLAY_PACE": "0",
            "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "ROOTCASE_USER": "mira", **self.extra,
        }  # fmt: skip

    def run(self, *arguments: str, cwd: Path | None = None, **extra: str) -> Done:
        """Run to the end. LONGEST_S without an end fails the test, and the process is killed."""
        done = subprocess.run(
            command(*arguments), cwd=cwd or self.home, env={**self.environment(), **extra},
            capture_output=True, text=True, timeout=LONGEST_S, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        return Done(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: str, name: str = "run", **extra: str) -> subprocess.Popen[bytes]:
        """Start it in a session of its own, as the screen does; its output goes to NAME.log."""
        log = (self.home / f"{name}.log").open("ab")
        self.kept.append(log)
        child = subprocess.Popen(
            command(*arguments), cwd=self.home, env={**self.environment(), **extra},
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        self.children.append(child)
        return child

    def ended(self, child: subprocess.Popen[bytes]) -> int:
        """Wait for a started command's own end."""
        return child.wait(timeout=LONGEST_S)

    def log(self, name: str = "run") -> str:
        """What the commands started under that name have printed."""
        return (self.home / f"{name}.log").read_text(encoding="utf-8")

    def close(self) -> None:
        for child in self.children:
            kill(child)
        for log in self.kept:
            log.close()


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "rootcase.core.cli", *arguments]


def kill(child: subprocess.Popen[bytes]) -> None:
    """kill -9 of that process and of nothing else, and wait until it is gone."""
    if child.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGKILL)
    child.wait(timeout=10)


def until(what: Callable[[], Any], *, within_s: float = 60.0, why: str = "", alive: Any = None) -> Any:
    """The first true answer of `what`. alive: a process whose early end is the answer's last chance."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        gone = alive is not None and alive.poll() is not None
        answer = what()
        if answer:
            return answer
        if gone:
            break
        time.sleep(PAUSE_S)
    raise AssertionError(f"it did not happen: {why or what}")


@contextlib.contextmanager
def command_line(home: Path, extra: Mapping[str, str] | None = None) -> Iterator[CommandLine]:
    made = CommandLine(home, dict(extra or {}))
    try:
        yield made
    finally:
        made.close()
