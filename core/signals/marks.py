"""Where a listing over several projects stands, as the text that the next sync hands back."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from rootcase.core.model.signals import Signal

VERSION = 1
# Issues near the high-water mark that are remembered as they were, so that a look with nothing new reads nothing.
MOST_EDGE = 200
# What was counted late is found again by reading this far behind the newest.
OVERLAP_US = 120 * 1_000_000


class Mark(msgspec.Struct, frozen=True, omit_defaults=True):
    """One project's listing. since_us: newest moment of the last complete one, 0 before the first.

    newest_us, page, taken: of the listing under way: newest moment, how to go on, signals handed out.
    edge, new_edge: issue id → its state, of issues near since_us and near newest_us.
    """

    since_us: int = 0
    newest_us: int = 0
    page: str = ""
    taken: int = 0
    edge: dict[str, str] = msgspec.field(default_factory=dict)
    new_edge: dict[str, str] = msgspec.field(default_factory=dict)

    @property
    def first(self) -> bool:
        return self.since_us == 0

    def done(self, now_us: int) -> Mark:
        """Where the next listing starts, once this one is complete.

        A service whose clock runs ahead must not push the mark into the future, where later events would hide.
        """
        since_us = max(self.since_us, min(self.newest_us, now_us))
        return Mark(since_us=since_us or 1, edge=self.new_edge or self.edge)

    def is_news(self, signal: Signal) -> bool:
        """Whether the issue is not as the last complete listing had it."""
        return self.edge.get(signal.id) != state_of(signal)

    def with_edge(self, signals: Sequence[Signal]) -> dict[str, str]:
        """new_edge, with those of the signals that are near the newest."""
        near = {s.id: state_of(s) for s in signals if s.last_seen_us >= self.newest_us - OVERLAP_US}
        return dict(list({**self.new_edge, **near}.items())[:MOST_EDGE])


class Marks(msgspec.Struct, frozen=True, omit_defaults=True):
    """All projects of a source by their keys. names: project id → what people call it."""

    v: int = VERSION
    marks: dict[str, Mark] = msgspec.field(default_factory=dict)
    names: dict[str, str] = msgspec.field(default_factory=dict)

    def of(self, project: str) -> Mark:
        return self.marks.get(project, Mark())

    def with_mark(self, project: str, mark: Mark) -> Marks:
        return msgspec.structs.replace(self, marks={**self.marks, project: mark})

    def write(self) -> str:
        return msgspec.json.encode(self).decode()

    @classmethod
    def read(cls, cursor: str) -> Marks:
        """A cursor of `write`; any other text (another version, an old store) starts from the beginning."""
        try:
            found = msgspec.json.decode(cursor, type=Marks)
        except msgspec.DecodeError:
            return cls()
        return found if found.v == VERSION else cls()


def state_of(signal: Signal) -> str:
    """What of an issue changes when something happens to it."""
    return f"{signal.events}|{signal.last_seen_us}|{signal.status}|{signal.substatus}"
