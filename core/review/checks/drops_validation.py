"""The draft takes out a refusal: bad input that raised before goes on now."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from rootcase.core.review.change import Change, FileChange, Found, enclosing
from rootcase.core.review.syntax import Syntax, rows, shape, text_of

CHECK = "drops a refusal"
SETTLE = "Keep refusing what was refused, or waive this with the reason why it is right input."


@dataclass(frozen=True, slots=True)
class Refusal:
    """what: told apart by it; words: its first line; inside: the function around it; line: 1-based in its file."""

    what: str
    words: str
    inside: str
    line: int


def drops_validation(change: Change) -> Iterator[Found]:
    """`raise`, `assert`, `throw`, `panic` and returned errors of the old text that the new one has no more.

    What moved to another function or file of the change, was only reworded, or became another refusal of the same
    function is not dropped.
    """
    kept: Counter[str] = Counter()
    for file in change.source:
        kept.update(each.what for each in _refusals(file, new=True))
    for file in change.source:
        now = list(_refusals(file, new=True))
        before = list(_refusals(file, new=False))
        fewer = Counter(each.inside for each in before) - Counter(each.inside for each in now)
        same = {(each.words, each.inside) for each in now}
        # Those that stand there word for word are no candidates for what is gone, least of all where no hunk is.
        gone = {id(each): _hunk_of(file, each) for each in before}
        for each in sorted(
            before, key=lambda each: ((each.words, each.inside) not in same, gone[id(each)] != "")
        ):
            if kept[each.what] > 0:
                kept[each.what] -= 1
                continue
            hunk = gone[id(each)]
            if hunk and fewer[each.inside] > 0:
                inside = f" in `{each.inside}`" if each.inside else ""
                text = f"Takes out `{each.words}`{inside}; what it refused goes on now."
                yield Found(CHECK, "warn", file.path, hunk, text, SETTLE, said=each.words)


def _refusals(file: FileChange, *, new: bool) -> Iterator[Refusal]:
    """What one side of a file refuses."""
    tree = file.new_tree if new else file.old_tree
    syntax = file.new_syntax if new else file.old_syntax
    if tree is not None:
        for node in ast.walk(tree):
            # A bare `raise` hands on what was caught; it refuses nothing itself.
            if (isinstance(node, ast.Raise) and node.exc is not None) or isinstance(node, ast.Assert):
                words = ast.unparse(node).split("\n")[0][:80]
                yield Refusal(_kind(node), words, enclosing(tree, node.lineno), node.lineno)
    elif syntax is not None:
        yield from _in_syntax(syntax)


def _kind(node: ast.Raise | ast.Assert) -> str:
    """An error by its type, so that a better message is no other refusal; an assertion by its condition."""
    if isinstance(node, ast.Assert):
        return ast.dump(node.test)
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return ast.unparse(raised) if raised is not None else ""


def _in_syntax(syntax: Syntax) -> Iterator[Refusal]:
    go = syntax.dialect.name == "Go"
    kinds = frozenset({"return_statement", "call_expression"}) if go else syntax.dialect.failures
    for node in syntax.walk(kinds):
        words = " ".join(text_of(node).split())[:80].rstrip(";")
        if go and not _refuses_in_go(node.type, words):
            continue
        thrown = shape(node).split("(", 1)[0] if not go else shape(node)
        yield Refusal(thrown, words, syntax.enclosing(rows(node)[0]), rows(node)[0])


def _refuses_in_go(kind: str, words: str) -> bool:
    if kind == "call_expression":
        return words.startswith("panic(")
    return any(mark in words for mark in ("errors.New(", "fmt.Errorf(", ", Err", "return Err"))


def _hunk_of(file: FileChange, refusal: Refusal) -> str:
    """The hunk that took the line out, "" where none did: then it only moved within the file."""
    lines = (file.old or "").splitlines()
    text = lines[refusal.line - 1] if refusal.line <= len(lines) else ""
    return next((hunk.id for hunk, line in file.removed if line.strip() == text.strip()), "")
