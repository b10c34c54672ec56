"""A client for geohub: coordinates of an address, an address of coordinates, and travel times."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import Any

from dispatch.errors import DispatchError

ADDRESS = "http://api.geohub.example"
TIMEOUT_S = 2.0


class GeohubUnavailable(DispatchError):
    """geohub does not answer; nothing is wrong with the order."""

    def __init__(self, host: str, why: str) -> None:
        super().__init__(f"{host} is unavailable: {why}")
        self.host = host


@dataclass(frozen=True)
class Point:
    """A place on earth, in degrees."""

    latitude: float
    longitude: float

    def __str__(self) -> str:
        return f"{self.latitude:.5f},{self.longitude:.5f}"


class Geohub:
    """Talks to geohub; every call may raise GeohubUnavailable."""

    def __init__(self, address: str = ADDRESS, timeout_s: float = TIMEOUT_S) -> None:
        self.address = address.rstrip("/")
        self.timeout_s = timeout_s

    def locate(self, address: str) -> Point | None:
        """The coordinates of an address, None where geohub does not know it."""
        found = self._get("/v2/locate", q=address)["places"]
        return Point(found[0]["lat"], found[0]["lon"]) if found else None

    def _get(self, path: str, **parameters: str) -> dict[str, Any]:
        url = f"{self.address}{path}?{urllib.parse.urlencode(parameters)}"
        host = urllib.parse.urlsplit(url).hostname or ""
        try:
            with urllib.request.urlopen(url, timeout=self.timeout_s) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            raise GeohubUnavailable(host, f"HTTP {error.code}") from error
        except OSError as error:
            raise GeohubUnavailable(host, str(error)) from error
