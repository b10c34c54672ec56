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
# The second half is GitLab's: labels, milestones, epics, iterations, `[issue:…]`; Jira's and GitLab's `[~name]`.
_LIVE = re.compile(
    r"@[\w-]|[\w-]@|#\d|\b(?:GH|GL)-\d|:?//\w|://|\bwww\.|\b(?:javascript|data|mailto|xmpp|vbscript):|^/\w"
    r"|\.(?:com|net|org|io|dev|co|app|xyz|info|ru|cn|de|uk|eu)(?:[/:?#]|$)"
    r"|[!$&]\d|[%~][\w\"]|\b[0-9a-f]{40}\b|\*iteration:|\[~|\[\[|\[[a-z_]{4,20}:",
    re.IGNORECASE,
)
# A tracker's issue as people write it; Jira, Linear and GitLab act on it after a closing word, in code too.
_KEY = re.compile(r"\b([A-Za-z][A-Za-z0-9_]{0,20})-(?=\d{1,9}\b)")
_CLOSES = re.compile(
    r"\b(clos(?:e[sd]?|ing)|fix(?:e[sd]|ing)?|resolv(?:e[sd]?|ing)|implement(?:s|ed|ing)?|complet(?:e[sd]?|ing)"
    r"|refs?|references|towards?|contributes to|part of|relate[sd] to)"
    r"(:?)[ \t]+((?:issues?[ \t]+)?)(?=([^\s\w]*(?:[\w./-]{1,100}[#!]\d|[#!]\d|[A-Za-z][\w]{0,20}-\d|https?:)))",
    re.IGNORECASE,
)
_SIGNS = "`'\"()[]{}<>*~!?.,;:|/\\+=^$%&#-"
NO_BREAK = "\u00a0"
HYPHEN = "\u2011"
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


def disarmed(text: str) -> str:
    """The same to the eye, but nothing closes an issue: a space after a closing word does not break, and a
    tracker's key right behind has a hyphen that is none to a machine.

    GitLab looks for closing words in raw text, code included:
    https://docs.gitlab.com/user/project/issues/managing_issues/#default-closing-pattern
    """
    out, at = [], 0
    for match in _CLOSES.finditer(text):
        word, colon, issues = match.group(1), match.group(2), match.group(3).rstrip()
        out += [text[at : match.start()], word, colon, NO_BREAK, f"{issues}{NO_BREAK}" if issues else ""]
        at = match.end()
        key = _KEY.match(text, at + len(match.group(4)) - len(match.group(4).lstrip(_SIGNS)))
        if key is not None:
            out += [text[at : key.start()], key.group(1), HYPHEN]
            at = key.end()
    return "".join([*out, text[at:]])


def plain(text: str, *, limit: int = 200) -> str:
    """One line for places without Markdown, such as titles and commit messages: nothing there is live.

    Jira reads `#done` in a commit message as a command, Linear moves an issue that a title names, and GitLab
    takes a title that begins with `Draft:` at its word.
    """
    line = clean_line(text)
    line = re.sub(r"^(?:\s*(?:\[draft\]|\(draft\)|draft:))+", "", line, flags=re.IGNORECASE)
    line = _KEY.sub(rf"\1{HYPHEN}", line)
    line = re.sub(r"(?<=\w)#(?=\d)", " #", line)
    line = re.sub(r"#(?=\d)", "no. ", line)
    line = re.sub(r"#(?=[A-Za-z])", "# ", line)
    line = re.sub(r"\b(G[HL])-(?=\d)", r"\1 ", line, flags=re.IGNORECASE)
    line = re.sub(r"[!$&~%](?=\d)", r"\g<0> ", line)
    line = re.sub(r"@(?=[\w-])", "(at)", line)
    line = re.sub(r"\b[a-z][a-z0-9+.-]{0,30}://|\bwww\.", "", line, flags=re.IGNORECASE)
    line = re.sub(r"\[(skip|no) ci\]|\[ci skip\]|\*\*\*NO_CI\*\*\*", "", line, flags=re.IGNORECASE)
    line = line.lstrip("/# ")
    return disarmed(clean_line(line, limit=limit))


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall(r"`+", text)), default=0)
