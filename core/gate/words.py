"""A set of words, written as people write one."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())
