"""The commit behind a line: layout changes, moves and merges are seen through, and said."""

import pytest

from rootcase.core.codemap.origin import Origins, layout_only

LONG = "    return tax_of(region, amount, currency=currency)\n"
FIRST = f"def tax(region, amount, currency):\n    check(region)\n{LONG}"
FORMATTED = """def tax(region, amount, currency):
    check(region)
    return tax_of(
        region,
        amount,
        currency=currency,
    )
"""


async def origin(opened, sha, path, line):
    repository, _ = await opened()
    (blamed,) = await repository.blame(sha, path, line, line)
    found = await Origins(repository).of(blamed)
    return found.commit.sha, [did for _, did in found.through]


async def test_a_formatter_is_seen_through(checkout, opened):
    first = checkout.commit("Tax", {"tax.py": FIRST}, author="mira")
    formatted = checkout.commit("Format everything", {"tax.py": FORMATTED}, author="omar")
    for line in (3, 5):
        assert await origin(opened, formatted, "tax.py", line) == (first, ["only changed its layout"])


async def test_a_move_to_another_file_is_seen_through(checkout, opened):
    first = checkout.commit("Tax", {"tax.py": FIRST, "pay.py": "x = 1\n"}, author="mira")
    moved = checkout.commit("Tidy", {"pay.py": "x = 1\n" + FIRST, "tax.py": "y = 2\n"}, author="omar")
    assert await origin(opened, moved, "pay.py", 4) == (first, ["only moved it"])


async def test_a_real_change_and_a_merge(checkout, opened):
    checkout.commit("Tax", {"tax.py": FIRST}, author="mira")
    checkout.git("checkout", "-q", "-b", "side")
    changed = checkout.commit(
        "Round", {"tax.py": FIRST.replace("amount, cur", "round(amount), cur")}, author="omar"
    )
    checkout.git("checkout", "-q", "main")
    checkout.commit("Other", {"b.py": "z = 1\n"})
    checkout.git("merge", "-q", "--no-ff", "-m", "Merge side", "side")
    assert await origin(opened, checkout.git("rev-parse", "HEAD"), "tax.py", 3) == (changed, [])


async def test_ignored_revisions_and_white_space_are_passed_over_by_blame_itself(checkout, opened):
    first = checkout.commit("Tax", {"tax.py": FIRST}, author="mira")
    checkout.commit("Indent", {"tax.py": FIRST.replace("    ", "\t")}, author="omar")
    repository, _ = await opened()
    (blamed,) = await repository.blame(checkout.git("rev-parse", "HEAD"), "tax.py", 3, 3)
    assert blamed.commit.sha == first


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        (["f(a, b)"], ["f(", "    a,", "    b,", ")"], True),
        (["x = 'a'"], ['x = "a"'], True),
        (["f(a, b)"], ["f(b, a)"], False),
        (["x = 1"], ["x = 2"], False),
        ([], ["x"], False),
        (["if a: b"], ["if a:", "    b"], True),
    ],
)
def test_layout_alone(old, new, same):
    assert layout_only(old, new) is same
