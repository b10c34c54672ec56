"""The sources whose `list` is put through every fault; another one joins with a row in `LISTED`.

A row says how to make the source at an address, and what its service answers for one page of items. All else, from
dead connections to circles of pages, is the same for everybody: `tests/faults/test_source_faults.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from rootcase.core.config.settings import SourceSettings
from rootcase.core.signals.protocol import Source
from rootcase.core.signals.sentry import SentrySource
from tests.support.fault_server import Wire
from tests.support.sentry import TOKEN, fresh, pages_header

DEADLINE_S = 3.0


class Page(Protocol):
    """items: numbers of signals on the page. following: name of the next page, "" for none.

    origin: where the next page is said to be.
    """

    def __call__(self, origin: str, items: Sequence[int], following: str = "") -> Wire: ...


@dataclass(frozen=True)
class Listed:
    """secret: what must not show up anywhere. odd: an item that no reader can make a signal of.

    linked: whether the next page is an address of the service's; else it is a word in the answer, and the
    scenarios about addresses do not apply.
    """

    name: str
    secret: str
    make: Callable[[str], Source]
    page: Page
    odd: Callable[[Wire], Wire]
    linked: bool = True


def _sentry(address: str) -> Source:
    settings = SourceSettings(kind="sentry", url=address, organization="acme", backfill=1000)
    return SentrySource(settings, {"SENTRY_AUTH_TOKEN": TOKEN}, deadline_s=DEADLINE_S)


def _sentry_page(origin: str, items: Sequence[int], following: str = "") -> Wire:
    issues = [fresh(number) for number in items]
    return Wire(issues, headers=pages_header(origin, following or "0:0:0", bool(following)))


def _sentry_odd(page: Wire) -> Wire:
    assert isinstance(page.body, list)
    return Wire([*page.body, {"id": 7, "title": []}, None, "x"], headers=page.headers)


LISTED = [Listed("sentry", TOKEN, _sentry, _sentry_page, _sentry_odd)]
