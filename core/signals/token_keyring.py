"""Asks the system's keyring for a token, in a process of its own: a keyring may wait for a password for ever."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from rootcase.core.model.errors import AccessDenied, ConfigError
from rootcase.core.signals.keyring_look import ABSENT, LOCKED, NO_KEYRING
from rootcase.core.signals.token_command import run


async def kept(place: str, label: str, environment: Mapping[str, str]) -> str:
    """The password stored as `SERVICE/NAME`. AccessDenied with what to do where there is none."""
    service, slash, name = place.partition("/")
    if not (service and slash and name):
        raise ConfigError(
            f"Source {label}: `token_keyring` names no place",
            f"It says {place[:60]!r}.",
            "Write SERVICE/NAME, as in: keyring set SERVICE NAME",
        )
    # -P: the folder in which Rootcase is started must not lend its own `keyring` or `rootcase` module.
    command = [sys.executable, "-P", "-m", "rootcase.core.signals.keyring_look", service, name]
    code, output = await run(command, label, environment, hint="Check this Python's installation.")
    token = output.decode(errors="replace").strip()
    if code == 0 and token:
        return token
    raise AccessDenied(f"No token for {label}", *_why(code, service, name))


def _why(code: int, service: str, name: str) -> tuple[str, str]:
    """What failed and what to do next."""
    if code == NO_KEYRING:
        return (
            "This machine has no keyring that Python can use.",
            "Start one (gnome-keyring, KWallet), or use token_env or token_command instead.",
        )
    if code == LOCKED:
        return "The keyring is locked, or refused to be opened.", "Unlock it, then try again."
    if code in (ABSENT, 0):
        return f"The keyring holds nothing for {service}/{name}.", f"keyring set {service} {name}"
    return f"Asking the keyring ended with {code}.", f"Try by hand: keyring get {service} {name}"
