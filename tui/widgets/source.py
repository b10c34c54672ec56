"""Where a pane takes its lines from: a tuple of them, or something that makes each when it is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rootcase.tui.render.line import Line


class LineSource(Protocol):
    """Lines by number. Rows with one id stand together; rows without one cannot hold the cursor."""

    def line_count(self) -> int: ...

    def line_at(self, index: int) -> Line: ...

    def id_at(self, index: int) -> str: ...

    def index_of(self, id: str) -> int:
        """The first row with that id, -1 where there is none."""


class Lines:
    """A source over lines that are all there."""

    def __init__(self, lines: Sequence[Line] = ()) -> None:
        self._lines = lines
        self._first: dict[str, int] = {}
        for index, line in enumerate(lines):
            if line.id:
                self._first.setdefault(line.id, index)

    def line_count(self) -> int:
        return len(self._lines)

    def line_at(self, index: int) -> Line:
        return self._lines[index]

    def id_at(self, index: int) -> str:
        return self._lines[index].id

    def index_of(self, id: str) -> int:
        return self._first.get(id, -1)
