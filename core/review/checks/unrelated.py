"""The draft changes what the fix does not need: layout and comments, or text that does not parse."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from rootcase.core.model.drafts import Hunk
from rootcase.core.model.errors import EditError
from rootcase.core.model.hunks import applied
from rootcase.core.model.proofs import Severity
from rootcase.core.review.change import Change, FileChange, Found
from rootcase.core.review.syntax import shape, syntax_of

CHECK = "unrelated change"
BROKEN = "does not parse"
NOISY_LINES = 6
RESTYLED_LINES = 5
NARROW = "Put those lines back as they were."
COMMENT = ("#", "//", "/*", "*")


def unrelated(change: Change) -> Iterator[Found]:
    """Python hunks that alone leave the program as it was, and files that no longer parse."""
    for file in change.files:
        yield from _restyled(file)
        if file.new_syntax is not None:
            yield from _in_syntax(file)
        if not file.python or file.new is None:
            continue
        if file.new_tree is None:
            if file.old is None or file.old_tree is not None:
                text = f"`{file.path}` is no longer valid Python."
                yield Found(
                    BROKEN, "block", file.path, file.hunks[0].id, text, "Edit the hunk, or reject it."
                )
        elif file.old_tree is not None:
            yield from _layout(file)


def _in_syntax(file: FileChange) -> Iterator[Found]:
    assert file.new_syntax is not None
    old = file.old_syntax
    if file.new_syntax.broken:
        if old is None or not old.broken:
            text = f"`{file.path}` no longer reads as {file.new_syntax.dialect.name}."
            yield Found(BROKEN, "block", file.path, file.hunks[0].id, text, "Edit the hunk, or reject it.")
    elif old is not None and not old.broken:
        before = shape(old.root)
        for hunk in file.hunks:
            try:
                alone = syntax_of(file.path, applied(file.path, file.old, [hunk]))
            except EditError:
                continue
            if alone is not None and shape(alone.root) == before:
                yield _noise(file, hunk)


def _layout(file: FileChange) -> Iterator[Found]:
    assert file.old_tree is not None
    before = ast.dump(file.old_tree)
    for hunk in file.hunks:
        try:
            alone = applied(file.path, file.old, [hunk])
            tree = ast.parse(alone or "")
        except (EditError, SyntaxError, ValueError):
            continue
        if ast.dump(tree) == before:
            yield _noise(file, hunk)


def _restyled(file: FileChange) -> Iterator[Found]:
    """Lines of a hunk that changed their spaces, quotes or commas alone; what only moved in or out is no restyling."""
    for hunk in file.hunks:
        gone = Counter(text for h, text in file.removed if h is hunk)
        came = [line for line in file.added if line.hunk is hunk]
        left = {line.strip() for line in gone}
        same = Counter(_squeezed(line) for line in gone.elements() if line.strip())
        restyled = []
        for line in came:
            words = _squeezed(line.text)
            if words and line.text.strip() not in left and same[words] > 0:
                same[words] -= 1
                restyled.append(line)
        if len(restyled) >= RESTYLED_LINES:
            text = f"Only restyles {len(restyled)} of its lines; the fix does not need it."
            first = restyled[0]
            yield Found(CHECK, "warn", file.path, hunk.id, text, NARROW, first.index, said=first.text)


def _squeezed(text: str) -> str:
    return "".join(text.split()).replace('"', "'").replace(",", "").rstrip(";\\")


def _noise(file: FileChange, hunk: Hunk) -> Found:
    """A few lines of it are a remark; more of them hide the fix from its reviewer."""
    lines = max(len(hunk.old), len(hunk.new))
    severity: Severity = (
        "warn"
        if lines >= NOISY_LINES and any(not line.strip().startswith(COMMENT) for line in hunk.new)
        else "info"
    )
    text = "Changes only layout or comments; the fix does not need it."
    return Found(CHECK, severity, file.path, hunk.id, text, "Reject it to keep the change small.")
