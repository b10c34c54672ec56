"""Names that stay: the branch of a case, the line forges and trackers are searched by, keys of writes."""

from __future__ import annotations

import re
import unicodedata

from rootcase.core.model.case import Case

BRANCH_PREFIX = "rootcase/"
SLUG_LENGTH = 40
TRAILER = "Rootcase-Case"


def branch_name(case: Case) -> str:
    """`rootcase/c-412-keyerror-currency`: from the case's key and title, the same for each of its drafts.

    A fix that was merged and did not hold is followed by one on a branch of its own, `…-again2`.
    """
    slug = _slug(case.title)
    failed = sum(moment.kind in ("recurred", "reverted") for moment in case.moments)
    again = f"-again{failed + 1}" if failed else ""
    return f"{BRANCH_PREFIX}{case.key.lower()}{'-' + slug if slug else ''}{again}"


def marker(case: Case) -> str:
    """The line at the end of every body by which Rootcase finds its own work again."""
    alias = case.fingerprint.alias if case.fingerprint else "no fingerprint"
    return f"Rootcase case {case.key} · {alias}"


def is_ours(body: str, case: Case) -> bool:
    """Whether a body carries this case's line, on a line of its own, as `marker` writes it."""
    wanted = marker(case)
    return any(line.strip() == wanted for line in body.replace("\r\n", "\n").split("\n"))


def write_key(case: Case, kind: str, what: str = "") -> str:
    """The idempotency key of a write; `what` tells two writes of a kind apart."""
    return ":".join(part for part in (case.key, kind, what) if part)


def _slug(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = ""
    # A word and a number with a dash between them would name an issue: Linear moves one that a branch names.
    for word in re.findall(r"[a-z0-9]+", re.sub(r"(?<=[a-z])[^a-z0-9]+(?=\d+(?:[^a-z0-9]|$))", "", plain)):
        if len(slug) + len(word) + 1 > SLUG_LENGTH:
            break
        slug = f"{slug}-{word}" if slug else word
    return slug
