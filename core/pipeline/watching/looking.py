"""What the steps of a look share: the case's house, what the sources tell of releases, git's word on ancestry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rootcase.core.codemap.release import resolve_release
from rootcase.core.config.settings import RepositorySettings, Settings, SourceSettings
from rootcase.core.deliver.push import credentials
from rootcase.core.model.case import Case
from rootcase.core.model.errors import RepositoryError, RootcaseError
from rootcase.core.model.signals import Deploy, Release, Signal
from rootcase.core.pipeline.house import REMOTE_BASE, House
from rootcase.core.safety.redact import Redactor
from rootcase.core.safety.text import clean_line
from rootcase.core.signals.protocol import make_source
from rootcase.core.workspace.repository import GitRepository


@dataclass(frozen=True, slots=True)
class Held:
    """Whether a release contains the merge, None where nobody can tell. why: in words, also for a yes."""

    contains: bool | None
    commit: str = ""
    why: str = ""


class Told:
    """Releases and deploys as the sources tell them now; each source is asked once in a round."""

    def __init__(self, settings: Settings, environment: dict[str, str], redactor: Redactor) -> None:
        self._settings = settings
        self._environment = environment
        self._redactor = redactor
        self._known: dict[str, Signal] = {}
        self.faults: dict[str, str] = {}

    async def of(self, case: Case) -> tuple[Signal, ...]:
        """The case's signals, and one for each source with all the releases and deploys it knows."""
        wanted = {signal.source for signal in case.signals}
        for settings in self._settings.sources:
            if settings.label in wanted and settings.label not in self._known:
                self._known[settings.label] = await self._ask(settings)
        return (*case.signals, *(self._known[label] for label in sorted(wanted) if label in self._known))

    async def _ask(self, settings: SourceSettings) -> Signal:
        label = settings.label
        releases: Sequence[Release] = ()
        deploys: Sequence[Deploy] = ()
        try:
            source = make_source(
                settings, self._environment, me=self._settings.me, learn=self._redactor.learn
            )
            try:
                releases = await source.releases()
                deploys = await source.deploys(releases)
            finally:
                await source.close()
        except RootcaseError as fault:  # what a signal itself carries is left to go by
            self.faults[label] = fault.title
        return Signal(label, "", releases=tuple(releases), deploys=tuple(deploys))


@dataclass
class Looking:
    """A round's looks at the cases of one repository. now_us: microseconds since 1970. told: shared by all of it."""

    house: House
    told: Told
    now_us: int
    _repository: GitRepository | None = None
    _held: dict[tuple[str, str], Held] = field(default_factory=dict)

    async def signals(self, case: Case) -> tuple[Signal, ...]:
        return await self.told.of(case)

    async def repository(self, case: Case) -> GitRepository:
        """The private clone with the remote's base branch and tags in it. RepositoryError where they cannot be had."""
        if self._repository is None:
            repository = await self.house.repository(case)
            await self._bring(case, repository)
            self._repository = repository
        return self._repository

    async def base(self, case: Case) -> str:
        """The tip of the base branch at the remote, "" where there is no remote."""
        return await (await self.repository(case)).resolve(REMOTE_BASE) or ""

    async def _bring(self, case: Case, repository: GitRepository) -> None:
        place = await self.house.destination(case)
        if not place.push_url:
            return
        refs = (f"+refs/heads/{place.base_branch}:{REMOTE_BASE}", "+refs/tags/*:refs/tags/*")
        answer = await repository.git.run(
            [
                *await self.house.access(place), "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--",
                place.push_url, *refs,
            ],
            environment={
                **self.house.ssh_environment(), **credentials(place, self.house.forge_token(case))
            },
            deadline_s=120.0,
        )  # fmt: skip
        if answer.code != 0:
            raise RepositoryError(
                f"{repository.name} cannot be fetched", self.house.redactor.text(clean_line(answer.error, limit=300)),
                "Whether a release holds the fix is told once it can be.",
            )  # fmt: skip

    async def held(self, case: Case, release: str) -> Held:
        """Whether `release` contains the merge of the case's pull request, by git."""
        merge = case.after.pull.commit if case.after else ""
        if (merge, release) not in self._held:
            self._held[merge, release] = await self._asked(case, merge, release)
        return self._held[merge, release]

    async def _asked(self, case: Case, merge: str, release: str) -> Held:
        repository = await self.repository(case)
        fix = await repository.resolve(merge) if merge else None
        if fix is None:
            return Held(None, "", f"{repository.name} has no commit {merge[:7] or '(none named)'}")
        settings = self.house.repository_settings(case) or RepositorySettings()
        found = await resolve_release(release, repository, settings, await self.signals(case))
        if not found.commit:
            return Held(None, "", found.how)
        return Held(await repository.is_ancestor(fix, found.commit), found.commit, found.how)
