"""A release's name → the commit it was built from, and the release before it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rootcase.core.codemap.versions import alike_tags, one_commit, plain_names, shas_in
from rootcase.core.config.settings import RepositorySettings
from rootcase.core.model.errors import RepositoryError
from rootcase.core.model.ports import Repository
from rootcase.core.model.signals import Deploy, Signal


@dataclass(frozen=True, slots=True)
class ResolvedRelease:
    """commit: full sha, "" where no commit was found. how: in words, also why not.

    guess: what stands in for an unknown commit, with guess_how; "" where nothing does.
    """

    release: str
    commit: str
    how: str
    guess: str = ""
    guess_how: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """The release that first failed and the last good one before it; "" where unknown."""

    first_bad: str = ""
    last_good: str = ""
    last_good_commit: str = ""
    good_from_us: int = 0
    good_until_us: int = 0


async def resolve_release(
    release: str, repository: Repository, settings: RepositorySettings, signals: Sequence[Signal]
) -> ResolvedRelease:
    """The commit of a release: what the source says, then a tag of its name, then a sha in it."""
    if not release:
        return ResolvedRelease("", "", "the event names no release")
    told = next((r.commit for s in signals for r in s.releases if r.version == release and r.commit), "")
    if told and (commit := await repository.resolve(told)):
        return ResolvedRelease(release, commit, f"commit named by {_source_of(release, signals)}")
    tags = await repository.tags()
    for name in plain_names(release, settings.release_pattern):
        if name in tags:
            return ResolvedRelease(release, tags[name], f"tag {name}")
    for word in shas_in(release):
        if commit := await repository.resolve(word):
            return ResolvedRelease(release, commit, f"commit {commit[:7]}")
    alike = alike_tags(release, tags)
    if tag := one_commit(alike, tags):
        return ResolvedRelease(release, tags[tag], f"tag {tag}, the only one of that version")
    return ResolvedRelease(release, "", _why_not(release, repository, told, alike))


def _why_not(release: str, repository: Repository, told: str, alike: Sequence[str]) -> str:
    why = f"no commit and no tag of {repository.name} is called {release}"
    if alike:
        why = f"{len(alike)} tags of {repository.name} can be {release}: {', '.join(alike[:3])}"
    elif told:
        why = f"{repository.name} has no commit {told[:7]}, which the source names for {release}"
    if repository.shallow:
        why += "; the clone is shallow, `git fetch --unshallow --tags` brings the rest"
    elif told:
        why += "; `git fetch --all --tags` may bring it"
    return why


async def with_guess(
    release: ResolvedRelease,
    repository: Repository,
    branch: str,
    head: str,
    event_us: int,
    signals: Sequence[Signal],
) -> ResolvedRelease:
    """For an unknown commit, what was HEAD when the release went out, or when the event happened, as a guess.

    Args: branch, head: what to look back on. event_us: microseconds since 1970, 0 where unknown.
    """
    if release.commit:
        return release
    deployed_us = _when(release.release, signals) if release.release else 0
    at_us = deployed_us or event_us
    found = await repository.commit_before(head, at_us) if at_us else None
    if found is None:
        return replace(release, guess=head, guess_how=f"shown at HEAD of {branch}, as a guess")
    when = "the release went out" if deployed_us else "the event"
    how = f"shown at {found.short}, the last commit of {branch} before {when}, as a guess"
    if found.sha == head:
        how = f"shown at HEAD of {branch}, which was there before {when}, as a guess"
    return replace(release, guess=found.sha, guess_how=how)


async def given_release(release: str, revision: str, repository: Repository) -> ResolvedRelease:
    """A release whose commit somebody names. RepositoryError where the repository does not hold it."""
    commit = await repository.resolve(revision)
    if commit is None:
        depth = (
            " It is a shallow clone: `git fetch --unshallow` brings the rest." if repository.shallow else ""
        )
        raise RepositoryError(
            f"{repository.name} has no commit {revision}",
            f"It was given as the release's.{depth}",
            "Fetch it into the checkout (git fetch --all --tags), or give another.",
        )
    return ResolvedRelease(release or commit[:12], commit, f"commit {commit[:7]}, as given")


async def failing_window(
    failing: ResolvedRelease, repository: Repository, settings: RepositorySettings, signals: Sequence[Signal]
) -> Window:
    """Between which releases the error came in: from the source's releases and deploys, else from tags."""
    first_bad = next((s.first_release for s in signals if s.first_release), failing.release)
    good = _previous(first_bad, signals)
    if good:
        commit = (await resolve_release(good, repository, settings, signals)).commit
        return Window(first_bad, good, commit, _when(good, signals), _when(first_bad, signals))
    resolved = failing
    if first_bad != failing.release:
        resolved = await resolve_release(first_bad, repository, settings, signals)
    if not resolved.commit:
        return Window(first_bad)
    name, commit = await _tag_before(resolved.commit, repository)
    return Window(first_bad, name, commit, _when(name, signals), _when(first_bad, signals))


def _source_of(release: str, signals: Sequence[Signal]) -> str:
    return next((s.source for s in signals for r in s.releases if r.version == release), "the source")


def _previous(release: str, signals: Sequence[Signal]) -> str:
    known = {r.version: r for s in signals for r in s.releases}
    if release in known and known[release].previous:
        return known[release].previous
    dated = sorted((at, version) for version, at in _dates(signals).items() if at)
    order = [version for _, version in dated]
    return order[order.index(release) - 1] if release in order and order.index(release) else ""


def _dates(signals: Sequence[Signal]) -> dict[str, int]:
    dates: dict[str, int] = {}
    for signal in signals:
        for release in signal.releases:
            dates.setdefault(release.version, release.created_us)
        for deploy in signal.deploys:
            before = dates.get(deploy.release, 0)
            dates[deploy.release] = min(before, deploy.at_us) if before else deploy.at_us
    return dates


def _when(release: str, signals: Sequence[Signal]) -> int:
    """When a release first went out, 0 where nobody says."""
    deploys: list[Deploy] = [d for s in signals for d in s.deploys if d.release == release and d.at_us]
    if deploys:
        return min(deploy.at_us for deploy in deploys)
    return next((r.created_us for s in signals for r in s.releases if r.version == release), 0)


async def _tag_before(commit: str, repository: Repository) -> tuple[str, str]:
    """The nearest version tag behind a commit, walking its history."""
    by_commit: dict[str, str] = {}
    for name, sha in (await repository.tags()).items():
        if re.search(r"\d", name):
            by_commit.setdefault(sha, name)
    for older in (await repository.log(commit, limit=500))[1:]:
        if older.sha in by_commit:
            return by_commit[older.sha], older.sha
    return "", ""
