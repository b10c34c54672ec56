"""One case told as real journal entries, step by step; a test folds as much of it as it needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rootcase.core.journal.fold import fold
from rootcase.core.model.code import (
    Candidate,
    CodePath,
    Commit,
    MappedFrame,
    Owner,
    Rollback,
    Suspect,
)
from rootcase.core.model.confidence import still_open
from rootcase.core.model.delivery import ConfidenceKind, Proposal, Write, proposal_digest
from rootcase.core.model.drafts import Hunk
from rootcase.core.model.entries import (
    Body,
    CaseOpened,
    ClaimMade,
    CodeMapped,
    Commented,
    DraftChosen,
    DraftExplained,
    DraftStarted,
    DraftWritten,
    EffectDone,
    EffectFailed,
    EffectIntended,
    Entry,
    EvidenceRecorded,
    FindingWaived,
    GateDecided,
    HunkDecided,
    HunkEdited,
    ModelCalled,
    NoteWritten,
    PhaseEnded,
    PhaseStarted,
    PlanMade,
    ProofStarted,
    Proposed,
    Proved,
    Reviewed,
    RunEnded,
    RunStarted,
    SignalSeen,
    Steered,
    ToolCalled,
    kind_of,
)
from rootcase.core.model.events import Breadcrumb, Event, ExceptionInfo, Frame
from rootcase.core.model.evidence import Citation, Claim, Evidence, NoteLine
from rootcase.core.model.fingerprints import Fingerprint, Reason
from rootcase.core.model.proofs import Finding, ProofResult
from rootcase.core.model.signals import Deploy, Signal
from rootcase.core.model.verdicts import GateDecision, RuleResult
from tests.support import afterwards

SECOND = 1_000_000
MINUTE = 60 * SECOND
# 3 November 2026, 02:01 UTC
START = 1_793_671_260 * SECOND
RELEASE, HEAD = "7c1e2aa" + "0" * 33, "b81f0d3" + "0" * 33
HUMAN = "human:dana"

PRICING = '''"""Prices of items and carts."""

from decimal import Decimal

from .catalog import Catalog
from .money import Money


class UnknownSku(LookupError):
    """The catalogue has no such item."""


def price_for(sku: str, rows, region) -> Money:
    """The price of one item, in its currency."""
    row = rows.get(sku)
    if row is None:
        raise UnknownSku(sku)

    amount = Decimal(row["amount"])
    if region.tax_included and not region.hides_tax:
        amount = region.without_tax(amount)
    return Money(amount, row["currency"])


def prices_for(cart, region):
    """Price all items of a cart with one query."""
    rows = catalog.load_prices(cart.skus)
    out = {}
    for it in cart.items:
        # one price an item; bundles are split before
        out[it.sku] = price_for(it.sku, rows, region)
    return out
'''.splitlines()
FAIL = PRICING.index('    return Money(amount, row["currency"])') + 1
CATALOG = '''"""Price rows of the catalogue."""


def load_prices(skus):
    rows = PriceRow.objects.filter(sku__in=skus)
    rows = rows.values("sku", "amount")
    return {r["sku"]: r for r in rows}
'''.splitlines()


def commit(sha: str, author: str, days: float, subject: str, *files: str) -> Commit:
    return Commit(
        sha + "0" * 33, author, f"{author}@acme.test", START - int(days * 86_400 * SECOND), subject, files
    )


BULK = commit("a3d90be", "jonas", 2, "Load price rows in bulk", "src/checkout/catalog.py")
TAX = commit("77b0c1e", "mira", 9, "Regions may hide tax", "src/checkout/pricing.py")
BUMP = commit("19fd3aa", "omar", 3, "Bump django 5.1.2", "requirements.txt")
RENAME = commit("4fe21c0", "omar", 0.5, "a rename")


def frame(function: str, filename: str, line: int, **more: object) -> Frame:
    return Frame(
        function, filename.removesuffix(".py").replace("/", "."), filename, "/srv/" + filename, line, **more
    )  # type: ignore[arg-type]


EVENT = Event(
    "e7d1",
    "python",
    START + 14 * MINUTE,
    message="",
    transaction="POST /checkout/quote",
    release="2.14.0",
    environment="prod-eu",
    user="u_81",
    exceptions=(
        ExceptionInfo(
            "KeyError",
            "'currency'",
            frames=(
                *(
                    Frame(f"run_{n}", "uvicorn.server", "uvicorn/server.py", line=n, in_app=False)
                    for n in range(6)
                ),
                *(
                    Frame(f"app_{n}", "starlette.routing", "starlette/routing.py", line=n, in_app=False)
                    for n in range(5)
                ),
                frame("quote", "src/checkout/api/quote.py", 41),
                frame("cart_total", "src/checkout/cart/totals.py", 117),
                frame("prices_for", "src/checkout/pricing.py", FAIL + 9),
                frame(
                    "price_for",
                    "src/checkout/pricing.py",
                    FAIL,
                    variables=(
                        ("sku", "'A-1'"),
                        ("row", "{'sku': 'A-1', 'amount': '9.90'}"),
                        ("region", "Region('SE', tax_included=True)"),
                    ),
                ),
            ),
        ),
    ),
    breadcrumbs=(Breadcrumb("02:15:06", "query", "info", "loaded 3 price rows in 1 query"),),
)

SIGNAL = Signal(
    "sentry",
    "8291",
    "CHECKOUT-8K2",
    "KeyError: 'currency'",
    "https://acme.sentry.test/issues/8291/",
    "checkout",
    "checkout-api",
    events=4790,
    users=311,
    first_seen_us=START,
    last_seen_us=START + 14 * MINUTE,
    first_release="2.14.0",
    last_release="2.14.0",
    environment="prod-eu",
    trend=(*([0] * 18), 20, 180, 260, 402, 390, 350),
    bucket_s=300,
    deploys=(
        Deploy("2.14.0", "canary", START - 32 * MINUTE),
        Deploy("2.14.0", "prod-eu", START - 3 * MINUTE),
    ),
)
SECOND_SIGNAL = Signal("datadog", "et-77120", "et-77120", "KeyError", project="checkout", events=22, users=4)

FINGERPRINT = Fingerprint(
    1,
    "9f" * 16,
    "exception",
    "KeyError",
    "pricing.price_for",
    parts=("KeyError", "pricing.price_for"),
    reasons=(
        Reason("same innermost frame: pricing.price_for"),
        Reason("same error and key, KeyError 'currency'"),
        Reason("C-398 stays apart: other key, other frame", joins=False),
    ),
)

EVIDENCE = (
    Evidence("e1", "event", "14 min of events, 50 samples", "all at price_for"),
    Evidence(
        "f1",
        "frame",
        f"pricing.py:{FAIL} price_for",
        path="src/checkout/pricing.py",
        line=FAIL,
        commit=RELEASE,
    ),
    Evidence(
        "s1",
        "code",
        'row["currency"] at 7c1e2aa',
        '    return Money(amount, row["currency"])',
        "src/checkout/pricing.py",
        FAIL - 4,
        FAIL,
        RELEASE,
    ),
    Evidence("c1", "commit", "a3d90be drops the column", commit=BULK.sha),
    Evidence("l1", "log", "price cache is off in prod-eu", "cache=off region=prod-eu"),
    Evidence("d1", "deploy", "2.14.0 reached prod-eu", at_us=START - 3 * MINUTE),
)

CLAIMS = (
    Claim(
        "k1",
        "Price rows have held no 'currency' since a3d90be: load_prices now selects sku and amount only, and "
        "price_for still reads the key.",
        "supported",
        (Citation("f1", "", True), Citation("s1", 'row["currency"]', True), Citation("c1", "", True)),
        "cause",
    ),
    Claim(
        "k2",
        "All 50 samples fail at price_for, on the same key.",
        "supported",
        (Citation("f1", "", True), Citation("e1", "", True)),
        "scope",
    ),
    Claim(
        "k3",
        "A stale price cache serves old rows. The cache is off in prod-eu since 2.12.",
        "refuted",
        (Citation("l1", "cache=off", True),),
        "cause",
    ),
    Claim("k4", "Only quotes with two regions are hit. No event says so.", "assumed", (), "scope"),
)

PATH = CodePath(
    "checkout",
    "2.14.0",
    RELEASE,
    "tag v2.14.0",
    HEAD,
    "main",
    frames=(
        MappedFrame(11, "quote", "api.quote.quote", "src/checkout/api/quote.py", 41, "confirmed"),
        MappedFrame(
            12, "cart_total", "cart.totals.cart_total", "src/checkout/cart/totals.py", 117, "probable"
        ),
        MappedFrame(13, "prices_for", "pricing.prices_for", "src/checkout/pricing.py", FAIL + 9, "guessed"),
        MappedFrame(
            14,
            "price_for",
            "pricing.price_for",
            "src/checkout/pricing.py",
            FAIL,
            "confirmed",
            text='    return Money(amount, row["currency"])',
            head_path="src/checkout/pricing.py",
            head_line=FAIL + 5,
            head_status="changed",
            head_commit=RENAME,
            evidence="f1",
            span="s1",
        ),
    ),
    suspects=(
        Suspect(BULK, 0.9, ("touches load_prices",), True, "c1"),
        Suspect(TAX, 0.4, ("touches price_for",), True, "c2"),
        Suspect(BUMP, 0.12, ("changes requirements.txt, a dependency file",), True, "c3", "dependency"),
    ),
    owners=(
        Owner("@mira", ("CODEOWNERS of src/checkout/",), True),
        Owner("jonas", ("last to touch load_prices",)),
    ),
    candidates=(
        Candidate(
            "src/checkout/catalog.py",
            "catalog.load_prices",
            4,
            0.8,
            ("line 22 depends on it", "changed in 2.14.0"),
        ),
        Candidate("src/checkout/pricing.py", "pricing.prices_for", FAIL + 3, 0.5, ("caller",)),
        Candidate("src/checkout/models.py", "models.PriceRow.as_row", 12, 0.3, ("no longer called",)),
    ),
    rollback=Rollback("2.13.4", "e02b917" + "0" * 33, "6 days", "d1", "no migration between the two"),
    missing=("no event carries the whole cart",),
)

NOTE = (
    NoteLine("what", 'price_for reads row["currency"]; rows lack it', ("f1", "s1")),
    NoteLine("since", "02:01, 3 minutes after 2.14.0 reached prod-eu", ("d1", "e1")),
    NoteLine("who", "311 users, 4,812 events, all quotes with items", ("e1",)),
    NoteLine("changed", 'a3d90be by jonas, "Load price rows in bulk"', ("c1",)),
    NoteLine("stop it", "roll back to 2.13.4, good for 6 days", ("d1",)),
    NoteLine("missing", "not reproduced yet"),
)


def rules(*decisive: RuleResult) -> tuple[RuleResult, ...]:
    return (
        RuleResult("owned", None, "nobody has it: no assignee, ticket or PR"),
        RuleResult("fixed on HEAD", None, "still broken on HEAD b81f0d3", cites=("s1",)),
        *decisive,
    )


FIX = GateDecision("after", "fix", "nobody has it yet", "P1", rules())
IGNORE = GateDecision(
    "before",
    "ignore",
    "upstream outage: api.payfast.example answers 503 on every call",
    "P3",
    rules(
        RuleResult(
            "upstream",
            "ignore",
            "7 call sites fail against api.payfast.example within 2 minutes",
            "The fault is not in this code; it ends when the service answers again.",
            ("e1",),
            kind="outage",
        )
    ),
)
WAIT = GateDecision("before", "wait", "lena has it, PAY-123", "P2", rules(), waits_for="lena")

HUNKS = (
    Hunk(
        "h1",
        "src/checkout/catalog.py",
        6,
        ('    rows = rows.values("sku", "amount")\n',),
        ('    rows = rows.values("sku", "amount", "currency")\n',),
        before=(CATALOG[4] + "\n",),
        after=(CATALOG[6] + "\n",),
    ),
    Hunk(
        "h2",
        "src/checkout/pricing.py",
        FAIL - 6,
        ("    if row is None:\n",),
        ('    if row is None or "amount" not in row:\n',),
        before=("    row = rows.get(sku)\n",),
        after=("        raise UnknownSku(sku)\n",),
    ),
    Hunk(
        "h3",
        "src/checkout/pricing.py",
        FAIL,
        ('    return Money(amount, row["currency"])\n',),
        ('    return Money(amount, row.get("currency", "EUR"))\n',),
    ),
    Hunk(
        "h4",
        "tests/test_pricing.py",
        1,
        (),
        (
            "def test_a_quote_keeps_the_currency_of_each_item(db):\n",
            '    PriceRow.objects.create(sku="A-1", currency="SEK")\n',
            '    rows = catalog.load_prices(["A-1"])\n',
            '    assert price_for("A-1", rows, SWEDEN).currency == "SEK"\n',
        ),
        "create",
        test=True,
    ),
)
EDITED = ('    if row is None or "currency" not in row:\n',)


@dataclass(frozen=True)
class Told:
    """Something that was appended. after_s: seconds since the entry before."""

    body: Body
    actor: str = "rootcase"
    after_s: float = 1.0


def opened() -> list[Told]:
    return [
        Told(
            CaseOpened("C-412", "KeyError 'currency' in price_for", "checkout-api", FINGERPRINT, "checkout")
        ),
        Told(SignalSeen(SIGNAL)),
        Told(SignalSeen(SECOND_SIGNAL, "same fingerprint")),
        Told(EvidenceRecorded(EVIDENCE)),
    ]


def fresh() -> list[Told]:
    """Gated, nothing mapped yet."""
    return [*opened(), Told(GateDecided(replace(FIX, asked="before")))]


def ignored() -> list[Told]:
    return [*opened(), Told(GateDecided(IGNORE))]


def mapped() -> list[Told]:
    return [*fresh(), Told(CodeMapped(PATH)), Told(NoteWritten(NOTE)), Told(GateDecided(FIX))]


def tool(
    phase: str, name: str, arguments: str, result: str, *, ok: bool = True, seconds: float = 1.5
) -> Told:
    return Told(ToolCalled(phase, f"{name}1", name, arguments, ok, result, seconds))  # type: ignore[arg-type]


def claimed() -> list[Told]:
    """A run has investigated."""
    return [
        *mapped(),
        Told(RunStarted("r1", "5f0c" * 8, "propose", "box", 77, "bubblewrap, no network"), after_s=60),
        Told(PhaseStarted("investigate", model="anthropic/claude-sonnet-4-5")),
        tool("investigate", "read", '{"path": "src/checkout/pricing.py"}', "\n".join(PRICING)),
        tool("investigate", "search", '{"text": "currency"}', "src/checkout/pricing.py:22"),
        tool("investigate", "blame", '{"path": "nope.py"}', "no such file", ok=False),
        Told(ModelCalled("investigate", "fast", "m", "v1", 9000, 700, 0.14, 21.0)),
        *(Told(ClaimMade(claim), after_s=20) for claim in CLAIMS),
        Told(PhaseEnded("investigate", True, "")),
    ]


def drafting() -> list[Told]:
    """Draft 1 is written and being proved."""
    return [
        *claimed(),
        Told(Commented("I turned that cache off myself. Look at the loader.", "k3"), "human:jonas", 5),
        Told(PhaseStarted("plan", model="m")),
        Told(ModelCalled("plan", "strong", "m", "v2", 4000, 300, 0.03)),
        Told(
            PlanMade(
                "Select the currency with the price rows.",
                ("src/checkout/catalog.py", "src/checkout/pricing.py"),
                "tests/test_pricing.py",
                "load_prices drops the column",
                "One more column per row.",
                "Revert this commit.",
            )
        ),
        Told(PhaseEnded("plan", True, "may change catalog.py, pricing.py and one test"), after_s=38),
        Told(PhaseStarted("reproduce", 1)),
        tool("reproduce", "edit", "{}", "written"),
        Told(DraftStarted(1, HEAD)),
        Told(PhaseEnded("reproduce", True, "red, with the production fingerprint"), after_s=90),
        Told(PhaseStarted("patch", 1)),
        tool("patch", "edit", "{}", "applied", seconds=9),
        Told(Steered("not the cache, see load_prices"), HUMAN),
        Told(ModelCalled("patch", "strong", "m", "v3", 8000, 900, 0.11)),
        Told(
            DraftWritten(1, HUNKS, ("tests/test_pricing.py::test_a_quote_keeps_the_currency_of_each_item",)),
            after_s=70,
        ),
        Told(PhaseEnded("patch", True, "3 hunks in 2 files")),
        Told(PhaseStarted("prove", 1)),
    ]


def digest(told: Sequence[Told]) -> str:
    draft = fold(entries(told)).draft
    assert draft is not None
    return draft.digest


def proof(step: str, at: str, summary: str, **more: object) -> list[Told]:
    result = ProofResult(step, 1, at, "c41f77d0" + "0" * 32, "ok", summary, seconds=1.2)  # type: ignore[arg-type]
    return [Told(ProofStarted(step, 1, at)), Told(Proved(replace(result, **more)))]  # type: ignore[arg-type]


def proving() -> list[Told]:
    """Red and green are known, the suite is running."""
    told = drafting()
    at = digest(told)
    return [
        *told,
        *proof("red", at, "red without the patch", same_fingerprint=True, evidence="t1"),
        *proof("green", at, "green with the patch", evidence="t2"),
        Told(ProofStarted("suite", 1, at)),
    ]


FINDING = Finding(
    "n1",
    "changes what an error means",
    "warn",
    "h2",
    "UnknownSku now also means a row without a currency; its handler answers 404, not 500.",
    "Raise an error of its own, or say why 404 is right.",
    0,
    cites=("s1",),
)
DEFAULT = Finding(
    "n2",
    "default at the crash site",
    "block",
    "h3",
    "Returns EUR for every row that lacks a currency.",
    "Drop it: the rows will have the currency.",
    0,
)


def proved_all(told: list[Told], unneeded: tuple[str, ...] = ("h3",)) -> list[Told]:
    at = digest(told)
    draft = fold(entries(told)).draft
    assert draft is not None
    needed = tuple((h.id, h.id not in unneeded) for h in draft.accepted if not h.test)
    return [
        *told,
        *proof("red", at, "red without the patch", same_fingerprint=True, evidence="t1"),
        *proof("green", at, "green with the patch", evidence="t2"),
        *proof("revert", at, "red again with the patch reverted", evidence="t3"),
        *proof("suite", at, "391 passed, none newly red", passed=391),
        *proof("necessity", at, "2 of 3 hunks are needed", hunks=needed),
        *proof("mutation", at, "18 of 18 mutants killed"),
    ]


def reviewed(findings: tuple[Finding, ...] = (FINDING, DEFAULT)) -> list[Told]:
    """Draft 1 is proved and reviewed; the run has ended and waits for a human."""
    told = proved_all(drafting())
    return [
        *told,
        Told(PhaseEnded("prove", True, "")),
        Told(Reviewed(1, digest(told), 1, findings, "hold")),
        Told(RunEnded("r1", "handed_over", "review has findings open", 4)),
    ]


def decided() -> list[Told]:
    """A human edited hunk 2 and rejected hunk 3; the proof is stale."""
    return [
        *reviewed(),
        Told(HunkEdited(1, "h2", EDITED), HUMAN, 30),
        Told(HunkDecided(1, ("h3",), "rejected", "a default at the crash site"), HUMAN, 10),
    ]


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


def entries(told: Sequence[Told]) -> list[Entry]:
    out, at = [], START
    for seq, item in enumerate(told, 1):
        at += int(item.after_s * SECOND)
        out.append(
            Entry("C-412", seq, at, item.actor, kind_of(type(item.body)), item.body, hash=f"{seq:064x}")
        )
    return out


def changed() -> list[Told]:
    """A commit since the release touches the failing statement."""
    since = "4fe21c0 by mira changed src/checkout/pricing.py:22"
    return [*mapped(), Told(CodeMapped(replace(PATH, changed_since=since)))]


def reverted() -> list[Told]:
    """The revert of the suspect was drafted from the Case screen."""
    hunk = Hunk("h1", "src/checkout/catalog.py", 4, ("    return rows\n",), ("    return whole(rows)\n",))
    return [
        *mapped(),
        Told(RunStarted("r1", "5f0c" * 8, "prove", "box", 77, "bubblewrap, no network"), after_s=60),
        Told(DraftStarted(1, HEAD, "revert", BULK.sha)),
        Told(DraftWritten(1, (hunk,))),
        Told(RunEnded("r1", "done", "The revert of a3d90be is drafted.", 4)),
    ]


def after(what: Callable[[int], list[Body]]) -> list[Told]:
    """The pull request was sent, and three hours later the rest followed."""
    told = sending()
    merged_us = START + int(sum(item.after_s for item in told) * SECOND) + 180 * MINUTE
    return [*told, *(Told(body) for body in what(merged_us))]


def competing() -> list[Told]:
    """Beside the fix stands the revert of the suspect, proved alike; a human has gone back to the fix."""
    whole = '    return {r["sku"]: r for r in rows}\n'
    hunk = Hunk(
        "h1", "src/checkout/catalog.py", 6, ('    rows = rows.values("sku", "amount")\n',), (), after=(whole,)
    )
    told = [
        *reviewed((FINDING,)),
        Told(RunStarted("r2", "5f0c" * 8, "prove", "box", 78, "bubblewrap, no network"), after_s=60),
        Told(DraftStarted(2, HEAD, "revert", BULK.sha)),
        Told(DraftWritten(2, (hunk, replace(HUNKS[-1], id="h2")), ("tests/test_pricing.py::test_a_quote",))),
    ]
    at = digest(told)
    told += [
        replace(one, body=_of_second(one.body))
        for step in ("red", "green", "revert")
        for one in proof(step, at, step)
    ]
    return [
        *told,
        Told(RunEnded("r2", "done", "The revert of a3d90be is drafted and proved.", 4)),
        Told(DraftChosen(1), HUMAN, 20),
    ]


def _of_second(body: Body) -> Body:
    if isinstance(body, Proved):
        return replace(body, result=replace(body.result, draft=2))
    return replace(body, draft=2) if isinstance(body, ProofStarted) else body


STEPS: dict[str, Callable[[], list[Told]]] = {
    "fresh": fresh,
    "ignored": ignored,
    "mapped": mapped,
    "changed": changed,
    "reverted": reverted,
    "claimed": claimed,
    "drafting": drafting,
    "proving": proving,
    "reviewed": reviewed,
    "decided": decided,
    "competing": competing,
    "proposed": proposed,
    "ticket": ticket,
    "sent": sending,
    "send failed": lambda: sending(failed=True),
    "merged": lambda: after(afterwards.waiting),
    "quiet": lambda: after(afterwards.quiet),
    "verified": lambda: after(afterwards.verified),
    "recurred": lambda: after(afterwards.recurred),
    "closed": lambda: after(afterwards.closed),
}
