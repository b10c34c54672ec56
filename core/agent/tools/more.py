"""Answers that are too long for one message, and reading on in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from rootcase.core.agent.tools.tool import ToolResult, failure

# Characters; about 2,000 tokens of code, which has fewer characters to a token than prose.
RESULT_LIMIT = 6_400


@dataclass(frozen=True, slots=True)
class ReadMore:
    result: Annotated[str, Meta(description="such as r1")]
    page: Annotated[int, Meta(ge=1)] = 2


class More:
    """What did not fit into an answer, a page at a time, for as long as the phase lasts."""

    def __init__(self) -> None:
        self._held: dict[str, str] = {}

    def first(self, text: str) -> str:
        """The text, or its first page and how to read on."""
        if len(text) <= RESULT_LIMIT:
            return text
        name = f"r{len(self._held) + 1}"
        self._held[name] = text
        return self._page(name, 1)

    async def read(self, ask: ReadMore) -> ToolResult:
        name = ask.result.strip("[] ").lower()
        if name not in self._held:
            names = ", ".join(self._held) or "none so far"
            return failure(f"No answer {ask.result!r} was cut; cut ones: {names}.")
        return ToolResult(self._page(name, ask.page))

    def _page(self, name: str, number: int) -> str:
        """Pages end at a line's end, and a fence that a cut leaves open is closed."""
        text, end = self._held[name], 0
        for _ in range(number):
            start = end
            if start >= len(text):
                return f"{name} has fewer pages than {number}."
            end = min(len(text), start + RESULT_LIMIT)
            line_end = text.rfind("\n", start, end) + 1
            end = line_end if end < len(text) and line_end > start else end
        shown = text[start:end]
        opened = text[:start].count("<data ") - text[:start].count("</data>")
        shown = f'<data origin="the same, page {number}">\n{shown}' if opened > 0 else shown
        if shown.count("<data ") > shown.count("</data>"):
            shown = shown.rstrip("\n") + "\n</data>\n"
        if end >= len(text):
            return shown
        return f'{shown}… {end:,} of {len(text):,} characters; go on with more(result="{name}", page={number + 1}).'
