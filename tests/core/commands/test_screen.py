"""Opening the screen by name: a case that is not there is said on the terminal as it was."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

SCREEN = "import sys; from rootcase.core.cli import main; sys.exit(main(sys.argv[1:]))"


def test_a_case_that_is_not_there_is_said_on_the_terminal_as_it_was(tmp_path: Path) -> None:
    master, slave = pty.openpty()
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(tmp_path), "ROOTCASE_HOME": str(tmp_path), "TERM": "xterm-256color",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-c", SCREEN, "C-99"], stdin=slave, stdout=slave, stderr=slave, env=environment
    )
    os.close(slave)
    said = b""
    while b"rootcase cases lists" not in said:
        said += os.read(master, 65536)
    assert process.wait(20) == 2
    os.close(master)
    assert b"There is no case C-99" in said
    assert said.index(b"\x1b[?1049l") < said.index(b"There is no case C-99")


def test_without_a_terminal_the_screen_says_what_to_do_instead(tmp_path: Path) -> None:
    environment = {**os.environ, "ROOTCASE_HOME": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", SCREEN], capture_output=True, text=True, env=environment, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 2
    assert "rootcase run CASE" in done.stderr
