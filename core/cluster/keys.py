"""Keys of fingerprints: hashes over readable parts, under the version of the algorithm that made them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

# 2: names of modules and functions of languages other than Python; what a failing access asked for.
VERSION = 2


def key_of(version: int, kind: str, parts: Sequence[str]) -> str:
    """32 hex digits over the parts; the same on every machine and in every process."""
    framed = "\x1f".join((f"v{version}", kind, *parts)).encode("utf-8", "surrogatepass")
    return hashlib.sha256(framed).hexdigest()[:32]
