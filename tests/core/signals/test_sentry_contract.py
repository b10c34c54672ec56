"""Every request that the Sentry source can send fits Sentry's description; every recorded answer parses whole."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

import pytest

from rootcase.core.model.events import Event, Frame
from rootcase.core.model.signals import Release, Signal, Work
from rootcase.core.signals.protocol import Deed
from rootcase.core.signals.sentry_events import event
from rootcase.core.signals.sentry_maps import map_faults
from tests.contract.contract import Contract, contract, example, examples
from tests.support.sentry import ORG, PROJECT, fresh, issue, pages_header, sdk_event

HEX = "9999aaaaca8b46d797c23c6077c6ff01"
ISSUE = f"{ORG}issues/1/"
TICKET = Work("ticket", "PAY-123", "Quotes fail", "https://acme.atlassian.net/browse/PAY-123")


@pytest.fixture
def described() -> Contract:
    # `group` looks issues up by id: getsentry/sentry, issues/endpoints/organization_group_index.py.
    return contract("sentry.json", "sentry-private.json", allow_query=("group",))


async def test_reading(described, web, make, reply):
    web.on(
        f"{ORG}issues/", reply([fresh(1)], headers=pages_header(web.url, "0:1:0", True)), reply([issue(2)])
    )
    bare = sdk_event(1)
    web.on(f"{ORG}issues/1/events/latest/", {**bare, "platform": "javascript", "eventID": HEX})
    web.on(f"{ORG}issues/1/events/", [sdk_event(1)])
    web.on(f"{ORG}releases/", [{"version": "1.0", "commitCount": 2, "deployCount": 1}])
    source = make(projects=("shop", "2"), environments=("production",))
    batches = [batch async for batch in source.list()]
    async for _ in source.list(batches[-1].cursor):
        pass
    await source.events(Signal("sentry", "1", project="shop"))
    assert f"{PROJECT}events/{HEX}/source-map-debug/" in web.paths()
    await source.releases()
    await source.deploys()
    await source.deploys([Release("shop@1.0+b/1")])
    await source.code_mappings()
    async for _ in source.reconcile(["1", "2"]):
        pass
    assert len(web.asked) >= 13
    described.check(web.asked)


async def test_a_close_look(described, web, make):
    keys = ("release", "environment", "url", "region", "tenant")
    web.on(ISSUE, issue(1, numComments=1, seerAutofixLastTriggered="x", tags=[{"key": key} for key in keys]))
    web.on(f"{ORG}shortids/SHOP-1/", {"groupId": "1"})
    web.on(f"{ORG}eventids/{HEX}/", {"groupId": "1"})
    web.on(f"{ISSUE}hashes/", [{"id": "a", "latestEvent": {"eventID": HEX}}])
    source = make(environments=("production",))
    for name in ("1", "SHOP-1", HEX):
        assert await source.signal(name)
    asked = set(web.paths())
    assert {
        f"{ISSUE}autofix/",
        f"{PROJECT}events/{HEX}/committers/",
        f"{PROJECT}events/{HEX}/owners/",
    } <= asked
    assert not [each for each in web.asked if each.method != "GET"]
    described.check(web.asked)


async def test_writing(described, web, make):
    web.on(ISSUE, issue(1, assignedTo={"type": "user", "id": "9"}, status="muted"))
    web.on(ISSUE, {}, method="PUT")
    web.on(f"{ORG}teams/", [{"id": "4", "slug": "checkout"}])
    jira = {"id": "77", "domainName": "acme.atlassian.net", "status": "active", "provider": {"key": "jira"}}
    web.on(f"{ORG}integrations/", [jira])
    web.on(f"{ISSUE}integrations/77/", {"key": "PAY-123"}, method="PUT")
    web.on(f"{ISSUE}comments/", [])
    web.on(f"{ISSUE}comments/", {"id": "1"}, method="POST")
    source = make(me=["ada@example.com"])
    for deed in (
        Deed("resolve"), Deed("resolve", release="2.0"), Deed("resolve", release="next"), Deed("reopen"),
        Deed("snooze"), Deed("snooze", until_us=4_102_444_800_000_000), Deed("unsnooze"), Deed("assign"),
        Deed("assign", assignee="#checkout"), Deed("unassign"),
    ):  # fmt: skip
        await source.act("1", deed)
    await source.link("1", TICKET)
    await source.link("1", Work("pull_request", "#4", url="https://github.com/acme/shop/pull/4"))
    await source.comment("1", "see PR 4")
    assert len([each for each in web.asked if each.method in ("PUT", "POST")]) == 13
    described.check(web.asked)


async def test_looking_at_the_token(described, web, make):
    await make(projects=("shop",)).health()
    described.check(web.asked)


# -- recorded answers


EVENTS = [name for name in examples("sentry-event-*.json")]


def raw_frames(value: Any) -> list[dict[str, Any]]:
    """All stack frames of exceptions in a raw event, in order."""
    entries = [entry["data"] for entry in value["entries"] if entry["type"] == "exception"]
    return [
        frame
        for data in entries
        for each in data["values"]
        for frame in (each["stacktrace"] or {}).get("frames", [])
    ]


def same(frame: Frame, raw: dict[str, Any]) -> None:
    """A frame holds all that the raw one has a place for here."""
    told = lambda *names: next((raw[name] for name in names if raw.get(name)), "")  # noqa: E731
    assert frame.function == told("function", "rawFunction")
    assert frame.module == told("module")
    assert frame.filename == told("filename", "absPath", "package")
    assert frame.abs_path == told("absPath")
    assert frame.line == (raw.get("lineNo") or 0)
    assert frame.column == (raw.get("colNo") or 0)
    assert frame.in_app == raw.get("inApp")
    assert [number for number, _ in frame.context] == [row[0] for row in raw.get("context") or []]
    assert len(frame.variables) == len(raw.get("vars") or {})
    assert frame.package == told("package")
    assert frame.address == told("instructionAddr")


@pytest.mark.parametrize("name", EVENTS)
def test_a_recorded_event_parses_whole(name):
    raw = json.loads(example(name))
    found: Event = event(raw)
    data = {entry["type"]: entry["data"] for entry in raw["entries"]}
    assert found.id == raw["eventID"]
    assert found.at_us > 0
    values = data["exception"]["values"]
    assert [(each.type, each.value) for each in found.exceptions] == [
        (v["type"], v["value"] or "") for v in values
    ]
    for each, value in zip(found.exceptions, values, strict=True):
        mechanism = value["mechanism"] or {}
        assert (each.mechanism, each.handled) == (mechanism.get("type") or "", mechanism.get("handled"))
        assert each.module == (value["module"] or "")
    frames = [frame for each in found.exceptions for frame in each.frames]
    raws = raw_frames(raw)
    assert len(frames) == len(raws)
    for frame, one in zip(frames, raws, strict=True):
        same(frame, one)
    assert len(found.breadcrumbs) == len(data.get("breadcrumbs", {}).get("values", []))
    request = data.get("request")
    assert bool(found.request) == bool(request)
    if request and found.request:
        assert found.request.url == (request["url"] or "")
        assert len(found.request.headers) == len(request["headers"])
        query = request.get("query") or parse_qsl(
            request.get("query_string") or request.get("queryString") or ""
        )
        assert len(found.request.query) == len(query)
    assert len(found.tags) == len([tag for tag in raw["tags"] if tag["key"]])
    assert found.release == ((raw.get("release") or {}).get("version") or dict(found.tags).get("release", ""))
    assert len([p for p in found.problems if p.startswith("the source says")]) == len(
        {e["message"] for e in raw.get("errors", [])}
    )
    facts = dict(found.contexts)
    assert facts["sdk"] == f"{raw['sdk']['name']} {raw['sdk']['version']}"
    assert facts["culprit"] == raw["culprit"]
    assert facts.get("sentry.hashes", "").split() == raw["fingerprints"]


async def test_a_recorded_listing_parses_whole(web, make):
    raw = json.loads(example("sentry-issues-list.json"))
    web.on(f"{ORG}issues/", raw)
    (batch,) = [batch async for batch in make().list()]
    assert batch.partial == ""
    for signal, each in zip(batch.signals, raw, strict=True):
        assert (signal.id, signal.short_id, signal.title) == (each["id"], each["shortId"], each["title"])
        assert (signal.events, signal.users) == (int(each["count"]), each["userCount"])
        assert (signal.substatus, signal.status) == (each.get("substatus") or "", each["status"])
        assert signal.assignee is not None
        assert signal.assignee.name == each["assignedTo"]["name"]
        assert len(signal.trend) == 24
        assert signal.url == each["permalink"]


async def test_recorded_answers_of_a_close_look_parse_whole(web, make):
    raw = json.loads(example("sentry-issue.json"))
    web.on(ISSUE, {**raw, "numComments": 1, "seerAutofixLastTriggered": "2025-09-23T21:00:46Z"})
    for part, name in (
        ("comments", "comments"),
        ("external-issues", "external-issues"),
        ("hashes", "hashes"),
    ):
        web.on(f"{ISSUE}{part}/", json.loads(example(f"sentry-issue-{name}.json")))
    web.on(f"{ISSUE}autofix/", json.loads(example("sentry-autofix-state.json")))
    signal = await make().signal("1")
    assert signal.first_release == raw["firstRelease"]["version"]
    assert [(w.kind, w.id, w.title) for w in signal.work] == [
        ("ticket", "example-issue#2", ""),
        ("comment", "4633816000", "Investigating after the latest deploy."),
    ]
    assert signal.work[1].by.name == "Jane Developer"
    (cause,) = signal.diagnoses
    assert cause.text.startswith("`BaseTools.run_ripgrep` called without required `query` argument")
    assert "[seer/app.py]" in cause.text
    assert cause.at_us == 1_757_719_290_662_818
    assert dict(signal.tags)["sentry.hash"] == "53aa54ab27474eaab1fc1d0f7f86d2f1"
    assert signal.partial == ""


async def test_recorded_releases_parse_whole(web, make):
    raw = json.loads(example("sentry-release.json"))
    web.on(f"{ORG}releases/", [raw, *json.loads(example("sentry-releases-list.json"))])
    commits = json.loads(example("sentry-release-commits.json"))
    found = await make().releases()
    assert {each.version for each in found} == {raw["version"], "frontend@1.0.0"}
    web.on(f"{ORG}releases/", [{"version": "frontend@1.0.0", "commitCount": 1}])
    web.on(f"{ORG}releases/frontend%401.0.0/commits/", commits)
    (only,) = await make().releases()
    assert only.commit == commits[0]["id"]


def test_a_recorded_look_at_source_maps_that_were_found_has_no_fault():
    assert map_faults(json.loads(example("sentry-source-map-debug.json"))) == ()


def test_bare_events_of_a_listing_parse_without_a_stack():
    for raw in json.loads(example("sentry-issue-events-list.json")):
        found = event(raw)
        assert (found.id, found.release) == (raw["eventID"], "17642328ead24b51867165985996d04b29310337")
        assert len(found.tags) == len(raw["tags"])
