"""A code path in words and as a record, for `rootcase explain map`."""

from __future__ import annotations

from rootcase.core.codemap.files import ranked_files
from rootcase.core.model.code import CodePath

MARKS = {"confirmed": "√", "probable": "~", "guessed": "?", "not ours": "·"}


def as_text(path: CodePath) -> str:
    """Release, frames with their verdicts, HEAD, suspects, candidates, owners, rollback, and what is missing."""
    at = f" at {path.release_commit[:7]}" if path.release_commit else ""
    lines = [f"{path.repository or 'no repository'}  release {path.release or '–'}{at}: {path.release_how}"]
    for frame in path.frames:
        mark = MARKS[frame.verdict]
        lines.append(
            f"  {mark} {frame.path}:{frame.line} {frame.qualified_name}  {frame.verdict}: {frame.why}"
        )
        if frame.head_status not in ("unknown", "same"):
            by = f" by {frame.head_commit.short}" if frame.head_commit else ""
            lines.append(
                f"      HEAD {path.head_commit[:7]}: {frame.head_status}{by}, {frame.head_path}:{frame.head_line}"
            )
    if path.changed_since:
        lines.append(f"  changed since: {path.changed_since}")
    for suspect in path.suspects:
        reasons = "; ".join(suspect.reasons)
        lines.append(
            f"  suspect {suspect.score:.2f} {suspect.commit.short} {suspect.commit.subject}: {reasons}"
        )
    for item in path.candidates:
        reasons = "; ".join(item.reasons)
        lines.append(f"  candidate {item.score:.2f} {item.path}:{item.line} {item.qualified_name}: {reasons}")
    lines += [f"  owner {owner.name}: {'; '.join(owner.reasons)}" for owner in path.owners]
    if path.rollback:
        lines.append(f"  roll back to {path.rollback.release} {path.rollback.commit[:7]}")
    return "\n".join([*lines, *(f"  ! {line}" for line in path.missing)])


def as_record(path: CodePath) -> dict[str, object]:
    """The path as it is published: frames outermost first, files, functions, suspects and owners best first."""
    return {
        "repository": path.repository,
        "release": path.release,
        "release_commit": path.release_commit,
        "release_how": path.release_how,
        "head_commit": path.head_commit,
        "changed_since": path.changed_since,
        "frames": [
            {
                "path": frame.path,
                "function": frame.function,
                "qualified_name": frame.qualified_name,
                "line": frame.line,
                "head_path": frame.head_path,
                "head_line": frame.head_line,
                "head_status": frame.head_status,
                "verdict": frame.verdict,
            }
            for frame in path.frames
        ],
        "files": [
            {"path": item.path, "score": item.score, "reasons": item.reasons} for item in ranked_files(path)
        ],
        "functions": [
            {
                "path": item.path,
                "qualified_name": item.qualified_name,
                "score": item.score,
                "reasons": item.reasons,
            }
            for item in path.candidates
        ],
        "suspects": [
            {"sha": item.commit.sha, "score": item.score, "reasons": item.reasons} for item in path.suspects
        ],
        "owners": [{"name": owner.name, "reasons": owner.reasons} for owner in path.owners],
        "missing": path.missing,
    }
