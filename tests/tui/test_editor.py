"""Opening the engineer's own editor at a line, and copying through the terminal."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from rootcase.core.model.errors import UsageError
from rootcase.tui.clipboard import copy_sequence
from rootcase.tui.editor import at_line, editor_command

FILE = Path("/src/pricing.py")


@pytest.mark.parametrize(
    ("command", "opened"),
    [
        (["vi"], ["vi", "+88", "/src/pricing.py"]),
        (["/usr/bin/nvim", "-n"], ["/usr/bin/nvim", "-n", "+88", "/src/pricing.py"]),
        (["nano"], ["nano", "+88", "/src/pricing.py"]),
        (["emacs", "-nw"], ["emacs", "-nw", "+88", "/src/pricing.py"]),
        (["code"], ["code", "--wait", "--goto", "/src/pricing.py:88"]),
        (["code", "-w"], ["code", "-w", "--goto", "/src/pricing.py:88"]),
        (["hx"], ["hx", "/src/pricing.py:88"]),
        (["subl"], ["subl", "--wait", "/src/pricing.py:88"]),
        (["unheard-of"], ["unheard-of", "/src/pricing.py"]),
    ],
)
def test_each_editor_is_told_the_line_in_its_own_way(command: list[str], opened: list[str]) -> None:
    assert at_line(command, FILE, 88) == opened


def executable(folder: Path, name: str) -> str:
    file = folder / name
    file.write_text("#!/bin/sh\n")
    file.chmod(0o755)
    return str(file)


def test_the_configured_editor_comes_before_visual_and_editor(tmp_path: Path) -> None:
    for name in ("mine", "visual", "editor"):
        executable(tmp_path, name)
    environment = {"PATH": str(tmp_path), "VISUAL": "visual -x", "EDITOR": "editor"}
    assert editor_command(environment, "mine --now") == ["mine", "--now"]
    assert editor_command(environment) == ["visual", "-x"]
    assert editor_command({**environment, "VISUAL": ""}) == ["editor"]


def test_without_a_setting_one_that_is_there_is_used_and_none_is_said(tmp_path: Path) -> None:
    environment = {"PATH": str(tmp_path)}
    with pytest.raises(UsageError) as caught:
        editor_command(environment)
    assert "No editor is set" in caught.value.title and "EDITOR" in caught.value.hint
    executable(tmp_path, "nano")
    assert editor_command(environment) == ["nano"]


def test_a_missing_or_misquoted_editor_is_named(tmp_path: Path) -> None:
    for name, said in (("gone -w", "gone is not there"), ("'open", "cannot be used")):
        with pytest.raises(UsageError) as caught:
            editor_command({"PATH": str(tmp_path), "EDITOR": name})
        assert said in caught.value.title


def test_copying_is_one_sequence_and_tmux_passes_it_on() -> None:
    plain = copy_sequence("C-1 über", {})
    assert plain.startswith("\x1b]52;c;") and plain.endswith("\x07")
    assert base64.b64decode(plain[7:-1]).decode() == "C-1 über"
    tmux = copy_sequence("x", {"TMUX": "/tmp/tmux,1,0"})
    assert "\x1bPtmux;\x1b\x1b]52;c;" in tmux and tmux.endswith("\x1b\\")
    assert copy_sequence("x", {"TERM": "screen", "STY": "1"}).startswith("\x1bP\x1b]52")


def test_what_is_copied_cannot_end_the_sequence() -> None:
    assert "\x1b]0;evil" not in copy_sequence("\x07\x1b]0;evil\x07", {})
