"""Which format, lint and type checks a checkout keeps, from the files that configure them; nothing is executed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

MOST_READ = 200_000
# (command, files that are there for it alone, (file, text in it) that configure it)
KNOWN: tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[str, str], ...]], ...] = (
    (("ruff", "check"), ("ruff.toml", ".ruff.toml"), (("pyproject.toml", "[tool.ruff"),)),
    (("ruff", "format", "--check"), (), (
        ("pyproject.toml", "[tool.ruff.format"), (".pre-commit-config.yaml", "id: ruff-format"),
    )),
    (("black", "--check"), (), (("pyproject.toml", "[tool.black"), (".pre-commit-config.yaml", "id: black"))),
    (("isort", "--check-only"), (".isort.cfg",), (("pyproject.toml", "[tool.isort"), ("setup.cfg", "[isort]"))),
    (("flake8",), (".flake8",), (("setup.cfg", "[flake8]"), ("tox.ini", "[flake8]"))),
    (("mypy",), ("mypy.ini", ".mypy.ini"), (("pyproject.toml", "[tool.mypy"), ("setup.cfg", "[mypy]"))),
    (("pyright",), ("pyrightconfig.json",), (("pyproject.toml", "[tool.pyright"),)),
    (("npx", "eslint"), (
        "eslint.config.js", "eslint.config.mjs", "eslint.config.cjs", "eslint.config.ts", ".eslintrc", ".eslintrc.js",
        ".eslintrc.cjs", ".eslintrc.json", ".eslintrc.yml",
    ), (("package.json", '"eslintConfig"'),)),
    (("npx", "prettier", "--check"), (
        ".prettierrc", ".prettierrc.json", ".prettierrc.yml", ".prettierrc.js", "prettier.config.js",
        "prettier.config.mjs",
    ), (("package.json", '"prettier": {'),)),
    (("gofmt", "-l"), ("go.mod",), ()),
    (("rubocop",), (".rubocop.yml",), ()),
)  # fmt: skip


def check_commands(root: Path) -> tuple[tuple[str, ...], ...]:
    """The commands in the order they are known here, without the files they are to look at."""
    return tuple(_found(root))


def _found(root: Path) -> Iterator[tuple[str, ...]]:
    for command, alone, among in KNOWN:
        if any((root / name).is_file() for name in alone) or any(
            text in _text(root, name) for name, text in among
        ):
            yield command


def _text(root: Path, name: str) -> str:
    try:
        with (root / name).open(encoding="utf-8", errors="replace") as opened:
            return opened.read(MOST_READ)
    except OSError:
        return ""
