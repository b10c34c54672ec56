"""The user's own commands after a stage: each gets the case's report on its standard input."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Mapping, Sequence

from rootcase.core.model.entries import HookRan
from rootcase.core.safety.redact import Redactor
from rootcase.core.safety.text import clean

DEADLINE_S = 30.0
SHOWN = 1_000
READ_LIMIT = 200_000


async def run_hook(
    stage: str,
    command: Sequence[str],
    report: str,
    environment: Mapping[str, str],
    redactor: Redactor,
    *,
    deadline_s: float = DEADLINE_S,
) -> HookRan:
    """Run one command of the user's own configuration, in a process group of its own; never raises for it.

    Args: report: JSON text for its standard input. environment: what it sees of this process's.
    It runs outside of the sandbox, with the user's rights: it is the user's command, never a repository's.
    """
    began = time.monotonic()
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT, env={**environment, "ROOTCASE_STAGE": stage}, start_new_session=True,
        )  # fmt: skip
    except OSError as fault:
        return HookRan(
            stage, tuple(command), None, 0.0, clean(f"{command[0]} cannot be started: {fault.strerror}")
        )
    try:
        async with asyncio.timeout(deadline_s):
            output = await _talk(process, report.encode("utf-8", "replace"))
            code: int | None = await process.wait()
    except TimeoutError:
        output, code = f"It did not end within {deadline_s:g} s and was ended.".encode(), None
    finally:
        _end(process.pid, ended=process.returncode is not None)
        await process.wait()
    said = redactor.text(clean(output.decode("utf-8", "replace"), limit=SHOWN))
    return HookRan(
        stage, tuple(redactor.text(word) for word in command), code, round(time.monotonic() - began, 3), said
    )


async def _talk(process: asyncio.subprocess.Process, text: bytes) -> bytes:
    """Give it the report while reading what it says; a command that does not read is no error."""
    assert process.stdin is not None and process.stdout is not None
    stdin = process.stdin

    async def give() -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            stdin.write(text)
            await stdin.drain()
            stdin.close()
            await stdin.wait_closed()

    giving = asyncio.create_task(give())
    output = b""
    while chunk := await process.stdout.read(65_536):
        output = (output + chunk)[:READ_LIMIT]
    await giving
    return output


def _end(group: int, *, ended: bool) -> None:
    """End whatever of its process group is left, also where the command itself has ended."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL if not ended else signal.SIGTERM)
