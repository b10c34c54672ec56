"""Messages without an exception: templates mined from all of them, where rules alone leave words that vary.

The tree of Drain (He et al., ICWS 2017) splits by length and leading words; what is kept of it here is that a
position that takes many values among messages of one service, logger and length holds a value.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from rootcase.core.cluster.alike import told_by
from rootcase.core.cluster.messages_described import described
from rootcase.core.cluster.node import Group, Node

MANY_VALUES = 4
SHARED_WORDS = 0.6
WORDS_AT_MOST = 60


def mined(nodes: Sequence[Node]) -> list[Group]:
    """Groups of message nodes; two services' messages never meet."""
    shelves: dict[tuple[object, ...], list[Node]] = defaultdict(list)
    out: list[Group] = []
    for node in nodes:
        mark = node.judged.fingerprint
        words = node.trace.words.split()
        if mark.kind != "message" or mark.parts[:1] == ("dedup",) or not 3 <= len(words) <= WORDS_AT_MOST:
            out.append(Group([node]))
        else:
            shelves[(*sorted(node.services), node.trace.subject, mark.type, len(words))].append(node)
    out = _told_templates(out, shelves)
    for _, members in sorted(shelves.items(), key=lambda item: tuple(map(str, item[0]))):
        out.extend(_shelf(members))
    return described(_by_key(out))


def _told_templates(out: list[Group], shelves: dict[tuple[object, ...], list[Node]]) -> list[Group]:
    """Messages that a logger's own template describes join those that came with it."""
    told: dict[str, Group] = {}
    for shelf in sorted(shelves, key=str):
        for node in [each for each in shelves[shelf] if "<*>" in each.trace.words]:
            shelves[shelf].remove(node)
            told.setdefault(node.key, Group([])).nodes.append(node)
    groups = [told[key] for key in sorted(told)]
    for shelf in sorted(shelves, key=str) if groups else ():
        for node in list(shelves[shelf]):
            fits = [group for group in groups if _described(node, group)]
            if len(fits) == 1:
                fits[0].take([node], "the logger's own template describes it")
                shelves[shelf].remove(node)
    return out + groups


def _described(node: Node, group: Group) -> bool:
    services = group.services
    return (not services or not node.services or bool(services & node.services)) and any(
        told_by(node.trace.said, each.trace.words.replace("<*>", "*")) for each in group.nodes[:3]
    )


def _shelf(nodes: Sequence[Node]) -> list[Group]:
    """Joins messages of one length that differ in one position which takes many values."""
    rows = {node.trace.words: node.trace.words.split() for node in nodes}
    masks: dict[tuple[int, tuple[str, ...]], set[str]] = defaultdict(set)
    for words in rows.values():
        for at in range(len(words)):
            masks[at, (*words[:at], "<*>", *words[at + 1 :])].add(words[at])
    groups: dict[tuple[str, ...], Group] = {}
    for node in nodes:
        words = rows[node.trace.words]
        best: tuple[int, tuple[str, ...]] = (0, tuple(words))
        for at in range(len(words)):
            mask = (*words[:at], "<*>", *words[at + 1 :])
            values = len(masks[at, mask])
            plain = sum(1 for word in mask if word[:1] != "<")
            if values >= MANY_VALUES and plain >= max(2, SHARED_WORDS * len(words) - 1) and values > best[0]:
                best = (values, mask)
        if best[1] in groups:
            groups[best[1]].take([node], "a word of the message takes many values" if best[0] else "")
        else:
            groups[best[1]] = Group([node])
    return list(groups.values())


def _by_key(groups: Sequence[Group]) -> list[Group]:
    """One fingerprint is one group."""
    keys: dict[str, Group] = {}
    out = []
    for group in groups:
        known = keys.get(group.head.key)
        if known is not None:
            known.take(group.nodes, "")
        else:
            keys[group.head.key] = group
            out.append(group)
    return out
