"""The draft touches files that the configuration protects."""

from __future__ import annotations

from collections.abc import Iterator

from rootcase.core.model.errors import GuardrailError
from rootcase.core.review.change import Change, Found
from rootcase.core.safety.paths import matches

CHECK = "protected file"


def protected_files(change: Change) -> Iterator[Found]:
    """Any hunk in a path that a `protected_files` glob matches, or that leaves the repository."""
    for file in change.files:
        try:
            rule = matches(file.path, change.guardrails.protected_files)
        except GuardrailError as fault:
            text = f"{fault.title}: `{file.path}`."
            yield Found(CHECK, "block", file.path, file.hunks[0].id, text, "Reject this hunk.")
            continue
        if rule is not None:
            text = f"`{file.path}` is protected by the rule `{rule}`."
            settle = "Reject this hunk; a protected file is changed by hand."
            yield Found(CHECK, "block", file.path, file.hunks[0].id, text, settle)
