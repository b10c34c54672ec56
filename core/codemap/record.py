"""Evidence of a map under ids that stay: what is recorded already keeps its id."""

from __future__ import annotations

from collections.abc import Iterable

from rootcase.core.model.code import Commit
from rootcase.core.model.events import Frame
from rootcase.core.model.evidence import Evidence, EvidenceKind, Numbering
from rootcase.core.safety.text import clean, clean_line

SPAN_LINES = 12
TEXT_LIMIT = 12_000
VARIABLES = 12


class Record:
    """Collects evidence; `new` is what the journal does not hold yet."""

    def __init__(self, known: Iterable[Evidence]) -> None:
        known = tuple(known)
        self._ids = {_same(item): item.id for item in known}
        self._numbers = Numbering(known)
        self.new: list[Evidence] = []

    def add(
        self, kind: EvidenceKind, label: str, text: str = "", *, path: str = "", line: int = 0, end_line: int = 0,
        commit: str = "", url: str = "", at_us: int = 0,
    ) -> str:  # fmt: skip
        """The id of that evidence, new or known."""
        draft = Evidence("", kind, clean_line(label, limit=160), clean(text, limit=TEXT_LIMIT), path, line, end_line,
                         commit, url, at_us)  # fmt: skip
        known = self._ids.get(_same(draft))
        if known:
            return known
        identifier = self._numbers.next(kind)
        self._ids[_same(draft)] = identifier
        self.new.append(
            Evidence(identifier, kind, draft.label, draft.text, path, line, end_line, commit, url, at_us)
        )
        return identifier

    def span(self, text: str, path: str, line: int, commit: str, what: str) -> str:
        """The exact lines around a line as evidence, "" where there are none."""
        lines = text.split("\n")
        if not 0 < line <= len(lines):
            return ""
        start, end = max(1, line - SPAN_LINES), min(len(lines), line + SPAN_LINES)
        body = "\n".join(lines[start - 1 : end])
        label = f"{what}: {lines[line - 1].strip()}"
        return self.add("code", label, body, path=path, line=start, end_line=end, commit=commit)

    def commit(self, commit: Commit, patch: str) -> str:
        return self.add(
            "commit",
            f"{commit.short} {commit.subject} ({commit.author})",
            patch,
            commit=commit.sha,
            at_us=commit.at_us,
        )

    def frame(self, frame: Frame, path: str, line: int) -> str:
        """A frame as evidence: place, source lines and local variables as the event sent them."""
        shown = [f"{path}:{line} in {frame.function}"]
        shown += [f"{number}: {text}" for number, text in frame.context]
        shown += [f"{name} = {value}" for name, value in frame.variables[:VARIABLES]]
        return self.add("frame", f"{path}:{line} {frame.function}", "\n".join(shown), path=path, line=line)


def _same(item: Evidence) -> tuple[str, str, int, str, str]:
    """What makes two recordings one thing; a frame is one by its place, whatever its variables held."""
    label = "" if item.kind in ("code", "commit") else item.label
    return (item.kind, item.path, item.line, item.commit, label)
