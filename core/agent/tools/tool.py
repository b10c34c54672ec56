"""A tool and its result: decodes what a model gave as arguments, and runs."""

from __future__ import annotations

import difflib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields, replace
from typing import Generic, Protocol, TypeVar

import msgspec

from rootcase.core.agent.model_client import ToolSchema
from rootcase.core.agent.tools.lenient import fitted, parsed
from rootcase.core.agent.tools.schema import parameters_of
from rootcase.core.model.entries import Body

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


class AnyTool(Protocol):
    """A tool of whatever arguments: it decodes what it is given."""

    @property
    def name(self) -> str: ...
    @property
    def ends(self) -> bool: ...
    def schema(self) -> ToolSchema: ...
    async def call(self, arguments: str) -> ToolResult: ...
