"""`rootcase doctor`: every source with its real token, models on demand, and what does not work yet."""

from __future__ import annotations

import os
import time
from email.utils import formatdate
from pathlib import Path

import pytest

from rootcase.core.commands.doctor_models import checks_of as model_checks
from rootcase.core.commands.doctor_models import model_reports
from rootcase.core.commands.doctor_sources import checks_of, source_reports
from rootcase.core.config.load import Loaded, load
from rootcase.core.config.settings import ModelSettings, Settings, SourceSettings
from rootcase.core.journal.store import SourceState
from tests.support.openai_server import Call, Reply, ScriptedOpenAI

TOKEN = "0123456789abcdef0123456789abcdef01234567"
API = "/api/canonical/0/"
NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def bugsink(web, reply):
    """A Bugsink that lets the token do everything."""
    missing = reply({"detail": "No Issue matches the given query."}, 404)
    web.on(f"{API}projects/", {"next": None, "results": [{"id": 1, "slug": "shop"}]})
    for path in ("issues/", "releases/"):
        web.on(API + path, {"next": None, "results": []})
    web.on(f"{API}events/", missing)
    web.on(f"{API}issues/{NOBODY}/reopen/", missing, method="POST")
    web.on(f"{API}issue-comments/", reply({"issue": ["Issue not found."]}, 400), method="POST")
    return web


def loaded(tmp_path: Path, *sources: SourceSettings) -> Loaded:
    made = load({"ROOTCASE_HOME": str(tmp_path)})
    return Loaded(Settings(sources=sources), made.file, made.folders)


def source(url: str, name: str = "bugs", **more: object) -> SourceSettings:
    return SourceSettings(kind="bugsink", name=name, url=url, token_env="BUGS", **more)


async def look(tmp_path, *sources, states=None, **more):
    reports = await source_reports(
        loaded(tmp_path, *sources), {**os.environ, "BUGS": TOKEN}, states or {}, **more
    )
    return reports, [
        (check.state, check.text, check.hint) for report in reports for check in checks_of(report)
    ]


async def test_a_source_that_may_do_everything(bugsink, tmp_path):
    (report,), checks = await look(tmp_path, source(bugsink.url))
    assert report.reachable and report.missing == () and report.fault == ""
    assert report.token == "token from BUGS" and "issues:triage" in report.scopes
    ((state, text, _),) = checks
    assert state == "ok" and "token from BUGS" in text and TOKEN not in text


async def test_a_missing_scope_is_named_with_what_will_not_work(bugsink, reply, tmp_path):
    refused = reply({"detail": "This token does not have the required capability: issues:triage."}, 403)
    bugsink.on(f"{API}issues/{NOBODY}/reopen/", refused, method="POST")
    (report,), checks = await look(tmp_path, source(bugsink.url))
    assert report.missing == ("issues:triage",)
    assert ("warn", "without issues:triage: resolve, reopen and mute are refused") in [
        each[:2] for each in checks
    ]


async def test_an_unknown_token_fails_and_is_not_shown(bugsink, reply, tmp_path):
    bugsink.on(f"{API}projects/", reply({"detail": f"Invalid Bearer token {TOKEN}."}, 401))
    (report,), checks = await look(tmp_path, source(bugsink.url))
    assert not report.reachable and "does not know the token" in report.fault
    assert TOKEN not in f"{report} {checks}" and checks[0][0] == "fail"


async def test_a_missing_token_says_where_it_is_looked_for(tmp_path):
    (report,), _ = await look(
        tmp_path, SourceSettings(kind="glitchtip", organization="acme", token_env="NOT_THERE")
    )
    assert "NOT_THERE is not set" in report.fault and report.token == "token from NOT_THERE"


async def test_one_that_hangs_does_not_keep_the_others(bugsink, make_web, reply, tmp_path):
    slow = await make_web()
    slow.on(f"{API}projects/", reply({"next": None, "results": []}, drip_s=5.0))
    reports, _ = await look(tmp_path, source(slow.url, "slow"), source(bugsink.url, "quick"), deadline_s=2.0)
    assert [(report.source, report.reachable) for report in reports] == [("slow", False), ("quick", True)]
    assert reports[0].fault == "did not answer within 2 s"


async def test_a_wrong_clock_is_said(bugsink, reply, tmp_path):
    late = formatdate(time.time() - 600, usegmt=True)
    bugsink.on(
        f"{API}issue-comments/", reply({"issue": ["Issue not found."]}, 400, {"Date": late}), method="POST"
    )
    (report,), checks = await look(tmp_path, source(bugsink.url))
    assert 590 < report.skew_s < 660
    assert any("clock is 60" in text and "ahead of the service's" in text for _, text, _ in checks)


async def test_a_source_that_syncs_leave_alone_says_until_when_and_why(bugsink, tmp_path):
    ahead = time.time_ns() // 1000 + 3_600_000_000
    state = SourceState(
        "bugs", fault="Bugsink (bugs) is not available (503)", failures=3, retry_us=ahead, paused="paused"
    )
    (report,), checks = await look(tmp_path, source(bugsink.url), states={"bugs": state})
    assert report.paused_us == ahead
    assert any("after 3 failures: Bugsink (bugs) is not available (503)" in text for _, text, _ in checks)
    past = SourceState("bugs", fault="gone by", retry_us=1, paused="paused")
    (report,), _ = await look(tmp_path, source(bugsink.url), states={"bugs": past})
    assert report.pause == ""


async def test_terms_that_a_service_does_not_know_are_said(bugsink, tmp_path):
    (report,), _ = await look(tmp_path, source(bugsink.url, query="is:unresolved level:error"))
    assert "does not know `level:error`" in report.notes[0]


@pytest.fixture
def key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-scripted-of-nobody-0123456789")


def models(server: ScriptedOpenAI, **more: object) -> ModelSettings:
    prices = {"openai/scripted": (1.0, 2.0)}
    return ModelSettings(
        fast="openai/scripted",
        strong="openai/scripted",
        api_base=server.url,
        prices=prices,
        consent=True,
        **more,
    )


def shown(settings: ModelSettings, reports) -> list[tuple[str, str]]:
    return [(check.state, check.text) for check in model_checks(settings, reports)]


async def test_models_are_not_asked_unless_told_to(key):
    with ScriptedOpenAI([Reply("never asked")], probed=True) as server:
        settings = models(server)
        reports = await model_reports(settings, ask=False)
        assert server.requests == []
    (report,) = reports
    assert (report.roles, report.price_known, report.probed) == (("fast", "strong"), True, False)
    ((state, text),) = shown(settings, reports)
    assert state == "ok" and "$1 in, $2 out per million tokens; --models asks it, which costs" in text


async def test_a_model_that_streams_and_calls_tools(key):
    with ScriptedOpenAI(
        [Reply("one two three four", calls=[Call("report", {"word": "ready"})])], probed=True
    ) as server:
        settings = models(server)
        (report,) = await model_reports(settings, ask=True)
    assert (report.tools, report.streaming, report.fault) == (True, True, "")
    assert report.cost_usd == pytest.approx((100 * 1.0 + 20 * 2.0) / 1e6)
    assert [state for state, _ in shown(settings, (report,))] == ["ok"]


@pytest.mark.parametrize(
    ("answer", "state", "words"),
    [
        (Reply("one two three, ready"), "fail", "did not call a tool"),
        (Reply("one two three", calls=[Call("report", {"word": "steady"})]), "fail", "did not call a tool"),
        (Reply("", calls=[Call("report", {"word": "ready"})]), "warn", "in one piece"),
        (Reply(status=401, error={"message": "no such key"}), "fail", "key"),
    ],
)
async def test_a_model_that_cannot_do_the_work_is_said(key, answer, state, words):
    with ScriptedOpenAI([answer] * 4, probed=True) as server:
        settings = models(server)
        reports = await model_reports(settings, ask=True)
    assert any(each == state and words in text for each, text in shown(settings, reports)), shown(
        settings, reports
    )


async def test_a_model_whose_price_nobody_knows_is_said():
    settings = ModelSettings(strong="acme/own-model", consent=False)
    reports = await model_reports(settings, ask=False)
    assert [state for state, _ in shown(settings, reports)] == ["ok", "warn", "warn"]
    assert "nobody knows its price" in shown(settings, reports)[1][1]
    assert "no consent yet" in shown(settings, reports)[2][1]
