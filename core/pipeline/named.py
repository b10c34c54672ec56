"""From the page: the case of an address or id of any configured source, fetched where no sync has seen it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rootcase.core.config.load import Loaded
from rootcase.core.config.settings import SourceSettings
from rootcase.core.config.tokens import own_secrets
from rootcase.core.journal.fold import fold
from rootcase.core.journal.store import Store
from rootcase.core.model.errors import RootcaseError, SourceError, UsageError
from rootcase.core.pipeline.configured import configured
from rootcase.core.pipeline.intake import Intake, needs_events
from rootcase.core.pipeline.pages import case_at
from rootcase.core.pipeline.reading import SAMPLES
from rootcase.core.pipeline.run import run_case
from rootcase.core.safety.redact import Redactor
from rootcase.core.safety.text import clean_line
from rootcase.core.signals.addresses import is_address, recognised
from rootcase.core.signals.protocol import Source, make_source

LONGEST_NAME = 500


@dataclass(frozen=True, slots=True)
class Match:
    """A source that takes the name for one of its own, and the id it reads in it."""

    settings: SourceSettings
    source: Source
    id: str


async def fetch(
    loaded: Loaded, store: Store, name: str, *, environment: dict[str, str],
    tell: Callable[[str], None] = lambda words: None,
) -> str:  # fmt: skip
    """The key of the case that `name` names; its signal is read now where the store does not hold it.

    Only configured sources are asked, each at its own address and by an id: an address that somebody sent
    is never opened. UsageError where none of them knows it, with what would have to be configured.
    """
    redactor = Redactor.of_environment(environment, own_secrets(loaded.settings, environment))
    sources = open_sources(loaded, environment, redactor)
    try:
        matches = [Match(settings, source, id) for settings, source in sources if (id := source.named(name))]
        for match in matches:
            key = await case_at(store, match.settings.label, match.id)
            if key:
                return key
        if not matches:
            raise unknown(name, [settings for settings, _ in sources])
        every = [source for _, source in sources]
        return await _fetched(loaded, store, name, matches, every, redactor, environment, tell)
    finally:
        for _, source in sources:
            await source.close()


def unknown(name: str, sources: Sequence[SourceSettings]) -> UsageError:
    """Why a name leads nowhere, and what to do."""
    shown = clean_line(name, limit=120)
    labels = ", ".join(settings.label for settings in sources) or "none"
    found = recognised(name)
    if found is not None:
        needs = f"kind: {found.kind}" + (f", {found.lines}" if found.lines else "")
        return UsageError(
            f"{found.host} is not one of your sources",
            f"{shown} looks like a page of {found.kind}. Configured: {labels}.",
            f"Add it in config.yaml, with its token: sources: [{{{needs}}}]",
        )
    what = "address" if is_address(name) else "case or id"
    return UsageError(
        f"No {what} {shown} is known", f"No configured source takes it for its own: {labels}.",
        "rootcase cases lists the cases; rootcase doctor lists the sources.",
    )  # fmt: skip


async def _fetched(
    loaded: Loaded, store: Store, name: str, matches: Sequence[Match], every: Sequence[Source],
    redactor: Redactor, environment: dict[str, str], tell: Callable[[str], None],
) -> str:  # fmt: skip
    """Ask one source after the other; a fault counts only where no other one knows it."""
    fault: SourceError | None = None
    for match in matches:
        tell(f"fetching {match.id} from {match.settings.label}")
        try:
            key = await _take(loaded, store, match, every, redactor)
        except SourceError as found:
            fault = fault or found
            continue
        if key is None:
            continue
        await store.add_aliases(key, [name] if len(name) <= LONGEST_NAME else [])
        case = fold(await store.entries(key))
        if case.gate is None and not await store.lease_holder(key):
            tell(f"looking at the code of {key}")
            await run_case(loaded, store, key, "map", environment=environment, attended=False, just_read=True)
        return key
    if fault is not None:
        raise fault
    asked = ", ".join(match.settings.label for match in matches)
    raise SourceError(
        f"{clean_line(name, limit=120)} is not there", f"Asked: {asked}.",
        "It may have been deleted, or the token may not see its project.",
    )  # fmt: skip


async def _take(
    loaded: Loaded, store: Store, match: Match, every: Sequence[Source], redactor: Redactor
) -> str | None:
    signal = await match.source.signal(match.id)
    if signal is None:
        return None
    intake = Intake(store, loaded.settings, redactor, sources=every)
    known = (await store.known_signals(match.settings.label, [signal.id])).get(signal.id)
    signal = intake.as_kept(match.source, match.settings.service, signal, known.signal if known else None)
    events = await match.source.events(signal, SAMPLES) if needs_events(known, signal) else ()
    return await intake.take(signal, events, known)


def open_sources(
    loaded: Loaded, environment: dict[str, str], redactor: Redactor
) -> list[tuple[SourceSettings, Source]]:
    """Those that can be made; one with wrong settings is left to doctor. redactor: learns their tokens."""
    out: list[tuple[SourceSettings, Source]] = []
    for settings in configured(loaded):
        try:
            out.append(
                (settings, make_source(settings, environment, me=loaded.settings.me, learn=redactor.learn))
            )
        except RootcaseError:
            continue
    return out
