"""Reads our Markdown as a forge and a reader do: what is live in it, and what shows before anything is unfolded."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt

HOSTS = frozenset({"acme.sentry.io", "localhost"})
LIVE_TEXT = re.compile(r"@[\w-]|#\d|GH-\d|://|\bwww\.|javascript:", re.I)


def live_in(text: str) -> list[str]:
    """Everything in the Markdown that a forge would act on, beyond our own folding."""
    ours = re.compile(r"^</?details>(?:<summary>[\w ,.]+</summary>)?$")
    found: list[str] = []
    for token in MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text):
        if token.type == "html_block":
            found += [line for line in token.content.strip().split("\n") if not ours.match(line)]
        if token.type in ("table_open", "hr"):
            found.append(token.type)
        inside_link = False
        for child in token.children or ():
            if child.type in ("image", "html_inline"):
                found.append(child.type)
            elif child.type == "link_open":
                inside_link = True
                address = str(child.attrs["href"])
                found += [] if any(address.startswith(f"https://{h}/") for h in HOSTS) else [address]
            elif child.type == "link_close":
                inside_link = False
            elif child.type == "text" and not inside_link and child.content.strip() != "Refs #1":
                found += LIVE_TEXT.findall(child.content)
                found += [child.content] if child.content.startswith("/") else []
    return found


def visible(body: str) -> list[str]:
    """The lines that a reader sees before anything is unfolded, as a Markdown parser tells them."""
    shown: list[str] = []
    folds = 0
    for token in MarkdownIt("commonmark", {"html": True}).parse(body):
        if token.type == "html_block":
            shown += re.findall(r"<summary>([^<]*)</summary>", token.content) if not folds else []
            folds += token.content.count("<details>") - token.content.count("</details>")
        elif not folds and token.type in ("inline", "fence", "code_block"):
            shown += [line for line in token.content.split("\n") if line.strip()]
    assert folds == 0
    return shown
