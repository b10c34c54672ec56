"""`python -m rootcase.core.signals.keyring_look SERVICE NAME`: prints one password of the system's keyring.

It is a process of its own so that it can be ended; its exit codes say what failed.
"""

from __future__ import annotations

import sys

NO_KEYRING = 3
ABSENT = 4
LOCKED = 5


def main(service: str, name: str) -> int:
    import keyring
    from keyring.errors import InitError, KeyringError, KeyringLocked, NoKeyringError

    try:
        found = keyring.get_password(service, name)
    except (NoKeyringError, InitError):
        return NO_KEYRING
    except (KeyringLocked, KeyringError):
        return LOCKED
    if found is None:
        return ABSENT
    sys.stdout.write(found)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
