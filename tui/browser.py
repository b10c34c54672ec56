"""Opening an address where there is a browser to open it in."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Mapping

from rootcase.core.model.errors import UsageError


def opens_here(environment: Mapping[str, str]) -> bool:
    """Whether a browser on this machine would be seen: not over SSH, not without a display."""
    if environment.get("SSH_CONNECTION") or environment.get("SSH_TTY"):
        return False
    return sys.platform == "darwin" or bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


async def open_address(url: str) -> None:
    """Hand the address to the desktop. UsageError where nothing takes it."""
    opener = shutil.which("open" if sys.platform == "darwin" else "xdg-open")
    if opener is None:
        raise UsageError("No program opens addresses here", "xdg-open is missing.", f"Copy it: {url}")
    none = asyncio.subprocess.DEVNULL
    await asyncio.create_subprocess_exec(
        opener, url, stdin=none, stdout=none, stderr=none, start_new_session=True
    )
