"""The PagerDuty source against a server on loopback that keeps PagerDuty's rules."""

from __future__ import annotations

import pytest

from rootcase.core.config.settings import SourceSettings
from rootcase.core.model.errors import AccessDenied, ConfigError, RateLimited, SourceError
from rootcase.core.model.signals import Actor, Signal, Work
from rootcase.core.signals.lookback import now_us
from rootcase.core.signals.protocol import Deed, make_source
from tests.support.pagerduty_service import KEY, PagerDuty, at

STACK = (
    'Traceback (most recent call last):\n  File "app/pricing.py", line 3, in price\n'
    "    return PRICES[sku]\nKeyError: 7"
)


@pytest.fixture
def service(web, reply):
    return PagerDuty().mount(web, reply)


@pytest.fixture
async def source(web, service):
    made = pagerduty(web)
    yield made
    await made.close()


def pagerduty(web, **more):
    settings = {"kind": "pagerduty", "url": web.url, "email": "ada@acme.test", **more}
    return make_source(SourceSettings(**settings), {"PAGERDUTY_TOKEN": KEY}, me=["Ada Byron"])


async def listed(source, cursor=""):
    batches = [batch async for batch in source.list(cursor)]
    return [signal for batch in batches for signal in batch.signals], batches


async def test_an_open_incident_is_a_signal_with_what_a_linker_needs(source, service):
    service.open(7, 20, details={"issue": "https://acme.sentry.io/issues/41/", "environment": "production"})
    (found,), batches = await listed(source)
    assert (found.kind, found.short_id, found.title) == ("incident", "PD#7", "Checkout fails 7")
    assert (found.service, found.dedup, found.environment) == ("checkout-api", "key-7", "production")
    assert ("Sentry", "https://acme.sentry.io/issues/41/") in found.links
    assert found.first_seen_us > 0 and dict(found.tags)["urgency"] == "high"
    assert (found.level, found.owners) == ("fatal", ("Payments",))
    assert found.assignee == Actor("Ada Byron", me=True, by_rule=True), "a rule assigned it; nobody took it"
    assert batches[-1].partial == ""


async def test_whoever_acknowledged_has_it(source, service):
    service.open(7, 20)
    await source.act("PT00007", Deed("acknowledge"))
    found = await source.signal("PT00007")
    assert found.assignee == Actor("Ada Byron", bot=False, me=True)
    assert (found.status, found.substatus) == ("unresolved", "acknowledged")


async def test_a_look_by_number_brings_the_alerts_links_and_keys(source, service):
    service.open(7, 20, incident_key=None, details={"see": "(https://acme.sentry.io/issues/41/)."})
    found = await source.signal("PD#7")
    assert found.id == "PT00007" and found.dedup == "alert-7"
    assert found.links == (("Sentry", "https://acme.sentry.io/issues/41/"),)
    assert await source.signal("PT00009") is None


async def test_an_alert_is_an_event_that_says_what_is_known(source, service):
    service.open(7, 20, details={"region": "eu-1", "stack_trace": STACK})
    (found,), _ = await listed(source)
    (event,) = await source.events(found)
    assert event.exceptions == () and event.stack_text == STACK
    assert event.message.startswith("Checkout fails 7\nservice: checkout-api\n")
    assert "region: eu-1" in event.message and "Traceback" not in event.message
    assert (event.server, event.level) == ("web-1", "fatal")


async def test_an_incident_without_alerts_tells_what_triggered_it(source, service):
    service.open(7, 20, details={"region": "eu-1"})
    service.alerts["PT00007"] = []
    (found,), _ = await listed(source)
    (event,) = await source.events(found)
    assert "region: eu-1" in event.message and event.exceptions == ()


async def test_a_first_listing_pages_by_time_so_that_a_resolution_meanwhile_hides_nothing(source, service):
    for number in range(1, 251):
        service.open(number, number)
    found = []
    async for batch in source.list():
        found += [signal.id for signal in batch.signals]
        # While the next page is not yet asked for, some of what was read is resolved and leaves the list.
        for seen in found[:30]:
            service.incidents[seen]["status"] = "resolved"
    assert sorted(set(found)) == sorted(service.incidents)


async def test_many_incidents_of_one_second_are_paged_too(source, service):
    for number in range(1, 321):
        service.open(number, 30)
    found, batches = await listed(source)
    assert {signal.id for signal in found} == set(service.incidents)
    assert all(batch.partial == "" for batch in batches)


async def test_an_interrupted_first_listing_goes_on_and_a_quick_second_one_costs_one_request(web, service):
    for number in range(1, 251):
        service.open(number, number)
    source = pagerduty(web)
    batches = source.list()
    first = await anext(batches)
    await batches.aclose()
    await source.close()

    again = pagerduty(web)
    rest, after = await listed(again, first.cursor)
    assert {s.id for s in first.signals} | {s.id for s in rest} == set(service.incidents)
    web.asked.clear()
    nothing, _ = await listed(again, after[-1].cursor)
    assert nothing == [] and web.paths() == ["/log_entries"]
    await again.close()


async def test_a_sync_brings_what_the_log_tells_of(source, service, web):
    for number in (1, 2, 3):
        service.open(number, 60 + number)
    _, before = await listed(source)
    service.resolve("PT00002", 5)
    service.open(4, 4)
    service.open(5, 4)
    service.resolve("PT00005", 3)
    found, batches = await listed(source, before[-1].cursor)
    assert {(s.id, s.status) for s in found} == {("PT00002", "resolved"), ("PT00004", "unresolved")}
    web.asked.clear()
    assert (await listed(source, batches[-1].cursor))[0] == [] and web.paths() == ["/log_entries"]
    # An entry that the log shows only now, although it is a little older than what we have seen:
    service._logged("PT00003", "annotate_log_entry", 4)
    late, _ = await listed(source, batches[-1].cursor)
    assert [s.id for s in late] == ["PT00003"]


async def test_a_first_sync_that_has_enough_leaves_the_rest_out(source, service):
    for number in range(1, 251):
        service.open(number, number)
    batches = source.list()
    first = await anext(batches)
    await batches.aclose()
    assert (await listed(source, first.enough))[0] == []
    service.open(300, 0)
    assert [s.short_id for s in (await listed(source, first.enough))[0]] == ["PD#300"]


async def test_the_newest_one_is_seen_to_be_resolved(source, service):
    service.open(1, 10)
    _, before = await listed(source)
    service.resolve("PT00001", 1)
    assert [(s.id, s.status) for s in (await listed(source, before[-1].cursor))[0]] == [
        ("PT00001", "resolved")
    ]


async def test_reconciling_tells_resolved_merged_and_gone(source, service):
    for number in (1, 2, 3):
        service.open(number, number)
    reason = {"type": "merge_resolve_reason", "incident": {"id": "PT00001", "type": "incident_reference"}}
    service.resolve("PT00002", 0, resolve_reason=reason)
    service.resolve("PT00003", 0)
    batches = [b async for b in source.reconcile(["PT00001", "PT00002", "PT00003", "PT00099"])]
    truth = {s.id: (s.status, s.merged_into) for b in batches for s in b.signals}
    assert truth == {
        "PT00001": ("unresolved", ""),
        "PT00002": ("resolved", "PT00001"),
        "PT00003": ("resolved", ""),
    }
    assert [gone for b in batches for gone in b.gone] == ["PT00099"]


async def test_only_the_named_service_is_read_and_an_unknown_name_is_said(web, service):
    service.open(1, 5)
    service.open(2, 6, service={"id": "PZZZ999", "summary": "billing"})
    source = pagerduty(web, projects=("checkout-api",))
    assert [s.id for s in (await listed(source))[0]] == ["PT00001"]
    await source.close()
    wrong = pagerduty(web, projects=("nothing",))
    with pytest.raises(ConfigError, match="no service 'nothing'"):
        await listed(wrong)
    await wrong.close()


async def test_terms_that_pagerduty_cannot_search_are_said(web, service):
    source = pagerduty(web, query="is:unresolved urgency:high assigned:me")
    service.open(1, 5)
    _, batches = await listed(source)
    assert "assigned:me" in batches[0].note
    assert web.asked[-1].all("urgencies[]") == ["high"]
    await source.close()


async def test_every_write_names_who_writes_and_is_wrapped(source, service, web):
    service.open(7, 20)
    assert not (await source.act("PT00007", Deed("acknowledge"))).already
    assert (await source.act("PT00007", Deed("acknowledge"))).already
    assert service.sent("PUT", "/PT00007") == [
        {"incident": {"type": "incident_reference", "status": "acknowledged"}}
    ]
    await source.act("PT00007", Deed("assign"))
    assert service.incidents["PT00007"]["assignments"][0]["assignee"]["id"] == "PXPGF42"
    await source.act("PT00007", Deed("snooze", until_us=now_us() + 3_600_000_000))
    assert 3500 <= service.sent("POST", "/snooze")[0]["duration"] <= 3600
    await source.act("PT00007", Deed("resolve"))
    assert service.incidents["PT00007"]["status"] == "resolved"
    assert (await source.act("PT00007", Deed("resolve"))).already
    with pytest.raises(SourceError, match="resolved already"):
        await source.act("PT00007", Deed("acknowledge"))
    assert {each.headers.get("from") for each in web.asked if each.method != "GET"} == {"ada@acme.test"}


async def test_what_pagerduty_cannot_do_is_not_offered(source):
    assert "unacknowledge" not in source.acts
    with pytest.raises(SourceError, match="cannot unacknowledge"):
        await source.act("PT00007", Deed("unacknowledge"))


async def test_a_note_is_left_once_and_a_link_is_a_note(source, service):
    service.open(7, 20)
    first = await source.comment("PT00007", "Cause found.")
    again = await source.comment("PT00007", "Cause found.\n")
    assert (first.already, again.already, again.id) == (False, True, first.id)
    await source.link(
        "PT00007", Work("pull_request", "#12", "Fix prices", "https://github.com/acme/shop/pull/12")
    )
    texts = [note["content"] for note in service.notes["PT00007"]]
    assert texts == ["Cause found.", "pull request #12: Fix prices: https://github.com/acme/shop/pull/12"]


async def test_without_an_address_nothing_is_written(web, service):
    service.open(7, 20)
    source = pagerduty(web, email="")
    with pytest.raises(ConfigError, match="no `email`"):
        await source.comment("PT00007", "hello")
    assert service.notes == {}
    await source.close()


async def test_change_events_that_tell_of_a_deploy_are_deploys(source, service):
    service.changes = [
        {
            "summary": "Deployed 2.14.0 to production",
            "timestamp": at(5),
            "services": [{"id": "PIJ90N7"}],
            "custom_details": {"version": "2.14.0", "environment": "production"},
            "links": [{"href": "https://ci.acme.test/9", "text": "run"}],
        },
        {"summary": "Build success", "timestamp": at(4), "services": [], "custom_details": {}},
    ]
    (deploy,) = await source.deploys()
    assert (deploy.release, deploy.environment, deploy.url) == (
        "2.14.0",
        "production",
        "https://ci.acme.test/9",
    )


async def test_a_rate_limit_counts_from_now(web, service):
    source = pagerduty(web)
    service.refuse = 1
    with pytest.raises(RateLimited) as caught:
        await source.signal("PT00007")
    assert caught.value.retry_after_s == 1.0
    await source.close()


async def test_health_names_the_user_and_what_is_missing(web, service):
    source = pagerduty(web)
    health = await source.health()
    assert health.account == "ada@acme.test" and health.missing == ()
    assert health.rate_left == 959 and "change_events.read" in health.scopes
    await source.close()
    service.account_key = True
    nobody = pagerduty(web, email="")
    health = await nobody.health()
    assert health.missing == ("email (From header)",) and "account key" in health.notes[0]
    await nobody.close()


async def test_a_wrong_key_is_refused_without_showing_it(web, service):
    source = make_source(
        SourceSettings(kind="pagerduty", url=web.url), {"PAGERDUTY_TOKEN": "wrong0123456789"}
    )
    with pytest.raises(AccessDenied) as caught:
        await source.signal("PT00007")
    assert "wrong0123456789" not in str(caught.value)
    await source.close()


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("https://acme.pagerduty.com/incidents/PT4KHLK", "PT4KHLK"),
        ("https://acme.eu.pagerduty.com/incidents/Q0KHLK11223344?x=1", "Q0KHLK11223344"),
        ("PT4KHLK", "PT4KHLK"),
        ("PD#1234", "PD#1234"),
        ("https://acme.pagerduty.com/services/PT4KHLK", ""),
        ("https://evil.test/incidents/PT4KHLK", ""),
        ("https://pagerduty.com.evil.test/incidents/PT4KHLK", ""),
        ("PAYMENTS", ""),
        ("SHOP-7", ""),
        ("", ""),
    ],
)
def test_addresses_and_ids_name_incidents(address, named):
    source = make_source(SourceSettings(kind="pagerduty"), {})
    assert source.named(address) == named


@pytest.mark.parametrize(
    "odd", [None, [], "text", 5, {"id": None, "service": "x", "assignments": {"assignee": []}}]
)
async def test_an_odd_incident_is_read_as_far_as_it_goes(source, service, odd):
    service.incidents["PT00001"] = {
        **service.open(1, 5),
        **(odd if isinstance(odd, dict) else {"teams": odd, "custom_fields": odd}),
    }
    service.incidents["PT00001"]["id"] = "PT00001"
    found = await source.signal("PT00001")
    assert isinstance(found, Signal)
