"""What became of a failing line since the release: moved, changed, gone, or perhaps repaired already."""

import pytest

from rootcase.core.codemap.extent import statement_at
from rootcase.core.codemap.head import Head
from rootcase.core.model.code import MappedFrame

CART = """import money


def total(rows, currency):
    amount = sum(row.price for row in rows)
    return convert(
        amount,
        source=rows[0].currency,
        target=currency,
    )


def convert(amount, source, target):
    rate = money.rate(source, target)
    return amount * rate
"""


def frame(path, line):
    return MappedFrame(0, "f", "f", path, line, "confirmed")


@pytest.fixture
def follow(checkout, opened):
    async def follow_(release, path, line, literals=()):
        repository, _ = await opened()
        head = Head(repository, release, await repository.resolve("main"), literals)
        found = await head.follow(frame(path, line))
        return found, head.changed_since(found)

    return follow_


async def test_a_file_is_followed_through_renames_however_much_it_changed(checkout, follow):
    release = checkout.commit("First", {"cart.py": CART, "other.py": "x = 1\n"})
    checkout.commit("Move", {"shop/cart.py": CART}, remove=("cart.py",))
    filler = "".join(f"def step_{n}(value):\n    return value + {n}\n\n\n" for n in range(40))
    checkout.commit("Grow", {"shop/cart.py": CART + "\n\n" + filler})
    checkout.commit("Move again", {"shop/sales/basket.py": filler + CART + filler}, remove=("shop/cart.py",))
    found, since = await follow(release, "cart.py", 14)
    assert (found.head_path, found.head_line, found.head_status) == ("shop/sales/basket.py", 174, "moved")
    assert since == ""


async def test_a_function_that_went_to_another_file_is_found_there(checkout, follow):
    release = checkout.commit("First", {"cart.py": CART})
    head, tail = CART.split("def convert")
    checkout.commit("Split", {"cart.py": head, "exchange.py": f"import money\n\n\ndef convert{tail}"})
    found, since = await follow(release, "cart.py", 14)
    assert (found.head_path, found.head_line, found.head_status, since) == ("exchange.py", 5, "moved", "")


async def test_a_change_anywhere_in_the_statement_may_be_the_repair(checkout, follow):
    release = checkout.commit("First", {"cart.py": CART})
    fix = checkout.commit(
        "Take the default", {"cart.py": CART.replace("rows[0].currency", "first(rows)")}, author="lena"
    )
    checkout.commit("Note", {"cart.py": CART.replace("rows[0].currency", "first(rows)") + "\n# done\n"})
    found, since = await follow(release, "cart.py", 6)
    assert (found.head_status, found.head_line) == ("same", 6)
    assert since == f"{fix[:7]} by lena changed cart.py:6"


async def test_layout_and_neighbours_are_no_repair(checkout, follow):
    release = checkout.commit("First", {"cart.py": CART})
    one_line = CART.replace("(\n        amount,\n        source=rows[0].currency,\n        target=currency,\n    )",
                            "(amount, source=rows[0].currency, target=currency)")  # fmt: skip
    checkout.commit(
        "Format", {"cart.py": "# cart\n" + one_line.replace("amount * rate", "amount * rate + 0")}
    )
    found, since = await follow(release, "cart.py", 8)
    assert found.head_line == 7 and since == ""


async def test_a_deleted_file_names_who_deleted_it(checkout, follow):
    release = checkout.commit("First", {"cart.py": CART, "keep.py": "x = 1\n"})
    gone = checkout.commit("Away", remove=("cart.py",), author="mira")
    found, since = await follow(release, "cart.py", 6)
    assert found.head_status == "gone" and since == f"{gone[:7]} by mira removed cart.py"


async def test_a_release_beside_the_main_line_is_followed_too(checkout, follow):
    checkout.commit("First", {"cart.py": CART})
    checkout.git("checkout", "-q", "-b", "release-1")
    release = checkout.commit("Hotfix", {"cart.py": "# hot\n" + CART})
    checkout.git("checkout", "-q", "main")
    checkout.commit("Go on", {"cart.py": "# a\n# b\n# c\n" + CART})
    found, since = await follow(release, "cart.py", 15)
    assert (found.head_line, found.head_status, since) == (17, "moved", "")


PYTHON = "def f(a):\n  x = call(\n    a,\n    b(1),\n  )\n  if (a and\n      b):\n    return 1\n"
SCRIPT = "function f(a) {\n  return call(\n    a,\n    () => {\n      go();\n    },\n  );\n}\n"


@pytest.mark.parametrize(
    ("path", "text", "line", "statement"),
    [
        ("a.py", PYTHON, 4, (2, 5)),
        ("a.py", PYTHON, 7, (6, 7)),
        ("a.py", PYTHON, 8, (8, 8)),
        ("a.js", SCRIPT, 3, (2, 4)),
        ("a.js", SCRIPT, 5, (5, 5)),
        ("a.txt", PYTHON, 4, (4, 4)),
        ("a.py", PYTHON, 99, (99, 99)),
    ],
)
def test_a_statement_is_whole_whatever_line_of_it_is_asked_for(path, text, line, statement):
    assert statement_at(text, path, line) == statement
