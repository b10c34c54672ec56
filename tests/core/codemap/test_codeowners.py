"""CODEOWNERS as GitLab reads it: sections, defaults, optional ones, exclusions; and errors named with their line."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rootcase.core.codemap.codeowners import parse_codeowners, read_codeowners
from rootcase.core.codemap.owner_patterns import covers

SECTIONS = """\
# default
* @all

[Payments][2] @pay-leads @alice
/src/pay/
/src/pay/tax\\ rules/ @tax
!/src/pay/vendored/
/src/pay/vendored/ours.py @alice

^[Docs] @docs
*.md
docs/ @writers

[PAYMENTS]
/src/checkout.py @@maintainer
"""


def gitlab(text):
    return parse_codeowners(text, ".gitlab/CODEOWNERS", "gitlab")


def owners(rules, path):
    return [(rule.section, rule.owners) for rule in rules.all_of(path)]


def test_each_section_has_its_own_last_match_and_its_default_owners():
    rules = gitlab(SECTIONS)
    assert rules.faults == ()
    assert owners(rules, "src/pay/card.py") == [("", ("@all",)), ("Payments", ("@pay-leads", "@alice"))]
    assert owners(rules, "src/pay/tax rules/se.py") == [("", ("@all",)), ("Payments", ("@tax",))]
    assert owners(rules, "docs/a.md")[-1] == ("Docs", ("@writers",))


def test_what_a_section_excludes_stays_out_whatever_comes_after():
    assert owners(gitlab(SECTIONS), "src/pay/vendored/ours.py") == [("", ("@all",))]


def test_sections_of_one_name_are_one_and_optional_ones_come_last():
    rules = gitlab(SECTIONS)
    (_, role) = rules.all_of("src/checkout.py")
    assert (role.section, role.owners, role.approvals) == ("Payments", ("@@maintainer",), 2)
    optional = gitlab("[Must] @b\n*\n^[Or] @c\n*\n").all_of("x")
    assert [rule.section for rule in optional] == ["Must", "Or"] and optional[-1].optional


@pytest.mark.parametrize(
    ("pattern", "path", "owned"),
    [
        ("docs", "docs/a.md", False),
        ("docs/", "x/docs/a/b.md", True),
        ("/docs/*", "docs/a.md", True),
        ("/docs/*", "docs/a/b.md", False),
        ("/docs/**/*.md", "docs/a/b.md", True),
        ("ee/docs/", "x/ee/docs/y.md", True),
        ("README.md", "a/README.md", True),
        ("*", "a/b/c", True),
    ],
)
def test_gitlab_anchors_by_a_leading_slash_alone(pattern, path, owned):
    assert covers(pattern, path, "gitlab") is owned


def test_errors_are_named_with_their_line_and_the_rest_holds():
    rules = gitlab("[Broken @a\n[] @b\n[Ok][zero] @c\n/x/\n[None]\n/y/\n/z/ nobody @d\n")
    assert [fault.split(" ")[0] for fault in rules.faults] == [
        f".gitlab/CODEOWNERS:{n}:" for n in (1, 2, 3, 6, 7)
    ]
    assert "asks for no number of approvals" in rules.faults[2] and "names no owner" in rules.faults[3]
    assert owners(rules, "x/a") == [("Ok", ("@c",))] and owners(rules, "z/a") == [("None", ("@d",))]


def test_nested_groups_are_gitlabs_alone():
    assert gitlab("* @acme/core/pay\n").rules[0].owners == ("@acme/core/pay",)
    assert "is no owner" in parse_codeowners("* @acme/core/pay\n").faults[0]


async def test_the_file_of_the_forge_is_read(checkout, opened):
    checkout.commit(
        "Owners",
        {"CODEOWNERS": "* @root\n", ".github/CODEOWNERS": "* @hub\n", ".gitlab/CODEOWNERS": "* @lab\n"},
    )
    head = checkout.git("rev-parse", "HEAD")
    repository, _ = await opened()
    assert (await read_codeowners(repository, head, "github")).rules[0].owners == ("@hub",)
    assert (await read_codeowners(repository, head, "gitlab")).rules[0].owners == ("@root",)
    checkout.commit("Less", {"CODEOWNERS": "[All] @lab\n*\n"}, remove=(".github/CODEOWNERS",))
    head = checkout.git("rev-parse", "HEAD")
    repository, _ = await opened()
    read = await read_codeowners(repository, head)
    assert read.dialect == "gitlab" and read.all_of("x")[0].owners == ("@lab",)


@pytest.mark.parametrize("dialect", ["github", "gitlab"])
def test_a_line_without_a_pattern_is_named_and_the_rest_holds(dialect):
    rules = parse_codeowners("\\\n*.py @ana\n", "CODEOWNERS", dialect)
    assert rules.faults == ("CODEOWNERS:1: \\ is no pattern",)
    assert rules.all_of("src/a.py")[0].owners == ("@ana",)


@given(st.text(max_size=400), st.sampled_from(["github", "gitlab"]))
@example("\\", "gitlab")
def test_any_text_is_read(text, dialect):
    rules = parse_codeowners(text, "CODEOWNERS", dialect)
    rules.all_of("src/a.py")
    assert len(rules.faults) <= 50
