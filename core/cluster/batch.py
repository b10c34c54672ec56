"""Many events clustered as a whole: what one event cannot tell is learned from the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from rootcase.core.cluster.attach import attached, unwrapped
from rootcase.core.cluster.doubted import trusted
from rootcase.core.cluster.faults import by_service, faults_of
from rootcase.core.cluster.fingerprint import DefaultFingerprinter
from rootcase.core.cluster.frames import Named
from rootcase.core.cluster.judged import Judged
from rootcase.core.cluster.keys import VERSION, key_of
from rootcase.core.cluster.messages_mined import mined
from rootcase.core.cluster.node import Group, Node
from rootcase.core.cluster.outages import outages_of
from rootcase.core.cluster.places import by_place
from rootcase.core.cluster.renamed import rejoined
from rootcase.core.cluster.seen import Seen
from rootcase.core.cluster.shared import by_caller, dispatchers
from rootcase.core.model.events import Event

REASONS_SHOWN = 8
APART = 24
_Identity = tuple[str, tuple[tuple[str, str], ...], str, object]


@dataclass(frozen=True, slots=True)
class Label:
    """cluster: its key. title: in words. joins, apart: why these are one, and what would split them."""

    cluster: str
    title: str
    joins: tuple[str, ...]
    apart: tuple[str, ...]


class Batch:
    """Takes events one by one and keeps only what differs; memory does not grow with repeats."""

    def __init__(self, fingerprinter: DefaultFingerprinter) -> None:
        self._fingerprinter = fingerprinter
        self._nodes: list[Node] = []
        self._at: dict[_Identity, int] = {}
        self._seen = Seen()
        self._stackless: dict[str, int] = defaultdict(int)

    def add(self, event: Event, service: str = "") -> int:
        """The number of the node that the event belongs to."""
        known = self._seen.find(event, service)
        if known is None:
            at, number, final = self._judged(event, service)
            if final:
                self._seen.keep(event, service, at, number)
        else:
            at, number = known
        self._nodes[at].seen(service, event.release, number)
        return at

    def _judged(self, event: Event, service: str) -> tuple[int, int, bool]:
        """(node, line number, whether an event that is alike may share the node unseen)."""
        judged = self._fingerprinter.read(event)
        trace = judged.trace
        said = f"{trace.words} {trace.subject}" if judged.fingerprint.kind == "exception" else ""
        path = _path(trace.own) + _path(trace.doubted)
        key: _Identity = (judged.fingerprint.key, path, said, (trace.outer, trace.state, service))
        final = True
        if trace.state == "stackless" and trace.type:
            # Where several cases fit, two such events need not be of one: the first few are looked at apart.
            times = self._stackless[judged.fingerprint.key]
            self._stackless[judged.fingerprint.key] = min(times + 1, APART)
            final = times >= APART
            key = (*key[:3], (key[3], times))
        at = self._at.get(key)
        if at is None:
            at = len(self._nodes)
            self._at[key] = at
            self._nodes.append(Node(judged))
        return at, trace.own[-1].number if trace.own else 0, final

    def labels(self) -> list[Label]:
        """The label of each node, by its number."""
        numbers = {id(node): number for number, node in enumerate(self._nodes)}
        out: list[Label | None] = [None] * len(self._nodes)
        for group, label in _labelled(cluster_nodes(self._nodes)):
            for node in group.nodes:
                out[numbers[id(node)]] = label
        return [label for label in out if label is not None]


def _path(own: tuple[Named, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((frame.name, frame.line) for frame in own[-12:])


def cluster_nodes(nodes: Sequence[Node]) -> list[Group]:
    """The groups of all nodes; each node is in one."""
    trusted(nodes)
    ordered = sorted(nodes, key=lambda node: node.order)
    sorts: dict[str, list[Node]] = defaultdict(list)
    for node in ordered:
        sorts[_sort(node)].append(node)
    groups: list[Group] = []
    passing = dispatchers(sorts["exception"])
    for _, members in sorted(by_place(sorts["exception"]).items()):
        for fault in faults_of(members):
            groups.extend(by_caller(fault, passing))
    groups = unwrapped(rejoined(groups))
    found, groups = outages_of(sorts["outage"], groups)
    groups += found + _environments(sorts["environment"]) + _by_key(sorts["foreign"])
    groups, left = attached(groups, [*sorts["poor"], *sorts["message"]])
    types = {node.trace.type for group in groups for node in group.nodes}
    rest = [node for node in left if node.trace.own or (node.trace.type and node.trace.type in types)]
    apart = {id(node) for node in rest}
    said = [node for node in left if id(node) not in apart]
    return groups + _by_key(rest) + mined(said)


def _sort(node: Node) -> str:
    mark, trace = node.judged.fingerprint, node.trace
    if mark.kind in ("outage", "environment"):
        return mark.kind
    if trace.state in ("cut", "minified") or (trace.state == "stackless" and trace.type):
        return "poor"
    if mark.kind in ("message", "unknown"):
        return "message"
    return "exception" if trace.anchor is not None else "foreign"


def _environments(nodes: Sequence[Node]) -> list[Group]:
    """By what is wrong and where; an event that does not show where joins the one place there is."""
    groups = [
        Group(members, extra=("service", *sorted(Group(members).services)[:1]) if len(parts) > 1 else ())
        for group in _by_key(nodes)
        for parts in [by_service(group.nodes)]
        for members in parts
    ]
    placed = [group for group in groups if group.head.judged.fingerprint.parts[-1]]
    out = list(placed)
    for group in groups:
        if group in placed:
            continue
        category = group.head.judged.fingerprint.parts[0]
        same = [each for each in placed if each.head.judged.fingerprint.parts[0] == category]
        if len(same) == 1:
            same[0].take(group.nodes, "its place is not shown, but there is one alone")
        else:
            out.append(group)
    return out


def _by_key(nodes: Sequence[Node]) -> list[Group]:
    keys: dict[str, list[Node]] = defaultdict(list)
    for node in nodes:
        keys[node.key].append(node)
    return [Group(members) for _, members in sorted(keys.items())]


def _labelled(groups: Sequence[Group]) -> list[tuple[Group, Label]]:
    """Keys that are the same in every order of arrival, and differ where groups do."""
    taken: dict[str, int] = defaultdict(int)
    out = []
    for group in sorted(groups, key=lambda each: (bool(each.extra), -each.count, each.head.order)):
        mark = group.head.judged.fingerprint
        parts = (*mark.parts, *group.extra)
        key = key_of(VERSION, mark.kind, parts) if group.extra else mark.key
        taken[key] += 1
        if taken[key] > 1:
            key = key_of(VERSION, mark.kind, (*parts, "apart", str(taken[key])))
        out.append((group, _label(group, key)))
    return out


def _label(group: Group, key: str) -> Label:
    judged: Judged = group.head.judged
    mark = judged.fingerprint
    joins = [reason.text for reason in mark.reasons if reason.joins] + group.told
    apart = [reason.text for reason in mark.reasons if not reason.joins] + group.apart
    words = (mark.type, judged.brief, f"in {judged.function}" if judged.function else "")
    title = " ".join(word for word in words if word)
    return Label(
        key, title, tuple(dict.fromkeys(joins))[:REASONS_SHOWN], tuple(dict.fromkeys(apart))[:REASONS_SHOWN]
    )
