"""Suspects from everything that history and the source say: blame, the release window, commits named at the source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rootcase.core.codemap.blamed import Blame
from rootcase.core.codemap.candidates import Gathered
from rootcase.core.codemap.suspects import ranked_suspects
from rootcase.core.codemap.window import WindowCommit, window_commits
from rootcase.core.model.code import Suspect
from rootcase.core.model.errors import RepositoryError
from rootcase.core.model.ports import Repository
from rootcase.core.model.signals import Signal

NAMED = 0.4
NAMED_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class History:
    """inside: the commits of the window. missing: what could not be looked at, in words."""

    suspects: tuple[Suspect, ...] = ()
    inside: tuple[WindowCommit, ...] = ()
    missing: tuple[str, ...] = ()


async def suspects_of(
    repository: Repository,
    gathered: Gathered,
    blame: Blame,
    span: tuple[str, str],
    words: Sequence[str],
    signals: Sequence[Signal],
) -> History:
    """Rank the commits that may have brought the error in.

    Args: span: the last good and the first bad commit, "" where one is not known. words: names that the
    error is about.
    """
    missing: list[str] = []
    inside: tuple[WindowCommit, ...] = ()
    good, bad = span
    if good and bad:
        try:
            inside, cut = await window_commits(repository, good, bad, gathered.ranked, words)
            missing.extend([cut] if cut else [])
        except RepositoryError as fault:
            missing.append(f"the commits of the release cannot be read: {fault.title}")
    known = any(signal.first_release for signal in signals)
    found = ranked_suspects(blame.commits, inside, known=known)
    return History(await _named(repository, found, signals), inside, tuple(missing))


async def _named(
    repository: Repository, found: Sequence[Suspect], signals: Sequence[Signal]
) -> tuple[Suspect, ...]:
    """With the commits that a source names itself; that is a hint as any other, and no more."""
    by_sha = {item.commit.sha: item for item in found}
    named = [(sha, signal.source) for signal in signals for sha in signal.suspects]
    for short, source in named[:NAMED_AT_MOST]:
        sha = await repository.resolve(short)
        commit = await repository.commit(sha) if sha else None
        if commit is None:
            continue
        before = by_sha.get(commit.sha, Suspect(commit, 0.0, ()))
        score = round(1.0 - (1.0 - before.score) * (1.0 - NAMED), 3)
        by_sha[commit.sha] = replace(
            before, score=score, reasons=(*before.reasons, f"{source} names it as a suspect")
        )
    return tuple(sorted(by_sha.values(), key=lambda item: (-item.score, -item.commit.at_us)))
