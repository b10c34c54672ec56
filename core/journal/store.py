"""The async protocol of the store: journals, side tables, leases and spend."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # the first paint imports this module for InboxRow alone
    from rootcase.core.model.entries import Blob, Body, Entry
    from rootcase.core.model.events import Event
    from rootcase.core.model.fingerprints import Fingerprint
    from rootcase.core.model.ports import Reservation
    from rootcase.core.model.signals import Signal
    from rootcase.core.model.stats import Stats


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One case as the Inbox shows it; written in the same transaction as the entry that changed it.

    group: needs_you, running, waiting or quiet. where: `pricing.py:88`. because: the verdict's words.
    search: one lower-case string that filtering looks in. trend: at most 24 buckets.
    sources: labels of the sources that hold its signals. unjudged: the gate has to look, since it never did or
    since something that its verdict hangs on has changed.
    """

    key: str
    group: str
    state: str
    priority: str
    type: str
    title: str
    function: str
    service: str
    where: str
    events: int
    users: int
    release: str
    owner: str
    verdict: str
    because: str
    ladder: str
    trend: tuple[int, ...]
    opened_us: int
    last_seen_us: int
    changed_us: int
    signals: int
    cost_usd: float
    search: str
    sources: tuple[str, ...] = ()
    unjudged: bool = False


@dataclass(frozen=True, slots=True)
class Lease:
    """A run's hold on a case; epoch grows with each holder."""

    case: str
    holder: str
    epoch: int


@dataclass(frozen=True, slots=True)
class LivePiece:
    """A piece of a live stream, short-lived. id grows; channel: `model`, `tests`, `tool`."""

    id: int
    case: str
    channel: str
    text: str
    at_us: int


# A reading saves its state with every batch, well within this time.
SIGN_OF_LIFE_US = 60_000_000


@dataclass(frozen=True, slots=True)
class SourceState:
    """How reading a source went last. cursor: opaque; fault: what failed, "" when all is well.

    synced_us: when its cursor last moved; tried_us: when a reading last began. failures: in a row;
    retry_us: not asked by itself before then. newest_us: the newest signal seen (high-water mark).
    reading_us: last sign of a reading under way, 0 where none is; read, total: its signals so far, and all of
    them where the source says. complete_us: when a listing last came to its end; before the first one counts
    `backfilled`, and limited says what that one left out. reconciled_us: when all that we hold was last
    compared with the source. acts: what can be done there. paused: `rate-limited` or `paused` while retry_us
    is ahead. owed: ids of signals that could not be read and are tried again. note: what is worth knowing
    about the source and no lack of what was read (its end date, a setting it has no use for).
    """

    source: str
    cursor: str = ""
    synced_us: int = 0
    fault: str = ""
    hint: str = ""
    retry_us: int = 0
    partial: str = ""
    tried_us: int = 0
    failures: int = 0
    newest_us: int = 0
    reading_us: int = 0
    read: int = 0
    total: int = 0
    complete_us: int = 0
    backfilled: int = 0
    limited: str = ""
    reconciled_us: int = 0
    acts: tuple[str, ...] = ()
    paused: str = ""
    owed: tuple[str, ...] = ()
    note: str = ""

    def due_us(self, refresh_s: float) -> int:
        """When it is read next by itself, 0 for at once."""
        last = max(self.tried_us, self.synced_us)
        return max(self.retry_us, last + round(refresh_s * 1e6)) if last else 0

    def is_read_now(self, now_us: int) -> bool:
        """A process is reading it; one that died shows no sign of it for long."""
        return self.reading_us > 0 and now_us - self.reading_us < SIGN_OF_LIFE_US


@dataclass(frozen=True, slots=True)
class KnownSignal:
    """A signal as the store holds it, and the case it belongs to."""

    case: str
    signal: Signal


@dataclass(frozen=True, slots=True)
class Taken:
    """A signal with all that comes with it, kept in one transaction.

    case: where it belongs, "" to open one with `opened` (a CaseOpened and its followers). joined: what is
    appended to a case that is there already, also to the one that another process opened first. names: all
    aliases; at most the first `deciding` of them may already belong to a case that then takes the signal.
    """

    case: str
    signal: Signal
    opened: tuple[Body, ...] = ()
    joined: tuple[Body, ...] = ()
    names: tuple[str, ...] = ()
    deciding: int = 0
    samples: tuple[Event, ...] = ()


class Store(Protocol):
    """Where journals live. All methods are safe to call from several tasks; errors are StoreError."""

    async def close(self) -> None: ...

    # -- cases and journals
    async def open_case(self, opened: Sequence[Body], *, actor: str, aliases: Sequence[str]) -> str:
        """Make a case from a CaseOpened body and its followers in one transaction; returns its key.

        `opened[0].key` may be "" and is then given (`C-1`, `C-2`, …). Where an alias already belongs to
        a case nothing is made: that case's key is returned (first writer wins, also across processes).
        """

    async def case_of(self, alias: str) -> str | None: ...

    async def add_aliases(self, case: str, aliases: Sequence[str]) -> tuple[str, ...]:
        """Adds the free ones; returns those that belong to another case."""

    async def append(
        self, case: str, bodies: Sequence[Body], *, actor: str, trace: str = "", lease: Lease | None = None
    ) -> tuple[Entry, ...]:
        """Append in one transaction, with the inbox row. LeaseLost where `lease` is no longer held.

        `@store` is the journal for what belongs to no single case.
        """

    async def merge(self, case: str, into: str, *, actor: str, reason: str = "") -> None:
        """`case` goes into `into` with its signals and names: both journals and `@store` in one transaction.

        UsageError where one is unknown, merged already, or held by a live run. `Undone` of its entry takes
        it back.
        """

    async def unmerge(self, case: str, alias: str, *, actor: str, reason: str = "") -> str:
        """Take the signal `source:id`, or a case that was merged in, out; returns where it is from now on.

        They are apart for ever, or until a human merges them.
        """

    async def apart(self, one: str, other: str) -> bool:
        """Whether a human has said that these two cases are two, and has not merged them since."""

    async def standing(self, case: str) -> str:
        """The case itself, or the one at the end of its merges."""

    async def mark_seen(self, case: str, actor: str) -> None:
        """A human looks at the case; from now on joins are proposed, never made."""

    async def seen(self, case: str) -> bool:
        """Whether a human has looked at it, decided anything in it, or it was sent to a forge or tracker."""

    async def entries(self, case: str, *, after: int = 0) -> tuple[Entry, ...]: ...

    def follow(self, case: str, *, after: int = 0) -> AsyncIterator[tuple[Entry, ...]]:
        """Batches of new entries as any process appends them, for ever; polls 10 Hz while live, else 1 Hz."""

    async def blob_put(self, text: str) -> Blob: ...
    async def blob_get(self, blob: Blob) -> str | None: ...
    async def forget(self, blob: Blob) -> bool:
        """Delete a blob's content; the chain stays sound."""

    async def verify(self, case: str = "") -> tuple[str, ...]:
        """Faults of the chain in words, empty when it is sound; all journals where case is ""."""

    # -- inbox
    async def inbox(self) -> tuple[InboxRow, ...]:
        """All rows, most urgent first."""

    async def inbox_row(self, case: str) -> InboxRow | None: ...

    async def inbox_version(self) -> int:
        """Grows whenever any row has changed, in any process."""

    # -- signals and samples
    async def save_signal(self, case: str, signal: Signal) -> None:
        """Counts and trend, updated in place; also refreshes the case's inbox row."""

    async def take_in(self, taken: Taken) -> tuple[str, bool]:
        """Keep a signal; (the key of its case, whether that was opened for it). Survives the process, and a
        power cut as far as the source's cursor does: a later write is never kept without an earlier one."""

    async def signals(self, case: str) -> tuple[Signal, ...]: ...

    async def known_signals(self, source: str, ids: Sequence[str] = ()) -> dict[str, KnownSignal]:
        """By id, those of a source that are held; all that it still has and counts by themselves for no ids."""

    async def unjudged(self) -> tuple[str, ...]:
        """Keys of the cases that the gate has to look at, for the first time or anew; newest seen first."""

    async def lone_pages(self, since_us: int) -> dict[str, Signal]:
        """By case, the one signal of each case that has no error in it and came since then."""

    async def open_rows(self, service: str) -> tuple[InboxRow, ...]:
        """The rows of a service's cases that somebody has to act on, or waits for."""

    async def save_samples(self, case: str, events: Sequence[Event]) -> int:
        """Keeps at most 10 events per case and release, the newest; returns how many were new."""

    async def samples(self, case: str) -> tuple[Event, ...]:
        """Newest first; what a diagnosis named, which is no occurrence, comes last."""

    async def fingerprints(self) -> tuple[tuple[str, Fingerprint], ...]:
        """(case key, fingerprint) of every case that is not merged away."""

    async def source_state(self, source: str) -> SourceState: ...
    async def save_source_state(self, state: SourceState) -> None: ...

    # -- after the pull request, and statistics
    async def watched(self, *, before_us: int, limit: int) -> tuple[str, ...]:
        """Cases whose pull request is out and that were last looked at before then, longest ago first."""

    async def mark_watched(self, case: str, at_us: int, *, over: bool) -> None:
        """It was looked at; over: and is not looked at again."""

    async def stats(self, *, since_us: int, until_us: int, repository: str = "", service: str = "") -> Stats:
        """Over the cases that were counted; since_us: 0 for all time."""

    async def tally(self, limit: int) -> int:
        """Count so many of the cases that were never counted; 0 once all are."""

    # -- leases and spend
    async def lease(self, case: str, holder: str) -> Lease | None:
        """Take the case, or None while another live run holds it; freed when its process dies."""

    async def release(self, lease: Lease) -> None: ...

    async def lease_holder(self, case: str) -> str | None:
        """Who holds the case right now, None when nobody does."""

    async def reserve(
        self, case: str, *, usd: float, tokens: int, case_cap_usd: float, day_cap_usd: float, token_cap: int
    ) -> Reservation:
        """Hold a call's worst case against case and day in one transaction; BudgetExceeded otherwise."""

    async def settle(self, reservation: Reservation, *, usd: float, tokens: int) -> None: ...

    async def spent(self, case: str) -> tuple[float, float, int]:
        """(settled dollars, held dollars, tokens of both) of the case."""

    async def spent_today(self) -> float: ...

    # -- live stream and presence
    async def publish(self, case: str, channel: str, text: str) -> None: ...

    async def live(self, case: str, *, after: int = 0) -> tuple[LivePiece, ...]: ...
