"""The same signals one at a time, as a sync places them: each against the fingerprints of the cases so far."""

from __future__ import annotations

from collections.abc import Sequence

from rootcase.core.cluster.fingerprint import DefaultFingerprinter
from rootcase.core.cluster.stage import cluster
from rootcase.core.model.fingerprints import Fingerprint
from rootcase.core.model.signals import Signal
from rootcase.core.signals.lean import LeanReader


def one_at_a_time(lines: Sequence[str]) -> list[str]:
    """The case of each signal; a fingerprint that nobody holds opens one."""
    reader = LeanReader()
    known: list[tuple[str, Fingerprint]] = []
    fingerprinter = DefaultFingerprinter()
    found: list[str] = []
    for number, line in enumerate(lines):
        _, event, service = reader.read(line.encode(), number)
        placed = cluster([event], Signal("bench", str(number), service=service), known, fingerprinter)
        case = placed.case
        if not case:
            case = f"C-{len(known) + 1}"
            known.append((case, placed.fingerprint))
            fingerprinter = DefaultFingerprinter(known=[mark for _, mark in known])
        found.append(case)
    return found
