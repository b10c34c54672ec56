"""The digest of a proposal covers all that would be sent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rootcase.core.model.delivery import Proposal, Write, proposal_digest

WRITE = Write("pull_request", "github.com/acme/checkout", "key", "title", "body")
MADE = Proposal("draft_pull_request", "title", "body", "", tree="t1", branch="rootcase/c-1", writes=(WRITE,))


@pytest.mark.parametrize(
    "other",
    [
        replace(MADE, kind="pull_request"), replace(MADE, tree="t2"), replace(MADE, branch="main"),
        replace(MADE, reviewers=("mira",)), replace(MADE, labels=("mira",)), replace(MADE, writes=()),
        replace(MADE, writes=(replace(WRITE, text="other"),)),
        replace(MADE, writes=(replace(WRITE, title="other"),)),
        replace(MADE, writes=(replace(WRITE, target="evil.example"),)),
        replace(MADE, writes=(replace(WRITE, title="titleb", text="ody"),)), replace(MADE, writes=(WRITE, WRITE)),
    ],
)  # fmt: skip
def test_anything_else_that_would_be_sent_has_another_digest(other):
    assert proposal_digest(other) != proposal_digest(MADE)


def test_what_is_not_sent_does_not_change_it():
    assert proposal_digest(
        replace(MADE, digest="x", policy="review-ready", redacted="1 token")
    ) == proposal_digest(MADE)
    assert proposal_digest(
        replace(MADE, writes=(replace(WRITE, key="k2", note="draft"),))
    ) == proposal_digest(MADE)
