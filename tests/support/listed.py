"""The sources whose `list` is put through every fault; another one joins with a row in `LISTED`.

A row says how to make the source at an address, and what its service answers for one page of items. All else, from
dead connections to circles of pages, is the same for everybody: `tests/faults/test_source_faults.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import UUID

from rootcase.core.config.settings import SourceKind, SourceSettings
from rootcase.core.signals.protocol import Source, make_source
from tests.support.datadog_service import Datadog, issue_id
from tests.support.dynatrace_service import BASE, Dynatrace, problem_id
from tests.support.fault_server import Visit, Wire
from tests.support.opsalerts_service import OpsAlerts, alert_id
from tests.support.pagerduty_service import PagerDuty
from tests.support.sentry import TOKEN, fresh, pages_header

NOW = datetime.now(UTC)


def seen(number: int) -> str:
    """Ten minutes ago for each number, so that the first one is the newest."""
    return (NOW - timedelta(minutes=10 * number)).isoformat().replace("+00:00", "Z")


APPLICATION_KEY = "0123456789abcdef0123456789abcdef01234567"


class Page(Protocol):
    """items: numbers of signals on the page. following: name of the next page, "" for none.

    origin: where the next page is said to be.
    """

    def __call__(self, origin: str, items: Sequence[int], following: str = "") -> Wire: ...


def as_is(page: Wire) -> Wire:
    return page


def nothing_beside(visit: Visit) -> Wire | None:
    return None


@dataclass(frozen=True)
class Listed:
    """token: what must not show up anywhere. odd: a page with an item that no reader can make a signal of.

    id: of the signal with that number. beside: answers to what a listing asks beside its pages, None for a page.
    linked: whether the next page is an address of the service's; else it is a word in the answer, and what is
    said about addresses does not apply. pages: whether pages follow each other as they do at Sentry; else only
    what happens to a first page is tried. below: of the address.
    """

    name: SourceKind
    page: Page
    odd: Callable[[Wire], Wire]
    id: Callable[[int], str] = str
    beside: Callable[[Visit], Wire | None] = nothing_beside
    linked: bool = True
    pages: bool = True
    below: str = ""
    token: str = TOKEN

    def make(self, address: str) -> Source:
        settings = SourceSettings(
            kind=self.name, url=address + self.below, organization="acme", token_env="TOKEN", backfill=1000
        )
        return make_source(settings, {"TOKEN": self.token, "DD_APP_KEY": APPLICATION_KEY})


# -- Sentry


def _sentry(origin: str, items: Sequence[int], following: str = "") -> Wire:
    issues = [fresh(number, lastSeen=seen(number)) for number in items]
    return Wire(issues, headers=pages_header(origin, following or "0:0:0", bool(following)))


def _more(page: Wire) -> Wire:
    """The page with things on it that are no issues."""
    assert isinstance(page.body, list)
    return Wire([*page.body, {"id": 7, "title": []}, None, "x"], headers=page.headers)


# -- GlitchTip


def _glitchtip(origin: str, items: Sequence[int], following: str = "") -> Wire:
    issues = [
        {
            "id": str(number), "count": "9", "type": "error", "level": "error", "status": "unresolved",
            "project": {"id": "1", "slug": "shop", "name": "Shop"}, "shortId": f"SHOP-{number}",
            "userCount": 9, "firstSeen": "2026-01-01T00:00:00Z", "lastSeen": seen(number), "title": "KeyError",
        }
        for number in items
    ]  # fmt: skip
    header = pages_header(origin, following or "0", bool(following))["Link"]
    return Wire(issues, headers={"Link": "{'" + header + "'}"})


def _beside_glitchtip(visit: Visit) -> Wire | None:
    return None if visit.path.endswith("/organizations/acme/issues/") else Wire([])


# -- Bugsink


def _uuid(number: int) -> str:
    return str(UUID(int=number))


def _bugsink(origin: str, items: Sequence[int], following: str = "") -> Wire:
    issues = [
        {
            "id": _uuid(number), "friendly_id": f"SHOP-{number}", "project": 1, "digest_order": number,
            "first_seen": "2026-01-01T00:00:00Z", "last_seen": seen(number), "digested_event_count": 5,
            "stored_event_count": 5, "calculated_type": "KeyError", "calculated_value": "x", "transaction": "",
            "is_resolved": False, "is_resolved_unconditionally": False, "is_resolved_by_next_release": False,
            "is_muted": False,
        }
        for number in items
    ]  # fmt: skip
    address = f"{origin}/api/canonical/0/issues/?cursor={following}" if following else None
    return Wire({"next": address, "previous": None, "results": issues})


def _more_of_bugsink(page: Wire) -> Wire:
    assert isinstance(page.body, dict)
    return Wire({**page.body, "results": [*page.body["results"], {"id": 7}, None]})


def _beside_bugsink(visit: Visit) -> Wire | None:
    if visit.path.endswith("/projects/"):
        return Wire({"next": None, "previous": None, "results": [{"id": 1, "slug": "shop", "name": "Shop"}]})
    if visit.path.endswith("/issues/"):
        return None
    return Wire({"next": None, "previous": None, "results": []})


# -- services that page people


def _pagerduty(origin: str, items: Sequence[int], following: str = "") -> Wire:
    service = PagerDuty()
    rows = [service.open(number, 10 * number) for number in items]
    return Wire({"incidents": rows, "limit": 100, "offset": 0, "more": False, "total": None})


def _opsgenie(origin: str, items: Sequence[int], following: str = "") -> Wire:
    service = OpsAlerts()
    rows = [service.open(number, 10 * number) for number in items]
    return Wire({"data": rows, "paging": {}, "took": 0.1, "requestId": "r"})


def _beside_opsgenie(visit: Visit) -> Wire | None:
    """Its lists are short; a listing looks at each alert."""
    if visit.path == "/v2/alerts":
        return None
    service = OpsAlerts()
    number = int(visit.path.rpartition("/")[2].split("-")[-2])
    return Wire({"data": service.open(number, 10 * number)})


def _dynatrace(origin: str, items: Sequence[int], following: str = "") -> Wire:
    service = Dynatrace()
    rows = [service.open(number, 10 * number) for number in items]
    return Wire({"problems": rows, "totalCount": len(rows), "pageSize": 100})


def _datadog(origin: str, items: Sequence[int], following: str = "") -> Wire:
    service = Datadog()
    for number in items:
        service.issue(number, 10 * number)
    every = {"query": "*", "persona": "ALL", "from": 0, "to": 2**53}
    asked = Visit("POST", "", [("include", "issue")], {}, b"")
    return Wire(service._searched(asked, {"data": {"attributes": every}})[1])


def _beside_datadog(visit: Visit) -> Wire | None:
    """What it lists beside its error issues: monitors and incidents, of which there are none."""
    if visit.path.endswith("/error-tracking/issues/search"):
        return None
    return Wire({"monitors": [], "metadata": {"page_count": 1}, "data": {"attributes": {"incidents": []}}})


LISTED = [
    Listed("sentry", _sentry, _more),
    Listed("glitchtip", _glitchtip, _more, beside=_beside_glitchtip),
    Listed("bugsink", _bugsink, _more_of_bugsink, id=_uuid, beside=_beside_bugsink, linked=False),
    Listed("pagerduty", _pagerduty, as_is, id=lambda number: f"PT{number:05}", pages=False),
    Listed("opsgenie", _opsgenie, as_is, id=alert_id, beside=_beside_opsgenie, pages=False),
    Listed("dynatrace", _dynatrace, as_is, id=problem_id, pages=False, below=BASE),
    Listed("datadog", _datadog, as_is, id=issue_id, beside=_beside_datadog, pages=False),
]
