"""Marks text that others wrote as data with its origin, so that a model does not take it for instructions."""

from __future__ import annotations

import re

_END = re.compile(r"<(?=\s*/?\s*data\b)", re.IGNORECASE)


def fence(origin: str, text: str) -> str:
    """The text between data marks that it cannot close itself. origin: where it comes from, in words."""
    label = _END.sub("‹", origin).replace('"', "'").replace("\n", " ")
    body = _END.sub("‹", text).rstrip("\n")
    return f'<data origin="{label}">\n{body}\n</data>'


def numbered_lines(text: str, first: int) -> str:
    """Lines with their numbers, as in a file; first: number of the first line."""
    lines = text.split("\n")
    if lines and lines[-1] == "":
        lines.pop()
    width = len(str(first + len(lines)))
    return "\n".join(f"{number:>{width}} {line}" for number, line in enumerate(lines, first))
