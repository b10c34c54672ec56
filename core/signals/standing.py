"""Where a listing that goes by time stands, as the text that the next sync hands back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from rootcase.core.signals.lookback import OVERLAP_US

_MARK = "t1"
# What was handed out lately is remembered by that many marks. Where there was more, only what is new since the
# last look counts as changed, and reconciling finds the rest.
MOST_MARKS = 200


@dataclass(frozen=True, slots=True)
class Standing:
    """since_us: newest moment of the last complete listing, 0 before the first one, by the service's clock.

    newest_us, taken, page: of the listing under way: newest moment, how many signals, how to go on.
    Between two listings `page` holds the marks of what was handed out last.
    """

    since_us: int = 0
    newest_us: int = 0
    taken: int = 0
    page: str = ""

    @property
    def first(self) -> bool:
        return self.since_us == 0

    def write(self) -> str:
        return "|".join((_MARK, str(self.since_us), str(self.newest_us), str(self.taken), self.page))

    @property
    def marks(self) -> frozenset[str]:
        """Marks of what the last listing handed out: services show things late, so the last minutes are read again."""
        return frozenset(self.page.split(",")) - {""}

    def unchanged(self, mark: str, at_us: int) -> bool:
        """Whether a thing that last changed at `at_us` is as the last listing handed it out."""
        marks = self.marks
        return mark in marks or (len(marks) >= MOST_MARKS and at_us < self.since_us - OVERLAP_US)

    def done(self, marks: Iterable[str] = ()) -> Standing:
        """Where the next listing starts, once this one is complete. marks: newest first."""
        kept = ",".join(list(dict.fromkeys(marks))[:MOST_MARKS])
        return Standing(since_us=max(self.since_us, self.newest_us), page=kept)

    @classmethod
    def read(cls, cursor: str) -> Standing:
        """A cursor of `write`; any other text starts from the beginning."""
        parts = cursor.split("|", 4)
        if len(parts) != 5 or parts[0] != _MARK or not all(part.isdigit() for part in parts[1:4]):
            return cls()
        return cls(int(parts[1]), int(parts[2]), int(parts[3]), parts[4])


def mark(*parts: object) -> str:
    """A short mark of one thing in one state."""
    return hashlib.sha256("\n".join(map(str, parts)).encode(errors="replace")).hexdigest()[:10]
