"""`rootcase sync`: read all sources once; new error classes become cases, gated and mapped."""

from __future__ import annotations

import argparse
import os

from rootcase.core.commands.casefile import opened
from rootcase.core.commands.output import say, say_json, table
from rootcase.core.config.load import Loaded
from rootcase.core.model.errors import ConfigError


async def main(args: argparse.Namespace, loaded: Loaded) -> int:
    from rootcase.core.pipeline.intake import sync

    if not loaded.settings.sources and not (loaded.folders.state / "captures").is_dir():
        raise ConfigError(
            "No source is configured",
            f"{loaded.file or loaded.folders.config / 'config.yaml'} names none under `sources`.",
            "Add one (README, “Your own Sentry”), or try rootcase demo.",
        )
    async with opened(loaded) as store:
        outcome = await sync(loaded, store, environment=dict(os.environ), only=args.source)
    if args.json:
        say_json(outcome)
    else:
        rows = [
            (s.source, str(s.signals), str(s.events), s.fault or s.partial or "complete")
            for s in outcome.sources
        ]
        say(table(rows, ("source", "signals", "events", "state")))
        say(f"{len(outcome.opened)} new, {outcome.changed} changed.")
        for source in outcome.sources:
            if source.hint:
                say(f"{source.source}: {source.hint}")
    if any(s.fault for s in outcome.sources):
        return 1 if all(s.fault for s in outcome.sources) else 6
    return 6 if any(s.partial for s in outcome.sources) else 0
