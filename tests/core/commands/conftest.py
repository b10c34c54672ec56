"""The recording server on loopback of the sources' own tests."""

from __future__ import annotations

from tests.core.signals.conftest import make_web, reply, web

__all__ = ["make_web", "reply", "web"]
