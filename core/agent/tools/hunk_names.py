"""The hunk that a model means: `h1`, `[h1]`, `hunk 1`, `1`."""

from __future__ import annotations

import re
from collections.abc import Iterable


def hunk_named(text: str, known: Iterable[str]) -> str:
    """The id as the draft has it; the text as it came where there is no such hunk."""
    names = {name.lower(): name for name in known}
    plain = re.sub(r"\bhunk\b|[\s\[\]`#:.]", "", text.lower())
    return names.get(plain) or names.get(f"h{plain}") or text
