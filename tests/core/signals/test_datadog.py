"""The Datadog source against a server on loopback that keeps Datadog's rules."""

from __future__ import annotations

import pytest

from rootcase.core.config.settings import SourceSettings
from rootcase.core.model.errors import RateLimited
from rootcase.core.signals.faults import Unavailable
from rootcase.core.signals.protocol import make_source
from tests.support.datadog_service import API_KEY, APP_KEY, STACK, Datadog, issue_id

KEYS = {"DD_API_KEY": API_KEY, "DD_APP_KEY": APP_KEY}


@pytest.fixture
def service(web, reply):
    return Datadog().mount(web, reply)


@pytest.fixture
async def source(web, service):
    made = datadog(web)
    yield made
    await made.close()


def datadog(web, environment=KEYS, **more):
    return make_source(SourceSettings(kind="datadog", url=web.url, **more), environment, me=["ada@acme.test"])


async def listed(source, cursor=""):
    batches = [batch async for batch in source.list(cursor)]
    return [signal for batch in batches for signal in batch.signals], batches


# -- issues


async def test_an_issue_is_a_signal_with_counts_and_where_it_is(source, service):
    service.issue(7, 10, 20, 30)
    (found,), batches = await listed(source)
    assert (found.kind, found.id, found.title) == ("error", issue_id(7), "KeyError: no price for 7")
    assert (found.events, found.users, found.service) == (3, 3, "checkout")
    assert (found.first_release, found.last_release) == ("1.0", "2.0")
    assert found.url == f"https://app.datadoghq.com/error-tracking?issueId={issue_id(7)}"
    assert dict(found.tags)["file"] == "/srv/app/pricing.py" and batches[-1].partial == ""


async def test_more_than_a_hundred_issues_are_found_by_narrowing_the_time(source, service, web):
    for number in range(1, 261):
        service.issue(number, number * 7)
    found, batches = await listed(source)
    assert {s.id for s in found} == set(service.issues)
    assert all(batch.partial == "" for batch in batches)
    assert all(s.events == 1 and s.partial == "" for s in found), "the halves do not count an event twice"
    seen = [s.last_seen_us for s in found]
    assert seen == sorted(seen, reverse=True)


async def test_an_issue_of_several_stretches_adds_up(source, service):
    for number in range(1, 151):
        service.issue(number, number * 60, number * 60 + 9000)
    found, _ = await listed(source)
    assert {s.events for s in found} == {2}
    assert any("at least" in s.partial for s in found)


async def test_what_stays_hidden_in_the_narrowest_stretch_is_said(source, service):
    for number in range(1, 131):
        service.issue(number, 100)
    found, batches = await listed(source)
    assert len(found) == 100 and "more are hidden around" in batches[-1].partial


async def test_only_the_last_batch_moves_the_cursor(source, service):
    for number in range(1, 151):
        service.issue(number, number)
    _, batches = await listed(source)
    assert {batch.cursor for batch in batches[:-1]} == {""} and batches[-1].cursor
    assert batches[0].total > 0, "the progress shows while the counts add up"


async def test_a_later_sync_brings_changes_with_whole_counts_and_costs_one_request_a_kind(
    source, service, web
):
    service.issue(1, 30, 40)
    service.issue(2, 20)
    service.monitor(5)
    _, before = await listed(source)
    web.asked.clear()
    nothing, same = await listed(source, before[-1].cursor)
    assert nothing == []
    assert web.paths() == [
        "/api/v2/error-tracking/issues/search",
        "/api/v1/monitor/search",
        "/api/v2/incidents/search",
    ]
    service.again(1, 1)
    service.issue(3, 0.5, state="RESOLVED")
    found, _ = await listed(source, same[-1].cursor)
    assert [(s.id, s.events) for s in found] == [(issue_id(1), 3)], (
        "3 in the period, not 1 since the last look"
    )


async def test_a_first_sync_reads_a_little_more_than_it_wants_and_no_further(web, service):
    for number in range(1, 261):
        service.issue(number, number * 7)
    source = datadog(web, backfill=50, read=("errors",))
    found, batches = await listed(source)
    assert 50 < len(found) < 260, "so that whoever takes 50 sees that there are more"
    assert (await listed(source, batches[-1].enough))[0] == []
    await source.close()


async def test_only_the_configured_services_are_read(web, service):
    service.issue(1, 5)
    service.issue(2, 5, service='odd "one"')
    service.monitor(5)
    source = datadog(web, projects=('odd "one"',))
    assert web.asked == []
    found, _ = await listed(source)
    assert service.sent("POST", "/search")[0]["data"]["attributes"]["query"] == 'service:("odd \\"one\\"")'
    assert "monitor:5" not in {s.id for s in found}
    await source.close()


@pytest.mark.parametrize(
    ("state", "status", "substatus"),
    [
        ("OPEN", "unresolved", ""),
        ("ACKNOWLEDGED", "unresolved", "acknowledged"),
        ("RESOLVED", "resolved", ""),
        ("IGNORED", "ignored", ""),
        ("EXCLUDED", "ignored", "excluded"),
        ("NEW_ONE", "unresolved", ""),
    ],
)
async def test_states_in_our_words(source, service, state, status, substatus):
    service.issue(7, 5, state=state)
    found = await source.signal(issue_id(7))
    assert (found.status, found.substatus, found.events) == (status, substatus, 1)


async def test_a_regression_shows(source, service):
    service.issue(7, 5, regression={"regressed_at": "2024-01-03T08:00:00Z", "regressed_at_version": "v2.5.2"})
    (found,), _ = await listed(source)
    assert found.substatus == "regressed" and dict(found.tags)["regressed_at_version"] == "v2.5.2"


async def test_a_close_look_counts_how_an_issue_spreads(source, service):
    key = service.issue(7, 5)
    for _ in range(3):
        service.log_of(7)
    service.kept["logs"][key][0]["attributes"]["tags"] = ["env:prod", "version:1.9", "region:eu-1"]
    service.kept["logs"][key][0]["attributes"]["attributes"]["usr"] = {"id": "u2"}
    found = await source.signal(key)
    assert [(s.facet, s.value, s.events, s.users) for s in found.shares] == [
        ("release", "2.0", 2, 1),
        ("release", "1.9", 1, 1),
        ("environment", "prod", 3, 2),
        ("region", "eu-1", 1, 1),
    ]
    service.forbidden = {"/aggregate"}
    assert "how it spreads could not be counted" in (await source.signal(key)).partial


# -- events


async def test_the_stack_comes_from_a_log_of_the_issue(source, service, web):
    service.issue(7, 5)
    service.log_of(7)
    (found,), _ = await listed(source)
    (event,) = await source.events(found)
    assert event.stack_text == STACK and event.platform == "python"
    assert (event.trace_id, event.release, event.environment, event.server) == (
        "66c887f1",
        "2.0",
        "prod",
        "i-0123",
    )
    assert (event.raised.type, event.raised.value) == ("KeyError", "no price for 7")
    assert (event.request.method, event.user, event.logger) == ("GET", "u1", "shop")
    assert event.problems == () and not any("spans" in path for path in web.paths())


async def test_the_stack_comes_from_a_span_where_no_log_has_it(source, service):
    service.issue(7, 5)
    service.log_of(7, stack="")
    service.kept["logs"].clear()
    service.span_of(7)
    (found,), _ = await listed(source)
    (event,) = await source.events(found)
    assert event.stack_text == STACK and event.transaction == "GET /price" and event.trace_id == "abc"


async def test_the_stack_comes_from_rum_at_last(source, service):
    service.issue(7, 5, languages=["TYPESCRIPT"])
    service.rum_of(7)
    (found,), _ = await listed(source)
    (event,) = await source.events(found)
    assert event.stack_text == STACK and event.platform == "javascript"
    assert (event.transaction, event.raised.type) == ("/cart", "TypeError")


async def test_without_a_kept_event_the_issue_speaks_for_itself(source, service):
    service.issue(7, 5)
    (found,), _ = await listed(source)
    (event,) = await source.events(found)
    assert (event.raised.type, event.raised.value) == ("KeyError", "no price for 7")
    (frame,) = event.raised.frames
    assert (frame.function, frame.abs_path, frame.line) == ("price", "/srv/app/pricing.py", 0)
    assert event.problems == ("no stack trace: no log, span or RUM event of this issue is kept",)


async def test_a_place_that_may_not_be_searched_is_said_and_hides_nothing(source, service):
    service.issue(7, 5)
    service.forbidden = {"/logs/"}
    service.span_of(7)
    (found,), _ = await listed(source)
    (event,) = await source.events(found)
    assert event.stack_text == STACK
    assert "logs could not be searched" in event.problems[0]


async def test_a_stack_that_may_be_there_later_is_not_given_up(source, service):
    service.issue(7, 5)
    service.limited = {"/spans/"}
    (found,), _ = await listed(source)
    with pytest.raises(Unavailable, match="cannot be looked for now") as caught:
        await source.events(found)
    assert "slow down" in caught.value.detail and not isinstance(caught.value, RateLimited)


async def test_a_rate_limit_counts_from_now(source, service):
    service.limited = {"/error-tracking/"}
    with pytest.raises(RateLimited) as caught:
        await listed(source)
    assert caught.value.retry_after_s == pytest.approx(1700, abs=1)


# -- monitors and incidents


async def test_a_monitor_that_alerts_is_a_signal_without_an_exception(source, service):
    service.monitor(5)
    service.monitor(6, "OK")
    (found,), _ = await listed(source)
    assert (found.kind, found.id, found.title) == ("alert", "monitor:5", "High latency 5")
    assert (found.service, found.environment, found.level) == ("checkout", "prod", "error")
    assert found.url == "https://app.datadoghq.com/monitors/5" and found.owners == ("payments",)
    (event,) = await source.events(found)
    assert event.exceptions == () and "query: avg(last_5m):p95:trace > 2" in event.message
    assert "group host:web-1: Alert" in event.message and "Run book" in event.message
    whole = await source.signal("monitor:5")
    assert ("wiki.acme.test", "https://wiki.acme.test/latency") in whole.links


async def test_a_running_incident_is_a_signal(source, service):
    key = service.incident(45)
    service.incident(46, "resolved")
    (found,), _ = await listed(source)
    assert (found.kind, found.id, found.short_id) == ("incident", f"incident:{key}", "IR-45")
    assert (found.service, found.level, found.status) == ("checkout", "fatal", "unresolved")
    (event,) = await source.events(found)
    assert "customer impact: all carts" in event.message and "root cause: bad price table" in event.message
    assert (await source.signal("incident:45")).id == found.id, "by the number that people say"


async def test_what_may_not_be_read_is_said_and_hides_nothing_else(source, service):
    service.issue(7, 5)
    service.forbidden = {"/incidents", "/monitor", "/definitions"}
    found, batches = await listed(source)
    assert [s.id for s in found] == [issue_id(7)]
    for what in ("incidents could not be read", "monitors could not be read", "owners of services could not"):
        assert what in batches[-1].partial


async def test_owners_and_run_books_come_from_the_service_catalog(source, service):
    service.issue(7, 5)
    schema = {
        "schema-version": "v2.2",
        "dd-service": "checkout",
        "team": "payments",
        "contacts": [{"type": "email", "contact": "pay@acme.test"}],
        "links": [{"name": "Run book", "type": "runbook", "url": "https://wiki.acme.test/checkout"}],
    }
    service.definitions = [{"type": "service-definition", "attributes": {"schema": schema}}]
    (found,), _ = await listed(source)
    assert found.owners == ("payments", "pay@acme.test")
    assert found.links == (("Run book", "https://wiki.acme.test/checkout"),)


async def test_deployments_are_deploys_and_releases_with_commits(source, service):
    for version, started, sha in (
        ("2.13.0", "2026-03-01T08:00:00Z", "a" * 40),
        ("2.14.0", "2026-03-02T08:00:00Z", "b" * 40),
    ):
        facts = {
            "service": "checkout",
            "env": "production",
            "version": version,
            "started_at": started,
            "finished_at": started,
            "git": {"commit_sha": sha, "repository_id": "github.com/acme/shop"},
        }
        service.deployments.append({"id": version, "type": "dora_deployment", "attributes": facts})
    releases = await source.releases()
    assert [(r.version, r.commit, r.previous) for r in releases] == [
        ("2.14.0", "b" * 40, "2.13.0"),
        ("2.13.0", "a" * 40, ""),
    ]
    assert [(d.release, d.environment) for d in await source.deploys(releases[:1])] == [
        ("2.14.0", "production")
    ]


async def test_the_newest_one_is_seen_to_be_resolved(source, service):
    service.issue(1, 10)
    _, before = await listed(source)
    service.again(1, 1)
    service.issues[issue_id(1)]["state"] = "RESOLVED"
    found, _ = await listed(source, before[-1].cursor)
    assert [(s.id, s.status) for s in found] == [(issue_id(1), "resolved")]


async def test_reconciling_tells_states_and_gone(source, service):
    service.issue(1, 5, state="RESOLVED")
    service.issue(2, 60 * 24 * 20, state="IGNORED")
    service.monitor(5, "OK")
    known = [
        issue_id(1),
        issue_id(2),
        issue_id(9),
        "monitor:5",
        "monitor:6",
        f"incident:{service.incident(45, 'resolved')}",
    ]
    batches = [b async for b in source.reconcile(known)]
    truth = {s.id: s.status for b in batches for s in b.signals}
    assert truth == {known[0]: "resolved", known[1]: "ignored", "monitor:5": "resolved", known[5]: "resolved"}
    assert {gone for b in batches for gone in b.gone} == {issue_id(9), "monitor:6"}
