"""What became of issues that we hold: changed, merged into another one, or gone. A hundred in one request.

Source: getsentry/sentry, issues/endpoints/organization_group_index.py (`group` ids put the query aside) and
bases/group.py (a merged issue's id answers with the issue that took it in). `group` is not in the published
contract; where a server does not take it, that is said and only some are looked at one by one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

import msgspec

from rootcase.core.model.signals import Signal
from rootcase.core.signals.client import Client
from rootcase.core.signals.faults import NotFound, Refused
from rootcase.core.signals.protocol import Batch
from rootcase.core.signals.sentry_list import Reads, decoded, shape
from rootcase.core.signals.sentry_site import PAGE, Site
from rootcase.core.signals.sentry_wire import WireIssue

ONE_BY_ONE = 50


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
            seen = await asyncio.gather(*(self._alone(each) for each in left))
            gone = tuple(each for each, signal in zip(left, seen, strict=True) if signal is None)
            signals = (*found, *(signal for signal in seen if signal is not None))
            if len(left) < len(missing):
                unknown = len(missing) - len(left)
                said = f"this server does not look issues up by id; {unknown} were not looked at"
            yield Batch(signals, "", said, gone=gone, total=len(ids))

    async def _together(self, asked: Sequence[str]) -> tuple[tuple[Signal, ...], str, bool]:
        """The asked ones that answered; what could not be read; whether the server answers by id at all."""
        query = [*shape(self.site), ("query", ""), ("limit", str(PAGE)), *(("group", each) for each in asked)]
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

    async def _alone(self, issue_id: str) -> Signal | None:
        """One issue as it is now; with `merged_into` under its old id; None where it is gone."""
        return await one(self.client, self.site, self.reads, issue_id)


async def one(client: Client, site: Site, reads: Reads, issue_id: str) -> Signal | None:
    try:
        wire = (await client.get(site.path("issues", issue_id), WireIssue)).value
    except NotFound:
        return None
    return under(issue_id, reads(wire))


def under(asked: str, signal: Signal) -> Signal:
    """The signal by the id it was asked for; another id in the answer means that the other one took it in."""
    return signal if signal.id == asked else replace(signal, id=asked, merged_into=signal.id)
