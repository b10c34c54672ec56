"""Checks citations: a program looks whether the quoted words stand where a claim says they stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rootcase.core.agent.quotes import Place, place_of, stands_in, where_stands
from rootcase.core.agent.tools.located import located
from rootcase.core.agent.tools.places import At, Places
from rootcase.core.model.code import Commit
from rootcase.core.model.errors import GuardrailError
from rootcase.core.model.evidence import Citation, Evidence, Numbering
from rootcase.core.model.hunks import lines_of

SPAN_LINES = 80
COMMIT_TEXT = 12_000
SUBJECTS_READ = 2_000
NEAR_LINES = 2
_ID = re.compile(r"\[?([feslcdt]\d+)\]?(?=$|[\s:,(])")
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

    def add(self, item: Evidence) -> Evidence:
        """The thing as evidence that can be cited from now on; recorded once a claim cites it."""
        return self._keep(item)

    async def check(self, asked: Asked) -> Citation:
        """The citation with what was found; ok says whether it holds."""
        name = asked.evidence.strip().strip("[]`'\"").strip()
        found: Evidence | str
        if known := _ID.match(name):
            found = self._known.get(known[1], f"there is no evidence {known[1]}")
        elif _SHA.fullmatch(name.lower().removeprefix("commit ")) or name.startswith("commit:"):
            found = await self._commit(name.removeprefix("commit "))
        elif place := place_of(name):
            found = await self._place(place, asked.quote)
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

    async def _place(self, asked: Place, quote: str) -> Evidence | str:
        """The lines as evidence: at the side that was named, else at the one where the quote stands."""
        default = "head" if self._places.default == "draft" else self._places.default
        sides: tuple[At, ...] = (
            (asked.at,) if asked.at else (default, "head" if default == "release" else "release")
        )
        first: Evidence | str = ""
        for at in sides:
            found = await self._lines(asked, at, quote)
            if not isinstance(found, str) and (not quote.strip() or stands_in(quote, found.text)):
                return self._keep(found)
            first = first or found
        return first if isinstance(first, str) else self._keep(first)

    async def _lines(self, asked: Place, at: At, quote: str) -> Evidence | str:
        try:
            path = await located(self._places, asked.path, at)
        except GuardrailError as fault:
            return fault.title
        commit = self._places.commit(at)
        text = await self._places.repository.read(commit, path)
        if text is None:
            return f"there is no {path} at {commit[:7]}"
        lines = lines_of(text)
        start, end = asked.start, asked.end
        spot = where_stands(quote, lines) if quote.strip() else None
        if not start or (spot and max(abs(spot[0] - start), abs(spot[1] - end)) <= NEAR_LINES):
            # Off by a line or two, or no line given: what is recorded is where the words do stand.
            start, end = (
                spot if not start else (min(start, spot[0]), max(end, spot[1])) if spot else None
            ) or (0, 0)
        if not start:
            return (
                f"the quote does not stand in {path} at {commit[:7]}"
                if quote.strip()
                else f"{path} needs a line"
            )
        if not 1 <= start <= end <= len(lines):
            return f"{path} has lines 1 to {len(lines)} at {commit[:7]}, not {start}-{end}"
        if end - start >= SPAN_LINES:
            return f"{end - start + 1} lines are too many to cite; at most {SPAN_LINES}"
        label = f"{path}:{start}" + (f"-{end}" if end > start else "")
        return Evidence("", "code", label, "".join(lines[start - 1 : end]), path, start, end, commit)

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
            if item.kind == "log":
                if known.text == item.text:
                    return known
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
