"""Where a listing of Sentry issues stands: what the last complete one saw, and the page of an unfinished one."""

from __future__ import annotations

from dataclasses import dataclass

VERSION = "1"


@dataclass(frozen=True, slots=True)
class Cursor:
    """since_us: newest issue of the last complete listing. newest_us, page: of the listing under way."""

    since_us: int = 0
    newest_us: int = 0
    page: str = ""

    def write(self) -> str:
        return "|".join((VERSION, str(self.since_us), str(self.newest_us), self.page))

    @classmethod
    def read(cls, text: str) -> Cursor:
        """A cursor of `write`; anything else (another version, an old store) starts from the beginning."""
        parts = text.split("|", 3)
        if len(parts) != 4 or parts[0] != VERSION or not (parts[1].isdigit() and parts[2].isdigit()):
            return cls()
        return cls(int(parts[1]), int(parts[2]), parts[3])
