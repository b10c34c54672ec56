"""The message of a log line: without its clock, level, logger and trailing context."""

from __future__ import annotations

import json
import re

from rootcase.core.cluster.unwrap import without_prefixes
from rootcase.core.model.events import ExceptionInfo

_FIELDS = ("message", "msg", "event", "body", "log", "textPayload", "short_message", "error")
_LOGFMT = re.compile(r'(?:^|\s)(?:msg|message)=(?:"((?:[^"\\]|\\.){0,2000})"|(\S+))')
_TRAILING = re.compile(
    r"(?:\s+(?:[a-zA-Z_][\w.]{0,60}=(?:\"[^\"]{0,500}\"|'[^']{0,500}'|[^\s,;]{1,300}),?;?))+\s*$"
)
_BRACKETS = re.compile(r"^(?:\[[^\]]{0,80}\]\s*){1,4}")
_GLOG = re.compile(r"^[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+\s+\d+ [\w.-]+:\d+\] ")
_NAMED = re.compile(
    r"(?:^|[\s:(\[])((?:[A-Za-z_][\w$]{0,60}[.\\]|::){0,12}(?:[A-Z]\w{0,80})?(?:Error|Exception|Timeout|Refused|NotFound|Interrupt)|panic)"
    r"(?:: ?(.*)|\)?:?)$"
)
# An error whose name does not end in a word for it is known by its module, at the beginning of the line alone.
_QUALIFIED = re.compile(
    r"((?:[a-z_]\w{0,60}\.){1,8}[A-Z]\w{1,80}|StopIteration|StopAsyncIteration|SystemExit)(?:: (.*)|:)?$"
)
MOST = 2_000


def log_words(message: str) -> str:
    """What the program said, one line; the text itself where nothing is recognised."""
    text = (message or "")[:MOST].strip()
    if not text:
        return ""
    if text[0] == "{":
        text = _from_json(text) or text
    line = text.split("\n", 1)[0].strip()
    if found := _LOGFMT.search(line):
        return (found.group(1) or found.group(2)).replace('\\"', '"')
    line = _GLOG.sub("", line)
    bare = without_prefixes([line])[0].strip()
    bare = _BRACKETS.sub("", bare) or bare
    return _TRAILING.sub("", bare) or bare


def named_error(said: str) -> tuple[str, ExceptionInfo | None]:
    """What stands before an error that a line names (`request failed: KeyError: 'x'`), and the error."""
    found = _QUALIFIED.match(said) or _NAMED.search(said)
    if found is None:
        return said, None
    return said[: found.start(1)].rstrip(" :([-"), ExceptionInfo(
        found.group(1), (found.group(2) or "").strip()
    )


def _from_json(text: str) -> str:
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(value, dict):
        return ""
    return next((found for name in _FIELDS if isinstance(found := value.get(name), str) and found), "")
