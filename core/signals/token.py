"""Finds a source's token: in a variable, or printed by a command that the user configured."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from rootcase.core.config.settings import SourceSettings
from rootcase.core.model.errors import AccessDenied

COMMAND_DEADLINE_S = 30.0


async def token_of(settings: SourceSettings, environment: Mapping[str, str], default_env: str) -> str:
    """The token. AccessDenied, which never quotes it, where there is none."""
    if settings.token_command:
        return await _printed(settings, environment)
    name = settings.token_env or default_env
    token = environment.get(name, "").strip()
    if not token:
        raise AccessDenied(
            f"No token for {settings.label}",
            f"The variable {name} is {'empty' if name in environment else 'not set'}.",
            f"export {name}=… before starting, or set token_env or token_command for this source.",
        )
    return _plausible(token, settings.label, f"the variable {name}")


async def _printed(settings: SourceSettings, environment: Mapping[str, str]) -> str:
    command = settings.token_command
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            env=dict(environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError as error:
        raise AccessDenied(
            f"No token for {settings.label}", f"{command[0]}: {error.strerror}", "Check token_command."
        ) from None
    try:
        output, _ = await asyncio.wait_for(process.communicate(), COMMAND_DEADLINE_S)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise AccessDenied(
            f"No token for {settings.label}",
            f"{command[0]} did not end in {COMMAND_DEADLINE_S:g} s.",
            "It may wait for a password; run it by hand once.",
        ) from None
    token = output.decode(errors="replace").strip()
    if process.returncode or not token:
        why = f"ended with {process.returncode}" if process.returncode else "printed nothing"
        raise AccessDenied(
            f"No token for {settings.label}", f"{command[0]} {why}.", "Run it by hand to see why."
        )
    return _plausible(token, settings.label, command[0])


def _plausible(token: str, label: str, origin: str) -> str:
    """A token goes into a header: one line of printable ASCII (RFC 9110), or it is something else."""
    if not token.isascii() or not token.isprintable() or " " in token:
        raise AccessDenied(
            f"The token for {label} is no token",
            f"What {origin} holds has blanks, line breaks or special characters.",
            "Store the token alone.",
        )
    return token
