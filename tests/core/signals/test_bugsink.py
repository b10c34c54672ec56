"""The Bugsink source against a real server on loopback that answers like Bugsink's canonical API."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from uuid import UUID

import pytest

from rootcase.core.config.settings import SourceSettings
from rootcase.core.model.errors import ConfigError, SourceError
from rootcase.core.signals.bugsink_samples import spread
from rootcase.core.signals.protocol import Deed, make_source

TOKEN = "0123456789abcdef0123456789abcdef01234567"
API = "/api/canonical/0/"
NOW = time.time()


def uuid(number: int) -> str:
    return str(UUID(int=number))


def seen(number: int) -> str:
    """Minutes ago, the higher the number the longer."""
    return datetime.fromtimestamp(NOW - number * 60, UTC).isoformat().replace("+00:00", "Z")


def issue(number: int, **more: object) -> dict[str, object]:
    return {
        "id": uuid(number), "friendly_id": f"SHOP-{number}", "project": 1, "digest_order": number,
        "first_seen": "2026-01-01T00:00:00Z", "last_seen": seen(number), "digested_event_count": 5,
        "stored_event_count": 5, "calculated_type": "KeyError", "calculated_value": f"'{number}'",
        "transaction": "", "is_resolved": False, "is_resolved_unconditionally": False,
        "is_resolved_by_next_release": False, "is_muted": False, **more,
    }  # fmt: skip


def listed(*rows: object, next: str | None = None) -> dict[str, object]:
    return {"next": next, "previous": None, "results": list(rows)}


def detail(number: int, data: dict[str, object], markdown: str = "") -> dict[str, object]:
    return {
        "id": uuid(number), "event_id": uuid(number + 1000), "issue": uuid(1), "project": 1,
        "ingested_at": seen(1), "data": {"timestamp": seen(number), "platform": "python", **data},
        "stacktrace_md": markdown,
    }  # fmt: skip


def crash(**more: object) -> dict[str, object]:
    frames = [{"function": "price", "filename": "shop.py", "lineno": 7, "in_app": True}]
    values = [{"type": "KeyError", "value": "'DE'", "stacktrace": {"frames": frames}}]
    return {"exception": {"values": values}, **more}


class Bug:
    """A Bugsink of one project with the issues and events that a test puts there."""

    def __init__(self, web, reply):
        self.web, self.reply = web, reply
        self.issues: list[dict[str, object]] = []
        self.events: dict[str, list[dict[str, object]]] = {}
        web.on(f"{API}projects/", listed({"id": 1, "slug": "shop", "name": "The shop"}))
        web.on(f"{API}projects/1/", {"id": 1, "slug": "shop", "name": "The shop"})
        web.on(f"{API}issues/", lambda asked: listed(*self.issues))
        web.on(f"{API}events/", lambda asked: listed(*self.events.get(asked.all("issue")[0], ())))

    def has(self, *issues, events=()):
        self.issues = list(issues)
        for each in issues:
            self.web.on(f"{API}issues/{each['id']}/", each)
            self.events[str(each["id"])] = [{"id": event["id"]} for event in events]
        for event in events:
            self.web.on(f"{API}events/{event['id']}/", event)

    def lists(self) -> int:
        return self.web.paths().count(f"{API}issues/")


@pytest.fixture
def bug(web, reply):
    return Bug(web, reply)


@pytest.fixture
async def make(web):
    made = []

    def make(**more):
        settings = SourceSettings(kind="bugsink", **{"url": web.url, **more})
        made.append(make_source(settings, {"BUGSINK_TOKEN": TOKEN}))
        return made[-1]

    yield make
    for source in made:
        await source.close()


async def batches(source, cursor=""):
    return [batch async for batch in source.list(cursor)]


async def test_an_issue_gets_from_its_events_what_bugsink_keeps_only_there(web, bug, make):
    old = detail(9, crash(release="shop@1", environment="prod", tags={"region": "eu"}, user={"id": "1"}))
    new = detail(2, crash(release="shop@2", environment="staging", tags=[["region", "us"]], level="fatal"))
    bug.has(issue(1), events=(new, old))
    source = make()
    (batch,) = await batches(source)
    (signal,) = batch.signals
    assert (signal.short_id, signal.title, signal.project) == ("SHOP-1", "KeyError: '1'", "shop")
    assert (signal.events, signal.status, signal.level) == (5, "unresolved", "fatal")
    assert (signal.first_release, signal.last_release, signal.environment) == ("shop@1", "shop@2", "staging")
    assert signal.url == f"{web.url}/issues/issue/{uuid(1)}/event/last/"
    assert {(s.facet, s.value, s.events, s.sampled) for s in signal.shares} == {
        ("release", "shop@1", 1, True), ("release", "shop@2", 1, True), ("environment", "prod", 1, True),
        ("environment", "staging", 1, True), ("region", "eu", 1, True), ("region", "us", 1, True),
    }  # fmt: skip
    asked = len(web.asked)
    events = await source.events(signal)
    assert [event.release for event in events] == ["shop@2", "shop@1"]
    assert len(web.asked) == asked, "the listing had the events already"
    assert web.asked[0].headers["authorization"] == f"Bearer {TOKEN}"


async def test_a_second_look_with_nothing_new_costs_one_request_a_project(web, bug, make):
    bug.has(issue(1), issue(2), events=(detail(3, crash()),))
    source = make(projects=("shop",))
    (batch,) = await batches(source)
    assert len(batch.signals) == 2
    web.asked.clear()
    (again,) = await batches(source, batch.cursor)
    assert again.signals == () and again.cursor == batch.cursor
    assert web.paths() == [f"{API}issues/"]


async def test_only_what_changed_comes_again(bug, make):
    bug.has(issue(5), issue(6))
    (batch,) = await batches(make())
    bug.has(issue(1, id=uuid(6), digested_event_count=6), issue(5), issue(9))
    (again,) = await batches(make(), batch.cursor)
    assert [signal.id for signal in again.signals] == [uuid(6)]


async def test_a_listing_that_was_cut_off_goes_on_at_its_page(web, bug, make, reply):
    first = [issue(n) for n in range(1, 4)]
    second = [issue(n) for n in range(4, 6)]

    def route(asked):
        if asked.all("cursor") == ["two"]:
            return listed(*second)
        return listed(*first, next=f"{web.url}{API}issues/?cursor=two&project=1")

    web.on(f"{API}issues/", route)
    source = make()
    cut = await anext(source.list(""))
    rest = await batches(make(), cut.cursor)
    assert [s.id for b in rest for s in b.signals] == [uuid(4), uuid(5)]
    assert (await batches(make(), rest[-1].cursor))[-1].signals == ()


async def test_a_page_that_bugsink_no_longer_knows_starts_the_listing_anew(web, bug, make, reply):
    first = [issue(n) for n in range(1, 4)]

    def route(asked):
        if asked.all("cursor"):
            return reply({"detail": "Invalid cursor"}, 404)
        return listed(*first, next=f"{web.url}{API}issues/?cursor=old&project=1")

    web.on(f"{API}issues/", route)
    cut = await anext(make().list(""))
    web.on(f"{API}issues/", listed(*first))
    again = await batches(make(), cut.cursor)
    assert len(again[-1].signals) == 3


async def test_endless_pages_end_and_say_so(web, bug, make):
    count = iter(range(1000))
    web.on(
        f"{API}issues/",
        lambda asked: listed(issue(1), next=f"{web.url}{API}issues/?cursor={next(count)}&project=1"),
    )
    found = await batches(make())
    assert "same page again" in found[-1].partial and bug.lists() == 2
    ids = [signal.id for batch in found for signal in batch.signals]
    assert ids and len(ids) == len(set(ids)), "and none of its issues is handed out twice"


async def test_the_first_look_is_limited_and_says_so(bug, make):
    bug.has(*(issue(n) for n in range(1, 8)))
    (batch,) = await batches(make(backfill=3))
    assert len(batch.signals) == 3
    assert (batch.partial, batch.limited) == ("", "the newest 3 were read; older ones are left out")
    (again,) = await batches(make(backfill=3), batch.cursor)
    assert again.signals == () and again.limited == ""


async def test_a_first_look_at_several_projects_takes_its_share_of_each(web, bug, make):
    web.on(f"{API}projects/", listed(*({"id": n, "slug": f"p{n}"} for n in (1, 2, 3))))
    per = {"1": (1,), "2": range(10, 20), "3": range(30, 40)}
    web.on(
        f"{API}issues/",
        lambda asked: listed(
            *(issue(n, project=int(asked.all("project")[0])) for n in per[asked.all("project")[0]])
        ),
    )
    found = await batches(make(backfill=9))
    taken = [signal.project for batch in found for signal in batch.signals]
    assert (taken.count("p1"), taken.count("p2"), taken.count("p3")) == (1, 4, 4), (
        "what p1 leaves goes to the others"
    )
    said = [batch.limited for batch in found if batch.limited]
    assert said == [f"p{n}: the newest 4 were read; older ones are left out" for n in (2, 3)]
    assert not any(batch.partial for batch in found)


async def test_issues_older_than_the_period_stay_out(bug, make):
    bug.has(issue(1), issue(2, last_seen="2020-01-01T00:00:00Z"))
    (batch,) = await batches(make())
    assert [signal.id for signal in batch.signals] == [uuid(1)]


async def test_what_bugsink_cannot_search_for_is_said(bug, make):
    bug.has(issue(1), issue(2, is_resolved=True), issue(3, is_muted=True))
    (batch,) = await batches(make(query="is:unresolved level:error", environments=("prod",)))
    assert [signal.id for signal in batch.signals] == [uuid(1)]
    assert "does not know `level:error`" in batch.note and "by environment" in batch.note
    (batch,) = await batches(make(query=""))
    assert [signal.status for signal in batch.signals] == ["unresolved", "resolved", "ignored"]


async def test_one_unreadable_issue_does_not_hide_the_others(bug, make):
    bug.has(issue(1))
    bug.issues.append({"friendly_id": "SHOP-2"})
    (batch,) = await batches(make())
    assert len(batch.signals) == 1 and "1 of 2 issues could not be read" in batch.partial


async def test_a_project_that_is_not_there_is_named(bug, make):
    with pytest.raises(ConfigError, match="no project 'shoop'") as fault:
        await batches(make(projects=("shoop",)))
    assert "shop" in fault.value.detail


async def test_one_refused_project_does_not_stop_the_others(web, bug, make, reply):
    web.on(f"{API}projects/", listed({"id": 1, "slug": "shop"}, {"id": 2, "slug": "web"}))
    refused = reply({"detail": "This token is not allowed to access this project."}, 403)
    web.on(
        f"{API}issues/",
        lambda asked: refused if asked.all("project") == ["1"] else listed(issue(1, project=2)),
    )
    found = await batches(make())
    assert [signal.project for batch in found for signal in batch.signals] == ["web"]
    assert any("project 1 is missing" in batch.partial for batch in found)


async def test_frames_come_from_bugsinks_rendering_where_the_data_has_none(bug, make):
    markdown = (
        "# panic\n\n### main.go:12 in `pay` [in-app]\n  11 | x := 1\n▶ 12 | panic(x)\n\n"
        "#### Locals\n\n* `x` = `1`\n\n### net/http/server.go:2136 in `serve` [external]\n_no source context available_"
    )
    data = {"platform": "go", "exception": {"values": [{"type": "panic", "value": "1"}]}}
    bug.has(issue(1), events=(detail(2, data, markdown),))
    source = make()
    (batch,) = await batches(source)
    (event,) = await source.events(batch.signals[0])
    frames = event.raised.frames
    assert [(f.filename, f.function, f.line, f.in_app) for f in frames] == [
        ("net/http/server.go", "serve", 2136, False), ("main.go", "pay", 12, True),
    ]  # fmt: skip
    assert frames[1].context_line == "panic(x)"
    assert "frames from Bugsink's own rendering" in event.problems and "no stack frames" not in event.problems


def test_samples_are_taken_from_all_along_what_is_kept():
    assert spread(list("abcdefghi"), 3) == ("a", "e", "i")
    assert spread(list("ab"), 3) == ("a", "b")
    assert spread(list("abc"), 1) == ("a",)


@pytest.mark.parametrize(
    ("deed", "path", "after"),
    [
        (Deed("resolve"), "resolve/", {"is_resolved": True, "is_resolved_unconditionally": True}),
        (Deed("resolve", release="next"), "resolve-next/", {"is_resolved": True, "is_resolved_by_next_release": True}),
        (Deed("resolve", release="shop@2"), "resolve-latest/", {"is_resolved": True}),
        (Deed("snooze"), "mute/", {"is_muted": True}),
        (Deed("snooze", until_us=int((time.time() + 9000) * 1e6)), "mute-for/", {"is_muted": True}),
    ],
)  # fmt: skip
async def test_an_act_is_one_write_and_none_where_it_is_so_already(web, bug, make, deed, path, after):
    bug.has(issue(1))
    web.on(f"{API}releases/", listed({"version": "shop@2"}, {"version": "shop@1"}))
    web.on(f"{API}issues/{uuid(1)}/{path}", issue(1, **after), method="POST")
    source = make()
    done = await source.act(uuid(1), deed)
    assert (done.already, done.note) == (False, "")
    (sent,) = [asked for asked in web.asked if asked.method == "POST"]
    assert sent.path == f"{API}issues/{uuid(1)}/{path}"
    if path == "mute-for/":
        assert sent.body == b'{"period_name":"hour","nr_of_periods":3}'
    web.on(f"{API}issues/{uuid(1)}/", issue(1, **after))
    assert (await source.act(uuid(1), deed)).already
    assert len([asked for asked in web.asked if asked.method == "POST"]) == 1


async def test_a_release_that_bugsink_cannot_resolve_by_is_said(web, bug, make):
    bug.has(issue(1))
    web.on(f"{API}releases/", listed({"version": "shop@2"}, {"version": "shop@1"}))
    web.on(f"{API}issues/{uuid(1)}/resolve/", issue(1, is_resolved=True), method="POST")
    done = await make().act(uuid(1), Deed("resolve", release="shop@1"))
    assert "cannot resolve by the earlier release shop@1" in done.note


async def test_somebody_else_who_was_faster_is_no_fault(web, bug, make, reply):
    bug.has(issue(1))
    web.on(f"{API}issues/{uuid(1)}/", issue(1), issue(1, is_resolved=True))
    refused = reply({"detail": "Issue is already resolved."}, 400)
    web.on(f"{API}issues/{uuid(1)}/resolve/", refused, method="POST")
    assert (await make().act(uuid(1), Deed("resolve"))).already


async def test_a_refused_act_stays_a_fault(web, bug, make, reply):
    bug.has(issue(1))
    refused = reply({"detail": "This token does not have the required capability: issues:triage."}, 403)
    web.on(f"{API}issues/{uuid(1)}/resolve/", refused, method="POST")
    with pytest.raises(SourceError) as fault:
        await make().act(uuid(1), Deed("resolve"))
    assert "issues:triage" in fault.value.detail


async def test_a_resolved_issue_cannot_be_muted(bug, make):
    bug.has(issue(1, is_resolved=True))
    with pytest.raises(SourceError, match="is resolved"):
        await make().act(uuid(1), Deed("snooze"))


async def test_reconciling_finds_what_is_gone_and_what_is_solved(web, bug, make, reply):
    bug.has(issue(1, is_resolved=True), issue(2))
    web.on(f"{API}issues/{uuid(3)}/", reply({"detail": "No Issue matches the given query."}, 404))
    found = [batch async for batch in make().reconcile([uuid(1), uuid(3)])]
    assert [(s.id, s.status) for batch in found for s in batch.signals] == [(uuid(1), "resolved")]
    assert [gone for batch in found for gone in batch.gone] == [uuid(3)]
    assert bug.lists() == 1


async def test_health_tries_each_right_on_an_issue_that_does_not_exist(web, bug, make, reply):
    nobody = uuid(0)
    missing = reply({"detail": "No Issue matches the given query."}, 404)
    lacks = reply({"detail": "This token does not have the required capability: issues:triage."}, 403)
    web.on(f"{API}releases/", listed())
    web.on(f"{API}events/", missing)
    web.on(f"{API}issues/{nobody}/reopen/", lacks, method="POST")
    web.on(f"{API}issue-comments/", reply({"issue": ["Issue not found."]}, 400), method="POST")
    health = await make().health()
    assert health.scopes == ("issues:read", "events:read", "releases:read", "issues:comment")
    assert health.missing == ("issues:triage",)
    assert health.without == ("resolve, reopen and mute are refused",)


def test_pages_of_this_server_are_recognised(web, make):
    source = make()
    assert source.named(f"{web.url}/issues/issue/{uuid(7)}/event/last/") == uuid(7)
    assert source.named(uuid(7)) == uuid(7) and source.named("SHOP-12") == "SHOP-12"
    assert source.named(f"https://elsewhere.example/issues/issue/{uuid(7)}/event/last/") == ""
    assert source.named("PAY") == ""


def test_without_an_address_there_is_no_bugsink(make):
    with pytest.raises(ConfigError, match="no address"):
        make(url="")
