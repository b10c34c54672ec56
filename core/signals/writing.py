"""What adapters share when they write back: a body that is none, the same text again, a link as words."""

from __future__ import annotations

import msgspec

from rootcase.core.model.signals import Work
from rootcase.core.safety.text import clean, clean_line

# A write whose address says it all; `null` would be a body.
NO_BODY = msgspec.Raw(b"")


def same_text(there: object, text: str) -> bool:
    """Whether a comment at the service is this text, but for white space at the ends and line ends."""
    return isinstance(there, str) and clean(there[:100_000]).strip() == clean(text).strip()


def work_text(work: Work) -> str:
    """A ticket or pull request as one line, for services that take no links."""
    kind = work.kind.replace("_", " ")
    parts = (f"{kind} {work.id}", work.title, work.url)
    return ": ".join(clean_line(part, limit=300) for part in parts if part)
