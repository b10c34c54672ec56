"""The whole journey in a real pty, by keys alone: from a crash in the inbox to a pull request at the forge."""

from __future__ import annotations

import importlib.util
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.journeys.conftest import DemoPlace

ROOT = Path(__file__).parents[2]
INCIDENT = "checkout-currency"
CTRL_S, CTRL_E = "\x13", "\x05"
SCREEN = "import sys; from rootcase.core.cli import main; sys.exit(main(sys.argv[1:]))"
EDITOR = """#!{python}
import pathlib, sys
file = pathlib.Path([word for word in sys.argv[1:] if not word.startswith("+")][-1])
file.write_text(file.read_text().replace('"amount", "currency")', '"amount", "currency")  # all that pricing reads'))
"""
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc and Linux ptys")


def terminal_module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench_terminal_journey", ROOT / "bench" / "terminal.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


class Seat:
    """Somebody at a terminal: presses keys, and waits until the screen says something."""

    def __init__(self, demo: DemoPlace, tmp_path: Path, pace: int) -> None:
        editor = tmp_path / "editor"
        editor.write_text(EDITOR.format(python=sys.executable))
        editor.chmod(0o755)
        environment = {
            **demo.line.environment(), "TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8",
            "PYTHONPATH": os.pathsep.join(sys.path), "EDITOR": str(editor), "ROOTCASE_REPLAY_PACE": str(pace),
        }  # fmt: skip
        argv = [sys.executable, "-c", SCREEN, "demo", "--folder", str(demo.folder)]
        self.terminal: Any = terminal_module().Terminal(argv, environment, cols=150, rows=44)

    def sees(self, *words: str, within_s: float = 60.0) -> str:
        """The screen once it shows all the words."""
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            shown: str = self.terminal.text()
            if all(word in shown for word in words):
                return shown
            time.sleep(0.1)
        raise AssertionError(f"{words} did not appear:\n{self.terminal.text()}")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.terminal.press(key, quiet_s=0.1)

    def type(self, text: str) -> None:
        for letter in text:
            self.terminal.send(letter)
            time.sleep(0.005)
        self.terminal.quiet(0.2)

    def to_hunk(self, number: int, of: int) -> None:
        """Move to the hunk, wherever the cursor is."""
        for _ in range(of):
            self.press("[")
        for _ in range(of):
            if f"hunk {number} of {of}" in self.terminal.text():
                return
            self.press("]")
        self.sees(f"hunk {number} of {of}", within_s=5)


@pytest.fixture
def seat(demo: DemoPlace, tmp_path: Path) -> Iterator[Seat]:
    sitting = Seat(demo, tmp_path, pace=400)
    yield sitting
    sitting.terminal.end()


@pytest.mark.timeout(240)
def test_an_engineer_takes_a_crash_to_a_pull_request_by_keys_alone(demo: DemoPlace, seat: Seat) -> None:
    seat.sees("KeyError 'currency'", "api.geohub.example", "ignore", "Quiet 1")
    seat.press("enter")
    seat.sees("1 Reasoning", "nobody has it", "checkout/pricing.py")
    seat.press("t")
    seat.sees("running")
    seat.press("d")
    seat.sees("investigate", "1 Run")
    _steer_and_pause(seat)
    seat.sees("not needed", "the draft pull request is ready".capitalize(), within_s=120)
    assert "draft 1" in seat.terminal.text()
    _review_the_hunks(seat)
    seat.press("P")
    seat.sees("E5 now", within_s=90)
    seat.sees("The draft pull request is ready", within_s=60)
    seat.press("enter")
    seat.sees("Production signal", "What leaves this machine", "3 writes")
    seat.press("s")
    seat.sees("Send these 3 writes")
    seat.press("s")
    assert demo.items(INCIDENT) == []
    seat.press("y")
    seat.sees("sent", "/pull/1", within_s=60)
    _what_was_sent(demo)
    seat.press("esc", "esc", "esc")
    seat.sees("Waiting on others 1")
    assert seat.terminal.exit_s("Q") < 5
    assert seat.terminal.process.returncode == 0


def _steer_and_pause(seat: Seat) -> None:
    """Steering and pausing a live run change what it does."""
    seat.press("i")
    seat.type("look at every caller of load_prices")
    seat.press("enter")
    seat.press("p")
    seat.sees("paused", within_s=30)
    seat.press("p")
    seat.sees("After your word I read all callers", within_s=60)


def _review_the_hunks(seat: Seat) -> None:
    """Drop the hunk that no test needs; edit another on the screen, undo that, edit it in $EDITOR."""
    seat.press("2")
    seat.to_hunk(3, of=4)
    seat.press("x")
    seat.sees("rejected", "E3 now")
    seat.to_hunk(1, of=4)
    seat.press("e")
    seat.sees("edit hunk 1", "keep")
    seat.type("# ")
    seat.press(CTRL_S)
    seat.sees("edited by you")
    seat.press("u")
    shown = seat.sees("hunk 1", "accepted")
    assert "edited by you" not in shown
    seat.press(CTRL_E)
    seat.sees("edited by you", "all that pricing reads", within_s=30)


def _what_was_sent(demo: DemoPlace) -> None:
    assert len(demo.branches(INCIDENT)) == 1
    (pull,) = demo.items(INCIDENT)
    assert pull["draft"] is True
    assert "all that pricing reads" in pull["body"]
    assert "filter(is_priced, cart.items)}" not in pull["body"]
    (comment,) = demo.comments(INCIDENT)
    assert "/pull/1" in comment
