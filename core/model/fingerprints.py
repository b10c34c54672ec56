"""What makes two events the same error class, with the reasons in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FingerprintKind = Literal["exception", "outage", "environment", "message", "unknown"]


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason; joins: it makes events one case (`=`); otherwise it keeps others apart (`≠`)."""

    text: str
    joins: bool = True


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """version: the algorithm's; key: 32 hex digits of a hash over `parts`.

    parts: what was hashed, in order, readable. anchor: `module.function` of the deciding frame, or "".
    host: the upstream host of an outage, or "".
    traits: what later events are compared with where the parts do not settle it: the failing source line, the caller.
    """

    version: int
    key: str
    kind: FingerprintKind = "exception"
    type: str = ""
    anchor: str = ""
    host: str = ""
    parts: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    traits: tuple[tuple[str, str], ...] = ()

    @property
    def alias(self) -> str:
        """How alias tables and forges name it: `fp1:KEY`."""
        return f"fp{self.version}:{self.key}"
