"""A real Bugsink that `.ci/run` started: a project of one's own in it, events sent there by a real sentry-sdk."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.request import Request, urlopen

import pytest

VARIABLE = "ROOTCASE_TEST_BUGSINK"
# What a shop in production does; the SDK runs in a process of its own, since its state is global.
PROGRAM = """
import sys
import sentry_sdk

def price(item, rates):
    return item["price"] * rates[item["currency"]]

def total(items, rates):
    return sum(price(item, rates) for item in items)

def take(stock, name):
    if not stock.get(name):
        raise LookupError(f"no {name} left")

def attempt(work):
    try:
        work()
    except Exception as error:
        sentry_sdk.capture_exception(error)

dsn, release, environment, user = sys.argv[1:]
sentry_sdk.init(dsn=dsn, release=release, environment=environment, server_name="web-1")
sentry_sdk.set_user({"id": user})
sentry_sdk.set_tag("region", "eu-1")
attempt(lambda: total([{"price": 5, "currency": "GBP"}], {"EUR": 1.0}))
if release.endswith("1.1.0"):
    attempt(lambda: take({"mug": 0}, "mug"))
    sentry_sdk.capture_message("rates are stale", level="warning")
sentry_sdk.flush(20)
"""


@dataclass(frozen=True)
class Project:
    """One project at the server. id, slug, dsn as the server has them; token: full access."""

    url: str
    token: str
    id: int
    slug: str
    dsn: str

    def get(self, path: str) -> Any:
        return _ask(self.url, self.token, path)

    def issues(self) -> dict[str, dict[str, Any]]:
        """What the server itself says of this project's issues, by their exception's type."""
        listed = self.get(f"issues/?project={self.id}&sort=last_seen&order=desc")["results"]
        return {issue["calculated_type"]: issue for issue in listed}

    def crash(self, release: str, environment: str, user: str) -> None:
        """Run the shop's program once; its events are readable when this returns."""
        command = [sys.executable, "-c", PROGRAM, self.dsn, release, environment, user]
        environ = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
        subprocess.run(command, env=environ, check=True, timeout=60, capture_output=True)


def new_project() -> Project:
    """A project of this test's own; skips where no Bugsink was started."""
    given = os.environ.get(VARIABLE, "")
    if not given:
        pytest.skip(f"no Bugsink was started: {VARIABLE} is not set (.ci/run does, with ../shared/tools)")
    server = json.loads(given)
    name = f"shop-{uuid.uuid4().hex[:12]}"
    made = _ask(server["url"], server["token"], "projects/", {"team": server["team_id"], "name": name})
    found = _ask(server["url"], server["token"], f"projects/{made['id']}/")
    return Project(server["url"], server["token"], int(found["id"]), found["slug"], found["dsn"])


def _ask(url: str, token: str, path: str, body: object = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with urlopen(Request(f"{url}/api/canonical/0/{path}", data, headers), timeout=30) as answer:
        return json.load(answer)
