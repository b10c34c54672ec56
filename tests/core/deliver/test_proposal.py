"""What a pull request and a ticket say, and that nothing from outside is live in them."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rootcase.core.config.settings import PolicySettings
from rootcase.core.deliver import markdown
from rootcase.core.deliver.naming import marker
from rootcase.core.deliver.policy import approvable, depth
from rootcase.core.deliver.proposal import compose, propose
from rootcase.core.model.delivery import proposal_digest
from rootcase.core.model.entries import (
    Commented,
    FindingWaived,
    HunkDecided,
    Judged,
    Reviewed,
    VerdictOverridden,
)
from rootcase.core.model.proofs import Finding
from rootcase.core.safety import inert
from rootcase.core.safety.redact import Redactor

HOSTS = frozenset({"acme.sentry.io", "localhost"})
HOSTILE = (
    "![x](https://evil.example/p.png)",
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "@acme/admins look",
    "fixes #12",
    "Closes acme/checkout#3",
    "resolves https://github.com/acme/checkout/issues/4",
    "[click](https://evil.example)",
    "[x]: https://evil.example\n[x]",
    "www.evil.example",
    "```\n\n# Heading\n@dana\n```",
    "~~~\n</details>\n",
    "</details><b>x</b>",
    "`` ` @dana ` ``",
    "/close",
    "/label ~bug",
    "javascript:alert(1)",
    "<https://evil.example>",
    "mail root@evil.example",
    "\x1b]8;;https://evil.example\x07x",
    "a\u202eb @dana",
    "| a | b |\n|--|--|\n| @dana |",
    "<!-- x -->",
    "GH-12",
    "&lt;b&gt; &#64;dana",
    "1. one\n2. two",
    "- [ ] task",
    "$@dana$",
    "\\@dana \\#12",
    "**fixes** #12",
    "fixes: #12",
    "x`@dana",
    "`@dana",
    "##",
    "***",
    "\ud800",
)
KEPT = frozenset(
    """key id kind status state role decision verdict digest step outcome origin base_commit hash evidence hunk
    change source tree phase repository path draft_digest review_digest review_verdict cites hunks proofs
    test_digests release_commit span priority asked severity verdict_by""".split()  # noqa: SIM905
)
LIVE_TEXT = re.compile(r"@[\w-]|#\d|GH-\d|://|\bwww\.|javascript:", re.I)


def live_in(text: str) -> list[str]:
    """Everything in the Markdown that a forge would act on, beyond our own folding."""
    ours = re.compile(r"^</?details>(?:<summary>[\w ,.]+</summary>)?$")
    found: list[str] = []
    for token in MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text):
        if token.type == "html_block":
            found += [line for line in token.content.strip().split("\n") if not ours.match(line)]
        if token.type in ("table_open", "hr"):
            found.append(token.type)
        inside_link = False
        for child in token.children or ():
            if child.type in ("image", "html_inline"):
                found.append(child.type)
            elif child.type == "link_open":
                inside_link = True
                address = str(child.attrs["href"])
                found += [] if any(address.startswith(f"https://{h}/") for h in HOSTS) else [address]
            elif child.type == "link_close":
                inside_link = False
            elif child.type == "text" and not inside_link and child.content.strip() != "Refs #1":
                found += LIVE_TEXT.findall(child.content)
                found += [child.content] if child.content.startswith("/") else []
    return found


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_from_outside_is_live_in_a_line_or_a_block(text: str) -> None:
    assert live_in(markdown.inline(text)) == []
    assert live_in(f"- {markdown.inline(text)} and\n") == []
    assert live_in(markdown.block(text)) == []
    assert live_in(markdown.code(text)) == []
    assert live_in(markdown.link(text, "https://evil.example/", HOSTS)) == []


@given(st.text(alphabet=st.sampled_from("`@#[]()<>!\\/:~*_ \n-ax1&."), max_size=40))
def test_no_mixture_of_signs_gets_out(text: str) -> None:
    assert live_in(f"before {markdown.inline(text)}\n\n{markdown.block(text)}\n\nafter\n") == []
    parsed = MarkdownIt("commonmark").parse(f"{markdown.block(text)}\n")
    assert [t.type for t in parsed] == ["fence"]


@given(st.text(max_size=60))
def test_a_line_shows_exactly_its_words(text: str) -> None:
    from rootcase.core.safety.text import clean_line

    tokens = MarkdownIt("commonmark").parseInline(f"x {markdown.inline(text)}")[0].children or []
    shown = "".join(t.content for t in tokens)
    assert shown.split() == f"x {clean_line(text)}".split()


@pytest.mark.parametrize("text", HOSTILE)
def test_a_title_or_commit_message_calls_and_closes_nothing(text: str) -> None:
    line = inert.plain(text)
    assert "\n" not in line
    assert not re.search(r"#\d|GH-\d|@[\w-]|://|www\.|[\x00-\x1f\u202a-\u202e]", line, re.I), line


def made(kit: Any, place: Any, case: Any, *, policy: PolicySettings | None = None, **more: Any) -> Any:
    settings = kit.settings_for("http://127.0.0.1:1", policy=policy)
    repository = settings.repositories[0]
    return compose(
        case, settings, repository, kit.where(settings, place), depth(case, settings, repository), **more
    )


def visible(body: str) -> list[str]:
    """The lines that a reader sees before anything is unfolded, as a Markdown parser tells them."""
    shown: list[str] = []
    folds = 0
    for token in MarkdownIt("commonmark", {"html": True}).parse(body):
        if token.type == "html_block":
            shown += re.findall(r"<summary>([^<]*)</summary>", token.content) if not folds else []
            folds += token.content.count("<details>") - token.content.count("</details>")
        elif not folds and token.type in ("inline", "fence", "code_block"):
            shown += [line for line in token.content.split("\n") if line.strip()]
    assert folds == 0
    return shown


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


def poisoned(value: Any, text: str) -> Any:
    """The value with hostile text in every string of a record, but for ids and what a program chose."""
    if isinstance(value, str):
        return f"{value} {text}" if value else ""
    if isinstance(value, tuple):
        return tuple(poisoned(v, text) for v in value)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            f.name: poisoned(getattr(value, f.name), text) for f in fields(value) if f.name not in KEPT
        }
        return replace(value, **changed)
    return value


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_in_every_field_is_shown_and_not_live(kit, place, proved, text):
    case = proved.add(
        Reviewed(1, proved.case.draft.digest, 2, (Finding("r1", "c", "warn", "h1", text),), "hold")
    )
    case = replace(
        poisoned(case, text), proofs=tuple(replace(p, summary=text, flaky=(text,)) for p in case.proofs)
    )
    proposal = made(kit, place, case)
    assert proposal.kind == "draft_pull_request"
    assert live_in(proposal.body) == []
    assert marker(case) in proposal.body
    for write in proposal.writes:
        assert "\x1b" not in write.text and "\u202e" not in write.text
    message = proposal.writes[0].text
    assert not re.search(r"(?i)(?:fix|close|resolve)\w*:? +\S*#\d|@[\w-]|://", message), message


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


def test_a_link_to_a_host_that_is_not_configured_is_text(kit, place, proved):
    case = proved.case
    case = replace(case, signals=(replace(case.signals[0], url="https://evil.example/issues/1"),))
    assert "evil.example" not in made(kit, place, case).body


@pytest.mark.parametrize(
    ("level", "policy", "kind", "reviewers"),
    [
        ("E3", "draft-only", "ticket", False), ("E3", "review-ready", "ticket", False),
        ("E4", "draft-only", "draft_pull_request", False), ("E4", "review-ready", "pull_request", True),
        ("E5", "draft-only", "draft_pull_request", False), ("E5", "auto-merge", "pull_request", True),
    ],
)  # fmt: skip
def test_policy_and_evidence_decide_how_far_it_goes(kit, place, level, policy, kind, reviewers):
    journal = kit.Journal()
    case = journal.add(*kit.opening(place.base), *kit.drafted(place, level=level))
    proposal = made(kit, place, case, policy=PolicySettings(level=policy))
    assert (proposal.kind, bool(proposal.reviewers)) == (kind, reviewers)
    assert proposal.depth_rule.startswith(level)


def test_a_human_may_open_an_unproved_draft_with_a_typed_reason(kit, place):
    journal = kit.Journal()
    journal.add(*kit.opening(place.base), *kit.drafted(place, level="E3"))
    case = journal.add(Commented("we need eyes on it tonight", "unproved"), actor="human:dana")
    proposal = made(kit, place, case, tree=place.tree)
    assert proposal.kind == "draft_pull_request" and proposal.title.startswith("Unproved: ")
    assert "**Not proved.** Opened by hand: we need eyes on it tonight" in proposal.body


def test_a_refused_draft_becomes_a_ticket_until_its_finding_is_waived(kit, place, proved):
    digest = proved.case.draft.digest
    case = proved.add(Reviewed(1, digest, 2, (Finding("r1", "c", "block", "h1", "x"),), "refuse"))
    assert made(kit, place, case).kind == "ticket"
    case = proved.add(FindingWaived("r1", "it is right here"), actor="human:dana")
    assert made(kit, place, case).kind == "draft_pull_request"
    assert "waived: it is right here" in made(kit, place, case).body


def test_the_switch_and_the_gates_no_leave_nothing_to_send(kit, place, proved):
    stopped = made(kit, place, proved.case, policy=PolicySettings(stop=True))
    assert (stopped.kind, stopped.writes) == ("none", ())
    case = proved.add(VerdictOverridden("ticket", "not a code thing"), actor="human:dana")
    assert made(kit, place, case).kind == "ticket"


def test_an_approve_list_covers_all_writes_or_none(kit, place, proved):
    proposal = made(kit, place, proved.case, write_back=["sentry"])
    case = replace(proved.case, proposal=proposal)
    assert approvable(case, PolicySettings(approve=("draft_pr",))) == ""
    assert approvable(case, PolicySettings(approve=("draft_pr", "comment"))) != ""
    assert approvable(case, PolicySettings()) == ""
    assert approvable(case, PolicySettings(approve=("pr", "comment"), stop=True)) == ""


def test_what_the_judge_refuses_waits_for_a_human_and_the_difference_is_in_the_text(kit, place, proved):
    digest = proved.case.draft.digest
    case = proved.add(
        Judged(1, digest, "refuse", (Finding("j1", "judge", "block", "h1", "hides it"),), "no cause")
    )
    case = replace(case, proposal=made(kit, place, case, write_back=["sentry"]))
    assert approvable(case, PolicySettings(approve=("draft_pr", "comment"))) == ""
    assert case.proposal.kind == "draft_pull_request" and "the judge says refuse" in case.proposal.body
    edited = proved.add(HunkDecided(1, ("h1",), "rejected"), actor="human:dana")
    assert edited.disagreement == ""


@pytest.mark.parametrize(
    ("attended", "approve", "kinds"),
    [
        (True, ("draft_pr",), ["push", "pull_request", "comment"]),
        (False, ("draft_pr",), ["push", "pull_request"]),
        (False, ("draft_pr", "comment"), ["push", "pull_request", "comment"]),
    ],
)
async def test_with_nobody_there_a_comment_is_only_proposed_where_it_may_be_sent(
    kit, place, proved, attended, approve, kinds
):
    settings = kit.settings_for("http://127.0.0.1:1", policy=PolicySettings(approve=approve))
    stage = propose(
        proved.case, settings, settings.repositories[0], kit.where(settings, place), write_back=["sentry"],
        attended=attended,
    )  # fmt: skip
    proposal = kit.only([b.proposal async for b in stage])
    assert [w.kind for w in proposal.writes] == kinds
    case = replace(proved.case, proposal=proposal)
    assert bool(approvable(case, settings.policy)) is (not attended)


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
