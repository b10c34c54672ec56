"""Bodies of the entries by which people say how far Rootcase may go: kinds of confidence, the switch, trust."""

from __future__ import annotations

from dataclasses import dataclass

from rootcase.core.model.delivery import ConfidenceKind


@dataclass(frozen=True, slots=True)
class ConfidenceChosen:
    """The kinds that this case needs besides those of the policy, before anybody is asked for review."""

    kinds: tuple[ConfidenceKind, ...]


@dataclass(frozen=True, slots=True)
class ConfidenceWaived:
    """The actor takes a kind upon themselves for the draft of that digest; another text needs it again."""

    kind: ConfidenceKind
    reason: str
    digest: str = ""


@dataclass(frozen=True, slots=True)
class PolicyStopped:
    """In `@store`: nothing is sent and no merge is asked for, by anybody who uses this store."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class PolicyResumed:
    """In `@store`: takes the last PolicyStopped back."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class TemplateTrusted:
    """In `@store`: a human has read a repository's own template; digest: SHA-256 of its text, hex."""

    repository: str
    path: str
    digest: str
