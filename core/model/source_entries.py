"""Entries about what changes at a source: acts of ours there, and signals that are no longer there."""

from __future__ import annotations

from dataclasses import dataclass

from rootcase.core.model.acts import Act


@dataclass(frozen=True, slots=True)
class SignalGone:
    """A signal that its source no longer has; what is known of it stays."""

    source: str
    signal_id: str
    because: str = ""


@dataclass(frozen=True, slots=True)
class ActIntended:
    """A human wants a signal changed at its source; written before anything is sent.

    id: of this act. asked: of the key press or command, which may act at several sources. undoes: id of the
    act that this one takes back. assignee: "" for who asks. until_us: for `snooze`. text: for `note`, as it
    was shown; its source may also be the tracker, then signal_id is the ticket.
    """

    id: str
    source: str
    signal_id: str
    act: Act
    asked: str = ""
    undoes: str = ""
    assignee: str = ""
    release: str = ""
    until_us: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class ActDone:
    """It is so at the source. already: it was so before. note: what of it the service could not take over."""

    id: str
    already: bool = False
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ActFailed:
    """The source refused or did not answer; the signal is as it was before."""

    id: str
    why: str
    hint: str = ""
