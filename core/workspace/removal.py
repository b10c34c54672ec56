"""Deleting a folder that code under test has written to, whatever it left there."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def removed(folder: Path) -> None:
    """Delete the folder and all in it; links are deleted, never followed. What cannot be deleted stays."""
    for place, names, _ in os.walk(folder):
        for name in names:
            inner = Path(place) / name
            # A test run may have taken the write permission from folders.
            if not inner.is_symlink() and not os.access(inner, os.W_OK | os.X_OK):
                inner.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)
