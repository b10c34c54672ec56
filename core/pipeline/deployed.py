"""Which merges production has already: by git, where the release in production is a commit we know."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace

from rootcase.core.model.case import Case
from rootcase.core.model.errors import RepositoryError
from rootcase.core.model.ports import FoundWork, Repository
from rootcase.core.model.signals import Work


async def with_deployed(
    found: FoundWork, case: Case, repository: Repository | None, pattern: str = ""
) -> FoundWork:
    """The work with `deployed` set on each merge that git can tell about.

    pattern: the repository's `release_pattern`, `v{version}`. What git cannot tell stays None, and the
    gate then goes by the times of deploys.
    """
    if repository is None or not any(item.commit for item in found.work):
        return found
    commits = await _in_production(case, repository, pattern)
    if not commits:
        return found
    return replace(found, work=tuple([await _told(item, commits, repository) for item in found.work]))


async def _in_production(case: Case, repository: Repository, pattern: str) -> Sequence[str]:
    """Commits of the newest deployed release and of the release that failed last."""
    deploys = sorted((d for s in case.signals for d in s.deploys), key=lambda deploy: -deploy.at_us)
    known = {
        release.version: release.commit for s in case.signals for release in s.releases if release.commit
    }
    names = [*(deploy.release for deploy in deploys[:1]), *(s.last_release for s in case.signals)]
    commits = []
    for name in dict.fromkeys(filter(None, names)):
        for revision in (known.get(name, ""), pattern.replace("{version}", name), f"v{name}", name):
            sha = await _resolved(repository, revision) if revision and "{" not in revision else None
            if sha:
                commits.append(sha)
                break
    if not commits and case.code is not None and case.code.release_commit:
        commits.append(case.code.release_commit)
    return commits


async def _resolved(repository: Repository, revision: str) -> str | None:
    with contextlib.suppress(RepositoryError):  # a release's name need not be a revision that git can read
        return await repository.resolve(revision)
    return None


async def _told(item: Work, commits: Sequence[str], repository: Repository) -> Work:
    if item.kind != "pull_request" or not item.commit or await _resolved(repository, item.commit) is None:
        return item
    return replace(
        item, deployed=any([await repository.is_ancestor(item.commit, commit) for commit in commits])
    )
