"""The prompts, one Markdown file per phase; `house.md` stands before each."""

from __future__ import annotations

from pathlib import Path

from rootcase.core.model.entries import Phase


def prompt(phase: Phase) -> str:
    """The system prompt of a phase."""
    folder = Path(__file__).parent
    parts = [(folder / f"{name}.md").read_text(encoding="utf-8").strip() for name in ("house", phase)]
    return "\n\n".join(parts) + "\n"
