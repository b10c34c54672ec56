"""The Sentry source against a real server on loopback that answers like Sentry's API."""

from __future__ import annotations

import json

import pytest

from rootcase.core.config.settings import SourceSettings
from rootcase.core.model.errors import AccessDenied, ConfigError, RateLimited, SourceError
from rootcase.core.model.signals import Actor, Signal
from rootcase.core.signals.protocol import Deed, make_source
from rootcase.core.signals.sentry_site import may_have_token
from tests.support.sentry import ORG, TOKEN, fresh, issue, pages_header, sdk_event


def link(web, reply, value, cursor, more):
    return reply(value, headers=pages_header(web.url, cursor, more))


async def all_batches(source, cursor=""):
    return [batch async for batch in source.list(cursor)]


async def test_issues_become_signals_with_the_sources_own_counts(web, make):
    web.on(f"{ORG}issues/", [issue(7)])
    source = make(
        projects=("shop", "web"), environments=("prod",), query="is:unresolved level:error", period="24h"
    )
    (batch,) = await all_batches(source)
    (signal,) = batch.signals
    assert (signal.source, signal.id, signal.short_id, signal.project) == ("sentry", "7", "SHOP-7", "shop")
    assert (signal.events, signal.users, signal.service, signal.handled) == (150, 12, "shop", False)
    assert (signal.trend, signal.bucket_s, signal.environment) == ((4, 6), 3600, "prod")
    assert signal.last_seen_us == 1_772_362_380_000_000
    assert batch.partial == ""
    asked = web.asked[-1]
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"
    assert asked.all("project") == ["shop", "web"]
    assert asked.all("environment") == ["prod"]
    assert asked.all("query") == ["is:unresolved level:error"]
    assert asked.all("statsPeriod") == ["24h"]
    assert all(path.endswith("/") for path in web.paths())


async def test_a_sync_goes_through_all_pages_and_the_next_one_stops_at_what_it_knows(web, make, reply):
    pages = [
        link(web, reply, [issue(1), issue(2)], "0:2:0", True),
        link(web, reply, [issue(3), issue(4)], "0:4:0", False),
    ]
    web.on(f"{ORG}issues/", *pages)
    source = make()
    batches = await all_batches(source)
    assert [s.id for b in batches for s in b.signals] == ["1", "2", "3", "4"]
    web.on(f"{ORG}issues/", link(web, reply, [fresh(9), issue(1), issue(20)], "0:3:0", True))
    web.asked.clear()
    (batch,) = await all_batches(source, batches[-1].cursor)
    assert [s.id for s in batch.signals] == ["9", "1"]
    assert len(web.asked) == 1


async def test_a_sync_that_was_cut_resumes_at_its_page(web, make, reply):
    web.on(f"{ORG}issues/", link(web, reply, [issue(1)], "0:1:0", True), reply(status=403))
    batches = []
    with pytest.raises(AccessDenied):
        async for batch in make().list():
            batches.append(batch)
    assert len(batches) == 1
    web.on(f"{ORG}issues/", link(web, reply, [issue(2)], "0:2:0", False))
    web.asked.clear()
    (rest,) = await all_batches(make(), batches[0].cursor)
    assert [s.id for s in rest.signals] == ["2"]
    assert web.asked[-1].all("cursor") == ["0:1:0"]
    web.on(f"{ORG}issues/", [issue(1), issue(30)])
    (after,) = await all_batches(make(), rest.cursor)
    assert [s.id for s in after.signals] == ["1"]


async def test_endless_paging_ends_and_says_so(web, make, reply):
    web.on(f"{ORG}issues/", link(web, reply, [issue(1)], "0:1:0", True))
    batches = await all_batches(make())
    assert len(batches) == 2
    assert "same page twice" in batches[-1].partial
    numbers = iter(range(10_000))
    web.on(f"{ORG}issues/", lambda _: link(web, reply, [issue(1)], f"0:{next(numbers)}:0", True))
    batches = await all_batches(make())
    assert len(batches) == 2
    assert "same page twice" in batches[-1].partial
    web.on(f"{ORG}issues/", lambda _: link(web, reply, [fresh(next(numbers))], f"0:{next(numbers)}:0", True))
    batches = await all_batches(make(backfill=20))
    assert sum(len(batch.signals) for batch in batches) == 121
    assert "the newest 121 issues were read" in batches[-1].partial


async def test_a_first_sync_is_limited_and_says_of_how_many(web, make, reply):
    pages = [
        link(web, reply, [fresh(n) for n in range(60 * at, 60 * at + 60)], f"0:{at}:0", True)
        for at in range(9)
    ]
    for page in pages:
        page.headers["X-Hits"] = "3211"
    web.on(f"{ORG}issues/", *pages)
    batches = await all_batches(make(backfill=2))
    assert [len(batch.signals) for batch in batches] == [60, 60]
    assert batches[0].total == 3211
    assert "the newest 120 of 3,211 issues" in batches[-1].partial
    web.on(f"{ORG}issues/", link(web, reply, [fresh(900), fresh(1), issue(2)], "0:3:0", False))
    (after,) = await all_batches(make(backfill=2), batches[-1].cursor)
    assert [s.id for s in after.signals] == ["900", "1"]
    assert after.partial == ""


async def test_who_has_enough_of_a_first_sync_starts_the_next_one_after_it(web, make, reply):
    web.on(f"{ORG}issues/", link(web, reply, [fresh(1), fresh(2)], "0:2:0", True))
    batch = await anext(make().list())
    web.on(f"{ORG}issues/", link(web, reply, [fresh(9), fresh(1), issue(3)], "0:3:0", True))
    web.asked.clear()
    (after,) = await all_batches(make(), batch.enough)
    assert [s.id for s in after.signals] == ["9", "1"]
    assert (after.enough, len(web.asked)) == ("", 1)


async def test_a_long_absence_is_caught_up_with_in_portions_and_nothing_is_skipped(web, make, reply):
    web.on(f"{ORG}issues/", [issue(50)])
    (first,) = await all_batches(make(backfill=2))
    web.on(f"{ORG}issues/", link(web, reply, [fresh(9), fresh(8)], "0:2:0", True))
    (cut,) = await all_batches(make(backfill=2), first.cursor)
    assert "the next sync goes on" in cut.partial
    web.on(f"{ORG}issues/", link(web, reply, [fresh(7), issue(50)], "0:4:0", False))
    web.asked.clear()
    (rest,) = await all_batches(make(backfill=2), cut.cursor)
    assert web.asked[0].all("cursor") == ["0:2:0"]
    assert [s.id for s in rest.signals] == ["7", "50"]


async def test_a_second_sync_with_nothing_new_is_one_request_and_no_signal(web, make, reply):
    busy = [fresh(number, lastSeen="2026-03-01T11:30:00Z") for number in range(100)]
    web.on(
        f"{ORG}issues/", link(web, reply, busy, "0:100:0", True), link(web, reply, [fresh(200)], "x", False)
    )
    batches = await all_batches(make())
    assert sum(len(batch.signals) for batch in batches) == 101
    later = [{**each, "stats": {"24h": [[1772359200, 0], [1772362800, 1]]}} for each in busy]
    web.on(f"{ORG}issues/", link(web, reply, later, "0:100:0", True))
    web.asked.clear()
    (nothing,) = await all_batches(make(), batches[-1].cursor)
    assert (len(web.asked), nothing.signals, nothing.partial) == (1, (), "")
    assert nothing.cursor == batches[-1].cursor
    web.on(f"{ORG}issues/", link(web, reply, [{**busy[0], "count": "151"}, *busy[1:]], "0:100:0", False))
    (changed,) = await all_batches(make(), nothing.cursor)
    assert "0" in [s.id for s in changed.signals]


async def test_a_page_that_the_server_has_forgotten_is_begun_anew(web, make, reply):
    web.on(f"{ORG}issues/", link(web, reply, [fresh(1)], "0:1:0", True), reply(status=403))
    batches = []
    with pytest.raises(AccessDenied):
        async for batch in make().list():
            batches.append(batch)

    def answer(asked):
        return (
            reply({"detail": "Invalid cursor parameter."}, 400) if asked.all("cursor") else reply([fresh(1)])
        )

    web.on(f"{ORG}issues/", answer)
    (batch,) = await all_batches(make(), batches[0].cursor)
    assert [s.id for s in batch.signals] == ["1"]


async def test_a_cursor_of_another_version_starts_anew(web, make):
    web.on(f"{ORG}issues/", [issue(1)])
    for cursor in ("", "2|x", "junk", "1|a|b|c", "1||||"):
        (batch,) = await all_batches(make(), cursor)
        assert len(batch.signals) == 1


async def test_one_odd_issue_does_not_hide_the_others(web, make):
    web.on(f"{ORG}issues/", [issue(1), issue(2, userCount="many"), {"no": "id"}])
    (batch,) = await all_batches(make())
    assert [s.id for s in batch.signals] == ["1"]
    assert "2 of 3 issues could not be read" in batch.partial
    assert "userCount" in batch.partial
    web.on(f"{ORG}issues/", [{"no": "id"}])
    with pytest.raises(SourceError, match="not understood"):
        await all_batches(make())


async def test_nulls_and_missing_fields_are_no_faults(web, make):
    web.on(f"{ORG}issues/", [{**dict.fromkeys(issue(1)), "id": "1"}, {"id": "2"}])
    (batch,) = await all_batches(make())
    assert [s.id for s in batch.signals] == ["1", "2"]
    assert batch.signals[0].level == "error"


async def test_who_has_it_and_which_tickets_are_linked(web, make):
    person = {"type": "user", "id": "9", "name": "Ada L", "email": "ada@example.com"}
    linked = [
        {
            "id": "1",
            "externalIssues": [
                {"displayName": "PAY-123", "title": "Quotes fail", "url": "https://j/PAY-123"}
            ],
        }
    ]
    web.on(f"{ORG}issues/", [issue(1, assignedTo=person, integrationIssues=linked, status="ignored",
                                   statusDetails={"actor": {"id": 3, "name": "Bo"}})])  # fmt: skip
    (batch,) = await all_batches(make(me=["ADA@example.com"]))
    (signal,) = batch.signals
    assert signal.assignee is not None
    assert (signal.assignee.name, signal.assignee.me, signal.assignee.bot) == ("Ada L", True, False)
    assert [(w.kind, w.id, w.url) for w in signal.work] == [("ticket", "PAY-123", "https://j/PAY-123")]
    assert signal.status_by is not None
    assert signal.status_by.name == "Bo"


async def test_an_assignment_by_an_ownership_rule_is_no_human(web, make):
    activity = [{"type": "assigned", "data": {"integration": "codeowners"}, "user": None}]
    team = {"type": "team", "id": "4", "name": "checkout"}
    web.on(f"{ORG}issues/1/", issue(1, assignedTo=team, activity=activity, lastRelease={"version": "2.14.0"}))
    signal = await make(me=["checkout"]).signal("1")
    assert signal is not None
    assert signal.assignee is not None
    assert signal.assignee == Actor("#checkout") and not signal.assignee.is_person
    assert signal.last_release == "2.14.0"
    assert await make().signal("404") is None


async def test_the_recommended_event_comes_first_and_more_follow(web, make):
    web.on(f"{ORG}issues/1/events/recommended/", sdk_event(5))
    web.on(f"{ORG}issues/1/events/", [sdk_event(6), sdk_event(5), {"eventID": "bare"}])
    events = await make().events(Signal("sentry", "1"), limit=10)
    assert [e.exceptions[0].frames[0].line for e in events] == [5, 6]
    assert web.asked[-1].all("full") == ["true"]
    assert len(await make().events(Signal("sentry", "1"), limit=1)) == 1


async def test_an_older_server_without_recommended_is_asked_for_the_latest(web, make, reply):
    web.on(f"{ORG}issues/1/events/latest/", sdk_event(5))
    web.on(f"{ORG}issues/1/events/", reply({"detail": "no"}, 403))
    (only,) = await make().events(Signal("sentry", "1"))
    assert only.exceptions[0].frames[0].line == 5
    assert any("no further samples" in problem for problem in only.problems)


async def test_releases_and_deploys(web, make):
    sha = "a" * 40
    web.on(f"{ORG}releases/", [
        {"version": "2.13.0", "dateCreated": "2026-01-01T00:00:00Z", "lastCommit": None, "deployCount": 0},
        {"version": "shop@2.14.0+b/1", "dateCreated": "2026-02-01T00:00:00Z", "deployCount": 1,
         "lastCommit": {"id": sha}},
    ])  # fmt: skip
    web.on(f"{ORG}releases/shop%402.14.0%2Bb%2F1/deploys/", [
        {"environment": "prod", "dateFinished": "2026-02-01T01:00:00Z", "dateStarted": None, "url": None, "name": None},
    ])  # fmt: skip
    source = make()
    first, second = await source.releases()
    assert (first.version, first.commit, first.previous) == ("shop@2.14.0+b/1", sha, "2.13.0")
    assert (second.commit, second.previous) == ("", "")
    (deploy,) = await source.deploys()
    assert (deploy.release, deploy.environment) == ("shop@2.14.0+b/1", "prod")
    assert deploy.at_us == 1_769_907_600_000_000


async def test_a_comment_is_written_once(web, make):
    path = f"{ORG}issues/1/comments/"
    web.on(path, [], [{"id": "88", "data": {"text": "see PR 4"}}])
    web.on(path, {"id": "88"}, method="POST")
    source = make()
    first = await source.comment("1", "see PR 4")
    again = await source.comment("1", "see PR 4")
    assert (first.id, first.already) == ("88", False)
    assert (again.id, again.already) == ("88", True)
    assert [json.loads(a.body) for a in web.asked if a.method == "POST"] == [{"text": "see PR 4"}]


async def test_resolving_names_the_release(web, make):
    web.on(f"{ORG}issues/1/", issue(1))
    web.on(f"{ORG}issues/1/", {}, method="PUT")
    await make().act("1", Deed("resolve", release="2.14.1"))
    sent = json.loads(web.asked[-1].body)
    assert sent == {"status": "resolved", "statusDetails": {"inRelease": "2.14.1"}}


async def test_without_a_token_nothing_is_asked(web, make, tmp_path):
    with pytest.raises(AccessDenied, match="SENTRY_AUTH_TOKEN is not set") as error:
        await all_batches(make({}))
    assert "export" in error.value.hint
    with pytest.raises(AccessDenied, match="special characters"):
        await all_batches(make({"SENTRY_AUTH_TOKEN": "two words"}))
    with pytest.raises(AccessDenied, match="ended with 3"):
        await all_batches(make({"PATH": "/usr/bin:/bin"}, token_command=("sh", "-c", "echo x; exit 3")))
    with pytest.raises(AccessDenied, match="No such file"):
        await all_batches(make({}, token_command=("/no/such/thing",)))
    assert web.asked == []


async def test_a_command_may_print_the_token(web, make):
    web.on(f"{ORG}issues/", [])
    await all_batches(make({"PATH": "/usr/bin:/bin"}, token_command=("echo", TOKEN)))
    assert web.asked[-1].headers["authorization"] == f"Bearer {TOKEN}"


async def test_refusals_are_told_apart(web, make, reply):
    web.on(f"{ORG}issues/", reply({"detail": "Invalid token"}, 401))
    with pytest.raises(AccessDenied, match="Invalid token"):
        await all_batches(make())
    web.on(f"{ORG}issues/", reply({"detail": "gone"}, 404))
    with pytest.raises(SourceError, match="no organization 'acme'"):
        await all_batches(make())
    web.on(f"{ORG}issues/", reply({"detail": "slow"}, 429, {"Retry-After": "600"}))
    with pytest.raises(RateLimited) as limited:
        await all_batches(make())
    assert limited.value.retry_after_s == 600
    web.on(f"{ORG}issues/", reply("<html>", headers={"Content-Type": "text/html"}))
    with pytest.raises(SourceError, match="text/html"):
        await all_batches(make())


async def test_a_self_hosted_server_is_never_asked_for_a_region(web, make, make_web):
    other = await make_web()
    web.on(ORG, {"links": {"regionUrl": other.url}})
    web.on(f"{ORG}issues/", [issue(1)])
    await all_batches(make())
    assert (other.asked, web.paths()) == ([], [f"{ORG}issues/"])


@pytest.mark.parametrize(
    ("base", "region", "may"),
    [
        ("https://sentry.io", "https://us.sentry.io", True),
        ("https://acme.sentry.io", "https://de.sentry.io", True),
        ("https://sentry.io", "https://evil.io", False),
        ("https://sentry.io", "http://us.sentry.io", False),
        ("https://sentry.io", "https://us.sentry.io.evil.io", False),
        ("https://sentry.io", "https://us.sentry.io@evil.io", False),
        ("https://sentry.io", "https://us.sentry.io:8443", False),
        ("https://notsentry.io", "https://us.sentry.io", False),
        ("http://sentry.io", "https://us.sentry.io", False),
        ("https://sentry.acme.com", "https://us.sentry.io", False),
        ("https://sentry.acme.com", "https://sentry.acme.com", True),
    ],
)
def test_which_region_may_have_the_token(base, region, may):
    assert may_have_token(base, region) is may


def test_the_organization_is_taken_from_the_address_or_asked_for():
    taken = make_source(SourceSettings(kind="sentry", url="https://acme.sentry.io/api/0/"), {})
    assert taken.site.organization == "acme"  # type: ignore[attr-defined]
    for url in ("", "https://sentry.io", "https://sentry.acme.com"):
        with pytest.raises(ConfigError, match="organization"):
            make_source(SourceSettings(kind="sentry", url=url), {})


async def test_an_organization_without_releases_has_none(web, make):
    web.on(f"{ORG}releases/", [])
    assert await make().releases() == ()
