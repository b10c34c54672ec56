"""A crash caught by `rootcase capture` in a repository of one's own, with a model behind a real provider's URL."""

from __future__ import annotations

import json
import sys

import pytest

from tests.support.depot import PROJECT, SCRIPT, git
from tests.support.footprint import footprint
from tests.support.journal import entries, faults
from tests.support.openai_server import Call, Reply, ScriptedOpenAI, by_phase, replies_from

KEY = "sk-scripted-of-nobody-0123456789"
MODELS = {
    "fast": "openai/scripted", "strong": "openai/scripted", "consent": True,
    "prices": {"openai/scripted": [1.0, 2.0]},
}  # fmt: skip


@pytest.mark.slow
def test_a_captured_crash_is_drafted_proved_and_proposed_by_a_model_over_http(place):
    before = footprint(place.checkout)
    crashed = place.crash()
    assert crashed.code == 1, "the program's own exit code"
    assert "AttributeError: 'NoneType' object has no attribute 'rjust'" in crashed.err, "its own words"
    assert "C-1" in crashed.err
    with ScriptedOpenAI(by_phase(replies_from(SCRIPT))) as server:
        place.configure(models={**MODELS, "api_base": server.url})
        done = place.run("--json", OPENAI_API_KEY=KEY)
    assert done.code == 0, done.said
    assert done.err == "", "litellm says nothing of its own"
    report = done.json
    assert report["ladder"] in ("E4", "E5")
    assert report["code"]["release_commit"] == place.head, "the release is the commit that ran"

    phases = [request.phase for request in server.requests]
    assert list(dict.fromkeys(phases)) == ["investigate", "plan", "reproduce", "patch", "explain"]
    assert all(request.body["stream"] for request in server.requests)
    assert {request.headers["authorization"] for request in server.requests} == {f"Bearer {KEY}"}
    called = [entry.body for entry in entries(place.store) if entry.kind == "model_called"]
    probes = [body for body in called if body.phase == "probe"]
    assert len(probes) == 1, "the model is asked once what it can do, before its first case"
    assert len(called) == len(server.requests) + 1 == report["steps"]
    assert report["cost_usd"] == pytest.approx(len(called) * (100 * 1.0 + 20 * 2.0) / 1e6), (
        "the provider's own usage"
    )

    [pull], [branch] = place.items("pull"), place.branches()
    assert report["pull_request"]["url"].endswith(f"/{PROJECT}/pull/{pull['number']}")
    assert "depot/labels.py:11" in pull["body"], "where it crashed"
    assert "+        return Parcel(number, street, postcode, note)" in pull["body"], "where it is repaired"
    fixed = git(place.remote, "show", f"{branch}:depot/intake.py")
    assert "Parcel(number, street, postcode, note)" in fixed
    assert git(place.remote, "rev-parse", f"{branch}~1") == place.head, "one commit on the base"
    assert KEY.encode() not in place.store.read_bytes()
    assert footprint(place.checkout) == before
    assert faults(place.store) == ()


def test_without_a_model_everything_up_to_the_code_map_works_and_draft_says_what_is_missing(place):
    place.crash()
    place.configure(models={})
    mapped = place.run("--until", "map", "--json")
    assert mapped.code == 0, mapped.said
    assert mapped.json["ladder"] == "E1" and mapped.json["note"]
    done = place.run()
    assert done.code == 4, done.said
    assert "model" in done.said.lower() and "config.yaml" in done.said
    assert place.items() == [] and place.branches() == []


def test_a_program_that_ends_well_makes_no_case(place):
    done = place.line.run("capture", "--", "python3", "-c", "print('fine')", cwd=place.checkout)
    assert done.code == 0 and "fine" in done.out
    assert place.line.run("cases", "--json").json["cases"] == []


@pytest.mark.slow
def test_a_judge_reads_the_proved_draft_and_hooks_get_the_report(place, tmp_path):
    place.crash()
    told = tmp_path / "hook.json"
    hook = [
        sys.executable,
        "-c",
        f"import sys; open({str(told)!r}, 'w').write(sys.stdin.read()); sys.exit(3)",
    ]
    words = {
        "verdict": "hold", "reason": "A postcode may be empty.",
        "remarks": [{"hunk": "h1", "weight": "should", "text": "Is it?", "quote": "Parcel(number, street"}],
    }  # fmt: skip
    replies = {**replies_from(SCRIPT), "review": [Reply(calls=[Call("judgement", words)])]}
    with ScriptedOpenAI(by_phase(replies)) as server:
        models = {**MODELS, "judge": "openai/scripted", "api_base": server.url}
        place.configure(models=models, hooks={"after_propose": [hook]})
        done = place.run("--json", OPENAI_API_KEY=KEY)
    assert done.code == 0, done.said
    asked = [request for request in server.requests if request.phase == "review"]
    assert len(asked) == 1 and "Proof" in asked[0].text("user")
    assert "Judge openai/scripted, warn (open): Is it?" in place.items("pull")[0]["body"]
    [judged] = [entry.body for entry in entries(place.store) if entry.kind == "judged"]
    assert (judged.verdict, judged.reason) == ("hold", "A postcode may be empty.")
    assert json.loads(told.read_text())["ladder"] == "E4", "an open remark keeps it from E5"
    [ran] = [entry.body for entry in entries(place.store) if entry.kind == "hook_ran"]
    assert (ran.stage, ran.exit_code) == ("propose", 3), "a hook that fails is told, and stops nothing"
