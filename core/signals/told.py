"""An event for what has no exception: its message says what is known of an alert, an incident or a problem."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from rootcase.core.model.events import Event, Pairs
from rootcase.core.safety.text import clean, clean_line
from rootcase.core.signals.loose import LONG, table, text

MOST_FACTS = 60
MAX_STACK = 60_000
_DEEPEST = 5
_STACK_NAME = re.compile(r"stack|traceback|backtrace|exception|error", re.IGNORECASE)
# A line that only a stack trace has, in the languages that core/cluster reads.
_STACK_LINE = re.compile(
    r"^[ \t]*(?:Traceback \(most recent call last\)|File \".{1,300}\", line \d|at [\w$.<>/\[\]`:]{1,300}[ (]|"
    r"goroutine \d+ \[|from [^\s:]{1,300}:\d+:in |#\d+ (?:0x[0-9a-f]+ in )?[^\s]{1,300})",
    re.MULTILINE,
)


def told(
    event_id: str,
    title: str,
    facts: Pairs,
    *,
    at_us: int = 0,
    level: str = "error",
    logger: str = "",
    environment: str = "",
    server: str = "",
    release: str = "",
    body: str = "",
    stack_text: str = "",
    problems: tuple[str, ...] = (),
) -> Event:
    """The event. facts: what else is known, one line each; body: the source's own longer text."""
    lines = [clean_line(title, limit=500) or "(no title)"]
    lines += [f"{name}: {clean_line(value, limit=500)}" for name, value in facts[:MOST_FACTS] if value]
    if body.strip():
        lines += ["", clean(body.strip())]
    return Event(
        id=event_id,
        at_us=at_us,
        level=level,
        message=clean("\n".join(lines), limit=LONG * 2),
        logger=logger,
        environment=environment,
        server=server,
        release=release,
        tags=facts[:MOST_FACTS],
        problems=problems,
        stack_text=stack_text,
    )


def facts_of(value: object, prefix: str = "") -> Pairs:
    """A payload as (dotted name, text), in its order; stack traces are left to `stack_of`."""
    found: list[tuple[str, str]] = []
    _walk(table(value) if isinstance(value, dict) else {}, prefix, 0, found)
    return tuple(found)


def stack_of(*values: object) -> str:
    """The first text in payloads that is a stack trace, as it was sent but cleaned; "" where there is none."""
    for name, each in _leaves(values):
        named = _STACK_NAME.search(name) is not None
        if "\n" in each and _STACK_LINE.search(each[:MAX_STACK]) and (named or each.count("\n") >= 2):
            return clean(each[: MAX_STACK * 2], limit=MAX_STACK)
    return ""


def first_fact(facts: Pairs, *names: str) -> str:
    """The first fact whose last name is one of these, whatever its case."""
    for wanted in names:
        for name, value in facts:
            if value and name.rsplit(".", 1)[-1].lower() == wanted:
                return value
    return ""


def tag_pairs(tags: Iterable[object]) -> Pairs:
    """Tags as `name:value` texts in pairs; a tag without a value is one named `tag`."""
    found = []
    for tag in tags:
        name, colon, value = text(tag).partition(":")
        found.append((name.strip(), value.strip()) if colon and name.strip() else ("tag", text(tag)))
    return tuple(pair for pair in dict.fromkeys(found) if pair[1])


def _walk(value: Mapping[str, object], prefix: str, depth: int, found: list[tuple[str, str]]) -> None:
    for name, each in value.items():
        if len(found) >= MOST_FACTS:
            return
        full = f"{prefix}{text(name, 80)}"
        if isinstance(each, dict) and depth < _DEEPEST:
            _walk(table(each), f"{full}.", depth + 1, found)
        elif each is not None and each != "" and not stack_of({name: each}):
            found.append((full, text(each)))


def _leaves(values: Iterable[object]) -> Iterable[tuple[str, str]]:
    left: list[tuple[str, object, int]] = [("", value, 0) for value in values]
    for number, (name, value, depth) in enumerate(left):
        if number >= 400:
            return
        if isinstance(value, str):
            yield name, value
        elif isinstance(value, dict) and depth < _DEEPEST:
            left += [(str(key), each, depth + 1) for key, each in value.items()]
        elif isinstance(value, list) and depth < _DEEPEST:
            left += [(name, each, depth + 1) for each in value[:50]]
