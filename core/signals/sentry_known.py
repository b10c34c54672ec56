"""What became of issues that we hold: changed, merged into another one, or gone. A hundred in one request.

Source: getsentry/sentry, issues/endpoints/organization_group_index.py (`group` ids put the query aside) and
bases/group.py (a merged issue's id answers with the issue that took it in). `group` is not in the published
contract; where a server does not take it, that is said and only some are looked at one by one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import msgspec

from rootcase.core.model.signals import Signal
from rootcase.core.signals.client import Client
from rootcase.core.signals.faults import Forbidden, NotFound, Refused
from rootcase.core.signals.protocol import Batch
from rootcase.core.signals.sentry_list import Reads, decoded, shape
from rootcase.core.signals.sentry_site import PAGE, Site
from rootcase.core.signals.sentry_wire import WireIssue

ONE_BY_ONE = 50
SUSPICIOUS = 5


@dataclass
class Roll:
    """client, site: where to ask; reads: makes a signal of an issue."""

    client: Client
    site: Site
    reads: Reads

    async def batches(self, known: Sequence[str]) -> AsyncIterator[Batch]:
        ids = [each for each in dict.fromkeys(known) if each.isascii() and each.isdigit()]
        looked = 0
        for start in range(0, len(ids), PAGE):
            asked = ids[start : start + PAGE]
            found, said, by_id = await self._together(asked)
            missing = [each for each in asked if each not in {signal.id for signal in found}]
            # Where the server answers by id, what is missing was merged, deleted or hidden: few, each looked at.
            left = missing if by_id else missing[: max(0, ONE_BY_ONE - looked)]
            looked += 0 if by_id else len(left)
            signals, gone, unsure = await self._alone(left)
            if gone and len(gone) == len(asked) >= SUSPICIOUS:
                # Sentry says 404 for what is hidden as well: a token that lost a project loses all of it at once.
                said, gone = (
                    f"none of {len(asked)} known issues is shown any more: has the token lost a project?",
                    (),
                )
            elif len(left) < len(missing):
                unknown = len(missing) - len(left)
                said = f"this server does not look issues up by id; {unknown} were not looked at"
            elif unsure:
                said = f"issues that the token is refused at were not looked at: {unsure}"
            yield Batch((*found, *signals), "", said, gone=gone, total=len(ids))

    async def _together(self, asked: Sequence[str]) -> tuple[tuple[Signal, ...], str, bool]:
        """The asked ones that answered; what could not be read; whether the server answers by id at all."""
        query = [*shape(self.site), ("limit", str(PAGE)), *(("group", each) for each in asked)]
        try:
            answer = await self.client.get(self.site.path("issues"), list[msgspec.Raw], query)
        except Refused:
            return (), "", False
        signals, said = decoded(self.site, answer.value, self.reads)
        wanted = set(asked)
        return (
            tuple(each for each in signals if each.id in wanted),
            said,
            all(each.id in wanted for each in signals),
        )

    async def _alone(self, ids: Sequence[str]) -> tuple[tuple[Signal, ...], tuple[str, ...], int]:
        """Each as it is now, with `merged_into` under its old id; the gone ones; how many were refused."""
        told = await asyncio.gather(*(self._one(each) for each in ids))
        signals = tuple(each for each in told if isinstance(each, Signal))
        gone = tuple(asked for asked, each in zip(ids, told, strict=True) if each is None)
        return signals, gone, sum(each is False for each in told)

    async def _one(self, issue_id: str) -> Signal | Literal[False] | None:
        """The issue, None where it is gone, False where the token is refused."""
        try:
            wire = (await self.client.get(self.site.path("issues", issue_id), WireIssue)).value
        except NotFound:
            return None
        except Forbidden:
            return False
        return under(issue_id, self.reads(wire))


def under(asked: str, signal: Signal) -> Signal:
    """The signal by the id it was asked for; another id in the answer means that the other one took it in."""
    return signal if signal.id == asked else replace(signal, id=asked, merged_into=signal.id)
