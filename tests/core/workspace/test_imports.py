"""What a screen may import of this package must stay light."""

from __future__ import annotations

import subprocess
import sys


def test_reading_git_loads_nothing_heavy():
    code = (
        "import sys; import rootcase.core.workspace.repository, rootcase.core.workspace.opening; "
        "import rootcase.core.workspace.patches; "
        "heavy = {'git', 'httpx', 'litellm', 'pydantic', 'unidiff', 'tree_sitter', 'textual', 'rich'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
