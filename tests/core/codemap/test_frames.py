"""Frames as platforms spell them find their file, and each verdict says why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootcase.core.codemap.elsewhere import told_elsewhere
from rootcase.core.codemap.frames import Locator
from rootcase.core.codemap.index import CodeIndex
from rootcase.core.codemap.places import FileIndex, installed_part, places, plain_path
from rootcase.core.config.settings import RepositorySettings
from rootcase.core.model.events import Frame
from rootcase.core.workspace.repository import open_repository

PRICING = """import json


def price_for(rows, sku):
    for row in rows:
        if row["sku"] == sku:
            return row["amount"], row["currency"]
    raise KeyError(sku)


class Shop:
    rate = json.loads("1")

    def price_for(self, sku):
        return price_for(self.rows, sku)
"""
JAVA = "package com.shop;\n\nclass Cart {\n  static class Row {\n    int price() {\n      return 1 / 0;\n    }\n  }\n}"
PHP = "<?php\nnamespace Shop\\Pricing;\nclass Cart {\n  function total() {\n    return 1;\n  }\n}\n"
GO = "package cart\n\nfunc (c *Cart) Total() int {\n\treturn c.rows[3]\n}\n"
FILES = {
    "src/shop/__init__.py": "",
    "src/shop/pricing.py": PRICING,
    "src/other/util.py": "def price_for():\n    pass\n",
    "src/main/java/com/shop/Cart.java": JAVA,
    "cart/cart.go": GO,
    "lib/Pricing/Cart.php": PHP,
    "app/models/line_item.rb": "class LineItem\n  def total\n    1 / 0\n  end\nend\n",
    "Server/Pricing/Cart.cs": "namespace Shop.Pricing;\nclass Cart {\n  int Total() {\n    return 1;\n  }\n}\n",
    "web/src/components/Cart.tsx": "export const Cart = () => {\n  return total();\n};\n",
    "Mixed/Case.py": "def go():\n    pass\n",
    "mixed/case.py": "def other():\n    pass\n",
}
SOURCE = '            return row["amount"], row["currency"]'


@pytest.fixture
def locate(checkout, opened):
    async def locate_(frame, files=FILES, **settings):
        if not checkout.days:
            checkout.commit("First", files)
        repository, configured = await opened(**settings)
        commit = await repository.resolve("HEAD")
        locator = Locator(repository, commit, configured, CodeIndex(repository), sure=True)
        return (await locator.locate([frame]))[0]

    return locate_


def python(path, line=7, text=SOURCE, function="price_for", module="", **more):
    return Frame(
        function,
        module,
        path,
        more.pop("abs_path", path),
        line,
        context=((line, text),) if text else (),
        **more,
    )


@pytest.mark.parametrize(
    "path",
    [
        "/app/src/shop/pricing.py",
        "/app/shop/pricing.py",
        "/srv/deploy/current/shop/pricing.py",
        "/usr/src/app/shop/pricing.py",
        "/var/task/shop/pricing.py",
        "/home/mira/checkout/src/shop/pricing.py",
        "C:\\inetpub\\shop\\pricing.py",
        "/opt/venv/lib/python3.11/site-packages/shop/pricing.py",
        "shop/pricing.py",
        "./shop/pricing.py",
        "/app/dist/shop.pex/shop/pricing.py",
    ],
)
async def test_wherever_it_is_deployed_a_file_is_found_and_confirmed(locate, path):
    found = await locate(python(path))
    assert (found.verdict, found.path, found.line) == ("confirmed", "src/shop/pricing.py", 7)
    assert found.function.qualified_name == "price_for"


@pytest.mark.parametrize(
    ("frame", "path", "name"),
    [
        (
            Frame("price", "com.shop.Cart$Row", "Cart.java", line=6),
            "src/main/java/com/shop/Cart.java",
            "Cart.Row.price",
        ),
        (
            Frame("(*Cart).Total", "github.com/acme/shop/cart", "cart.go", "/app/cart/cart.go", 4),
            "cart/cart.go",
            "Cart.Total",
        ),
        (Frame("Total", "github.com/acme/shop/cart", "cart.go", line=4), "cart/cart.go", "Cart.Total"),
        (
            Frame("Shop\\Pricing\\Cart::total", "", "/var/www/lib/Pricing/Cart.php", line=5),
            "lib/Pricing/Cart.php",
            "Cart.total",
        ),
        (
            Frame("LineItem#total", "", "app/models/line_item.rb", "/app/app/models/line_item.rb", 3),
            "app/models/line_item.rb",
            "LineItem.total",
        ),
        (Frame("total", "LineItem", line=3), "app/models/line_item.rb", "LineItem.total"),
        (Frame("Total", "Shop.Pricing.Cart", "", line=4), "Server/Pricing/Cart.cs", "Cart.Total"),
        (
            Frame("Shop.Pricing.Cart.Total()", "", "Cart.cs", "D:\\build\\Server\\Pricing\\Cart.cs", 4),
            "Server/Pricing/Cart.cs",
            "Cart.Total",
        ),
        (
            Frame("Cart", "", "webpack:///./web/src/components/Cart.tsx?a1b2", line=2),
            "web/src/components/Cart.tsx",
            "Cart",
        ),
        (
            Frame("Cart", "", "app:///web/src/components/Cart.tsx", line=2),
            "web/src/components/Cart.tsx",
            "Cart",
        ),
        (
            Frame("Cart", "", "webpack-internal:///(app-pages-browser)/./src/components/Cart.tsx", line=2),
            "web/src/components/Cart.tsx",
            "Cart",
        ),
        (Frame("price_for", "shop.pricing", "pricing.py", line=7), "src/shop/pricing.py", "price_for"),
    ],
)
async def test_every_platform_names_its_files_in_its_own_way(locate, frame, path, name):
    found = await locate(frame)
    assert (found.path, found.function.qualified_name, found.verdict) == (path, name, "probable"), found.why


async def test_a_class_body_and_a_method_have_their_own_names(locate):
    found = await locate(python("shop/pricing.py", 12, '    rate = json.loads("1")', "Shop"))
    assert (found.function.qualified_name, found.function.kind) == ("Shop", "class")
    found = await locate(python("shop/pricing.py", 15, "        return price_for(self.rows, sku)"))
    assert found.function.qualified_name == "Shop.price_for"


@pytest.mark.parametrize(
    "frame",
    [
        Frame("top-level template code", "", "<template>", line=3),
        Frame("_find_and_load", "importlib._bootstrap", "<frozen importlib._bootstrap>", line=1007),
        Frame("<anonymous>", "", "<anonymous>"),
        Frame("exec", "", "<string>", line=1),
        Frame("map", "", "[native code]"),
        Frame("processTicksAndRejections", "", "node:internal/process/task_queues", line=95),
    ],
)
async def test_frames_without_a_file_are_no_anchors(locate, frame):
    found = await locate(frame)
    assert found.verdict == "not ours" and "is no file" in found.why


async def test_a_library_is_not_ours_even_under_a_name_that_we_have_too(locate):
    found = await locate(
        python("/venv/lib/python3.11/site-packages/requests/other/util.py", 2, "    return 7")
    )
    assert (found.verdict, found.why) == ("not ours", "a library's file")
    found = await locate(
        python("/usr/lib/python3.11/json/decoder.py", 355, "obj, end = self.scan_once(s, idx)")
    )
    assert found.verdict == "not ours"


async def test_source_lines_correct_the_line_whatever_their_white_space(locate):
    context = (
        (4, "\tif row['sku']  == sku:".replace("'", '"')),
        (5, SOURCE.replace("    ", "\t")),
        (6, "raise KeyError(sku)"),
    )
    found = await locate(Frame("price_for", "", "shop/pricing.py", line=5, context=context))
    assert (found.verdict, found.line) == ("probable", 7)
    assert "stand" in found.why and "at 7, the trace says 5" in found.why


async def test_lines_around_tell_the_place_of_one_that_reads_otherwise(locate):
    context = (
        (19, "for row in rows:"), (20, 'if row["sku"] == sku:'), (21, "return other"), (22, "raise KeyError(sku)"),
    )  # fmt: skip
    found = await locate(Frame("price_for", "", "shop/pricing.py", line=21, context=context))
    assert (found.verdict, found.line) == ("guessed", 7)


async def test_case_counts_only_where_it_tells_files_apart(locate):
    found = await locate(Frame("other", "", "app/mixed/case.py", line=2))
    assert (found.path, found.verdict) == ("mixed/case.py", "probable")
    found = await locate(Frame("price_for", "", "C:\\SHOP\\Pricing.py", line=7))
    assert found.path == "src/shop/pricing.py"


async def test_submodules_and_links_are_told(locate, checkout, tmp_path):
    checkout.commit("First", FILES)
    (checkout.path / "current").mkdir()
    (checkout.path / "current" / "prices.py").symlink_to("../src/shop/pricing.py")
    checkout.git("update-index", "--add", "--cacheinfo", f"160000,{'a' * 40},vendor/money")
    checkout.git("add", "current")
    checkout.git("commit", "-q", "-m", "Vendor")
    found = await locate(Frame("rate", "", "vendor/money/rates.py", "/app/vendor/money/rates.py", 3))
    assert found.verdict == "not ours" and "submodule vendor/money" in found.why
    found = await locate(python("/app/current/prices.py"))
    assert (found.path, found.verdict) == ("src/shop/pricing.py", "confirmed")


async def test_generated_binary_and_huge_files_are_named(locate, checkout):
    checkout.commit("First", {"app/data.py": "x = '\0'\n", "app/min.js": "var a=1;" * 3_000})
    (checkout.path / "app" / "latin.py").write_bytes("def gr\xfc\xdfe():\n    return 1\n".encode("latin-1"))
    checkout.git("add", "-A")
    checkout.git("commit", "-q", "-m", "Latin")
    found = await locate(Frame("f", "", "app/data.py", line=1))
    assert found.verdict == "guessed" and "is no text" in found.why
    found = await locate(Frame("f", "", "app/min.js", line=1))
    assert found.verdict == "guessed" and "minified" in found.why
    found = await locate(Frame("f", "", "app/latin.py", line=2, context=((2, "    return 1"),)))
    assert found.verdict == "confirmed"


def test_paths_of_any_platform_become_plain():
    assert plain_path("https://shop.example/static/js/app.js?v=3#x") == "static/js/app.js"
    assert plain_path("file:///C:/shop/app%20one.js") == "C:/shop/app one.js".removeprefix("C:")
    assert plain_path("app.jar!/com/shop/Cart.class") == "app.jar/com/shop/Cart.class"
    assert installed_part("/go/pkg/mod/github.com/acme/money@v1.2.3/rate/rate.go") == ("go", "rate/rate.go")
    assert installed_part("/app/node_modules/@acme/money/lib/rate.js") == ("node", "lib/rate.js")
    assert installed_part("/usr/gems/rails-7.0.1/lib/rails.rb") == ("gem", "lib/rails.rb")
    assert installed_part("/app/shop/pricing.py") == ("", "")


async def test_a_frame_of_another_configured_repository_is_told_where(checkout, opened, tmp_path):
    checkout.commit("First", {"app/main.py": "from money import rate\n\n\ndef main():\n    rate(1)\n"})
    library = type(checkout)(tmp_path / "money")
    library.commit("First", {"money/rates.py": "def rate(a):\n    return 1 / 0\n"})
    repository, settings = await opened()
    named = RepositorySettings(path=str(library.path))
    other = await open_repository(named, tmp_path / "state")
    frames = [
        Frame("main", "", "app/main.py", line=5),
        Frame(
            "rate",
            "",
            "/venv/lib/python3.11/site-packages/money/rates.py",
            line=2,
            context=((2, "    return 1 / 0"),),
        ),
        Frame("loads", "", "/usr/lib/python3.11/json/decoder.py", line=7),
    ]
    commit = await repository.resolve("HEAD")
    located = await Locator(repository, commit, settings, CodeIndex(repository), sure=True).locate(frames)
    asked = []

    async def others():
        asked.append(1)
        return [(other, named)], ["third was not asked for frames: it is not there"]

    found, missing = await told_elsewhere(frames, located, others)
    assert [place.verdict for place in found] == ["probable", "not ours", "not ours"]
    assert found[1].why == "in money, another of your repositories: money/rates.py:2 rate"
    assert found[2].why == "a library's file" and missing == [
        "third was not asked for frames: it is not there"
    ]
    await told_elsewhere(frames[:1], located[:1], others)
    assert len(asked) == 1, "nobody else is asked where every frame was found"


def test_a_name_that_hundreds_of_files_have_tells_nothing_alone():
    index = FileIndex([f"src/part{n}/__init__.py" for n in range(300)])
    assert index.by_suffix("/app/elsewhere/__init__.py") == ((), 0)
    assert index.by_suffix("/app/part7/__init__.py") == (("src/part7/__init__.py",), 2)
    assert index.by_suffix("/APP/Part7/__init__.py") == (("src/part7/__init__.py",), 2)


ODD = st.text(alphabet=st.sampled_from("a.b/\\:$@?#<>{}()[]%!~ \0\n\u202eé"), max_size=60)
TREE = FileIndex(["a/b.py", "b.py", "a/a.java", "Ü/é.rb"], {"l": "../a/b.py"}, ["a/m"])


@given(filename=ODD, abs_path=ODD, module=ODD)
def test_any_path_a_frame_tells_is_looked_for_and_only_files_come_back(filename, abs_path, module):
    frame = Frame("f", module, filename, abs_path, 3)
    for place in places(frame, TREE, RepositorySettings(path="x", stack_root="a", source_root="b")):
        assert place.path in TREE.files and place.length > 0
