"""Puts hostile text into every field of a record."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

KEPT = frozenset(
    """key id kind status state role decision verdict digest step outcome origin base_commit hash evidence hunk
    change source tree phase repository path draft_digest review_digest review_verdict cites hunks proofs
    test_digests release_commit span priority asked severity verdict_by""".split()  # noqa: SIM905
)


def poisoned(value: Any, text: str) -> Any:
    """The value with hostile text in every string of a record, but for ids and what a program chose."""
    if isinstance(value, str):
        return f"{value} {text}" if value else ""
    if isinstance(value, tuple):
        return tuple(poisoned(v, text) for v in value)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            f.name: poisoned(getattr(value, f.name), text) for f in fields(value) if f.name not in KEPT
        }
        return replace(value, **changed)
    return value
