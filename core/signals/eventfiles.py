"""Reads event files: .jsonl with one event a line, .json with an event, a list, or an issue with its events.

Either may hold OTLP exports of logs and traces; what they tell of failures are events too.

What cannot be read is named by file and line, and skipped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from rootcase.core.model.errors import SourceError
from rootcase.core.model.events import Event
from rootcase.core.safety.text import clean
from rootcase.core.signals.extras import FILE_NAME
from rootcase.core.signals.loose import decode, first_text, items, table
from rootcase.core.signals.otlp import failures, is_otlp
from rootcase.core.signals.sentry_events import event

WRITEBACK = "writeback.jsonl"
MAX_FILE = 200_000_000
MAX_LINE = 20_000_000
_EVENT_KEYS = frozenset(
    ("exception", "entries", "event_id", "eventID", "logentry", "threads", "stacktrace", "data")
)


@dataclass(frozen=True, slots=True)
class Found:
    """One thing in a file. kind: event, issue (Sentry's issue without events) or broken.

    value: as it stands in the file, for a record of OTLP already an Event.

    issue: the source's own issue id, "" where it names none. end: bytes of the file read so far.
    """

    kind: str
    where: str
    value: object = None
    issue: str = ""
    end: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A file as it was last read; an appended file has grown and kept its beginning."""

    name: str
    size: int
    mtime_ns: int


def event_files(path: Path) -> tuple[Path, ...]:
    """The event files of a folder, or the one file; SourceError where there is none."""
    if path.is_file():
        return (path,)
    if not path.is_dir():
        raise SourceError(
            "The folder of events is not there", str(path), "Check `path` of this source in config.yaml."
        )
    own = (FILE_NAME, WRITEBACK)
    names = (each for each in path.iterdir() if each.suffix in (".json", ".jsonl") and each.name not in own)
    return tuple(sorted(each for each in names if each.is_file()))


def stamp(path: Path) -> Stamp:
    """The file's stamp; of size 0 where it is not there."""
    try:
        info = path.stat()
    except FileNotFoundError:
        return Stamp(path.name, 0, 0)
    except OSError as error:
        raise SourceError(f"Cannot read {path.name}", str(error.strerror), "Check its permissions.") from None
    return Stamp(path.name, info.st_size, info.st_mtime_ns)


def read(path: Path) -> Iterator[Found]:
    """Everything in one file, in order."""
    try:
        if path.suffix == ".jsonl":
            yield from _lines(path)
        else:
            yield from _document(path)
    except OSError as error:
        yield Found("broken", path.name, why=str(error.strerror))


def _lines(path: Path) -> Iterator[Found]:
    end = 0
    with path.open("rb") as file:
        number = 0
        while line := file.readline(MAX_LINE + 1):
            number += 1
            end += len(line)
            where = f"{path.name}:{number}"
            if len(line) > MAX_LINE:
                while line and not line.endswith(b"\n"):
                    line = file.readline(MAX_LINE)
                    end += len(line)
                yield Found("broken", where, end=end, why="longer than 20 MB")
            elif line.strip():
                for found in _found(line, where, end):
                    cut = found.kind == "broken" and not line.endswith(b"\n")
                    yield replace(found, why="not finished; read again at the next sync") if cut else found


def _document(path: Path) -> Iterator[Found]:
    size = path.stat().st_size
    if size > MAX_FILE:
        yield Found("broken", path.name, why="larger than 200 MB; write one event a line into a .jsonl file")
        return
    try:
        value = decode(path.read_bytes())
    except ValueError as error:
        yield Found("broken", path.name, why=clean(f"not JSON ({error})", limit=120))
        return
    outer = table(value)
    if isinstance(outer.get("events"), list):
        issue = table(outer.get("issue"))
        if issue:
            yield Found("issue", path.name, issue, first_text(issue, "id"), size)
        inner, named = items(outer["events"]), first_text(issue, "id")
    else:
        inner, named = (value if isinstance(value, list) else [value]), ""
    for index, each in enumerate(inner):
        yield from _sorted(each, f"{path.name}[{index}]", size, named)


def event_in(found: Found) -> Event:
    """The event of something found whose kind is `event`."""
    return found.value if isinstance(found.value, Event) else event(found.value)


def _found(line: bytes, where: str, end: int) -> Iterator[Found]:
    try:
        value = decode(line)
    except ValueError as error:
        yield Found("broken", where, end=end, why=clean(f"not JSON ({error})", limit=120))
        return
    yield from _sorted(value, where, end, "")


def _sorted(value: object, where: str, end: int, issue: str) -> Iterator[Found]:
    if is_otlp(value):
        for each in failures(value):
            yield Found("event", where, each.event, each.issue, end)
    else:
        yield _sentry_shaped(value, where, end, issue)


def _sentry_shaped(value: object, where: str, end: int, issue: str) -> Found:
    if not isinstance(value, dict):
        return Found("broken", where, end=end, why="no JSON object")
    raw = table(value)
    if "shortId" in raw and "id" in raw and not _EVENT_KEYS & raw.keys():
        return Found("issue", where, raw, first_text(raw, "id"), end)
    named = first_text(raw, "issue", "issue_id", "groupID", "group_id", "group")
    return Found("event", where, value, named or issue, end)
