"""Tests that run on node: every outcome with its file, the failing ones with node's own stack."""

from __future__ import annotations

import json
import shutil

import pytest

from rootcase.core.config.settings import GuardrailSettings
from rootcase.core.workspace.junit import read_junit
from rootcase.core.workspace.runners import files_of, invocation, runner_of

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="no node here")

PRICE = "export function price(item) {\n  return item.amount;\n}\n"
SUITE = """import { describe, it, test } from "node:test";
import assert from "node:assert";
import { price } from "../src/price.js";

test("one", () => assert.equal(price({ amount: 2 }), 2));
describe("a cart", () => {
  it("has <no> item", () => price(undefined));
  it.skip("comes later", () => {});
  it("keeps what went wrong before", () => {
    throw new Error("outer", { cause: new TypeError("inner") });
  });
});
"""
PACKAGE = {"name": "shop", "type": "module", "scripts": {"test": "NODE_ENV=test node --test test/"}}


@pytest.fixture
def node_shop(origin):
    origin.commit(
        "one",
        {
            "package.json": json.dumps(PACKAGE),
            "src/price.js": PRICE,
            "test/price.test.js": SUITE,
            "test/broken.test.js": 'import "./nowhere.js";\n',
        },
    )
    return origin


@pytest.mark.parametrize("command", [("npm", "test"), ("node", "--test", "test/")])
async def test_every_outcome_is_read_with_its_file_and_suite(node_shop, bench, command):
    workspace = await bench(test_command=command, environment="")
    run = await workspace.run_tests()
    assert run.problem == "" and run.exit_code == 1
    assert {r.id: r.outcome for r in run.results} == {
        "test/price.test.js::one": "passed",
        "test/price.test.js::a cart::has <no> item": "failed",
        "test/price.test.js::a cart::comes later": "skipped",
        "test/price.test.js::a cart::keeps what went wrong before": "failed",
        "test/broken.test.js": "error",
    }
    by_id = {r.id: r for r in run.results}
    thrown = by_id["test/price.test.js::a cart::has <no> item"].text
    assert thrown.startswith("TypeError: Cannot read properties of undefined (reading 'amount')")
    assert f"at price (file://{workspace.root}/src/price.js:2:" in thrown
    assert (
        "[cause]: TypeError: inner" in by_id["test/price.test.js::a cart::keeps what went wrong before"].text
    )
    assert "nowhere.js" in by_id["test/broken.test.js"].text


async def test_some_tests_can_be_run_by_id_or_by_file(node_shop, bench):
    workspace = await bench(test_command=("npm", "test"), environment="")
    one = await workspace.run_tests(["test/price.test.js::one"])
    assert [r.id for r in one.results] == ["test/price.test.js::one"] and one.problem == ""
    assert len((await workspace.run_tests(["test/price.test.js"])).results) == 4
    assert "no such test" in (await workspace.run_tests(["test/price.test.js::two"])).problem


async def test_packages_of_the_checkout_are_lent_to_the_worktree_and_taken_away(node_shop, bench):
    node_shop.write(".gitignore", "node_modules/\n")
    node_shop.write("node_modules/money/package.json", json.dumps({"name": "money", "main": "index.js"}))
    node_shop.write("node_modules/money/index.js", "module.exports = { cents: (n) => n * 100 };\n")
    node_shop.commit("two", {"test/money.test.js": (
        'import { test } from "node:test";\nimport money from "money";\n'
        'test("cents", () => { if (money.cents(1) !== 100) throw new Error("no"); });\n'
    )})  # fmt: skip
    workspace = await bench(test_command=("npm", "test"), environment="")
    run = await workspace.run_tests(["test/money.test.js"])
    assert [r.outcome for r in run.results] == ["passed"], run
    assert workspace.environment == "node_modules of the checkout, read-only"
    await workspace.apply(())
    assert not (workspace.root / "node_modules").exists()
    assert (node_shop.path / "node_modules/money/index.js").is_file()


VITEST = """<testsuites><testsuite name="t/a.test.js">
<testcase classname="t/a.test.js" name="group &gt; missing" time="0.01"><failure message="no">TypeError: no
 ❯ price src/price.js:1:36
 ❯ t/a.test.js:2:49</failure></testcase></testsuite></testsuites>"""
MOCHA = """<testsuite name="Mocha Tests"><testcase classname="group" name="missing" file="ROOT/t/a.test.js" time="0.01">
<failure>no\nTypeError: no\n    at price (ROOT/src/price.js:1:36)</failure></testcase></testsuite>"""


@pytest.mark.parametrize("report", [VITEST, MOCHA])
def test_reports_of_other_runners_name_the_same_test_and_frame(tmp_path, report):
    (tmp_path / "t").mkdir()
    (tmp_path / "t/a.test.js").write_text("")
    (tmp_path / "report.xml").write_text(report.replace("ROOT", str(tmp_path)))
    exists = lambda path: (tmp_path / path).is_file()  # noqa: E731
    (found,) = read_junit(tmp_path / "report.xml", exists, str, root=f"{tmp_path}/")
    assert (found.id, found.outcome) == ("t/a.test.js::group::missing", "failed")
    assert f"    at price ({tmp_path}/src/price.js:1:36)" in found.text


async def test_node_is_held_to_the_memory_limit(origin, bench):
    endless = "const a = []; for (;;) a.push(new Array(1e6).fill(1));"
    origin.commit(
        "one", {"a.test.mjs": f'import {{ test }} from "node:test";\ntest("a", () => {{ {endless} }});\n'}
    )
    workspace = await bench(
        test_command=("node", "--test"), environment="", guardrails=GuardrailSettings(memory_mb=64)
    )
    run = await workspace.run_tests(deadline_s=60)
    assert run.exit_code == 1 and not run.passed and "heap out of memory" in run.results[0].text


@pytest.mark.parametrize(
    ("script", "kind", "words"),
    [
        ("jest --coverage", "jest", ("--coverage",)),
        ("npm run lint && NODE_ENV=test npx jest", "jest", ()),
        ("cross-env A=b vitest run", "vitest", ("run",)),
        ("c8 mocha 'test/**/*.js'", "mocha", ("test/**/*.js",)),
        ("node --import tsx --test src/*.test.ts", "node", ("--import", "tsx", "--test", "src/*.test.ts")),
        ("node ./run.js", "pytest", ()),
        ("echo 'open", "pytest", ()),
    ],
)
def test_the_runner_behind_a_script_is_recognised(tmp_path, script, kind, words):
    (tmp_path / "package.json").write_text(json.dumps({"scripts": {"test": script}}))
    found = runner_of(("npm", "test"), tmp_path)
    assert (found.kind, found.words) == (kind, words)


def test_a_selection_takes_the_place_of_the_scripts_own_files(tmp_path):
    (tmp_path / "package.json").write_text(
        json.dumps({"scripts": {"test": "mocha --timeout 5 -r ts-node/register test"}})
    )
    runner = runner_of(("yarn", "test"), tmp_path)
    asked = ("test/a.spec.ts::A::b", "test/a.spec.ts::A::c")
    command, variables = invocation(runner, asked, root=tmp_path, report=tmp_path / "r.xml", plugin=tmp_path)
    assert command[1:5] == ("--timeout", "5", "-r", "ts-node/register")
    assert (
        command[-1] == "test/a.spec.ts" and "test" not in command and files_of(asked) == ("test/a.spec.ts",)
    )
    assert variables["CI"] == "1"
