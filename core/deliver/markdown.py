"""Puts text from outside into Markdown so that nothing in it is live: no link, mention, HTML or command.

Forges look for mentions, references and addresses in the *rendered* text, where a backslash no longer
helps; only code spans and fences are left alone there. So what could become live goes into code.
"""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import urlsplit

from rootcase.core.safety.inert import disarmed
from rootcase.core.safety.text import clean, clean_line

Language = Literal["text", "diff", "python"]
ELLIPSIS = "…"
_ESCAPED = re.compile(r"([\\`*\[\]<>|~&$]|(?<![^\W_])_|_(?![^\W_])|^#)")
# The second half is GitLab's: labels, milestones, epics, iterations, `[issue:…]`; Jira's and GitLab's `[~name]`.
_LIVE = re.compile(
    r"@[\w-]|[\w-]@|#\d|\b(?:GH|GL)-\d|:?//\w|://|\bwww\.|\b(?:javascript|data|mailto|xmpp|vbscript):|^/\w"
    r"|\.(?:com|net|org|io|dev|co|app|xyz|info|ru|cn|de|uk|eu)(?:[/:?#]|$)"
    r"|[!$&]\d|[%~][\w\"]|\b[0-9a-f]{40}\b|\*iteration:|\[~|\[\[|\[[a-z_]{4,20}:",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"^\W*(?:clos(?:e[sd]?|ing)|fix(?:e[sd]|ing)?|resolv(?:e[sd]?|ing)|implement\w*|complet(?:e[sd]?|ing))\W*$",
    re.I,
)
_LIST_START = re.compile(r"^(?:[-+]|\d+[.)])$")


def inline(text: str, *, limit: int = 400) -> str:
    """One line of text from outside, as Markdown that shows exactly that text."""
    words = disarmed(clean_line(text, limit=limit)).split(" ")
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
    line = disarmed(clean_line(text, limit=limit))
    if not line:
        return ""
    fence = "`" * (_longest_run(line) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def block(text: str, language: Language = "text", *, lines: int = 30, width: int = 200) -> str:
    """The text as a fenced block that it cannot break out of, at most `lines` lines.

    GitLab reads commands at a line's start in raw text, so none begins with `/`.
    """
    kept = disarmed(clean(text)).rstrip("\n").split("\n")
    kept = [f" {line}" if line.startswith("/") else line for line in kept]
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
    label = (
        _ESCAPED.sub(r"\\\1", disarmed(clean_line(text, limit=80))) if not _LIVE.search(text) else code(text)
    )
    return f"[{label}]({address})"


def folded(summary: str, body: str) -> str:
    """A folded section of our own making; summary is our own words, never text from outside."""
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall(r"`+", text)), default=0)
