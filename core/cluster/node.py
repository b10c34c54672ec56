"""Events that read alike, counted as one while a file is clustered as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from rootcase.core.cluster.judged import Judged
from rootcase.core.cluster.trace import Trace

MANY = 24


@dataclass(slots=True)
class Node:
    """judged: what its events have in common. numbers: (release, line number) of the failing line, a few.

    services: as the source named them. chains: names of our frames outwards from the anchor's caller, a few.
    """

    judged: Judged
    count: int = 0
    services: set[str] = field(default_factory=set)
    releases: set[str] = field(default_factory=set)
    numbers: set[tuple[str, int]] = field(default_factory=set)

    @property
    def trace(self) -> Trace:
        return self.judged.trace

    @property
    def key(self) -> str:
        return self.judged.fingerprint.key

    @property
    def order(self) -> tuple[str, str, str, tuple[str, ...]]:
        """A place in a sequence that does not depend on arrival."""
        trace = self.trace
        return (self.key, trace.line, trace.said, tuple(frame.name for frame in trace.own))

    def seen(self, service: str, release: str, number: int) -> None:
        self.count += 1
        if service and len(self.services) < MANY:
            self.services.add(service)
        if release and len(self.releases) < MANY:
            self.releases.add(release)
        if number and len(self.numbers) < MANY:
            self.numbers.add((release, number))


@dataclass(slots=True)
class Group:
    """Nodes that are one bug. told: why they are together beyond their fingerprints; apart: what keeps others out.

    extra: what tells this group from another with the same fingerprint, for its key.
    """

    nodes: list[Node]
    told: list[str] = field(default_factory=list)
    apart: list[str] = field(default_factory=list)
    extra: tuple[str, ...] = ()

    @property
    def head(self) -> Node:
        """Its most frequent node, the first by name where several are."""
        return min(self.nodes, key=lambda node: (-node.count, node.order))

    @property
    def count(self) -> int:
        return sum(node.count for node in self.nodes)

    @property
    def services(self) -> set[str]:
        return {name for node in self.nodes for name in node.services}

    @property
    def releases(self) -> set[str]:
        return {name for node in self.nodes for name in node.releases}

    def take(self, other: Iterable[Node], why: str) -> None:
        self.nodes.extend(other)
        if why and why not in self.told:
            self.told.append(why)
