"""Our Markdown as Jira's document: what Jira takes, nothing that could run, and never too long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootcase.core.deliver.adf import LONGEST, document, plain_text
from rootcase.core.deliver.markdown import block, folded
from tests.support.fake_jira import adf_fault

HOSTS = frozenset({"acme.sentry.io"})


def kinds(markdown: str) -> list[str]:
    return [node["type"] for node in document(markdown, HOSTS)[0]["content"]]


def test_each_form_of_our_bodies_has_its_node():
    body = (
        "### Signal\n- one **two**\n- `three`\n\n"
        + folded("4 more", block("x = 1", "python"))
        + "\n\n1. a\n2. b\n\n> q\n"
    )
    assert kinds(body) == ["heading", "bulletList", "expand", "orderedList", "blockquote"]
    expand = document(body, HOSTS)[0]["content"][2]
    assert expand["attrs"] == {"title": "4 more"}
    assert expand["content"] == [
        {"type": "codeBlock", "attrs": {"language": "python"}, "content": [{"type": "text", "text": "x = 1"}]}
    ]
    assert adf_fault(document(body, HOSTS)[0]) == ""


def test_links_go_to_configured_hosts_alone_and_images_are_their_words():
    text = (
        "[a](https://acme.sentry.io/1) [b](https://evil.example/) ![c](https://acme.sentry.io/p.png) <b>d</b>"
    )
    (paragraph,) = document(text, HOSTS)[0]["content"]
    linked = {n["text"] for n in paragraph["content"] if any(m["type"] == "link" for m in n.get("marks", []))}
    assert linked == {"a"} and plain_text(paragraph) == "a b c <b>d</b>"


@pytest.mark.parametrize(
    "close", ["</details>", "</details>\n</details>\n", "<details><summary>y</summary>\n\nz"]
)
def test_folds_that_do_not_match_break_nothing(close):
    markdown = f"<details><summary>x</summary>\n\ntext\n\n{close}\n\n- end\n"
    assert adf_fault(document(markdown, HOSTS)[0]) == "" and "end" in plain_text(document(markdown, HOSTS)[0])


def test_a_body_that_is_too_long_loses_its_folds_first_and_keeps_its_last_line():
    fold = folded("log", block("line\n" * 3000, lines=5000))
    node, cut = document(
        f"### Signal\n- kept\n\n{fold}\n\n{fold}\n\n{fold}\n\nRootcase case C-1 · fp1:ab\n", HOSTS
    )
    words = plain_text(node)
    assert cut and len(words) <= LONGEST and "kept" in words and words.endswith("Rootcase case C-1 · fp1:ab")
    assert "too long for Jira" in words and adf_fault(node) == ""
    long = "\n\n".join(["word " * 200] * 60)
    node, cut = document(f"{long}\n\nRootcase case C-1 · fp1:ab", HOSTS)
    assert (
        cut
        and len(plain_text(node)) <= LONGEST
        and plain_text(node).endswith("fp1:ab")
        and adf_fault(node) == ""
    )
    assert not document("short", HOSTS)[1]


@given(st.text(alphabet="<>details/sumary`*_[]()!#-+. \n1a~|\\&", max_size=80))
def test_any_markdown_makes_a_document_that_jira_takes(markdown):
    assert adf_fault(document(markdown, HOSTS)[0]) == ""
