"""Stack traces as text, from any language we can read, as exceptions with frames."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rootcase.core.cluster import dotnet_text, go_text, php_text, ruby_text, rust_text
from rootcase.core.cluster.java_text import FRAME as JAVA_FRAME
from rootcase.core.cluster.java_text import parse_java
from rootcase.core.cluster.javascript_text import GECKO, V8, parse_javascript
from rootcase.core.cluster.native_text import MARK as NATIVE_MARK
from rootcase.core.cluster.native_text import parse_native
from rootcase.core.cluster.python_text import HEADER, parse_python
from rootcase.core.cluster.unwrap import cleaned, cut_at_a_width, other_readings, without_prefixes
from rootcase.core.model.events import ExceptionInfo

MAX_CHARACTERS = 1_000_000
MAX_LINE = 4_000
_PYTHON_FRAME = re.compile(r'File "[^"\n]{1,1000}", line \d')
_GECKO_LINE = re.compile(GECKO.pattern, re.MULTILINE)
_V8_LINE = re.compile(V8.pattern, re.MULTILINE)
_DOTNET_LINE = re.compile(dotnet_text.FRAME.pattern, re.MULTILINE)
_SWIFT_ENOUGH = ("at ", "@", ".go:", ":in ", "#", "panicked", "0x", "!")

_MISSED = (HEADER, "Caused by:", " at ", 'File "', ".go:", ".rb:", ".rs:", "#0 ", "goroutine ")

Parsed = tuple[tuple[ExceptionInfo, ...], tuple[str, ...]]
Parser = Callable[[Sequence[str]], Parsed]


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
    body = cleaned(text[-MAX_CHARACTERS:])
    notes = ("the text is longer than 1 MB; its end was read",) if cut else ()
    found = _read(body, platform)
    if not _looks_whole(body, found):
        for other in other_readings(body):
            again = _read(other, platform)
            if again is not None and _worth(again) > _worth(found):
                found = again
                notes = (*notes, "its lines were joined or cut anew before it was read")
    if found is None:
        return None
    return ParsedStack(found.platform, found.exceptions, notes + found.problems)


def _read(body: str, platform: str) -> ParsedStack | None:
    lines = [line[:MAX_LINE] for line in body.splitlines()]
    if platform in ("", "python") and ('File "' in body and (HEADER in body or _PYTHON_FRAME.search(body))):
        header = next((line for line in lines if HEADER in line), HEADER)
        prefixed = not header.lstrip(" |+").startswith((HEADER, "Exception Group"))
        exceptions, problems = parse_python(without_prefixes(lines) if prefixed else lines)
        if exceptions:
            return ParsedStack("python", exceptions, problems)
        if platform:
            return None
    if not any(mark in body for mark in _SWIFT_ENOUGH):
        return None
    bare = without_prefixes(lines)
    for language, parser in _candidates(body):
        exceptions, problems = parser(bare)
        if any(item.frames for item in exceptions):
            return ParsedStack(language, exceptions, problems)
    return None


def _candidates(body: str) -> list[tuple[str, Parser]]:
    """Languages whose frames stand in the text, the most telling mark first."""
    found: list[tuple[str, Parser]] = []
    if "at " in body:
        if dotnet_text.MARK.search(body) and _DOTNET_LINE.search(body):
            found.append(("csharp", dotnet_text.parse_dotnet))
        if JAVA_FRAME.search(body):
            found.append(("java", parse_java))
    if "panicked at " in body or (".rs:" in body and rust_text.MARK.search(body)):
        found.append(("rust", rust_text.parse_rust))
    if ".go:" in body and go_text.MARK.search(body):
        found.append(("go", go_text.parse_go))
    if ":in " in body and ruby_text.FRAME.search(body):
        found.append(("ruby", ruby_text.parse_ruby))
    if ("#" in body or "PHP " in body) and php_text.MARK.search(body):
        found.append(("php", php_text.parse_php))
    if "#0 " in body and NATIVE_MARK.search(body):
        found.append(("native", parse_native))
    if ("at " in body and _V8_LINE.search(body)) or ("@" in body and _GECKO_LINE.search(body)):
        found.append(("javascript", parse_javascript))
    if "at " in body and _DOTNET_LINE.search(body):
        found.append(("csharp", dotnet_text.parse_dotnet))
    if ("#" in body or "0x" in body or "!" in body) and NATIVE_MARK.search(body):
        found.append(("native", parse_native))
    return found


def _looks_whole(body: str, found: ParsedStack | None) -> bool:
    """Whether nothing hints at frames that were missed because lines were joined or cut."""
    if found is None:
        return not any(mark in body for mark in _MISSED)
    last = found.exceptions[-1]
    if not last.type or any("could not be read" in problem for problem in found.problems):
        return False
    seen = sum(len(item.frames) for item in found.exceptions)
    if found.platform == "python":
        return seen > 200 or (body.count('File "') <= seen and not cut_at_a_width(body))
    return body.count("\n") >= seen


def _worth(found: ParsedStack | None) -> tuple[int, int]:
    """More frames and a named error are worth more."""
    if found is None:
        return (0, 0)
    frames = sum(len(item.frames) for item in found.exceptions)
    return (frames + 2 * sum(bool(item.type) for item in found.exceptions), frames)
