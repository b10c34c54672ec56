"""Several faults in one function: told apart by source line and message, and only where the data needs it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from rootcase.core.cluster.alike import begins, covers, likeness, one_name_apart, squeezed, told_by
from rootcase.core.cluster.messages import PLACE
from rootcase.core.cluster.node import Group, Node
from rootcase.core.cluster.trace import IMPLICIT

REWRITTEN = 0.5
REPLACED = 0.4
NO_RELEASE = 0.8
DATA_VALUES = 4
COMPARED = 200
ENOUGH = 6
OPEN_DETAILS = ("", "<key>", PLACE)


def faults_of(nodes: Sequence[Node]) -> list[Group]:
    """The faults among nodes of one error type in one function.

    The same source line is the same fault, unless the line itself spells out which of two keys failed.
    Two lines are two faults where one release has both; a line that another replaced is the same fault.
    """
    groups = by_service(nodes)
    if len(groups) > 1:
        found = []
        for members in groups:
            for fault in _by_line(members):
                fault.apart.append("another service with a module of that name is another case")
                fault.extra = (*fault.extra, "service", *sorted(fault.services)[:1])
                found.append(fault)
        return found
    return _by_line(nodes)


def _by_line(nodes: Sequence[Node]) -> list[Group]:
    lined: dict[str, list[Node]] = defaultdict(list)
    bare: list[Node] = []
    for node in nodes:
        line = squeezed(node.trace.line)
        if line:
            lined[line].append(node)
        else:
            bare.append(node)
    groups: list[Group] = []
    for line in sorted(lined):
        groups.extend(_by_detail(lined[line]))
    groups = _rewritten(groups)
    if len({_line(group) for group in groups}) > 1:
        for group in groups:
            if _same_detail_elsewhere(group, groups):
                group.extra = (*group.extra, "line", _line(group))
                group.apart.append("another line of that function that fails is another case")
    return _with_bare(groups, bare)


def _line(group: Group) -> str:
    return squeezed(group.head.trace.line)


def _same_detail_elsewhere(group: Group, groups: Sequence[Group]) -> bool:
    detail = group.head.trace.detail
    return any(other is not group and other.head.trace.detail == detail for other in groups)


def _by_detail(nodes: Sequence[Node]) -> list[Group]:
    """Nodes of one line: apart by what the message names, unless those names come from the data."""
    details: dict[str, list[Node]] = defaultdict(list)
    for node in nodes:
        details[node.trace.detail].append(node)
    if len(details) == 1:
        return [Group(list(nodes))]
    if _is_data(nodes):
        return [Group(list(nodes), ["the words of their messages come from the data"])]
    return _covered([Group(members) for _, members in sorted(details.items())])


def _covered(groups: list[Group]) -> list[Group]:
    """A message with a word where others of its kind have a value says the same as they."""
    kept: list[tuple[str, Group]] = []
    for group in sorted(groups, key=lambda each: (-_said(each.head).count(PLACE), each.head.order)):
        said = _said(group.head)
        near = kept if len(kept) < COMPARED else []
        wider = [other for wide, other in near if covers(wide, said, 1) and not _elsewhere(group, other)]
        if len(wider) == 1:
            wider[0].take(group.nodes, "a word of the message is a value in others")
        else:
            kept.append((said, group))
    return [group for _, group in kept]


def _elsewhere(one: Group, other: Group) -> bool:
    """Whether one release has the two at lines of their own, and never at one."""
    here, there = ({n for node in group.nodes for n in node.numbers if n[0]} for group in (one, other))
    shared = {release for release, _ in here} & {release for release, _ in there}
    return bool(shared) and not here & there


def _is_data(nodes: Sequence[Node]) -> bool:
    """Whether one call path says many different things: then its words are values, not faults."""
    spelled = nodes[0].trace.line
    paths: dict[tuple[str, str], set[str]] = defaultdict(set)
    counts: dict[str, int] = defaultdict(int)
    for node in nodes:
        trace = node.trace
        caller = trace.caller
        paths[caller.name if caller else "", caller.line if caller else ""].add(trace.detail)
        counts[trace.detail] += node.count
    if nodes[0].trace.type in IMPLICIT and spelled:
        named = [detail.strip("'\"") for detail in counts]
        if all(name and name.rsplit(" ", 1)[-1] in spelled for name in named):
            return False
    # One path, several messages. A helper says one thing for each of its callers.
    several = [details for details in paths.values() if len(details) > 1]
    if not several:
        return False
    rare = sum(1 for count in counts.values() if count <= 2)
    return (len(counts) >= DATA_VALUES and rare * 2 >= len(counts)) or max(map(len, several)) >= 3


def _rewritten(groups: list[Group]) -> list[Group]:
    """Joins lines that replaced one another: the same message, alike, and never both in one release."""
    merged: list[Group] = []
    for group in sorted(groups, key=lambda each: (-each.count, each.head.order)):
        for other in merged:
            if _replaced(group, other):
                other.take(group.nodes, "its line was rewritten between releases")
                break
        else:
            merged.append(group)
    return merged


def _replaced(one: Group, other: Group) -> bool:
    a, b = one.head.trace, other.head.trace
    if a.detail != b.detail and not (a.words == b.words and a.words):
        return False
    if _both_stand(one, other):
        return False
    if one_name_apart(a.line, b.line) and min(one.count, other.count) < ENOUGH:
        # `self.customer.email` and `self.order.email`: a few events cannot show that no release has both.
        return False
    alike = likeness(a.line, b.line)
    if one.releases and other.releases and not one.releases & other.releases:
        return alike >= REPLACED
    if one.releases & other.releases:
        return False
    return alike >= NO_RELEASE


def _both_stand(one: Group, other: Group) -> bool:
    """Whether one version of the code has both lines, by the source lines around them."""
    here, there = _line(one), _line(other)
    return any(there in map(squeezed, node.trace.around) for node in one.nodes) or any(
        here in map(squeezed, node.trace.around) for node in other.nodes
    )


def _with_bare(groups: list[Group], bare: Sequence[Node]) -> list[Group]:
    """Nodes without a source line go to the one fault they can be of; else they are told apart by message."""
    rest: dict[str, list[Node]] = defaultdict(list)
    for node in bare:
        fits = [group for group in groups if _fits(node, group)]
        if len(fits) > 1:
            fits = _by_number(node, fits) or fits
        if len(fits) == 1:
            fits[0].take([node], "")
        else:
            rest[_said(node)].append(node)
    loose = _covered(_begun_alike([Group(members) for _, members in sorted(rest.items())]))
    if len(loose) > 1:
        loose = _without_data(loose)
    return groups + loose


def _by_number(node: Node, groups: Sequence[Group]) -> list[Group]:
    """Groups that failed at the node's line number: in its release, or in any where it shows none."""
    mine = {n for release, n in node.numbers if not release}
    return [
        group
        for group in groups
        for numbers in [{n for each in group.nodes for n in each.numbers}]
        if node.numbers & numbers or mine & {n for _, n in numbers}
    ]


def _said(node: Node) -> str:
    trace = node.trace
    return trace.detail or trace.words


def _fits(node: Node, group: Group) -> bool:
    """Whether a node without a source line says what the group's fault says."""
    mine = node.trace
    if not mine.said:
        return True
    for each in group.nodes:
        theirs = each.trace
        if mine.detail == theirs.detail and mine.detail not in OPEN_DETAILS:
            return True
        if mine.bare == theirs.detail and mine.bare not in OPEN_DETAILS:
            return True
        if mine.type in IMPLICIT:
            if theirs.detail in OPEN_DETAILS or (mine.bare == theirs.bare and mine.bare not in OPEN_DETAILS):
                return True
        elif (
            mine.words == theirs.words
            or begins(mine.words, theirs.words)
            or _shaped(mine.said, theirs.detail)
        ):
            return True
    return False


def _shaped(said: str, detail: str) -> bool:
    """Whether a message is one that the raising line spells with places in it."""
    return "*" in detail and detail != "*" and told_by(said, detail)


def _begun_alike(groups: list[Group]) -> list[Group]:
    """Messages that were cut belong to the one that goes on."""
    kept: list[Group] = []
    for group in sorted(groups, key=lambda each: (-len(each.head.trace.words), each.head.order)):
        longer = [other for other in kept if begins(group.head.trace.words, other.head.trace.words)]
        if len(longer) == 1:
            longer[0].take(group.nodes, "")
        else:
            kept.append(group)
    return kept


def _without_data(groups: list[Group]) -> list[Group]:
    """Many rare messages from one path are one fault with many values."""
    paths: dict[tuple[str, ...], list[Group]] = defaultdict(list)
    for group in groups:
        names = {tuple(frame.name for frame in node.trace.own[-2:]) for node in group.nodes}
        paths[min(names) if names else ()].append(group)
    out: list[Group] = []
    for _, members in sorted(paths.items()):
        numbers = [{n for node in group.nodes for n in node.numbers} for group in members]
        one_line = bool(numbers) and bool(set.intersection(*numbers))
        alike = all(
            likeness(members[0].head.trace.words, each.head.trace.words) >= REWRITTEN for each in members[1:]
        )
        if len(members) >= DATA_VALUES or (len(members) > 1 and (one_line or (alike and _explicit(members)))):
            joined = members[0]
            for each in members[1:]:
                joined.take(each.nodes, "the words of their messages come from the data")
            out.append(joined)
        else:
            out.extend(members)
    return out


def _explicit(groups: Sequence[Group]) -> bool:
    return all(group.head.trace.explicit for group in groups)


def by_service(nodes: Sequence[Node]) -> list[list[Node]]:
    """Apart where two services have the same names for different code; one where nothing says so."""
    named = [node for node in nodes if node.services]
    services = sorted({name for node in named for name in node.services})
    if len(services) < 2:
        return [list(nodes)]
    homes: dict[str, set[str]] = {
        name: {n.trace.own[-1].home for n in named if name in n.services and n.trace.own} for name in services
    }
    parts: list[tuple[set[str], set[str]]] = []
    for name in services:
        known = {home for home in homes[name] if home}
        for part, seen in parts:
            if not known or not seen or known & seen:
                part.add(name)
                seen |= known
                break
        else:
            parts.append(({name}, known))
    if len(parts) < 2:
        return [list(nodes)]
    out: list[list[Node]] = [[] for _ in parts]
    for node in nodes:
        at = next((n for n, (part, _) in enumerate(parts) if node.services & part), None)
        if at is None:
            home = node.trace.own[-1].home if node.trace.own else ""
            at = next((n for n, (_, seen) in enumerate(parts) if home and home in seen), 0)
        out[at].append(node)
    return [members for members in out if members]
