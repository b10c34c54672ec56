"""Helpers that many callers share: their caller is part of the error class. Learned from the data alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from rootcase.core.cluster.alike import literals
from rootcase.core.cluster.frames import Named
from rootcase.core.cluster.node import Group, Node

DISPATCHES = 5
PLACES = 8
OFTEN = 3


def dispatchers(nodes: Iterable[Node]) -> frozenset[str]:
    """Functions of ours that call many others, or below which many different places fail: they tell nothing."""
    calls: dict[str, set[str]] = defaultdict(set)
    fails: dict[str, set[str]] = defaultdict(set)
    for node in nodes:
        own, anchor = node.trace.own, node.trace.anchor
        for outer, inner in pairwise(own):
            if outer.name != inner.name and len(calls[outer.name]) < DISPATCHES:
                calls[outer.name].add(inner.name)
            if anchor is not None and outer.name != anchor.name and len(fails[outer.name]) < PLACES:
                fails[outer.name].add(anchor.name)
    many = {name for name, called in calls.items() if len(called) >= DISPATCHES}
    return frozenset(many | {name for name, places in fails.items() if len(places) >= PLACES})


def by_caller(group: Group, passing: frozenset[str]) -> list[Group]:
    """One group for each real caller where the failing function is a shared helper; else the group as it is.

    Args: passing: functions that only pass calls on, stepped over.
    """
    if group.head.trace.detail == "cycle":
        # Where a cycle was entered tells nothing about why it does not end.
        return [group]
    callers: dict[str, list[Node]] = defaultdict(list)
    unknown: list[Node] = []
    for node in group.nodes:
        caller = _caller(node, passing)
        if caller is None:
            unknown.append(node)
        else:
            callers[caller.name].append(node)
    callers = _unified(callers)
    if len(callers) < 2:
        return [group]
    why = _why_shared(callers, passing)
    if not why:
        return [group]
    anchor = group.head.trace.anchor
    helper = anchor.function if anchor else ""
    made = []
    for name, members in sorted(callers.items()):
        short = ".".join(name.split(".")[-2:])
        part = Group(
            members, [*group.told, f"caller {short} kept because {helper} is a shared helper: {why}"]
        )
        part.apart = [*group.apart, f"another caller of {helper} would be another case"]
        part.extra = (*group.extra, "from", name)
        made.append(part)
    if unknown:
        made.append(Group(unknown, list(group.told), list(group.apart), (*group.extra, "from", "")))
    return made


def _caller(node: Node, passing: frozenset[str]) -> Named | None:
    own, at = node.trace.own, node.trace.at
    if at <= 0:
        return None
    helper = own[at].name
    for frame in reversed(own[:at]):
        if frame.name != helper and frame.name not in passing and not frame.function.startswith("<"):
            return frame
    return None


def _unified(callers: dict[str, list[Node]]) -> dict[str, list[Node]]:
    """`app.orders.create` and `orders.create` are one caller."""
    out: dict[str, list[Node]] = {}
    for name in sorted(callers, key=lambda each: (-each.count("."), each)):
        longer = [each for each in out if each.endswith("." + name)]
        out.setdefault(longer[0] if len(longer) == 1 else name, []).extend(callers[name])
    return out


def _why_shared(callers: dict[str, list[Node]], passing: frozenset[str]) -> str:
    """What in the data shows that the function serves several callers, or ""."""
    if _literals_differ(callers, passing):
        return "its callers ask it for different things"
    if _words_differ(callers):
        return "it says something else for each caller"
    explicit = all(node.trace.explicit for nodes in callers.values() for node in nodes)
    entries = {name: _entries(nodes, passing) for name, nodes in callers.items()}
    inner = {name for name, outermost in entries.items() if outermost - {_short(name)}}
    names = sorted(inner)
    helper = next(iter(callers.values()))[0].trace.anchor
    elsewhere = helper is not None and all(name.rsplit(".", 1)[0] != helper.module for name in callers)
    if (explicit or elsewhere) and sum(1 for nodes in callers.values() if _ways(nodes) > 1) >= 2:
        return "each of its callers is reached in several ways"
    shared = any(
        (entries[one] - {_short(one)}) & (entries[other] - {_short(other)})
        for n, one in enumerate(names)
        for other in names[n + 1 :]
    )
    if len(names) >= 2 and explicit and shared:
        return "the same entry points reach it through different callers"
    modules = {name.rsplit(".", 1)[0] for name in names}
    if (
        explicit
        and len(names) == len(callers)
        and len(modules) > 1
        and helper
        and helper.module not in modules
    ):
        return "functions of several modules call it, and it raises on purpose"
    return ""


def _ways(nodes: Sequence[Node]) -> int:
    """In how many ways others of ours reach a caller; a trace that was cut shows no way of its own.

    Where the caller itself is where our code begins, it is an entry point, and nothing of ours reaches it.
    """
    chains = {
        tuple(_short(frame.name) for frame in node.trace.own[: max(node.trace.at, 0)]) for node in nodes
    }
    if any(len(chain) < 2 for chain in chains):
        return 1
    return sum(
        1 for chain in chains if not any(other != chain and other[-len(chain) :] == chain for other in chains)
    )


def _short(name: str) -> str:
    """`orders.create` of `app.orders.create`: deploy folders give one function several module names."""
    return ".".join(name.split(".")[-2:])


def _entries(nodes: Sequence[Node], passing: frozenset[str]) -> set[str]:
    found = set()
    for node in nodes:
        first = next(
            (frame.name for frame in node.trace.own[: max(node.trace.at, 0)] if frame.name not in passing), ""
        )
        if first:
            found.add(_short(first))
    return found


def _literals_differ(callers: dict[str, list[Node]], passing: frozenset[str]) -> bool:
    """Whether each caller's line hands over a string of its own."""
    seen: list[frozenset[str]] = []
    for nodes in callers.values():
        helper = nodes[0].trace.anchor
        strings: set[str] = set()
        for node in nodes:
            caller = _caller(node, passing)
            if caller is not None and helper is not None:
                strings |= literals(caller.line, helper.function)
        if not strings:
            return False
        seen.append(frozenset(strings))
    return len(set(seen)) == len(seen)


def _words_differ(callers: dict[str, list[Node]]) -> bool:
    """Whether what is said follows the caller: each always says the same, and no two say it alike."""
    seen: list[tuple[str, str]] = []
    for nodes in callers.values():
        said = {(node.trace.words, node.trace.subject) for node in nodes}
        if len(said) > 1:
            return False
        seen.append(next(iter(said)))
    often = sum(1 for nodes in callers.values() if sum(node.count for node in nodes) >= OFTEN)
    return often >= 2 and len(set(seen)) == len(seen)
