"""The GlitchTip source against a real server on loopback that answers like GlitchTip's API."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from rootcase.core.config.settings import SourceSettings
from rootcase.core.model.errors import AccessDenied, ConfigError, SourceError
from rootcase.core.model.signals import Share, Work
from rootcase.core.signals.glitchtip_wire import camel
from rootcase.core.signals.protocol import Deed, make_source
from rootcase.core.signals.terms import glitchtip_terms

TOKEN = "0123456789abcdef0123456789abcdef"
ORG = "/api/0/organizations/acme/"
NOW = time.time()


def seen(number: int) -> str:
    return datetime.fromtimestamp(NOW - number * 60, UTC).isoformat().replace("+00:00", "Z")


def issue(number: int, **more: object) -> dict[str, object]:
    return {
        "id": str(number), "count": "9", "type": "error", "level": "error", "status": "unresolved",
        "project": {"id": "1", "platform": "python", "slug": "shop", "name": "Shop"}, "shortId": f"SHOP-{number}",
        "numComments": 0, "stats": {"24h": []}, "permalink": f"http://glitch.example/acme/issues/{number}",
        "statusDetails": {}, "userCount": 9, "firstSeen": "2026-01-01T00:00:00Z", "lastSeen": seen(number),
        "title": f"KeyError: {number}", "metadata": {}, "culprit": "shop in price", **more,
    }  # fmt: skip


def event(number: int, **more: object) -> dict[str, object]:
    frames = [{"function": "price", "filename": "shop.py", "lineNo": number, "inApp": True}]
    values = [{"type": "KeyError", "value": "'DE'", "stacktrace": {"frames": frames}}]
    return {
        "event_id": f"{number:032}", "date_created": seen(number), "culprit": "shop in price",
        "message": "KeyError: 'DE'", "tags": [{"key": "release", "value": f"shop@{number}"}],
        "entries": [{"type": "exception", "data": {"values": values}}], **more,
    }  # fmt: skip


def tag(key: str, **counts: int) -> dict[str, object]:
    values = [{"name": value, "value": value, "count": count, "key": key} for value, count in counts.items()]
    return {"key": key, "name": key, "uniqueValues": len(values), "totalValues": 9, "topValues": values}


class Glitch:
    """A GlitchTip of one organization; what it does not know answers with the web app's page."""

    def __init__(self, web, reply):
        self.web, self.reply = web, reply
        self.issues: list[dict[str, object]] = []
        web.on(f"{ORG}issues/", lambda asked: self.issues)
        web.on(f"{ORG}issues-stats/", [])

    def has(self, *issues, events=(), tags=()):
        self.issues = list(issues)
        for each in issues:
            path = f"/api/0/issues/{each['id']}/"
            self.web.on(path, each)
            self.web.on(f"{path}events/", list(events))
            self.web.on(f"{path}tags/", list(tags))

    def page(self):
        return self.reply(
            "<!doctype html><html></html>", headers={"Content-Type": "text/html; charset=utf-8"}
        )


@pytest.fixture
def glitch(web, reply):
    return Glitch(web, reply)


@pytest.fixture
async def make(web):
    made = []

    def make(**more):
        settings = SourceSettings(kind="glitchtip", **{"url": web.url, "organization": "acme", **more})
        made.append(make_source(settings, {"GLITCHTIP_AUTH_TOKEN": TOKEN}, me=("ada",)))
        return made[-1]

    yield make
    for source in made:
        await source.close()


async def batches(source, cursor=""):
    return [batch async for batch in source.list(cursor)]


async def test_an_issue_comes_with_its_blast_radius_trend_and_events(web, glitch, make):
    hour = int(NOW) // 3600 * 3600
    glitch.has(
        issue(7, level="warning"),
        events=(event(9), event(8)),
        tags=(tag("release", one=3, two=6), tag("environment", prod=9), tag("browser", Firefox=9)),
    )
    stats = {
        "id": "7",
        "count": "9",
        "userCount": 9,
        "isUnhandled": True,
        "stats": {"24h": [[hour, 7], [hour - 7200, 2]]},
    }
    web.on(f"{ORG}issues-stats/", [stats])
    source = make()
    (batch,) = await batches(source)
    (signal,) = batch.signals
    assert (signal.short_id, signal.project, signal.service, signal.events) == ("SHOP-7", "shop", "shop", 9)
    assert signal.users == 0, "GlitchTip repeats the number of events as the number of users"
    assert signal.shares == (
        Share("release", "two", 6),
        Share("release", "one", 3),
        Share("environment", "prod", 9),
    )
    assert (signal.environment, signal.handled, signal.trend[-3:]) == ("prod", False, (2, 0, 7))
    assert (signal.first_release, signal.last_release) == ("shop@9", "shop@8")
    asked = len(web.asked)
    events = await source.events(signal)
    assert len(web.asked) == asked and [e.id[-1] for e in events] == ["9", "8"]
    assert (events[0].level, events[0].raised.frames[0].line, events[0].transaction) == (
        "warning",
        9,
        "shop in price",
    )
    assert events[0].at_us > 0


async def test_a_second_look_with_nothing_new_costs_one_request_a_project(web, glitch, make):
    glitch.has(issue(1), issue(2))
    web.on("/api/0/projects/acme/shop/issues/", lambda asked: glitch.issues)
    web.on("/api/0/projects/acme/web/issues/", [])
    source = make(projects=("shop", "web"))
    found = await batches(source)
    assert sum(len(batch.signals) for batch in found) == 2
    web.asked.clear()
    again = await batches(source, found[-1].cursor)
    assert sum(len(batch.signals) for batch in again) == 0
    assert web.paths() == ["/api/0/projects/acme/shop/issues/", "/api/0/projects/acme/web/issues/"]


async def test_a_project_by_its_number_is_a_filter(web, glitch, make):
    glitch.has(issue(1))
    await batches(make(projects=("12",), environments=("prod", "staging")))
    asked = web.asked[0]
    assert asked.path == f"{ORG}issues/" and asked.all("project") == ["12"]
    assert asked.all("environment") == ["prod", "staging"] and asked.all("limit") == ["100"]
    assert asked.all("query") == ["is:unresolved"] and asked.all("sort") == ["-last_seen"]


async def test_the_next_page_is_found_in_a_link_header_in_braces(web, glitch, make, reply):
    def header(results, cursor=""):
        at = (
            f"{web.url}{ORG}issues/?cursor={cursor}&limit=100"
            if cursor
            else f"{web.url}{ORG}issues/?limit=100"
        )
        tail = f'; cursor="{cursor}"' if cursor else ""
        return {"Link": f"{{'<{web.url}{ORG}issues/>; rel=\"previous\"; results=\"false\", "
                        f"<{at}>; rel=\"next\"; results=\"{results}\"{tail}'}}"}  # fmt: skip

    glitch.has(issue(1), issue(2))
    web.on(
        f"{ORG}issues/",
        lambda asked: (
            reply([issue(2)], headers=header("false"))
            if asked.all("cursor") == ["cD0y"]
            else reply([issue(1)], headers=header("true", "cD0y"))
        ),
    )
    found = await batches(make())
    assert [signal.id for batch in found for signal in batch.signals] == ["1", "2"]


async def test_terms_that_glitchtip_would_ignore_are_left_out_and_said(web, glitch, make):
    glitch.has(issue(1))
    (batch,) = await batches(make(query='is:unresolved assigned:me !level:info browser:Firefox "no mug"'))
    assert web.asked[0].all("query") == ['is:unresolved browser:Firefox "no mug"']
    assert (
        "`assigned:me`, `!level:info`" in batch.note and "more is listed" in batch.note and not batch.partial
    )


@pytest.mark.parametrize(
    ("query", "kept", "left_out"),
    [
        ("is:unresolved level:error", ("is:unresolved", "level:error"), ()),
        ("is:for_review", (), ("is:for_review",)),
        ("lastSeen:-24h times_seen:>100", (), ("lastSeen:-24h", "times_seen:>100")),
        ("server_name:web-* url:[a,b]", (), ("server_name:web-*", "url:[a,b]")),
        ("feature:totals feature:stock", ("feature:totals",), ("feature:stock",)),
        ('transaction:"GET /a b" oops', ('transaction:"GET /a b"', "oops"), ()),
        ("", (), ()),
    ],
)
def test_what_a_search_may_say(query, kept, left_out):
    terms = glitchtip_terms(query)
    assert (terms.kept, terms.left_out) == (kept, left_out)


async def test_a_path_that_glitchtip_does_not_have_is_no_answer(web, glitch, make):
    web.on(f"{ORG}issues/", glitch.page())
    with pytest.raises(SourceError, match="web page"):
        await batches(make())


async def test_an_older_version_without_tags_and_statistics_still_lists(web, glitch, make):
    glitch.has(issue(1), events=(event(1),))
    web.on("/api/0/issues/1/tags/", glitch.page())
    web.on(f"{ORG}issues-stats/", glitch.page())
    (batch,) = await batches(make())
    assert [signal.title for signal in batch.signals] == ["KeyError: 1"]


async def test_snake_and_camel_are_one(make, web, glitch):
    assert camel({"user_count": 3, "shortId": "A", "event_id": "e", "group_id": 1, "x": {"a_b": 1}}) == {
        "userCount": 3, "shortId": "A", "eventID": "e", "groupID": 1, "x": {"a_b": 1},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("deed", "status", "note"),
    [
        (Deed("resolve"), "resolved", ""),
        (Deed("resolve", release="shop@2"), "resolved", "does not keep the release shop@2"),
        (Deed("snooze"), "ignored", ""),
        (Deed("snooze", until_us=1), "ignored", "knows no end of ignoring"),
    ],
)
async def test_an_act_sets_the_status_once_and_says_what_was_not_taken(web, glitch, make, deed, status, note):
    glitch.has(issue(1))
    web.on("/api/0/issues/1/", issue(1, status=status), method="PUT")
    source = make()
    done = await source.act("1", deed)
    assert not done.already and (note in done.note if note else done.note == "")
    assert web.asked[-1].body == f'{{"status":"{status}"}}'.encode()
    glitch.has(issue(1, status=status))
    assert (await source.act("1", deed)).already
    assert [asked.method for asked in web.asked].count("PUT") == 1


async def test_a_change_that_was_not_taken_is_a_fault(web, glitch, make):
    glitch.has(issue(1))
    web.on("/api/0/issues/1/", issue(1), method="PUT")
    with pytest.raises(SourceError, match="did not take the change"):
        await make().act("1", Deed("resolve"))


async def test_a_comment_is_written_once(web, glitch, make, reply):
    notes = [{"id": 3, "data": {"text": "seen"}, "type": "note"}]
    web.on("/api/0/issues/1/comments/", notes)
    web.on("/api/0/issues/1/comments/", reply({"id": 4, "data": {"text": "new"}}, 201), method="POST")
    source = make()
    assert (await source.comment("1", "seen")).already
    done = await source.link(
        "1", Work("pull_request", "12", "Refuse an empty order", "https://forge.example/12")
    )
    assert (done.id, done.already) == ("4", False)
    text = "Pull request: Refuse an empty order — https://forge.example/12"
    assert web.asked[-1].body.decode() == f'{{"data":{{"text":"{text}"}}}}'


async def test_reconciling_asks_for_a_hundred_at_once(web, glitch, make):
    glitch.has(issue(1, status="resolved"), issue(2))
    found = [batch async for batch in make().reconcile(["1", "2", "3"])]
    assert [(s.id, s.status) for b in found for s in b.signals] == [("1", "resolved"), ("2", "unresolved")]
    assert [gone for batch in found for gone in batch.gone] == ["3"]
    assert (
        len(web.asked) == 1
        and web.asked[0].all("id") == ["1", "2", "3"]
        and web.asked[0].all("query") == [""]
    )


async def test_a_server_that_ignores_the_ids_makes_nothing_gone(glitch, make):
    glitch.has(issue(8))
    with pytest.raises(SourceError, match="cannot be asked for single issues"):
        [batch async for batch in make().reconcile(["1", "2"])]


def root(*scopes: str) -> dict[str, object]:
    return {
        "version": "5.1.0",
        "user": {"id": "1", "email": "ada@acme.example"},
        "auth": {"scopes": list(scopes)},
    }


async def test_health_names_what_will_not_work_without_a_scope(web, glitch, make):
    web.on("/api/0/", root("event:read", "org:read"))
    web.on(ORG, {"slug": "acme"})
    health = await make().health()
    assert (health.account, health.version) == ("ada@acme.example", "5.1.0")
    assert health.missing == ("project:releases", "event:write")
    assert health.without[1] == "comments, resolve, reopen and snooze are refused"


async def test_a_token_without_a_user_is_unknown(web, glitch, make):
    web.on("/api/0/", {"version": "0", "user": None, "auth": None})
    with pytest.raises(AccessDenied, match="does not know the token"):
        await make().health()


async def test_a_wrong_organization_is_named(web, glitch, make):
    web.on("/api/0/", root("event:read"))
    with pytest.raises(SourceError, match="no organization 'acme'"):
        await make().health()


async def test_releases_know_their_predecessor(web, glitch, make):
    sha = "a" * 40
    rows = [
        {"version": "shop@2", "ref": sha, "dateCreated": "2026-02-01T00:00:00Z", "dateReleased": None},
        {"version": "shop@1", "ref": None, "date_created": "2026-01-01T00:00:00Z"},
    ]
    web.on(f"{ORG}releases/", rows)
    two, one = await make().releases()
    assert (two.version, two.commit, two.previous) == ("shop@2", sha, "shop@1")
    assert one.created_us == 1_767_225_600_000_000 and one.previous == ""


def test_pages_of_this_server_are_recognised(web, make):
    source = make()
    assert source.named(f"{web.url}/acme/issues/77?project=1") == "77"
    assert source.named("77") == "77"
    assert source.named("https://sentry.io/acme/issues/77") == "" and source.named("SHOP-1") == ""


def test_without_an_organization_there_is_nothing_to_ask(make):
    with pytest.raises(ConfigError, match="no organization"):
        make(organization="")


async def test_an_organization_without_releases_has_none(web, glitch, make):
    web.on(f"{ORG}releases/", [])
    assert await make().releases() == ()


async def test_an_issue_in_another_shape_is_named(web, glitch, make):
    web.on("/api/0/issues/7/", {"detail": ["no issue at all"]})
    with pytest.raises(SourceError, match="shape that is not understood"):
        await make().signal("7")


async def test_an_unreadable_issue_is_not_taken_for_a_deleted_one(web, glitch, make):
    glitch.has(issue(1))
    glitch.issues.append({"id": "2", "title": {"odd": 1}})
    found = [batch async for batch in make().reconcile(["1", "2"])]
    assert [gone for batch in found for gone in batch.gone] == []
    assert "1 of 2 issues could not be read" in found[0].partial


async def test_where_every_project_is_refused_that_is_a_fault(web, glitch, make, reply):
    for name in ("shop", "web"):
        web.on(f"/api/0/projects/acme/{name}/issues/", reply({"detail": "Permission denied"}, 403))
    with pytest.raises(AccessDenied, match="refused access"):
        await batches(make(projects=("shop", "web")))
