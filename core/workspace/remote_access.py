"""How the engineer's own git gets to a remote: credential helpers and the ssh command, from their own configuration.

Git runs here without any configuration, so that nothing in a repository is executed; what the engineer set for
themselves, globally or on the machine, is handed to network commands alone.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from urllib.parse import urlsplit

# https://git-scm.com/docs/gitcredentials and core.sshCommand of https://git-scm.com/docs/git-config
WANTED = r"^(credential\.|core\.sshcommand$)"
# What helpers and ssh need of the environment: a home, an agent, a key store, a session bus.
NAMES = (
    "HOME", "USER", "SSH_AUTH_SOCK", "SSH_AGENT_PID", "GIT_SSH", "GIT_SSH_COMMAND", "XDG_CONFIG_HOME",
    "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "GNUPGHOME", "PASSWORD_STORE_DIR",
)  # fmt: skip
DEADLINE_S = 5.0


def access_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """What a command that talks to a remote gets of the user's environment, and nothing else."""
    return {name: value for name in NAMES if (value := environment.get(name, ""))}


async def access_settings(url: str, environment: Mapping[str, str]) -> tuple[str, ...]:
    """`-c name=value` arguments for a git command that talks to that remote; none for a folder.

    environment: the user's. Settings of the machine come first, then the user's, as git reads them.
    """
    if urlsplit(url).scheme not in ("http", "https", "ssh") and ("@" not in url or ":" not in url):
        return ()
    arguments: list[str] = []
    for scope in ("--system", "--global"):
        if scope == "--system" and environment.get("GIT_CONFIG_NOSYSTEM"):
            continue
        for name, value in await read_settings(scope, WANTED, environment):
            arguments += ["-c", f"{name}={value}"]
    return tuple(arguments)


async def read_settings(
    scope: str, wanted: str, environment: Mapping[str, str], folder: str = "/"
) -> list[tuple[str, str]]:
    """Settings of one file whose names match `wanted`; none where there is no file, or git does not say in time."""
    given = {
        name: value for name in (*NAMES, "PATH", "GIT_CONFIG_GLOBAL") if (value := environment.get(name, ""))
    }
    process = await asyncio.create_subprocess_exec(
        "git", "config", scope, "--includes", "--null", "--get-regexp", wanted, cwd=folder,
        env={"PATH": os.defpath, **given}, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(DEADLINE_S):
            out, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        return []
    # `name\nvalue\0`; a name alone is a value of true.
    pairs = [entry.partition("\n") for entry in out.decode("utf-8", "replace").split("\0") if entry]
    return [(name, value if newline else "true") for name, newline, value in pairs]
