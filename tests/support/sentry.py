"""Answers of a Sentry that sells things: issues, events and pages, written by hand after its API description."""

from __future__ import annotations

TOKEN = "sntryu_0123456789abcdef0123"
ORG = "/api/0/organizations/acme/"
PROJECT = "/api/0/projects/acme/shop/"


def issue(number: int, **more: object) -> dict[str, object]:
    return {
        "id": str(number), "shortId": f"SHOP-{number}", "title": f"KeyError: {number}", "culprit": "shop in price",
        "permalink": f"https://acme.sentry.io/issues/{number}/", "level": "error", "status": "unresolved",
        "statusDetails": {}, "project": {"id": "2", "slug": "shop", "name": "Shop"}, "assignedTo": None,
        "count": "150", "userCount": 12, "firstSeen": "2026-02-01T00:00:00Z",
        "lastSeen": f"2026-03-01T10:{60 - number:02}:00Z", "isUnhandled": True, "annotations": [],
        "stats": {"24h": [[1772355600, 4], [1772359200, 6]]}, **more,
    }  # fmt: skip


def fresh(number: int, **more: object) -> dict[str, object]:
    """An issue that happened after all that `issue` makes."""
    return issue(number, **{"lastSeen": "2026-03-01T11:30:00Z", **more})


def sdk_event(number: int) -> dict[str, object]:
    frames = [{"function": "price", "filename": "shop.py", "lineNo": number, "inApp": True}]
    values = [{"type": "KeyError", "value": "'DE'", "stacktrace": {"frames": frames}}]
    entries = [{"type": "exception", "data": {"values": values}}]
    return {"eventID": f"{number:032}", "dateCreated": "2026-03-01T10:00:00Z", "entries": entries}


def pages_header(origin: str, cursor: str, more: bool) -> dict[str, str]:
    """Sentry's Link header, which names a next page also where there is none."""
    results = "true" if more else "false"
    return {
        "Link": (
            f'<{origin}{ORG}issues/?cursor=0:0:1>; rel="previous"; results="false"; cursor="0:0:1", '
            f'<{origin}{ORG}issues/?cursor={cursor}>; rel="next"; results="{results}"; cursor="{cursor}"'
        )
    }
