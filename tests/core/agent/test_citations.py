"""A claim is as good as its citations, and a program says how good those are."""

from __future__ import annotations

from typing import Any

import pytest

from rootcase.core.agent.citations import Asked, Citations
from rootcase.core.agent.quotes import stands_in
from rootcase.core.agent.tools.claim import Cite, Claims, MakeClaim, judged
from rootcase.core.agent.tools.places import Places
from rootcase.core.model.entries import ClaimMade, EvidenceRecorded
from rootcase.core.model.evidence import Citation

Bench = Any


def citations(bench: Bench) -> Citations:
    return Citations(Places(bench.repository, bench.case.code, "release"), bench.case.evidence)


async def why(bench: Bench, evidence: str, quote: str = "") -> str:
    found = await citations(bench).check(Asked(evidence, quote))
    assert found.ok is (not found.why)
    return found.why


async def test_a_quote_must_stand_in_the_lines_that_are_cited(bench: Bench) -> None:
    assert await why(bench, "shop/pricing.py:8-9", 'row["currency"]') == ""
    assert await why(bench, "[shop/pricing.py:9]", 'return row["amount"],\n  row["currency"]') == ""
    assert "does not stand" in await why(bench, "shop/pricing.py:1-3", "ROWS = [")
    assert "but in s1" in await why(bench, "shop/settings.py:1", 'row["currency"]')


async def test_the_same_line_at_head_is_another_place(bench: Bench) -> None:
    assert "does not stand" in await why(bench, "shop/pricing.py:9@head", 'row["currency"]')
    assert await why(bench, "shop/pricing.py:12@head", 'row["currency"]') == ""


@pytest.mark.parametrize(
    ("evidence", "words"),
    [
        ("s99", "no evidence s99"), ("shop/none.py:3", "there is no shop/none.py"), ("../x.py:1", "climbs"),
        ("shop/settings.py:7-9", "has lines 1 to 1"), ("shop/pricing.py:9-3", "not 9-3"),
        ("because", "names no evidence"),
        ("commit:never made", "no commit never made"), ("deadbeef", "no commit deadbeef"),
    ],
)  # fmt: skip
async def test_what_cannot_be_cited_is_told(bench: Bench, evidence: str, words: str) -> None:
    assert words in await why(bench, evidence)


async def test_frames_events_and_commits_are_cited_by_id(bench: Bench) -> None:
    frame = bench.case.code.frames[-1]
    assert await why(bench, frame.evidence, "price_for") == ""
    assert "does not stand" in await why(bench, frame.evidence, "refund")
    suspect = bench.case.code.suspects[0]
    assert await why(bench, suspect.evidence) == ""
    assert await why(bench, suspect.commit.sha[:9], '-    return {row["sku"]: dict(row)') == ""


async def test_new_code_is_recorded_once_with_its_exact_text(bench: Bench) -> None:
    checker = citations(bench)
    first = await checker.check(Asked("shop/settings.py:1", "PRICE_CACHE"))
    again = await checker.check(Asked("shop/settings.py:1-1"))
    assert first.evidence == again.evidence
    await checker.check(Asked("shop/catalog.py:1"))
    (new,) = checker.take_new([first])
    assert (new.text, new.path, new.line, new.commit) == (
        "PRICE_CACHE = False\n", "shop/settings.py", 1, bench.case.code.release_commit,
    )  # fmt: skip
    assert checker.take_new([first]) == ()


def claims(bench: Bench) -> Claims:
    return Claims(citations(bench), bench.case.claims, "investigate", bench.redactor)


async def test_a_claim_whose_citation_fails_is_refused_once_then_assumed(bench: Bench) -> None:
    mine = claims(bench)
    wrong = MakeClaim(
        "It is the cache.", "cause", "supported", (Cite("shop/settings.py:1", "PRICE_CACHE = True"),)
    )
    first = await mine.make(wrong)
    assert not first.ok and first.bodies == () and "does not stand" in first.text
    second = await mine.make(wrong)
    (_, made) = second.bodies
    assert (
        isinstance(made, ClaimMade)
        and made.claim.status == "assumed"
        and "said to be supported" in made.claim.why
    )
    assert made.claim.citations[0].ok is False


async def test_a_corrected_claim_is_recorded_as_what_it_is(bench: Bench) -> None:
    mine = claims(bench)
    await mine.make(
        MakeClaim("It is the cache.", "other", "refuted", (Cite("shop/settings.py:1", "= True"),))
    )
    good = await mine.make(
        MakeClaim("It is the cache.", "other", "refuted", (Cite("shop/settings.py:1", "= False"),))
    )
    evidence, made = good.bodies
    assert isinstance(evidence, EvidenceRecorded) and isinstance(made, ClaimMade)
    assert made.claim.status == "refuted" and mine.leftovers() == ()


async def test_a_refused_claim_that_is_never_made_again_is_kept_as_assumed(bench: Bench) -> None:
    mine = claims(bench)
    await mine.make(MakeClaim("It rains.", "cause", "supported"))
    (made,) = mine.leftovers()
    assert (
        isinstance(made, ClaimMade) and made.claim.status == "assumed" and "cites nothing" in made.claim.why
    )


async def test_secrets_and_line_breaks_are_taken_out_of_claims(bench: Bench) -> None:
    made = (
        await claims(bench).make(MakeClaim("The key\ntok-very-secret-1 leaks.", "risk", "assumed"))
    ).bodies[-1]
    assert isinstance(made, ClaimMade)
    assert "tok-very" not in made.claim.text and made.claim.text.startswith("The key [redacted:")


def test_support_needs_every_citation_to_hold() -> None:
    good, bad = Citation("s1", ok=True), Citation("s2", ok=False, why="no")
    assert judged("supported", [good])[0] == "supported"
    assert (
        judged("supported", [good, bad])[0]
        == judged("supported", [])[0]
        == judged("refuted", [bad])[0]
        == "assumed"
    )
    assert judged("assumed", [good]) == ("assumed", "")


def test_white_space_in_a_quote_counts_as_one_space() -> None:
    assert (
        stands_in("a  =\n 1", "x\n\ta = 1\n") and not stands_in("a=1", "a = 1") and not stands_in("  ", "a")
    )
