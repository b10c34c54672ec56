"""Lengths of time as people write them in a configuration."""

from __future__ import annotations

import re

from rootcase.core.model.errors import ConfigError

HOURS = {"m": 1 / 60, "h": 1.0, "d": 24.0, "w": 168.0}


def hours_of(window: str) -> float:
    """`30d` in hours; ConfigError for what is no length of time."""
    found = re.fullmatch(
        r"\s*(\d{1,6}(?:\.\d+)?)\s*([mhdw])(?:ays?|ours?|eeks?|in(?:utes?)?)?\s*", window.lower()
    )
    if found is None or not float(found.group(1)):
        raise ConfigError(
            f"`{window}` is no window of an SLO", "It is a number and a unit.", "Write 30d, 4w or 24h."
        )
    return float(found.group(1)) * HOURS[found.group(2)]
