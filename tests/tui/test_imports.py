"""What opening the screen may load: not the work, and nothing that is felt before the first paint."""

from __future__ import annotations

import subprocess
import sys

HEAVY = (
    "litellm", "httpx", "git", "pydantic", "tree_sitter", "psycopg", "unidiff", "mcp", "yaml", "openai",
    "rootcase.core.pipeline", "rootcase.core.agent", "rootcase.core.workspace", "rootcase.core.signals",
    "rootcase.core.proof", "rootcase.core.deliver", "rootcase.core.gate", "rootcase.core.codemap",
    # classes of all entries: 40 ms
    "rootcase.core.model.entries", "rootcase.core.journal.fold", "rootcase.core.desk",
)  # fmt: skip


def loaded_after(statement: str) -> set[str]:
    code = f"import sys; {statement}; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_opening_the_screen_loads_nothing_heavy() -> None:
    loaded = loaded_after("import rootcase.tui.app")
    assert sorted(loaded & set(HEAVY)) == []
    assert "textual.app" in loaded


def test_the_first_line_comes_before_anything_is_loaded() -> None:
    loaded = loaded_after("import rootcase.tui.first_line")
    assert not {
        name for name in loaded if name.partition(".")[0] in ("textual", "rich", "msgspec", "asyncio")
    }
