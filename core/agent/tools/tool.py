"""A tool, its result, and the box that decodes a model's arguments and runs it."""

from __future__ import annotations

import difflib
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, fields, replace
from typing import Generic, TypeVar

import msgspec

from rootcase.core.agent.model_client import ToolCall, ToolSchema
from rootcase.core.agent.tools.lenient import fitted, parsed
from rootcase.core.agent.tools.schema import parameters_of
from rootcase.core.model.entries import Body
from rootcase.core.model.errors import (
    EditError,
    GuardrailError,
    RepositoryError,
    SandboxError,
    TestsCannotRun,
)
from rootcase.core.safety.redact import Redactor
from rootcase.core.safety.text import clean

RESULT_LIMIT = 8_000
A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class Ending:
    """The phase is over: whether it reached its aim, and in which words."""

    ok: bool
    summary: str


@dataclass(frozen=True, slots=True)
class ToolResult:
    """text: what the model reads. bodies: what goes into the journal besides the call itself."""

    text: str
    ok: bool = True
    bodies: tuple[Body, ...] = ()
    ending: Ending | None = None


@dataclass(frozen=True, slots=True)
class Tool(Generic[A]):
    """arguments: a dataclass whose field names and Meta descriptions the model sees."""

    name: str
    description: str
    arguments: type[A]
    run: Callable[[A], Awaitable[ToolResult]]
    ends: bool = False

    def schema(self) -> ToolSchema:
        return ToolSchema(self.name, self.description, parameters_of(self.arguments))

    async def call(self, arguments: str) -> ToolResult:
        """Decode and run; what is wrong with the arguments is told to the model."""
        plain = parsed(arguments)
        if isinstance(plain, str):
            return failure(f"{self.name} was not run: {plain}")
        named, ignored = fitted(plain, self.arguments)
        try:
            decoded = msgspec.convert(named, self.arguments, strict=False)
        except msgspec.ValidationError as fault:
            return failure(f"{self.name} was not run: {self._wrong(str(fault), ignored)}")
        result = await self.run(decoded)
        if not ignored:
            return result
        told = f"\n({self._no_such(ignored)} and was ignored.)"
        return replace(result, text=result.text + told)

    def _wrong(self, fault: str, ignored: tuple[str, ...]) -> str:
        unknown = f"{self._no_such(ignored)}. " if ignored else ""
        return f"{unknown}{fault}. It takes {self._takes()}."

    def _no_such(self, ignored: tuple[str, ...]) -> str:
        """Names that it does not take, with the nearest one that it does."""
        known = [field.name for field in fields(self.arguments)]  # type: ignore[arg-type]
        near = difflib.get_close_matches(ignored[0], known, 1, 0.5)
        meant = f" (did you mean `{near[0]}`?)" if near else ""
        return f"it has no argument {', '.join(f'`{name}`' for name in ignored)}{meant}"

    def _takes(self) -> str:
        return ", ".join(field.name for field in fields(self.arguments)) or "nothing"  # type: ignore[arg-type]


def failure(text: str) -> ToolResult:
    return ToolResult(text, ok=False)


@dataclass(frozen=True, slots=True)
class Called:
    """A finished call. text: what the model reads, cut; full: all of it, cleaned and redacted."""

    result: ToolResult
    text: str
    full: str
    seconds: float


AnyTool = Tool[object]


class Toolbox:
    """The tools of one phase."""

    def __init__(self, tools: Iterable[AnyTool], redactor: Redactor) -> None:
        self._tools = {tool.name: tool for tool in tools}
        self._redactor = redactor

    def schemas(self) -> tuple[ToolSchema, ...]:
        return tuple(tool.schema() for tool in self._tools.values())

    def ends(self, name: str) -> bool:
        """Whether that tool ends the phase."""
        return name in self._tools and self._tools[name].ends

    async def call(self, call: ToolCall) -> Called:
        """Run one call. What a tool cannot do goes back to the model as text; a broken house does not."""
        began = time.monotonic()
        tool = self._tools.get(call.name)
        if tool is None:
            result = failure(f"There is no tool `{call.name}` here. There are: {', '.join(self._tools)}.")
        else:
            try:
                result = await tool.call(call.arguments)
            except (RepositoryError, EditError, GuardrailError, SandboxError, TestsCannotRun) as fault:
                result = failure(f"{call.name}: {fault}")
        full = self._redactor.text(clean(result.text))
        return Called(result, _cut(full), full, time.monotonic() - began)


def _cut(text: str) -> str:
    if len(text) <= RESULT_LIMIT:
        return text
    end = text.rfind("\n", 0, RESULT_LIMIT) + 1 or RESULT_LIMIT
    return f"{text[:end]}… cut after {end:,} of {len(text):,} characters; ask for a smaller part."
