"""What review says about drafts in JavaScript, TypeScript, Java and Go: those to stop, those to let pass."""

# ruff: noqa: E501  (rows of a table: a piece of code before and after)

from __future__ import annotations

import pytest

from rootcase.core.config.settings import GuardrailSettings
from rootcase.core.model.case import Case
from rootcase.core.model.code import CodePath, MappedFrame
from rootcase.core.model.drafts import Draft, HunkState
from rootcase.core.model.evidence import Evidence
from rootcase.core.model.fingerprints import Fingerprint
from rootcase.core.model.hunks import hunks_between, numbered, with_digest
from rootcase.core.model.proofs import Finding
from rootcase.core.review.stage import examine, verdict

JS = """import { load } from "./load";

export function priceFor(sku, rows) {
  const row = rows[sku];
  const currency = row.currency;
  if (!currency) throw new Error(`no currency for ${sku}`);
  return { amount: row.amount, currency };
}

export async function total(skus) {
  const rows = await load(skus);
  try {
    return skus.map((sku) => priceFor(sku, rows));
  } catch (error) {
    throw new TypeError(error.message);
  }
}
"""
JS_TEST = """import { priceFor } from "../src/pricing";

it("gives the amount", () => {
  expect(priceFor("a", { a: { amount: 3, currency: "EUR" } })).toEqual({ amount: 3, currency: "EUR" });
  expect(() => priceFor("b", {})).toThrow(TypeError);
});
"""
JAVA = """package shop;

public class Pricing {
    private final Map<String, Row> rows = new ConcurrentHashMap<>();

    public Price priceFor(String sku) {
        Row row = rows.get(sku);
        String currency = row.currency();
        if (currency.isEmpty()) {
            throw new IllegalStateException("no currency for " + sku);
        }
        return new Price(row.amount(), currency);
    }

    public Price load(String sku) throws IOException {
        try {
            return read(sku);
        } catch (FileNotFoundException error) {
            throw new IllegalStateException(error);
        }
    }
}
"""
JAVA_TEST = """class PricingTest {
    @Test
    void givesTheAmount() {
        assertEquals(3, pricing.priceFor("a").amount());
    }

    @Test
    void refusesWhatHasNoCurrency() {
        assertThrows(IllegalStateException.class, () -> pricing.priceFor("b"));
    }
}
"""
GO = """package pricing

import "errors"

var ErrCurrency = errors.New("no currency")

func PriceFor(sku string, rows map[string]*Row) (Price, error) {
	row := rows[sku]
	currency := row.Currency
	if currency == "" {
		return Price{}, ErrCurrency
	}
	return Price{row.Amount, currency}, nil
}

func (s *Store) Save(p Price) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, err := encode(p)
	if err != nil {
		return err
	}
	return s.write(data)
}
"""
GO_TEST = """package pricing

import "testing"

func TestPriceFor(t *testing.T) {
	got, err := PriceFor("a", rows)
	if err != nil || got.Amount != 3 {
		t.Fatalf("got %v, %v", got, err)
	}
}

func TestNoCurrency(t *testing.T) {
	if _, err := PriceFor("b", rows); err == nil {
		t.Fatal("no error")
	}
}
"""
FILES = {
    "src/pricing.ts": JS, "tests/pricing.test.ts": JS_TEST, "src/main/Pricing.java": JAVA,
    "src/test/PricingTest.java": JAVA_TEST, "pricing/pricing.go": GO, "pricing/pricing_test.go": GO_TEST,
}  # fmt: skip
SITES = {
    "src/pricing.ts": (5, "priceFor", "const currency = row.currency;", "TypeError"),
    "src/main/Pricing.java": (
        8,
        "Pricing.priceFor",
        "String currency = row.currency();",
        "NullPointerException",
    ),
    "pricing/pricing.go": (9, "PriceFor", "currency := row.Currency", "panic"),
}


def findings_of(path: str, new: str | None) -> tuple[Finding, ...]:
    """Review of a draft that makes that file `new`; the crash is in the source file of its language."""
    site = next(p for p in SITES if p.rpartition(".")[2] == path.rpartition(".")[2])
    line, function, text, kind = SITES[site]
    hunks = hunks_between(path, FILES[path], new, test="test" in path.lower())
    draft = with_digest(Draft(1, "b" * 40, hunks=tuple(HunkState(h) for h in numbered(hunks))))
    frame = MappedFrame(
        0, function, function, site, line, "confirmed", text=text, head_path=site, head_line=line,
        head_status="same", evidence="f1",
    )  # fmt: skip
    case = Case(
        key="C-1", fingerprint=Fingerprint(1, "ab" * 16, type=kind), drafts=(draft,),
        code=CodePath("shop", "1", "b" * 40, "tag", "b" * 40, frames=(frame,)),
        evidence=(Evidence("f1", "frame", function, text, site, line, line, data=(("sku", "'WINTER-COAT-9'"),)),),
    )  # fmt: skip
    return examine(case, draft, {path: FILES[path]}, GuardrailSettings())


def edited(path: str, old: str, new: str) -> tuple[Finding, ...]:
    assert old in FILES[path], old
    return findings_of(path, FILES[path].replace(old, new, 1))


TS, JAVA_FILE, GO_FILE = "src/pricing.ts", "src/main/Pricing.java", "pricing/pricing.go"
STOPPED = [
    # swallows
    (TS, "swallows the error", "throw new TypeError(error.message);", "console.log(error);"),
    (TS, "swallows the error", "throw new TypeError(error.message);", "return [];"),
    (TS, "swallows the error", "await load(skus);", "await load(skus).catch(() => ({}));"),
    (TS, "swallows the error", "throw new TypeError(error.message);", ""),
    (JAVA_FILE, "swallows the error", "throw new IllegalStateException(error);", "return null;"),
    (JAVA_FILE, "swallows the error", "throw new IllegalStateException(error);", 'log.warn("no file", error); return null;'),
    (JAVA_FILE, "swallows the error", "        Row row = rows.get(sku);",
     "        try { check(sku); } catch (Exception e) { }\n        Row row = rows.get(sku);"),
    (GO_FILE, "swallows the error", "		return err\n", "		return nil\n"),
    (GO_FILE, "swallows the error", "	data, err := encode(p)\n	if err != nil {\n		return err\n	}\n", "	data, _ := encode(p)\n"),
    (GO_FILE, "swallows the error", "	row := rows[sku]\n", "	defer func() { recover() }()\n	row := rows[sku]\n"),
    # widens
    (JAVA_FILE, "widens an except", "catch (FileNotFoundException error)", "catch (Exception error)"),
    (JAVA_FILE, "widens an except", "catch (FileNotFoundException error)", "catch (FileNotFoundException | SQLException error) { return null; } catch (RuntimeException error)"),
    (TS, "widens an except", "throw new TypeError(error.message);", "return retryLater(skus, error);"),
    # a default at the crash site
    (TS, "default at the crash site", "row.currency;", 'row?.currency ?? "EUR";'),
    (TS, "default at the crash site", "row.currency;", 'row ? row.currency : "EUR";'),
    (TS, "default at the crash site", "rows[sku];", "rows[sku] || {};"),
    (JAVA_FILE, "default at the crash site", "rows.get(sku);", "rows.getOrDefault(sku, EMPTY);"),
    (JAVA_FILE, "default at the crash site", "row.currency();", 'row == null ? "EUR" : row.currency();'),
    # a guard at the symptom
    (TS, "guard at the symptom", "  const currency", "  if (!row) return null;\n  const currency"),
    (JAVA_FILE, "guard at the symptom", "        String currency", "        if (row == null) {\n            return null;\n        }\n        String currency"),
    (GO_FILE, "guard at the symptom", "	currency := row", "	if row == nil {\n		return Price{}, nil\n	}\n	currency := row"),
    # the failing input as a special case
    (TS, "special-cases the failing input", "  const row", '  if (sku === "WINTER-COAT-9") sku = sku.trim();\n  const row'),
    (JAVA_FILE, "special-cases the failing input", "        Row row", '        if (sku.equals("WINTER-COAT-9")) { sku = sku.trim(); }\n        Row row'),
    (GO_FILE, "special-cases the failing input", "	row :=", '	if sku == "WINTER-COAT-9" {\n		sku = trim(sku)\n	}\n	row :='),
    # refusals taken out
    (TS, "drops a refusal", "  if (!currency) throw new Error(`no currency for ${sku}`);\n", ""),
    (JAVA_FILE, "drops a refusal", '            throw new IllegalStateException("no currency for " + sku);', '            currency = row.home();'),
    (GO_FILE, "drops a refusal", "		return Price{}, ErrCurrency\n", "		currency = row.Home\n"),
    # guards of concurrent code
    (GO_FILE, "unsafe at the same time", "	s.mu.Lock()\n	defer s.mu.Unlock()\n", ""),
    (JAVA_FILE, "unsafe at the same time", "new ConcurrentHashMap<>()", "new HashMap<>()"),
    (TS, "unsafe at the same time", "await load(skus)", "load(skus)"),
    # public signatures
    (TS, "public signature", "priceFor(sku, rows)", "priceFor(sku, rows, region)"),
    (TS, "public signature", "export async function total(skus)", "async function sum(skus)"),
    (JAVA_FILE, "public signature", "priceFor(String sku)", "priceFor(String sku, Region region)"),
    (GO_FILE, "public signature", "PriceFor(sku string, rows map[string]*Row)", "PriceFor(sku, region string, rows map[string]*Row)"),
    # calls to the outside
    (TS, "new outside call", "  const row", '  fetch("https://example.com/" + sku);\n  const row'),
    (JAVA_FILE, "new outside call", "        Row row", '        Files.write(log, sku.getBytes());\n        Row row'),
    (GO_FILE, "new outside call", "	row :=", '	exec.Command("sync").Run()\n	row :='),
    # what nobody asked for
    (TS, "nobody asked for it", "  const row", "  const region = process.env.REGION;\n  const row"),
    (JAVA_FILE, "nobody asked for it", "            return read(sku);", "            Thread.sleep(100);\n            return read(sku);"),
    (GO_FILE, "nobody asked for it", "	row :=", "	time.Sleep(time.Second)\n	row :="),
    # text that does not parse
    (TS, "does not parse", "  const row = rows[sku];", "  const row = rows[sku;"),
    (JAVA_FILE, "does not parse", "        Row row = rows.get(sku);", "        Row row = rows.get(sku;"),
    (GO_FILE, "does not parse", "	row := rows[sku]", "	row := rows[sku"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "check", "old", "new"), STOPPED)
def test_a_bad_draft_is_stopped_with_its_reason(path: str, check: str, old: str, new: str):
    findings = edited(path, old, new)
    found = [f for f in findings if f.check == check]
    assert found, [(f.check, f.text) for f in findings]
    assert verdict(findings) in ("hold", "refuse") and found[0].settle and found[0].hunk


WEAKENED = [
    ("tests/pricing.test.ts", 'it("gives', 'it.skip("gives'),
    ("tests/pricing.test.ts", ".toEqual({ amount: 3, currency: \"EUR\" })", ".toBeDefined()"),
    ("tests/pricing.test.ts", ".toThrow(TypeError)", ".toThrow()"),
    ("src/test/PricingTest.java", "    @Test\n    void gives", "    @Disabled\n    @Test\n    void gives"),
    ("src/test/PricingTest.java", '    @Test\n    void refusesWhatHasNoCurrency() {\n        assertThrows(IllegalStateException.class, () -> pricing.priceFor("b"));\n    }\n', ""),
    ("src/test/PricingTest.java", 'assertEquals(3, pricing.priceFor("a").amount());', 'assertNotNull(pricing.priceFor("a"));'),
    ("pricing/pricing_test.go", "	got, err :=", '	t.Skip("later")\n	got, err :='),
    ("pricing/pricing_test.go", 'func TestNoCurrency(t *testing.T) {\n	if _, err := PriceFor("b", rows); err == nil {\n		t.Fatal("no error")\n	}\n}\n', ""),
]  # fmt: skip


@pytest.mark.parametrize(("path", "old", "new"), WEAKENED)
def test_a_weakened_test_is_refused(path: str, old: str, new: str):
    findings = edited(path, old, new)
    assert any(f.check == "weakens a test" and f.severity == "block" for f in findings)
    assert verdict(findings) == "refuse"


GOOD = [
    (TS, "  const currency = row.currency;\n", "  if (!row) throw new RangeError(`unknown sku ${sku}`);\n  const currency = row.currency;\n"),
    (TS, "rows[sku];", "rows[normalise(sku)];"),
    (TS, "await load(skus);", "await load(skus, { fields: [\"amount\", \"currency\"] });"),
    (JAVA_FILE, "rows.get(sku);", "rows.get(normalise(sku));"),
    (JAVA_FILE, "        String currency", '        if (row == null) {\n            throw new NoSuchElementException(sku);\n        }\n        String currency'),
    (JAVA_FILE, '"no currency for " + sku', '"no currency for sku " + sku'),
    (GO_FILE, "	row := rows[sku]\n", "	row, ok := rows[sku]\n	if !ok {\n		return Price{}, ErrUnknown\n	}\n"),
    (GO_FILE, "	return s.write(data)", "	if err := s.write(data); err != nil {\n		return fmt.Errorf(\"save: %w\", err)\n	}\n	return nil"),
    ("tests/pricing.test.ts", "it(\"gives", "it(\"knows no sku\", () => {\n  expect(() => priceFor(\"z\", {})).toThrow(RangeError);\n});\n\nit(\"gives"),
    ("pricing/pricing_test.go", "func TestNoCurrency", "func TestUnknown(t *testing.T) {\n	if _, err := PriceFor(\"z\", rows); err != ErrUnknown {\n		t.Fatal(err)\n	}\n}\n\nfunc TestNoCurrency"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "old", "new"), GOOD)
def test_a_good_draft_is_offered(path: str, old: str, new: str):
    findings = edited(path, old, new)
    assert verdict(findings) == "offer", [(f.check, f.text) for f in findings]


def test_a_reindented_file_is_noise_and_a_moved_catch_is_no_new_one():
    noise = "\n".join("  " + line if line.strip() else line for line in JS.split("\n")[2:17])
    assert {f.check for f in edited(TS, "\n".join(JS.split("\n")[2:17]), noise)} == {"unrelated change"}
    moved = "export function before() {\n  return 1;\n}\n\n"
    assert not [
        f
        for f in edited(TS, "export function priceFor", moved + "export function priceFor")
        if "swallows" in f.check
    ]
