"""The one switch as the store holds it, and which templates of repositories humans have trusted; from `@store`."""

from __future__ import annotations

from dataclasses import dataclass

from rootcase.core.journal.merges import STORE_JOURNAL
from rootcase.core.journal.store import Store
from rootcase.core.model.entries import PolicyResumed, PolicyStopped, TemplateTrusted


@dataclass(frozen=True, slots=True)
class Switch:
    """on: everything is stopped. by, reason, at_us: of the last word, empty where nobody said any."""

    on: bool = False
    by: str = ""
    reason: str = ""
    at_us: int = 0

    @property
    def words(self) -> str:
        """Why nothing may be sent, "" while it is off."""
        if not self.on:
            return ""
        who = self.by.removeprefix("human:") or "somebody"
        return f"{who} stopped it with rootcase policy stop" + (f": {self.reason}" if self.reason else "")


async def switch_of(store: Store) -> Switch:
    """The last word on the switch. StoreError where the store cannot be read, which counts as on."""
    last = Switch()
    for entry in await store.entries(STORE_JOURNAL):
        if isinstance(entry.body, PolicyStopped | PolicyResumed):
            on = isinstance(entry.body, PolicyStopped)
            last = Switch(on, entry.actor, entry.body.reason, entry.at_us)
    return last


async def trusted_templates(store: Store) -> frozenset[tuple[str, str, str]]:
    """(repository, path, digest) of the templates that a human has read and trusted."""
    return frozenset(
        (entry.body.repository, entry.body.path, entry.body.digest)
        for entry in await store.entries(STORE_JOURNAL)
        if isinstance(entry.body, TemplateTrusted)
    )
