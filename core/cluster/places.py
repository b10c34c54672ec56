"""Nodes by the function that failed, under one module name where sources shorten it differently."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from rootcase.core.cluster.alike import same_module
from rootcase.core.cluster.node import Node

Place = tuple[str, str]


def by_place(nodes: Iterable[Node]) -> dict[Place, list[Node]]:
    """(error type, module.function) → its nodes, sorted so that arrival does not matter."""
    functions: dict[Place, dict[str, list[Node]]] = defaultdict(lambda: defaultdict(list))
    for node in nodes:
        anchor = node.trace.anchor
        if anchor is not None:
            functions[node.trace.type, anchor.function][anchor.module].append(node)
    found: dict[Place, list[Node]] = {}
    for (kind, function), modules in functions.items():
        for module, members in _unified(modules).items():
            name = f"{module}.{function}" if module else function
            found[kind, name] = sorted(members, key=lambda node: node.order)
    return found


def _unified(modules: dict[str, list[Node]]) -> dict[str, list[Node]]:
    """`app.pricing` and `pricing` are one where nothing else ends with `pricing`."""
    out: dict[str, list[Node]] = {}
    for module in sorted(modules, key=lambda name: (-name.count("."), name)):
        longer = [name for name in out if module and name != module and same_module(name, module)]
        if len(longer) == 1:
            out[longer[0]] = out[longer[0]] + modules[module]
        else:
            out[module] = modules[module]
    return out
