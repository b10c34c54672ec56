"""Whether and how the engineer signs commits, from their own git configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rootcase.core.workspace.remote_access import read_settings

# https://git-scm.com/docs/git-config : commit.gpgSign, gpg.format, user.signingKey and the programs.
WANTED = r"^(commit\.gpgsign|user\.signingkey|gpg\.format|gpg\.program|gpg\.(openpgp|ssh|x509)\.program)$"
WORDS = {"openpgp": "OpenPGP key", "ssh": "ssh key", "x509": "X.509 certificate"}
PROGRAMS = frozenset({"gpg.program", "gpg.openpgp.program", "gpg.ssh.program", "gpg.x509.program"})
TRUE = frozenset({"true", "yes", "on", "1", ""})


@dataclass(frozen=True, slots=True)
class Signing:
    """settings: `-c name=value` arguments for the command that makes the commit. words: with what it is signed."""

    settings: tuple[str, ...] = ()
    words: str = ""


async def signing(checkout: str, environment: Mapping[str, str]) -> Signing:
    """How a commit in that checkout is signed; nothing where `commit.gpgSign` is not on.

    A checkout may say whether, and with which key; a program that is run comes from the machine's or the
    engineer's own file alone.
    """
    values: dict[str, str] = {}
    folder = _folder(checkout)
    for scope in ("--system", "--global", "--local"):
        if scope == "--local" and not folder:
            continue
        if scope == "--system" and environment.get("GIT_CONFIG_NOSYSTEM"):
            continue
        where = folder if scope == "--local" else "/"
        for name, value in await read_settings(scope, WANTED, environment, where):
            if scope != "--local" or name not in PROGRAMS:
                values[name] = value
    if "commit.gpgsign" not in values or values["commit.gpgsign"].lower() not in TRUE:
        return Signing()
    kept = {name: value for name, value in values.items() if name != "commit.gpgsign"}
    if kept.get("gpg.format") == "ssh" and "user.signingkey" in kept:
        kept["user.signingkey"] = _at_home(kept["user.signingkey"], environment)
    arguments = [part for name, value in kept.items() for part in ("-c", f"{name}={value}")]
    return Signing(
        tuple(arguments or ("-c", "gpg.format=openpgp")), WORDS.get(kept.get("gpg.format", "openpgp"), "key")
    )


def _folder(checkout: str) -> str:
    """The checkout's folder, "" where there is none."""
    folder = Path(checkout).expanduser()
    return str(folder) if checkout and folder.is_dir() else ""


def _at_home(key: str, environment: Mapping[str, str]) -> str:
    """git reads `~/` of a key by the home it runs with; ours is another."""
    return str(Path(environment.get("HOME", "~")) / key[2:]) if key.startswith("~/") else key
