"""What was said on a ticket or pull request, and one word more: the `WriteBack` port over forge and tracker."""

from __future__ import annotations

from rootcase.core.deliver.forge import Forge
from rootcase.core.deliver.tracker import Tracker


class ForgeTalk:
    """pull: of pull requests, else of issues. Ids are numbers."""

    def __init__(self, forge: Forge, *, pull: bool) -> None:
        self._forge = forge
        self._pull = pull

    async def comments(self, signal_id: str) -> tuple[str, ...]:
        return tuple(r.text for r in await self._forge.comments(int(signal_id), pull=self._pull))

    async def comment(self, signal_id: str, text: str) -> str:
        return await self._forge.comment(int(signal_id), text, pull=self._pull)


class TrackerTalk:
    """Ids are tickets', without `#`."""

    def __init__(self, tracker: Tracker) -> None:
        self._tracker = tracker

    async def comments(self, signal_id: str) -> tuple[str, ...]:
        return tuple(r.text for r in await self._tracker.comments(signal_id))

    async def comment(self, signal_id: str, text: str) -> str:
        return await self._tracker.comment(signal_id, text)
