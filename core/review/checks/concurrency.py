"""The draft makes code unsafe that runs more than once at a time."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from rootcase.core.review.change import Change, FileChange, Found, dotted, functions

CHECK = "unsafe at the same time"
SETTLE = "Guard it as the code around it does, or waive this with the reason why only one runs at a time."
# What guards shared state, by the names the common libraries give it.
GUARDS = re.compile(
    r"\bwith\s+[\w.]*(?:[lL]ock|LOCK|[mM]utex|[sS]emaphore)\w*|\.acquire\(|select_for_update|\btransaction\.atomic\b"
    r"|\bsynchronized\b|\bvolatile\b|\bConcurrent\w+|\bAtomic\w+|\b\w*(?:mu|Mu|mutex|Mutex|lock)\.R?Lock\(\)|\bsync\.\w+"
    r"|\.lock\(\)"
)
# What waits for several at once, or hands the waiting on.
GATHERS = re.compile(
    r"\b(?:gather|create_task|ensure_future|wait_for|start_soon|as_completed)\(|\bPromise\.(?:all|race|any)"
)
AWAITED = re.compile(r"\bawait\s+([\w.]+)\(")
SHARED_GO = re.compile(r"^var\s+(\w+)\s*(?:=\s*(?:make\(map|map\[)|map\[)")
MUTATORS = frozenset({"append", "add", "update", "setdefault", "extend", "insert", "pop", "clear", "remove"})


def concurrency(change: Change) -> Iterator[Found]:
    """Guards taken out, calls no longer awaited, new state that all threads share, mutable defaults."""
    for file in change.source:
        yield from _unguarded(file)
        if file.new_tree is not None:
            yield from _shared(file)
            yield from _defaults(file)
        elif file.path.endswith(".go"):
            for line in file.added:
                if SHARED_GO.match(line.text):
                    yield _added(file, line.number, "A map for the whole package, without a lock.")


def _unguarded(file: FileChange) -> Iterator[Found]:
    before, after = file.old or "", file.new or ""
    for hunk, text in file.removed:
        found = GUARDS.search(text)
        if found and len(GUARDS.findall(after)) < len(GUARDS.findall(before)):
            words = f"Takes out `{text.strip()[:60]}`, which kept two from running at once."
            yield Found(CHECK, "warn", file.path, hunk.id, words, SETTLE, said=text)
        for called in AWAITED.findall(text):
            now = re.escape(called) + r"\("
            gathered = len(GATHERS.findall(after)) > len(GATHERS.findall(before))
            handed_on = re.search(rf"(?:return|yield|lambda[^:\n]*:|=>) {now}", after) or gathered
            if (
                not handed_on
                and re.search(rf"(?<!await )\b{now}", after)
                and not re.search(rf"await {now}", after)
            ):
                words = f"No longer waits for `{called}`."
                yield Found(CHECK, "warn", file.path, hunk.id, words, SETTLE, said=text)


def _shared(file: FileChange) -> Iterator[Found]:
    """A new container at module level that functions change, and a new `global`."""
    assert file.new_tree is not None
    known = _module_names(file.old_tree) if file.old_tree else frozenset()
    fresh = {name: node for name, node in _containers(file.new_tree) if name not in known}
    changed = {name for _, function in functions(file.new_tree) for name in _changed_in(function)}
    for name, node in fresh.items():
        if name in changed:
            yield _added(
                file, node.lineno, f"`{name}` is shared by all who run this, and changed without a lock."
            )
    for _, function in functions(file.new_tree):
        for inner in ast.walk(function):
            if isinstance(inner, ast.Global) and file.at(inner) is not None:
                yield _added(file, inner.lineno, f"Writes the global `{inner.names[0]}` from a function.")


def _containers(tree: ast.Module) -> Iterator[tuple[str, ast.stmt]]:
    for node in tree.body:
        targets = (
            node.targets
            if isinstance(node, ast.Assign)
            else [node.target]
            if isinstance(node, ast.AnnAssign)
            else []
        )
        value = getattr(node, "value", None)
        made = isinstance(value, ast.Dict | ast.List | ast.Set) or (
            isinstance(value, ast.Call)
            and dotted(value.func).rpartition(".")[2] in ("dict", "list", "set", "defaultdict", "deque")
        )
        if made:
            yield from ((target.id, node) for target in targets if isinstance(target, ast.Name))


def _module_names(tree: ast.Module) -> frozenset[str]:
    return frozenset(name for name, _ in _containers(tree))


def _changed_in(function: ast.AST) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            yield dotted(node.value)
        elif (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MUTATORS
        ):
            yield dotted(node.func.value)


def _defaults(file: FileChange) -> Iterator[Found]:
    assert file.new_tree is not None
    for name, function in functions(file.new_tree):
        given = [*function.args.defaults, *(d for d in function.args.kw_defaults if d is not None)]
        for default in given:
            if isinstance(default, ast.Dict | ast.List | ast.Set) and file.at(default) is not None:
                yield _added(
                    file, default.lineno, f"The default of `{name}` is one object for all its calls."
                )


def _added(file: FileChange, number: int, text: str) -> Found:
    line = next((each for each in file.added if each.number == number), None)
    if line is None:
        return Found(CHECK, "warn", file.path, file.hunks[0].id, text, SETTLE, said=text)
    return Found(CHECK, "warn", file.path, line.hunk.id, text, SETTLE, line.index, said=line.text)
