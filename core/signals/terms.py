"""Which terms of a Sentry search a smaller tracker understands; what it would ignore is left out, and said."""

from __future__ import annotations

from dataclasses import dataclass

from rootcase.core.safety.text import clean_line

MOST_TERMS = 50
# Sentry's own search properties (docs.sentry.io, search properties): elsewhere they would be taken for tags.
_SENTRY_ONLY = """
age assigned assigned_or_suggested bookmarks detector device.class dist error.handled error.main_thread
error.mechanism error.type error.unhandled error.value event.timestamp event.type firstRelease firstSeen geo
issue issue.category issue.priority issue.seer_actionability issue.type lastSeen location message os.build
platform.name regressed_in_release release.build release.package release.stage release.version stack.abs_path
stack.filename stack.function stack.module stack.package stack.resource times_seen timesSeen title
"""
SENTRY_ONLY = frozenset(_SENTRY_ONLY.split())


@dataclass(frozen=True, slots=True)
class Terms:
    """kept: terms the tracker understands, as written. left_out: the others. states: the `is:` words of kept."""

    kept: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    states: tuple[str, ...] = ()

    @property
    def query(self) -> str:
        return " ".join(self.kept)

    def said(self, service: str) -> str:
        """What the user has to know about what was left out, "" for nothing."""
        if not self.left_out:
            return ""
        named = ", ".join(f"`{clean_line(term, limit=60)}`" for term in self.left_out)
        return f"{service} does not know {named} of `query`; it was left out, so more is listed"


def glitchtip_terms(query: str) -> Terms:
    """`is:STATUS`, `has:TAG`, `level:LEVEL`, tags by their exact value, and words.

    GlitchTip takes any other name for a tag, knows no negation, range or list, and of two terms with one
    name only the last (its filter_issue_list).
    """
    kept: list[str] = []
    left_out: list[str] = []
    names: set[str] = set()
    for term in _split(query):
        name, colon, value = term.partition(":")
        odd = name.startswith("!") or value.strip('"').startswith(("<", ">", "[", "!")) or "*" in value
        unknown = name in SENTRY_ONLY or (name == "is" and value not in ("unresolved", "resolved", "ignored"))
        if colon and (odd or unknown or not value or name in names):
            left_out.append(term)
            continue
        if colon:
            names.add(name)
        kept.append(term)
    states = tuple(term.partition(":")[2] for term in kept if term.startswith("is:"))
    return Terms(tuple(kept), tuple(left_out), states)


def state_terms(query: str) -> Terms:
    """`is:unresolved`, `is:resolved` and `is:ignored` alone, for a tracker without a search (Bugsink)."""
    terms = _split(query)
    kept = tuple(t for t in terms if t in ("is:unresolved", "is:resolved", "is:ignored"))
    left_out = tuple(term for term in terms if term not in kept)
    return Terms(kept, left_out, tuple(term.partition(":")[2] for term in kept))


def _split(query: str) -> list[str]:
    """Terms at blanks, a quoted part in one piece; an open quote ends with the text."""
    found: list[str] = []
    term, quoted = "", False
    for sign in query[:2000]:
        if sign.isspace() and not quoted:
            if term:
                found.append(term)
            term = ""
            continue
        quoted = quoted != (sign == '"')
        term += sign
    return [*found, *([term] if term else [])][:MOST_TERMS]
