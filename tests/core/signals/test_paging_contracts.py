"""Datadog, PagerDuty, Opsgenie, JSM and Dynatrace: every request is one that the service documents.

Each source does all it can against its loopback service; what it sent is held against the API description. And
every recorded answer is read without losing what a person would look for in it. Skipped without the descriptions.
"""

from __future__ import annotations

import json

import pytest

from rootcase.core.config.settings import SourceSettings
from rootcase.core.model.errors import SourceError
from rootcase.core.model.signals import Work
from rootcase.core.signals import (
    datadog_alerts,
    datadog_events,
    datadog_windows,
    datadog_wire,
    dynatrace_wire,
    pagerduty_wire,
)
from rootcase.core.signals.datadog_wire import Place
from rootcase.core.signals.lookback import now_us
from rootcase.core.signals.loose import moment
from rootcase.core.signals.protocol import Deed, make_source
from tests.contract.contract import contract, example
from tests.support import datadog_service, dynatrace_service, opsalerts_service, pagerduty_service

PLACE = Place("datadog", "https://app.datadoghq.com")
LATER = now_us() + 3_600_000_000


async def everything(source, signal_id, known):
    """Call all that the protocol has; what a source cannot do it refuses before it sends anything."""
    cursor = ""
    for _ in range(2):
        async for batch in source.list(cursor):
            cursor = batch.cursor
    signal = await source.signal(signal_id)
    await source.events(signal)
    await source.releases()
    await source.deploys()
    async for _ in source.reconcile(known):
        pass
    await source.health()
    for write in (source.comment(signal_id, "seen"), source.link(signal_id, Work("ticket", "PAY-1"))):
        try:
            await write
        except SourceError:
            assert source.acts
    for act in (
        "acknowledge",
        "unacknowledge",
        "assign",
        "unassign",
        "snooze",
        "unsnooze",
        "resolve",
        "reopen",
    ):
        if act in source.acts:
            await source.act(signal_id, Deed(act, until_us=LATER if act == "snooze" else 0))
    await source.close()


async def test_pagerduty(web, reply):
    pagerduty = contract("pagerduty.json")
    service = pagerduty_service.PagerDuty().mount(web, reply)
    for number in range(1, 131):
        service.open(number, number)
    service.open(131, 10, details={})
    service.alerts["PT00131"] = []
    settings = SourceSettings(
        kind="pagerduty",
        url=web.url,
        email="ada@acme.test",
        projects=("checkout-api",),
        query="is:unresolved urgency:high team:PQ9K7I8",
    )
    source = make_source(settings, {"PAGERDUTY_TOKEN": pagerduty_service.KEY})
    await source.events(await source.signal("PT00131"))
    await everything(source, "PT00007", [*service.incidents, "PGONE11"])
    # The description marks a reference's id and type as read-only everywhere, also where it must be written
    # to say who an incident is assigned to; its own example of an assignment has them.
    faults = [
        fault for each in web.asked for fault in pagerduty.faults(each) if "read-only property" not in fault
    ]
    assert web.asked and faults == []


async def test_opsgenie(web, reply):
    opsgenie = contract("opsgenie.json")
    service = opsalerts_service.OpsAlerts().mount(web, reply)
    for number in range(1, 131):
        service.open(number, number)
    source = make_source(
        SourceSettings(kind="opsgenie", url=web.url), {"OPSGENIE_API_KEY": opsalerts_service.KEY}
    )
    await source.signal("OG#7")
    await everything(
        source, opsalerts_service.alert_id(7), [*service.alerts, opsalerts_service.alert_id(999)]
    )
    opsgenie.check(web.asked)


async def test_jsm(web, reply):
    jsm = contract("jsm-ops.json", base=opsalerts_service.JSM_BASE)
    service = opsalerts_service.OpsAlerts(jsm=True).mount(web, reply)
    for number in range(1, 131):
        service.open(number, number)
    settings = SourceSettings(
        kind="jsm",
        url=web.url + opsalerts_service.JSM_BASE,
        account=opsalerts_service.CLOUD,
        email=opsalerts_service.EMAIL,
    )
    source = make_source(settings, {"ATLASSIAN_API_TOKEN": opsalerts_service.KEY})
    await everything(
        source, opsalerts_service.alert_id(7), [*service.alerts, opsalerts_service.alert_id(999)]
    )
    jsm.check(web.asked)


async def test_dynatrace(web, reply):
    dynatrace = contract("dynatrace.json", base=f"{dynatrace_service.BASE}/api/v2")
    service = dynatrace_service.Dynatrace().mount(web, reply)
    for number in range(1, 301):
        service.open(number, number)
    settings = SourceSettings(
        kind="dynatrace", url=web.url + dynatrace_service.BASE, projects=("Shop", 'a "b"')
    )
    source = make_source(settings, {"DYNATRACE_API_TOKEN": dynatrace_service.TOKEN})
    await source.signal("P-00007")
    await everything(
        source, dynatrace_service.problem_id(7), [*service.problems, dynatrace_service.problem_id(999)]
    )
    dynatrace.check(web.asked)


async def test_datadog(web, reply):
    datadog = contract("datadog.json", "datadog-v1.json")
    service = datadog_service.Datadog().mount(web, reply)
    for number in range(1, 131):
        service.issue(number, number * 7)
    service.monitor(5)
    incident = service.incident(45)
    settings = SourceSettings(
        kind="datadog", url=web.url, projects=("checkout",), environments=("prod", "staging")
    )
    source = make_source(
        settings, {"DD_API_KEY": datadog_service.API_KEY, "DD_APP_KEY": datadog_service.APP_KEY}
    )
    for other in ("monitor:5", "incident:45"):
        await source.events(await source.signal(other))
    for act in ("resolve", "reopen"):
        await source.act(f"incident:{incident}", Deed(act))
    await everything(
        source,
        datadog_service.issue_id(7),
        [*service.issues, "monitor:5", "monitor:6", f"incident:{incident}"],
    )
    datadog.check(web.asked)


# -- recorded answers


def recorded(name):
    return json.loads(example(name))


@pytest.mark.parametrize("name", ["pagerduty-incident.json", "pagerduty-acknowledge.json"])
def test_a_recorded_incident_keeps_what_a_person_looks_for(name):
    raw = recorded(name)["incident"]
    found = pagerduty_wire.signal_of(raw, source="pagerduty", me=["Earline Greenholt"])
    assert (found.id, found.short_id, found.title) == ("PT4KHLK", "PD#1234", "The server is on fire.")
    assert (found.service, found.dedup, found.owners) == ("My Mail Service", "incident-1", ("Engineering",))
    assert found.first_seen_us == moment("2015-10-06T21:30:42Z")
    assert found.status_by.name == "Earline Greenholt" and found.assignee.me and not found.assignee.bot
    tags = dict(found.tags)
    assert (tags["priority"], tags["urgency"], tags["escalation_policy"]) == (
        "P2",
        "high",
        "Another Escalation Policy",
    )
    if name == "pagerduty-incident.json":
        assert (found.environment, found.events, found.substatus) == ("production", 2, "acknowledged")
        assert ("conference bridge", "https://example.com/acb-123") in found.links
        assert tags["responder"] == "Lee Turner"


def test_a_recorded_list_of_incidents_is_read():
    (raw,) = recorded("pagerduty-incidents-list.json")["incidents"]
    found = pagerduty_wire.signal_of(raw, source="pagerduty")
    assert (found.status, found.assignee, found.events) == ("resolved", None, 2)


def test_recorded_alerts_log_entries_and_change_events_are_read():
    incident = pagerduty_wire.signal_of(recorded("pagerduty-incident.json")["incident"], source="pagerduty")
    (alert,) = recorded("pagerduty-alerts.json")["alerts"]
    event = pagerduty_wire.alert_event(alert, incident)
    for said in (
        "The server is on fire.",
        "customKey: Server is on fire!",
        "customKey2: Other stuff!",
        "alert_key: incident-1",
    ):
        assert said in event.message
    assert event.level == "fatal" and event.at_us == moment("2015-10-06T21:30:42Z")
    (entry,) = recorded("pagerduty-log-entries.json")["log_entries"]
    assert (
        "Tasks::SFDCValidator - PD_Data__c - duplicates"
        in pagerduty_wire.entry_event(entry, incident).message
    )
    changes = recorded("pagerduty-change-events.json")["change_events"]
    assert [pagerduty_wire.deploy_of(each) for each in changes] == [None, None], "a build is not a deploy"
    told = pagerduty_wire.deploy_of({**changes[0], "summary": "Deploy " + changes[0]["summary"]})
    assert told.url == "https://acme.pagerduty.dev/build/2" and told.at_us == moment("2020-07-17T08:42:58Z")


def test_a_recorded_error_issue_keeps_what_a_person_looks_for():
    (found,) = datadog_windows.found_in(recorded("datadog-error-tracking-search.full.json"))
    signal = datadog_wire.issue_signal(found, PLACE)
    single = recorded("datadog-error-tracking-issue.full.json")
    assert single["data"]["attributes"] == found.issue["attributes"]
    assert (signal.events, signal.users, signal.status) == (82, 4, "resolved")
    assert signal.title == "builtins.TypeError: object of type 'NoneType' has no len()"
    assert (signal.first_release, signal.last_release) == ("aaf65cd0", "b6199f80")
    assert signal.first_seen_us == 1671612804001 * 1000 and signal.last_seen_us == 1671620003100 * 1000
    assert signal.assignee.name == "User Name" and signal.owners == ("Team Name",)
    assert [(w.id, w.where) for w in signal.work] == [("ET-123", "Jira"), ("ENG-123", "Linear")]
    tags = dict(signal.tags)
    assert (tags["function"], tags["sessions"], tags["language"]) == (
        "filter_forbidden_tags",
        "12",
        "PYTHON,GO",
    )
    assert tags["regressed_at_version"] == "v2.5.2"


@pytest.mark.parametrize("name", ["datadog-error-tracking-search.json", "datadog-error-tracking-issue.json"])
def test_the_short_recorded_answers_are_read_too(name):
    raw = recorded(name)
    if name.endswith("search.json"):
        (found,) = datadog_windows.found_in(raw)
    else:
        found = datadog_windows.Found(raw["data"]["id"], 0, 0, 0, raw["data"], {})
    assert (
        datadog_wire.issue_signal(found, PLACE).id == raw["data"][0]["id"]
        if isinstance(raw["data"], list)
        else raw["data"]["id"]
    )


def test_a_recorded_log_with_a_stack_is_an_event():
    (found,) = datadog_windows.found_in(recorded("datadog-error-tracking-search.full.json"))
    signal = datadog_wire.issue_signal(found, PLACE)
    (raw,) = recorded("datadog-logs-error-stack.composed.json")["data"]
    event = datadog_events.event_of(raw, signal)
    assert event.stack_text.startswith('Traceback (most recent call last):\n  File "/django-email/')
    assert (event.raised.type, event.release, event.environment, event.server) == (
        "TypeError",
        "b6199f80",
        "prod",
        "i-0123",
    )
    assert event.trace_id == "66c887f10000000012f9c3c4a1b2c3d4" and event.logger == "conduit.apps.core"
    for name in ("datadog-logs-search.json", "datadog-spans-search.json"):
        (short,) = recorded(name)["data"]
        assert datadog_events.event_of(short, signal).problems == ("no stack trace in this event",)


def test_recorded_incidents_and_deployments_are_read():
    raw = recorded("datadog-incidents.full.json")
    found = datadog_alerts.incident_signal(raw["data"], datadog_windows.included_in(raw), PLACE)
    assert (found.title, found.short_id) == ("A test incident title", "IR-1")
    assert ("Postmortem IR-123", "https://app.datadoghq.com/notebook/123/Postmortem-IR-123") in found.links
    (short,) = recorded("datadog-incidents.json")["data"]
    assert datadog_alerts.incident_signal(short, {}, PLACE).first_seen_us == moment(
        "2024-01-01T00:00:00+00:00"
    )
    (deployment,) = recorded("datadog-dora-deployments.json")["data"]
    deploy = datadog_wire.deploy_of(deployment)
    assert deploy.environment == "production" and deploy.at_us == moment("2023-08-31T14:26:24Z")


def test_a_recorded_problem_is_read_although_all_in_it_is_empty():
    (raw,) = recorded("dynatrace-problems.full.json")["problems"]
    found = dynatrace_wire.signal_of(raw, source="dynatrace", web="https://x.live.dynatrace.com")
    assert (found.status, found.level, found.users) == ("resolved", "fatal", 1)
    event = dynatrace_wire.event_of(raw, found)
    assert "severity: AVAILABILITY" in event.message and "evidence: availability" in event.message
