"""`rootcase trust REPOSITORY`: read the templates that a repository carries, and trust them as they are."""

from __future__ import annotations

import argparse
import os

from rootcase.core.commands.casefile import opened
from rootcase.core.commands.output import say, say_json
from rootcase.core.config.load import Loaded
from rootcase.core.journal.merges import STORE_JOURNAL
from rootcase.core.model.entries import TemplateTrusted
from rootcase.core.model.errors import UsageError


async def main(args: argparse.Namespace, loaded: Loaded) -> int:
    """Without --yes nothing is trusted. A template that changes has to be trusted anew: its digest is another."""
    from rootcase.core.deliver.template import template
    from rootcase.core.desk import actor_of
    from rootcase.core.pipeline.templates import IN_REPOSITORY, digest_of, text_in
    from rootcase.core.workspace.repository import open_repository

    settings = next((r for r in loaded.settings.repositories if r.label == args.repository), None)
    if settings is None:
        known = ", ".join(r.label for r in loaded.settings.repositories) or "none is configured"
        raise UsageError(f"No repository is called {args.repository}", f"Repositories: {known}.", "")
    repository = await open_repository(settings, loaded.folders.state)
    texts = {kind: text for kind in IN_REPOSITORY if (text := await text_in(repository, kind)) is not None}
    if not texts:
        raise UsageError(
            f"{settings.label} carries no template", f"It would be {' or '.join(IN_REPOSITORY.values())}.",
            "Your own go into config.yaml: proposal: {pull_request: FILE}.",
        )  # fmt: skip
    for kind, text in texts.items():
        template(text, f"{settings.label}/{IN_REPOSITORY[kind]}", ticket=kind == "ticket")
    bodies = [TemplateTrusted(repository.name, IN_REPOSITORY[k], digest_of(t)) for k, t in texts.items()]
    if args.yes:
        async with opened(loaded) as store:
            await store.append(STORE_JOURNAL, bodies, actor=actor_of(dict(os.environ)))
    if args.json:
        say_json({"schema": "rootcase.trust/1", "trusted": args.yes, "templates": bodies})
        return 0
    for body, text in zip(bodies, texts.values(), strict=True):
        say(f"{body.path}  sha256 {body.digest[:16]}\n\n{text}")
    say(
        "Trusted, as it stands here."
        if args.yes
        else f"To trust exactly this: rootcase trust {args.repository} --yes"
    )
    return 0
