"""What must not change: the exact bytes of every file of a checkout, its .git included."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path


def footprint(folder: Path) -> dict[str, str]:
    """Path → mode and SHA-256 of each file, link target of each link, and each folder's mode."""
    out = {}
    for root, folders, files in os.walk(folder):
        for name in [*folders, *files]:
            path = Path(root) / name
            relative = path.relative_to(folder).as_posix()
            if path.is_symlink():
                out[relative] = f"-> {os.readlink(path)}"
            elif path.is_dir():
                out[relative] = f"{path.stat().st_mode:o}"
            else:
                out[relative] = f"{path.stat().st_mode:o} {hashlib.sha256(path.read_bytes()).hexdigest()}"
    return out
