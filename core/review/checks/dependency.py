"""The draft brings in a dependency."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rootcase.core.review.change import Change, FileChange, Found

CHECK = "new dependency"
SETTLE = "Do it without, or waive this with the reason; a dependency is a decision of its own."
MANIFEST = re.compile(
    r"(?:^|/)(?:requirements[^/]*\.(?:txt|in)|constraints[^/]*\.txt|pyproject\.toml|setup\.py|setup\.cfg|Pipfile"
    r"|environment\.ya?ml|package\.json|go\.mod|Gemfile|[^/]*\.gemspec|composer\.json|Cargo\.toml|pom\.xml"
    r"|build\.gradle(?:\.kts)?|[^/]*\.csproj)$"
)
NAME = re.compile(r"[\"']?([A-Za-z][\w.@/-]*)")


def dependency(change: Change) -> Iterator[Found]:
    """Lines added to a manifest that name something it did not name before."""
    for file in change.files:
        if MANIFEST.search(file.path):
            yield from _added(file)


def _added(file: FileChange) -> Iterator[Found]:
    before = {_name(text) for text in (file.old or "").splitlines()}
    for line in file.added:
        name = _name(line.text)
        if name and name not in before:
            text = f"Adds `{name}` to `{file.path}`."
            yield Found(CHECK, "warn", file.path, line.hunk.id, text, SETTLE, line.index, said=line.text)


def _name(line: str) -> str:
    text = line.strip().removeprefix("-").strip()
    if text.startswith(("#", "//", "[", "]", "{", "}", "<!--")):
        return ""
    found = NAME.match(text)
    return found.group(1).lower() if found else ""
