"""The part of the fold that keeps what became of our pull request; a new one begins anew."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rootcase.core.model.aftermath import Aftermath, Pull
from rootcase.core.model.entries import (
    EffectDone,
    Entry,
    FixAwaited,
    FixLanded,
    FixRecurred,
    FixReverted,
    FixVerified,
    PullSeen,
)

if TYPE_CHECKING:
    from rootcase.core.journal.fold_parts import Table


class Watched:
    """after: None before the first pull request. closed_seq: the entry that told it was closed unmerged."""

    def __init__(self) -> None:
        self.after: Aftermath | None = None
        self.closed_seq = 0

    def table(self) -> Table:
        return {
            EffectDone: self._sent, PullSeen: self._pull, FixLanded: self._landed, FixAwaited: self._awaited,
            FixRecurred: self._recurred, FixVerified: self._verified, FixReverted: self._reverted,
        }  # fmt: skip

    def _sent(self, entry: Entry, body: EffectDone) -> None:
        if body.kind != "pull_request":
            return
        number = body.number.lstrip("#!")
        if self.after is None or self.after.pull.number != number:
            sign = "!" if "/merge_requests/" in body.url else "#"
            self.after = Aftermath(Pull(number, body.url, sign=sign))
            self.closed_seq = 0

    def _pull(self, entry: Entry, body: PullSeen) -> None:
        known = self.after
        if known is None or known.pull.number != body.pull.number or known.pull.commit != body.pull.commit:
            self.after = Aftermath(body.pull)
        else:
            self.after = replace(known, pull=body.pull)
        self.closed_seq = entry.seq if body.pull.state == "closed" else 0

    def _landed(self, entry: Entry, body: FixLanded) -> None:
        if self.after is not None:
            others = [each for each in self.after.landed if each.environment != body.landing.environment]
            self.after = replace(self.after, landed=(*others, body.landing))

    def _awaited(self, entry: Entry, body: FixAwaited) -> None:
        if self.after is not None:
            self.after = replace(self.after, awaits=body.why)

    def _recurred(self, entry: Entry, body: FixRecurred) -> None:
        if self.after is not None:
            self.after = replace(self.after, recurred=body.recurrence, awaits="")

    def _verified(self, entry: Entry, body: FixVerified) -> None:
        if self.after is not None:
            name = body.verification.environment
            others = [each for each in self.after.verified if each.environment != name]
            self.after = replace(self.after, verified=(*others, body.verification))

    def _reverted(self, entry: Entry, body: FixReverted) -> None:
        if self.after is not None:
            self.after = replace(self.after, reverted=body.reverted, awaits="")
