"""Addresses as customers type them, made fit for looking up, and the place where they are."""

from __future__ import annotations

import re

from dispatch.errors import BadOrder
from dispatch.geohub import Geohub, Point

FLOOR = re.compile(r",?\s*\b(\d+(st|nd|rd|th) floor|ground floor)\b", re.IGNORECASE)
CARE_OF = re.compile(r"^\s*c/o\s+[^,]+,\s*", re.IGNORECASE)


def cleaned(address: str) -> str:
    """The address without floors, `c/o` and doubled spaces."""
    address = FLOOR.sub("", CARE_OF.sub("", address))
    return " ".join(address.split())


def place_of(address: str, geohub: Geohub) -> Point:
    """Where an address is; BadOrder where nobody knows it."""
    point = geohub.locate(cleaned(address))
    if point is None:
        raise BadOrder(f"no such address: {address}")
    return point
