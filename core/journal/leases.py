"""Who works on a case: an flock that dies with its process, and an epoch that every append checks."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import sqlite3
import time
from pathlib import Path

from rootcase.core.journal.database import transaction
from rootcase.core.journal.store import Lease
from rootcase.core.model.errors import LeaseLost, StoreError

PROBE_TRIES = 10
PROBE_PAUSE_S = 0.01


class Leases:
    """The locks this process holds. The files stay beside the database; a lock on one is what counts."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._folder = path.with_name(path.name + ".leases")
        self._held: dict[tuple[str, int], int] = {}

    def take(self, case: str, holder: str) -> Lease | None:
        """The lease with a new epoch, or None while a living process has it."""
        descriptor = self._locked(case)
        if descriptor is None:
            return None
        try:
            with transaction(self._connection):
                epoch = _next_epoch(self._connection, case, holder)
        except BaseException:
            os.close(descriptor)
            raise
        self._held[case, epoch] = descriptor
        return Lease(case, holder, epoch)

    def release(self, lease: Lease) -> None:
        """Give it up; nothing can be appended under it any more. Giving up what is gone does nothing."""
        descriptor = self._held.pop((lease.case, lease.epoch), None)
        with transaction(self._connection):
            self._connection.execute(
                "UPDATE lease SET holder = '' WHERE journal = ? AND epoch = ?", (lease.case, lease.epoch)
            )
        if descriptor is not None:
            os.close(descriptor)

    def holder(self, case: str) -> str | None:
        """Who has it now. Looking takes a shared lock for an instant, which `take` waits out."""
        try:
            descriptor = os.open(self._file(case), os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            if _try_lock(descriptor, fcntl.LOCK_SH):
                return None
        finally:
            os.close(descriptor)
        found = self._connection.execute("SELECT holder FROM lease WHERE journal = ?", (case,)).fetchone()
        return str(found[0]) if found and found[0] else "another run"

    def close(self) -> None:
        for descriptor in self._held.values():
            os.close(descriptor)
        self._held.clear()

    def _locked(self, case: str) -> int | None:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(self._file(case), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        for _ in range(PROBE_TRIES):
            if _try_lock(descriptor, fcntl.LOCK_EX):
                return descriptor
            time.sleep(PROBE_PAUSE_S)
        os.close(descriptor)
        return None

    def _file(self, case: str) -> Path:
        safe = (
            case if re.fullmatch(r"[A-Za-z0-9_-]{1,60}", case) else hashlib.sha256(case.encode()).hexdigest()
        )
        return self._folder / f"{safe}.lock"


def _try_lock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as fault:
        raise StoreError(
            "A case cannot be held on this file system",
            f"flock says: {fault.strerror}.",
            "Keep the store on a local disk: --store FILE.",
        ) from fault
    return True


def _next_epoch(connection: sqlite3.Connection, case: str, holder: str) -> int:
    if not connection.execute("SELECT 1 FROM head WHERE journal = ?", (case,)).fetchone():
        raise StoreError(f"There is no case {case}", "Its journal is empty.", "rootcase cases lists them.")
    connection.execute(
        "INSERT INTO lease VALUES (?, ?, 1) ON CONFLICT (journal) DO UPDATE SET"
        " holder = excluded.holder, epoch = epoch + 1",
        (case, holder),
    )
    found = connection.execute("SELECT epoch FROM lease WHERE journal = ?", (case,)).fetchone()
    return int(found[0])


def check(connection: sqlite3.Connection, lease: Lease) -> None:
    """LeaseLost where the case has been taken over or given up; asked inside the transaction that appends."""
    found = connection.execute("SELECT holder, epoch FROM lease WHERE journal = ?", (lease.case,)).fetchone()
    if found is None or (found[0], found[1]) != (lease.holder, lease.epoch):
        now = f"{found[0]} holds it now." if found and found[0] else "Nobody holds it now."
        raise LeaseLost(
            f"This run no longer holds {lease.case}",
            now,
            "What it wrote so far stays; the other run goes on.",
        )
