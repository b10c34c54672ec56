"""Carries out what a human asked of the sources: each act was intended in the journal, and ends there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rootcase.core.config.load import Loaded
from rootcase.core.deliver.escalating import SayOnTicket
from rootcase.core.journal.fold import fold
from rootcase.core.journal.store import Store, Taken
from rootcase.core.model.acts import ActRecord, acted
from rootcase.core.model.case import Case
from rootcase.core.model.delivery import Write
from rootcase.core.model.entries import ActDone, ActFailed
from rootcase.core.model.errors import ConfigError, RootcaseError, SourceError
from rootcase.core.model.intents import TRACKER, Able
from rootcase.core.pipeline.configured import configured
from rootcase.core.pipeline.house import House
from rootcase.core.signals.protocol import Deed, Source, can, make_source


async def able(loaded: Loaded, environment: dict[str, str]) -> Able:
    """What each configured source can do, asked of its adapter; no request is made."""
    out: dict[str, frozenset[str]] = {}
    for settings in configured(loaded):
        try:
            source = make_source(settings, environment, me=loaded.settings.me)
        except RootcaseError:
            out[settings.label] = frozenset()
            continue
        out[settings.label] = can(source)
        await source.close()
    return out


async def carry_out(
    loaded: Loaded, store: Store, key: str, *, environment: dict[str, str], asked: str = ""
) -> tuple[ActRecord, ...]:
    """Do the acts of a case that are intended and not ended; those of one key press for `asked`.

    An act whose process died is done again: setting what is set already changes nothing, and the source says
    that it was so. Returns the records as they ended.
    """
    case = fold(await store.entries(key))
    waiting = [r for r in case.acts if r.state == "intended" and (not asked or r.asked == asked)]
    ids = {record.id for record in waiting}
    for label in dict.fromkeys(record.source for record in waiting):
        mine = [record for record in waiting if record.source == label]
        if label == TRACKER:
            await _on_ticket(loaded, store, case, mine, environment)
            continue
        try:
            source = _source(loaded, label, environment)
        except RootcaseError as fault:
            for record in mine:
                await store.append(key, [_failed(record, fault)], actor="rootcase")
            continue
        try:
            for record in mine:
                await _do(store, key, source, record)
        finally:
            await source.close()
    return tuple(record for record in fold(await store.entries(key)).acts if record.id in ids)


async def _do(store: Store, key: str, source: Source, record: ActRecord) -> None:
    deed = Deed(record.act, record.assignee, record.release, record.until_us)
    try:
        if record.act not in can(source):
            raise SourceError(
                f"{source.name} cannot {record.act}", "Its service has no such thing.", "Do it on its page."
            )
        if record.act == "note":
            written = await source.comment(record.signal_id, record.text)
        else:
            written = await source.act(record.signal_id, deed)
    except RootcaseError as fault:
        await store.append(key, [_failed(record, fault)], actor="rootcase")
        return
    done = ActDone(record.id, written.already, written.url, written.note)
    if record.act == "note":
        await store.append(key, [done], actor="rootcase")
        return
    held = (await store.known_signals(record.source, [record.signal_id])).get(record.signal_id)
    if held is None:
        await store.append(key, [done], actor="rootcase")
        return
    # What we hold is how it is there now, so that the next sync tells what others change after us.
    now = acted(held.signal, record)
    if record.act == "assign" and now.assignee and not record.assignee:
        now = replace(now, assignee=replace(now.assignee, me=True))
    await store.take_in(Taken(key, now, joined=(done,)))


async def _on_ticket(
    loaded: Loaded, store: Store, case: Case, notes: Sequence[ActRecord], environment: dict[str, str]
) -> None:
    """Say a note on the ticket of the case; one with the same words is found there and not said twice."""
    async with House(loaded, store, environment) as house:
        for record in notes:
            try:
                tracker = await house.tracker(case)
                if tracker is None:
                    raise ConfigError(
                        "No tracker is configured", f"The note is for ticket {record.signal_id}.",
                        "Set tracker for this repository in config.yaml.",
                    )  # fmt: skip
                write = Write("comment", f"ticket {record.signal_id}", record.id, text=record.text)
                say = SayOnTicket(write, tracker, record.signal_id)
                there = await say.find()
                said = there or await say.perform()
            except RootcaseError as fault:
                await store.append(case.key, [_failed(record, fault)], actor="rootcase")
                continue
            await store.append(case.key, [ActDone(record.id, there is not None, said.url)], actor="rootcase")


def _source(loaded: Loaded, label: str, environment: dict[str, str]) -> Source:
    settings = next((each for each in configured(loaded) if each.label == label), None)
    if settings is None:
        raise ConfigError(
            f"Source {label} is not configured", "The signal came from it.", "Put it back in config.yaml."
        )
    return make_source(settings, environment, me=loaded.settings.me)


def _failed(record: ActRecord, fault: RootcaseError) -> ActFailed:
    return ActFailed(record.id, fault.title, fault.hint or fault.detail)
