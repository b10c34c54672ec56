"""What is found out about it: claims, the code path, the note, the gate's words."""

from __future__ import annotations

from rootcase.core.model.code import (
    Candidate,
    CodePath,
    MappedFrame,
    Owner,
    Rollback,
    Suspect,
)
from rootcase.core.model.evidence import Citation, Claim, NoteLine
from rootcase.core.model.verdicts import GateDecision, RuleResult
from tests.support.story.place import (
    BULK,
    BUMP,
    FAIL,
    HEAD,
    RELEASE,
    RENAME,
    TAX,
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
