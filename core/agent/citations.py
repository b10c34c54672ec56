"""Checks citations: a program looks whether the quoted words stand where a claim says they stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rootcase.core.agent.tools.places import At, Places, tidy
from rootcase.core.model.code import Commit
from rootcase.core.model.errors import GuardrailError
from rootcase.core.model.evidence import Citation, Evidence, Numbering
from rootcase.core.model.hunks import lines_of

SPAN_LINES = 80
COMMIT_TEXT = 12_000
SUBJECTS_READ = 2_000
_PLACE = re.compile(r"(?P<path>[^:@]+):(?P<start>\d+)(?:-(?P<end>\d+))?(?:@(?P<at>release|head|draft))?")
_ID = re.compile(r"[feslcdt]\d+")
_SHA = re.compile(r"[0-9a-f]{7,64}")


@dataclass(frozen=True, slots=True)
class Asked:
    """A citation as the model wrote it. evidence: an id, a place in a file, or a commit."""

    evidence: str
    quote: str = ""


class Citations:
    """Checks against the case's evidence, and keeps what a citation adds to it."""

    def __init__(self, places: Places, known: tuple[Evidence, ...]) -> None:
        self._places = places
        self._known = {item.id: item for item in known}
        self._numbering = Numbering(known)
        self._new: list[Evidence] = []

    def take_new(self, citations: Sequence[Citation]) -> tuple[Evidence, ...]:
        """The evidence that those citations have added, once."""
        cited = {citation.evidence for citation in citations}
        taken = tuple(item for item in self._new if item.id in cited)
        self._new = [item for item in self._new if item.id not in cited]
        return taken

    async def check(self, asked: Asked) -> Citation:
        """The citation with what was found; ok says whether it holds."""
        name = asked.evidence.strip().strip("[]`").strip()
        found: Evidence | str
        if _ID.fullmatch(name):
            found = self._known.get(name, f"there is no evidence {name}")
        elif match := _PLACE.fullmatch(name):
            found = await self._place(match)
        elif name.startswith("commit:") or _SHA.fullmatch(name.lower()):
            found = await self._commit(name)
        else:
            found = f"{name[:60]!r} names no evidence; give an id (s1), a place (path:10-12) or a commit id"
        if isinstance(found, str):
            return Citation(name[:120], asked.quote, False, found)
        if not asked.quote.strip() or stands_in(asked.quote, found.text):
            return Citation(found.id, asked.quote, True)
        return Citation(found.id, asked.quote, False, self._elsewhere(asked.quote, found))

    def _elsewhere(self, quote: str, found: Evidence) -> str:
        holding = [item for item in self._known.values() if stands_in(quote, item.text)]
        other = next((item.id for item in sorted(holding, key=lambda item: item.kind != "code")), "")
        where = f"{found.id} ({found.label})"
        return f"the quote does not stand in {where}" + (f", but in {other}" if other else "")

    async def _place(self, match: re.Match[str]) -> Evidence | str:
        try:
            path = tidy(match["path"])
        except GuardrailError as fault:
            return fault.title
        at = _at(match["at"])
        start = int(match["start"])
        end = int(match["end"] or start)
        commit = self._places.commit(at)
        text = await self._places.repository.read(commit, path)
        if text is None:
            return f"there is no {path} at {commit[:7]}"
        lines = lines_of(text)
        if not 1 <= start <= end <= len(lines):
            return f"{path} has lines 1 to {len(lines)} at {commit[:7]}, not {start}-{end}"
        if end - start >= SPAN_LINES:
            return f"{end - start + 1} lines are too many to cite; at most {SPAN_LINES}"
        return self._keep(
            Evidence(
                "", "code", f"{path}:{start}" + (f"-{end}" if end > start else ""), "".join(lines[start - 1 : end]),
                path, start, end, commit,
            )
        )  # fmt: skip

    async def _commit(self, name: str) -> Evidence | str:
        repository = self._places.repository
        commit: Commit | None
        if name.startswith("commit:"):
            words = name.removeprefix("commit:").strip().lower()
            history = await repository.log(self._places.code.head_commit, limit=SUBJECTS_READ)
            commit = next((c for c in history if words and words in c.subject.lower()), None)
        else:
            sha = await repository.resolve(name.lower())
            commit = await repository.commit(sha) if sha else None
        if commit is None:
            return f"there is no commit {name.removeprefix('commit:')}"
        text = f"{commit.subject}\n{await repository.patch(commit.sha)}"[:COMMIT_TEXT]
        return self._keep(
            Evidence(
                "", "commit", f"{commit.short} {commit.subject}", text, commit=commit.sha, at_us=commit.at_us
            )
        )

    def _keep(self, item: Evidence) -> Evidence:
        """The evidence that already is exactly this, or the new one under the next id."""
        for known in self._known.values():
            if known.kind != item.kind or known.commit != item.commit:
                continue
            if item.kind == "commit":
                # Recorded by the code map with its subject alone; the quote is checked against all of it.
                return replace(known, text=f"{known.text}\n{item.text}")
            if (known.path, known.line, known.end_line) == (item.path, item.line, item.end_line):
                return known
        kept = replace(item, id=self._numbering.next(item.kind))
        self._known[kept.id] = kept
        self._new.append(kept)
        return kept


def stands_in(quote: str, text: str) -> bool:
    """Whether the words of the quote follow each other in the text; white space counts as one space."""
    wanted = " ".join(quote.split()).strip("`…")
    return bool(wanted) and wanted in " ".join(text.split())


def _at(name: str | None) -> At:
    return {"release": "release", "head": "head", "draft": "head"}.get(name or "release", "release")  # type: ignore[return-value]
