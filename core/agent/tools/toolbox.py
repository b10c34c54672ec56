"""The tools of one phase: finds the one that was called, runs it, and makes its answer fit to be read."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from rootcase.core.agent.model_client import ToolCall, ToolSchema
from rootcase.core.agent.tools.more import More, ReadMore
from rootcase.core.agent.tools.tool import AnyTool, Tool, ToolResult, failure
from rootcase.core.model.errors import (
    EditError,
    GuardrailError,
    RepositoryError,
    SandboxError,
    TestsCannotRun,
)
from rootcase.core.safety.redact import Redactor
from rootcase.core.safety.text import clean


@dataclass(frozen=True, slots=True)
class Called:
    """A finished call. text: what the model reads, cut; full: all of it, cleaned and redacted."""

    result: ToolResult
    text: str
    full: str
    seconds: float


class Toolbox:
    """The tools of one phase, with `more` for answers that were cut where one of them may be long."""

    def __init__(self, tools: Iterable[AnyTool], redactor: Redactor) -> None:
        self._tools = {tool.name: tool for tool in tools}
        self._redactor = redactor
        self._more = More()
        if any(not tool.ends for tool in self._tools.values()):
            more = Tool("more", "Read on in an answer that was cut.", ReadMore, self._more.read)
            self._tools["more"] = cast(AnyTool, more)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._tools)

    @property
    def endings(self) -> tuple[str, ...]:
        """The tools that end the phase."""
        return tuple(tool.name for tool in self._tools.values() if tool.ends)

    def schemas(self) -> tuple[ToolSchema, ...]:
        return tuple(tool.schema() for tool in self._tools.values())

    def ends(self, name: str) -> bool:
        """Whether that tool ends the phase."""
        known = self.named(name)
        return known in self._tools and self._tools[known].ends

    def named(self, name: str) -> str:
        """The tool's own name, where a model writes `functions.read_file`; one that providers take for any other."""
        plain = _plain(name)
        return (
            name
            if name in self._tools
            else plain
            if plain in self._tools
            else re.sub(r"[^\w-]", "_", name)[:64] or "_"
        )

    async def call(self, call: ToolCall) -> Called:
        """Run one call. What a tool cannot do goes back to the model as text; a broken house does not."""
        began = time.monotonic()
        tool = self._tools.get(self.named(call.name))
        if tool is None:
            result = failure(f"There is no tool `{call.name}` here. There are: {', '.join(self._tools)}.")
        else:
            try:
                result = await tool.call(call.arguments)
            except (RepositoryError, EditError, GuardrailError, SandboxError, TestsCannotRun) as fault:
                result = failure(f"{call.name}: {fault}")
        full = self._redactor.text(clean(result.text))
        return Called(result, self._more.first(full), full, time.monotonic() - began)


def _plain(name: str) -> str:
    """The name as it is offered, where a model writes `functions.read_file` or `ReadFile`."""
    last = name.strip().rpartition(".")[2]
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", last).lower().replace("-", "_")
