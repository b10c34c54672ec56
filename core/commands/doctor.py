"""`rootcase doctor`: what is configured, where each value comes from, and what does not work yet."""

from __future__ import annotations

import argparse
import os

from rootcase.core.commands.casefile import opened
from rootcase.core.commands.doctor_mcp import server_checks
from rootcase.core.commands.doctor_models import checks_of as model_checks
from rootcase.core.commands.doctor_models import model_reports
from rootcase.core.commands.doctor_report import SCHEMA, Check, DoctorReport
from rootcase.core.commands.doctor_repository import repository_checks
from rootcase.core.commands.doctor_sources import checks_of as source_checks
from rootcase.core.commands.doctor_sources import source_reports
from rootcase.core.commands.output import say, say_json
from rootcase.core.config.load import Loaded
from rootcase.core.journal.store import SourceState
from rootcase.core.model.errors import RootcaseError

MARKS = {"ok": "√", "warn": "!", "fail": "×"}


async def main(args: argparse.Namespace, loaded: Loaded) -> int:
    report = await examine(loaded, ask_models=args.models, run_tests=args.tests)
    if args.json:
        say_json(report)
    else:
        _print(report)
    return 0 if report.ok else 2


async def examine(loaded: Loaded, *, ask_models: bool, run_tests: bool) -> DoctorReport:
    """Everything that can be checked without changing anything; sources and models are asked at the same time."""
    store, states = await _store(loaded)
    sources = await source_reports(loaded, os.environ, states)
    models = await model_reports(
        loaded.settings.models, ask=ask_models, remembered=loaded.folders.state / "models.json"
    )
    checks = [*_configuration(loaded), store]
    checks += [check for report in sources for check in source_checks(report)]
    if not sources:
        none = "rootcase demo and rootcase capture need none."
        checks.append(Check("source", "none", "warn", "no source is configured", none))
    for repository in loaded.settings.repositories:
        checks += [check async for check in repository_checks(repository, loaded, run_tests=run_tests)]
    checks.append(await _sandbox(loaded))
    checks += model_checks(loaded.settings.models, models)
    checks += await server_checks(loaded, os.environ)
    ok = not any(check.state == "fail" for check in checks)
    return DoctorReport(SCHEMA, ok, tuple(checks), sources, models, loaded.origins)


def _print(report: DoctorReport) -> None:
    for check in report.checks:
        say(f"{MARKS[check.state]} {check.area:<11} {check.name:<18} {check.text}")
        if check.hint and check.state != "ok":
            say(f"    next  {check.hint}")
    say("\nValues and where they come from:")
    for origin in report.origins:
        if origin.origin != "default":
            say(f"  {origin.key} = {origin.value}  ({origin.origin})")


def _configuration(loaded: Loaded) -> list[Check]:
    file = str(loaded.file) if loaded.file else "no file, all defaults"
    first = Check("config", "file", "ok" if loaded.file else "warn", file, "rootcase init writes one.")
    return [first, *(Check("config", "key", "warn", warning) for warning in loaded.warnings)]


async def _store(loaded: Loaded) -> tuple[Check, dict[str, SourceState]]:
    """Whether the store opens, and how syncs found each source last."""
    states: dict[str, SourceState] = {}
    try:
        async with opened(loaded) as store:
            count = len(await store.inbox())
            for source in loaded.settings.sources:
                states[source.label] = await store.source_state(source.label)
    except RootcaseError as fault:
        return Check("store", loaded.settings.store, "fail", fault.title, fault.hint), {}
    return Check("store", loaded.settings.store, "ok", f"{count} cases"), states


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
