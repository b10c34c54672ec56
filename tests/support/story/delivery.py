"""The proposal, what is sent of it, and what became of that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from rootcase.core.journal.fold import fold
from rootcase.core.model.confidence import still_open
from rootcase.core.model.delivery import ConfidenceKind, Proposal, Write, proposal_digest
from rootcase.core.model.entries import (
    Body,
    DraftExplained,
    EffectDone,
    EffectFailed,
    EffectIntended,
    FindingWaived,
    GateDecided,
    Proposed,
    Reviewed,
    RunEnded,
    RunStarted,
)
from rootcase.core.model.verdicts import GateDecision, RuleResult
from tests.support.story.drafts import (
    FINDING,
    decided,
    digest,
    proved_all,
)
from tests.support.story.place import (
    HEAD,
    HUMAN,
    MINUTE,
    SECOND,
    START,
)
from tests.support.story.reasoned import rules
from tests.support.story.triage import Told, entries, mapped

BODY = """## Production signal
4,812 events, 311 users since 02:01 on 3 Nov, release **2.14.0** in prod-eu. `CHECKOUT-8K2`.

## Cause
price_for reads `row["currency"]`. Since a3d90be, load_prices selects only sku and amount. [f1][s1][c1]

## Change
- catalog.py: select the currency too. *t1 is red without it*
- pricing.py: a row without a currency is an unknown item.

```diff
-    rows = rows.values("sku", "amount")
+    rows = rows.values("sku", "amount", "currency")
```

## Ruled out
- stale price cache: it is off in prod-eu since 2.12 [l1]

<details><summary>Ledger</summary>

evidence E4, cost $0.28, trace 5f0c5f0c

</details>
"""


NEEDED: tuple[ConfidenceKind, ...] = ("unit-test", "replayed-event", "rollback-plan")


def pull_request(told: list[Told]) -> Proposal:
    plain = Proposal(
        "draft_pull_request",
        "Load the currency with the price rows",
        BODY,
        "",
        draft=1,
        draft_digest=digest(told),
        tree="c41f77d0" + "0" * 32,
        base_branch="main",
        base_commit=HEAD,
        branch="rootcase/c-412-keyerror-currency",
        writes=(
            Write("push", "github.com/acme/checkout", "k-push", note="rootcase/c-412-keyerror-currency"),
            Write(
                "pull_request",
                "github.com/acme/checkout",
                "k-pr",
                "Load the currency with the price rows",
                BODY,
            ),
            Write(
                "comment",
                "acme.sentry.test CHECKOUT-8K2",
                "k-comment",
                text="PR opened",
                note="one line with the PR's address",
            ),
        ),
        reviewers=("@mira",),
        labels=("bug", "rootcase"),
        policy="review-ready",
        depth_rule="E4 under review-ready, which waits for: replayed event. A draft until then, no reviewers.",
        redacted="2 tokens, 1 mail address",
        level_rule="policy.rules[0] (src/checkout/**)",
        required=NEEDED,
        waits=still_open(fold(entries(told)), NEEDED),
    )
    return replace(plain, digest=proposal_digest(plain))


def proposed() -> list[Told]:
    told = decided()
    told = [
        *told,
        Told(FindingWaived("n1", "404 is right here"), HUMAN),
        Told(RunStarted("r2", "5f0c" * 8, "propose", "box", 78)),
    ]
    told = proved_all(told, ())
    told = [
        *told,
        Told(Reviewed(1, digest(told), 2, (FINDING,), "offer")),
        Told(
            DraftExplained(
                1, "Selects the currency.", (("h1", "select the currency too"),), title="Load the currency"
            )
        ),
    ]
    return [
        *told,
        Told(Proposed(pull_request(told))),
        Told(RunEnded("r2", "waiting", "waits for your word", 0)),
    ]


def ticket() -> list[Told]:
    plain = Proposal(
        "ticket",
        "KeyError 'currency' in price_for: investigation",
        BODY.partition("## Change")[0],
        "",
        writes=(Write("ticket", "github.com/acme/checkout", "k-ticket", "KeyError", BODY),),
        policy="draft-only",
        depth_rule="E2 under draft-only: an investigation ticket",
    )
    decision = GateDecision(
        "after",
        "ticket",
        "the price rows are data, not code",
        "P2",
        rules(RuleResult("data", "ticket", "the column was emptied by a migration", kind="data")),
    )
    return [
        *mapped(),
        Told(GateDecided(decision)),
        Told(Proposed(replace(plain, digest=proposal_digest(plain)))),
    ]


def sending(*, failed: bool = False) -> list[Told]:
    told = proposed()
    proposal = fold(entries(told)).proposal
    assert proposal is not None
    push, request, comment = proposal.writes
    told = [
        *told,
        Told(EffectIntended(push, proposal.digest)),
        Told(EffectDone(push.key, "push", number="c41f77d")),
        Told(EffectIntended(request, proposal.digest)),
    ]
    if failed:
        return [
            *told,
            Told(
                EffectFailed(
                    request.key,
                    "pull_request",
                    "403: the token may not open pull requests.",
                    "Give it pull request write access.",
                )
            ),
        ]
    url = "https://github.com/acme/checkout/pull/1841"
    return [
        *told,
        Told(EffectDone(request.key, "pull_request", url, "#1841")),
        Told(EffectIntended(comment, proposal.digest)),
        Told(EffectDone(comment.key, "comment", "https://acme.sentry.test/issues/8291/")),
    ]


def after(what: Callable[[int], list[Body]]) -> list[Told]:
    """The pull request was sent, and three hours later the rest followed."""
    told = sending()
    merged_us = START + int(sum(item.after_s for item in told) * SECOND) + 180 * MINUTE
    return [*told, *(Told(body) for body in what(merged_us))]
