"""Events that show too little by themselves join a group only where exactly one fits."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from rootcase.core.cluster.alike import squeezed
from rootcase.core.cluster.messages import PLACE, address_of, stable_detail, template
from rootcase.core.cluster.names import type_name
from rootcase.core.cluster.node import Group, Node
from rootcase.core.cluster.trace import IMPLICIT

_WORD_AND_COLON = re.compile(r"(?<![\w.])((?:\w{1,60}[.:\\]{1,2}){0,12}[A-Z]\w{1,80}):(?: |$)")
MOST_PREFIXES = 60
SEVERAL = -1


class Whole:
    """Groups by everything that a poorer event of theirs may still show."""

    def __init__(self, groups: Sequence[Group]) -> None:
        self.groups = groups
        self._said: dict[tuple[str, str, str], set[int]] = defaultdict(set)
        self._outer: dict[tuple[str, str, str], set[int]] = defaultdict(set)
        self._types: set[str] = set()
        self._paths: dict[tuple[str, ...], set[int]] = defaultdict(set)
        self._deepest: dict[str, set[int]] = defaultdict(set)
        for number, group in enumerate(groups):
            for node in group.nodes:
                self._index(number, node)

    def _index(self, number: int, node: Node) -> None:
        trace = node.trace
        if not trace.said:
            self._said["words", trace.type, ""].add(number)
        if trace.type not in IMPLICIT or "<" not in trace.words:
            self._said["words", trace.type, trace.words].add(number)
        self._said["bare", trace.type, trace.bare].add(number)
        if trace.subject:
            self._said["address", trace.type, trace.subject].add(number)
        self._types.add(trace.type)
        self._said["only", "", trace.words].add(number)
        for outer in trace.outer:
            self._outer[outer.type, outer.anchor, outer.words].add(number)
            self._said["outer", outer.type, outer.words].add(number)
            self._said["only", "", outer.words].add(number)
            self._types.add(outer.type)
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
        found = self._paths.get(names, set()) or self._deepest.get(names[-1], set())
        if node.trace.type not in ("", "error", "crash"):
            found = {at for at in found if self.groups[at].head.trace.type == node.trace.type}
        line = squeezed(node.trace.line)
        if len(found) > 1 and line:
            found = {
                at for at in found if any(_stands(line, names[-1], each) for each in self.groups[at].nodes)
            } or found
        return self._one(found, node)

    def outer(self, node: Node) -> int | None:
        """For a trace that shows only what the fault was raised as."""
        mark = node.judged.fingerprint
        return self._one(self._outer.get((node.trace.type, mark.anchor, node.trace.words), set()), node)

    def said(self, node: Node) -> int | None:
        """For an event without usable frames: by type and message, the exact words before their template."""
        trace = node.trace
        kind, said, words, bare = trace.type, trace.said, trace.words, trace.bare
        if kind in ("", "error"):
            kind, said = self._typed(said)
            if not kind:
                return (
                    self._one(self._said.get(("only", "", words), set()), node) if _telling(words) else None
                )
            words, bare = template(said), stable_detail(kind, said, ())
        tries: list[tuple[str, str]] = []
        if address := address_of(said):
            tries.append(("address", address))
        if bare not in ("", "<key>", PLACE):
            tries.append(("bare", bare))
        if _telling(words):
            tries += [("words", words), ("outer", words)]
        if not said:
            tries.append(("words", ""))
        for sort, text in tries:
            if found := self._said.get((sort, kind, text), set()):
                return self._one(found, node)
        return None

    def _typed(self, said: str) -> tuple[str, str]:
        """An error type of another event that the line names before a colon."""
        for match in _WORD_AND_COLON.finditer(said[:400]):
            if (kind := type_name(match.group(1))) in self._types and kind != "error":
                return kind, said[match.end() :].strip()
        return "", said

    def _one(self, numbers: Iterable[int], node: Node) -> int | None:
        found = set(numbers)
        if len(found) > 1 and node.services:
            near = {number for number in found if self.groups[number].services & node.services}
            found = near or found
        return next(iter(found)) if len(found) == 1 else SEVERAL if found else None


def _telling(words: str) -> bool:
    """Whether a template says anything once its values are out."""
    return bool(re.search(r"[A-Za-z]{3}", re.sub(r"<\w+>", "", words)))


def _stands(line: str, name: str, node: Node) -> bool:
    """Whether the node's path has that source line in that function."""
    return any(frame.name == name and squeezed(frame.line) == line for frame in node.trace.own)


def attached(groups: list[Group], poor: Sequence[Node]) -> tuple[list[Group], list[Node]]:
    """Groups with what could be joined, and the nodes that fit none or several."""
    whole = Whole(groups)
    left: list[Node] = []
    alone: list[Group] = []
    takes: list[tuple[int, Node, str]] = []
    for node in poor:
        state = node.trace.state
        if state == "cut":
            at, why = whole.cut(node), "a trace that was cut short fits no other case"
            if at in (None, SEVERAL) and node.trace.said:
                at = whole.said(node)
        else:
            at = whole.said(node)
            why = {"minified": "minified, but its message fits no other case"}.get(
                state, "without a stack trace, but its message fits no other case"
            )
        if at is None:
            left.append(node)
        elif at == SEVERAL and state == "stackless":
            # Nothing says which of several cases it is, nor that two such events are of one.
            alone.append(Group([node], apart=["its message fits several cases, and nothing says which"]))
        elif at == SEVERAL:
            left.append(node)
        else:
            takes.append((at, node, why))
    for number, node, why in takes:
        groups[number].take([node], why)
    return groups + alone, left


def unwrapped(groups: list[Group]) -> list[Group]:
    """A group that shows only the outer error joins the one whose fault was raised as that error."""
    whole = Whole(groups)
    gone: set[int] = set()
    for number, group in enumerate(groups):
        head = group.head
        if head.trace.outer or head.trace.state != "whole":
            continue
        if head.trace.type in IMPLICIT and not head.trace.explicit:
            # The language raised it: a fault of its own, whatever was being handled.
            continue
        found = whole.outer(head)
        if found not in (None, SEVERAL, number) and found is not None and found not in gone:
            groups[found].take(group.nodes, f"{head.trace.type} without its cause fits no other case")
            gone.add(number)
    return [group for number, group in enumerate(groups) if number not in gone]
