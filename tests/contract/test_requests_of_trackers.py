"""Every request that the GlitchTip and Bugsink adapters can send is one that the service documents."""

from __future__ import annotations

import json

import pytest

from rootcase.core.config.settings import SourceSettings
from rootcase.core.model.errors import SourceError
from rootcase.core.model.signals import Work
from rootcase.core.signals.protocol import Deed, make_source
from tests.contract.contract import Contract, Document, Sent, contract, example
from tests.contract.glitchtip import description

NOBODY = "00000000-0000-0000-0000-000000000000"
API = "/api/canonical/0/"


async def everything(source, issue_id, deeds):
    """All that can be asked of a source, once."""
    cursor = ""
    async for batch in source.list(""):
        cursor = batch.cursor
        for signal in batch.signals[:2]:
            await source.events(signal)
    [each async for each in source.list(cursor)]
    signal = await source.signal(issue_id)
    await source.events(signal, 3)
    await source.deploys(await source.releases())
    await source.comment(issue_id, "looked at")
    await source.link(issue_id, Work("ticket", "PAY-1", "Pay", "https://tracker.example/PAY-1"))
    for deed in deeds:
        try:
            await source.act(issue_id, deed)
        except SourceError as fault:
            assert "did not take the change" in fault.title  # the recorded answer is always the same one
    [each async for each in source.reconcile([issue_id, NOBODY if "-" in issue_id else "99"])]
    await source.health()
    await source.close()


async def test_bugsink(web, reply):
    bugsink = contract("examples/bugsink/openapi.json")
    issue = json.loads(example("bugsink/issue.json"))
    listed = json.loads(example("bugsink/issues.json"))
    listed["next"] = json.loads(example("bugsink/issues_page1_of_3_results_cut_to_2.json"))["next"]
    last = {**listed, "next": None}
    web.on(f"{API}projects/", example("bugsink/projects.json"))
    web.on(f"{API}projects/1/", example("bugsink/project.json"))
    web.on(f"{API}issues/", lambda asked: last if asked.all("cursor") else listed)
    web.on(f"{API}events/", example("bugsink/events.json"))
    web.on(f"{API}releases/", example("bugsink/releases.json"))
    web.on(f"{API}issue-comments/", example("bugsink/issue_comment_create.json"), method="POST")
    web.on(f"{API}issues/{issue['id']}/", issue)
    for event in json.loads(example("bugsink/events.json"))["results"]:
        web.on(f"{API}events/{event['id']}/", example("bugsink/event.json"))
    for path in ("resolve", "resolve-next", "resolve-latest", "mute", "mute-for", "unmute", "reopen"):
        web.on(f"{API}issues/{issue['id']}/{path}/", issue, method="POST")
    settings = SourceSettings(kind="bugsink", url=web.url, period="99w", projects=("casefile-test",))
    source = make_source(settings, {"BUGSINK_TOKEN": "0" * 40})
    deeds = [
        Deed("resolve"), Deed("resolve", release="next"), Deed("resolve", release="shop@1.1.0"), Deed("snooze"),
        Deed("snooze", until_us=2**60), Deed("snooze", until_us=1), Deed("reopen"), Deed("unsnooze"),
    ]  # fmt: skip
    await everything(source, issue["id"], deeds)
    for path, done in (("reopen", {"is_resolved": True}), ("unmute", {"is_muted": True})):
        web.on(f"{API}issues/{issue['id']}/", {**issue, **done})
        web.on(f"{API}issues/{issue['id']}/{path}/", issue, method="POST")
        source = make_source(settings, {"BUGSINK_TOKEN": "0" * 40})
        await source.act(issue["id"], Deed("reopen" if path == "reopen" else "unsnooze"))
        await source.close()
    bugsink.check(web.asked)
    sent = {(each.method, each.path.replace(issue["id"], "ID")) for each in web.asked}
    posts = {path.rstrip("/").rpartition("/")[2] for method, path in sent if method == "POST"}
    assert posts == {"resolve", "resolve-next", "resolve-latest", "mute", "mute-for", "reopen", "unmute",
                     "issue-comments"}  # fmt: skip


class Described(Contract):
    """GlitchTip's routes as this repository describes them."""

    def faults(self, sent):
        document = Document({**description(), "servers": [{"url": "https://service.test"}]})
        pattern, taken = document.pattern(sent.method, sent.path)
        if not pattern:
            return [f"{sent.method} {sent.path} is described nowhere"]
        return document.faults(sent, pattern, taken, frozenset())


def glitchtip_answers(web, reply):
    organization = "/api/0/organizations/acme/"
    web.on("/api/0/", example("glitchtip/root.json"))
    web.on(organization, example("glitchtip/organization.json"))
    link = {
        "Link": example("glitchtip/issues_limit_3.link.txt")
        .decode()
        .strip()
        .replace("http://127.0.0.1:18020", web.url)
    }
    first = reply(example("glitchtip/issues_limit_3.json"), headers=link)
    web.on(f"{organization}issues/", lambda asked: _listing(asked, first))
    web.on("/api/0/projects/acme/shop/issues/", example("glitchtip/project_issues.json"))
    web.on(f"{organization}issues-stats/", example("glitchtip/issues_stats.json"))
    web.on(f"{organization}releases/", example("glitchtip/releases.json"))
    for number in range(1, 11):
        path = f"/api/0/issues/{number}/"
        web.on(path, example("glitchtip/issue.json"))
        web.on(path, example("glitchtip/issue_resolve.json"), method="PUT")
        web.on(f"{path}events/", example("glitchtip/events.json"))
        web.on(f"{path}tags/", example("glitchtip/tags.json"))
        web.on(f"{path}comments/", example("glitchtip/comments.json"))
        web.on(f"{path}comments/", reply(example("glitchtip/comment_create.json"), 201), method="POST")


def _listing(asked, first):
    if asked.all("id"):
        return [json.loads(example("glitchtip/issue.json"))]
    return example("glitchtip/issues.json") if asked.all("cursor") else first


@pytest.mark.parametrize("projects", [(), ("shop",), ("1", "2")])
async def test_glitchtip(web, reply, projects):
    glitchtip_answers(web, reply)
    settings = SourceSettings(
        kind="glitchtip",
        url=web.url,
        organization="acme",
        period="99w",
        projects=projects,
        environments=("production",),
    )
    source = make_source(settings, {"GLITCHTIP_AUTH_TOKEN": "0" * 40})
    deeds = [Deed("resolve"), Deed("resolve", release="2"), Deed("snooze"), Deed("reopen"), Deed("unsnooze")]
    await everything(source, "1", deeds)
    Described(()).check(web.asked)
    assert {each.method for each in web.asked} == {"GET", "PUT", "POST"}


def test_the_description_of_glitchtip_refuses_what_glitchtip_ignores():
    token = {"Authorization": "Bearer x"}
    wrong = Sent("GET", "/api/0/organizations/acme/issues/", [("statsPeriod", "14d")], token)
    assert Described(()).faults(wrong) == ["query 'statsPeriod' is not known there"]
    assert Described(()).faults(Sent("PUT", "/api/0/organizations/acme/issues/1/", [], token))
