"""What a command or the screen starts with: nothing heavy is imported before it is needed."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys

import pytest

HEAVY = (
    "litellm",
    "openai",
    "httpx",
    "git",
    "pydantic",
    "tree_sitter",
    "psycopg",
    "mcp",
    "unidiff",
    "opentelemetry",
)
DOORS = ("rootcase.core.cli", "rootcase.core.desk", "rootcase.core.commands.parser", "rootcase.tui.app")


@pytest.mark.parametrize("door", DOORS)
def test_nothing_heavy_is_loaded_at_the_door(door):
    found = loaded_by(f"import {door}")
    assert found & set(HEAVY) == set()


def test_no_widget_is_loaded_by_a_command():
    assert (
        loaded_by("import rootcase.core.commands.parser, rootcase.core.desk") & {"textual", "rich"} == set()
    )


def test_the_core_works_with_the_screen_deleted():
    """Every module of core is imported with `rootcase.tui`, `textual` and `rich` out of reach; litellm needs rich."""
    code = """
import importlib, pkgutil, sys
class Out:
    def find_spec(self, name, path=None, target=None):
        if name.split('.')[0] == 'textual' or name.startswith('rootcase.tui'):
            raise ImportError(name + ' is out of reach')
sys.meta_path.insert(0, Out())
import rootcase.core as core
names = [m.name for m in pkgutil.walk_packages(core.__path__, 'rootcase.core.')]
for name in names:
    if not name.endswith(('__main__', 'capture_hook', 'pytest_progress')):
        importlib.import_module(name)
assert len(names) > 150, len(names)
"""
    loaded_by(code)


def test_the_guard_would_see_what_it_looks_for():
    assert importlib.util.find_spec("httpx") is not None
    assert "httpx" in loaded_by("import rootcase.core.cli, httpx")


def loaded_by(code: str) -> set[str]:
    """Top-level names of the modules that a fresh interpreter has after running that."""
    code += "\nimport sys, json; print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))
