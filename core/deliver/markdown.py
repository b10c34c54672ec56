"""Puts text from outside into Markdown so that nothing in it is live: no link, mention, HTML or command.

Forges look for mentions, references and addresses in the *rendered* text, where a backslash no longer
helps; only code spans and fences are left alone there. So what could become live goes into code.
"""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import urlsplit

from rootcase.core.safety.text import clean, clean_line

Language = Literal["text", "diff", "python"]
ELLIPSIS = "…"
_ESCAPED = re.compile(r"([\\`*\[\]<>|~&$]|(?<![^\W_])_|_(?![^\W_])|^#)")
_LIVE = re.compile(
    r"@[\w-]|[\w-]@|#\d|\b(?:GH|gh)-\d|://|\bwww\.|\b(?:javascript|data|mailto|xmpp|vbscript):|^/\w"
    r"|\.(?:com|net|org|io|dev|co|app|xyz|info|ru|cn|de|uk|eu)(?:[/:?#]|$)"
    r"|[!$%~&]\d|\b[0-9a-f]{40}\b",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"^\W*(?:close|closes|closed|fix|fixes|fixed|resolve|resolves|resolved|implement\w*)\W*$", re.I
)
_LIST_START = re.compile(r"^(?:[-+]|\d+[.)])$")


def inline(text: str, *, limit: int = 400) -> str:
    """One line of text from outside, as Markdown that shows exactly that text."""
    words = clean_line(text, limit=limit).split(" ")
    out: list[str] = []
    for index, word in enumerate(words):
        after = words[index + 1] if index + 1 < len(words) else ""
        if _LIVE.search(word) or (_CLOSING.match(word) and _LIVE.search(after)):
            out.append(code(word))
        elif index == 0 and _LIST_START.match(word):
            out.append(f"{word[:-1]}\\{word[-1]}")
        else:
            out.append(_ESCAPED.sub(r"\\\1", word))
    return " ".join(out)


def code(text: str, *, limit: int = 200) -> str:
    """The text as one code span, whatever backticks it holds; "" stays ""."""
    line = clean_line(text, limit=limit)
    if not line:
        return ""
    fence = "`" * (_longest_run(line) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def block(text: str, language: Language = "text", *, lines: int = 30, width: int = 200) -> str:
    """The text as a fenced block that it cannot break out of, at most `lines` lines."""
    kept = clean(text).rstrip("\n").split("\n")
    if len(kept) > lines:
        kept = [*kept[:lines], f"{ELLIPSIS} {len(kept) - lines} more lines"]
    shown = "\n".join(line if len(line) <= width else line[:width] + ELLIPSIS for line in kept)
    fence = "`" * max(3, _longest_run(shown) + 1)
    return f"{fence}{language}\n{shown}\n{fence}"


def link(text: str, url: str, hosts: frozenset[str]) -> str:
    """A link where its host is one that the configuration names; else the text alone."""
    address = clean_line(url)
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return code(text)
    plain = re.fullmatch(r"[\w:/.?&=%~+,-]+", address) is not None
    if parts.scheme not in ("http", "https") or host not in hosts or not plain or parts.username:
        return code(text)
    label = _ESCAPED.sub(r"\\\1", clean_line(text, limit=80)) if not _LIVE.search(text) else code(text)
    return f"[{label}]({address})"


def folded(summary: str, body: str) -> str:
    """A folded section of our own making; summary is our own words, never text from outside."""
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"


def plain(text: str, *, limit: int = 200) -> str:
    """One line for places without Markdown, such as titles and commit messages: nothing there is live."""
    line = clean_line(text)
    line = re.sub(r"(?<=[\w/])?#(?=\d)", "no. ", line)
    line = re.sub(r"\b(GH)-(?=\d)", r"\1 ", line, flags=re.IGNORECASE)
    line = re.sub(r"@(?=[\w-])", "(at)", line)
    line = re.sub(r"\b[a-z][a-z0-9+.-]*://|\bwww\.", "", line, flags=re.IGNORECASE)
    line = re.sub(r"\[(skip|no) ci\]|\[ci skip\]|\*\*\*NO_CI\*\*\*", "", line, flags=re.IGNORECASE)
    line = line.lstrip("/# ")
    return clean_line(line, limit=limit)


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall(r"`+", text)), default=0)
