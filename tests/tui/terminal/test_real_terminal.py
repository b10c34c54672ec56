"""The screen in a real pty: what a terminal gets to see, from the first byte to the last."""

from __future__ import annotations

import importlib.util
import os
import sys
import termios
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[3]
SCREEN = "import sys; from rootcase.core.cli import main; sys.exit(main(sys.argv[1:]))"


def of_bench(name: str) -> ModuleType:
    """A module of the benchmarks, which know how to hold a pty and how to fill a store."""
    spec = importlib.util.spec_from_file_location(f"bench_{name}", ROOT / "bench" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


terminal = of_bench("terminal")
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc and Linux ptys")


@pytest.fixture
async def home(tmp_path: Path) -> Path:
    await of_bench("inbox_store").fill(tmp_path / "store.db", 300)
    return tmp_path


def opened(home: Path, **more: str):  # type: ignore[no-untyped-def]
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(home), "ROOTCASE_HOME": str(home), "TERM": "xterm-256color",
        "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8", "PYTHONPATH": os.pathsep.join(sys.path), **more,
    }  # fmt: skip
    argv = [sys.executable, "-c", SCREEN, "--store", str(home / "store.db")]
    return terminal.Terminal(argv, environment, cols=120, rows=40)


@pytest.fixture
def screen(home: Path) -> Iterator[object]:
    shown = opened(home)
    shown.wait_for(b"handler_000001")
    shown.quiet(0.5)
    yield shown
    shown.end()


def clock(shown: str) -> list[str]:
    return terminal.re.findall(r"\b\d\d:\d\d\b", shown.splitlines()[0])


def test_keys_move_filter_and_leave_and_nothing_is_left_on(screen) -> None:  # type: ignore[no-untyped-def]
    assert "▌P1 ● new" in screen.text()
    screen.press("down", "down", quiet_s=0.2)
    row = next(line for line in screen.text().splitlines() if line.startswith("▌"))
    assert "handler_000003" in row
    for letter in "/handler_000007":
        screen.press(letter)
    assert "1 of 300" in screen.text()
    screen.press("esc", quiet_s=0.2)
    assert "300 of 300" in screen.text()
    before = len(screen.chunks)
    assert screen.exit_s("Q") < 2
    assert screen.process.returncode == 0
    said = b"".join(chunk.data for chunk in screen.chunks[before:])
    for mode in (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1003l", b"\x1b[?2004l"):
        assert mode in said
    assert termios.tcgetattr(screen._master)[3] & termios.ECHO
    # nothing but control sequences after the alternate screen was left
    assert not terminal.re.sub(rb"\x1b\[[0-9;?<]*[a-zA-Z]", b"", said.rpartition(b"\x1b[?1049l")[2]).strip()


def test_a_resize_paints_the_whole_screen_anew(screen) -> None:  # type: ignore[no-untyped-def]
    for cols, rows in ((80, 24), (180, 50), (100, 30)):
        screen.resize(cols, rows)
        screen.quiet(0.5)
        shown = screen.text().splitlines()
        assert "handler_000001" in "\n".join(shown)
        assert len(shown) == rows and "? help" in shown[-1]


def test_an_overlay_and_back_leaves_the_screen_as_it_was(screen) -> None:  # type: ignore[no-untyped-def]
    for _ in range(2):
        before = screen.text()
        screen.press("?", quiet_s=0.3)
        assert "keys of this screen first" in screen.text()
        screen.press("esc", quiet_s=0.3)
        after = screen.text()
        if clock(after) == clock(before):
            break  # else a minute has passed meanwhile, and the screen says so
    assert after == before


def test_a_killed_screen_loses_nothing(home: Path) -> None:
    shown = opened(home)
    shown.wait_for(b"handler_000001")
    shown.quiet(0.3)
    for letter in "mlena":
        shown.press(letter)
    shown.press("enter", quiet_s=0.5)
    shown.process.kill()
    shown.end()
    again = opened(home)
    again.wait_for(b"lena")
    again.quiet(0.3)
    assert again.exit_s("Q") < 2
    again.end()


def test_a_closed_terminal_ends_the_screen(home: Path) -> None:
    shown = opened(home)
    shown.wait_for(b"handler_000001")
    shown.quiet(0.3)
    shown.hang_up()
    try:
        shown.process.wait(5)
    finally:
        shown.end()


EDITS = """
import sys
from pathlib import Path
from textual.app import App
from rootcase.tui.editor import edit_text
from rootcase.tui.terminal_driver import LeanDriver

class Edits(App[str]):
    edited = ""
    def get_driver_class(self):
        return LeanDriver
    def on_key(self, event):
        if event.key == "e":
            self.edited = edit_text(self, [sys.argv[1]], "one\\n", ".txt", 1) or "as it was"
        if event.key == "x":
            self.exit(self.edited)

print("got", repr(Edits().run()))
"""


def test_the_editor_has_the_terminal_and_the_screen_takes_it_back(tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nprintf \'here is the editor\'; read answer; echo "$answer" >> "$1"\n')
    editor.chmod(0o755)
    environment = {
        "PATH": os.environ["PATH"],
        "TERM": "xterm-256color",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    shown = terminal.Terminal([sys.executable, "-c", EDITS, str(editor)], environment)
    shown.quiet(0.5)
    shown.send("e")
    shown.wait_for(b"here is the editor")
    shown.send("t", "w", "o", "enter")
    shown.quiet(0.8)
    shown.send("x")
    shown.wait_for(b"got 'one\\ntwo\\n'")
    shown.process.wait(5)
    shown.end()
