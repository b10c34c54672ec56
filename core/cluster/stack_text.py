"""Stack traces as text, from any language we can read, as exceptions with frames."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rootcase.core.cluster.other_text import parse_go, parse_java, parse_javascript
from rootcase.core.cluster.python_text import HEADER, parse_python
from rootcase.core.model.events import ExceptionInfo

MAX_CHARACTERS = 1_000_000
MAX_LINE = 4_000
_ANSI = re.compile(r"\x1b\[[0-9;:]{0,32}[A-Za-z]")
_PYTHON_FRAME = re.compile(r'File "[^"\n]{1,1000}", line \d')
_JAVA_FRAME = re.compile(r"^\s*at [\w.$/]{3,300}\([\w$ ]{1,100}(?:\.(?:java|kt|scala):\d+)?\)", re.MULTILINE)
_GO_MARK = re.compile(r"^goroutine \d+ \[", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ParsedStack:
    """exceptions: oldest cause first, frames outermost first. problems: what could not be read."""

    platform: str
    exceptions: tuple[ExceptionInfo, ...]
    problems: tuple[str, ...] = ()


def parse_stack(text: str, platform: str = "") -> ParsedStack | None:
    """The stack trace in a text that may hold much else, or None where there is none.

    Args: text: up to 1 MB is read, its end where it is longer. platform: `python`, `javascript`… or "".
    """
    cut = len(text) > MAX_CHARACTERS
    body = _ANSI.sub("", text[-MAX_CHARACTERS:])
    if "\\n" in body and body.count("\n") <= body.count("\\n"):
        body = body.replace("\\r", "").replace("\\n", "\n").replace("\\t", "\t").replace('\\"', '"')
    lines = [line[:MAX_LINE] for line in body.splitlines()]
    notes = ("the text is longer than 1 MB; its end was read",) if cut else ()
    if platform in ("", "python") and (HEADER in body or _PYTHON_FRAME.search(body)):
        exceptions, problems = parse_python(lines)
        return ParsedStack("python", exceptions, notes + problems) if exceptions else None
    if _GO_MARK.search(body):
        found, language = parse_go(lines), "go"
    elif _JAVA_FRAME.search(body):
        found, language = parse_java(lines), "java"
    else:
        found, language = parse_javascript(lines), "javascript"
    return ParsedStack(language, found, notes) if found else None
