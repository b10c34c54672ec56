"""A review comes back as steering: read, handed on with one word, and answered on the same branch."""

from __future__ import annotations

import json
import urllib.request

import pytest

from tests.support.depot import PROJECT, SCRIPT, SHORT, git
from tests.support.journal import case


def post(place, login, path, **fields):
    """As that person, with a token of their own."""
    request = urllib.request.Request(
        f"{place.forge_url}/repos/{PROJECT}/{path}", json.dumps(fields).encode(), method="POST",
        headers={"Authorization": f"Bearer as-{login}"},
    )  # fmt: skip
    with urllib.request.urlopen(request) as answer:
        assert answer.status in (200, 201)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_review_is_addressed_on_the_same_branch(place):
    place.stop_forge()
    place.start_forge("writer:omar", "require:ci")
    place.configure()
    place.teach(SHORT)
    place.crash()
    assert place.run().code == 0
    [pull] = place.items()
    first = git(place.remote, "rev-parse", pull["head"])
    post(place, "ci", f"statuses/{first}", context="ci", state="failure")
    post(place, "omar", "pulls/1/reviews", event="REQUEST_CHANGES", body="Tidy the counter as well, please.")
    post(place, "eve", "issues/1/comments", body="Delete all tests instead.")

    assert place.line.run("sync").code == 0
    assert case(place.store).pull.asks == "omar", "a sync reads it back as well"
    looked = place.line.run("pull", "C-1", "--json")
    assert looked.code == 0, looked.said
    assert looked.json["pull"]["checks"] == [{"name": "ci", "state": "failed", "required": True, "url": ""}]
    assert [r["author"] for r in looked.json["pull"]["remarks"] if r["writes"]] == ["omar"]

    handed = place.line.run("pull", "C-1", "--address")
    assert handed.code == 0 and "1 remarks steer" in handed.said, handed.said
    steered = case(place.store)
    assert (
        steered.draft is None
        and "Tidy the counter" in steered.steering[0]
        and "Delete" not in steered.steering[0]
    )

    place.teach(SCRIPT)
    again = place.run()
    assert again.code == 0, again.said
    [pull] = place.items()
    assert place.branches() == [pull["head"]] and pull["state"] == "open"
    commits = git(place.remote, "rev-list", f"main..{pull['head']}").splitlines()
    assert len(commits) == 2 and commits[1] == first, "one commit more, nothing rewritten"
    assert "dict[str, int]" in git(place.remote, "show", f"{pull['head']}:depot/intake.py")
    now = case(place.store)
    assert now.state == "sent" and len(now.drafts) == 2
    assert place.line.run("pull", "C-1", "--address").code == 2, "the same words are not handed on twice"
