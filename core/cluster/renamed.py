"""Functions that were renamed or moved between releases, recognised by the lines around the failing one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from rootcase.core.cluster.alike import DISTINCT, overlap, squeezed, tells
from rootcase.core.cluster.node import Group

CONTEXT_SHARED = 0.6


def rejoined(groups: Sequence[Group]) -> list[Group]:
    """Groups with the same failing line, never of one release, whose surroundings say that it is one function."""
    by_line: dict[tuple[str, str, tuple[str, ...]], list[Group]] = defaultdict(list)
    out: list[Group] = []
    for group in groups:
        line = _line(group)
        if len(line) < DISTINCT:
            out.append(group)
        else:
            by_line[group.head.trace.type, line, ()].append(group)
    for _, members in sorted(by_line.items()):
        kept: list[Group] = []
        for group in sorted(members, key=lambda each: (-each.count, each.head.order)):
            fits = [other for other in kept if _one_function(group, other)]
            if len(fits) == 1:
                anchor = group.head.trace.anchor
                fits[0].take(
                    group.nodes,
                    f"{anchor.short if anchor else 'it'} has the same lines around; renamed or moved",
                )
            else:
                kept.append(group)
        out.extend(kept)
    return out


def _callers(group: Group) -> set[str]:
    return {node.trace.caller.name for node in group.nodes if node.trace.caller}


def _details(group: Group) -> set[str]:
    return {said for node in group.nodes for said in (node.trace.detail, node.trace.bare)}


def _line(group: Group) -> str:
    """The failing line, of its most frequent node that shows one."""
    shown = [node for node in group.nodes if node.trace.line]
    if not shown:
        return ""
    return squeezed(min(shown, key=lambda node: (-node.count, node.order)).trace.line)


def _of_two_programs(one: Group, other: Group) -> bool:
    """Whether services or packages (`shop@2.1.0`) say that nothing was renamed: these never were one program."""
    packages = [{name.partition("@")[0] for name in group.releases if "@" in name} for group in (one, other)]
    return any(
        here and there and not here & there
        for here, there in ((one.services, other.services), tuple(packages))
    )


def _one_function(one: Group, other: Group) -> bool:
    a, b = one.head.trace, other.head.trace
    here, there = a.anchor, b.anchor
    if here is None or there is None or here.name == there.name or not _details(one) & _details(other):
        return False
    if one.releases & other.releases or _of_two_programs(one, other):
        return False
    around = max(
        (
            overlap(x.trace.around, y.trace.around)
            for x in one.nodes
            for y in other.nodes
            if tells(x.trace.around) and tells(y.trace.around)
        ),
        default=-1.0,
    )
    same_place = here.function == there.function or here.module == there.module
    if around >= 0:
        return around >= CONTEXT_SHARED and (same_place or bool(one.releases and other.releases))
    same_caller = bool(_callers(one) & _callers(other))
    return (bool(one.releases and other.releases) and (same_place or same_caller)) or (
        same_place and same_caller
    )
