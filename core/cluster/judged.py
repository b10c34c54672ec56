"""A fingerprint with what a title needs, and how one is made of its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rootcase.core.cluster.keys import VERSION, key_of
from rootcase.core.cluster.trace import NOTHING, Trace
from rootcase.core.model.fingerprints import Fingerprint, FingerprintKind, Reason


@dataclass(frozen=True, slots=True)
class Judged:
    """A fingerprint with what a title needs. function: the anchor's; brief: the telling words of the message.

    trace: what else the event shows, for comparing it with others.
    """

    fingerprint: Fingerprint
    function: str = ""
    brief: str = ""
    trace: Trace = NOTHING


def make(
    kind: FingerprintKind,
    parts: Sequence[str],
    reasons: Sequence[Reason],
    *,
    type: str = "",
    anchor: str = "",
    host: str = "",
) -> Fingerprint:
    """A fingerprint over `parts`."""
    key = key_of(VERSION, kind, parts)
    return Fingerprint(VERSION, key, kind, type, anchor, host, tuple(parts), tuple(reasons))
