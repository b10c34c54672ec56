"""The error classes that are cases already, looked up by alias; built once per sync and kept up to date."""

from __future__ import annotations

from collections.abc import Iterable

from rootcase.core.cluster.fingerprint import DefaultFingerprinter
from rootcase.core.config.settings import Settings
from rootcase.core.journal.store import Store
from rootcase.core.model.fingerprints import Fingerprint

NEAR = 12


class KnownCases:
    """By alias, and by what makes another fingerprint a near miss: same anchor, same function and type, same host.

    fingerprinter: knows every error class at hand, and names modules as they do.
    """

    def __init__(self, settings: Settings, known: Iterable[tuple[str, Fingerprint]] = ()) -> None:
        self._by_alias: dict[str, str] = {}
        self._near: dict[tuple[str, str], list[tuple[str, Fingerprint]]] = {}
        self.fingerprinter = DefaultFingerprinter(settings)
        for case, mark in known:
            self.add(case, mark)

    @classmethod
    async def of(cls, settings: Settings, store: Store) -> KnownCases:
        return cls(settings, await store.fingerprints())

    def add(self, case: str, mark: Fingerprint) -> None:
        """A case was opened, or another one's fingerprint came to it."""
        if mark.alias in self._by_alias:
            return
        self._by_alias[mark.alias] = case
        for key in _near_keys(mark):
            others = self._near.setdefault(key, [])
            if len(others) < NEAR:
                others.append((case, mark))
        self.fingerprinter.knows(mark)

    def near(self, mark: Fingerprint) -> list[tuple[str, Fingerprint]]:
        """At most a dozen cases a kind of nearness that a reader may take for this one; its own is first."""
        found: dict[str, tuple[str, Fingerprint]] = {}
        if mark.alias in self._by_alias:
            found[mark.alias] = (self._by_alias[mark.alias], mark)
        for key in _near_keys(mark):
            found.update((other.alias, (case, other)) for case, other in self._near.get(key, ()))
        return list(found.values())

    def case_of(self, mark: Fingerprint) -> str:
        """The case that has this fingerprint, or ""."""
        return self._by_alias.get(mark.alias, "")


def _near_keys(mark: Fingerprint) -> list[tuple[str, str]]:
    keys = []
    if mark.anchor:
        keys.append(("anchor", mark.anchor))
        keys.append(("function", f"{mark.anchor.rpartition('.')[2]} {mark.type}"))
    if mark.host:
        keys.append(("host", mark.host))
    return keys
