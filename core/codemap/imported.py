"""Files that the trace's files are made with, for when nothing points beyond those."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rootcase.core.codemap.definitions import Definitions
from rootcase.core.codemap.steps import Step

TRACE, LOOKED_AT, SHOWN = 5, 40, 5


async def imported_files(steps: Sequence[Step], known: Definitions) -> tuple[str, ...]:
    """Paths of what the trace's files import: what more of them do first, and of those the larger."""
    trace = list(dict.fromkeys(step.path for step in steps))[:TRACE]
    by: Counter[str] = Counter()
    for path in trace:
        by.update(await known.imports(path))
    wanted = [path for path, _ in by.most_common(LOOKED_AT) if path not in trace]
    texts = await known.repository.read_many(known.commit, wanted)
    return tuple(sorted(wanted, key=lambda path: (-by[path], -len(texts.get(path) or ""), path))[:SHOWN])
