"""What every source can do, and the one place that makes a source from its settings."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, assert_never

from rootcase.core.config.settings import SourceSettings
from rootcase.core.model.acts import Act as Act
from rootcase.core.model.events import Event
from rootcase.core.model.signals import Deploy, Release, Signal, Work
from rootcase.core.signals.token import Variables


@dataclass(frozen=True, slots=True)
class Batch:
    """Some signals of a listing. cursor: hand it to the next `list` to go on after this batch.

    partial: what was cut short or could not be read, in words, "" when nothing was.
    gone: ids that no longer exist at the source, which only `reconcile` tells.
    total: how many signals the whole listing holds, 0 where the source does not say.
    enough: the cursor that leaves the rest of this listing out and starts the next sync, "" where there is none.
    limited: what a first listing left out because it was to read no more, in words, "" for nothing.
    note: worth knowing about the source and no lack of this listing (its end date), on one batch only.
    """

    signals: tuple[Signal, ...]
    cursor: str
    partial: str = ""
    gone: tuple[str, ...] = ()
    total: int = 0
    enough: str = ""
    limited: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """An act with what it needs. assignee: as the source names people, "" for me.

    release: for `resolve`: the release that holds the fix, `next` for the one after the present one.
    until_us: for `snooze`.
    """

    act: Act
    assignee: str = ""
    release: str = ""
    until_us: int = 0


@dataclass(frozen=True, slots=True)
class Health:
    """What a look with the real token tells, for `doctor`.

    account: who the token belongs to. scopes, missing: what it may do and what it lacks; without: what will
    not work, in words, one per missing scope. skew_s: our clock ahead of theirs. rate_left: calls left in
    the present window, None where the service does not say. notes: anything else to know (an end date).
    """

    account: str = ""
    scopes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    skew_s: float = 0.0
    rate_left: int | None = None
    version: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """What a write-back did. id, url: as the service answered; already: the same was there before.

    note: what of it the service has no word for and did not take, to be shown, "" for nothing.
    """

    id: str = ""
    url: str = ""
    already: bool = False
    note: str = ""


class Source(Protocol):
    """One configured source. Every method raises SourceError, RateLimited or AccessDenied.

    acts: what `act` can do here; an act whose opposite is there too can be undone. takes_notes: whether
    `comment` can do anything here.
    """

    name: str
    acts: frozenset[Act]
    takes_notes: bool

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

    async def act(self, signal_id: str, deed: Deed) -> Written:
        """Change the signal at the source; already: it was so before. SourceError where `acts` lacks it."""

    async def link(self, signal_id: str, work: Work) -> Written:
        """Tie a ticket or pull request to the signal, as a link where the source has them, else a comment."""

    def reconcile(self, known: Sequence[str]) -> AsyncIterator[Batch]:
        """The truth about signals we hold: changed, merged (`merged_into`) or gone; in few requests."""

    def named(self, address: str) -> str:
        """The signal id that a web address or an id of this source names, "" where it is not ours.

        Pure: no request is made. A short id that only the service can resolve comes back as it is.
        """

    async def health(self) -> Health:
        """Who we are there, what is allowed and what is missing."""

    async def close(self) -> None: ...


def can(source: Source) -> frozenset[Act]:
    """All that a human can ask for at a source: its acts, and a note where it takes any."""
    return source.acts | {"note"} if source.takes_notes else source.acts


def make_source(
    settings: SourceSettings,
    environment: Mapping[str, str],
    *,
    me: Sequence[str] = (),
    learn: Callable[[str], None] | None = None,
) -> Source:
    """The source for one entry of the configuration; nothing is read or sent before it is used.

    environment: where tokens are looked up. me: names by which the service knows this engineer. learn: is told
    the token once it was looked up, so that a redactor knows it wherever it came from (`Redactor.learn`).
    ConfigError where a setting is missing or the kind is none that can be read.
    """
    if learn is not None:
        environment = Variables(environment, learn)
    if settings.kind == "files":
        from rootcase.core.signals.files import FilesSource

        return FilesSource(settings)
    if settings.kind == "sentry":
        from rootcase.core.signals.sentry import SentrySource

        return SentrySource(settings, environment, me=me)
    if settings.kind == "glitchtip":
        from rootcase.core.signals.glitchtip import GlitchtipSource

        return GlitchtipSource(settings, environment, me=me)
    if settings.kind == "bugsink":
        from rootcase.core.signals.bugsink import BugsinkSource

        return BugsinkSource(settings, environment, me=me)
    if settings.kind == "datadog":
        from rootcase.core.signals.datadog import DatadogSource

        return DatadogSource(settings, environment, me=me)
    if settings.kind == "pagerduty":
        from rootcase.core.signals.pagerduty import PagerDutySource

        return PagerDutySource(settings, environment, me=me)
    if settings.kind == "opsgenie":
        from rootcase.core.signals.opsgenie import OpsgenieSource

        return OpsgenieSource(settings, environment, me=me)
    if settings.kind == "jsm":
        from rootcase.core.signals.jsm import JsmSource

        return JsmSource(settings, environment, me=me)
    if settings.kind == "dynatrace":
        from rootcase.core.signals.dynatrace import DynatraceSource

        return DynatraceSource(settings, environment, me=me)
    assert_never(settings.kind)
