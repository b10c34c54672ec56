"""What the phases ask of a model, whichever one it is: one request, one streamed answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from rootcase.core.model.entries import Phase
from rootcase.core.model.errors import ModelError

Role = Literal["fast", "strong", "judge"]
Speaker = Literal["system", "user", "assistant", "tool"]
Finish = Literal["stop", "tool_calls", "length", "refused"]
OnText = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class ToolSchema:
    """A tool as a model sees it. parameters: JSON Schema of its arguments, as JSON text."""

    name: str
    description: str
    parameters: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool call as the model wrote it. arguments: JSON text, possibly broken."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation. answers: id of the call that a `tool` message answers."""

    speaker: Speaker
    text: str
    calls: tuple[ToolCall, ...] = ()
    answers: str = ""


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One model call. index: 0-based within the phase, which starts anew after an interruption.

    round: of the phase. steering: what humans have said since the last phase ended, oldest first.
    """

    phase: Phase
    round: int
    index: int
    role: Role
    messages: tuple[Message, ...]
    tools: tuple[ToolSchema, ...]
    max_output_tokens: int
    steering: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """What a call cost. estimated: the provider did not say, or its price is unknown."""

    input_tokens: int
    output_tokens: int
    cost_usd: float
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class WorstCase:
    """The most a call can cost. priced: False where nobody knows the model's price, and usd is 0."""

    usd: float
    input_tokens: int
    output_tokens: int
    priced: bool = True

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    text: str
    calls: tuple[ToolCall, ...]
    usage: Usage
    finish: Finish
    model: str


class CallFailed(ModelError):
    """A model call failed.

    began: an answer had begun, so that it is paid for. again: the same call may well succeed when it is made
    anew. too_long: it was more text than the model takes.
    """

    def __init__(
        self, title: str, detail: str = "", hint: str = "", *, began: bool = False, again: bool = False,
        too_long: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(title, detail, hint)
        self.began = began
        self.again = again
        self.too_long = too_long


class ModelClient(Protocol):
    """Access to the configured models."""

    def name(self, role: Role) -> str:
        """The model that speaks for a role, as it is shown; ModelError where none is configured."""

    async def worst_case(self, request: ModelRequest) -> WorstCase: ...

    async def complete(self, request: ModelRequest, on_text: OnText) -> ModelAnswer:
        """One answer; its text goes to `on_text` as it comes. CallFailed where there is none."""
