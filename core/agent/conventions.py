"""What the repository itself asks of a change: its file for contributors, as data."""

from __future__ import annotations

from rootcase.core.agent.fencing import fence
from rootcase.core.model.ports import Repository

TITLE = "Conventions of the repository"
FILES = ("AGENTS.md", "CONTRIBUTING.md", ".github/CONTRIBUTING.md", "docs/CONTRIBUTING.md", "CLAUDE.md")
LIMIT = 4_000


async def conventions(repository: Repository, commit: str) -> tuple[str, str]:
    """(title, text) for a brief; the text is cut, and "" where the repository says nothing."""
    for path in FILES:
        text = await repository.read(commit, path)
        if text and text.strip():
            more = "\n… cut; read_file has the rest" if len(text) > LIMIT else ""
            return TITLE, fence(f"{path} of the repository", text[:LIMIT] + more)
    return TITLE, ""
