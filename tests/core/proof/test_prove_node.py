"""What running code shows about a draft where the tests run on node."""

from __future__ import annotations

import json
import shutil

import pytest

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="no node here")

# The crash as production saw it: another folder, a web framework above, no test.
PRODUCTION = """TypeError: Cannot read properties of undefined (reading 'toUpperCase')
    at rateOf (/srv/app/src/pricing.js:2:27)
    at priceFor (/srv/app/src/pricing.js:7:15)
    at checkout (/srv/app/src/checkout.js:5:10)
    at Layer.handle (/srv/app/node_modules/express/lib/router/layer.js:95:5)
"""
PRICING = """export function rateOf(rates, currency) {
  return rates[currency.toUpperCase()];
}

export function priceFor(cart, rates) {
  const total = cart.items.reduce((sum, price) => sum + price, 0);
  return total * rateOf(rates, cart.currency);
}
"""
CHECKOUT = """import { priceFor } from "./pricing.js";

const RATES = { EUR: 1, USD: 2 };
export function checkout(request) {
  return priceFor({ items: request.items, currency: request.currency }, RATES);
}
"""
GOOD = CHECKOUT.replace("currency: request.currency", 'currency: request.currency ?? "EUR"')
SUITE = """import { test } from "node:test";
import assert from "node:assert";
import { checkout } from "../src/checkout.js";

test("dollars", () => assert.equal(checkout({ items: [5], currency: "usd" }), 10));
"""
REPRODUCTION = SUITE.replace('"dollars"', '"a cart without currency"').replace(
    'checkout({ items: [5], currency: "usd" }), 10', "checkout({ items: [7] }), 7"
)
TEST = "test/reproduction.test.js"


@pytest.fixture
def node_shop(shop):
    files = {
        "package.json": json.dumps({"type": "module", "scripts": {"test": "node --test test/"}}),
        "src/pricing.js": PRICING, "src/checkout.js": CHECKOUT, "test/checkout.test.js": SUITE,
    }  # fmt: skip
    shop.commit(files)
    shop.settings = {"test_command": ("npm", "test")}
    shop.test_path = TEST
    shop.fingerprint = shop.fingerprinter.text(PRODUCTION, root="/srv/app")
    return shop


def draft_of(shop, files):
    return shop.case({**files, TEST: REPRODUCTION}, test_ids=(f"{TEST}::a cart without currency",))


async def test_a_right_fix_is_red_green_red_with_the_production_error_and_its_mutants_are_killed(node_shop):
    entries, results = await node_shop.prove(draft_of(node_shop, {"src/checkout.js": GOOD}))
    assert {step: (r.outcome, r.problem) for step, r in results.items()} == dict.fromkeys(
        ["baseline", "red", "green", "revert", "suite", "necessity", "mutation"], ("ok", "")
    )
    assert results["red"].same_fingerprint is True, results["red"].fingerprint_note
    text = node_shop.evidence(entries)[results["red"].evidence].text
    assert "at rateOf (" in text and "toUpperCase" in text
    assert results["suite"].passed == 2 and "killed" in results["mutation"].summary


async def test_a_patch_that_breaks_another_test_names_it_and_one_that_mends_nothing_stays_red(node_shop):
    broken = GOOD.replace("USD: 2", "USD: 3")
    _, results = await node_shop.prove(draft_of(node_shop, {"src/checkout.js": broken}))
    assert results["suite"].newly_failed == ("test/checkout.test.js::dollars",)
    idle = CHECKOUT.replace("const RATES", "export const RATES")
    _, results = await node_shop.prove(draft_of(node_shop, {"src/checkout.js": idle}))
    assert results["green"].outcome == "failed" and "still red" in results["green"].summary
