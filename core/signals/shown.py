"""How a ticket or pull request is written into a comment at a source."""

from __future__ import annotations

from rootcase.core.model.signals import Work
from rootcase.core.safety.text import clean_line

_WORDS = {"pull_request": "Pull request", "ticket": "Ticket", "branch": "Branch"}


def link_text(work: Work) -> str:
    """`Pull request: Refuse an empty order — https://…`, one line."""
    what = _WORDS.get(work.kind, "See also")
    parts = [clean_line(part, limit=300) for part in (work.title or work.id, work.url) if part]
    return f"{what}: {' — '.join(parts)}"
