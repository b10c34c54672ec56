"""What the Proposal's panes say at each step of its story: the text, each write, and why it cannot be sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from rootcase.core.model.case import Case
from rootcase.tui.render import checks, proposal_sending, proposal_text
from tests.tui.cases.reading import said

At = Callable[[str], Case]
ME = "human:dana"


class TestProposal:
    def test_each_write_is_shown_in_order_with_what_it_says(self, case_at: At) -> None:
        told = said(proposal_sending.sending(case_at("proposed"), 70, me=ME))
        assert told.index("1 git push") < told.index("2 pull request") < told.index("3 comment")
        for part in (
            "redacted: 2 tokens",
            "review-ready at E5",
            "set by policy.rules[0] (src/checkout/**)",
            "× replayed event needed: the reproduction names no event",
            "@mira CODEOWNERS",
            "you rejected hunk 3",
            "never pushes to main",
        ):
            assert part in told

    def test_the_bar_names_writes_hosts_and_tree_and_says_which_key_sends(self, case_at: At) -> None:
        told = said(proposal_sending.confirm_lines(case_at("proposed"), 118))
        assert told.startswith("Send these 3 writes to github.com/acme/checkout and acme.sentry.test?")
        assert "tree c41f 77d0" in told and "s opened this bar; only y sends" in told

    def test_what_was_sent_shows_its_address(self, case_at: At) -> None:
        assert "https://github.com/acme/checkout/pull/1841 sent, #1841" in said(
            proposal_sending.sending(case_at("sent"), 80)
        )

    def test_a_failed_write_says_why_and_that_the_rest_stands(self, case_at: At) -> None:
        told = said(proposal_sending.sending(case_at("send failed"), 80))
        assert "× pull request to github.com/acme/checkout failed" in told
        assert "the token may not open pull requests" in told and "1 of 3 writes are done and stay" in told

    def test_a_ticket_has_no_reviewers_and_no_branch(self, case_at: At) -> None:
        told = said(
            (
                *proposal_text.proposal_text(case_at("ticket"), 70),
                *proposal_sending.sending(case_at("ticket"), 70),
            )
        )
        assert (
            "an issue at github.com/acme/checkout" in told
            and "Reviewers" not in told
            and "Production signal" in told
        )

    @pytest.mark.parametrize(
        ("step", "why"),
        [
            ("proposed", ""),
            ("ticket", ""),
            ("sent", "it is sent already"),
            ("send failed", ""),
            ("decided", "needs a proposal: t goes on from the draft"),
            (
                "ignored",
                "needs a proposal: the gate says ignore, "
                "upstream outage: api.payfast.example answers 503 on every call",
            ),
        ],
    )
    def test_a_send_that_cannot_be_says_why(self, case_at: At, step: str, why: str) -> None:
        assert checks.why_not_send(case_at(step)) == why

    def test_a_pull_request_below_e4_is_not_sent(self, case_at: At) -> None:
        case = case_at("proposed")
        case = replace(case, proofs=tuple(p for p in case.proofs if p.step not in ("suite", "revert")))
        assert checks.why_not_send(case).startswith("needs E4: ")
