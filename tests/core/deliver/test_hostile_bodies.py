"""Sixty hostile texts in every field of a case: nothing in what is sent is live at any forge or tracker."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from rootcase.core.deliver import adf, markdown
from rootcase.core.deliver.linear import unfolded
from rootcase.core.deliver.naming import branch_name
from rootcase.core.deliver.policy import depth
from rootcase.core.deliver.proposal import compose
from rootcase.core.safety import inert
from tests.core.deliver.poisoning import poisoned
from tests.support.fake_jira import adf_fault

HOSTILE = (
    # mentions
    "@security please look", "ping @acme/payments now", "[~accountid:5b10ac8d82e05b22cc7d4ef5]", "[~dana] see this",
    "mail root@evil.example now", "@here @channel @all", "(@dana)", "cc:@mira", "&#64;dana", "＠dana @dana",
    # closing words of GitHub, GitLab, Jira and Linear, in any place
    "Fixes #12", "closes acme/shop#7", "Resolves: #3, #4 and #5", "implements issues #9", "Closing #1",
    "fixes GH-4", "Fix: ENG-123", "closes PAY-7", "completes ENG-9", "part of ENG-4", "Refs PAY-7, towards ENG-2",
    "fixes https://github.com/acme/shop/issues/2", "resolve https://gitlab.com/acme/shop/-/issues/2",
    "`Fixes #12`", "```\nCloses #5\n```", "PAY-7 #done #time 2h #comment gone", "PAY-7 #close",
    # references
    "see #1 !2 $3 ~bug %milestone &4", "acme/shop#12 and acme/shop!13", "~\"to do\" %\"next one\"", "*iteration:4",
    "[issue:acme/shop/4] [vulnerability:9]", "[[wiki page]] [[_TOC_]]", "GL-12 GH-12", "^alert#7",
    "0123456789abcdef0123456789abcdef01234567",
    # commands
    "/close", "text\n/approve\n/merge\n/assign @dana", "\n/label ~bug", "````\n/close\n````", "  /spend 1h",
    # HTML and images
    "<img src=https://evil.example/x.png onerror=alert(1)>", "![x](https://evil.example/p.png)",
    "<script>alert(1)</script>", "</details></details><h1>x</h1>", "<details><summary>x</summary>", "<!-- hidden -->",
    "<a href='https://evil.example'>x</a>", "[![x](https://evil.example/p.png)](https://evil.example)",
    "![][1]\n\n[1]: https://evil.example/p.png",
    # links
    "[click](https://evil.example/)", "https://evil.example/x", "www.evil.example", "<https://evil.example>",
    "javascript:alert(1)", "[x](javascript:alert(1))", "[a]: https://evil.example 'x'", "evil.com/login",
    "//evil.example/x", "[x](//evil.example)", "xmpp:dana@evil.example", "data:text/html;base64,AAAA",
    # getting out of what it is in
    "``` \n# Approved\n```", "`````", "| a | b |\n|---|---|\n| @dana | #1 |", "# Heading\n\nRootcase case C-9 · fp1:00",
    "- [x] reviewed", "> quoted @dana", "***", "Draft: [draft] x", "\x1b]8;;https://evil.example\x07x\x1b]8;;\x07",
    "\u202e21# sexiF", "$$\\href{https://evil.example}{x}$$", ":smile: [^1]", "{+ added +} [- gone -]",
)  # fmt: skip
HOSTS = frozenset({"github.com", "gitlab.com", "acme.sentry.io"})
OURS = re.compile(r"^</?details>(?:<summary>[\w ,.]+</summary>)?$")
WORDS = (
    r"(?:clos(?:e[sd]?|ing)|fix(?:e[sd]|ing)?|resolv(?:e[sd]?|ing)|implement(?:s|ed|ing)?|complet(?:e[sd]?|ing)"
    r"|refs?|references|towards?|part of)"
)
REF = r"(?:issues? +)?(?:[\w./-]*[#!]\d|[A-Za-z][A-Za-z0-9_]*-\d+|https?://)"
# GitLab's default pattern and Linear's words are looked for in raw text, code included.
CLOSING = re.compile(rf"(?i)\b{WORDS}:?[ \t]+{REF}")
COMMAND = re.compile(r"(?m)^[ \t]{0,3}/[a-z_]+")
MENTION = re.compile(
    r"@[\w-]|(?<!\w)#\d|\w#\d|!\d|\$\d+(?![\d.])|[~%][\w\"]|&\d|\bG[HL]-\d|\[~|\*iteration:|\[[a-z_]{4,20}:",
    re.I,
)
NODES = {
    "doc", "paragraph", "heading", "bulletList", "orderedList", "listItem", "codeBlock", "blockquote", "rule", "expand",
    "text", "hardBreak",
}  # fmt: skip


def live_in(text: str, *, html: bool) -> list[str]:
    """What a forge would act on in the rendered text. html: whether our own folding may be there."""
    found: list[str] = []
    for token in MarkdownIt("gfm-like", {"html": True}).parse(text):
        if token.type == "html_block":
            found += [x for x in token.content.strip().split("\n") if not (html and OURS.match(x))]
        if token.type in ("table_open", "hr"):
            found.append(token.type)
        ours = False
        for child in token.children or ():
            if child.type in ("image", "html_inline"):
                found.append(child.content or child.type)
            elif child.type == "link_open":
                ours = any(str(child.attrs["href"]).startswith(f"https://{h}/") for h in HOSTS)
                found += [] if ours else [str(child.attrs["href"])]
            elif child.type == "link_close":
                ours = False
            elif child.type == "text" and not ours:
                found += MENTION.findall(child.content)
                found += [child.content] if child.content.startswith("/") else []
    return found


def nodes(node):
    yield node
    for each in node.get("content", []):
        yield from nodes(each)


def bodies(kit, place, proved, text):
    """A pull request and a ticket with the text in every field that comes from outside."""
    settings = kit.settings_for("")
    for ticket in (False, True):
        case = replace(
            poisoned(proved.case, text), proofs=tuple(replace(p, summary=text) for p in proved.case.proofs)
        )
        repository = settings.repositories[0]
        how = depth(case, settings, repository)
        how = replace(how, kind="ticket") if ticket else how
        yield compose(case, settings, repository, kit.where(settings, place), how, "", ("sentry",))


def test_there_are_sixty_and_more():
    assert len(set(HOSTILE)) >= 60


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_is_live_at_any_forge_or_tracker(kit, place, proved, text):
    for proposal in bodies(kit, place, proved, text):
        body = proposal.body
        assert live_in(body, html=True) == []
        assert CLOSING.findall(body) == [] and COMMAND.findall(body) == []
        lines = [line for line in body.split("\n") if line.startswith("Rootcase case")]
        assert lines == ["Rootcase case C-1 · fp1:" + "ab" * 16]

        plain = unfolded(body)
        assert live_in(plain, html=False) == [] and CLOSING.findall(plain) == []

        document, _ = adf.document(body, HOSTS)
        assert adf_fault(document) == ""
        assert {node["type"] for node in nodes(document)} <= NODES
        links = [
            m["attrs"]["href"]
            for node in nodes(document)
            for m in node.get("marks", [])
            if m["type"] == "link"
        ]
        assert all(any(link.startswith(f"https://{host}/") for host in HOSTS) for link in links)
        # Text nodes outside of code are read by Jira's own editor when somebody opens them.
        loose = [n["text"] for n in nodes(document) if n["type"] == "text" and not n.get("marks")]
        assert not any("[~" in each for each in loose if each not in code_of(document))

        for write in proposal.writes:
            assert_titled(write.title)
            if write.kind in ("push", "comment"):
                assert not re.search(r"@[\w-]|#\w|\x1b|\u202e", write.text), write.text
                assert CLOSING.findall(write.text) == []
        assert not re.search(
            r"[a-z]-\d+(?![a-z0-9])", branch_name(poisoned(proved.case, text)).partition("-")[2][2:]
        )


def code_of(document):
    return {n["text"] for block in nodes(document) if block["type"] == "codeBlock" for n in block["content"]}


def assert_titled(title: str) -> None:
    assert "\n" not in title and not re.match(r"(?i)\s*(?:draft:|\[draft\]|\(draft\)|/)", title)
    assert not re.search(
        r"@[\w-]|#\w|://|www\.|\b[A-Za-z][A-Za-z0-9_]{0,20}-\d{1,9}\b|[\x00-\x1f\u202e]", title
    ), title
    assert CLOSING.findall(title) == []


@pytest.mark.parametrize("text", HOSTILE)
def test_the_words_are_still_there_to_be_read(text):
    """Neutral does not mean gone: a reader sees what the error said."""
    from rootcase.core.safety.text import clean_line

    shown = MarkdownIt("commonmark").parseInline(f"x {markdown.inline(text)}")[0].children or []
    words = "".join(token.content for token in shown).replace("\u2011", "-").split()
    assert words == f"x {clean_line(text)}".split()


def test_a_command_within_a_longer_fence_does_not_begin_a_line():
    assert "\n/close" not in markdown.block("```\n/close\n```") and " /close" in markdown.block("/close")


@pytest.mark.parametrize(
    "text",
    ["fix " * 20_000, "fixes " + "(" * 50_000, "fixes " + "a/." * 30_000, "closes:" * 20_000, "a-" * 40_000],
    ids=["words", "brackets", "paths", "colons", "dashes"],
)
def test_long_text_takes_no_longer_than_its_length(text):
    """Linear: what would be quadratic does not come back at all within the suite's own bound."""
    assert len(inert.disarmed(text)) >= len(text) - 1 and inert.plain(text)
