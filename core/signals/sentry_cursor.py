"""Where a listing of Sentry issues stands: what the last complete one saw, and the page of an unfinished one."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, unquote

VERSION = "2"
_FIELDS = 7


@dataclass(frozen=True, slots=True)
class Cursor:
    """since_us: newest issue of the last complete listing. newest_us, read, page: of the listing under way.

    top: a digest of the first page as last seen; the same again means that nothing happened. region: the
    address that holds the organization, so that it need not be asked for again.
    """

    since_us: int = 0
    newest_us: int = 0
    read: int = 0
    top: str = ""
    region: str = ""
    page: str = ""

    def write(self) -> str:
        texts = (quote(each, safe="") for each in (self.top, self.region, self.page))
        return "|".join((VERSION, str(self.since_us), str(self.newest_us), str(self.read), *texts))

    @classmethod
    def read_from(cls, text: str) -> Cursor:
        """A cursor of `write`; anything else (another version, an old store) starts from the beginning."""
        parts = text.split("|")
        numbers = parts[1:4]
        plain = all(each.isascii() and each.isdigit() and len(each) < 20 for each in numbers)
        if len(parts) != _FIELDS or parts[0] != VERSION or not plain:
            return cls()
        since, newest, read = map(int, numbers)
        return cls(since, newest, read, *map(unquote, parts[4:]))
