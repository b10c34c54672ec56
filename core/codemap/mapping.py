"""One mapping of one case: what is known is kept step by step, what is missing is named."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rootcase.core.codemap.blamed import Blame, blame_likely
from rootcase.core.codemap.candidates import Gathered, gather, with_history
from rootcase.core.codemap.codeowners import Codeowners, read_codeowners
from rootcase.core.codemap.diagnosed import with_diagnosed
from rootcase.core.codemap.elsewhere import Others, told_elsewhere
from rootcase.core.codemap.frames import Located, Locator
from rootcase.core.codemap.head import Head
from rootcase.core.codemap.history import suspects_of
from rootcase.core.codemap.index import CodeIndex
from rootcase.core.codemap.leads_history import functions_of_suspects
from rootcase.core.codemap.likely_lines import likely_lines
from rootcase.core.codemap.owners import ranked_owners
from rootcase.core.codemap.record import Record
from rootcase.core.codemap.release import (
    ResolvedRelease,
    Window,
    failing_window,
    given_release,
    resolve_release,
    with_guess,
)
from rootcase.core.codemap.trace import cause_of, event_to_map, whole_path
from rootcase.core.codemap.window import WindowCommit, migrations_in
from rootcase.core.config.settings import RepositorySettings
from rootcase.core.model.case import Case
from rootcase.core.model.code import Candidate, CodePath, MappedFrame, Owner, Rollback, Suspect
from rootcase.core.model.errors import RepositoryError
from rootcase.core.model.events import Event, Frame
from rootcase.core.model.ports import Repository

SPANS = 3
FRAMES_RECORDED = 8
_QUOTED = re.compile(r"['\"]([A-Za-z_]\w{2,60})['\"]")


class Mapper:
    """Maps once; `record` then holds the evidence."""

    def __init__(
        self,
        case: Case,
        events: Sequence[Event],
        repository: Repository,
        settings: RepositorySettings,
        *,
        commit: str = "",
        head: str = "",
        others: Others | None = None,
    ) -> None:
        self.case = case
        self.others = others
        self.given_commit = commit
        self.given_head = head
        self.repository = repository
        self.settings = settings
        self.index = CodeIndex(repository)
        self.events = events
        self.event = event_to_map(events, case.fingerprint)
        self.cause = cause_of(self.event, case.fingerprint) if self.event else None
        self.record = Record(case.evidence)
        self.missing: list[str] = []
        self.inside: tuple[WindowCommit, ...] = ()

    async def map(self) -> CodePath:
        branch = self.given_head or await self.repository.default_branch()
        head = await self.repository.resolve(branch)
        if head is None:
            raise RepositoryError(
                f"{self.repository.name} has no {'revision' if self.given_head else 'branch'} {branch}",
                "HEAD cannot be read.",
                "Give a revision that is there." if self.given_head else "Correct `base_branch`.",
            )
        release = await self._release(branch, head)
        window = await failing_window(release, self.repository, self.settings, self.case.signals)
        frames, located = await self._frames(release, head)
        own = [place for place in located if place.verdict != "not ours"]
        commit = release.commit or release.guess or head
        seen = Head(self.repository, commit, head, self._literals())
        frames, changed_since = await self._at_head(frames, located, seen)
        gathered = await gather(self.index, commit, own, self.cause, await self._aside(release, commit))
        self.missing.extend(gathered.missing)
        blame = await self._blame(commit, gathered)
        suspects = await self._suspects(window, release, commit, gathered, blame)
        known = any(signal.first_release for signal in self.case.signals)
        further = await functions_of_suspects(self.repository, commit, gathered.ranked, suspects, known=known)
        ranked = with_history((*gathered.ranked, *further), suspects, known=known)
        ranked = await with_diagnosed(ranked, self.events, self.event, self._locator(release, commit))
        await self._spans_beyond(ranked, own, commit)
        self._deploys()
        self.missing.extend(self.repository.faults)
        return CodePath(
            repository=self.repository.name,
            release=release.release,
            release_commit=release.commit,
            release_how=release.how,
            guess_commit=release.guess,
            head_commit=head,
            base_branch=branch,
            frames=frames,
            suspects=suspects,
            owners=await self._owners(ranked, head, blame),
            candidates=ranked,
            imported=gathered.imported,
            rollback=self._rollback(window),
            changed_since=changed_since,
            missing=tuple(dict.fromkeys(self.missing)),
        )

    async def _release(self, branch: str, head: str) -> ResolvedRelease:
        name = self.event.release if self.event else ""
        name = name or next((s.last_release for s in self.case.signals if s.last_release), "")
        if self.given_commit:
            release = await given_release(name, self.given_commit, self.repository)
        else:
            release = await resolve_release(name, self.repository, self.settings, self.case.signals)
        at_us = self.event.at_us if self.event else 0
        release = await with_guess(release, self.repository, branch, head, at_us, self.case.signals)
        if not release.commit:
            self.missing.append(f"{release.how}; {release.guess_how}")
        if self.repository.shallow:
            self.missing.append(
                "the clone is shallow: blame and suspects stop at its edge; `git fetch --unshallow` brings the rest"
            )
        return release

    async def _frames(
        self, release: ResolvedRelease, head: str
    ) -> tuple[tuple[MappedFrame, ...], list[Located]]:
        if self.event is None or self.cause is None:
            self.missing.append("no event with a stack trace" if self.event else "no event could be read")
            return (), []
        commit = release.commit or release.guess or head
        path = whole_path(self.event, self.cause)
        located = await self._locator(release, commit).locate(path)
        if self.others is not None:
            located, faults = await told_elsewhere(path, located, self.others)
            self.missing.extend(faults)
        ids = self._frame_ids(path, located)
        spans = self._spans(located, commit)
        mapped = tuple(
            _mapped(position, frame, place, ids.get(position, ""), spans.get(position, ""))
            for position, (frame, place) in enumerate(zip(path, located, strict=True))
        )
        if not any(place.verdict != "not ours" for place in located):
            self.missing.append(f"no frame of the trace is in {self.repository.name}")
        return mapped, located

    async def _aside(self, release: ResolvedRelease, commit: str) -> list[list[Located]]:
        """Our frames of the other exceptions of the chain."""
        others = [
            e for e in (self.event.exceptions if self.event else ()) if e is not self.cause and e.frames
        ]
        locator = self._locator(release, commit)
        out = []
        for item in reversed(others[-3:]):
            located = await locator.locate(item.frames[-12:])
            out.append([place for place in located if place.verdict != "not ours"])
        return out

    def _locator(self, release: ResolvedRelease, commit: str) -> Locator:
        return Locator(self.repository, commit, self.settings, self.index, sure=bool(release.commit))

    def _frame_ids(self, path: Sequence[Frame], located: Sequence[Located]) -> dict[int, str]:
        """Evidence ids, the failing frame first: it is `f1`."""
        ours = [position for position, place in enumerate(located) if place.verdict != "not ours"]
        return {
            position: self.record.frame(path[position], located[position].path, located[position].line)
            for position in list(reversed(ours))[:FRAMES_RECORDED]
        }

    def _spans(self, located: Sequence[Located], commit: str) -> dict[int, str]:
        ours = [
            position for position, place in enumerate(located) if place.verdict != "not ours" and place.text
        ]
        out = {}
        for position in list(reversed(ours))[:SPANS]:
            place = located[position]
            what = place.function.qualified_name if place.function else place.path
            out[position] = self.record.span(place.text, place.path, place.line, commit, what)
        return out

    async def _at_head(
        self, frames: tuple[MappedFrame, ...], located: Sequence[Located], seen: Head
    ) -> tuple[tuple[MappedFrame, ...], str]:
        out, changed = [], ""
        for frame, place in zip(frames, located, strict=True):
            if place.verdict == "not ours" or not place.text:
                out.append(frame)
                continue
            out.append(await seen.follow(frame))
        failing = next((frame for frame in reversed(out) if frame.verdict != "not ours"), None)
        if failing is not None:
            changed = seen.changed_since(failing)
            if failing.head_status in ("moved", "changed") and failing.head_path:
                text = await self.repository.read(seen.head, failing.head_path) or ""
                self.record.span(
                    text, failing.head_path, failing.head_line, seen.head, f"HEAD {failing.function}"
                )
        self.missing.extend(seen.missing)
        return tuple(out), changed

    def _literals(self) -> tuple[str, ...]:
        """Names that the error's message quotes."""
        return tuple(_QUOTED.findall(self.cause.value[:500])) if self.cause else ()

    async def _blame(self, commit: str, gathered: Gathered) -> Blame:
        if not gathered.steps:
            return Blame()
        first = gathered.steps[0]
        weights = await likely_lines(self.repository, commit, gathered.steps, gathered.ranked)
        blame = await blame_likely(self.repository, commit, weights, (first.path, first.line))
        self.missing.extend(blame.missing)
        return blame

    async def _suspects(
        self, window: Window, release: ResolvedRelease, commit: str, gathered: Gathered, blame: Blame
    ) -> tuple[Suspect, ...]:
        if not gathered.steps:
            return ()
        if not window.last_good_commit:
            known = (
                f"{window.last_good} is no commit of it"
                if window.last_good
                else "no earlier release is known"
            )
            self.missing.append(f"{known}: suspects are by blame alone")
        bad = commit
        if window.first_bad not in ("", release.release):
            first = await resolve_release(window.first_bad, self.repository, self.settings, self.case.signals)
            bad = first.commit or commit
        found = await suspects_of(
            self.repository, gathered, blame, (window.last_good_commit, bad), self._literals(),
            self.case.signals,
        )  # fmt: skip
        self.inside = found.inside
        self.missing.extend(found.missing)
        return tuple([await self._recorded(suspect) for suspect in found.suspects])

    async def _recorded(self, suspect: Suspect) -> Suspect:
        if suspect.score < 0.1:
            return suspect
        try:
            patch = await self.repository.patch(suspect.commit.sha)
        except RepositoryError as fault:
            self.missing.append(f"the patch of {suspect.commit.short} cannot be read: {fault.title}")
            patch = ""
        return replace(suspect, evidence=self.record.commit(suspect.commit, patch))

    async def _spans_beyond(self, ranked: Sequence[Candidate], own: Sequence[Located], commit: str) -> None:
        """Code of the likeliest functions that the trace does not show."""
        shown = {
            place.path + (place.function.qualified_name if place.function else "") for place in own[-SPANS:]
        }
        beyond = [item for item in ranked if item.path + item.qualified_name not in shown]
        for item in beyond[:2]:
            try:
                text = await self.repository.read(commit, item.path)
            except RepositoryError:
                continue  # the repository's own faults name what it lacks
            self.record.span(text or "", item.path, item.line, commit, item.qualified_name)

    async def _owners(self, ranked: Sequence[Candidate], head: str, blame: Blame) -> tuple[Owner, ...]:
        rules = Codeowners()
        try:
            rules = await read_codeowners(self.repository, head, self.settings.forge)
        except RepositoryError as fault:
            self.missing.append(f"CODEOWNERS cannot be read: {fault.title}")
        self.missing.extend(rules.faults[:3])
        if len(rules.faults) > 3:
            self.missing.append(f"{len(rules.faults) - 3} more lines of {rules.place} cannot be used")
        paths = list(dict.fromkeys(item.path for item in ranked))[:2]
        try:
            credits = await self.repository.credits(head, paths) if paths else ()
        except RepositoryError as fault:
            self.missing.append(f"who changed {paths[0]} of late is not known: {fault.title}")
            credits = ()
        return ranked_owners(paths, rules, blame.commits, credits, self.case.signals)

    def _deploys(self) -> None:
        deploys = {(d.release, d.environment, d.at_us): d for s in self.case.signals for d in s.deploys}
        for deploy in sorted(deploys.values(), key=lambda item: -item.at_us)[:4]:
            where = f" to {deploy.environment}" if deploy.environment else ""
            self.record.add("deploy", f"{deploy.release} deployed{where}", url=deploy.url, at_us=deploy.at_us)

    def _rollback(self, window: Window) -> Rollback | None:
        if not window.last_good:
            return None
        good_s = (window.good_until_us - window.good_from_us) / 1_000_000
        good_for = _span(good_s) if window.good_from_us and good_s > 0 else ""
        label = f"{window.last_good} was the last good release{f', for {good_for}' if good_for else ''}"
        evidence = self.record.add("deploy", label, commit=window.last_good_commit, at_us=window.good_from_us)
        crossed = migrations_in(self.inside) if window.last_good_commit and self.inside else ""
        return Rollback(window.last_good, window.last_good_commit, good_for, evidence, crossed)


def _mapped(position: int, frame: Frame, place: Located, evidence: str, span: str) -> MappedFrame:
    ours = place.verdict != "not ours"
    lines = place.text.split("\n") if place.text else []
    text = lines[place.line - 1] if 0 < place.line <= len(lines) else frame.context_line
    return MappedFrame(
        frame_index=position,
        function=frame.function,
        qualified_name=place.function.qualified_name if place.function else frame.function,
        path=place.path if ours else frame.filename or frame.abs_path,
        line=place.line if ours else frame.line,
        verdict=place.verdict,
        why=place.why,
        text=text,
        evidence=evidence,
        span=span,
    )


def _span(seconds: float) -> str:
    for size, word in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {word}{'s' if count != 1 else ''}"
    return "under a minute"
