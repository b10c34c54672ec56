"""A line of a file at a commit as a link to the forge's own page of it."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from rootcase.core.deliver.markdown import code
from rootcase.core.deliver.part import Facts


def permalink(facts: Facts, path: str, line: int, commit: str) -> str:
    """`path:line` as code, linked where forge and commit are known; what the path holds cannot leave the address."""
    label = code(f"{path}:{line}")
    known = re.fullmatch(r"[0-9a-f]{40,64}", commit)
    if not facts.web or not path or line < 1 or not known or urlsplit(facts.web).hostname not in facts.hosts:
        return label
    between = "-/blob" if facts.forge == "gitlab" else "blob"
    return f"[{label}]({facts.web}/{between}/{commit}/{quote(path, safe='/')}#L{line})"
