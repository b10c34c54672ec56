"""What the Datadog source changes, which keys it needs, and which addresses are its own."""

from __future__ import annotations

import pytest

from rootcase.core.config.settings import SourceSettings
from rootcase.core.model.errors import AccessDenied, ConfigError, SourceError
from rootcase.core.model.signals import Actor, Work
from rootcase.core.signals.protocol import Deed, make_source
from tests.support.datadog_service import ADA, API_KEY, APP_KEY, Datadog, issue_id

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


async def test_states_are_set_and_undone(source, service):
    key = service.issue(7, 5)
    for act, state in (
        ("acknowledge", "ACKNOWLEDGED"),
        ("unacknowledge", "OPEN"),
        ("resolve", "RESOLVED"),
        ("reopen", "OPEN"),
        ("snooze", "IGNORED"),
        ("unsnooze", "OPEN"),
    ):
        assert not (await source.act(key, Deed(act))).already
        assert service.issues[key]["state"] == state
        assert (await source.act(key, Deed(act))).already
    assert "until somebody opens it again" in (await source.act(key, Deed("snooze", until_us=1))).note


async def test_taking_something_back_touches_nothing_else(source, service):
    key = service.issue(7, 5, state="RESOLVED")
    for act in ("unacknowledge", "unsnooze"):
        assert (await source.act(key, Deed(act))).already and service.issues[key]["state"] == "RESOLVED"
    service.issues[key]["state"] = "ACKNOWLEDGED"
    assert (await source.act(key, Deed("reopen"))).already and service.issues[key]["state"] == "ACKNOWLEDGED"


async def test_an_issue_is_taken_and_given_back(source, service):
    key = service.issue(7, 5)
    await source.act(key, Deed("assign"))
    assert service.assignees == {key: ADA}
    assert (await source.signal(key)).assignee == Actor("Ada", me=True)
    assert (await source.act(key, Deed("assign"))).already
    await source.act(key, Deed("unassign"))
    assert service.assignees == {} and (await source.act(key, Deed("unassign"))).already
    with pytest.raises(SourceError, match="knows people by their id"):
        await source.act(key, Deed("assign", assignee="grace"))


async def test_an_incident_is_resolved_and_reopened(source, service):
    key = service.incident(45)
    await source.act(f"incident:{key}", Deed("resolve"))
    assert service.incidents[key]["state"] == "resolved"
    assert (await source.act(f"incident:{key}", Deed("resolve"))).already
    await source.act(f"incident:{key}", Deed("reopen"))
    assert service.incidents[key]["state"] == "active"
    with pytest.raises(SourceError, match="cannot assign an incident"):
        await source.act(f"incident:{key}", Deed("assign"))


async def test_what_datadog_has_no_room_for_is_said(source, service, web):
    key = service.issue(7, 5)
    with pytest.raises(SourceError, match="takes no comments"):
        await source.comment(key, "hello")
    with pytest.raises(SourceError, match="takes no links"):
        await source.link(key, Work("ticket", "PAY-1"))
    with pytest.raises(SourceError, match="cannot resolve a monitor"):
        await source.act("monitor:5", Deed("resolve"))
    assert web.asked == []


# -- keys, sites, health


@pytest.mark.parametrize("old", [True, False])
async def test_a_key_of_another_site_is_refused_without_showing_it(web, service, old):
    service.old_errors = old
    source = datadog(web, {**KEYS, "DD_APP_KEY": "otherkey0123456789"})
    with pytest.raises(AccessDenied) as caught:
        await source.health()
    assert "Forbidden" in caught.value.detail and "otherkey0123456789" not in str(caught.value)
    await source.close()


async def test_a_missing_second_key_names_its_variable(web, service):
    source = datadog(web, {"DD_API_KEY": API_KEY})
    with pytest.raises(AccessDenied) as caught:
        await source.health()
    assert "DD_APP_KEY" in caught.value.detail and web.asked == []


async def test_health_tells_missing_scopes(web, service):
    service.forbidden = {"/spans/", "/dora/"}
    source = datadog(web)
    health = await source.health()
    assert health.account == "ada@acme.test" and "error_tracking_read" in health.scopes
    assert health.missing == ("apm_read", "dora_metrics_read")
    assert health.without == ("stack traces from spans", "deploys") and health.rate_left == 299
    await source.close()


def test_a_site_that_datadog_has_not_is_refused():
    with pytest.raises(ConfigError, match="is no Datadog site"):
        make_source(SourceSettings(kind="datadog", site="datadoghq.org"), KEYS)


@pytest.mark.parametrize(
    ("site", "address", "named"),
    [
        ("", f"https://app.datadoghq.com/error-tracking?issueId={issue_id(7)}&x=1", issue_id(7)),
        ("", f"https://app.datadoghq.com/error-tracking/issue/{issue_id(7)}?from=1", issue_id(7)),
        ("", f"https://app.datadoghq.com/apm/error-tracking?issueId={issue_id(7)}", issue_id(7)),
        ("", "https://acme.datadoghq.com/monitors/123?group=all", "monitor:123"),
        ("us3.datadoghq.com", "https://us3.datadoghq.com/incidents/45", "incident:45"),
        ("", "https://us3.datadoghq.com/incidents/45", ""),
        ("", "https://app.datadoghq.eu/monitors/123", ""),
        ("", f"https://datadoghq.com.evil.test/error-tracking?issueId={issue_id(7)}", ""),
        ("", "IR-45", "incident:45"),
        ("", "monitor:123", "monitor:123"),
        ("", issue_id(7), issue_id(7)),
        ("", "PAY-45", ""),
    ],
)
def test_addresses_and_ids_name_signals(site, address, named):
    assert make_source(SourceSettings(kind="datadog", site=site), KEYS).named(address) == named
