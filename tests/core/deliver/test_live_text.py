"""Nothing from outside is live in a line, a block, a title or a whole proposal: no mention, closing word or link."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rootcase.core.deliver import markdown
from rootcase.core.deliver.naming import marker
from rootcase.core.model.entries import Reviewed
from rootcase.core.model.proofs import Finding
from rootcase.core.safety import inert
from tests.core.deliver.composing import made
from tests.core.deliver.poisoning import poisoned
from tests.core.deliver.reading import HOSTS, live_in

HOSTILE = (
    "![x](https://evil.example/p.png)",
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "@acme/admins look",
    "fixes #12",
    "Closes acme/checkout#3",
    "resolves https://github.com/acme/checkout/issues/4",
    "[click](https://evil.example)",
    "[x]: https://evil.example\n[x]",
    "www.evil.example",
    "```\n\n# Heading\n@dana\n```",
    "~~~\n</details>\n",
    "</details><b>x</b>",
    "`` ` @dana ` ``",
    "/close",
    "/label ~bug",
    "javascript:alert(1)",
    "<https://evil.example>",
    "mail root@evil.example",
    "\x1b]8;;https://evil.example\x07x",
    "a\u202eb @dana",
    "| a | b |\n|--|--|\n| @dana |",
    "<!-- x -->",
    "GH-12",
    "&lt;b&gt; &#64;dana",
    "1. one\n2. two",
    "- [ ] task",
    "$@dana$",
    "\\@dana \\#12",
    "**fixes** #12",
    "fixes: #12",
    "x`@dana",
    "`@dana",
    "##",
    "***",
    "\ud800",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_from_outside_is_live_in_a_line_or_a_block(text: str) -> None:
    assert live_in(markdown.inline(text)) == []
    assert live_in(f"- {markdown.inline(text)} and\n") == []
    assert live_in(markdown.block(text)) == []
    assert live_in(markdown.code(text)) == []
    assert live_in(markdown.link(text, "https://evil.example/", HOSTS)) == []


@given(st.text(alphabet=st.sampled_from("`@#[]()<>!\\/:~*_ \n-ax1&."), max_size=40))
def test_no_mixture_of_signs_gets_out(text: str) -> None:
    assert live_in(f"before {markdown.inline(text)}\n\n{markdown.block(text)}\n\nafter\n") == []
    parsed = MarkdownIt("commonmark").parse(f"{markdown.block(text)}\n")
    assert [t.type for t in parsed] == ["fence"]


@given(st.text(max_size=60))
def test_a_line_shows_exactly_its_words(text: str) -> None:
    from rootcase.core.safety.text import clean_line

    tokens = MarkdownIt("commonmark").parseInline(f"x {markdown.inline(text)}")[0].children or []
    shown = "".join(t.content for t in tokens)
    assert shown.split() == f"x {clean_line(text)}".split()


@pytest.mark.parametrize("text", HOSTILE)
def test_a_title_or_commit_message_calls_and_closes_nothing(text: str) -> None:
    line = inert.plain(text)
    assert "\n" not in line
    assert not re.search(r"#\d|GH-\d|@[\w-]|://|www\.|[\x00-\x1f\u202a-\u202e]", line, re.I), line


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_in_every_field_is_shown_and_not_live(kit, place, proved, text):
    case = proved.add(
        Reviewed(1, proved.case.draft.digest, 2, (Finding("r1", "c", "warn", "h1", text),), "hold")
    )
    case = replace(
        poisoned(case, text), proofs=tuple(replace(p, summary=text, flaky=(text,)) for p in case.proofs)
    )
    proposal = made(kit, place, case)
    assert proposal.kind == "draft_pull_request"
    assert live_in(proposal.body) == []
    assert marker(case) in proposal.body
    for write in proposal.writes:
        assert "\x1b" not in write.text and "\u202e" not in write.text
    message = proposal.writes[0].text
    assert not re.search(r"(?i)(?:fix|close|resolve)\w*:? +\S*#\d|@[\w-]|://", message), message


def test_a_link_to_a_host_that_is_not_configured_is_text(kit, place, proved):
    case = proved.case
    case = replace(case, signals=(replace(case.signals[0], url="https://evil.example/issues/1"),))
    assert "evil.example" not in made(kit, place, case).body
