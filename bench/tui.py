"""The screen's budget on a real pty: prints each row with its bar, ends with 1 when one is missed.

Run: make bench-tui   (needs about 200 MB in the temporary folder; Linux, for memory and CPU)
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench import case_store
from bench.inbox_store import FIRST_FUNCTION, fill
from bench.terminal import Terminal

HELLO = """
from textual.app import App
from textual.widgets import Static
class Hello(App):
    BINDINGS = [("Q", "quit", "Quit")]
    def compose(self):
        yield Static("Hello")
Hello().run()
"""
SCREEN = "import sys; from rootcase.core.cli import main; sys.exit(main(sys.argv[1:]))"
ROW = FIRST_FUNCTION.encode()
COLS, ROWS = 120, 40
RATE, RTT_S = 12_500, 0.15
# Every frame begins by asking the terminal to show it as a whole.
FRAME = b"\x1b[?2026h"


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value against its bar, which it may not exceed."""

    what: str
    value: float
    bar: float
    unit: str

    @property
    def met(self) -> bool:
        return self.value <= self.bar


def environment(home: Path) -> dict[str, str]:
    kept = {key: os.environ[key] for key in ("PATH", "LANG", "HOME") if key in os.environ}
    return {
        **kept,
        "ROOTCASE_HOME": str(home),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LC_ALL": "C.UTF-8",
    }


class Bench:
    """All figures over one store."""

    def __init__(self, home: Path, store: Path, runs: int) -> None:
        self.home, self.store, self.runs = home, store, runs
        self.figures: list[Figure] = []
        self._terminals: list[Terminal] = []

    def end(self) -> None:
        """End whatever was started and is still there, however the benchmark ends."""
        for terminal in self._terminals:
            terminal.end()

    def note(self, what: str, value: float, bar: float, unit: str) -> None:
        figure = Figure(what, value, bar, unit)
        self.figures.append(figure)
        print(f"{'√' if figure.met else '×'} {what:<52} {value:9.1f} {unit:<4} bar {bar:9.1f}", flush=True)

    def screen(self, *, rate: int = 0, store: Path | None = None) -> Terminal:
        return self._start([SCREEN, "--store", str(store or self.store)], rate)

    def hello(self) -> Terminal:
        return self._start([HELLO], 0)

    def _start(self, program: list[str], rate: int) -> Terminal:
        terminal = Terminal(
            [sys.executable, "-c", *program], environment(self.home), cols=COLS, rows=ROWS, rate=rate,
            rtt_s=RTT_S if rate else 0.0,
        )  # fmt: skip
        self._terminals.append(terminal)
        return terminal

    def settled(self) -> Terminal:
        """The screen with everything read and painted."""
        screen = self.screen()
        screen.wait_for(ROW)
        screen.quiet(1.2)
        return screen

    # -- the rows of the budget

    def starting_and_ending(self) -> None:
        hello, row, line, hello_exit, our_exit = [], [], [], [], []
        for _ in range(self.runs):
            bare = self.hello()
            hello.append(bare.wait_for(b"Hello") - bare.started_s)
            bare.quiet(0.3)
            hello_exit.append(bare.exit_s("Q"))
            bare.end()
            ours = self.screen()
            line.append(ours.wait_for(b"rootcase") - ours.started_s)
            row.append(ours.wait_for(ROW) - ours.started_s)
            ours.quiet(1.0)
            our_exit.append(ours.exit_s("Q"))
            ours.end()
        middle = statistics.median
        self.note("first line visible", middle(line) * 1000, 30, "ms")
        print(
            f"  (bare Textual hello: {middle(hello) * 1000:.0f} ms, exit {middle(hello_exit) * 1000:.0f} ms)"
        )
        self.note("a row from the store visible", middle(row) * 1000, 1.3 * middle(hello) * 1000, "ms")
        self.note("quit, against hello + 30", middle(our_exit) * 1000, middle(hello_exit) * 1000 + 30, "ms")

    def moving(self) -> None:
        screen = self.settled()
        self.note("resident memory, all cases", screen.memory_mb(), 100, "MB")
        pane = [screen.press("down" if n % 20 < 10 else "up") for n in range(60)]
        screen.quiet(0.4)
        self.note("cursor key in the pane, p95", _p95([t for t, _ in pane]), 8, "ms")
        self.note("bytes of a cursor move", statistics.median(b for _, b in pane), 700, "B")
        before = len(screen.chunks)
        screen.press("down")
        moved = screen.bytes_since(before)
        at = screen.chunks[before].at_s
        screen.quiet(0.3)
        self.note("preview after the last key", (screen.chunks[-1].at_s - at) * 1000, 150, "ms")
        self.note("bytes of a preview", screen.bytes_since(before) - moved, 7000, "B")
        screen.press("end")
        screen.quiet(0.4)
        scroll = [screen.press("up") for _ in range(60)]
        self.note("cursor key, scrolling included, p95", _p95([t for t, _ in scroll]), 12, "ms")
        pages = [screen.press("pageup") for _ in range(20)]
        self.note("page key, p95", _p95([t for t, _ in pages]), 25, "ms")
        screen.quiet(0.4)
        opened = []
        for _ in range(30):
            opened.append(screen.press("?")[0])
            screen.press("esc")
        self.note("an overlay opens, p95", _p95(opened), 25, "ms")
        screen.end()

    def painting(self) -> None:
        screen = self.settled()
        before = len(screen.chunks)
        screen.resize(COLS, ROWS - 1)
        screen.quiet(0.5)
        self.note("bytes of a full repaint", screen.bytes_since(before), 20_000, "B")
        screen.end()

    def resting(self, seconds: float) -> None:
        screen = self.settled()
        # a minute's turn redraws the clock: rest between two of them
        left = 60 - time.time() % 60
        if left < seconds + 1:
            time.sleep(left + 0.5)
            screen.quiet(0.5)
        before, cpu = len(screen.chunks), screen.cpu_s()
        time.sleep(seconds)
        self.note("bytes while idle", screen.bytes_since(before), 0, "B")
        self.note("CPU while idle", (screen.cpu_s() - cpu) / seconds * 100, 0.3, "%")
        screen.end()

    def filtering(self) -> None:
        screen = self.settled()
        screen.press("/")
        taken: list[float] = []
        for word in ("handler_04", "service:api", "keyerror", "is:needs_you"):
            for letter in word:
                taken.append(screen.press(letter)[0])
            for _ in word:
                screen.press("\x7f")
        self.note("filter, key to paint, p95", _p95(taken), 30, "ms")
        screen.end()

    def opening(self) -> None:
        """Case, Draft and Proposal of a case that has everything, and their panes and tabs."""
        store = self.home / "case.db"
        asyncio.run(case_store.fill(store, "proposed"))
        screen = self.screen(store=store)
        screen.wait_for(case_store.KEY.encode())
        screen.quiet(1.5)
        for name, key in (("Case", "enter"), ("Draft", "d"), ("Proposal", "p")):
            taken = []
            for number in range(12):
                # the Draft screen takes `p` for itself: the Proposal opens from the Case
                if number or name == "Proposal":
                    screen.press("esc", quiet_s=0.3)
                taken.append(screen.press(key, quiet_s=0.15)[0])
            self.note(f"{name} opens, p95", _p95(taken), 25, "ms")
            turned = [screen.press("tab")[0] for _ in range(20)]
            self.note(f"a pane of {name}, p95", _p95(turned), 25, "ms")
        screen.end()

    def streaming(self, seconds: float) -> None:
        """An agent that says 200 tokens a second, seen in the Draft screen."""
        store = self.home / "live.db"
        asyncio.run(case_store.fill(store, "reviewed"))
        said = threading.Thread(
            target=lambda: asyncio.run(case_store.stream(store, 200, seconds + 8)), daemon=True
        )
        said.start()
        screen = self.screen(store=store)
        screen.wait_for(case_store.KEY.encode())
        screen.quiet(1.0)
        for key in ("enter", "d"):
            screen.send(key)
            time.sleep(1.0)
        before, cpu = len(screen.chunks), screen.cpu_s()
        time.sleep(seconds)
        used = (screen.cpu_s() - cpu) / seconds * 100
        frames = sum(chunk.data.count(FRAME) for chunk in screen.chunks[before:]) / seconds
        self.note("CPU while 200 tokens/s stream", used, 15, "%")
        self.note("frames a second of them", frames, 10, "")
        taken = []
        for _ in range(15):
            before = len(screen.chunks)
            at = screen.send("?")
            taken.append(screen.wait_for(b"keys of this screen first", since=before) - at)
            screen.send("esc")
            time.sleep(0.2)
        self.note("a key meanwhile (help opens), p95", _p95(taken), 25, "ms")
        screen.end()
        said.join()

    def slow_link(self) -> None:
        """An arrow held for 30 repeats at 30 a second over 12.5 kB/s with 150 ms round trip."""
        screen = self.screen(rate=RATE)
        screen.wait_for(ROW)
        screen.quiet(1.5)
        start = _cursor_row(screen)
        for _ in range(30):
            screen.send("down")
            time.sleep(1 / 30)
        released = time.monotonic()
        screen.quiet(0.06)
        behind = screen.chunks[-1].at_s - released
        screen.quiet(0.6)
        self.note("held arrow on a slow link, behind after release", (behind + RTT_S) * 1000, 1000, "ms")
        self.note("  and the cursor off its 30 rows by", abs(_cursor_row(screen) - start - 30), 0, "rows")
        screen.end()


def _cursor_row(screen: Terminal) -> int:
    """Number of the case under the cursor, which its function's name carries."""
    row = next(line for line in screen.text().splitlines() if line.startswith("▌"))
    return int(row.partition("handler_")[2][:6])


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1] * 1000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--only", default="", help="name of one part: starting_and_ending, moving, …")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rootcase-bench-") as folder:
        home = Path(folder)
        store = home / "store.db"
        asyncio.run(fill(store, args.cases))
        bench = Bench(home, store, args.runs)
        parts: dict[str, Callable[[], None]] = {
            "starting_and_ending": bench.starting_and_ending, "moving": bench.moving, "painting": bench.painting,
            "resting": lambda: bench.resting(10), "filtering": bench.filtering, "slow_link": bench.slow_link,
            "opening": bench.opening, "streaming": lambda: bench.streaming(8),
        }  # fmt: skip
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        try:
            for name, part in parts.items():
                if args.only in ("", name):
                    part()
        finally:
            bench.end()
    missed = [figure.what for figure in bench.figures if not figure.met]
    print(f"{len(bench.figures) - len(missed)} of {len(bench.figures)} within the budget")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
