"""The Opsgenie and JSM operations sources against a server on loopback that queues writes as they do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rootcase.core.config.settings import SourceSettings
from rootcase.core.model.errors import ConfigError, SourceError
from rootcase.core.model.signals import Actor, Work
from rootcase.core.signals import opsalerts
from rootcase.core.signals.lookback import now_us
from rootcase.core.signals.protocol import Deed, make_source
from tests.support.opsalerts_service import CLOUD, EMAIL, JSM_BASE, KEY, OpsAlerts, alert_id


@pytest.fixture(params=["opsgenie", "jsm"])
def kind(request):
    return request.param


@pytest.fixture
def service(web, reply, kind):
    return OpsAlerts(jsm=kind == "jsm").mount(web, reply)


@pytest.fixture
async def source(web, service, kind):
    made = alerts(web, kind)
    yield made
    await made.close()


def alerts(web, kind, **more):
    own = {"account": CLOUD, "email": EMAIL, "url": web.url + JSM_BASE} if kind == "jsm" else {"url": web.url}
    tokens = {"OPSGENIE_API_KEY": KEY, "ATLASSIAN_API_TOKEN": KEY}
    return make_source(SourceSettings(kind=kind, **{**own, **more}), tokens, me=[EMAIL])


async def listed(source, cursor=""):
    batches = [batch async for batch in source.list(cursor)]
    return [signal for batch in batches for signal in batch.signals], batches


async def test_an_open_alert_is_a_signal_named_by_its_alias(source, service, kind):
    service.open(7, 20, description="see https://acme.sentry.io/issues/41/ first")
    (found,), batches = await listed(source)
    assert (found.kind, found.dedup, found.short_id, found.title) == (
        "alert",
        "alias-7",
        "OG#7" if kind == "opsgenie" else "JSM#7",
        "Checkout slow 7",
    )
    assert (found.service, found.environment, found.events) == ("checkout-api", "production", 3)
    assert found.links == (("Sentry", "https://acme.sentry.io/issues/41/"),), (
        "also where a list leaves it out"
    )
    assert dict(found.tags)["region"] == "eu-1" and found.owners == ("team team-1",)
    assert batches[-1].partial == ""


async def test_the_event_says_what_is_known(source, service):
    stack = (
        "java.lang.IllegalStateException: no price\n"
        "\tat com.acme.Pricing.of(Pricing.java:12)\n\tat com.acme.Shop.buy(Shop.java:3)"
    )
    service.open(7, 20, details={"service": "checkout-api", "stacktrace": stack})
    (found,), _ = await listed(source)
    (event,) = await source.events(found)
    assert event.message.startswith("Checkout slow 7\nservice: checkout-api\n")
    assert "p95 above 2 s" in event.message and event.exceptions == ()
    assert event.stack_text == stack


async def test_the_end_of_opsgenie_is_said_once_and_is_no_lack(source, service, kind):
    for number in range(1, 151):
        service.open(number, number)
    _, batches = await listed(source)
    notes = [batch.note for batch in batches if batch.note]
    health = await source.health()
    if kind == "opsgenie":
        assert len(batches) > 1 and len(notes) == 1 and "5 April 2027" in notes[0]
        assert "5 April 2027" in health.notes[0]
    else:
        assert notes == [] and "experimental" in health.notes[0]
    assert all(batch.partial == "" for batch in batches)


async def test_alerts_that_are_closed_while_we_read_hide_no_others(source, service):
    for number in range(1, 251):
        service.open(number, number)
    found = set()
    async for batch in source.list():
        found |= {signal.id for signal in batch.signals}
        for seen in sorted(found)[:10]:
            service.alerts[seen]["status"] = "closed"
    assert found == set(service.alerts)


async def test_a_page_that_comes_twice_ends_the_listing_and_is_said(source, service, web):
    for number in range(1, 251):
        service.open(number, number)
    listed_as_asked = service._listed
    service._listed = lambda asked: listed_as_asked(
        replace(asked, query=[q for q in asked.query if q[0] != "offset"])
    )
    found, batches = await listed(source)
    assert len(found) == 100 and "the same page twice" in batches[-1].partial


async def test_an_interrupted_first_listing_goes_on(web, service, kind):
    for number in range(1, 251):
        service.open(number, number)
    source = alerts(web, kind)
    batches = source.list()
    first = await anext(batches)
    await batches.aclose()
    await source.close()
    again = alerts(web, kind)
    rest, _ = await listed(again, first.cursor)
    assert {s.id for s in first.signals} | {s.id for s in rest} == set(service.alerts)
    assert len(rest) < 200, "it did not begin anew"
    await again.close()


async def test_a_later_sync_brings_changes_and_costs_one_request_without_any(source, service, web):
    for number in (1, 2, 3):
        service.open(number, 60 + number)
    _, before = await listed(source)
    web.asked.clear()
    nothing, same = await listed(source, before[-1].cursor)
    assert nothing == [] and len(web.asked) == 1
    service.close(2, 5)
    service.open(4, 4)
    service.open(5, 4)
    service.close(5, 3)
    found, after = await listed(source, same[-1].cursor)
    assert {(s.id, s.status) for s in found} == {(alert_id(2), "resolved"), (alert_id(4), "unresolved")}
    # The search shows an alert late, a little older than the newest one that it has shown:
    service.open(6, 4.5)
    late, _ = await listed(source, after[-1].cursor)
    assert [s.id for s in late] == [alert_id(6)]


async def test_a_first_sync_that_has_enough_leaves_the_rest_out(web, service, kind):
    for number in range(1, 251):
        service.open(number, number)
    source = alerts(web, kind, projects=("x",))
    batches = source.list()
    first = await anext(batches)
    await batches.aclose()
    assert "`projects` means nothing" in first.note
    assert (await listed(source, first.enough))[0] == []
    service.open(300, 0)
    assert [s.id for s in (await listed(source, first.enough))[0]] == [alert_id(300)]
    await source.close()


async def test_the_newest_one_is_seen_to_be_closed(source, service):
    service.open(1, 10)
    _, before = await listed(source)
    service.close(1, 1)
    found, _ = await listed(source, before[-1].cursor)
    assert [(s.id, s.status) for s in found] == [(alert_id(1), "resolved")]


async def test_reconciling_tells_closed_and_gone(source, service):
    for number in (1, 2):
        service.open(number, number)
    service.close(2, 0)
    batches = [b async for b in source.reconcile([alert_id(1), alert_id(2), alert_id(9)])]
    truth = {s.id: s.status for b in batches for s in b.signals}
    assert truth == {alert_id(1): "unresolved", alert_id(2): "resolved"}
    assert [gone for b in batches for gone in b.gone] == [alert_id(9)]


async def test_an_act_is_done_when_the_service_says_it_is(source, service, web):
    service.open(7, 20)
    done = await source.act(alert_id(7), Deed("acknowledge"))
    assert not done.already and service.alerts[alert_id(7)]["acknowledged"] is True
    assert len([p for p in web.paths() if "/requests/" in p]) == 2, (
        "the first look is too early and answers 404"
    )
    assert (await source.act(alert_id(7), Deed("acknowledge"))).already
    taken = await source.signal(alert_id(7))
    assert taken.substatus == "acknowledged" and taken.assignee == Actor(EMAIL, me=True)
    await source.act(alert_id(7), Deed("resolve"))
    assert service.alerts[alert_id(7)]["status"] == "closed"
    assert (await source.act(alert_id(7), Deed("resolve"))).already
    with pytest.raises(SourceError, match="is closed already"):
        await source.act(alert_id(7), Deed("acknowledge"))


async def test_undoing_and_snoozing_work_where_the_service_has_them(source, service, kind):
    service.open(7, 20)
    if kind == "jsm":
        assert source.acts == {"acknowledge", "resolve"}
        with pytest.raises(SourceError, match="cannot snooze"):
            await source.act(alert_id(7), Deed("snooze", until_us=now_us()))
        return
    await source.act(alert_id(7), Deed("acknowledge"))
    await source.act(alert_id(7), Deed("unacknowledge"))
    assert service.alerts[alert_id(7)]["acknowledged"] is False
    await source.act(alert_id(7), Deed("snooze", until_us=1_800_000_000_000_000))
    assert service.sent("POST", "/snooze") == [{"endTime": "2027-01-15T08:00:00Z"}]


async def test_a_change_that_was_not_carried_out_is_an_error(source, service):
    service.open(7, 20)
    service.fails = "Alert does not exist"
    with pytest.raises(SourceError, match="did not carry out") as caught:
        await source.act(alert_id(7), Deed("resolve"))
    assert caught.value.detail == "Alert does not exist"


async def test_a_change_that_waits_for_ever_is_not_called_done(source, service, monkeypatch):
    service.open(7, 20)
    service.stuck = True
    monkeypatch.setattr(opsalerts, "PAUSES_S", (0.0, 0.0))
    with pytest.raises(SourceError, match="has not carried out the change yet"):
        await source.act(alert_id(7), Deed("acknowledge"))
    assert len(service.sent("POST", "/acknowledge")) == 1


async def test_a_note_is_left_once(source, service):
    service.open(7, 20)
    assert not (await source.comment(alert_id(7), "Cause found.")).already
    assert (await source.comment(alert_id(7), "Cause found.")).already
    await source.link(alert_id(7), Work("ticket", "PAY-1", url="https://acme.atlassian.net/browse/PAY-1"))
    texts = [note["note"] for note in service.notes[alert_id(7)]]
    assert texts == ["Cause found.", "ticket PAY-1: https://acme.atlassian.net/browse/PAY-1"]


@pytest.mark.parametrize(
    ("which", "address", "named"),
    [
        ("opsgenie", f"https://acme.app.opsgenie.com/alert/detail/{alert_id(7)}/details", alert_id(7)),
        ("opsgenie", f"https://app.eu.opsgenie.com/alert/detail/{alert_id(7)}", alert_id(7)),
        ("opsgenie", alert_id(7), alert_id(7)),
        ("opsgenie", f"https://evilopsgenie.com/alert/detail/{alert_id(7)}", ""),
        ("opsgenie", "https://app.opsgenie.com/alert/detail/../../x", ""),
        ("opsgenie", "SHOP-7", ""),
        ("jsm", f"https://acme.atlassian.net/jira/ops/alerts/{alert_id(7)}", alert_id(7)),
        ("jsm", f"https://acme.atlassian.net/jira/ops/teams/t/alerts/{alert_id(7)}?view=list", alert_id(7)),
        ("jsm", "https://acme.atlassian.net/browse/PAY-1", ""),
        ("jsm", f"https://evil.test/jira/ops/alerts/{alert_id(7)}", ""),
    ],
)
def test_addresses_and_ids_name_alerts(which, address, named):
    settings = SourceSettings(kind=which, account=CLOUD if which == "jsm" else "")
    assert make_source(settings, {}).named(address) == named


async def test_a_short_number_is_looked_up_as_one(web, reply):
    service = OpsAlerts().mount(web, reply)
    service.open(7, 20)
    source = alerts(web, "opsgenie")
    assert (await source.signal("OG#7")).id == alert_id(7)
    await source.close()


def test_jsm_without_a_cloud_id_says_where_to_find_it():
    with pytest.raises(ConfigError, match="no `account`") as caught:
        make_source(SourceSettings(kind="jsm"), {})
    assert "tenant_info" in caught.value.hint
