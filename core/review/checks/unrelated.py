"""The draft changes what the fix does not need: layout and comments, or text that does not parse."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from rootcase.core.model.errors import EditError
from rootcase.core.model.hunks import applied
from rootcase.core.review.change import Change, FileChange, Found

CHECK = "unrelated change"
BROKEN = "does not parse"


def unrelated(change: Change) -> Iterator[Found]:
    """Python hunks that alone leave the program as it was, and files that no longer parse."""
    for file in change.files:
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
            text = "Changes only layout or comments; the fix does not need it."
            yield Found(CHECK, "info", file.path, hunk.id, text, "Reject it to keep the change small.")
