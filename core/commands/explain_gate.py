"""`rootcase explain gate CASE|EVENT.json [--context CTX.json]`: every rule, what it saw, and the verdict."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rootcase.core.commands.casefile import folded, opened, resolved
from rootcase.core.commands.output import say, say_json, warn
from rootcase.core.commands.situation.context import Context, from_table, read_context
from rootcase.core.commands.situation.work import names_another, settled
from rootcase.core.config.load import Loaded
from rootcase.core.config.settings import Settings
from rootcase.core.gate.decide import decide
from rootcase.core.gate.explain import as_text
from rootcase.core.gate.facts import Facts
from rootcase.core.gate.frames import failing
from rootcase.core.model.case import Case, Said
from rootcase.core.model.code import CodePath, MappedFrame
from rootcase.core.model.errors import UsageError
from rootcase.core.model.events import Event
from rootcase.core.model.signals import Signal, Work
from rootcase.core.model.verdicts import GateDecision

SCHEMA = "rootcase.explain.gate/1"
# Where signals without an exception say what they are about.
TEXT = ("text", "stack", "stack_trace", "message", "title", "summary", "description")


async def main(args: argparse.Namespace, loaded: Loaded) -> int:
    """A recorded verdict for a case; a fresh one for an event, for a context, and for a case not asked yet.

    Nothing is asked of forges and trackers here: what they know comes in the context.
    """
    given = " ".join(args.input)
    if not given:
        raise UsageError("explain gate needs an input", "", "rootcase explain gate CASE|EVENT.json")
    unread: Sequence[str] = ()
    if given.endswith((".json", ".jsonl")):
        case, decision, unread = of_events(_events(given), args.context, loaded.settings)
    else:
        async with opened(loaded) as store:
            key = await resolved(store, given)
            case, samples = await folded(store, key), await store.samples(key)
        recorded = case.gate
        if recorded is not None and not args.context:
            decision = recorded
        else:
            case, decision, unread = judged(case, samples, args.context, loaded.settings)
    for name in unread:
        warn(f"rootcase: nothing reads `{name}` of the context")
    if args.json:
        say_json(as_json(case, decision, unread))
    else:
        say(as_text(decision, case.key))
    return 0


def as_json(case: Case, decision: GateDecision, unread: Sequence[str] = ()) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "case": case.key,
        "verdict": decision.verdict,
        "because": decision.because,
        "waits_for": decision.waits_for,
        "kind": decision.kind,
        "rule": decision.rule,
        "priority": decision.priority,
        "why_urgent": decision.why_urgent,
        "asked": decision.asked,
        "rules": decision.rules,
        "unread": tuple(unread),
    }


def of_events(
    events: Sequence[Event], context: str, settings: Settings
) -> tuple[Case, GateDecision, Sequence[str]]:
    """The gate on events that belong to no case."""
    from rootcase.core.cluster.fingerprint import DefaultFingerprinter

    mark = DefaultFingerprinter(settings).event(events[0])
    case = Case(title=mark.type, fingerprint=mark, signals=(signal_of(events),))
    return judged(replace(case, service=case.signals[0].service), events, context, settings)


def judged(
    case: Case, events: Sequence[Event], context: str, settings: Settings
) -> tuple[Case, GateDecision, Sequence[str]]:
    """The gate's decision on a case and its events, with what a context file adds."""
    first = case.signals[0] if case.signals else signal_of(events)
    known = read_context(context, first, settings) if context else from_table({}, first, settings)
    case = _with(case, known, events)
    # An event from a file is judged at its own time, a case of the store at this moment.
    at_us = 0 if case.key else max((event.at_us for event in events), default=0)
    now_us = known.now_us or at_us or time.time_ns() // 1000
    facts = Facts(
        case=case, events=tuple(events), settings=known.settings, asked="after" if case.note else "before",
        now_us=now_us, work=_work(known) or case.work, failed=known.failed or case.work_failed,
        holder=known.holder, burn=known.burn,
    )  # fmt: skip
    return case, decide(facts), known.unread


def _work(known: Context) -> tuple[Work, ...]:
    """The context's work that is about this error, with what its deploys tell of merges."""
    about = [work for work in known.work if not names_another(work, known.signal.short_id)]
    return tuple(settled(work, known.signal.deploys) for work in about)


def signal_of(events: Sequence[Event]) -> Signal:
    """What the events themselves tell, as a source would count them."""
    first = events[0] if events else Event("")
    tags = dict(first.tags)
    handled = next((each.handled for each in reversed(first.exceptions) if each.handled is not None), None)
    users = {event.user for event in events if event.user}
    return Signal(
        "the source", first.id, title=first.message or (first.raised.type if first.raised else ""),
        service=tags.get("service", ""), level=first.level, handled=handled, events=len(events), users=len(users),
        last_seen_us=max((event.at_us for event in events), default=0),
        last_release=first.release, environment=first.environment, tags=first.tags,
    )  # fmt: skip


def _with(case: Case, known: Context, events: Sequence[Event]) -> Case:
    said = tuple(Said(0, 0, f"human:{who}", "owner_agreed", text) for who, text in known.said)
    verdict, by, reason = known.verdict
    signals = (known.signal, *case.signals[1:])
    case = replace(
        case, signals=signals, said=(*case.said, *said), service=known.signal.service or case.service,
        state="regressed" if known.regressed else case.state,
    )  # fmt: skip
    if verdict:
        case = replace(case, verdict=verdict, verdict_by=f"human:{by}", verdict_reason=reason)  # type: ignore[arg-type]
    if known.head and (frame := failing(events[0]) if events else None):
        mapped = MappedFrame(
            0, frame.function, frame.function, frame.filename, frame.line, "confirmed", head_status="changed"
        )
        told = f"{known.head} changes the failing line"
        case = replace(
            case,
            code=CodePath(
                "the repository", "", "the release", "", "HEAD", frames=(mapped,), changed_since=told
            ),
        )
    return case


def _events(name: str) -> tuple[Event, ...]:
    from rootcase.core.cluster.stack_text import parse_stack
    from rootcase.core.signals.eventfiles import read
    from rootcase.core.signals.loose import LONG, first_text, table
    from rootcase.core.signals.sentry_events import event

    path = Path(name)
    if not path.is_file():
        raise UsageError(f"{name} cannot be read", "There is no such file.", "Check the path.")
    found = list(read(path))
    out = []
    for item in found:
        if item.kind == "broken":
            raise UsageError(
                f"{item.where} is no event", item.why, "Give an event in Sentry's API or SDK shape."
            )
        one = event(item.value)
        if not one.exceptions:
            row = table(item.value)
            text = first_text(row, *TEXT, limit=LONG * 10) or one.message
            parsed = parse_stack(text, one.platform)
            one = (
                replace(one, exceptions=parsed.exceptions)
                if parsed
                else replace(one, message=one.message or text)
            )
        out.append(one)
    if not out:
        raise UsageError(f"{name} holds no event", "", "Give an event in Sentry's API or SDK shape.")
    return tuple(sorted(out, key=lambda each: -each.at_us))
