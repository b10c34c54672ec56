"""Reads a token from a file that only its owner can read."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from rootcase.core.model.errors import AccessDenied

MOST_BYTES = 65_536
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def held(path: str, label: str) -> str:
    """The file's only content. AccessDenied where others can read it, or it is no plain file."""
    file = Path(path).expanduser()
    try:
        # Opened first and looked at then, so that it cannot be another file by the time it is read.
        handle = os.open(file, os.O_RDONLY | os.O_NONBLOCK)
    except OSError as error:
        raise AccessDenied(
            f"No token for {label}", f"{file}: {error.strerror}", "Check token_file."
        ) from None
    try:
        info = os.fstat(handle)
        if not stat.S_ISREG(info.st_mode):
            raise AccessDenied(f"No token for {label}", f"{file} is no file.", "Check token_file.")
        if info.st_mode & OTHERS or info.st_uid != os.geteuid():
            raise AccessDenied(
                f"The token file of {label} is open to others",
                f"{file} has the mode {stat.filemode(info.st_mode)}; anybody who read it has the token.",
                f"chmod 600 {file}, and make a new token: the old one may be known.",
            )
        token = os.read(handle, MOST_BYTES).decode(errors="replace").strip()
    finally:
        os.close(handle)
    if not token:
        raise AccessDenied(f"No token for {label}", f"{file} is empty.", "Write the token into it, alone.")
    return token
