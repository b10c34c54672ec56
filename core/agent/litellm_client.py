"""Models by litellm: one streamed call, tried again only while nothing of the answer was seen."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from types import ModuleType

from rootcase.core.agent import litellm_library
from rootcase.core.agent.litellm_faults import cannot_stream, explained, is_transient, retry_after_s
from rootcase.core.agent.litellm_stream import Assembly
from rootcase.core.agent.model_client import (
    CallFailed,
    Message,
    ModelAnswer,
    ModelRequest,
    OnText,
    Role,
    ToolCall,
    ToolSchema,
    Usage,
    WorstCase,
)  # fmt: skip
from rootcase.core.agent.prices import Price, own_price
from rootcase.core.agent.roles import model_for
from rootcase.core.config.settings import ModelSettings

FIRST_CHUNK_S = 120.0
NEXT_CHUNK_S = 60.0
RETRY_DELAYS_S = (1.0, 3.0, 8.0)
UNFINISHED_LIMIT = 2


class LitellmClient:
    """The `ModelClient` of real providers; keys come from the environment, as litellm reads them."""

    def __init__(self, settings: ModelSettings, *, retry_delays_s: Sequence[float] = RETRY_DELAYS_S) -> None:
        self._settings = settings
        self._delays = tuple(retry_delays_s)
        # Streams of a model that ended without an end; after two of them it is asked for whole answers.
        self._unfinished: Counter[str] = Counter()

    def name(self, role: Role) -> str:
        return model_for(self._settings, role)

    async def worst_case(self, request: ModelRequest) -> WorstCase:
        """Tokens of the prompt as litellm counts them, plus all that may come back, at the model's price."""
        library = await litellm_library.load()
        model = self.name(request.role)
        sent = json.dumps([_as_sent(m) for m in request.messages]) + json.dumps(_tools(request.tools))
        prompt = int(library.token_counter(model=model, text=sent))
        price = self._price(library, model)
        return WorstCase(
            price.cost(prompt, request.max_output_tokens), prompt, request.max_output_tokens, price.known
        )

    async def complete(self, request: ModelRequest, on_text: OnText) -> ModelAnswer:
        library = await litellm_library.load()
        model = self.name(request.role)
        delays = list(self._delays)
        while True:
            assembly = Assembly()
            try:
                finished = await self._stream(library, model, request, on_text, assembly)
            except _provider_faults() as fault:
                if cannot_stream(fault) and self._streams(model):
                    self._unfinished[model] = UNFINISHED_LIMIT
                    continue
                if not delays or assembly.began or not is_transient(fault):
                    raise explained(fault, model, self._settings.api_base, began=assembly.began) from fault
                await asyncio.sleep(max(delays.pop(0), retry_after_s(fault)))
                continue
            if not finished:
                self._unfinished[model] += 1 if assembly.began else UNFINISHED_LIMIT
                raise _broken_off(model)
            return await self._answer(library, model, request, assembly)

    def _streams(self, model: str) -> bool:
        return self._unfinished[model] < UNFINISHED_LIMIT

    async def _stream(
        self, library: ModuleType, model: str, request: ModelRequest, on_text: OnText, assembly: Assembly
    ) -> bool:
        """Read the whole answer; False where the provider stopped without saying why."""
        try:
            async with asyncio.timeout(FIRST_CHUNK_S):
                stream = await library.acompletion(**self._arguments(model, request))
            if not self._streams(model):
                text = assembly.add(stream)
                if text:
                    await on_text(text)
                return bool(assembly.finish)
            try:
                async for chunk in _with_deadline(stream, model, assembly):
                    text = assembly.add(chunk)
                    if text:
                        await on_text(text)
            finally:
                close = getattr(stream, "aclose", None)
                if close is not None:
                    await close()
        except TimeoutError as fault:
            raise _silent(model, FIRST_CHUNK_S, began=assembly.began) from fault
        # litellm makes up a usage and a finish reason where the provider sent none; these are its own words.
        sent = getattr(stream, "chunks", None)
        if sent is not None and not any(getattr(chunk, "usage", None) for chunk in sent):
            assembly.has_usage = False
        return getattr(stream, "received_finish_reason", assembly.finish) is not None

    async def _answer(
        self, library: ModuleType, model: str, request: ModelRequest, assembly: Assembly
    ) -> ModelAnswer:
        price = self._price(library, model)
        tokens = (assembly.input_tokens, assembly.output_tokens)
        if not assembly.has_usage:
            worst = await self.worst_case(request)
            tokens = (worst.input_tokens, worst.output_tokens)
        usage = Usage(*tokens, price.cost(*tokens), not (assembly.has_usage and price.known))
        shown = model if price.known else f"{model} (price unknown)"
        return ModelAnswer(
            assembly.text or assembly.refusal, assembly.calls(), usage, assembly.why_ended(), shown
        )

    def _price(self, library: ModuleType, model: str) -> Price:
        return own_price(model, self._settings.prices) or litellm_library.library_price(library, model)

    def _arguments(self, model: str, request: ModelRequest) -> dict[str, object]:
        arguments: dict[str, object] = {
            "model": model, "messages": [_as_sent(m) for m in request.messages],
            "max_tokens": request.max_output_tokens, "num_retries": 0, "max_retries": 0, "drop_params": True,
            "timeout": FIRST_CHUNK_S,
        }  # fmt: skip
        if self._streams(model):
            arguments.update(stream=True, stream_options={"include_usage": True})
        if request.tools:
            arguments["tools"] = _tools(request.tools)
        if self._settings.api_base:
            arguments["api_base"] = self._settings.api_base
        return arguments


async def _with_deadline(
    stream: AsyncIterator[object], model: str, assembly: Assembly
) -> AsyncIterator[object]:
    chunks = aiter(stream)
    while True:
        try:
            async with asyncio.timeout(NEXT_CHUNK_S):
                chunk = await anext(chunks)
        except StopAsyncIteration:
            return
        except TimeoutError as fault:
            raise _silent(model, NEXT_CHUNK_S, began=assembly.began) from fault
        yield chunk


def _silent(model: str, seconds: float, *, began: bool) -> CallFailed:
    return CallFailed(
        f"{model} did not answer in time", f"Nothing came for {seconds:g} s.",
        "Start the run again; it goes on where it stood.", began=began, again=True,
    )  # fmt: skip


def _broken_off(model: str) -> CallFailed:
    return CallFailed(
        f"The answer of {model} broke off", "The connection closed before the answer was whole; nothing of it was run.",
        "Start the run again; it goes on where it stood.", began=True, again=True,
    )  # fmt: skip


def _provider_faults() -> tuple[type[Exception], ...]:
    """What may come out of litellm: its own tree stands on openai's; others leak mid-stream."""
    import httpx
    import openai

    return (openai.OpenAIError, httpx.HTTPError, ValueError, RuntimeError, OSError, TypeError, AttributeError)


def _tools(tools: Sequence[ToolSchema]) -> list[dict[str, object]]:
    return [
        {
            "type": "function",
            "function": {
                "name": t.name,
                "description": t.description,
                "parameters": json.loads(t.parameters),
            },
        }
        for t in tools
    ]


def _as_sent(message: Message) -> dict[str, object]:
    sent: dict[str, object] = {"role": message.speaker, "content": message.text}
    if message.calls:
        sent["tool_calls"] = [_call_as_sent(call) for call in message.calls]
    if message.speaker == "tool":
        sent["tool_call_id"] = message.answers
    return sent


def _call_as_sent(call: ToolCall) -> dict[str, object]:
    return {
        "id": call.id,
        "type": "function",
        "function": {"name": call.name, "arguments": _sound(call.arguments)},
    }


def _sound(arguments: str) -> str:
    """Broken JSON goes back to the model as a string; providers refuse a history that does not parse."""
    try:
        parsed = json.loads(arguments or "{}")
    except ValueError:
        parsed = None
    return (arguments or "{}") if isinstance(parsed, dict) else json.dumps({"broken": arguments})
