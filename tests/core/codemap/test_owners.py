"""CODEOWNERS in GitHub's dialect, and functions of a file."""

import pytest

from rootcase.core.codemap.codeowners import parse_codeowners
from rootcase.core.codemap.functions import function_at, functions_of
from rootcase.core.codemap.owner_patterns import covers


@pytest.mark.parametrize(
    ("pattern", "path", "owned"),
    [
        ("*", "a/b/c.py", True),
        ("*.js", "a/b.js", True),
        ("*.js", "a/b.jsx", False),
        ("/build/logs/", "build/logs/x/y.txt", True),
        ("/build/logs/", "a/build/logs/x", False),
        ("docs/*", "docs/a.md", True),
        ("docs/*", "docs/a/b.md", False),
        ("apps/", "x/apps/y/z.py", True),
        ("/docs/", "docs/x.md", True),
        ("/scripts/", "a/scripts/x", False),
        ("**/logs", "a/b/logs/x", True),
        ("/apps/github", "apps/github/x.py", True),
        ("src/**/api.py", "src/a/b/api.py", True),
        ("src/**/api.py", "src/api.py", True),
        ("app/pri?ing.py", "app/pricing.py", True),
        ("a.py", "x/aXpy", False),
    ],
)
def test_a_pattern_covers(pattern, path, owned):
    assert covers(pattern, path) is owned


def test_the_last_match_wins_and_an_empty_one_takes_ownership_away():
    rules = parse_codeowners("* @all\n/app/ @mira @acme/core # both\n/app/gen/\n")
    assert rules.owners_of("app/x.py").owners == ("@mira", "@acme/core")
    assert rules.owners_of("app/gen/x.py").owners == ()
    assert rules.owners_of("x.py").owners == ("@all",)


def test_lines_that_github_refuses_are_named():
    rules = parse_codeowners("!x @a\n[ab].py @a\n*.py mira\n*.md docs@example.com\n")
    assert len(rules.faults) == 3 and "CODEOWNERS:3: mira is no owner" in rules.faults
    assert rules.owners_of("x.md").owners == ("docs@example.com",)


def test_a_line_is_in_its_innermost_function():
    text = "class Cart:\n    def total(self):\n        def add(x):\n            return x + 1\n"
    text += "        return add(price())\n"
    assert function_at(text, "a.py", 4).qualified_name == "Cart.total.add"
    assert function_at(text, "a.py", 5).qualified_name == "Cart.total"
    assert function_at(text, "a.py", 1) is None
    assert function_at(text, "a.js", 4) is None
    assert dict(functions_of(text, "a.py")[0].calls) == {"add": 5, "price": 5}


def test_broken_and_deep_files_are_read_as_far_as_they_go():
    assert [function.name for function in functions_of("def f():\n    return (\n\ndef g(:\n", "a.py")][
        :1
    ] == ["f"]
    deep = "".join(f"{' ' * n}def f{n}():\n" for n in range(400)) + " " * 400 + "pass\n"
    assert function_at(deep, "a.py", 401).name == "f399"
