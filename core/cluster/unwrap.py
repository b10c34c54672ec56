"""Takes a stack trace out of what carried it: escapes, JSON wrappers, log prefixes, lines cut or joined."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence

MAX_DEPTH = 4
COMMON_LINES = 4
COMMON_WORDS = 5
_FRAME_WORDS = frozenset({"at", "from", "in", "File", "-", "|", "#"})
_QUOTED_REST = re.compile(r"(?:[^\"\\]+|\\.)*", re.DOTALL)
_ANSI = re.compile(r"\x1b\[[0-9;:]{0,32}[A-Za-z]")
_STACK_FIELDS = (
    "stack", "stack_trace", "stacktrace", "stackTrace", "exc_info", "exception", "error", "err", "traceback",
    "trace", "log", "textPayload", "jsonPayload", "attributes", "body", "MESSAGE", "message", "msg", "event",
    "Exception", "@x", "throwable", "error.stack_trace", "error.stack", "exception.stacktrace", "exc_text", "backtrace",
)  # fmt: skip
_CLOCK = (
    r"\[?(?:\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d{1,9})?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?"
    r"|\d\d:\d\d:\d\d(?:[.,]\d{1,9})?|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d)\]?"
)
_LEVEL = r"\[?(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|ERR|CRITICAL|FATAL|SEVERE|ALERT|EMERG)\]?"
_CLOCK_FIRST = re.compile(rf"^(?:<\d{{1,3}}>\d? ?)?{_CLOCK}(?:,| |$)")
_COMPOSE = re.compile(r"^[\w.-]{1,60} {0,20}\| ")
_PREFIX = re.compile(
    rf"^(?:<\d{{1,3}}>\d? ?)?(?:{_CLOCK}(?:,| (?=\S)| |$))"
    rf"(?:(?:stdout|stderr) [FP] )?"
    rf"(?:(?!{_LEVEL})[\w.-]{{1,80}} [\w./-]{{1,60}}(?:\[\d{{1,9}}\])?: )?"
    rf"(?:{_LEVEL}:?(?: |$))?(?: {{0,3}}\[[\w .:/#-]{{1,80}}\] ?){{0,3}}"
    rf"(?:(?=[^\n]{{1,80}} (?:\||-|—) )[\w.$/:-]{{1,80}} (?:\||-|—) |[\w.$/-]{{1,80}}: (?=\s))?"
)
_BARE_LEVEL = re.compile(rf"^{_LEVEL}(?::[\w.]{{1,80}}:| (?:in [\w.]{{1,80}}: )?)")
_JOINTS = re.compile(
    r"\s+(?=at (?:async |new )?[\w.$<>/+\[\]]{1,200} ?\(|at (?:async )?[\w./:@-]{1,300}:\d{1,7}:\d{1,7}\b"
    r"|Caused by: |\.\.\. \d{1,6} (?:more|common)|File \"[^\"]{1,400}\", line \d"
    r"|During handling of the above|The above exception was|Traceback \(most recent|goroutine \d+ \[running"
    r"|from [\w./-]{1,300}:\d+:in |#\d{1,4} [^\s#]|--- End of |thrown in |Stack trace:|at [\w.<>`+]{1,300}\()"
)
_CODE = re.compile(r"(File \"[^\"\n]{1,400}\", line \d{1,9}, in (?:<\w+>|[\w.<>]+)) ?([^\n]*)")
_RAISED = re.compile(
    r"(?:^|\s)((?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Exit|Interrupt|Iteration|Warning|Timeout|Group)(?:: |$)"
    r"|(?:[a-z_]\w*\.)+[A-Z]\w*: |[A-Z][a-z]+(?:[A-Z][a-z]+)+: )"
)
_CARETS = re.compile(r"\s+[~^]{3,}[~^]*(?=\s|$)")
_GO_PLACE = re.compile(r"\s+(\S{1,400}\.go:\d{1,9}(?: \+0x[0-9a-f]{1,16})?)(?:\s+|$)")
_GO_HEAD = re.compile(r"\s*(goroutine \d{1,9} \[[^\]\n]{1,80}\]:)\s*")
_RUST_HEAD = re.compile(r"(panicked at \S{1,400}:\d{1,9}:\d{1,9}:)\s*")
_RUST_CALL = re.compile(r"\s+(stack backtrace:|\d{1,4}: (?=[\w<]))")
_RUST_PLACE = re.compile(r"(?<!panicked)\s+(at \S{1,400}\.rs:\d)")
_RUBY_PLACE = re.compile(r"\s+(?=(?:from )?[^\s:\"]{1,400}\.rb:\d{1,9}:in )")
_WIDTHS = (79, 80, 100, 119, 120, 132)


def cleaned(text: str) -> str:
    """Text without colours and escapes: JSON taken apart, `\\n` as line breaks."""
    body = _ANSI.sub("", text) if "\x1b" in text else text
    body = _from_logfmt(_from_json(body))
    if "#012" in body and body.count("\n") <= body.count("#012"):
        body = body.replace("#012", "\n").replace("#011", "\t")
    for _ in range(3):
        if "\\n" not in body or body.count("\n") > body.count("\\n"):
            break
        body = body.replace("\\\\n", "\\n").replace("\\r", "").replace("\\n", "\n")
        body = body.replace("\\\\t", "\\t").replace("\\t", "\t").replace('\\\\"', '"').replace('\\"', '"')
        body = body.replace("\\u003c", "<").replace("\\u003e", ">").replace("\\u0027", "'")
    if "\r" in body:
        body = body.replace("\r\n", "\n").replace("\r", "\n")
    return body


def without_prefixes(lines: Sequence[str]) -> list[str]:
    """Lines without the clock, level and logger that a logger put before each."""
    composed = sum(1 for line in lines[:60] if _COMPOSE.match(line))
    if composed * 10 >= min(len(lines), 60) * 8:
        lines = [_COMPOSE.sub("", line, count=1) for line in lines]
    if len(lines) >= COMMON_LINES:
        lines = _without_common_words(lines)
    out = []
    for line in lines:
        head = line[:1]
        if head.isdigit() or head in "[<" or head.isupper():
            found = _PREFIX.match(line)
            if found is None and head.isupper():
                found = _BARE_LEVEL.match(line)
            if found and found.end():
                line = line[found.end() :]
        out.append(line)
    return out


def _without_common_words(lines: Sequence[str]) -> Sequence[str]:
    """Lines without a clock and the words after it that nearly all begin with: a pod, a host, a container."""
    bare = [_CLOCK_FIRST.sub("", line, count=1) for line in lines]
    told = sum(1 for line in lines if line.strip())
    clocks = sum(1 for line, other in zip(lines, bare, strict=True) if line != other)
    rest = bare if clocks * 10 >= told * 8 else list(lines)
    found = False
    for _ in range(COMMON_WORDS):
        first = Counter(line.split(" ", 1)[0] for line in rest if line[:1].strip() and " " in line)
        word, times = first.most_common(1)[0] if first else ("", 0)
        if times < COMMON_LINES or times * 10 < told * 8 or (word in _FRAME_WORDS and not found):
            break
        if word in _FRAME_WORDS and word.isalpha():
            break
        found = True
        rest = [line[len(word) + 1 :] if line.startswith(word + " ") else line for line in rest]
    return rest if found else lines


def other_readings(body: str) -> Iterator[str]:
    """The same text with its lines put right, for where it could not be read as it stands."""
    if " | " in body and body.count("\n") < body.count(" | "):
        yield body.replace(" | ", "\n")
    if body.count("\n") < 3:
        yield rejoined(body)
        return
    lines = body.split("\n")
    longest = max(len(line) for line in lines)
    if longest in _WIDTHS:
        yield _unwrapped(lines, longest)
    if longest <= max(_WIDTHS):
        yield rejoined(" ".join(line.strip() for line in lines))


def cut_at_a_width(body: str) -> bool:
    """Whether lines seem to have been cut where a terminal or a logger ends them."""
    widths = [len(line) for line in body.split("\n")]
    return max(widths) in _WIDTHS


def rejoined(line: str) -> str:
    """A trace that lost its line breaks gets them back before each frame."""
    out = _JOINTS.sub("\n", line)
    if ".go:" in out:
        out = _GO_PLACE.sub(r"\n\t\1\n", _GO_HEAD.sub(r"\n\1\n", out))
    elif ".rs:" in out:
        out = _RUST_PLACE.sub(r"\n             \1", _RUST_CALL.sub(r"\n\1", _RUST_HEAD.sub(r"\1\n", out)))
    elif ".rb:" in out:
        out = _RUBY_PLACE.sub("\n", out)
    if 'File "' not in out:
        return out
    out = _CARETS.sub("", out)
    out = _CODE.sub(r"  \1\n    \2", out)
    head, _, tail = out.rpartition("\n")
    raised = list(_RAISED.finditer(tail))
    if head and raised and 'File "' not in tail:
        at = raised[-1].start(1)
        out = f"{head}\n{tail[:at].rstrip()}\n{tail[at:]}"
    return out


def _unwrapped(lines: Sequence[str], width: int) -> str:
    out: list[str] = []
    cut = False
    for line in lines:
        if cut:
            out[-1] += line
        else:
            out.append(line)
        cut = len(line) == width
    return "\n".join(out)


def _from_json(body: str) -> str:
    start = body.lstrip()[:1]
    if start == "{":
        whole = _fields(body.strip())
        if whole is not None:
            return whole
        parts = [_fields(line.strip()) for line in body.split("\n") if line.strip()]
        told = [part for part in parts if part is not None]
        if told and len(told) == len(parts):
            return "\n".join(part.rstrip("\n") for part in told)
    at = body.find("{")
    if 0 < at < 300 and "\n" not in body.strip() and body.rstrip().endswith("}"):
        inner = _fields(body[at:].strip())
        if inner is not None and "\n" in inner:
            return f"{body[:at].rstrip()}\n{inner}"
    return body


def _from_logfmt(body: str) -> str:
    """The quoted value of a `key="…"` line that holds a trace with its line breaks escaped."""
    if "\n" in body.strip() or '="' not in body or "\\n" not in body:
        return body
    at = 0
    while (at := body.find('="', at)) >= 0:
        found = _QUOTED_REST.match(body, at + 2)
        end = found.end() if found else len(body)
        if end >= len(body):
            return body
        if "\\n" in body[at:end] and at and body[at - 1].isidentifier():
            inner = body[at + 2 : end]
            return inner.replace("\\n", "\n").replace("\\t", "\t").replace('\\"', '"').replace("\\\\", "\\")
        at = end + 1
    return body


def _fields(text: str) -> str | None:
    if not text.startswith("{"):
        return None
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return _told(value, 0)


def _told(value: object, depth: int) -> str:
    """The field that holds most of a trace; the message where none does."""
    if isinstance(value, str):
        return cleaned(value) if value.lstrip()[:1] == "{" and depth < MAX_DEPTH else value
    if isinstance(value, list):
        if value and all(isinstance(item, str) for item in value[:2000]):
            return "\n".join(str(item) for item in value[:2000])
        return _frames_told(value)
    if not isinstance(value, dict) or depth >= MAX_DEPTH:
        return ""
    first = ""
    for name in _STACK_FIELDS:
        if name in value:
            told = _told(value[name], depth + 1)
            if "\n" in told or "\\n" in told:
                return _with_header(value, told)
            first = first or told
    return first


def _frames_told(value: list[object]) -> str:
    """Tracebacks as structlog writes them into JSON: a list of exceptions, the raised one first."""
    out: list[str] = []
    for item in reversed(value[:50]):
        if not isinstance(item, dict) or not isinstance(item.get("frames"), list):
            return ""
        if out:
            out.append("\nThe above exception was the direct cause of the following exception:\n")
        out.append("Traceback (most recent call last):")
        for frame in [each for each in item["frames"][:2000] if isinstance(each, dict)]:
            out.append(
                f'  File "{frame.get("filename", "")}", line {frame.get("lineno", 0)}, in {frame.get("name", "")}'
            )
            if frame.get("line"):
                out.append(f"    {frame['line']}")
        out.append(f"{item.get('exc_type', '')}: {item.get('exc_value', '')}")
    return "\n".join(out)


def _with_header(value: dict[object, object], told: str) -> str:
    """Some loggers keep type and message beside the frames."""
    if told[:1].isspace() or told.startswith(("at ", "#0")):
        kind = next(
            (value[name] for name in ("type", "kind", "name", "class") if isinstance(value.get(name), str)),
            "",
        )
        words = next((value[name] for name in ("message", "msg") if isinstance(value.get(name), str)), "")
        if kind or words:
            return f"{kind}: {words}\n{told}" if kind else f"{words}\n{told}"
    return told
