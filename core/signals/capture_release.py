"""The release of a program that runs from a checkout: the commit that is checked out."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

DEADLINE_S = 10.0


async def release_of(folder: Path) -> tuple[str, str]:
    """(full sha of HEAD, "modified" where tracked files differ from it); ("", "") outside a repository.

    Takes no locks and writes nothing: the user's index stays as it is.
    """
    sha = await _git(folder, "rev-parse", "--verify", "HEAD")
    if not sha:
        return "", ""
    changes = await _git(folder, "status", "--porcelain", "--untracked-files=no")
    return sha, "modified" if changes else ""


async def _git(folder: Path, *arguments: str) -> str:
    """What git prints, "" where it fails: a missing release is shown as missing further on."""
    # A repository's own settings may name programs for git to run (fsmonitor); none of them is started.
    command = ("git", "-c", "core.fsmonitor=false", "-C", str(folder), *arguments)
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return ""
    try:
        output, _ = await asyncio.wait_for(process.communicate(), DEADLINE_S)
    except TimeoutError:
        process.kill()
        await process.wait()
        return ""
    return output.decode(errors="replace").strip() if process.returncode == 0 else ""
