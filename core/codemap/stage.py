"""The codemap stage: frames → code at the release and at HEAD, suspects, owners, candidates, rollback, note."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from rootcase.core.codemap.elsewhere import Others
from rootcase.core.codemap.mapping import Mapper
from rootcase.core.codemap.note import note_lines
from rootcase.core.config.settings import RepositorySettings
from rootcase.core.model.case import Case
from rootcase.core.model.code import CodePath
from rootcase.core.model.entries import CodeMapped, EvidenceRecorded, NoteWritten
from rootcase.core.model.events import Event
from rootcase.core.model.ports import Repository, Stage


async def codemap(
    case: Case,
    events: Sequence[Event],
    repository: Repository | None,
    settings: RepositorySettings | None,
    *,
    now_us: int = 0,
    commit: str = "",
    head: str = "",
    others: Others | None = None,
) -> Stage:
    """Map a case's newest event to code, and write the incident note from what is then known.

    Args: events: its samples, newest first. repository, settings: None where no checkout serves the
    case; the map then says so and names no code. now_us: microseconds since 1970, 0 for the clock's.
    commit: the release's commit where it is known better than by its name. head: a revision in HEAD's place.
    others: opens the other configured repositories, where frames may be that this one lacks.
    Raises: RepositoryError where the repository has no readable base branch. All else that cannot be
    found is named in `CodePath.missing`.
    """
    now_us = now_us or time.time_ns() // 1_000
    if repository is None or settings is None:
        path = unmapped(case, events, repository)
    else:
        mapper = Mapper(case, events, repository, settings, commit=commit, head=head, others=others)
        path = await mapper.map()
        if mapper.record.new:
            yield EvidenceRecorded(tuple(mapper.record.new))
            case = replace(case, evidence=(*case.evidence, *mapper.record.new))
    yield CodeMapped(path)
    yield NoteWritten(note_lines(replace(case, code=path), events, now_us))


def unmapped(case: Case, events: Sequence[Event], repository: Repository | None = None) -> CodePath:
    """The path of a case without a repository: it holds the release and what is missing."""
    release = events[0].release if events else ""
    why = f"no repository is configured for {case.service or 'this service'}"
    if repository is not None:
        why = f"{repository.name} has no settings"
    return CodePath("", release, "", why, "", missing=(why,))
