"""Outages of one host across call sites; a failure to connect that names no host joins its call site's outage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from rootcase.core.cluster.node import Group, Node
from rootcase.core.cluster.outage import is_network


def outages_of(nodes: Sequence[Node], others: list[Group]) -> tuple[list[Group], list[Group]]:
    """(outages, the other groups without those that turned out to be one)."""
    groups: dict[str, Group] = {}
    for node in nodes:
        if node.key in groups:
            groups[node.key].take([node], "")
        else:
            groups[node.key] = Group([node])
    sites: dict[tuple[str, str], set[str]] = defaultdict(set)
    hosts: dict[tuple[str, str], set[str]] = defaultdict(set)
    for node in nodes:
        anchor = node.trace.anchor
        if anchor is not None:
            sites[anchor.name, node.trace.subject].add(node.key)
        mark = node.judged.fingerprint
        if node.trace.subject == "slow":
            hosts[mark.host, anchor.name if anchor else ""].add(node.key)
    _without_path(groups, sites)
    rest = []
    for group in others:
        head = group.head
        how = is_network(head.trace.type, head.trace.said)
        anchor = head.trace.anchor
        keys = sites.get((anchor.name, how), set()) if how and anchor else set()
        keys = {key for key in keys if key in groups}
        if len(keys) == 1:
            groups[next(iter(keys))].take(
                group.nodes, "no host named, but this call site reaches one host alone"
            )
        else:
            rest.append(group)
    return [group for _, group in sorted(groups.items())], rest


def _without_path(groups: dict[str, Group], sites: dict[tuple[str, str], set[str]]) -> None:
    """A slow answer whose message names no endpoint belongs to the endpoint that its call site asks."""
    for key in sorted(groups):
        mark = groups[key].head.judged.fingerprint
        if mark.kind != "outage" or len(mark.parts) < 3 or not mark.parts[2].startswith("at "):
            continue
        near = {
            other
            for node in groups[key].nodes
            if node.trace.anchor is not None
            for other in sites.get((node.trace.anchor.name, "slow"), set())
            if other != key and other in groups and groups[other].head.judged.fingerprint.host == mark.host
        }
        if len(near) == 1:
            groups[next(iter(near))].take(groups.pop(key).nodes, "the same call site asks one endpoint alone")
