"""Makes text from outside say the same and do nothing, in places that have no code spans to put it into."""

from __future__ import annotations

import re

from rootcase.core.safety.text import clean_line

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
