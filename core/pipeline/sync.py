"""One sync: every source at once, then what needs all of them, then gate and map for what is new."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from rootcase.core.config.load import Loaded
from rootcase.core.config.settings import Settings, SourceSettings
from rootcase.core.config.tokens import own_secrets
from rootcase.core.journal.fold import fold
from rootcase.core.journal.store import Store
from rootcase.core.model.errors import RootcaseError
from rootcase.core.model.signals import Signal
from rootcase.core.pipeline.configured import configured
from rootcase.core.pipeline.intake import Intake
from rootcase.core.pipeline.outcomes import Looked, SourceOutcome, SyncOutcome
from rootcase.core.pipeline.pausing import failed
from rootcase.core.pipeline.reading import Reading, Tell
from rootcase.core.pipeline.run import run_case
from rootcase.core.pipeline.watching.rounds import REST_US, look_at_sent
from rootcase.core.safety.redact import Redactor
from rootcase.core.signals.protocol import Source, make_source

# Cases of one sync whose signals are looked at closely, a few requests each.
MOST_LOOKS = 20
SCHEMA = "rootcase.sync/1"


async def sync(
    loaded: Loaded, store: Store, *, environment: dict[str, str], only: str = "", map_new: bool = True,
    due: bool = False, reconcile: bool = False, tell: Tell = lambda state: None,
    tell_map: Callable[[int, int], None] = lambda done, total: None,
) -> SyncOutcome:  # fmt: skip
    """Read every configured source from its cursor; a source that fails never stops the others.

    only: just the source of that label. due: just those whose time has come. reconcile: compare all that we
    hold with the sources now. tell: progress of a source; tell_map: (done, all) of the new cases.
    """
    chosen = [
        each for each in configured(loaded, only) if not due or await _is_due(loaded.settings, store, each)
    ]
    redactor = Redactor.of_environment(environment, own_secrets(loaded.settings, environment))
    rest = [source for source in loaded.settings.sources if source not in chosen]
    opened = _opened(loaded.settings, chosen, environment, redactor)
    others = _opened(loaded.settings, rest, environment, redactor)
    every = [source for _, source in (*opened, *others) if not isinstance(source, RootcaseError)]
    intake = Intake(store, loaded.settings, redactor, sources=every)
    try:
        outcomes = await read_sources(intake, opened, tell, reconcile=reconcile)
        await intake.settle()
    finally:
        for source in every:
            await source.close()
    mapped, looked = 0, tuple[Looked, ...]()
    if map_new:
        # Before the gate: what came back on a release without the fix is no news for it.
        looked = await look_at_sent(loaded, store, environment=environment, rest_us=REST_US if due else 0)
        mapped = await _map(loaded, store, intake, environment, tell_map, all_of_them=not only)
    seen = intake.seen
    return SyncOutcome(
        SCHEMA, tuple(seen.opened), len(seen.changed), tuple(outcomes), tuple(seen.regressed),
        tuple(seen.joined), tuple(seen.merged), seen.gone, mapped, looked,
    )  # fmt: skip


async def _is_due(settings: Settings, store: Store, source: SourceSettings) -> bool:
    state = await store.source_state(source.label)
    return time.time_ns() // 1000 >= state.due_us(settings.refresh_of(source))


Opened = Sequence[tuple[SourceSettings, Source | RootcaseError]]


def _opened(
    settings: Settings, wanted: Sequence[SourceSettings], environment: dict[str, str], redactor: Redactor
) -> Opened:
    """Each source, or why there is none for its settings; nothing is asked of a service here."""
    out: list[tuple[SourceSettings, Source | RootcaseError]] = []
    for each in wanted:
        try:
            out.append((each, make_source(each, environment, me=settings.me, learn=redactor.learn)))
        except RootcaseError as fault:
            out.append((each, fault))
    return out


async def read_sources(intake: Intake, opened: Opened, tell: Tell, *, reconcile: bool) -> list[SourceOutcome]:
    """All sources at the same time; what is no fault of a source is raised once all have ended."""

    async def one(settings: SourceSettings, source: Source | RootcaseError) -> SourceOutcome:
        state = await intake.store.source_state(settings.label)
        if isinstance(source, RootcaseError):
            await intake.store.save_source_state(failed(state, source, intake.now_us))
            return SourceOutcome(settings.label, fault=source.title, hint=source.hint or source.detail)
        return await Reading(intake, settings, source, state, tell).go(reconcile=reconcile)

    ended = await asyncio.gather(*(one(*each) for each in opened), return_exceptions=True)
    for each in ended:
        if isinstance(each, BaseException):
            raise each
    return [each for each in ended if isinstance(each, SourceOutcome)]


def _is_given(signal: Signal) -> bool:
    """Somebody has it, as far as a listing tells, who is not known to be a bot, a team or put there by a rule."""
    by = signal.assignee
    return by is not None and by.is_person and not by.me


async def _map(
    loaded: Loaded, store: Store, intake: Intake, environment: dict[str, str],
    tell: Callable[[int, int], None], *, all_of_them: bool,
) -> int:  # fmt: skip
    """Gate and map each case that has no verdict or news since, also one that an earlier sync was killed before."""
    touched = intake.seen.touched
    wanted = [key for key in await store.unjudged() if all_of_them or key in touched]
    done = looks = 0
    for number, key in enumerate(wanted):
        tell(number, len(wanted))
        entries = await store.entries(key)
        case = fold(entries)
        # Where a run was the last thing to happen, one more would see nothing else.
        tried = entries[-1].kind == "run_ended"
        if case.merged_into or not (case.gate is None or case.news) or (tried and key not in touched):
            continue
        # Another process may hold the case by now; then that one maps it.
        if not await store.lease_holder(key):
            # Every source has just been listed: what a case does not show changed has not changed. Only whether
            # a person or a rule gave it to somebody takes a closer look, which the newest few get at once.
            look = looks < MOST_LOOKS and any(map(_is_given, case.signals))
            looks += look
            await run_case(
                loaded, store, key, "map", environment=environment, attended=False, just_read=not look
            )
            done += 1
    return done
