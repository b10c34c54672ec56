"""Which test files of the base a draft may affect: those that name a module it changes."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from rootcase.core.proof.session import Session

MOST_FILES = 12
MOST_LOOKED_AT = 5_000
LARGEST = 400_000
# As the common runners name tests, with what such a file is a test of.
NAMED = re.compile(
    r"(?:test_(?P<python>.*)|(?P<pythons>.*)_tests?)\.py|(?P<script>.*)[.-](?:test|spec)\.[cm]?[jt]sx?"
    r"|(?P<java>.*?)(?:Tests?|IT)\.java|(?P<go>.*)_test\.go"
)
INDEXES = ("__init__", "index", "mod")


async def affected(session: Session) -> tuple[str, ...]:
    """Test files of the worktree as it stands, those that name most of what changes first."""
    stems = {stem(hunk.path) for hunk in session.code}
    own = {hunk.path for hunk in session.tests}
    return await asyncio.to_thread(_found, session.workspace.root, sorted(stems), own)


def stem(path: str) -> str:
    """The name a test would import a module by: `pricing`, or the folder of an `__init__.py` or `index.js`."""
    parts = PurePosixPath(path).with_suffix("").parts
    return parts[-2] if parts[-1] in INDEXES and len(parts) > 1 else parts[-1]


def _found(root: Path, stems: Sequence[str], own: set[str]) -> tuple[str, ...]:
    words = re.compile(r"\b(?:" + "|".join(map(re.escape, stems)) + r")\b") if stems else None
    ranked: list[tuple[int, str]] = []
    looked = 0
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "node_modules")
        for name in sorted(names):
            place = Path(folder) / name
            named = NAMED.fullmatch(name)
            if named is None or place.is_symlink():
                continue
            looked += 1
            if looked > MOST_LOOKED_AT:
                break
            path = place.relative_to(root).as_posix()
            count = _count(place, words)
            if path in own or count or any(each in stems for each in named.groups()):
                ranked.append((-(path in own) * 10**6 - count, path))
    return tuple(path for _, path in sorted(ranked)[:MOST_FILES])


def _count(place: Path, words: re.Pattern[str] | None) -> int:
    """How often a file names what changes; too large or unreadable counts as not at all."""
    try:
        if words is None or place.stat().st_size > LARGEST:
            return 0
        return len(words.findall(place.read_text(encoding="utf-8", errors="replace")))
    except OSError:
        return 0
