"""The run: claims, the draft, its proof and review, and what a human decides about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rootcase.core.journal.fold import fold
from rootcase.core.model.drafts import Hunk
from rootcase.core.model.entries import (
    Body,
    ClaimMade,
    Commented,
    DraftChosen,
    DraftStarted,
    DraftWritten,
    HunkDecided,
    HunkEdited,
    ModelCalled,
    PhaseEnded,
    PhaseStarted,
    PlanMade,
    ProofStarted,
    Proved,
    Reviewed,
    RunEnded,
    RunStarted,
    Steered,
    ToolCalled,
)
from rootcase.core.model.proofs import Finding, ProofResult
from tests.support.story.place import (
    BULK,
    CATALOG,
    FAIL,
    HEAD,
    HUMAN,
    PRICING,
)
from tests.support.story.reasoned import CLAIMS
from tests.support.story.triage import Told, entries, mapped

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
        for one in proof(step, at, step, same_fingerprint=True if step == "red" else None)
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
