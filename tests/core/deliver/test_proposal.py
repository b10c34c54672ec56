"""What a pull request and a ticket say, part by part."""

from __future__ import annotations

from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from rootcase.core.deliver.naming import marker
from rootcase.core.deliver.policy import depth
from rootcase.core.deliver.proposal import compose
from rootcase.core.model.delivery import proposal_digest
from rootcase.core.model.entries import Reviewed
from rootcase.core.model.proofs import Finding
from rootcase.core.safety.redact import Redactor
from tests.core.deliver.composing import made
from tests.core.deliver.reading import live_in, visible


@pytest.mark.parametrize(
    ("needed", "edited", "wanted"),
    [
        (True, False, "Names the currency, row by row; a test is red without it"),
        (False, False, "Names the currency, row by row; no test is red without it"),
        (True, True, "Names the currency, row by row; a test is red without it; edited by dana"),
        (None, False, "Names the currency, row by row."),
    ],
)
def test_what_is_said_of_a_hunk_reads_as_one_sentence(kit, place, proved, needed, edited, wanted):
    draft = proved.case.draft
    hunks = tuple(replace(s, edited=edited, by="human:dana") if s.hunk.id == "h1" else s for s in draft.hunks)
    draft = replace(draft, hunks=hunks, sentences=(("h1", "Names the currency, row by row."),))
    known = () if needed is None else (("h1", needed),)
    result = replace(proved.case.proof("suite"), step="necessity", hunks=known)
    case = replace(
        proved.case, drafts=(*proved.case.drafts[:-1], draft), proofs=(*proved.case.proofs, result)
    )
    assert f"- `app/loader.py:2` {wanted}" in made(kit, place, case).body.split("\n")


def test_a_pull_request_carries_every_part(kit, place, proved):
    proposal = made(kit, place, proved.case)
    names = [name for name, _ in proposal.parts]
    assert names == [
        "Production signal", "Cause", "Code path", "Change", "Tests", "Confidence", "Ruled out", "What could be wrong",
        "Roll back", "Production readiness", "Evidence", "Ledger", "How to turn this down",
    ]  # fmt: skip
    for words in (
        "4,812 events, 311 users since 02:01 UTC on 3 Nov 2025", "`2.14.0`", "[CHECKOUT-8K2](https://acme.sentry.io/",
        "load returns a row without a currency. [s2] [c1]", "`app/pricing.py:6` [f1] [s1]", "select the currency too",
        "the failure is the production error [t1]", "The price cache is stale [s1]: it is off in prod-eu",
        "Assumed: No other caller", "`2.13.4` (`e02b917000`)", "**E4** of E5", f"trace `{'5f' * 16}`", "cost $0.00",
        "Should run: `pytest -q test_currency.py::test_currency`", f"journal `{proved.case.head_hash[:16]}`",
        "never merges, never pushes to a default branch", place.tree[:12],
        "Policy **draft-only** (set by policy.level)",
        "last seen 05:01 UTC on 3 Nov 2025", "Blast radius: 84% on 2.14.0, production",
        "- Shown, not asked for: unit test, migration check, rollback plan",
        "- Not shown, not asked for: replayed event",
        "- Failure handling: evidence, review found no swallowed", "- Observability: evidence, no log or metric line",
        "- Data: evidence, none of 1 changed files", "- Compliance: not checked, the gate has not looked at that",
    ):  # fmt: skip
        assert words in proposal.body, words
    assert proposal.body.rstrip().endswith(marker(proved.case))
    assert proposal.digest == proposal_digest(proposal)
    assert live_in(proposal.body) == []
    assert len(visible(proposal.body)) <= 60


def test_a_ticket_says_what_is_known_missing_and_next(kit, place):
    journal = kit.Journal()
    journal.add(*kit.opening(place.base))
    proposal = made(kit, place, journal.case)
    assert proposal.kind == "ticket" and "E2 under draft-only: investigation ticket" in proposal.depth_rule
    assert proposal.title == "Investigate KeyError 'currency' in price_for"
    for words in (
        "### Missing",
        "E3 reproduced",
        "### Next",
        "### Owners",
        "`@mira`",
        "### Stop the bleeding",
        "Ruled out",
    ):
        assert words in proposal.body, words
    assert live_in(proposal.body) == [] and len(visible(proposal.body)) <= 60


def test_a_case_with_hundreds_of_everything_still_fits_one_reading(kit, place, proved):
    case = proved.case
    many = replace(
        case, claims=case.claims * 100, evidence=case.evidence * 100, signals=case.signals * 50,
        findings=tuple(Finding(f"r{i}", "c", "warn", "h1", "x" * 300) for i in range(100)),
        code=replace(case.code, frames=case.code.frames * 60),
    )  # fmt: skip
    proposal = made(kit, place, many)
    assert len(visible(proposal.body)) <= 60 and len(proposal.body) < 65_536


def test_secrets_leave_with_no_write_and_what_was_taken_is_said(kit, place, proved):
    case = proved.case
    secret = "s3cr3t-value-of-this-machine"
    case = replace(
        case, claims=(replace(case.claims[0], text=f"the token {secret} is sent"), *case.claims[1:])
    )
    proposal = made(kit, place, case, redactor=Redactor([secret]))
    assert secret not in proposal.body and all(secret not in w.text for w in proposal.writes)
    assert proposal.redacted == "1 secret of this machine"


def test_code_is_linked_at_the_release_and_at_head_whatever_a_path_holds(kit, place, proved):
    case = proved.case
    path = case.code
    odd = replace(path.frames[0], path="app/a) [b](c#d/é.py", head_path="app/pricing.py", head_line=9)
    case = replace(case, code=replace(path, head_commit="c" * 40, frames=(odd,)))
    settings = kit.settings_for("")
    github = kit.where(settings, place)
    gitlab = replace(
        github, forge="gitlab", api="https://git.acme.dev/tools/api/v4", hosts=frozenset({"git.acme.dev"})
    )

    def linked(where):
        how = depth(case, settings, settings.repositories[0])
        parts = dict(compose(case, settings, settings.repositories[0], where, how).parts)
        tokens = MarkdownIt("commonmark").parse(parts["Code path"])
        return [str(c.attrs["href"]) for t in tokens for c in t.children or () if c.type == "link_open"]

    assert linked(github) == [
        f"https://github.com/acme/checkout/blob/{place.base}/app/a%29%20%5Bb%5D%28c%23d/%C3%A9.py#L6",
        f"https://github.com/acme/checkout/blob/{'c' * 40}/app/pricing.py#L9",
    ]
    name = "git.acme.dev/tools/acme/checkout"
    assert linked(gitlab)[1] == f"https://{name}/-/blob/{'c' * 40}/app/pricing.py#L9"
    assert linked(replace(github, api="http://127.0.0.1:1")) == []


def test_a_case_that_came_from_a_diagnosis_links_to_it(kit, place, proved):
    from rootcase.core.model.evidence import Citation, Claim, Evidence

    said = Evidence(
        "l9", "log", "Seer says", "the loader", url="https://acme.sentry.io/issues/1/?seerDrawer=true"
    )
    foreign = replace(said, id="l8", url="https://evil.example/x")
    claims = tuple(
        Claim(f"x{n}", "the loader", "assumed", (Citation(item.id),), "cause", "", "diagnosis")
        for n, item in enumerate((said, foreign))
    )
    case = replace(
        proved.case, evidence=(*proved.case.evidence, said, foreign), claims=(*proved.case.claims, *claims)
    )
    cause = dict(made(kit, place, case).parts)["Cause"]
    assert (
        "From a diagnosis, assumed here: Seer says, [the diagnosis](https://acme.sentry.io/issues/1/" in cause
    )
    assert "evil.example" not in cause and live_in(cause) == []


def test_a_check_list_says_what_was_seen_and_ticks_nothing_by_itself(kit, place, proved):
    digest = proved.case.draft.digest
    case = proved.add(
        Reviewed(1, digest, 2, (Finding("r1", "swallows the error", "warn", "h1", "it hides @dana"),), "hold")
    )
    hunks = tuple(
        replace(s, hunk=replace(s.hunk, path="db/migrate/7.py", old=("    logger.info('x')\n",)))
        if not s.hunk.test
        else s
        for s in case.draft.hunks
    )
    case = replace(case, drafts=(replace(case.draft, hunks=hunks),))
    rows = dict(made(kit, place, case).parts)["Production readiness"].split("\n")
    assert [row.split(",")[0] for row in rows] == [
        "- Failure handling: not checked", "- Observability: not checked", "- Data: not checked",
        "- Compliance: not checked",
    ]  # fmt: skip
    assert "`@dana`" in rows[0] and "db/migrate/7.py changes a line that logs" in rows[1]
    assert "[x]" not in "".join(rows)
