"""Files that may need the change, ranked from the functions in them and from the trace."""

from __future__ import annotations

from dataclasses import dataclass

from rootcase.core.model.code import CodePath

SHOWN = 10
REASONS = 4
FURTHER = 2.0
# A file of the trace without a candidate in it still stands behind all that have one.
_TRACE_ALONE = 0.05
# Where fewer than a handful of files have more than this, what the trace's files import says as much of one.
_IMPORTED, _NAMED = 0.03, 5


@dataclass(frozen=True, slots=True)
class RankedFile:
    """score in 0..1; reasons: of its best functions, or its frames."""

    path: str
    score: float
    reasons: tuple[str, ...]


def ranked_files(path: CodePath) -> tuple[RankedFile, ...]:
    """Each file by the chance that at least one of its functions is meant, the best function counting most."""
    chance: dict[str, list[float]] = {}
    reasons: dict[str, list[str]] = {}
    for item in path.candidates:
        chance.setdefault(item.path, []).append(item.score)
        what = item.qualified_name or "the file"
        reasons.setdefault(item.path, []).extend(f"{what}: {reason}" for reason in item.reasons)
    depth = 0
    for frame in reversed(path.frames):
        if frame.verdict == "not ours" or frame.path in chance:
            continue
        chance[frame.path] = [_TRACE_ALONE / (1 + depth)]
        reasons[frame.path] = [f"line {frame.line} is in the trace"]
        depth += 1
    named = [name for name, scores in chance.items() if _joined(scores) >= _IMPORTED]
    further = [name for name in path.imported if name not in chance]
    for name in further[: max(0, _NAMED - len(named))]:
        chance[name], reasons[name] = [_IMPORTED], ["is imported by the trace's files"]
    ranked = [
        RankedFile(name, round(_joined(scores), 3), tuple(dict.fromkeys(reasons[name]))[:REASONS])
        for name, scores in chance.items()
    ]
    return tuple(sorted(ranked, key=lambda item: -item.score)[:SHOWN])


def _joined(scores: list[float]) -> float:
    """The chance that one of a file's functions is meant, of its five best, the further ones a little less."""
    best, *others = sorted(scores, reverse=True)
    rest = 1.0
    for score in others[:4]:
        rest *= 1.0 - score / FURTHER
    return min(1.0, 1.0 - (1.0 - min(best, 1.0)) * rest)
