"""Everything a case's workspace is made of, put together: clone, worktree, sandbox and environment."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from rootcase.core.config.settings import GuardrailSettings, RepositorySettings
from rootcase.core.model.errors import RepositoryError, TestsCannotRun
from rootcase.core.model.proofs import TestRun
from rootcase.core.safety.redact import Redactor
from rootcase.core.workspace.environment import TestEnvironment, find_environment
from rootcase.core.workspace.promisor import MOST_CHECKED_OUT
from rootcase.core.workspace.provision import provisioned
from rootcase.core.workspace.repository import GitRepository, open_repository
from rootcase.core.workspace.runners import is_script_runner
from rootcase.core.workspace.sandbox import Sandbox, open_sandbox
from rootcase.core.workspace.tests import TestBench
from rootcase.core.workspace.worktree import CaseFolders, CaseWorkspace, case_folders, make_worktree


async def open_workspace(
    case: str,
    repository: GitRepository,
    settings: RepositorySettings,
    guardrails: GuardrailSettings,
    state: Path,
    *,
    base_commit: str,
    secrets: Sequence[str] = (),
) -> CaseWorkspace:
    """The workspace of a case at its base commit, made where it is not there yet.

    secrets: values that must not be in any output, beside the tokens of this process's environment.
    SandboxError where a sandbox is required and none works. That tests cannot run here is no error:
    `run_tests` then says why.
    """
    folders = case_folders(state, case)
    if repository.promisor is not None:
        await repository.promisor.bring_tree(base_commit, most=MOST_CHECKED_OUT)
    await make_worktree(repository, folders, base_commit)
    redactor = Redactor.of_environment(os.environ, secrets)
    sandbox = await open_sandbox(guardrails, redactor, folders.home)
    bench, why = None, ""
    try:
        environment = await _environment(settings, repository, base_commit, state, sandbox)
        bench = _bench(sandbox, settings, environment, folders, redactor)
    except TestsCannotRun as fault:
        why = str(fault)
    workspace = CaseWorkspace(
        repository, folders, guardrails, sandbox, bench, base_commit=base_commit, cannot_test=why
    )
    await workspace.reset(base_commit)
    return workspace


async def baseline(
    settings: RepositorySettings, guardrails: GuardrailSettings, state: Path, *, deadline_s: float = 600.0
) -> tuple[TestRun, str]:
    """Run the whole suite on the head of the default branch, for `doctor --tests`.

    Returns the run and the environment in words.
    """
    repository = await open_repository(settings, state)
    branch = await repository.default_branch()
    commit = await repository.resolve(branch)
    if commit is None:
        raise RepositoryError(
            f"{repository.name} has no branch {branch}", "It is the base branch.", "Correct `base_branch`."
        )
    workspace = await open_workspace(
        f"doctor-{repository.folder.stem}", repository, settings, guardrails, state, base_commit=commit
    )
    try:
        return await workspace.run_tests(deadline_s=deadline_s), workspace.environment
    finally:
        await workspace.destroy()


def checkout_of(settings: RepositorySettings) -> Path:
    """The user's checkout as configured."""
    return Path(settings.path).expanduser()


async def _environment(
    settings: RepositorySettings, repository: GitRepository, commit: str, state: Path, sandbox: Sandbox
) -> TestEnvironment:
    checkout = checkout_of(settings) if settings.path else repository.folder
    found = await find_environment(settings, checkout)
    if found is None and settings.setup_command and not settings.environment:
        found = await provisioned(settings, repository, commit, state, sandbox)
    if found is not None:
        return found
    if settings.environment:
        raise TestsCannotRun(
            f"The environment {settings.environment} does not exist",
            f"Neither bin/python nor node_modules in it, seen from {checkout}.",
            "Correct `environment` of the repository in config.yaml.",
        )
    if is_script_runner(settings.test_command, checkout):
        raise TestsCannotRun(
            "No environment for the tests was found", f"The tests of {checkout} run on node, which is not on PATH.",
            "Install node, or correct `test_command`.",
        )  # fmt: skip
    raise TestsCannotRun(
        "No environment for the tests was found",
        f"Neither .venv nor venv in {checkout}, and no python with pytest on PATH.",
        "Set `environment` or `setup_command` of the repository in config.yaml.",
    )


def _bench(
    sandbox: Sandbox,
    settings: RepositorySettings,
    environment: TestEnvironment,
    folders: CaseFolders,
    redactor: Redactor,
) -> TestBench:
    return TestBench(sandbox, settings, environment, folders.tree, folders.out, redactor.text)
