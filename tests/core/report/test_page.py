"""The report's page: hostile text stays text, nothing is fetched or run, and all that a post-mortem needs is in it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import msgspec
import pytest
from jsonschema import Draft202012Validator

from rootcase.core.model.aftermath import Aftermath, Pull
from rootcase.core.model.case import Case, Said
from rootcase.core.model.drafts import Draft, Hunk, HunkState
from rootcase.core.model.evidence import Citation, Claim, Evidence, NoteLine
from rootcase.core.model.history import Moment
from rootcase.core.model.proofs import ProofResult
from rootcase.core.model.signals import Deploy, Signal
from rootcase.core.report.facts import report
from rootcase.core.report.html import link
from rootcase.core.report.page import page
from rootcase.core.schemas.published import file_of

HOSTILE = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</style><script>x()</script>", "</pre></details>",
    "<a href='javascript:x()'>y</a>", "<!-- ", "&lt;b&gt;", "<iframe src=//evil.example>", "\x1b]52;c;eA==\x07",
    "\u202eevil", "<svg/onload=x>", "<meta http-equiv=refresh content=0>", "' onmouseover='x", "]]><base href=//e>",
    "<title>no</title>", "</body></html>",
)  # fmt: skip
OURS = {
    "html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "b", "a", "ul", "li", "dl", "dt", "dd", "div",
    "span", "code", "pre", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "footer",
}  # fmt: skip
VOID = frozenset({"meta"})


class Reading(HTMLParser):
    """tags, their attributes and all text, as a browser's parser has them; nesting is held to account."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError("a comment came in")

    @property
    def text(self) -> str:
        return "".join(self.words)


def full_of(text: str) -> Case:
    """A case with that text wherever the world can put one."""
    signal = Signal(
        "sentry", text, text, text, f"https://x.example/{text}", events=3, users=2, first_seen_us=5, last_seen_us=9,
        first_release=text, last_release=text, environment=text, deploys=(Deploy(text, text, 7, f"javascript:{text}"),),
    )  # fmt: skip
    hunk = Hunk("h1", text, 3, (f"{text}\n",), (f"+{text}\n",), before=(text,))
    draft = Draft(
        1, "a" * 40, hunks=(HunkState(hunk),), digest="d", explanation=text, sentences=(("h1", text),)
    )
    claim = Claim("k1", text, "supported", (Citation("s1"),), "cause", text)
    return Case(
        key="C-1", title=text, service=text, seq=1, head_hash="f" * 64, opened_us=6, signals=(signal,),
        drafts=(draft,), title_of_change=text, claims=(claim, replace(claim, id="k2", status="refuted")),
        evidence=(Evidence("s1", "code", text, text),), note=(NoteLine(text, text),), asks=text,
        proofs=(ProofResult("red", 1, "d", "t", "ok", text),),
        said=(Said(3, 8, f"human:{text}", "commented", text, text),),
        moments=(Moment("merged", 8, text, text, 2, url=f"https://x.example/?{text}"),),
        after=Aftermath(Pull("7", f"https://x.example/{text}", "closed", "", 8, text, text), awaits=text),
    )  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    got = Reading(page(full_of(text)))
    assert set(got.tags) <= OURS and not got.open
    assert {name for _, name, _ in got.attributes} <= {
        "class", "lang", "href", "rel", "charset", "content", "http-equiv", "name",
    }  # fmt: skip
    assert got.tags.count("style") == got.tags.count("title") == got.tags.count("h1") == 1
    for _, name, value in got.attributes:
        assert name != "href" or re.match(r"https://x\.example/", value)
    plain = "".join(c for c in text if c.isprintable() and c != "\u202e")
    assert plain in got.text.replace("�", ""), "and it can be read"
    assert "\x1b" not in got.text and "\u202e" not in got.text


def test_nothing_is_fetched_and_nothing_runs() -> None:
    text = page(full_of("plain"))
    got = Reading(text)
    assert not {"script", "img", "link", "iframe", "object", "form", "base"} & set(got.tags)
    policy = next(
        value for tag, name, value in got.attributes if name == "content" and "default-src" in value
    )
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "url(" not in style and "@import" not in style
    assert text.index("Content-Security-Policy") < text.index("<style>")


def test_it_reads_in_the_dark_and_on_paper() -> None:
    text = page(full_of("plain"))
    assert (
        "prefers-color-scheme: dark" in text and "@media print" in text and "color-scheme: light dark" in text
    )


@pytest.mark.parametrize(
    "address",
    ["javascript:x", "data:text/html,x", "http:///x", "https://a@b.example/", "//e.example", "https://["],
)
def test_only_a_web_page_is_linked(address: str) -> None:
    assert "<a" not in link(address, "words")


def test_what_a_post_mortem_needs(story_at) -> None:
    got = Reading(page(story_at("recurred"))).text
    for words in (
        "Timeline", "first event on 2.14.0", "2.14.0 deployed to prod-eu", "became a case", "the gate said fix",
        "pull request opened", "PR #1841 merged as 9d4c21e", "verified in staging", "came back on 2.14.1",
        "4,812 events", "√ supported", "a3d90be drops the column", "× refuted", "Load the currency",
        '"currency")', "391 passed", "Decisions of humans", "rejected", "dana", "$0.28", "Still open",
    ):  # fmt: skip
        assert words in got, words
    case = story_at("recurred")
    assert case.head_hash in got


def test_the_timeline_is_in_the_order_of_time_and_names_who(story_at) -> None:
    it = report(story_at("verified"))
    moments = [each.at_us for each in it.timeline]
    assert moments == sorted(moments)
    kinds = [each.kind for each in it.timeline]
    for before, after in (
        ("deploy", "first_event"), ("first_event", "opened"), ("opened", "triaged"), ("triaged", "cause"),
        ("drafted", "proved"), ("proved", "pull_request"), ("pull_request", "merged"), ("merged", "deployed"),
        ("deployed", "verified"),
    ):  # fmt: skip
        assert kinds.index(before) < kinds.index(after), f"{before} before {after}"
    assert next(each for each in it.timeline if each.kind == "merged").actor == "mira"
    assert it.afterwards.startswith("verified in prod-eu") and it.impact.users == 311


def test_a_case_that_has_nothing_yet_is_a_page_too() -> None:
    got = Reading(page(Case(key="C-9", title="New")))
    assert "C-9" in got.text and "Timeline" not in got.text


@pytest.mark.parametrize("step", ["fresh", "ticket", "recurred", "closed"])
def test_its_json_is_as_published(story_at, step: str) -> None:
    told = msgspec.json.decode(msgspec.json.encode(report(story_at(step))))
    schema = json.loads(file_of("report").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(told)
    assert (told["fix"] is not None, told["after"] is not None) == ((step in ("recurred", "closed"),) * 2)
