"""Leaves the comment that goes with taking a human's work over, once, where that human will see it."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from rootcase.core.deliver.destination import NAMES
from rootcase.core.deliver.forge import AnswerLost
from rootcase.core.deliver.outbox import failed
from rootcase.core.deliver.talk import ForgeTalk, TrackerTalk
from rootcase.core.model.case import Case
from rootcase.core.model.delivery import Write
from rootcase.core.model.entries import Body, EffectDone, EffectIntended, TookOver
from rootcase.core.model.errors import DeliveryError, GuardrailError, RootcaseError
from rootcase.core.model.ports import WriteBack
from rootcase.core.pipeline.house import House
from rootcase.core.pipeline.stopping import stopped_by
from rootcase.core.pipeline.writeback import write_back


def takeover_key(case: Case, took: TookOver) -> str:
    return f"{case.key}:take:{took.where}:{took.id}"


def waiting(case: Case) -> tuple[TookOver, ...]:
    """Those whose comment is not left yet."""
    done = {effect.key for effect in case.effects if effect.state == "done"}
    return tuple(took for took in case.takings if took.kind and takeover_key(case, took) not in done)


async def leave_word(case: Case, house: House) -> AsyncGenerator[Body, None]:
    """The entries of each comment that is still owed: looked up, intended, left, done. A fault ends its own alone."""
    for took in waiting(case):
        text = house.redactor.text(took.text)
        write = Write("comment", f"{took.where} {took.id}", takeover_key(case, took), "", text)
        try:
            await _not_stopped(case, house)
            port, id = await _port(case, took, house)
            if await _there(port, id, text):
                yield EffectDone(write.key, "comment", found=True)
                continue
            yield EffectIntended(write, "")
            try:
                answer = await port.comment(id, text)
            except AnswerLost:
                if not await _there(port, id, text):
                    raise
                answer = ""
        except RootcaseError as fault:
            yield failed(write, fault)
            continue
        url = answer if "://" in answer else ""
        yield EffectDone(write.key, "comment", url, "" if url else answer)


async def _not_stopped(case: Case, house: House) -> None:
    """The one switch, read anew: it stops this write too."""
    if why := await stopped_by(case, house, sending=True):
        raise GuardrailError("Everything is stopped", why, "Turn the switch off, then try again.")


async def _there(port: WriteBack, id: str, text: str) -> bool:
    said = {" ".join(each.split()) for each in await port.comments(id)}
    return " ".join(text.split()) in said


async def _port(case: Case, took: TookOver, house: House) -> tuple[WriteBack, str]:
    """Where the comment goes, and what the thing is called there."""
    if took.kind == "signal":
        ports = write_back(case, house)
        named = (s for s in case.signals if s.source == took.where and took.id in (s.short_id, s.id))
        signal = next(named, None)
        if signal is None or signal.source not in ports:
            raise _nowhere(took)
        return ports[signal.source], signal.id
    place = await house.destination(case)
    number = took.id.lstrip("#!")
    forge = await house.forge(case) if took.where == place.forge_name else None
    if forge is not None:
        return ForgeTalk(forge, pull=took.kind == "pull_request"), number
    tracker = (
        await house.tracker(case) if took.where in (NAMES.get(place.tracker), place.tracker_name) else None
    )
    if tracker is not None:
        return TrackerTalk(tracker), number
    raise _nowhere(took)


def _nowhere(took: TookOver) -> DeliveryError:
    return DeliveryError(
        f"No comment can be left at {took.where} {took.id}", "It is no source, forge or tracker of config.yaml.",
        f"Tell {took.who or 'them'} by hand.",
    )  # fmt: skip
