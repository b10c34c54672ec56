"""From a crash to GitLab, Jira and Linear, by the command line alone."""

from __future__ import annotations

import json

import pytest

from rootcase.core.model.entries import VerdictOverridden
from tests.support.fake_gitlab import FakeGitLab
from tests.support.fake_jira import FakeJira
from tests.support.fake_linear import FakeLinear
from tests.support.journal import case, say

TOKEN = "test-token-of-nobody"
PROJECT = "acme/backend/depot"


@pytest.fixture
def gitlab(place):
    fake = FakeGitLab(place.remote, PROJECT)
    place.configure(repository={"forge": "gitlab", "forge_url": fake.url, "forge_project": PROJECT, "tracker": "none",
                                "forge_token_env": ""})  # fmt: skip
    yield fake
    fake.stop()


@pytest.fixture(params=["jira", "linear"])
def tracker(request, place):
    fake = FakeJira(lag=1) if request.param == "jira" else FakeLinear()
    keys = {"tracker": "linear", "tracker_url": getattr(fake, "api", ""), "tracker_project": "ENG"}
    if isinstance(fake, FakeJira):
        keys = {
            "tracker": "jira",
            "tracker_url": fake.url,
            "tracker_project": "PAY",
            "tracker_email": "dana@example.com",
        }
    place.configure(repository=keys)
    yield fake
    fake.stop()


def keys(fake):
    return {"JIRA_API_TOKEN": TOKEN, "LINEAR_API_KEY": getattr(fake, "key", "")}


def tickets(fake):
    return list(fake.issues.values()) if isinstance(fake, FakeLinear) else fake.issues


def comments(fake):
    """What was said on the one ticket, each as text, whatever form the tracker keeps."""
    return [json.dumps(each.get("body")) for said in fake.comments.values() for each in said]


@pytest.mark.slow
def test_a_fix_becomes_one_draft_merge_request(place, gitlab):
    place.crash()
    done = place.run("--json", GITLAB_TOKEN=TOKEN)
    assert done.code == 0, done.said
    (made,) = gitlab.merge_requests
    assert (
        made["draft"]
        and made["source_branch"] in place.branches()
        and "Rootcase case C-1" in made["description"]
    )
    assert done.json["pull_request"]["url"] == made["web_url"]
    assert place.run("--json", GITLAB_TOKEN=TOKEN).code == 0 and len(gitlab.merge_requests) == 1
    assert case(place.store).state == "sent"


@pytest.mark.slow
def test_a_ticket_goes_to_the_tracker_and_a_second_run_files_none(place, tracker):
    place.crash()
    say(place.store, VerdictOverridden("ticket", "first a ticket"))
    done = place.run("--json", **keys(tracker))
    assert done.code == 4, done.said
    assert done.json["ticket"]["number"] in ("PAY-1", "ENG-1") and done.json["ticket"]["state"] == "done"
    assert place.run("--json", **keys(tracker)).code == 4 and len(tickets(tracker)) == 1
    assert place.items("issue") == []
    for already in (False, True):
        posted = place.line.run("act", "C-1", "note", "--json", **keys(tracker))
        assert [(a["source"], a["state"]) for a in posted.json["acts"]][-1] == ("tracker", "done"), already
    (said,) = comments(tracker)
    assert "Incident note of C-1" in said


@pytest.mark.slow
def test_a_persons_ticket_there_makes_the_case_wait(place, tracker):
    place.crash()
    title = f"Depot is down, {case(place.store).fingerprint.alias}"
    if isinstance(tracker, FakeJira):
        tracker.add(title, assignee={"accountId": "9", "displayName": "Lena"})
    else:
        tracker.add(title, assignee={"name": "Lena", "displayName": "Lena"})
    waits = place.run("--json", **keys(tracker))
    assert waits.code == 3, waits.said
    gate = case(place.store).gate
    assert gate.verdict == "wait" and "Lena" in f"{gate.because} {gate.waits_for}"
    assert len(tickets(tracker)) == 1 and place.branches() == []

    taken = place.line.run("take", "C-1", "we", "have", "a", "patch", "--json", **keys(tracker))
    assert taken.code == 0 and taken.json["owed"] == [], taken.said
    said = [each for comments in tracker.comments.values() for each in comments]
    assert len(said) == 1 and "from Lena" in json.dumps(said) and "we have a patch" in json.dumps(said)
    assert case(place.store).verdict == "fix"
    assert place.line.run("take", "C-1", **keys(tracker)).code == 2, "it is taken over once"


@pytest.mark.slow
def test_a_tracker_without_its_token_is_said_and_not_taken_for_a_no(place, tracker):
    place.crash()
    done = place.run("--json", JIRA_API_TOKEN="", LINEAR_API_KEY="")
    assert done.code == 2 and "tracker_token_env" in done.said, done.said
    seen = case(place.store)
    assert any("is not set" in failed for failed in seen.work_failed) and seen.gate.verdict == "investigate"
    assert place.items() == [] and place.branches() == [] and tickets(tracker) == []
