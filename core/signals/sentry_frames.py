"""Exceptions and stack frames of Sentry-shaped events, in either spelling, as our own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rootcase.core.model.events import ExceptionInfo, Frame, Pairs
from rootcase.core.signals.loose import LONG, SHORT, first_text, flag, items, number, pairs, table, text

# A recursion error has a thousand frames that say the same. Where it came from and where it broke suffice.
OUTER_FRAMES = 50
INNER_FRAMES = 200
MAX_EXCEPTIONS = 50
MAX_CONTEXT = 41


def exceptions(raw: object, threads: object, problems: list[str]) -> tuple[ExceptionInfo, ...]:
    """The chain, oldest cause first as Sentry sends it; frames from the crashed thread where it has none."""
    found: list[ExceptionInfo] = []
    values = items(raw)
    chain = table(raw)
    omitted = chain.get("excOmitted") or chain.get("exc_omitted")
    if isinstance(omitted, list) and len(omitted) == 2:
        problems.append(f"the source left out exceptions {number(omitted[0])} to {number(omitted[1])}")
    if len(values) > MAX_EXCEPTIONS:
        problems.append(f"{len(values) - MAX_EXCEPTIONS} of {len(values)} exceptions left out")
    for value in values[-MAX_EXCEPTIONS:]:
        if not isinstance(value, dict):
            problems.append("an exception is no object")
            continue
        found.append(_exception(table(value), problems))
    if not any(each.frames for each in found):
        frames_ = _crashed(threads, problems)
        if frames_ and found:
            found[-1] = replace(found[-1], frames=frames_)
        elif frames_:
            found.append(ExceptionInfo(frames=frames_, mechanism="thread"))
    return tuple(found)


def frames(raw: object, problems: list[str]) -> tuple[Frame, ...]:
    """Frames of a stack trace object or array, outermost first."""
    trace = table(raw)
    values = items(trace.get("frames") if "frames" in trace else raw)
    omitted = trace.get("framesOmitted") or trace.get("frames_omitted")
    if isinstance(omitted, list) and len(omitted) == 2:
        problems.append(f"the source left out frames {number(omitted[0])} to {number(omitted[1])}")
    most = OUTER_FRAMES + INNER_FRAMES
    if len(values) > most:
        problems.append(f"{len(values) - most} frames in the middle of {len(values)} left out")
        values = [*values[:OUTER_FRAMES], *values[-INNER_FRAMES:]]
    if any(not isinstance(value, dict) for value in values):
        problems.append("a stack frame is no object")
    return tuple(_frame(table(value)) for value in values if isinstance(value, dict))


def _exception(raw: Mapping[str, object], problems: list[str]) -> ExceptionInfo:
    mechanism = table(raw.get("mechanism"))
    trace = raw.get("stacktrace") or raw.get("rawStacktrace") or raw.get("raw_stacktrace")
    return ExceptionInfo(
        type=text(raw.get("type")),
        value=text(raw.get("value"), LONG),
        module=text(raw.get("module")),
        mechanism=text(mechanism.get("type")),
        handled=flag(mechanism.get("handled")),
        frames=frames(trace, problems) if trace else (),
    )


def _crashed(threads: object, problems: list[str]) -> tuple[Frame, ...]:
    """Frames of the thread that crashed, else of the current one, else of the only one that has any."""
    with_frames = [t for t in map(table, items(threads)) if t.get("stacktrace")]
    for wanted in ("crashed", "current"):
        for thread in with_frames:
            if thread.get(wanted) is True:
                return frames(thread["stacktrace"], problems)
    return frames(with_frames[0]["stacktrace"], problems) if len(with_frames) == 1 else ()


def _frame(raw: Mapping[str, object]) -> Frame:
    line = number(raw.get("lineNo", raw.get("lineno")))
    abs_path = _slashed(first_text(raw, "absPath", "abs_path"))
    return Frame(
        function=first_text(raw, "function", "rawFunction", "raw_function"),
        module=first_text(raw, "module"),
        filename=_slashed(first_text(raw, "filename")) or abs_path or _slashed(first_text(raw, "package")),
        abs_path=abs_path,
        line=line,
        column=number(raw.get("colNo", raw.get("colno"))),
        in_app=flag(raw.get("inApp", raw.get("in_app"))),
        context=_context(raw, line),
        variables=_variables(raw.get("vars")),
        package=_slashed(first_text(raw, "package")),
        address=first_text(raw, "instructionAddr", "instruction_addr"),
    )


def _slashed(path: str) -> str:
    return path.replace("\\", "/")


def _context(raw: Mapping[str, object], line: int) -> tuple[tuple[int, str], ...]:
    """Source lines with their numbers: the API's [[line, text]], or the SDK's three parts."""
    given = raw.get("context")
    if isinstance(given, list) and given:
        rows = [row for row in given if isinstance(row, list) and len(row) >= 2]
        return tuple((number(row[0]), text(row[1])) for row in rows[:MAX_CONTEXT])
    here = raw.get("context_line")
    if not isinstance(here, str) or not line:
        return ()
    before = _lines(raw.get("pre_context"))[-(MAX_CONTEXT // 2) :]
    after = _lines(raw.get("post_context"))[: MAX_CONTEXT // 2]
    numbered = [*((line - len(before) + i, each) for i, each in enumerate(before)), (line, text(here))]
    numbered += [(line + 1 + i, each) for i, each in enumerate(after)]
    return tuple((at, each) for at, each in numbered if at > 0)


def _lines(value: object) -> list[str]:
    rows: Sequence[object] = value if isinstance(value, list) else []
    return [text(row) for row in rows]


def _variables(value: object) -> Pairs:
    return pairs(value, limit=SHORT * 2, most=60)
