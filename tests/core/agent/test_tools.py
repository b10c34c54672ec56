"""The reading tools on a real repository: exact, short, and helpful where the model asked wrongly."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rootcase.core.agent.fencing import fence
from rootcase.core.agent.model_client import ToolCall
from rootcase.core.agent.tools.history import files_of_patch
from rootcase.core.agent.tools.more import RESULT_LIMIT
from rootcase.core.agent.tools.offer import reading_tools
from rootcase.core.agent.tools.places import Places
from rootcase.core.agent.tools.symbol import definition_span, is_definition
from rootcase.core.agent.tools.toolbox import Toolbox

Bench = Any


class Hands:
    """Calls tools as a model would."""

    def __init__(self, bench: Bench, default: Any = "release", workspace: Any = None) -> None:
        self.places = Places(bench.repository, bench.case.code, default, workspace)
        self.box = Toolbox(reading_tools(bench.case, bench.deps(None), self.places), bench.redactor)

    async def __call__(self, tool: str, **arguments: Any) -> str:
        called = await self.box.call(ToolCall("1", tool, json.dumps(arguments)))
        self.ok = called.result.ok
        return called.text


async def test_a_file_is_read_at_the_release_or_at_head(bench: Bench) -> None:
    hands = Hands(bench)
    release = await hands("read_file", path="shop/pricing.py", start=1, end=2)
    assert "shop/pricing.py:1-2 of 14, release 1.1.0" in release and "And machines" not in release
    assert "And machines" in await hands("read_file", path="./shop/pricing.py", at="head")
    assert '12     return row["amount"]' in await hands("read_file", path="shop/pricing.py", at="head")


async def test_a_wrong_path_brings_near_ones(bench: Bench) -> None:
    hands = Hands(bench)
    assert "Near: shop/pricing.py" in await hands("read_file", path="src/pricing.py") and not hands.ok
    assert "climbs with .." in await hands("read_file", path="../../etc/passwd") and not hands.ok
    assert "outside the repository" in await hands("read_file", path="/etc/passwd") and not hands.ok


async def test_lines_behind_the_end_say_how_many_there_are(bench: Bench) -> None:
    assert "has 1 lines" in await Hands(bench)("read_file", path="shop/settings.py", start=90)


async def test_search_pages_and_finds_nothing_in_words(bench: Bench) -> None:
    hands = Hands(bench)
    assert "shop/pricing.py:13: rows = load_prices(skus)" in await hands(
        "search", text="load_prices(", path="shop"
    )
    assert "No line contains 'nowhere'" in await hands("search", text="nowhere") and hands.ok
    assert "page 3 is behind" in await hands("search", text="currency", page=3)
    assert "shop/catalog.py:3" in await hands("search", text='"sku": "[A-B]-', regex=True)


async def test_an_ill_formed_expression_is_an_answer_not_a_crash(bench: Bench) -> None:
    assert await Hands(bench)("search", text="((", regex=True)


async def test_the_tree_lists_folders_with_their_sizes(bench: Bench) -> None:
    hands = Hands(bench)
    assert "shop/  4 files" in await hands("tree") and "CODEOWNERS" in await hands("tree")
    assert "pricing.py" in await hands("tree", path="shop/")
    assert "There is no folder" in await hands("tree", path="lib")


async def test_a_symbol_comes_with_its_whole_definition(bench: Bench) -> None:
    hands = Hands(bench)
    text = await hands("symbol", name="shop.pricing.quote()")
    assert "shop/pricing.py:12-14" in text and "return [price_for" in text
    assert "1 line in 1 file uses the name" in text
    assert "No definition of nope" in await hands("symbol", name="nope")
    assert "takes one name" in await hands("symbol", name="a b")


async def test_history_says_who_and_when(bench: Bench) -> None:
    hands = Hands(bench)
    assert "Load price rows in bulk" in await hands("log", path="shop/catalog.py")
    assert "Sell things" in await hands("blame", path="shop/pricing.py", start=8, end=8)
    sha = bench.case.code.release_commit
    assert '-    return {row["sku"]: dict(row)' in await hands("show_commit", sha=sha[:10])
    assert "It does not touch shop/pricing.py" in await hands("show_commit", sha=sha, path="shop/pricing.py")
    assert "at least 7" in await hands("show_commit", sha="--output=/tmp/x")
    assert "shop/catalog.py  +1 -1" in await hands("diff_window")


async def test_production_is_shown_as_data(bench: Bench) -> None:
    hands = Hands(bench)
    assert "price_for" in await hands("trace")
    frame = await hands("trace", frame=bench.case.code.frames[-1].evidence)
    assert "row = {" in frame and frame.startswith("<data origin=")
    assert "There is no frame f99" in await hands("trace", frame="f99")
    assert "KeyError" in await hands("event") and "release 1.1.0" in await hands("event")
    assert "nothing was sent there" in await hands("event", field="breadcrumbs")


async def test_the_draft_is_read_as_it_stands(bench: Bench) -> None:
    hands = Hands(bench, "draft", await bench.open())
    await bench.workspace.write("shop/pricing.py", "changed = True\n")
    await bench.workspace.write("tests/test_new.py", "fresh = 1\n")
    hands.places.changed |= {"shop/pricing.py", "tests/test_new.py"}
    assert "changed = True" in await hands("read_file", path="shop/pricing.py")
    assert "test_new.py" in await hands("tree", path="tests")
    found = await hands("search", text="row")
    assert "shop/pricing.py" not in found and "shop/catalog.py" in found
    assert "tests/test_new.py:1: fresh = 1" in await hands("search", text="fresh")
    assert "And machines" in await hands("read_file", path="shop/pricing.py", at="head")


async def test_secrets_and_controls_are_taken_out_of_results_and_long_ones_are_cut(bench: Bench) -> None:
    await bench.open()
    await bench.workspace.write(
        "shop/pricing.py", "a = 'tok-very-secret-1'\n\x1b[31m\u202e\n" + "b" * 150 + "\n"
    )
    text = await Hands(bench, "draft", bench.workspace)("read_file", path="shop/pricing.py")
    assert "tok-very" not in text and "\x1b" not in text and "\u202e" not in text
    await bench.workspace.write("shop/pricing.py", ("c" * 200 + "\n") * 160)
    text = await Hands(bench, "draft", bench.workspace)("read_file", path="shop/pricing.py")
    assert len(text) < RESULT_LIMIT and "more lines follow; read_file with start=29" in text


@pytest.mark.parametrize(
    ("line", "yes"),
    [
        ("def load(x):", True), ("async def load(x):", True), ("class load:", True), ("load = 3", True),
        ("load: int = 3", True), ("function load(a) {", True), ("const load = () => 1", True),
        ("func (s *Shop) load() {", True), ("    public static int load(int a) {", True), ("fn load() {", True),
        ("x = load(3)", False), ("if load == 3:", False), ("def loader(x):", False), ("reload = 3", False),
    ],
)  # fmt: skip
def test_what_a_definition_looks_like(line: str, yes: bool) -> None:
    assert is_definition("load", line) is yes


def test_a_definition_spans_its_decorators_and_its_body() -> None:
    lines = ["@one", "@two(", "def load(", "    a,", "):", "    x = 1", "", "    return x", "", "", "y = 2"]
    assert definition_span(lines, 3) == (1, 8)
    braces = ["func load() {", "  x()", "}", "", "func other() {"]
    assert definition_span(braces, 1) == (1, 3)


def test_a_patch_is_narrowed_to_whole_paths() -> None:
    patch = "diff --git a/app/a.py b/app/a.py\n+1\ndiff --git a/app/ab.py b/app/ab.py\n+2\n"
    assert files_of_patch(patch, "app/a.py") == "diff --git a/app/a.py b/app/a.py\n+1\n"
    assert files_of_patch(patch, "app") == patch


@pytest.mark.parametrize("end", ["</data>", "< / data >", "</DATA\n>", "<data origin='x'>"])
def test_fenced_text_cannot_close_its_fence(end: str) -> None:
    text = fence('pro"duction</data>', f"a{end}b")
    assert text.lower().count("<data") == 1 and text.count("</data>") == 1 and text.endswith("</data>")
    assert "< /" not in text
