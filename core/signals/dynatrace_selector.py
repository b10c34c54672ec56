"""Dynatrace's selectors as text: every value quoted, with the two characters escaped that could end it early."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r'[~"]')


def quoted(*values: str) -> str:
    """`"a","b"` with `~` before each `~` and `"` (contract, problemSelector)."""
    return ",".join(f'"{_SPECIAL.sub(_escaped, value)}"' for value in values)


def criterion(name: str, *values: str) -> str:
    """`managementZones("a","b")`."""
    return f"{name}({quoted(*values)})"


def selector(*criteria: str) -> str:
    """Criteria that must all hold; empty ones are left out."""
    return ",".join(each for each in criteria if each)


def _escaped(match: re.Match[str]) -> str:
    return "~" + match.group()
