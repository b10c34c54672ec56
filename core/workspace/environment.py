"""Where a repository's tests find their interpreter and packages, and what of it must be visible."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rootcase.core.config.settings import RepositorySettings
from rootcase.core.safety.text import clean_line
from rootcase.core.workspace.processes import run_process
from rootcase.core.workspace.runners import is_script_runner
from rootcase.core.workspace.sandbox import SYSTEM_FOLDERS, SYSTEM_PATH

USUAL_FOLDERS = (".venv", "venv")
_PROBE = "import sys, pytest; print(sys.prefix); print(sys.base_prefix); print(sys.executable)"


@dataclass(frozen=True, slots=True)
class TestEnvironment:
    """words: where it comes from, for the screen. folder: of the environment, None for the system's own.

    bin: folders for PATH. readable: what a sandbox must show. import_roots: folders of the checkout that
    an editable install points at, relative to it; the worktree's own take their place. modules: node's packages, for
    tests that run on node.
    """

    __test__ = False

    words: str
    folder: Path | None
    bin: tuple[Path, ...] = ()
    readable: tuple[Path, ...] = ()
    import_roots: tuple[str, ...] = ()
    modules: Path | None = None


async def find_environment(settings: RepositorySettings, checkout: Path) -> TestEnvironment | None:
    """The configured environment, else the checkout's own, else an interpreter with pytest; None without any.

    Only looks; `setup_command` is somebody else's work (see setup.py).
    """
    if is_script_runner(settings.test_command, checkout):
        return _node(settings, checkout)
    if settings.environment:
        folder = configured_folder(settings, checkout)
        return await environment_at(folder, checkout, f"the configured environment {settings.environment}")
    for name in USUAL_FOLDERS:
        if _python_in(checkout / name) is not None and _has_pytest(checkout / name):
            return await environment_at(checkout / name, checkout, f"{name} of the checkout, read-only")
    if settings.setup_command:
        return None
    return await _interpreter(checkout)


def _node(settings: RepositorySettings, checkout: Path) -> TestEnvironment | None:
    """Node on PATH, with the packages of the configured folder or of the checkout, read-only; None to be set up."""
    node = shutil.which("node")
    folder = configured_folder(settings, checkout) if settings.environment else checkout
    modules = next(
        (m for m in (folder / "node_modules", folder) if m.name == "node_modules" and m.is_dir()), None
    )
    if node is None or (modules is None and (settings.environment or settings.setup_command)):
        return None
    return node_environment(
        Path(node), modules, "node_modules of the checkout, read-only" if modules else "node on PATH"
    )


def node_environment(node: Path, modules: Path | None, words: str) -> TestEnvironment:
    """An environment for tests on node. modules: the folder of its packages, None where they need none."""
    shown = [folder for place in (node, node.resolve()) for folder in _shown(place.parent.parent)]
    packages = [modules] if modules is not None else []
    return TestEnvironment(
        words, None, (node.parent,), tuple(dict.fromkeys([*shown, *packages])), modules=modules
    )


def configured_folder(settings: RepositorySettings, checkout: Path) -> Path:
    """The `environment` setting as a folder; relative to the checkout, `~` allowed."""
    return checkout / os.path.expanduser(settings.environment)


async def environment_at(folder: Path, checkout: Path, words: str) -> TestEnvironment | None:
    """The environment in that folder, or None where it holds no interpreter."""
    python = _python_in(folder)
    if python is None:
        return None
    return TestEnvironment(
        words=words,
        folder=folder,
        bin=(python.parent,),
        readable=tuple(dict.fromkeys([folder, *_interpreter_folders(python), *_outside(folder, checkout)])),
        import_roots=_inside(folder, checkout),
    )


async def _interpreter(checkout: Path) -> TestEnvironment | None:
    """The activated environment's python, else the one Rootcase runs on, else PATH's; the first with pytest."""
    on_path = [p for p in (shutil.which("python3"), shutil.which("python")) if p]
    ours = [sys.executable]
    candidates = on_path + ours if os.environ.get("VIRTUAL_ENV") else ours + on_path
    for python in dict.fromkeys(candidates):
        found = await _asked(python)
        if found is None:
            continue
        prefix, base, executable = found
        whose = "the interpreter Rootcase runs on" if python == sys.executable else "the interpreter on PATH"
        environment = await environment_at(prefix, checkout, f"{whose} ({executable})")
        if environment is not None:
            return replace(environment, readable=tuple(dict.fromkeys([*environment.readable, *_shown(base)])))
    return None


async def _asked(python: str) -> tuple[Path, Path, str] | None:
    variables = {
        name: os.environ[name] for name in ("PATH", "HOME", "LANG", "PYENV_ROOT") if name in os.environ
    }
    try:
        ran = await run_process([python, "-c", _PROBE], cwd=Path("/"), environment=variables, deadline_s=20.0)
    except OSError:
        return None
    lines = ran.output.splitlines()
    if ran.exit_code != 0 or len(lines) < 3:
        return None
    return Path(lines[-3]), Path(lines[-2]), clean_line(lines[-1], limit=200)


def _python_in(folder: Path) -> Path | None:
    for name in ("python", "python3"):
        if (folder / "bin" / name).exists():
            return folder / "bin" / name
    return None


def _site_packages(folder: Path) -> list[Path]:
    return sorted((folder / "lib").glob("python3*/site-packages"))


def _has_pytest(folder: Path) -> bool:
    return any((site / "pytest").is_dir() for site in _site_packages(folder))


def _interpreter_folders(python: Path) -> list[Path]:
    """The installation behind a python, and every folder that a chain of links to it goes through."""
    out: list[Path] = []
    for _ in range(10):
        out += _shown(python.parent.parent)
        if not python.is_symlink():
            break
        python = Path(os.path.normpath(python.parent / os.readlink(python)))
    return [*out, *_shown(python.resolve().parent.parent)]


def _shown(folder: Path) -> list[Path]:
    """The folder, where it has to be shown and may be: not the system's, nobody's home, no parent of one."""
    home = Path(os.path.expanduser("~")).resolve()
    text = str(folder)
    if any(text == system or text.startswith(system + "/") for system in SYSTEM_FOLDERS):
        return []
    if not folder.is_dir() or home.is_relative_to(folder.resolve()):
        return []
    return [folder]


def _editable_folders(folder: Path) -> list[Path]:
    """Folders that `.pth` files and setuptools' editable finders of the environment add to the path."""
    out = []
    for site in _site_packages(folder):
        for listed in sorted(site.glob("*.pth")):
            lines = listed.read_text(errors="replace").splitlines()
            out += [Path(line.strip()) for line in lines if line.startswith("/")]
        for finder in sorted(site.glob("__editable__*finder.py")):
            for path in re.findall(r"'(/[^'\n]+)'", finder.read_text(errors="replace")):
                out.append(Path(path).parent)
    return [path for path in out if path.is_dir()]


def _inside(folder: Path, checkout: Path) -> tuple[str, ...]:
    found = [p.resolve() for p in _editable_folders(folder)]
    root = checkout.resolve()
    return tuple(dict.fromkeys(p.relative_to(root).as_posix() for p in found if p.is_relative_to(root)))


def _outside(folder: Path, checkout: Path) -> list[Path]:
    root = checkout.resolve()
    return [s for p in _editable_folders(folder) if not p.resolve().is_relative_to(root) for s in _shown(p)]


def program(name: str, environment: TestEnvironment) -> Path | None:
    """Where a command's program is: in the environment, else on the user's PATH; None where nowhere."""
    if "/" in name:
        path = Path(name).expanduser()
        return path if path.is_file() and os.access(path, os.X_OK) else None
    folders = [*map(str, environment.bin), *SYSTEM_PATH.split(":"), *os.environ.get("PATH", "").split(":")]
    found = shutil.which(name, path=":".join(folders))
    return Path(found) if found else None


def import_path(worktree: Path, settings: RepositorySettings, environment: TestEnvironment) -> Sequence[Path]:
    """Where the worktree's own packages are found: its root, `src/`, the configured and installed roots."""
    named = ["", "src", settings.source_root, *environment.import_roots]
    folders = [worktree / name.strip("/") for name in dict.fromkeys(named)]
    return [
        folder for folder in dict.fromkeys(folders) if folder.is_dir() and folder.is_relative_to(worktree)
    ]
