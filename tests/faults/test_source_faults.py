"""What services do, put to whole sources: what was read so far is kept, what is missing is said, nothing hangs."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from itertools import count

import pytest

from rootcase.core.model.errors import AccessDenied, RateLimited, SourceError
from rootcase.core.signals.client import Client
from rootcase.core.signals.faults import (
    Forbidden,
    NotFound,
    NotJson,
    TooBig,
    TooSlow,
    Unavailable,
    WrongShape,
)
from rootcase.core.signals.protocol import Batch
from tests.support.fault_server import Answer, FaultServer, Visit, Wire, fault_servers
from tests.support.listed import LISTED, Listed

PAGED = [listed for listed in LISTED if listed.pages]
DEADLINE_S = 2.0
HANGS_AFTER_S = 60.0
HTML = Wire(b"<html>log in</html>", headers={"Content-Type": "text/html"})


@dataclass(frozen=True)
class Row:
    """script: answers, made for a source and the two origins. fault: what comes, None where the listing ends well.

    kept: ids that came before. partial: words in what the last batch says is missing, "" for nothing missing.
    addresses, pages: only for sources whose next page is an address, or that have pages to follow.
    """

    name: str
    script: Callable[[Listed, str, str], Sequence[Answer]]
    fault: type[SourceError] | None = None
    kept: tuple[str, ...] = ()
    partial: str = ""
    addresses: bool = False
    pages: bool = False


def then(*faults: Answer) -> Callable[[Listed, str, str], Sequence[Answer]]:
    """A page that is read, and what its next page does."""
    return lambda source, home, _: [source.page(home, [1, 2], "p2"), *faults]


def at_once(*faults: Answer) -> Callable[[Listed, str, str], Sequence[Answer]]:
    return lambda *_: faults


def endless(source: Listed, home: str, _: str) -> Sequence[Answer]:
    """Every page names a new one and holds what the first one held."""
    names = count()
    return [lambda visit: source.page(home, [1, 2], f"p{next(names)}")]


def bottomless(source: Listed, home: str, _: str) -> Sequence[Answer]:
    """Every page names a new one and holds what nobody saw."""
    numbers = count(1)

    def answer(visit: Visit) -> Wire:
        return source.page(home, [next(numbers) for _ in range(100)], f"p{next(numbers)}")

    return [answer]


ROWS = [
    Row("nothing new", lambda s, home, _: [s.page(home, [])]),
    Row("one page", lambda s, home, _: [s.page(home, [1, 2])], kept=("1", "2")),
    Row("two pages", lambda s, home, _: [s.page(home, [1, 2], "p2"), s.page(home, [3])],
        kept=("1", "2", "3"), pages=True),
    Row("the token is unknown", at_once(Wire({"detail": "no"}, 401)), AccessDenied),
    Row("a right is missing", at_once(Wire({"detail": "no"}, 403)), Forbidden),
    Row("nothing is there", at_once(Wire({"detail": "no"}, 404)), NotFound),
    Row("a long wait", at_once(Wire({"detail": "no"}, 429, {"Retry-After": "900"})), RateLimited),
    Row("errors that stay", at_once(Wire({}, 500)), Unavailable),
    Row("an error that passes", lambda s, home, _: [Wire({}, 503), s.page(home, [1])], kept=("1",)),
    Row("silence", at_once(Wire(silent=True)), TooSlow),
    Row("a drip", at_once(Wire([0] * 400, drip_s=0.05)), TooSlow),
    Row("a dropped line", at_once(Wire(raw=b"")), Unavailable),
    Row("no HTTP", at_once(Wire(raw=b"\x00\x01\x02 hello\r\n\r\n")), Unavailable),
    Row("a web page", at_once(HTML), NotJson),
    Row("no JSON", at_once(Wire(b"[{")), WrongShape),
    Row("null", at_once(Wire(None)), WrongShape),
    Row("an answer to another question", at_once(Wire({"hello": {"results": 1}})), WrongShape),
    Row("text", at_once(Wire("hello")), WrongShape),
    Row("a bomb", at_once(Wire(gzip.compress(b" " * 90_000_000), headers={"Content-Encoding": "gzip"})),
        TooBig),
    Row("brackets", at_once(Wire(b"[" * 100_000)), WrongShape),
    Row("elsewhere", lambda s, _, other: [Wire(status=302, headers={"Location": f"{other}/x"})],
        AccessDenied),
    Row("the metadata address", at_once(Wire(status=307, headers={"Location": "http://169.254.169.254/"})),
        AccessDenied),
    Row("round in a circle", at_once(Wire(status=302, headers={"Location": "?"})), SourceError),
    Row("one odd item", lambda s, home, _: [s.odd(s.page(home, [1, 2]))], kept=("1", "2"),
        partial="could not be read", pages=True),
    Row("a second page that is refused", then(Wire({"detail": "no"}, 403)), Forbidden, ("1", "2"),
        pages=True),
    Row("a second page that is a web page", then(HTML), NotJson, ("1", "2"), pages=True),
    Row("a second page that never comes", then(Wire(silent=True)), TooSlow, ("1", "2"), pages=True),
    Row("a second page after a long wait", then(Wire({}, 429, {"Retry-After": "900"})), RateLimited,
        ("1", "2"), pages=True),
    Row("a second page that is null", then(Wire(None)), WrongShape, ("1", "2"), pages=True),
    Row("the same page twice", endless, kept=("1", "2"), partial="the same page", pages=True),
    Row("a next page elsewhere", lambda s, _, other: [s.page(other, [1, 2], "p2")], AccessDenied,
        addresses=True, pages=True),
    Row("a next page in another scheme", lambda s, home,
        _: [s.page(home.replace("http", "https"), [1], "p2")],
        AccessDenied, addresses=True, pages=True),
    Row("a next page with a user name", lambda s, _,
        other: [s.page(other.replace("//", "//127.0.0.1@"), [1], "p2")],
        AccessDenied, addresses=True, pages=True),
]  # fmt: skip


TRIED = [
    pytest.param(listed, row, id=f"{listed.name}-{row.name}")
    for listed in LISTED
    for row in ROWS
    if (listed.linked or not row.addresses) and (listed.pages or not row.pages)
]


@pytest.fixture
async def servers(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sequence[FaultServer]]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    # A call has half a minute and four attempts, which is long to wait for in a test.
    monkeypatch.setitem(Client.__init__.__kwdefaults__, "deadline_s", DEADLINE_S)
    monkeypatch.setitem(Client.__init__.__kwdefaults__, "attempts", 2)
    async with fault_servers(2) as both:
        yield both


async def read(listed: Listed, address: str, cursor: str = "") -> tuple[list[Batch], SourceError | None]:
    """All batches of a listing, and what ended it."""
    source = listed.make(address)
    batches: list[Batch] = []
    try:
        async with asyncio.timeout(HANGS_AFTER_S):
            async for batch in source.list(cursor):
                batches.append(batch)
    except SourceError as error:
        return batches, error
    finally:
        await source.close()
    return batches, None


def ids(batches: Sequence[Batch]) -> tuple[str, ...]:
    return tuple(signal.id for batch in batches for signal in batch.signals)


@pytest.mark.parametrize(("listed", "row"), TRIED)
async def test_a_listing_from_a_service_that_misbehaves(servers, listed: Listed, row: Row) -> None:
    home, other = servers
    home.aside = listed.beside
    home.answers(*row.script(listed, home.url, other.url))
    batches, error = await read(listed, home.url)
    assert tuple(dict.fromkeys(ids(batches))) == tuple(listed.id(int(each)) for each in row.kept)
    assert (batches[-1].partial if batches else "") == "" or row.partial in batches[-1].partial
    if row.partial:
        assert row.partial in batches[-1].partial
    if row.fault is None:
        assert error is None
    else:
        assert isinstance(error, row.fault), repr(error)
        assert error.title and error.detail and error.hint
        assert listed.token not in f"{error}{error!r}{error.__cause__!r}"
    assert other.visits == []
    assert all(listed.token not in visit.path + str(visit.query) for visit in home.visits)
    assert {visit.method for visit in home.visits} <= {"GET", "POST"}


@pytest.mark.parametrize("listed", PAGED, ids=lambda listed: listed.name)
async def test_a_bottomless_first_listing_ends_at_its_limit_and_says_so(servers, listed: Listed) -> None:
    home, _ = servers
    home.aside = listed.beside
    home.answers(*bottomless(listed, home.url, ""))
    batches, error = await read(listed, home.url)
    assert error is None
    assert 1000 <= len(ids(batches)) == len(set(ids(batches))) <= 1200
    assert "newest" in batches[-1].partial + batches[-1].limited


@pytest.mark.parametrize("listed", PAGED, ids=lambda listed: listed.name)
@pytest.mark.parametrize("kept", range(4))
async def test_a_listing_that_was_killed_goes_on_where_it_was_and_loses_nothing(
    servers, listed, kept
) -> None:
    home, _ = servers
    home.aside = listed.beside
    pages = [
        listed.page(home.url, [1, 2], "p2"), listed.page(home.url, [3, 4], "p3"),
        listed.page(home.url, [5, 6], "p4"), listed.page(home.url, [7]),
    ]  # fmt: skip
    home.answers(*pages[:kept], Wire({"detail": "no"}, 403))
    before, error = await read(listed, home.url)
    assert isinstance(error, Forbidden)
    home.answers(*pages[kept:])
    after, error = await read(listed, home.url, before[-1].cursor if before else "")
    assert error is None
    assert ids(before) + ids(after) == tuple(listed.id(number) for number in range(1, 8))
    home.answers(pages[0])
    home.visits.clear()
    quiet, error = await read(listed, home.url, after[-1].cursor)
    assert (error, len(home.visits), ids(quiet)) == (None, 1, ())
