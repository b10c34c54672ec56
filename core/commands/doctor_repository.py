"""What is known of a configured repository: checkout, branch, forge, test environment, and a baseline on demand."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

from rootcase.core.commands.doctor_report import Check
from rootcase.core.commands.init_checks import check_commands
from rootcase.core.commands.init_look import git
from rootcase.core.config.load import Loaded
from rootcase.core.config.settings import RepositorySettings
from rootcase.core.model.errors import RootcaseError


async def repository_checks(
    settings: RepositorySettings, loaded: Loaded, *, run_tests: bool
) -> AsyncIterator[Check]:
    """Checks of one repository; run_tests: its tests are run once, as a baseline."""
    from rootcase.core.workspace.clone import inspect_checkout
    from rootcase.core.workspace.environment import find_environment
    from rootcase.core.workspace.opening import baseline, checkout_of
    from rootcase.core.workspace.repository import open_repository

    if bool(settings.path) and await asyncio.to_thread(_is_empty, settings.path):
        yield Check(
            "repository", settings.label, "warn", f"{settings.path} has no commit yet",
            "Commit something there: a draft starts from a commit.",
        )  # fmt: skip
        return
    try:
        repository = await open_repository(settings, loaded.folders.state)
        checkout = await inspect_checkout(checkout_of(settings) if settings.path else repository.folder)
        branch = await repository.default_branch()
    except RootcaseError as fault:
        yield Check("repository", settings.label, "fail", f"{fault.title}. {fault.detail}", fault.hint)
        return
    yield Check(
        "repository", settings.label, "ok", f"{settings.url or checkout.path}, drafts start from {branch}"
    )
    for warning in checkout.warnings:
        yield Check("repository", settings.label, "warn", warning)
    yield _forge(settings)
    if settings.tracked not in ("none", settings.forge):
        yield _tracker(settings)
    found = check_commands(checkout.path)
    if found and not settings.check_commands:
        words = ", ".join(" ".join(command) for command in found)
        listed = "[" + ", ".join(f"[{', '.join(command)}]" for command in found) + "]"
        yield Check(
            "checks", settings.label, "warn", f"review does not run what the repository keeps: {words}",
            f"Confirm it once: check_commands: {listed}",
        )  # fmt: skip
    if not settings.test_command:
        yield Check(
            "tests", settings.label, "warn", "no test_command, so nothing can be proved", "Set test_command."
        )
        return
    environment = await find_environment(settings, checkout.path)
    words = environment.words if environment else "no environment for the tests was found"
    hint = "Set environment or setup_command."
    yield Check("tests", settings.label, "ok" if environment else "warn", words, hint)
    if run_tests:
        run, where = await baseline(settings, loaded.settings.guardrails, loaded.folders.state)
        counted = f"{len(run.passed)} passed, {len(run.failed)} failed in {run.seconds:.0f} s, {where}"
        text = run.problem or counted
        yield Check("baseline", settings.label, "fail" if run.problem else "ok", text, run.output_tail[-300:])


def _is_empty(path: str) -> bool:
    """Whether it is a repository in which nobody has committed anything."""
    folder = Path(path).expanduser()
    if not folder.is_dir():
        return False
    there = git(folder, "rev-parse", "--absolute-git-dir")
    return bool(there) and not git(folder, "rev-list", "--all", "--max-count=1")


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
