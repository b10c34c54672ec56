"""`rootcase capture -- CMD`: run a Python command; what it raises becomes a case, with no Sentry account."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from rootcase.core.commands.casefile import opened
from rootcase.core.commands.output import warn
from rootcase.core.config.load import Loaded
from rootcase.core.model.errors import UsageError


async def main(args: argparse.Namespace, loaded: Loaded) -> int:
    """Returns the command's own exit code; the cases are named on stderr."""
    from rootcase.core.pipeline.configured import CAPTURES
    from rootcase.core.pipeline.sync import sync
    from rootcase.core.signals.capture import capture

    command = args.argv[1:] if args.argv[:1] == ["--"] else args.argv
    if not command:
        raise UsageError(
            "Which command?", "Nothing stands after --.", "rootcase capture -- python -m my.service"
        )
    here = Path.cwd()
    service = args.service or _service(loaded, here)
    captured = await capture(
        command, cwd=here, service=service, release=args.release, environment=args.environment,
        folder=loaded.folders.state / CAPTURES,
    )  # fmt: skip
    if captured.note:
        warn(f"rootcase: {captured.note}")
    if not captured.events:
        warn(
            "rootcase: nothing was raised" if captured.exit_code == 0 else "rootcase: no exception was caught"
        )
        return captured.exit_code
    async with opened(loaded) as store:
        await sync(loaded, store, environment=dict(os.environ), only="capture")
        keys = [row for row in await store.inbox() if row.service == service]
        for row in keys:
            warn(f"rootcase: {row.key}  {row.title}  ({row.verdict or row.state}: {row.because})")
    warn("rootcase: open it with `rootcase`, or go on with `rootcase run CASE`")
    return captured.exit_code


def _service(loaded: Loaded, here: Path) -> str:
    """The service of the configured repository that `here` is in, else the folder's name."""
    for repository in loaded.settings.repositories:
        path = Path(repository.path).expanduser().resolve()
        if here.resolve().is_relative_to(path):
            return repository.services[0] if repository.services else repository.label
    return here.name
