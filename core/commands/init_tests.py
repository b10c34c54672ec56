"""How a checkout's tests are run, from the files that say so; nothing is executed to find out."""

from __future__ import annotations

import json
import re
from pathlib import Path

MOST_READ = 200_000
_MAKE_TEST = re.compile(r"^test\s*:(?!=)", re.M)
_ENVIRONMENTS = (".venv", "venv", "env")


def test_command(root: Path) -> tuple[str, ...]:
    """The command, () where nothing says how. pytest comes first: it is understood test by test."""
    for found in (_python(root), _node(root), _others(root)):
        if found:
            return found
    return ("make", "test") if _MAKE_TEST.search(_text(root, "Makefile")) else ()


def environment_of(root: Path) -> str:
    """The folder of the Python environment in the checkout, "" where there is none."""
    return next((name for name in _ENVIRONMENTS if (root / name / "bin" / "python").exists()), "")


def _python(root: Path) -> tuple[str, ...]:
    if _uses_pytest(root):
        return ("pytest", "-q")
    if (root / "tox.ini").is_file() or "[tool.tox" in _text(root, "pyproject.toml"):
        return ("tox", "-q")
    return ("nox",) if (root / "noxfile.py").is_file() else ()


def _uses_pytest(root: Path) -> bool:
    if (root / "pytest.ini").is_file() or (root / "conftest.py").is_file():
        return True
    if "[tool.pytest" in _text(root, "pyproject.toml") or "[tool:pytest]" in _text(root, "setup.cfg"):
        return True
    if "[pytest]" in _text(root, "tox.ini"):
        return True
    for folder in ("tests", "test", "."):
        if any((root / folder).glob("test_*.py")) or (root / folder / "conftest.py").is_file():
            return True
    return False


def _node(root: Path) -> tuple[str, ...]:
    try:
        package = json.loads(_text(root, "package.json") or "{}")
    except ValueError:
        return ()
    scripts = package.get("scripts") if isinstance(package, dict) else None
    script = scripts.get("test") if isinstance(scripts, dict) else None
    # what `npm init` writes where there are no tests
    if not isinstance(script, str) or not script.strip() or "no test specified" in script:
        return ()
    for lock, command in (("pnpm-lock.yaml", "pnpm"), ("yarn.lock", "yarn")):
        if (root / lock).is_file():
            return (command, "test")
    return ("npm", "test")


def _others(root: Path) -> tuple[str, ...]:
    if (root / "go.mod").is_file():
        return ("go", "test", "./...")
    if (root / "Cargo.toml").is_file():
        return ("cargo", "test")
    if (root / "pom.xml").is_file():
        return ("./mvnw" if (root / "mvnw").is_file() else "mvn", "-q", "test")
    if any((root / name).is_file() for name in ("build.gradle", "build.gradle.kts")):
        return ("./gradlew" if (root / "gradlew").is_file() else "gradle", "test")
    return ()


def _text(root: Path, name: str) -> str:
    try:
        with (root / name).open(encoding="utf-8", errors="replace") as opened:
            return opened.read(MOST_READ)
    except OSError:
        return ""
