"""What review says about drafts: the ones it must stop, and the good ones it must let pass."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rootcase.core.config.settings import GuardrailSettings
from rootcase.core.model.case import Case
from rootcase.core.model.code import CodePath, MappedFrame
from rootcase.core.model.drafts import Draft, HunkState
from rootcase.core.model.entries import PlanMade
from rootcase.core.model.evidence import Citation, Claim, Evidence
from rootcase.core.model.fingerprints import Fingerprint
from rootcase.core.model.hunks import hunks_between, numbered, with_digest
from rootcase.core.model.proofs import Finding
from rootcase.core.review.stage import examine, review, verdict

PRICING = '''"""Prices."""

import logging

from app.loader import load_prices

log = logging.getLogger(__name__)


def price_for(sku, rows):
    row = rows[sku]
    currency = row["currency"]
    return row["amount"], currency


def total(skus):
    rows = load_prices(skus)
    try:
        return sum(price_for(sku, rows)[0] for sku in skus)
    except ValueError:
        raise
'''
LOADER = '''"""Rows."""

COLUMNS = ("sku", "amount")


def load_prices(skus, table):
    return {row["sku"]: {c: row[c] for c in COLUMNS} for row in table if row["sku"] in skus}
'''
TESTS = """from app.pricing import price_for


def test_amount():
    assert price_for("a", {"a": {"amount": 3, "currency": "EUR"}}) == (3, "EUR")
    assert price_for("b", {"b": {"amount": 4, "currency": "USD"}})[0] == 4
"""
BASE = {"app/pricing.py": PRICING, "app/loader.py": LOADER, "tests/test_pricing.py": TESTS}
SITE = '    currency = row["currency"]\n'


def case_of(base: dict[str, str], new: dict[str, str | None], **more: object) -> Case:
    """A KeyError at `row["currency"]` whose cause is claimed in the loader, with a draft from base to new."""
    hunks = [
        h
        for path in {**base, **new}
        if path in new
        for h in hunks_between(path, base.get(path), new[path], test=path.startswith("tests/"))
    ]
    draft = with_digest(Draft(1, "b" * 40, hunks=tuple(HunkState(h) for h in numbered(hunks))))
    frame = MappedFrame(
        0, "price_for", "price_for", "app/pricing.py", 12, "confirmed", text=SITE.strip(), head_path="app/pricing.py",
        head_line=12, head_status="same", evidence="f1",
    )  # fmt: skip
    evidence = (
        Evidence(
            "f1", "frame", "price_for", SITE, "app/pricing.py", 12, 12, data=(("sku", "'WINTER-COAT-9'"),)
        ),
        Evidence("s2", "code", "app/loader.py:3", LOADER, "app/loader.py", 3, 3),
    )
    case = Case(
        key="C-1", fingerprint=Fingerprint(1, "ab" * 16, type="KeyError"), evidence=evidence,
        code=CodePath("checkout", "2.14.0", "b" * 40, "tag", "b" * 40, frames=(frame,)),
        claims=(Claim("k1", "the loader drops it", "supported", (Citation("s2", ok=True),), "cause"),),
        plan=PlanMade("load it", ("app/pricing.py", "app/loader.py"), "tests/test_pricing.py"), drafts=(draft,),
    )  # fmt: skip
    return replace(case, **more)  # type: ignore[arg-type]


def findings_of(
    new: dict[str, str | None], *, base: dict[str, str] | None = None, limits=None, **more
) -> tuple[Finding, ...]:
    base = {**BASE, **(base or {})}
    case = case_of(base, new, **more)
    texts = {path: base.get(path) for path in new}
    return examine(case, case.draft, texts, limits or GuardrailSettings())


def checks(findings: tuple[Finding, ...], severity: str = "") -> set[str]:
    return {f.check for f in findings if not severity or f.severity == severity}


def at_the_crash(text: str) -> dict[str, str | None]:
    return {"app/pricing.py": PRICING.replace(SITE, text)}


GOOD = {
    "app/loader.py": LOADER.replace('("sku", "amount")', '("sku", "amount", "currency")'),
    "app/pricing.py": PRICING.replace(
        SITE, '    if "currency" not in row:\n        raise LookupError(f"no currency for {sku}")\n' + SITE
    ),
    "tests/test_pricing.py": TESTS + '\n\ndef test_currency():\n    assert price_for("c", {}) == 1\n',
}


def test_a_fix_at_the_cause_with_an_error_that_names_it_is_offered():
    findings = findings_of(GOOD)
    assert findings == () and verdict(findings) == "offer"


@pytest.mark.parametrize(
    "text",
    [
        '    currency = row.get("currency", "EUR")\n',
        '    currency = row.get("currency")\n',
        '    currency = row.get("currency") or "EUR"\n',
        '    currency = row["currency"] if "currency" in row else "EUR"\n',
        '    currency = row.pop("currency", None)\n',
        '    row = {"currency": "EUR", **row}\n    currency = getattr(row, "currency", "EUR")\n',
    ],
)
def test_a_default_at_the_crash_site_is_refused_when_the_cause_is_elsewhere(text):
    findings = findings_of(at_the_crash(text))
    assert "default at the crash site" in checks(findings, "block") and verdict(findings) == "refuse"
    finding = next(f for f in findings if f.check == "default at the crash site")
    assert "k1" in finding.text and finding.cites == ("f1",) and finding.settle and finding.line >= 0


def test_the_same_default_only_warns_while_nothing_puts_the_cause_elsewhere():
    findings = findings_of(at_the_crash('    currency = row.get("currency", "EUR")\n'), claims=())
    assert checks(findings, "warn") == {"default at the crash site"} and verdict(findings) == "hold"


def test_a_default_far_from_the_crash_says_nothing():
    new = {"app/loader.py": LOADER.replace("row[c] for c", 'row.get(c, "") for c')}
    assert "default at the crash site" not in checks(findings_of(new))


@pytest.mark.parametrize(
    "text",
    [
        '    try:\n        currency = row["currency"]\n    except KeyError:\n        return None\n',
        '    try:\n        currency = row["currency"]\n    except Exception:\n        currency = "EUR"\n',
        '    try:\n        currency = row["currency"]\n    except:\n        log.info("none")\n        return 0, ""\n',
        '    try:\n        currency = row["currency"]\n    except (KeyError, TypeError):\n        pass\n',
        '    try:\n        currency = row["currency"]\n    except LookupError:\n        log.exception("x")\n',
        '    import contextlib\n    with contextlib.suppress(KeyError):\n        currency = row["currency"]\n',
    ],
)
def test_swallowing_the_error_is_refused(text):
    findings = findings_of(at_the_crash(text))
    assert "swallows the error" in checks(findings, "block")


def test_an_except_that_raises_something_better_is_no_swallowing():
    text = f"    try:\n    {SITE}    except KeyError as e:\n        raise LookupError(sku) from e\n"
    assert findings_of(at_the_crash(text)) == ()


def test_an_except_that_was_there_before_is_not_the_drafts():
    old = PRICING.replace("        raise\n", "        return 0\n")
    new = old.replace("rows = load_prices(skus)", "rows = load_prices(skus, ())")
    assert "swallows the error" not in checks(
        findings_of({"app/pricing.py": new}, base={"app/pricing.py": old})
    )


@pytest.mark.parametrize(
    ("caught", "does", "severity"),
    [
        ("Exception", "raise", "block"),
        ("(ValueError, KeyError)", "return 0", "warn"),
        ("(ValueError, KeyError)", "raise LookupError(skus)", "info"),
        ("", "raise", "block"),
    ],
)
def test_widening_an_except_is_seen(caught, does, severity):
    clause = f"except {caught}:".replace(" :", ":")
    new = PRICING.replace("except ValueError:\n        raise", f"{clause}\n        {does}")
    assert "widens an except" in checks(findings_of({"app/pricing.py": new}), severity)


@pytest.mark.parametrize("leaves", ["return None", "return", 'return 0, "EUR"'.replace(', "EUR"', "")])
def test_a_guard_in_front_of_the_failing_line_is_refused(leaves):
    text = f'    if "currency" not in row:\n        {leaves}\n{SITE}'
    assert "guard at the symptom" in checks(findings_of(at_the_crash(text)), "block")


def test_catching_the_production_error_and_going_on_with_some_other_value_is_refused():
    text = f"    try:\n    {SITE}    except KeyError:\n        currency = sku.region.currency\n"
    assert "guard at the symptom" in checks(findings_of(at_the_crash(text)), "block")


@pytest.mark.parametrize(
    "new",
    [
        TESTS.replace('    assert price_for("b", {"b": {"amount": 4, "currency": "USD"}})[0] == 4\n', ""),
        TESTS.replace("== (3, ", "!= (4, "),
        TESTS.replace("def test_amount", "import pytest\n\n\n@pytest.mark.skip\ndef test_amount"),
        TESTS.replace("    assert price_for(\"a\"", "    pytest.xfail('later')\n    assert price_for(\"a\""),
        TESTS.replace("test_amount", "amount"),
        None,
    ],
)  # fmt: skip
def test_weakening_a_test_is_refused(new):
    assert "weakens a test" in checks(findings_of({"tests/test_pricing.py": new}), "block")


def test_new_expectations_elsewhere_do_not_make_up_for_a_test_that_was_emptied():
    lines = [line for line in TESTS.split("\n") if "assert " not in line]
    emptied = "\n".join(f"{line}\n    pass" if line.startswith("def ") else line for line in lines)
    more = "\n\ndef test_currency():\n" + "".join(
        f"    assert price_for('c', {{}}) != {n}\n" for n in range(9)
    )
    assert "weakens a test" in checks(findings_of({"tests/test_pricing.py": emptied + more}), "block")


def test_leaving_tests_out_by_configuration_is_refused():
    new = {"pytest.ini": "[pytest]\naddopts = --deselect tests/test_pricing.py::test_amount\n"}
    assert "weakens a test" in checks(
        findings_of(new, base={"pytest.ini": "[pytest]\naddopts = -q\n"}), "block"
    )


def test_a_weakened_test_in_another_language_is_seen_by_its_text():
    old = "it('adds', () => {\n  expect(add(1, 2)).toBe(3)\n})\n"
    new = {"src/add.test.js": old.replace("it(", "it.skip(")}
    assert "weakens a test" in checks(findings_of(new, base={"src/add.test.js": old}), "block")


def test_an_expectation_that_changed_is_for_a_human_to_see():
    new = {"tests/test_pricing.py": TESTS.replace("[0] == 4", "[0] == 5")}
    assert "weakens a test" in checks(findings_of(new), "warn")


def test_a_protected_file_names_its_rule():
    finding = next(f for f in findings_of({"deploy/.env.prod": "A=1\n"}) if f.check == "protected file")
    assert finding.severity == "block" and "`*.env*`" in finding.text


def test_a_file_outside_the_plan_is_refused_until_a_human_allows_it():
    new = {"app/other.py": "X = 1\n"}
    assert "unplanned file" in checks(findings_of(new), "block")
    assert findings_of(new, widened=("app/other.py",)) == ()


def test_too_many_files_or_lines_are_refused():
    limits = GuardrailSettings(max_files_modified=1, max_lines_modified=2)
    texts = {f.text for f in findings_of(GOOD, limits=limits) if f.check == "too large"}
    assert any("2 files besides tests and prose; 1 are allowed" in t for t in texts) and any(
        "lines" in t for t in texts
    )


@pytest.mark.parametrize(
    ("call", "severity"),
    [
        ("import os\n    os.system('x')", "block"), ("import subprocess as s\n    s.run(['x'])", "block"),
        ("from subprocess import Popen\n    Popen(['x'])", "block"), ("eval('1')", "block"),
        ("import requests\n    requests.get('x')", "warn"), ("import socket\n    socket.socket()", "warn"),
    ],
)  # fmt: skip
def test_a_new_outside_call_is_seen_through_its_import(call, severity):
    assert "new outside call" in checks(findings_of(at_the_crash(f"    {call}\n{SITE}")), severity)


def test_a_secret_in_an_added_line_is_refused():
    key = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    assert "secret" in checks(findings_of(at_the_crash(f'    token = "{key}"\n{SITE}')), "block")


def test_a_new_dependency_holds_the_draft():
    findings = findings_of({"requirements.txt": "httpx\nleft-pad==1\n"}, base={"requirements.txt": "httpx\n"},
                           widened=("requirements.txt",))  # fmt: skip
    assert [(f.check, f.severity) for f in findings] == [
        ("new dependency", "warn")
    ] and "left-pad" in findings[0].text


def test_a_condition_on_the_failing_value_is_refused():
    text = f'    if sku == "WINTER-COAT-9":\n        raise LookupError(sku)\n{SITE}'
    assert "special-cases the failing input" in checks(findings_of(at_the_crash(text)), "block")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("def price_for(sku, rows):", "def price_for(sku, rows, shop):", "now needs `shop`"),
        ("def price_for(sku, rows):", "def price_for(sku):", "no longer takes `rows`"),
        ("def price_for(sku, rows):", "def price_for(rows, sku):", "another order"),
        ("def price_for(", "def _price_for(", "is gone"),
    ],
)
def test_a_public_signature_that_breaks_callers_holds_the_draft(old, new, said):
    findings = findings_of({"app/pricing.py": PRICING.replace(old, new)})
    assert any(f.check == "public signature" and said in f.text for f in findings)


def test_a_new_optional_argument_breaks_nobody():
    new = {
        "app/pricing.py": PRICING.replace("def price_for(sku, rows):", "def price_for(sku, rows, shop=None):")
    }
    assert findings_of(new) == ()


def test_a_hunk_that_only_changes_layout_is_named_but_holds_nothing():
    findings = findings_of({"app/loader.py": LOADER.replace('"""Rows."""', '"""Rows."""\n\n# tidy')})
    assert [(f.check, f.severity) for f in findings] == [("unrelated change", "info")]
    assert verdict(findings) == "offer"


def test_text_that_is_no_python_is_refused():
    assert "does not parse" in checks(findings_of(at_the_crash("    currency = = 1\n")), "block")


def test_a_finding_keeps_its_id_and_its_waiver_when_the_hunks_are_numbered_anew():
    first = findings_of(at_the_crash('    currency = row.get("currency", "EUR")\n'))[0]
    both = {
        **at_the_crash('    currency = row.get("currency", "EUR")\n'),
        "app/loader.py": GOOD["app/loader.py"],
    }
    waived = replace(first, waived="only a label", waived_by="human:dana")
    again = next(f for f in findings_of(both, findings=(waived,)) if f.check == first.check)
    assert (again.id, again.waived) == (first.id, "only a label") and again.hunk != first.hunk
    assert verdict((again,)) == "offer"


async def test_review_yields_the_round_for_exactly_the_drafts_text():
    case = case_of(BASE, GOOD)
    bodies = [b async for b in review(case, {p: BASE.get(p) for p in GOOD}, GuardrailSettings(), 2)]
    assert [(b.draft, b.digest, b.round, b.verdict) for b in bodies] == [(1, case.draft.digest, 2, "offer")]


def test_hostile_text_in_a_finding_is_cleaned():
    finding = findings_of({"app/\x1b[2Jx.py": "X = 1\n"})[0]
    assert "\x1b" not in finding.text
