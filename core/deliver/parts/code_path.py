"""The way the failing call took through the code, at the release and at HEAD, and who changed it."""

from __future__ import annotations

from rootcase.core.deliver.markdown import code, inline
from rootcase.core.deliver.part import Facts, Part, cites
from rootcase.core.deliver.permalink import permalink
from rootcase.core.model.code import CodePath, MappedFrame


def code_path(facts: Facts) -> Part:
    """Frames in the repository, outermost first, then the most likely commit."""
    path = facts.case.code
    if path is None:
        return Part("Code path", ("The trace is not mapped to code.",))
    ours = [frame for frame in path.frames if frame.verdict != "not ours"]
    lines = [f"- {_frame(facts, path, frame)}" for frame in ours[-5:]]
    if not lines:
        lines = ["- No frame of the trace is in the repository."]
    details = (
        (("All frames in the repository", "\n".join(f"- {_frame(facts, path, f)}" for f in ours)),)
        if len(ours) > 5
        else ()
    )
    lines.extend(f"- {line}" for line in _history(path))
    return Part("Code path", tuple(lines), details, most=9)


def _frame(facts: Facts, path: CodePath, frame: MappedFrame) -> str:
    """Where it is at the release, and at HEAD: the same line there is linked too, so that both can be read."""
    place = permalink(facts, frame.path, frame.line, path.read_commit)
    moved = frame.head_line and (frame.head_line != frame.line or frame.head_path not in ("", frame.path))
    head = ""
    if moved or (frame.head_line and facts.web):
        head = (
            f", at HEAD {permalink(facts, frame.head_path or frame.path, frame.head_line, path.head_commit)}"
        )
    sure = "" if frame.verdict == "confirmed" else f" ({frame.verdict})"
    names = cites([frame.evidence, frame.span])
    return f"{code(frame.qualified_name or frame.function)} {place}{head}{sure}{names}"


def _history(path: CodePath) -> list[str]:
    how = inline(path.release_how)
    if path.release_commit:
        lines = [f"Release {code(path.release)} is commit {code(path.release_commit[:10])} ({how})"]
    else:
        lines = [f"Release {code(path.release or 'unknown')}: {how}"]
    if path.suspects:
        first = path.suspects[0]
        subject = inline(first.commit.subject, limit=80)
        why = inline("; ".join(first.reasons), limit=160)
        lines.append(f"Suspect {code(first.commit.short)} {subject}: {why}{cites([first.evidence])}")
    if path.changed_since:
        lines.append(inline(path.changed_since))
    return lines
