"""`rootcase explain map`: where a crash is in the code, for a case, an event file or a stack trace as text."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path

from rootcase.core.commands.casefile import folded, opened, resolved
from rootcase.core.commands.output import say, say_json
from rootcase.core.config.load import Loaded
from rootcase.core.config.settings import RepositorySettings
from rootcase.core.model.code import CodePath
from rootcase.core.model.errors import UsageError
from rootcase.core.model.events import Event

SCHEMA = "rootcase.explain.map/1"


async def explain_map(args: argparse.Namespace, loaded: Loaded) -> int:
    """With --repo: map an event on a plain checkout, without a configuration. Else: the map of a case."""
    from rootcase.core.codemap.explain import as_record, as_text

    given = " ".join(args.input)
    if not given:
        raise UsageError(
            "explain map needs an input", "A case, an event file or a stack trace.",
            "rootcase explain map EVENT.json --repo PATH",
        )  # fmt: skip
    if args.repo:
        events = await asyncio.to_thread(read_events, given)
        path = await mapped(events, args, loaded)
        found = {"schema": SCHEMA, **as_record(path)}
    else:
        async with opened(loaded) as store:
            case = await folded(store, await resolved(store, given))
        if case.code is None:
            say_json({"schema": SCHEMA, "case": case.key}) if args.json else say(
                f"{case.key} has no code map. rootcase run {case.key} --until map"
            )
            return 0
        path = case.code
        found = {"schema": SCHEMA, "case": case.key, **as_record(path), "path": path}
    if args.json:
        say_json(found)
    else:
        say(as_text(path))
    return 0


async def mapped(events: Sequence[Event], args: argparse.Namespace, loaded: Loaded) -> CodePath:
    """The code path of an event on the repository at --repo, which is read where it lies."""
    from rootcase.core.cluster.fingerprint import DefaultFingerprinter
    from rootcase.core.codemap.stage import codemap
    from rootcase.core.model.case import Case
    from rootcase.core.model.entries import CodeMapped
    from rootcase.core.workspace.view import opened_view

    settings = await asyncio.to_thread(repository_settings, args.repo, loaded)
    async with opened_view(
        Path(settings.path), name=settings.label, graphs=loaded.folders.cache / "graphs"
    ) as repository:
        # Of a chain of exceptions, the fingerprint says which one tells of the fault.
        fingerprint = DefaultFingerprinter(loaded.settings).event(events[0])
        head = args.head or ("HEAD" if await repository.resolve("HEAD") else "")
        bodies = codemap(
            Case(service=settings.label, fingerprint=fingerprint), events, repository, settings,
            commit=args.commit, head=head,
        )  # fmt: skip
        return next(iter([body.path async for body in bodies if isinstance(body, CodeMapped)]))


def repository_settings(repo: str, loaded: Loaded) -> RepositorySettings:
    """Those of the configuration for that folder, where it has any."""
    where = Path(repo).expanduser().resolve()
    for known in loaded.settings.repositories:
        if Path(known.path).expanduser().resolve() == where:
            return known
    return RepositorySettings(path=str(where))


def read_events(given: str) -> tuple[Event, ...]:
    """The events of a file, newest first: JSON in any of Sentry's shapes, or the text of a stack trace.

    UsageError where nothing in it can be mapped.
    """
    from rootcase.core.cluster.stack_text import parse_stack
    from rootcase.core.signals.eventfiles import read
    from rootcase.core.signals.sentry_events import event

    path = Path(given)
    is_file = len(given) < 4096 and "\n" not in given and path.is_file()
    if not is_file and "\n" not in given:
        raise UsageError(f"{given} is not there", "It is no file and no stack trace.", "Check the path.")
    if is_file and path.suffix in (".json", ".jsonl"):
        found = list(read(path))
        events = [event(_unwrapped(item.value)) for item in found if item.kind == "event"]
        if events:
            return tuple(sorted(events, key=lambda item: -item.at_us))
        why = next((item.why for item in found if item.why), "it holds no event")
        raise UsageError(
            f"{path.name} holds no event", why, "Give one event in Sentry's shape, or a list of them."
        )
    text = path.read_text(encoding="utf-8", errors="replace") if is_file else given
    parsed = parse_stack(text)
    if parsed is None:
        raise UsageError(
            f"{path.name if is_file else 'The text'} holds no stack trace",
            "Python, JavaScript, Java, Go and others are read.",
            "Give the whole trace, or the event as JSON.",
        )
    return (Event(path.name if is_file else "text", platform=parsed.platform, exceptions=parsed.exceptions,
                  problems=parsed.problems),)  # fmt: skip


def _unwrapped(value: object) -> object:
    """A webhook's and some exports' events stand one level down."""
    if isinstance(value, dict) and isinstance(value.get("event"), dict) and "exception" not in value:
        return value["event"]
    return value
