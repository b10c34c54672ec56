"""Gives a replacement the indentation of the file where the searched lines were indented otherwise."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NUMBERED = re.compile(r"\s*\d+(?:[ |:\t]|$)")


def bare(block: str) -> list[str]:
    """Lines without trailing spaces, without empty lines around."""
    return [line.rstrip() for line in block.strip("\n").split("\n")]


def without_numbers(block: str) -> str | None:
    """The block without the line numbers that tools show; None where not every line has one."""
    lines = [line for line in block.strip("\n").split("\n") if line.strip()]
    if not lines or not all(_NUMBERED.match(line) for line in lines):
        return None
    return "\n".join(_NUMBERED.sub("", line, count=1) for line in block.strip("\n").split("\n"))


def reindented(have: Sequence[str], wanted: Sequence[str], replacement: Sequence[str]) -> list[str]:
    """The replacement, each line as deep as the file has the searched line of that depth.

    The first line is looked at by itself: models often lose its indentation alone.
    """
    pairs = [
        (indent(want), indent(line.rstrip("\r\n"))) for line, want in zip(have, wanted, strict=True) if want
    ]
    first = dict(pairs[:1])
    others = dict(reversed(pairs[1:])) or first
    return [
        _deepened(line, first if number == 0 else others, others) if line else line
        for number, line in enumerate(replacement)
    ]


def indent(line: str) -> str:
    """The white space a line begins with."""
    return line[: len(line) - len(line.lstrip())]


def _deepened(line: str, known: dict[str, str], others: dict[str, str]) -> str:
    """The line with its indentation looked up; one that no searched line has is measured from the nearest."""
    depth = indent(line)
    table = known if depth in known else others
    if depth in table:
        return table[depth] + line[len(depth) :]
    nearest = min(table, key=lambda one: (abs(len(one) - len(depth)), -len(one)))
    here = table[nearest]
    if depth.startswith(nearest):
        return here + _like(here, depth[len(nearest) :]) + line[len(depth) :]
    if nearest.startswith(depth):
        less = len(nearest) - len(depth)
        less = max(1, less // 4) if "\t" in here and "\t" not in nearest else less
        return here[: max(0, len(here) - less)] + line[len(depth) :]
    return line


def _like(here: str, more: str) -> str:
    """Further depth in the file's own tabs, where it has tabs and the replacement has spaces."""
    return "\t" * max(1, len(more) // 4) if "\t" in here and "\t" not in more else more
