"""The engineer's own editor, at a line; the screen steps aside meanwhile."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from textual.app import App

from rootcase.core.model.errors import RootcaseError, UsageError

# How editors are told the line, by the name of their program.
PLUS_LINE = {
    "vi",
    "vim",
    "nvim",
    "view",
    "nano",
    "emacs",
    "emacsclient",
    "micro",
    "joe",
    "kak",
    "ed",
    "mg",
    "ne",
}
COLON_LINE = {"hx", "helix", "subl", "zed", "zeditor"}
GOTO = {"code", "codium", "code-insiders", "cursor", "windsurf"}
FALLBACKS = ("nvim", "vim", "vi", "nano")


def editor_command(environment: Mapping[str, str], configured: str = "") -> list[str]:
    """The editor as arguments: configuration, $VISUAL, $EDITOR, then one that is there. UsageError."""
    for name in (configured, environment.get("VISUAL", ""), environment.get("EDITOR", "")):
        if name.strip():
            try:
                command = shlex.split(name)
            except ValueError:
                raise UsageError(
                    f"The editor {name} cannot be used", "A quote is open.", "Set EDITOR=vi"
                ) from None
            if shutil.which(command[0], path=environment.get("PATH")):
                return command
            raise UsageError(
                f"The editor {command[0]} is not there", f"It comes from: {name}", "Set EDITOR=vi"
            )
    for name in FALLBACKS:
        if shutil.which(name, path=environment.get("PATH")):
            return [name]
    raise UsageError("No editor is set", "$VISUAL and $EDITOR are empty.", "Set EDITOR=nano, or another")


def at_line(command: list[str], path: Path, line: int) -> list[str]:
    """The arguments that open a file at a line, in the way that editor understands."""
    name = Path(command[0]).name.removesuffix(".exe")
    if name in GOTO:
        wait = [] if {"--wait", "-w"} & set(command) else ["--wait"]
        return [*command, *wait, "--goto", f"{path}:{line}"]
    if name in COLON_LINE:
        wait = ["--wait"] if name in ("subl", "zed", "zeditor") and "--wait" not in command else []
        return [*command, *wait, f"{path}:{line}"]
    return [*command, f"+{line}", str(path)] if name in PLUS_LINE else [*command, str(path)]


def edit_file(app: App[int], command: list[str], path: Path, line: int) -> None:
    """Open a file; back when the editor ends. RootcaseError when it fails."""
    with app.suspend():
        try:
            done = subprocess.run(at_line(command, path, line), check=False)
        except OSError as fault:
            raise UsageError(f"{command[0]} could not be started", str(fault), "Set EDITOR=vi") from None
    app.refresh()
    if done.returncode:
        raise RootcaseError(
            f"{command[0]} ended with {done.returncode}", "Nothing was taken over.", "Try again"
        )


def edit_text(app: App[int], command: list[str], text: str, suffix: str, line: int) -> str | None:
    """Edit a text in a file of its own; None where it was left as it is."""
    handle, name = tempfile.mkstemp(prefix="rootcase-", suffix=suffix)
    path = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        edit_file(app, command, path, line)
        try:
            with path.open(encoding="utf-8", newline="") as file:
                edited = file.read()
        except (OSError, UnicodeDecodeError) as fault:
            raise RootcaseError("The edited text cannot be read", str(fault), "Save it as UTF-8") from None
    finally:
        path.unlink(missing_ok=True)
    return None if edited == text else edited
