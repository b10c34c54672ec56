"""The `WriteBack` port of each source that a case's signals came from."""

from __future__ import annotations

from collections.abc import Mapping

from rootcase.core.model.case import Case
from rootcase.core.model.ports import WriteBack
from rootcase.core.pipeline.house import House
from rootcase.core.signals.protocol import Source, make_source


class SourceWriteBack:
    """Says something at a source's issue; the same text twice is written once by the source itself."""

    def __init__(self, source: Source) -> None:
        self._source = source

    async def comments(self, signal_id: str) -> tuple[str, ...]:
        return ()

    async def comment(self, signal_id: str, text: str) -> str:
        try:
            written = await self._source.comment(signal_id, text)
        finally:
            await self._source.close()
        return written.url or written.id


def write_back(case: Case, house: House) -> Mapping[str, WriteBack]:
    """By source label, for the configured sources that hold a signal of the case."""
    wanted = {signal.source for signal in case.signals}
    return {
        settings.label: SourceWriteBack(
            make_source(settings, house.environment, me=house.settings.me, learn=house.redactor.learn)
        )
        for settings in house.settings.sources
        if settings.label in wanted
    }
