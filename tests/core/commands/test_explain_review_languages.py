"""`rootcase explain review --prove` on checkouts that are not Python: proved where that can run, and said where not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.commandline import CommandLine, Done, command_line

SCRIPT = {
    "package.json": '{"type": "module", "scripts": {"test": "node --test test/"}}\n',
    "src/price.js": "export function price(item) {\n  return item.amount;\n}\n",
    "test/price.test.js": 'import { test } from "node:test";\nimport assert from "node:assert";\n'
    'import { price } from "../src/price.js";\n\ntest("one", () => assert.equal(price({ amount: 1 }), 1));\n',
}
REFUSING = SCRIPT["src/price.js"].replace(
    "  return", '  if (item === undefined) {\n    throw new RangeError("no item");\n  }\n  return'
)
NONE = """import { test } from "node:test";
import { price } from "../src/price.js";

test("none", () => {
  try {
    price(undefined);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
});
"""
STACK = """TypeError: Cannot read properties of undefined (reading 'amount')
    at price (/srv/app/src/price.js:2:15)
    at checkout (/srv/app/src/checkout.js:9:3)
"""
GO = {
    "go.mod": "module acme.example/shop\n\ngo 1.22\n",
    "price.go": "package shop\n\nfunc Price(n int) int {\n\treturn 100 / n\n}\n",
}
GO_TEST = """package shop

import "testing"

func TestOne(t *testing.T) {
	if Price(0) != 100 {
		t.Fatal("no")
	}
}
"""


@pytest.fixture
def line(tmp_path):
    with command_line(tmp_path / "home") as made:
        yield made


def reviewed(
    line: CommandLine, folder: Path, base: dict[str, str], change: dict[str, str], *more: str
) -> Done:
    """The change as a patch on a checkout of the base, with proof."""
    environment = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}

    def git(*arguments: str) -> str:
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
        command = ["git", *who, *arguments]
        return subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=True
        ).stdout

    folder.mkdir()
    git("init", "-q", "-b", "main")
    for files in (base, change):
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        git("add", "-A")
        if files is base:
            git("commit", "-qm", "a shop")
    patch = folder.parent / "change.patch"
    patch.write_text(git("diff", "--cached"))
    git("reset", "-q", "--hard")
    return line.run(
        "explain",
        "review",
        "--repo",
        str(folder),
        "--patch",
        str(patch),
        "--prove",
        "--no-judge",
        "--json",
        *more,
    )


@pytest.mark.skipif(shutil.which("node") is None, reason="no node here")
def test_a_patch_is_proved_by_the_tests_that_package_json_names(line, tmp_path):
    stack = tmp_path / "stack.txt"
    stack.write_text(STACK)
    change = {"src/price.js": REFUSING, "test/none.test.js": NONE}
    done = reviewed(line, tmp_path / "shop", SCRIPT, change, "--event", str(stack))
    assert done.code == 0, done.said
    steps = {step["step"]: step for step in done.json["proof"]}
    assert {name: step["outcome"] for name, step in steps.items()} == dict.fromkeys(
        ["baseline", "red", "green", "revert", "suite", "necessity", "mutation"], "ok"
    )
    assert steps["red"]["same_fingerprint"] is True


def test_what_cannot_be_proved_here_is_said_and_holds_nothing_up(line, tmp_path):
    change = {"price.go": GO["price.go"].replace("100 / n", "100 / max(n, 1)"), "price_test.go": GO_TEST}
    done = reviewed(line, tmp_path / "shop", GO, change)
    assert done.code == 0, done.said
    told = [finding["text"] for finding in done.json["findings"] if finding["check"].startswith("proof")]
    assert len(told) == 1 and told[0].startswith("Could not be proved here: ") and "'go'" in told[0], told
    assert json.dumps(done.json["proof"]).count('"failed"') >= 1
