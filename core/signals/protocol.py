"""What every source can do, and the one place that makes a source from its settings."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from rootcase.core.config.settings import SourceSettings
from rootcase.core.model.errors import ConfigError
from rootcase.core.model.events import Event
from rootcase.core.model.signals import Deploy, Release, Signal


@dataclass(frozen=True, slots=True)
class Batch:
    """Some signals of a listing. cursor: hand it to the next `list` to go on after this batch.

    partial: what was cut short or could not be read, in words, "" when nothing was.
    """

    signals: tuple[Signal, ...]
    cursor: str
    partial: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """What a write-back did. id, url: as the service answered; already: the same was there before."""

    id: str = ""
    url: str = ""
    already: bool = False


class Source(Protocol):
    """One configured source. Every method raises SourceError, RateLimited or AccessDenied."""

    name: str

    def list(self, cursor: str = "") -> AsyncIterator[Batch]:
        """Signals that changed since `cursor`, newest first; all within the configured period for "".

        A batch's cursor resumes after that batch, the last one's starts the next sync.
        """

    async def signal(self, signal_id: str) -> Signal | None:
        """One signal as the source has it right now, with what only a close look shows; None where gone."""

    async def events(self, signal: Signal, limit: int = 10) -> tuple[Event, ...]:
        """Sample events, the most telling first. Cleaned, but not redacted: see `Redactor.event`."""

    async def releases(self) -> tuple[Release, ...]:
        """Known releases, newest first."""

    async def deploys(self, releases: Sequence[Release] = ()) -> tuple[Deploy, ...]:
        """Deploys of those releases, or of the newest ones; newest first."""

    async def comment(self, signal_id: str, text: str) -> Written:
        """Leave a comment at the source; the same text twice is written once."""

    async def resolve(self, signal_id: str, *, release: str = "") -> Written:
        """Mark the signal resolved, in `release` where one is named."""

    async def close(self) -> None: ...


def make_source(
    settings: SourceSettings, environment: Mapping[str, str], *, me: Sequence[str] = ()
) -> Source:
    """The source for one entry of the configuration; nothing is read or sent before it is used.

    environment: where tokens are looked up. me: names by which the service knows this engineer.
    ConfigError where a setting is missing or the kind is none that can be read.
    """
    if settings.kind == "files":
        from rootcase.core.signals.files import FilesSource

        return FilesSource(settings)
    if settings.kind == "sentry":
        from rootcase.core.signals.sentry import SentrySource

        return SentrySource(settings, environment, me=me)
    raise ConfigError(
        f"Source {settings.label}: {settings.kind} cannot be read yet",
        "This version reads sources of the kinds sentry and files.",
        "Change `kind` in your config.yaml, or take the source out.",
    )
