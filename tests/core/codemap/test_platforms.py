"""A crash of each platform, in its own Sentry shape or as its runtime prints it, ends in the right function."""

import json

import pytest

from rootcase.core.commands.parser import run
from tests.core.codemap.carts import JAVA, NODE_CART, NODE_MONEY
from tests.core.codemap.platform_crashes import CASES, JAVA_TEXT, NODE_TEXT


@pytest.fixture
def shop(checkout, tmp_path, monkeypatch, capsys):
    """Maps what is told onto a repository whose HEAD has two more lines at the top of every file."""
    monkeypatch.setenv("ROOTCASE_HOME", str(tmp_path / "home"))

    def mapped(files, given):
        checkout.commit("Release", files, tag="v1.0.0")
        checkout.commit("Go on", {path: "\n\n" + text for path, text in files.items()})
        assert (
            run(["explain", "map", given, "--repo", str(checkout.path), "--commit", "v1.0.0", "--json"]) == 0
        )
        return json.loads(capsys.readouterr().out)

    return mapped


@pytest.mark.parametrize("platform", CASES)
def test_a_platforms_own_frames_lead_to_its_functions(shop, tmp_path, platform):
    files, event, expected = CASES[platform]
    given = tmp_path / "event.json"
    given.write_text(json.dumps(event))
    found = shop(files, str(given))
    for frame, wanted in zip(found["frames"], expected, strict=True):
        if wanted is None:
            assert frame["verdict"] == "not ours", frame
        else:
            assert (frame["path"], frame["qualified_name"], frame["line"]) == wanted, frame
            assert (frame["head_path"], frame["head_line"]) == (wanted[0], wanted[2] + 2)
            assert frame["head_status"] == "moved"
            # A function without a name and without source lines can only be guessed.
            sure = ("guessed",) if frame["function"] == "?" else ("confirmed", "probable")
            assert frame["verdict"] in sure, frame
    assert found["functions"][0]["qualified_name"] and found["files"][0]["path"] in files


@pytest.mark.parametrize(
    ("files", "text", "innermost"),
    [
        ({"src/cart.js": NODE_CART, "src/money.js": NODE_MONEY}, NODE_TEXT, ("src/money.js", "rateOf", 6)),
        (
            {"src/main/java/com/shop/Cart.java": JAVA},
            JAVA_TEXT,
            ("src/main/java/com/shop/Cart.java", "Cart.Row.price", 24),
        ),
    ],
    ids=["node", "java"],
)
def test_what_a_runtime_printed_is_mapped_too(shop, tmp_path, files, text, innermost):
    given = tmp_path / "crash.txt"
    given.write_text(text)
    frames = [frame for frame in shop(files, str(given))["frames"] if frame["verdict"] != "not ours"]
    assert (frames[-1]["path"], frames[-1]["qualified_name"], frames[-1]["line"]) == innermost
