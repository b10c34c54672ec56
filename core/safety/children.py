"""The end of a child process, and of whatever it started."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal

# Who left the child's session may hold its pipes for ever.
DRAIN_S = 5.0
_CHUNK = 64 * 1024


async def end_session(process: asyncio.subprocess.Process) -> None:
    """Kill a child that leads a session of its own, where it still runs, with all of that session; wait for its end.

    What its pipes still hold is read and dropped, as nobody else may read them any more: asyncio takes a child
    whose output is not read to its end for one that still runs.
    """
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_S):
            for stream in (process.stdout, process.stderr):
                while stream is not None and await stream.read(_CHUNK):
                    pass
            await process.wait()
