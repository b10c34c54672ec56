"""`run --incident ID --rca …`: what a diagnosis says, at the case that it is about, or at a new one."""

from __future__ import annotations

import time
from collections.abc import Callable

from rootcase.core.config.load import Loaded
from rootcase.core.config.tokens import own_secrets
from rootcase.core.journal.fold import fold
from rootcase.core.journal.store import Store
from rootcase.core.model.errors import RootcaseError, UsageError
from rootcase.core.model.signals import DEDUP, Diagnosis, Signal
from rootcase.core.pipeline.diagnosis import told
from rootcase.core.pipeline.fresh import kept
from rootcase.core.pipeline.intake import Intake
from rootcase.core.pipeline.named import fetch, open_sources
from rootcase.core.pipeline.pages import GIVEN_HERE
from rootcase.core.safety.redact import Redactor
from rootcase.core.safety.text import clean_line
from rootcase.core.signals.payloads import Payload, given, payload_of

ID_CHARS = 120


async def diagnosed(
    loaded: Loaded, store: Store, incident: str, rca: str, *, environment: dict[str, str],
    tell: Callable[[str], None] = lambda words: None,
) -> str:  # fmt: skip
    """The key of the case that now holds the diagnosis, as an assumed claim with its origin.

    incident: an id, address or case key, "" to take it from the payload. rca: text, `@FILE`, a file, or the
    payload of a paging service. UsageError where neither names an incident, or nothing is said.
    """
    payload = payload_of(given(rca))
    name = clean_line(incident, limit=2000) or next(iter(payload.ids), "")
    if not name:
        raise UsageError(
            "Which incident?",
            "Neither --incident nor the payload names one.",
            "rootcase run --incident ID --rca TEXT",
        )
    if not payload.text:
        raise UsageError(
            "The diagnosis is empty", "--rca holds no text.", "Give the text, @FILE, or the payload."
        )
    redactor = Redactor.of_environment(environment, own_secrets(loaded.settings, environment))
    diagnosis = Diagnosis(payload.origin, payload.text, payload.url, payload.at_us)
    key = await _known(loaded, store, name, payload, environment, tell)
    if key is None:
        return await _opened(loaded, store, name, payload, diagnosis, redactor, environment)
    case = fold(await store.entries(key))
    release = next((signal.last_release for signal in case.signals if signal.last_release), "")
    said = told((diagnosis,), case, redactor, release=release)
    if said.bodies:
        await store.append(key, said.bodies, actor="rootcase")
        await store.save_samples(key, said.events)
    return key


async def _known(
    loaded: Loaded, store: Store, name: str, payload: Payload, environment: dict[str, str],
    tell: Callable[[str], None],
) -> str | None:  # fmt: skip
    """The case that the incident's names lead to, here or at a configured source."""
    row = await store.inbox_row(name.upper())
    if row is not None:
        return row.key
    names = (name, *payload.ids, payload.url, *(address for _, address in payload.links))
    for each in dict.fromkeys(each for each in names if each):
        for alias in (each, f"{GIVEN_HERE}:{each}", DEDUP + each):
            key = await store.case_of(alias)
            if key:
                return key
    for each in dict.fromkeys((name, *(address for _, address in payload.links))):
        try:
            return await fetch(loaded, store, each, environment=environment, tell=tell)
        except UsageError:
            continue  # no configured source takes that name for its own
        except RootcaseError as fault:
            tell(f"{fault.title}; going on with what was given")
    return None


async def _opened(
    loaded: Loaded, store: Store, name: str, payload: Payload, diagnosis: Diagnosis, redactor: Redactor,
    environment: dict[str, str],
) -> str:  # fmt: skip
    """A case for an incident that nobody knows: it may still join the one whose error it tells of."""
    now_us = time.time_ns() // 1000
    title = payload.title or payload.text.splitlines()[0]
    signal = Signal(
        GIVEN_HERE, clean_line(name, limit=ID_CHARS), clean_line(name, limit=ID_CHARS), clean_line(title, limit=200),
        payload.url, service=payload.service or _only_service(loaded), kind="incident", events=1,
        first_seen_us=payload.at_us or now_us, last_seen_us=payload.at_us or now_us, dedup=payload.dedup,
        links=payload.links, diagnoses=(diagnosis,),
    )  # fmt: skip
    sources = [source for _, source in open_sources(loaded, environment, redactor)]
    try:
        intake = Intake(store, loaded.settings, redactor, sources=sources)
        return await intake.take(kept(signal, redactor), (), None)
    finally:
        for source in sources:
            await source.close()


def _only_service(loaded: Loaded) -> str:
    """The service where just one is configured: a diagnosis on its own names none."""
    services = [service for repository in loaded.settings.repositories for service in repository.services]
    return services[0] if len(services) == 1 else ""
