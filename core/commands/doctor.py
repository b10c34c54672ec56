"""`rootcase doctor`: what is configured, where each value comes from, and what does not work yet."""

from __future__ import annotations

import argparse
import os
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass

from rootcase.core.commands.casefile import opened
from rootcase.core.commands.output import say, say_json
from rootcase.core.config.load import Loaded
from rootcase.core.config.settings import RepositorySettings, SourceSettings
from rootcase.core.model.errors import RootcaseError


@dataclass(frozen=True, slots=True)
class Check:
    """state: ok, warn (works, but less) or fail. hint: what to do."""

    area: str
    name: str
    state: str
    text: str
    hint: str = ""


async def main(args: argparse.Namespace, loaded: Loaded) -> int:
    checks = [check async for check in _checks(args, loaded)]
    failed = any(check.state == "fail" for check in checks)
    if args.json:
        say_json(
            {"schema": "rootcase.doctor/1", "ok": not failed, "checks": checks, "origins": loaded.origins}
        )
        return 2 if failed else 0
    marks = {"ok": "√", "warn": "!", "fail": "×"}
    for check in checks:
        say(f"{marks[check.state]} {check.area:<11} {check.name:<18} {check.text}")
        if check.hint and check.state != "ok":
            say(f"    next  {check.hint}")
    say("\nValues and where they come from:")
    for origin in loaded.origins:
        if origin.origin != "default":
            say(f"  {origin.key} = {origin.value}  ({origin.origin})")
    return 2 if failed else 0


async def _checks(args: argparse.Namespace, loaded: Loaded) -> AsyncIterator[Check]:
    file = str(loaded.file) if loaded.file else "no file, all defaults"
    yield Check("config", "file", "ok" if loaded.file else "warn", file, "rootcase init writes one.")
    for warning in loaded.warnings:
        yield Check("config", "key", "warn", warning)
    yield await _store(loaded)
    for source in loaded.settings.sources:
        yield await _source(source, loaded)
    if not loaded.settings.sources:
        yield Check(
            "source",
            "none",
            "warn",
            "no source is configured",
            "rootcase demo and rootcase capture need none.",
        )
    for repository in loaded.settings.repositories:
        async for check in _repository(repository, loaded, run_tests=args.tests):
            yield check
    yield await _sandbox(loaded)
    yield _models(loaded)


async def _store(loaded: Loaded) -> Check:
    try:
        async with opened(loaded) as store:
            count = len(await store.inbox())
    except RootcaseError as fault:
        return Check("store", loaded.settings.store, "fail", fault.title, fault.hint)
    return Check("store", loaded.settings.store, "ok", f"{count} cases")


async def _source(settings: SourceSettings, loaded: Loaded) -> Check:
    """One page of its list, with the real token."""
    from rootcase.core.signals.protocol import make_source

    try:
        source = make_source(settings, os.environ, me=loaded.settings.me)
        try:
            async with aclosing(source.list("")) as batches:  # type: ignore[type-var]
                async for batch in batches:
                    text = f"answers, {len(batch.signals)} signals on the first page"
                    return Check(
                        "source", settings.label, "warn" if batch.partial else "ok", text, batch.partial
                    )
        finally:
            await source.close()
    except RootcaseError as fault:
        return Check("source", settings.label, "fail", f"{fault.title}. {fault.detail}", fault.hint)
    return Check("source", settings.label, "ok", "answers, nothing to list")


async def _repository(
    settings: RepositorySettings, loaded: Loaded, *, run_tests: bool
) -> AsyncIterator[Check]:
    from rootcase.core.workspace.clone import inspect_checkout
    from rootcase.core.workspace.environment import find_environment
    from rootcase.core.workspace.opening import baseline, checkout_of
    from rootcase.core.workspace.repository import open_repository

    try:
        checkout = await inspect_checkout(checkout_of(settings))
        repository = await open_repository(settings, loaded.folders.state)
        branch = await repository.default_branch()
    except RootcaseError as fault:
        yield Check("repository", settings.label, "fail", f"{fault.title}. {fault.detail}", fault.hint)
        return
    yield Check("repository", settings.label, "ok", f"{checkout.path}, drafts start from {branch}")
    for warning in checkout.warnings:
        yield Check("repository", settings.label, "warn", warning)
    yield _forge(settings)
    if settings.tracked not in ("none", settings.forge):
        yield _tracker(settings)
    if not settings.test_command:
        yield Check(
            "tests", settings.label, "warn", "no test_command, so nothing can be proved", "Set test_command."
        )
        return
    environment = await find_environment(settings, checkout.path)
    words = environment.words if environment else "no environment with pytest found"
    hint = "Set environment or setup_command."
    yield Check("tests", settings.label, "ok" if environment else "warn", words, hint)
    if run_tests:
        run, where = await baseline(settings, loaded.settings.guardrails, loaded.folders.state)
        text = (
            run.problem
            or f"{len(run.passed)} passed, {len(run.failed)} failed in {run.seconds:.0f} s, {where}"
        )
        yield Check("baseline", settings.label, "fail" if run.problem else "ok", text, run.output_tail[-300:])


def _forge(settings: RepositorySettings) -> Check:
    if settings.forge == "none":
        return Check(
            "forge",
            settings.label,
            "warn",
            "none: proposals become patch files",
            "Set forge: github or gitlab.",
        )
    if os.environ.get(settings.forge_variable):
        return Check("forge", settings.label, "ok", f"{settings.forge}, token in {settings.forge_variable}")
    return Check(
        "forge", settings.label, "warn", f"{settings.forge}, but {settings.forge_variable} is not set",
        "Without it nothing can be sent, and existing work is not found.",
    )  # fmt: skip


def _tracker(settings: RepositorySettings) -> Check:
    if os.environ.get(settings.tracker_variable):
        words = f"{settings.tracked}, token in {settings.tracker_variable}"
        return Check("tracker", settings.label, "ok", words)
    return Check(
        "tracker", settings.label, "warn", f"{settings.tracked}, but {settings.tracker_variable} is not set",
        "Without it no ticket can be filed, and people's tickets are not found.",
    )  # fmt: skip


async def _sandbox(loaded: Loaded) -> Check:
    from rootcase.core.safety.redact import Redactor
    from rootcase.core.workspace.sandbox import open_sandbox

    try:
        home = loaded.folders.state / "doctor-home"
        home.mkdir(parents=True, exist_ok=True)
        sandbox = await open_sandbox(loaded.settings.guardrails, Redactor(), home)
    except RootcaseError as fault:
        return Check("sandbox", "tier", "fail", fault.title, fault.hint)
    confined = sandbox.tier.name == "bubblewrap"
    return Check("sandbox", "tier", "ok" if confined else "warn", sandbox.tier.words, "Install bubblewrap.")


def _models(loaded: Loaded) -> Check:
    from rootcase.core.agent.roles import has_model, needs_consent

    models = loaded.settings.models
    if not has_model(models):
        return Check(
            "models", "none", "warn", "everything up to the code map works; drafts need a model",
            "models: {fast: openai/gpt-4.1-mini, strong: anthropic/claude-sonnet-4-5}",
        )  # fmt: skip
    if models.replay:
        return Check("models", "replay", "ok", f"recorded sessions from {models.replay}")
    if needs_consent(models):
        return Check(
            "models", models.fast or models.strong, "warn", "no consent yet", "models: {consent: true}"
        )
    return Check(
        "models", models.fast or models.strong, "ok", "configured; the key is the provider's own variable"
    )
