"""Where a listing that goes by time stands, as the text that the next sync hands back."""

from __future__ import annotations

from dataclasses import dataclass

_MARK = "t1"


@dataclass(frozen=True, slots=True)
class Standing:
    """since_us: newest moment of the last complete listing, 0 before the first one, by the service's clock.

    newest_us, taken, page: of the listing under way: newest moment, how many signals, how to go on.
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

    def done(self) -> Standing:
        """Where the next listing starts, once this one is complete."""
        return Standing(since_us=max(self.since_us, self.newest_us))

    @classmethod
    def read(cls, cursor: str) -> Standing:
        """A cursor of `write`; any other text starts from the beginning."""
        parts = cursor.split("|", 4)
        if len(parts) != 5 or parts[0] != _MARK or not all(part.isdigit() for part in parts[1:4]):
            return cls()
        return cls(int(parts[1]), int(parts[2]), int(parts[3]), parts[4])
