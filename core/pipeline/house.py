"""What the stages of one run share: clones, workspaces, forge and model access, each opened when first used."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from rootcase.core.agent.capability import Known, probed
from rootcase.core.agent.connect import connect
from rootcase.core.agent.mcp_servers.servers import McpServers
from rootcase.core.agent.model_client import ModelClient
from rootcase.core.agent.replay import ReplayClient
from rootcase.core.agent.roles import needs_consent
from rootcase.core.cluster.fingerprint import DefaultFingerprinter
from rootcase.core.config.load import Loaded
from rootcase.core.config.settings import ModelSettings, RepositorySettings, Settings
from rootcase.core.config.tighten import tightened
from rootcase.core.config.tokens import own_secrets
from rootcase.core.deliver.connect import open_forge, open_merger, open_tracker
from rootcase.core.deliver.destination import Destination, destination
from rootcase.core.deliver.forge import Forge, Unreachable
from rootcase.core.deliver.forge_tracker import ForgeTracker
from rootcase.core.deliver.merging import Merger, standing_merge
from rootcase.core.deliver.push import credentials, unreachable
from rootcase.core.deliver.tracker import Tracker
from rootcase.core.journal.store import Store
from rootcase.core.model.case import Case
from rootcase.core.model.entries import Body, Faulted
from rootcase.core.model.errors import ModelError, RepositoryError
from rootcase.core.model.events import Event
from rootcase.core.model.ports import Budget
from rootcase.core.safety.redact import Redactor
from rootcase.core.safety.text import clean_line
from rootcase.core.workspace.clone import Checkout, inspect_checkout
from rootcase.core.workspace.opening import checkout_of, open_workspace
from rootcase.core.workspace.remote_access import access_environment, access_settings
from rootcase.core.workspace.repository import GitRepository, open_repository
from rootcase.core.workspace.sandbox import probe
from rootcase.core.workspace.worktree import CaseWorkspace

REPOSITORY_FILE = "rootcase.yaml"
REMOTE_BASE = "refs/rootcase/remote-base"


class House:
    """Lives as long as one run. settings: with the repository's own limits, once it has been opened.

    just_read: the sources were read right before, so none is asked again what a signal is like now.
    """

    def __init__(
        self, loaded: Loaded, store: Store, environment: dict[str, str], *, just_read: bool = False
    ) -> None:
        self.just_read = just_read
        self.loaded = loaded
        self.store = store
        self.settings: Settings = loaded.settings
        self.environment = environment
        self.redactor = Redactor.of_environment(environment, own_secrets(loaded.settings, environment))
        self.warnings: tuple[str, ...] = ()
        self._repositories: dict[str, GitRepository] = {}
        self._workspaces: dict[str, CaseWorkspace] = {}
        self._forges: dict[str, Forge] = {}
        self._trackers: dict[str, Tracker] = {}
        self._mergers: dict[str, Merger] = {}
        self._model: ModelClient | None = None
        self._servers: McpServers | None = None

    async def __aenter__(self) -> House:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        clients: list[Forge | Tracker | Merger] = [*self._forges.values(), *self._trackers.values()]
        clients += self._mergers.values()
        for client in clients:
            await client.close()
        if self._servers is not None:
            await self._servers.close()

    # -- repositories

    def repository_settings(self, case: Case) -> RepositorySettings | None:
        named = [r for r in self.settings.repositories if case.repository and r.label == case.repository]
        return named[0] if named else self.settings.repository_for(case.service)

    async def repository(self, case: Case) -> GitRepository:
        """The private clone; RepositoryError where no checkout is configured for the case's service."""
        settings = self._needed(case)
        if settings.label not in self._repositories:
            repository = await open_repository(settings, self.loaded.folders.state)
            self._repositories[settings.label] = repository
            await self._tighten(repository)
        return self._repositories[settings.label]

    async def other_repositories(
        self, case: Case
    ) -> tuple[list[tuple[GitRepository, RepositorySettings]], list[str]]:
        """The configured repositories that are not the case's own, and why some cannot be opened."""
        own = self._needed(case)
        opened: list[tuple[GitRepository, RepositorySettings]] = []
        faults: list[str] = []
        for settings in self.settings.repositories:
            if settings.label == own.label:
                continue
            try:
                opened.append((await open_repository(settings, self.loaded.folders.state), settings))
            except RepositoryError as fault:
                faults.append(f"{settings.label} was not asked for frames: {fault.title}")
        return opened, faults

    def _needed(self, case: Case) -> RepositorySettings:
        settings = self.repository_settings(case)
        if settings is None:
            raise RepositoryError(
                f"No repository serves {case.service or 'this service'}",
                "Code, drafts and pull requests need a checkout.",
                "Add it under repositories in config.yaml, with its services.",
            )
        return settings

    async def _tighten(self, repository: GitRepository) -> None:
        """The repository's own limits, read from its default branch, never from the worktree."""
        head = await repository.resolve(await repository.default_branch())
        text = await repository.read(head, REPOSITORY_FILE) if head else None
        if text is not None:
            self.settings, self.warnings = tightened(
                self.settings, text, f"{repository.name}/{REPOSITORY_FILE}"
            )

    async def limits(self, case: Case) -> None:
        """Have the repository's own limits in `settings` before anything is decided by them.

        A repository that cannot be opened has none to give; the step that needs it says why.
        """
        if self.repository_settings(case) is not None:
            with contextlib.suppress(RepositoryError):
                await self.repository(case)

    async def refresh_limits(self, case: Case) -> None:
        """Read the repository's limits anew from the remote's default branch; asked before each effect.

        RepositoryError where the remote does not let them be read: a switch nobody can see may be on.
        """
        if self.repository_settings(case) is None:
            return
        repository = await self.repository(case)
        place = await self.destination(case)
        if not place.push_url:
            return
        refspec = f"+refs/heads/{place.base_branch}:{REMOTE_BASE}"
        fetch = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", place.push_url, refspec]
        answer = await repository.git.run(
            [*await self.access(place), *fetch],
            environment={**self.ssh_environment(), **credentials(place, self.forge_token(case))},
            deadline_s=60.0,
        )  # fmt: skip
        if answer.code != 0 and unreachable(answer.error.lower()):
            raise Unreachable(
                f"{place.forge_name or place.tracker_name or repository.name} cannot be reached",
                self.redactor.text(clean_line(answer.error, limit=300)),
                "Is the network up? Send again; nothing is lost.",
            )  # fmt: skip
        if answer.code != 0 and "find remote ref" not in answer.error:  # an empty remote has no switch
            raise RepositoryError(
                f"The switch of {repository.name} cannot be read",
                self.redactor.text(clean_line(answer.error, limit=300)),
                "Nothing is sent before the remote's default branch can be fetched.",
            )
        head = await repository.resolve(REMOTE_BASE)
        text = await repository.read(head, REPOSITORY_FILE) if head else None
        if text is not None:
            self.settings, self.warnings = tightened(
                self.settings, text, f"{repository.name}/{REPOSITORY_FILE}"
            )

    async def checkout(self, case: Case) -> Checkout:
        settings = self._needed(case)
        if not settings.path:
            return await inspect_checkout((await self.repository(case)).folder)
        return await inspect_checkout(checkout_of(settings))

    # -- workspaces

    async def workspace(self, case: Case, base_commit: str) -> CaseWorkspace:
        """The case's worktree at that commit, with its sandbox."""
        held = self._workspaces.get(case.key)
        if held is None:
            held = await open_workspace(
                case.key, await self.repository(case), self._needed(case), self.settings.guardrails,
                self.loaded.folders.state, base_commit=base_commit, secrets=self.secrets(),
            )  # fmt: skip
            self._workspaces[case.key] = held
        if held.base_commit != base_commit:
            await held.reset(base_commit)
        return held

    def secrets(self) -> tuple[str, ...]:
        """Values of the user's own tokens, which no output may hold."""
        return own_secrets(self.settings, self.environment)

    async def sandbox_tier(self, case: Case) -> str:
        """How commands of the repository are confined here, in words."""
        held = self._workspaces.get(case.key)
        return held.sandbox if held else (await probe(self.settings.guardrails)).words

    # -- models

    def model(self, case: Case) -> ModelClient:
        """The model client; ModelError where none is configured, or no recording fits this case."""
        if needs_consent(self.settings.models):
            raise ModelError(
                "You have not agreed yet that text goes to a model provider",
                f"Redacted code and events would go to {', '.join(m for m in _named(self.settings.models) if m)}.",
                "If that is right: models: {consent: true} in config.yaml.",
            )
        if self._model is None:
            self._model = connect(self._model_settings(case), self.redactor, self.environment)
        return self._model

    def _model_settings(self, case: Case) -> ModelSettings:
        models = self.settings.models
        folder = Path(models.replay).expanduser() if models.replay else None
        if folder is None or not folder.is_dir():
            return models
        found = sorted(folder.glob(f"{case.service}.*"))
        if not found:
            raise ModelError(
                f"No recording for {case.service}",
                f"{folder} holds recorded sessions of other services.",
                "Configure a model to draft here.",
            )
        return replace(models, replay=str(found[0]))

    async def probed(self, budget: Budget) -> AsyncIterator[Body]:
        """What models show that were never asked before; nothing of a replay."""
        models = self.settings.models
        if models.replay:
            return
        async for body in probed(models, Known(self.loaded.folders.state / "models.json"), budget):
            yield body

    def replay_parted(self) -> tuple[Faulted, ...]:
        """Where a replay's prompts are not the recorded ones any more, told once."""
        told = self._model.take_divergence() if isinstance(self._model, ReplayClient) else ""
        hint = "Record the session again where the answers do not fit any more."
        return (
            (Faulted("replay", f"The recording was made with other prompts: {told}", "", hint),)
            if told
            else ()
        )

    def servers(self) -> McpServers | None:
        """The user's own MCP servers, None where none is configured; a repository can add none."""
        configured = self.loaded.settings.mcp.servers
        if configured and self._servers is None:
            self._servers = McpServers(
                configured,
                self.environment,
                self.redactor,
                folder=self.loaded.folders.state,
                logs=self.loaded.folders.logs,
            )
        return self._servers

    def fingerprinter(self, case: Case) -> DefaultFingerprinter:
        """Names modules as the case's own fingerprint does, so a worktree elsewhere gives the same names."""
        return DefaultFingerprinter(self.settings, known=(case.fingerprint,) if case.fingerprint else ())

    async def samples(self, case: Case) -> tuple[Event, ...]:
        return await self.store.samples(case.key)

    # -- forge

    async def destination(self, case: Case) -> Destination:
        """Where the case's change goes, by the configuration and the checkout's remote."""
        settings = self.repository_settings(case)
        if settings is None:
            return destination(self.settings, None)
        checkout = await self.checkout(case)
        address = checkout.remote(settings.remote) or (settings.remote if "/" in settings.remote else "")
        repository = await self.repository(case)
        return destination(
            self.settings, settings, push_url=address, base_branch=await repository.default_branch()
        )

    async def forge(self, case: Case, place: Destination | None = None) -> Forge | None:
        """The forge's client, None where none is configured. place: with the fork that the branch is in."""
        place = place or await self.destination(case)
        if place.forge == "none":
            return None
        name = f"{place.shown} {place.head_project}"
        if name not in self._forges:
            self._forges[name] = open_forge(place, self.forge_token(case))
        return self._forges[name]

    async def tracker(self, case: Case) -> Tracker | None:
        """The tracker's client, None where none is configured. The forge's own client where it is the forge."""
        place = await self.destination(case)
        if place.tracker == "none":
            return None
        forge = await self.forge(case) if place.one_place else None
        if forge is not None:
            return ForgeTracker(forge)
        if place.tracker_shown not in self._trackers:
            self._trackers[place.tracker_shown] = open_tracker(place, self.tracker_token(case))
        return self._trackers[place.tracker_shown]

    async def merger(self, case: Case) -> Merger | None:
        """The forge's own auto-merge, None where no level of the policy lets it be asked."""
        place = await self.destination(case)
        levels = [self.settings.policy.level, *(rule.level for rule in self.settings.policy.rules)]
        if place.forge == "none" or ("auto-merge" not in levels and standing_merge(case) is None):
            return None
        if place.shown not in self._mergers:
            self._mergers[place.shown] = open_merger(place, self.forge_token(case))
        return self._mergers[place.shown]

    def forge_token(self, case: Case) -> str:
        settings = self.repository_settings(case)
        return self.environment.get(settings.forge_variable, "") if settings else ""

    def tracker_token(self, case: Case) -> str:
        settings = self.repository_settings(case)
        return self.environment.get(settings.tracker_variable, "") if settings else ""

    def keep(self, name: str, forge: Forge) -> None:
        """Have another client of a forge closed with the rest."""
        self._forges[name] = forge

    def ssh_environment(self) -> dict[str, str]:
        """What a push needs of the user's environment, and nothing else."""
        return access_environment({**os.environ, **self.environment})

    async def access(self, place: Destination) -> tuple[str, ...]:
        """The engineer's own git settings for that remote: credential helpers, the ssh command."""
        return await access_settings(place.push_url, {**os.environ, **self.environment})


class StoreCases:
    """The `OwnCases` port over the store's alias table."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def holding(self, alias: str) -> str | None:
        return await self._store.case_of(alias)


class StoreBlobs:
    """The `Blobs` port over the store."""

    def __init__(self, store: Store) -> None:
        self.put = store.blob_put
        self.get = store.blob_get


def _named(models: ModelSettings) -> tuple[str, ...]:
    return models.fast, models.strong
