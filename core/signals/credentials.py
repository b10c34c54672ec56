"""The ways in which services take a token; what is secret in them is known, so that it can be kept out of text."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """headers: sent with every request to the one origin. secrets: what must not show up anywhere."""

    headers: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Credentials({', '.join(self.headers)}, values hidden)"


def bearer(token: str, scheme: str = "Bearer") -> Credentials:
    """`Authorization: Bearer …`; scheme: `GenieKey`, `Api-Token`, `Token token=` … where it is another."""
    glue = "" if scheme.endswith("=") or not scheme else " "
    return Credentials({"Authorization": f"{scheme}{glue}{token}"}, (token,))


def basic(user: str, token: str) -> Credentials:
    """`Authorization: Basic …` of user (an e-mail address at Atlassian) and token (RFC 7617)."""
    packed = base64.b64encode(f"{user}:{token}".encode()).decode()
    return Credentials({"Authorization": f"Basic {packed}"}, (token, packed))


def keys(headers: Mapping[str, str]) -> Credentials:
    """A key per header, such as Datadog's two."""
    return Credentials(headers, tuple(headers.values()))
