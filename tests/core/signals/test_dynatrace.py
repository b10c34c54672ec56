"""The Dynatrace source against a server on loopback that keeps Dynatrace's rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootcase.core.config.settings import SourceSettings
from rootcase.core.model.errors import ConfigError, SourceError
from rootcase.core.model.signals import Work
from rootcase.core.signals.dynatrace_selector import criterion
from rootcase.core.signals.protocol import Deed, make_source
from tests.support.dynatrace_service import BASE, TOKEN, Dynatrace, at_ms, problem_id


@pytest.fixture
def service(web, reply):
    return Dynatrace().mount(web, reply)


@pytest.fixture
async def source(web, service):
    made = dynatrace(web)
    yield made
    await made.close()


def dynatrace(web, **more):
    settings = SourceSettings(kind="dynatrace", **{"url": web.url + BASE, **more})
    return make_source(settings, {"DYNATRACE_API_TOKEN": TOKEN})


async def listed(source, cursor=""):
    batches = [batch async for batch in source.list(cursor)]
    return [signal for batch in batches for signal in batch.signals], batches


async def test_an_open_problem_older_than_two_hours_is_a_signal_with_its_root_cause(source, service, web):
    service.open(7, 600)
    (found,), batches = await listed(source)
    assert (found.kind, found.short_id, found.title) == (
        "incident",
        "P-00007",
        "Failure rate increase: checkout",
    )
    assert (found.service, found.environment, found.users, found.events) == ("checkout", "production", 120, 2)
    assert (
        found.status == "unresolved"
        and found.url == f"{web.url}{BASE}/#problems/problemdetails;pid={problem_id(7)}"
    )
    (diagnosis,) = found.diagnoses
    assert diagnosis.origin == "Dynatrace" and diagnosis.url == found.url
    assert diagnosis.text.split("\n") == [
        "Root cause: SERVICE checkout (SERVICE-12AB)",
        "Evidence, relevant: Failure rate increase (event) at SERVICE checkout (SERVICE-12AB)",
        "Evidence: CPU (metric) at HOST web-1 (HOST-1)",
    ]
    assert batches[-1].total == 1 and batches[-1].partial == ""


async def test_the_event_says_what_is_known_and_has_no_exception(source, service, web):
    service.open(
        7, 10, recentComments={"totalCount": 1, "comments": [{"authorName": "ada", "content": "looking"}]}
    )
    (found,), _ = await listed(source)
    web.asked.clear()
    (event,) = await source.events(found)
    assert web.asked == [], "the listing had it all"
    assert event.exceptions == () and event.stack_text == ""
    assert event.message.startswith("Failure rate increase: checkout\nservice: checkout\n")
    assert (
        "users hit at SERVICE checkout (SERVICE-12AB): 120" in event.message
        and "ada: looking" in event.message
    )


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"severityLevel": "PERFORMANCE"}, "trace"),
        ({"severityLevel": "CUSTOM_ALERT"}, "alert"),
        ({"severityLevel": "SOMETHING_NEW", "impactLevel": "NEW", "status": "OPEN"}, "incident"),
        (
            {
                "evidenceDetails": {
                    "totalCount": 1,
                    "details": [
                        {
                            "evidenceType": "NEW",
                            "eventType": "CUSTOM_DEPLOYMENT",
                            "displayName": "2.14.0",
                            "rootCauseRelevant": True,
                        }
                    ],
                }
            },
            "deploy",
        ),
    ],
)
async def test_what_a_problem_is_about(source, service, more, kind):
    service.open(7, 10, **more)
    (found,), _ = await listed(source)
    assert found.kind == kind


async def test_pages_go_on_with_the_key_alone(source, service, web):
    for number in range(1, 601):
        service.open(number, number)
    found, batches = await listed(source)
    assert {s.id for s in found} == set(service.problems) and len(batches) == 3
    assert all(s.diagnoses for s in found), "the optional parts are asked for on every page"
    assert {name for name, _ in web.asked[-1].query} == {"nextPageKey", "fields"}


async def test_an_interrupted_listing_goes_on_and_a_key_that_ran_out_begins_anew(web, service):
    for number in range(1, 601):
        service.open(number, number)
    source = dynatrace(web)
    batches = source.list()
    first = await anext(batches)
    await batches.aclose()
    rest, _ = await listed(source, first.cursor)
    assert {s.id for s in first.signals} | {s.id for s in rest} == set(service.problems)
    assert len(rest) == 350
    service.keys.clear()
    whole, _ = await listed(source, first.cursor)
    assert {s.id for s in whole} == set(service.problems)
    await source.close()


async def test_a_later_sync_brings_only_what_changed_with_one_request(source, service, web):
    for number in (1, 2, 3):
        service.open(number, 60 + number)
    _, before = await listed(source)
    web.asked.clear()
    nothing, same = await listed(source, before[-1].cursor)
    assert nothing == [] and len(web.asked) == 1
    service.close(2, 1)
    service.problems[problem_id(3)]["recentComments"] = {"totalCount": 1, "comments": []}
    service.open(4, 2)
    service.open(5, 2)
    service.close(5, 1)
    found, _ = await listed(source, same[-1].cursor)
    assert {(s.short_id, s.status) for s in found} == {
        ("P-00002", "resolved"),
        ("P-00003", "unresolved"),
        ("P-00004", "unresolved"),
    }


async def test_hundreds_of_open_problems_are_not_told_again(source, service):
    for number in range(1, 301):
        service.open(number, number)
    _, before = await listed(source)
    assert (await listed(source, before[-1].cursor))[0] == []
    service.open(400, 0)
    assert [s.short_id for s in (await listed(source, before[-1].cursor))[0]] == ["P-00400"]


async def test_terms_that_dynatrace_cannot_search_are_said(web, service):
    service.open(1, 5)
    source = dynatrace(web, query="is:unresolved mine")
    _, batches = await listed(source)
    assert "no search for mine" in batches[0].note
    await source.close()


async def test_only_the_named_management_zones_are_read(web, service):
    service.open(1, 10)
    service.open(2, 10, managementZones=[{"id": "2", "name": 'Odd "zone" ~1'}])
    source = dynatrace(web, projects=('Odd "zone" ~1',))
    assert [s.short_id for s in (await listed(source))[0]] == ["P-00002"]
    await source.close()


async def test_the_newest_one_is_seen_to_be_closed(source, service):
    service.open(1, 10)
    _, before = await listed(source)
    service.close(1, 1)
    found, _ = await listed(source, before[-1].cursor)
    assert [(s.short_id, s.status) for s in found] == [("P-00001", "resolved")]


async def test_reconciling_tells_closed_and_gone(source, service):
    service.open(1, 10)
    service.open(2, 10)
    service.close(2, 5)
    batches = [b async for b in source.reconcile([problem_id(1), problem_id(2), problem_id(9)])]
    assert {s.short_id: s.status for b in batches for s in b.signals} == {
        "P-00001": "unresolved",
        "P-00002": "resolved",
    }
    assert [gone for b in batches for gone in b.gone] == [problem_id(9)]


async def test_a_comment_is_left_once_and_closing_is_seen(source, service):
    service.open(7, 10)
    assert not (await source.comment(problem_id(7), "Cause found.")).already
    assert (await source.comment(problem_id(7), "Cause found.")).already
    await source.link(problem_id(7), Work("ticket", "PAY-1"))
    assert [c["content"] for c in service.comments[problem_id(7)]] == ["Cause found.", "ticket PAY-1"]
    assert not (await source.act(problem_id(7), Deed("resolve"))).already
    assert service.problems[problem_id(7)]["status"] == "CLOSED"
    assert (await source.act(problem_id(7), Deed("resolve"))).already
    assert source.acts == {"resolve"}
    with pytest.raises(SourceError, match="cannot acknowledge"):
        await source.act(problem_id(7), Deed("acknowledge"))


async def test_a_problem_is_found_by_the_number_that_people_say(source, service):
    service.open(7, 10)
    assert (await source.signal("P-00007")).id == problem_id(7)
    assert await source.signal("P-00008") is None and await source.signal(problem_id(8)) is None


async def test_a_close_look_tells_who_owns_the_root_cause(source, service):
    service.open(7, 10)
    assert (await source.signal(problem_id(7))).owners == (), "nobody has tagged it"
    service.entities["SERVICE-12AB"] = [{"context": "CONTEXTLESS", "key": "Owner", "value": "payments"}]
    found = await source.signal(problem_id(7))
    assert found.owners == ("payments",) and ("Owner", "payments") in found.tags
    service.scopes -= {"entities.read"}
    assert "owners of the root cause could not be read" in (await source.signal(problem_id(7))).partial


async def test_deployment_events_are_deploys_and_versions_are_releases(source, service):
    service.deployments = [
        {
            "eventType": "CUSTOM_DEPLOYMENT",
            "title": "Deployed",
            "startTime": at_ms(5),
            "properties": [
                {"key": "dt.event.deployment.version", "value": "2.14.0"},
                {"key": "ciBackLink", "value": "https://ci.acme.test/9"},
            ],
        },
        {"eventType": "CUSTOM_INFO", "title": "Note", "startTime": at_ms(4), "properties": []},
    ]
    (deploy,) = await source.deploys()
    assert (deploy.release, deploy.url) == ("2.14.0", "https://ci.acme.test/9") and deploy.at_us > 0
    assert [release.version for release in await source.releases()] == ["2.14.0", "2.13.0"]


async def test_health_tells_missing_scopes(source, service):
    service.scopes -= {"events.read"}
    health = await source.health()
    assert health.scopes == ("problems.read", "releases.read")
    assert (health.missing, health.without) == (("events.read",), ("deploys",))


@pytest.mark.parametrize(
    ("address", "named"),
    [
        (
            f"https://abc12345.live.dynatrace.com/#problems/problemdetails;gtf=-2h;pid={problem_id(7)}",
            problem_id(7),
        ),
        (
            f"https://abc12345.apps.dynatrace.com/ui/apps/dynatrace.davis.problems/problem/{problem_id(7)}?x=1",
            problem_id(7),
        ),
        (f"https://other.live.dynatrace.com/#problems/problemdetails;pid={problem_id(7)}", ""),
        (f"https://abc12345.live.dynatrace.com.evil.test/#problems/problemdetails;pid={problem_id(7)}", ""),
        ("P-2311234", "P-2311234"),
        (problem_id(7), problem_id(7)),
        ("https://abc12345.live.dynatrace.com/#dashboard", ""),
        ("https://[", ""),
        ("PAY-123", ""),
    ],
)
def test_addresses_and_ids_name_problems(address, named):
    source = make_source(SourceSettings(kind="dynatrace", url="https://abc12345.live.dynatrace.com"), {})
    assert source.named(address) == named


def test_an_environment_without_an_address_says_what_to_write():
    with pytest.raises(ConfigError, match="no `url`"):
        make_source(SourceSettings(kind="dynatrace"), {})


@given(st.lists(st.text(max_size=20), min_size=1, max_size=3))
def test_no_value_ends_its_quotes_early(values):
    asked = Dynatrace()._criteria(criterion("managementZones", *values))
    assert asked == {"managementZones": values}
