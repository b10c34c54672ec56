"""Puts a streamed answer together: text, tool calls that arrive in pieces, usage, why it ended."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from rootcase.core.agent.model_client import Finish, ToolCall


@dataclass(slots=True)
class _Call:
    id: str = ""
    name: str = ""
    arguments: str = ""


@dataclass(slots=True)
class Assembly:
    """The answer so far. Chunks are the provider's objects, read by attribute since each has its own class."""

    text: str = ""
    refusal: str = ""
    finish: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    has_usage: bool = False
    _calls: list[_Call] = field(default_factory=list)
    _by_index: dict[int, _Call] = field(default_factory=dict)

    def add(self, chunk: object) -> str:
        """Take a chunk; returns the new text in it."""
        self._take_usage(getattr(chunk, "usage", None))
        choices = getattr(chunk, "choices", None) or ()
        if not choices:
            return ""
        choice = choices[0]
        self.finish = getattr(choice, "finish_reason", None) or self.finish
        delta = getattr(choice, "delta", None) or getattr(choice, "message", None)
        if delta is None:
            return ""
        for piece in getattr(delta, "tool_calls", None) or ():
            self._take_call(piece)
        self.refusal += getattr(delta, "refusal", None) or ""
        text = getattr(delta, "content", None)
        text = text if isinstance(text, str) else ""
        self.text += text
        return text

    @property
    def began(self) -> bool:
        return bool(self.text or self._calls or self.refusal)

    def calls(self) -> tuple[ToolCall, ...]:
        """All tool calls in order; those without an id are given one."""
        return tuple(
            ToolCall(call.id or f"call_{number}", call.name, call.arguments)
            for number, call in enumerate(self._calls, 1)
        )

    def why_ended(self) -> Finish:
        if self.finish in ("content_filter", "refusal") or (
            self.refusal and not self.text and not self._calls
        ):
            return "refused"
        if self.finish == "length":
            return "length"
        return "tool_calls" if self._calls else "stop"

    def _take_usage(self, usage: object) -> None:
        sent, said = getattr(usage, "prompt_tokens", None), getattr(usage, "completion_tokens", None)
        if isinstance(sent, int) and isinstance(said, int) and sent + said:
            self.input_tokens, self.output_tokens = sent, said
            self.has_usage = True

    def _take_call(self, piece: object) -> None:
        index = getattr(piece, "index", None)
        index = index if isinstance(index, int) else 0
        call = self._by_index.get(index)
        identity = getattr(piece, "id", None) or ""
        # Some servers number every call 0 and tell them apart by id alone.
        if call is None or (identity and call.id and identity != call.id):
            call = _Call()
            self._by_index[index] = call
            self._calls.append(call)
        call.id = identity or call.id
        function = getattr(piece, "function", None)
        call.name += getattr(function, "name", None) or ""
        arguments = getattr(function, "arguments", None) or ""
        # Some local servers send the arguments as an object, in one piece.
        call.arguments += arguments if isinstance(arguments, str) else json.dumps(arguments)
