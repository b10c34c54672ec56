"""One command in a session of its own: a deadline, bounded output, and nobody left behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

HEAD_BYTES = 16 * 1024
TAIL_BYTES = 64 * 1024
TERM_GRACE_S = 2.0
_CHUNK = 64 * 1024
_JOB_VARIABLE = "ROOTCASE_JOB"


@dataclass(frozen=True, slots=True)
class Ran:
    """exit_code: None when it was killed at its deadline; negative: the signal that ended it.

    output: stdout and stderr as they came, the middle cut out where there was more than is kept.
    """

    exit_code: int | None
    output: str
    seconds: float


class Kept:
    """The first and the last bytes of a stream; what was dropped between is counted."""

    def __init__(self, head: int = HEAD_BYTES, tail: int = TAIL_BYTES) -> None:
        self._head_room = head
        self._tail_room = tail
        self._head = bytearray()
        self._tail = bytearray()
        self._dropped = 0

    def add(self, data: bytes) -> None:
        room = self._head_room - len(self._head)
        self._head += data[:room]
        self._tail += data[room:]
        over = len(self._tail) - self._tail_room
        if over > 0:
            del self._tail[:over]
            self._dropped += over

    def text(self) -> str:
        head, tail = self._head.decode("utf-8", "replace"), self._tail.decode("utf-8", "replace")
        if not self._dropped:
            return (self._head + self._tail).decode("utf-8", "replace")
        return f"{head}\n… {self._dropped} bytes left out …\n{tail}"


async def run_process(
    argv: Sequence[str], *, cwd: Path, environment: Mapping[str, str], deadline_s: float
) -> Ran:
    """Run to the end or to the deadline. Whatever it started is gone when this returns, also on cancel.

    FileNotFoundError and PermissionError where the program cannot be started.
    """
    job = secrets.token_hex(8)
    began = time.monotonic()
    # A pipe of asyncio's own would make `wait` wait for whoever inherits it, daemons included.
    output, theirs = os.pipe()
    try:
        process = await asyncio.create_subprocess_exec(
            *argv, cwd=cwd, env={**environment, _JOB_VARIABLE: job}, start_new_session=True,
            stdin=asyncio.subprocess.DEVNULL, stdout=theirs, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
    except BaseException:
        os.close(output)
        raise
    finally:
        os.close(theirs)
    kept = Kept()
    reading = asyncio.create_task(_read(output, kept))
    exit_code: int | None = None
    try:
        async with asyncio.timeout(deadline_s):
            exit_code = await process.wait()
    except TimeoutError:
        await _terminate(process)
    finally:
        _kill_all(process.pid, job)
        await process.wait()
        # Only a process that was just killed can still hold the pipe; it closes with it.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(TERM_GRACE_S):
                await asyncio.gather(reading, return_exceptions=True)
        reading.cancel()
    return Ran(exit_code, kept.text(), time.monotonic() - began)


async def _read(descriptor: int, kept: Kept) -> None:
    stream = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(stream), os.fdopen(descriptor, "rb", 0)
    )
    try:
        while data := await stream.read(_CHUNK):
            kept.add(data)
    finally:
        transport.close()


async def _terminate(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGTERM)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(TERM_GRACE_S):
            await process.wait()


def _kill_all(group: int, job: str) -> None:
    """The process group, then whoever left it for a session of its own (found by our variable)."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
    for _ in range(5):  # a daemon may fork while we look
        left = _with_variable(f"{_JOB_VARIABLE}={job}".encode())
        for pid in left:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        if not left:
            return


def _with_variable(assignment: bytes) -> list[int]:
    """Living processes whose environment has it; empty where there is no /proc (macOS)."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            dead = b") Z " in (entry / "stat").read_bytes()
            if not dead and assignment in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
    return found
