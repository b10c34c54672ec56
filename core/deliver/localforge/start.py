"""Starts the local forge as a process of its own, and stops it again."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from rootcase.core.model.errors import DeliveryError

READY_S = 20.0


class Ready(msgspec.Struct):
    url: str


@dataclass(frozen=True)
class LocalForge:
    """url: base address for `forge_url`. It ends with this process, or with `stop`."""

    url: str
    process: asyncio.subprocess.Process

    async def stop(self) -> None:
        """End it and wait, at most two seconds before it is killed."""
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.terminate()
        try:
            async with asyncio.timeout(2.0):
                await self.process.wait()
        except TimeoutError:
            self.process.kill()
            await self.process.wait()
        if self.process.stdin is not None:
            self.process.stdin.close()


async def start_local_forge(
    folder: Path,
    git: Path,
    repository: str,
    *,
    port: int = 0,
    login: str = "dana",
    faults: Sequence[str] = (),
) -> LocalForge:
    """A forge for the bare repository `git`, called `repository` (`owner/name`). DeliveryError if it cannot start."""
    command = [
        sys.executable, "-P", "-m", "rootcase.core.deliver.localforge", "--folder", str(folder), "--git", str(git),
        "--repository", repository, "--port", str(port), "--login", login,
    ]  # fmt: skip
    for fault in faults:
        command += ["--fault", fault]
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None and process.stderr is not None
    try:
        async with asyncio.timeout(READY_S):
            line = await process.stdout.readline()
        return LocalForge(msgspec.json.decode(line, type=Ready).url, process)
    except (TimeoutError, msgspec.DecodeError) as fault:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        words = (await process.stderr.read()).decode("utf-8", "replace").strip().splitlines()
        raise DeliveryError(
            "The local forge does not start",
            words[-1] if words else "It said nothing.",
            "Is its port taken? Try again.",
        ) from fault
