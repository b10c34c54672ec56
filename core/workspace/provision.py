"""`setup_command`: run once for a repository's lock files, into an environment of our own."""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rootcase.core.config.settings import RepositorySettings
from rootcase.core.model.errors import TestsCannotRun
from rootcase.core.safety.paths import matches
from rootcase.core.workspace.clone import locked
from rootcase.core.workspace.environment import TestEnvironment, environment_at, node_environment, program
from rootcase.core.workspace.repository import GitRepository
from rootcase.core.workspace.runners import is_script_runner
from rootcase.core.workspace.sandbox import Sandbox, View

DEADLINE_S = 900.0
LOCK_FILES = (
    "*.lock", "requirements*.txt", "/pyproject.toml", "/setup.py", "/setup.cfg", "package-lock.json", "pnpm-lock.yaml",
)  # fmt: skip
_DONE = "rootcase-done"


async def provisioned(
    settings: RepositorySettings, repository: GitRepository, commit: str, state: Path, sandbox: Sandbox
) -> TestEnvironment:
    """The environment that `setup_command` makes, made now where it is not there yet.

    It runs on a copy of the commit with the network open, since it fetches packages, and sees no more
    than that copy. TestsCannotRun with its last words where it fails.
    """
    digest = await _digest(settings.setup_command, repository, commit)
    folder = state / "environments" / f"{repository.folder.stem}-{digest[:12]}"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    tree = folder / "tree"
    async with locked(folder / "lock"):
        if not (folder / _DONE).is_file():
            shutil.rmtree(tree, ignore_errors=True)
            shutil.rmtree(folder / "venv", ignore_errors=True)
            tree.mkdir()
            await _export(repository, commit, folder, tree)
            await _set_up(settings.setup_command, folder, tree, sandbox)
            (folder / _DONE).write_text(commit + "\n")
    on_node = is_script_runner(settings.test_command, tree)
    for place in () if on_node else (folder / "venv", tree / ".venv", tree / "venv"):
        found = await environment_at(
            place, tree, f"the environment made by {' '.join(settings.setup_command)}"
        )
        if found is not None:
            return await _shown_only(found, folder)
    node = shutil.which("node")
    if node is not None and (tree / "node_modules").is_dir():
        made = f"node_modules made by {' '.join(settings.setup_command)}"
        return node_environment(Path(node), tree / "node_modules", made)
    raise TestsCannotRun(
        "The setup command made no environment",
        f"`{' '.join(settings.setup_command)}` ended well, but there is no .venv, venv or node_modules.",
        "Name the tests' environment with `environment` in config.yaml.",
    )


async def _shown_only(found: TestEnvironment, folder: Path) -> TestEnvironment:
    """The environment without folders that only it names: the repository's own code wrote its links and `.pth`
    files, and must not choose what of the user's home its tests may read."""
    ours = await _own(folder)
    known = [path for path in found.readable if path.is_relative_to(folder) or path in ours.readable]
    return replace(found, readable=tuple(dict.fromkeys([*known, *ours.readable])))


async def _own(tree: Path) -> TestEnvironment:
    return await environment_at(Path(sys.prefix), tree, "Rootcase's own") or TestEnvironment(
        "the system", None
    )


async def _digest(command: Sequence[str], repository: GitRepository, commit: str) -> str:
    digest = hashlib.sha256(repr((tuple(command), sys.version_info[:2])).encode())
    for path in await repository.files(commit):
        if matches(path, LOCK_FILES):
            digest.update(path.encode("utf-8", "replace") + b"\0")
            digest.update(await repository.read_bytes(commit, path) or b"")
    return digest.hexdigest()


async def _export(repository: GitRepository, commit: str, folder: Path, tree: Path) -> None:
    index = {"GIT_INDEX_FILE": str(folder / "index"), "GIT_WORK_TREE": str(tree)}
    await repository.git.out("read-tree", "--reset", "-u", commit, environment=index)


async def _set_up(command: Sequence[str], folder: Path, tree: Path, sandbox: Sandbox) -> None:
    system = await _own(tree)
    venv = folder / "venv"
    view = View(
        cwd=tree,
        writable=(folder,),
        readable=system.readable,
        path=(venv / "bin",),
        variables={
            "VIRTUAL_ENV": str(venv),
            "UV_PROJECT_ENVIRONMENT": str(venv),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        },
        network=True,
    )
    made = await sandbox.run([sys.executable, "-m", "venv", str(venv)], view, deadline_s=DEADLINE_S)
    if made.exit_code != 0:
        raise TestsCannotRun(
            "No environment could be made", made.output[-1000:], "Set `environment` in config.yaml."
        )
    name = command[0]
    inside = venv / "bin" / name
    found = inside if inside.exists() else program(name, system)
    if found is None:
        raise TestsCannotRun(
            f"The setup command {name!r} does not exist",
            "It is not on PATH.",
            "Correct `setup_command` in config.yaml.",
        )
    shown = View(
        view.cwd,
        view.writable,
        (*view.readable, found, found.resolve()),
        view.path,
        view.variables,
        view.network,
    )
    result = await sandbox.run([str(found), *command[1:]], shown, deadline_s=DEADLINE_S)
    if result.exit_code != 0:
        why = "It did not end in time." if result.exit_code is None else f"Exit code {result.exit_code}."
        raise TestsCannotRun(
            f"The setup command failed: {' '.join(command)}",
            f"{why}\n{result.output[-1500:]}".strip(),
            "Run it by hand in the checkout, or name an `environment` in config.yaml.",
        )
