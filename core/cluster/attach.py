"""Events that show too little by themselves join a group only where exactly one fits."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from rootcase.core.cluster.accesses import asked_for
from rootcase.core.cluster.node import Group, Node

_NAMED = re.compile(r"(?:^|[\s:(\[])(?:[a-z_]\w*\.)*([A-Z]\w*(?:Error|Exception|Timeout|Refused|NotFound)|panic): ?(.*)$")
MOST_PREFIXES = 60


class Whole:
    """Groups by everything that a poorer event of theirs may still show."""

    def __init__(self, groups: Sequence[Group]) -> None:
        self.groups = groups
        self._said: dict[tuple[str, str, str], set[int]] = defaultdict(set)
        self._outer: dict[tuple[str, str, str], set[int]] = defaultdict(set)
        self._paths: dict[tuple[str, ...], set[int]] = defaultdict(set)
        self._deepest: dict[str, set[int]] = defaultdict(set)
        for number, group in enumerate(groups):
            for node in group.nodes:
                self._index(number, node)

    def _index(self, number: int, node: Node) -> None:
        trace = node.trace
        self._said["said", trace.type, trace.said].add(number)
        self._said["words", trace.type, trace.words].add(number)
        if asked := asked_for(trace.said):
            self._said["asked", trace.type, asked].add(number)
        self._said["only", "", trace.words].add(number)
        for outer in trace.outer:
            self._outer[outer.type, outer.anchor, outer.words].add(number)
            self._said["outer", outer.type, outer.words].add(number)
            self._said["only", "", outer.words].add(number)
        names = tuple(frame.name for frame in trace.own)
        for end in range(1, min(len(names), MOST_PREFIXES) + 1):
            self._paths[names[:end]].add(number)
        if names:
            self._deepest[names[-1]].add(number)

    def cut(self, node: Node) -> int | None:
        """For a trace that lost its end: the one group whose path goes on from there."""
        names = tuple(frame.name for frame in node.trace.own)
        if not names:
            return None
        return self._one(self._deepest.get(names[-1], set()), node) if names[-1] in self._deepest else self._one(
            self._paths.get(names, set()), node
        )

    def outer(self, node: Node) -> int | None:
        """For a trace that shows only what the fault was raised as."""
        mark = node.judged.fingerprint
        return self._one(self._outer.get((node.trace.type, mark.anchor, node.trace.words), set()), node)

    def said(self, node: Node) -> int | None:
        """For an event without usable frames: by type and message, the exact words before their template."""
        trace = node.trace
        kind, said = trace.type, trace.said
        if kind in ("", "error"):
            found = _NAMED.search(said)
            if found:
                kind, said = found.group(1), found.group(2).strip()
        if kind in ("", "error"):
            return self._one(self._said.get(("only", "", trace.words), set()), node) if _telling(trace.words) else None
        words = trace.words if said == trace.said else _template(said)
        for sort, text in (("said", said), ("asked", asked_for(said)), ("words", words), ("outer", words)):
            if text and (sort in ("said", "asked") or _telling(words)):
                found_at = self._said.get((sort, kind, text), set())
                if found_at:
                    return self._one(found_at, node)
        return None

    def _one(self, numbers: Iterable[int], node: Node) -> int | None:
        found = set(numbers)
        if len(found) > 1 and node.services:
            near = {number for number in found if self.groups[number].services & node.services}
            found = near or found
        return next(iter(found)) if len(found) == 1 else None


def _telling(words: str) -> bool:
    """Whether a template says anything once its values are out."""
    return bool(re.search(r"[A-Za-z]{3}", re.sub(r"<\w+>", "", words)))


def _template(said: str) -> str:
    from rootcase.core.cluster.messages import template

    return template(said)


def attached(groups: list[Group], poor: Sequence[Node]) -> tuple[list[Group], list[Node]]:
    """Groups with what could be joined, and the nodes that fit none or several."""
    whole = Whole(groups)
    left: list[Node] = []
    takes: list[tuple[int, Node, str]] = []
    for node in poor:
        state = node.trace.state
        if state == "cut":
            at, why = whole.cut(node), "a trace that was cut short fits no other case"
            at = at if at is not None else (whole.said(node) if node.trace.said else None)
        else:
            at = whole.said(node)
            why = {"minified": "minified, but its message fits no other case"}.get(
                state, "without a stack trace, but its message fits no other case"
            )
        if at is None:
            left.append(node)
        else:
            takes.append((at, node, why))
    for number, node, why in takes:
        groups[number].take([node], why)
    return groups, left


def unwrapped(groups: list[Group]) -> list[Group]:
    """A group that shows only the outer error joins the one whose fault was raised as that error."""
    whole = Whole(groups)
    gone: set[int] = set()
    for number, group in enumerate(groups):
        head = group.head
        if head.trace.outer or head.trace.state != "whole":
            continue
        found = whole.outer(head)
        if found is not None and found != number and found not in gone:
            groups[found].take(group.nodes, f"{head.trace.type} without its cause fits no other case")
            gone.add(number)
    return [group for number, group in enumerate(groups) if number not in gone]
