"""Runs a command that prints a token: no shell, no terminal, a deadline, and never a word of what it printed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from rootcase.core.model.errors import AccessDenied
from rootcase.core.safety.children import end_session

DEADLINE_S = 30.0
# Longer than any token; a command that prints on and on must not fill the memory.
MOST_BYTES = 65_536


async def printed(command: Sequence[str], label: str, environment: Mapping[str, str]) -> str:
    """What the command printed, without blanks around it. AccessDenied where it failed or printed nothing."""
    code, output = await run(command, label, environment, hint="Check token_command.")
    token = output.decode(errors="replace").strip()
    if code or not token:
        why = f"ended with {code}" if code else "printed nothing"
        raise AccessDenied(
            f"No token for {label}",
            f"{command[0]} {why}.",
            "Run it by hand to see why: its words are not shown.",
        )
    return token


async def run(
    command: Sequence[str], label: str, environment: Mapping[str, str], *, hint: str
) -> tuple[int, bytes]:
    """Exit code and standard output. Its error output is thrown away: it may hold the secret.

    AccessDenied where it cannot be started, does not end in time or prints too much; then it is killed, with
    what it started.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            env=dict(environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it cannot be started"
        raise AccessDenied(f"No token for {label}", f"{command[0]}: {why}", hint) from None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(DEADLINE_S):
            output = await _read(process.stdout)
            if len(output) > MOST_BYTES:
                raise AccessDenied(
                    f"No token for {label}", f"{command[0]} printed more than {MOST_BYTES:,} bytes.", hint
                )
            return await process.wait(), output
    except TimeoutError:
        raise AccessDenied(
            f"No token for {label}",
            f"{command[0]} did not end in {DEADLINE_S:g} s.",
            "It may wait for a password; run it by hand once.",
        ) from None
    finally:
        await end_session(process)


async def _read(stream: asyncio.StreamReader) -> bytes:
    found = b""
    while len(found) <= MOST_BYTES and (piece := await stream.read(MOST_BYTES + 1 - len(found))):
        found += piece
    return found
