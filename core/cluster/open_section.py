"""One exception of a stack trace while its text is being read."""

from __future__ import annotations

from dataclasses import dataclass, field

from rootcase.core.model.events import ExceptionInfo, Frame

MAX_FRAMES = 10_000
PROBLEMS_SHOWN = 5


@dataclass(slots=True)
class Section:
    """frames: innermost first, as most languages print them."""

    type: str = ""
    value: str = ""
    frames: list[Frame] = field(default_factory=list)
    mechanism: str = ""

    def add(self, frame: Frame) -> None:
        if len(self.frames) < MAX_FRAMES:
            self.frames.append(frame)

    def closed(self, mechanism: str = "") -> ExceptionInfo:
        frames = tuple(reversed(self.frames))
        return ExceptionInfo(
            self.type, self.value.rstrip(), mechanism=mechanism or self.mechanism, frames=frames
        )


def unread(lines: list[int], what: str = "a stack frame") -> tuple[str, ...]:
    """Where the text could not be read, in words."""
    found = [f"line {number}: {what} could not be read" for number in lines[:PROBLEMS_SHOWN]]
    if len(lines) > PROBLEMS_SHOWN:
        found.append(f"{len(lines) - PROBLEMS_SHOWN} more lines could not be read")
    return tuple(found)


def slashed(path: str) -> str:
    return path.replace("\\", "/")


def located(
    function: str, module: str, path: str, line: str | int | None, column: str | int | None = 0
) -> Frame:
    """A frame from the pieces of a match; a rooted path is the absolute one."""
    plain = slashed(path)
    rooted = plain.startswith("/") or plain[1:2] == ":" or "://" in plain[:30]
    return Frame(function, module, plain, plain if rooted else "", int(line or 0), int(column or 0))
