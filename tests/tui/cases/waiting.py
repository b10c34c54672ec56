"""Waits until the screen says a thing, or until a thing is so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any


async def sees(it: Any, *parts: str, seconds: float = 20.0) -> str:
    """The first row of the screen that holds all parts, once there is one."""
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        text = it.text()
        found = next((row for row in text.split("\n") if all(part in row for part in parts)), "")
        if found:
            return str(found)
        assert asyncio.get_running_loop().time() < deadline, f"no row with {parts} in\n{text}"
        await asyncio.sleep(0.03)


async def until(check: Callable[[], Any], seconds: float = 20.0) -> None:
    deadline = asyncio.get_running_loop().time() + seconds
    while not check():
        assert asyncio.get_running_loop().time() < deadline, "it did not happen"
        await asyncio.sleep(0.03)
