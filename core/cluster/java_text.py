"""Java and Kotlin stack traces as text: causes, suppressed ones, common frames put back."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rootcase.core.cluster.open_section import Section, located, unread
from rootcase.core.model.events import ExceptionInfo, Frame

FRAME = re.compile(
    r"(?:^|\s)at (?:[\w.@-]{0,100}//?)?(?:[\w.@-]{1,100}/)?([\w.$/-]{1,300})\.([\w$<>-]{1,200})"
    r"\(((?:[\w$ .-]{1,120}\.(?:java|kt|kts|scala|groovy|clj))(?::(\d{1,9}))?|Native Method|<generated>"
    r"|(?:Unknown Source|SourceFile|Unknown)(?::\d{1,9})?)\)"
)
_MORE = re.compile(r"\.\.\. (\d{1,6}) (?:more|common frames omitted)")
_HEAD = re.compile(
    r"(?:^|[\s\]>|(:-])(?P<kind>(?:[a-z_][\w$]{0,60}\.){1,12}[A-Z][\w$]{0,120})(?:: ?(?P<value>.*))?$"
)
_TOLD = re.compile(r"(?:Exception|Error|Throwable|Failure|Fault|Interrupt|Abort)\w*$")
_PLAIN = re.compile(
    r"^(?:Exception in thread \"[^\"]{0,200}\" )?(?P<kind>[A-Z][\w$]{0,120}(?:Exception|Error))(?:: ?(?P<value>.*))?$"
)
_LINK = re.compile(r"^(\s*)(Caused by|Suppressed|Wrapped by): (.*)$")
_LOOKS = re.compile(r"^\s+at \S")


def parse_java(lines: Sequence[str]) -> tuple[tuple[ExceptionInfo, ...], tuple[str, ...]]:
    """Oldest cause first. What was only suppressed is left out."""
    sections: list[Section] = []
    now: Section | None = None
    skipped_from = -1
    bad: list[int] = []
    for number, line in enumerate(lines, 1):
        if "at " in line and (match := FRAME.search(line)):
            if now is not None and skipped_from < 0:
                now.add(_frame(match))
            elif now is None:
                now = Section()
                sections.append(now)
                now.add(_frame(match))
            continue
        if "..." in line and (more := _MORE.search(line)):
            if skipped_from < 0 and len(sections) > 1:
                _restore(sections, int(more.group(1)))
            continue
        if link := _LINK.match(line):
            indent, word, rest = link.groups()
            if word == "Suppressed":
                skipped_from = len(indent) if skipped_from < 0 else min(skipped_from, len(indent))
                continue
            if skipped_from >= 0 and len(indent) >= max(1, skipped_from):
                continue
            skipped_from = -1
            now = _headed(rest) or Section(rest.strip()[:200])
            now.mechanism = "wrapped" if word == "Wrapped by" else "__cause__"
            sections.append(now)
            continue
        if _LOOKS.match(line):
            bad.append(number)
            continue
        if (
            now is not None
            and now.frames
            and "CIRCULAR REFERENCE" not in line
            and not line[:1].isspace()
            and line.strip()
            and (head := _headed(line))
        ):
            # Another trace begins in the same text; the last whole one is the one that was raised.
            sections, now, skipped_from = [head], head, -1
        elif now is None or not now.frames:
            if head := _headed(line):
                if now is None:
                    sections.append(head)
                    now = head
                elif not sections or (sections[-1] is now and now.mechanism == ""):
                    sections[-1] = now = _better(now, head)
            elif now is not None and now.value and line.strip() and len(now.value) < 2000:
                now.value += "\n" + line.strip()
    return _ordered([each for each in sections if each.frames or each.mechanism]), unread(bad)


def _better(old: Section, new: Section) -> Section:
    return new if not _TOLD.search(old.type) or (_TOLD.search(new.type) and not old.value) else old


def _headed(line: str) -> Section | None:
    bare = line.strip()[:4000]
    best = None
    for match in _HEAD.finditer(bare):
        best = match
        break
    if best is not None and not _TOLD.search(best["kind"]) and best["value"]:
        inner = _HEAD.search(best["value"])
        if inner and _TOLD.search(inner["kind"]):
            best = inner
    if best is None:
        best = _PLAIN.match(bare)
    if best is None or (best["value"] is None and not _TOLD.search(best["kind"])):
        return None
    return Section(best["kind"], best["value"] or "")


def _frame(match: re.Match[str]) -> Frame:
    module, function, place, number = match.groups()
    source = place.rsplit(":", 1)[0] if "." in place else ""
    return located(function, module.replace("/", "."), source, number)


def _restore(sections: list[Section], count: int) -> None:
    """`... 12 more` stands for the last 12 frames of the exception that this one caused."""
    outer, inner = sections[-2], sections[-1]
    for frame in outer.frames[-count:] if count else ():
        inner.add(frame)


def _ordered(sections: list[Section]) -> tuple[ExceptionInfo, ...]:
    root_first = any(each.mechanism == "wrapped" for each in sections)
    ordered = sections if root_first else list(reversed(sections))
    return tuple(each.closed("__cause__" if len(ordered) > 1 else "") for each in ordered)
