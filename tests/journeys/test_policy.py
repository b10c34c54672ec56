"""How far a run goes by the policy: what it waits for, the switch in the store and on the remote, a budget's end."""

from __future__ import annotations

import json

import jsonschema
import pytest

from rootcase.core.model.entries import Approved, ConfidenceWaived
from rootcase.core.schemas.published import file_of
from tests.journeys.conftest import place
from tests.support.depot import SHORT, Depot, commit, git
from tests.support.journal import case, say

__all__ = ["place"]


@pytest.mark.slow
def test_review_waits_for_a_waiver_and_the_switch_stops_everything(place: Depot) -> None:
    place.teach(SHORT)
    place.configure(policy={
        "level": "draft-only", "rules": [{"paths": ["depot/**", "tests/**"], "level": "review-ready"}],
        "confidence": ["unit-test", "replayed-event", "rollback-plan"],
    })  # fmt: skip
    place.crash()
    assert place.run().code == 0
    told = explained(place)
    assert (told["policy"], told["set_by"]) == ("review-ready", "policy.rules[0] (depot/**, tests/**)")
    assert told["depth"] == "draft_pull_request" and told["rule"].endswith(
        "A draft until then, no reviewers."
    )
    assert [(need["kind"], need["state"]) for need in told["confidence"]] == [
        ("unit-test", "done"), ("replayed-event", "open"), ("rollback-plan", "done"),
    ]  # fmt: skip
    assert {file["level"] for file in told["files"]} == {"review-ready"}

    held = case(place.store)
    say(place.store, ConfidenceWaived("replayed-event", "seen by hand", held.draft.digest))
    assert place.run().code == 0
    ready = case(place.store)
    assert ready.proposal.kind == "pull_request" and explained(place)["depth"] == "pull_request"
    parts = place.line.run("explain", "proposal", "C-1", "--json").json["parts"]
    assert (
        "replayed event, asked for by policy.confidence: waived by mira: seen by hand" in parts["Confidence"]
    )

    stopped = place.line.run("policy", "stop", "--reason", "incident review", "--json")
    assert stopped.code == 0 and stopped.json["on"] and stopped.json["by"] == "human:mira"
    say(place.store, Approved(ready.proposal.digest))
    refused = place.run()
    assert refused.code == 5 and "mira stopped it with rootcase policy stop: incident review" in refused.said
    assert place.branches() == [] and place.items() == []
    assert explained(place)["stopped"].startswith("mira stopped it")

    place.line.run("policy", "go")
    commit(
        place.checkout,
        "ines",
        "Stop it for everyone",
        {"rootcase.yaml": "policy: {stop: true}\n"},
        1_790_900_000,
    )
    git(place.checkout, "push", "-q", "origin", "main")
    assert place.run().code == 5 and place.branches() == []
    shown = place.line.run("policy", "show", "--json").json
    assert not shown["switch"]["on"] and shown["repositories"][0]["stopped"] == (
        "policy.stop is set in the rootcase.yaml of depot, on its default branch"
    )
    git(place.remote, "update-ref", "refs/heads/main", "refs/heads/main~1")
    git(place.checkout, "reset", "-q", "--hard", "HEAD~1")
    git(place.checkout, "fetch", "-q", "origin")
    assert place.run().code == 0 and place.items("pull") == [], "the branch moved: said and approved anew"
    say(place.store, ConfidenceWaived("replayed-event", "seen by hand", case(place.store).draft.digest))
    assert place.run().code == 0
    say(place.store, Approved(case(place.store).proposal.digest))
    assert place.run().code == 0
    [pull] = place.items("pull")
    assert not pull["draft"] and len(place.branches()) == 1


def explained(place: Depot):
    done = place.line.run("explain", "policy", "C-1", "--json")
    assert done.code == 0, done.said
    jsonschema.validate(done.json, json.loads(file_of("explain.policy").read_text(encoding="utf-8")))
    return done.json


@pytest.mark.slow
def test_a_budget_that_ends_leaves_a_ticket_with_all_that_is_known(place: Depot) -> None:
    place.configure(budget={"steps": 3}, policy={"approve": ["ticket"]})
    place.crash()
    done = place.run("--json")
    assert done.code == 5, done.said
    [ticket] = place.items("issue")
    assert ticket["body"].startswith("### Escalation\n- **A human is needed**: the budget is over.")
    assert "The cap of 3 steps is reached" in ticket["body"] and "### Missing" in ticket["body"]
    after = case(place.store)
    assert after.proposal.escalates == "budget" and after.run.outcome == "budget"
    assert place.line.run("explain", "policy", "C-1").said.startswith("C-1  evidence E")

    place.configure(policy={"approve": ["ticket", "draft_pr"]})
    assert place.run().code == 0
    assert len(place.items("issue")) == 1 and len(place.items("pull")) == 1
