"""Files that the trace's files are made with, for when nothing points beyond those: the likelier, the larger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rootcase.core.codemap.definitions import Definitions
from rootcase.core.codemap.files import joined_scores
from rootcase.core.codemap.scopes import MODULE
from rootcase.core.codemap.steps import Step
from rootcase.core.model.code import Candidate

# What is weaker than this says no more about a file than that it is imported.
IMPORTED, STEP = 0.03, 0.001
FILES, LOOKED_AT = 5, 40


async def imported_files(
    steps: Sequence[Step], found: Sequence[Candidate], known: Definitions
) -> tuple[Candidate, ...]:
    """As many imported files as are missing to a handful of files that something points at."""
    scores: dict[str, list[float]] = {}
    for item in found:
        scores.setdefault(item.path, []).append(item.score)
    named = {path for path, each in scores.items() if joined_scores(each) >= IMPORTED}
    missing = FILES - len(named)
    if missing <= 0:
        return ()
    trace = list(dict.fromkeys(step.path for step in steps))[:FILES]
    by: Counter[str] = Counter()
    for path in trace:
        by.update(await known.imports(path))
    wanted = [path for path, _ in by.most_common(LOOKED_AT) if path not in named]
    texts = await known.repository.read_many(known.commit, wanted)
    wanted.sort(key=lambda path: (-by[path], -len(texts.get(path) or ""), path))
    return tuple(
        Candidate(path, MODULE, 1, round(IMPORTED - STEP * number, 3), (_why(by[path], trace),))
        for number, path in enumerate(wanted[:missing])
    )


def _why(times: int, trace: Sequence[str]) -> str:
    return (
        "is imported by the trace's file"
        if len(trace) == 1
        else f"is imported by {times} of the trace's files"
    )
