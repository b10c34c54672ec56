"""One phase's conversation with a model: call, run its tools, go on, until a tool ends the phase."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import msgspec

from rootcase.core.agent.deps import Deps
from rootcase.core.agent.live import LiveText
from rootcase.core.agent.model_client import (
    CallFailed,
    Message,
    ModelAnswer,
    ModelRequest,
    Role,
    ToolCall,
    Usage,
)
from rootcase.core.agent.steering import Steering
from rootcase.core.agent.tools.tool import Called, Ending, Toolbox
from rootcase.core.model.case import Case
from rootcase.core.model.entries import Blob, Body, ModelCalled, Phase, ToolCalled
from rootcase.core.model.errors import ModelError
from rootcase.core.model.ports import Stage
from rootcase.core.safety.text import clean

SHOWN_RESULT = 2_000
CONTEXT_LIMIT = 200_000
IDLE_LIMIT = 3
GO_ON = "Go on with one of the tools, or end this phase with the tool that ends it."
CUT = "(cut to save room; call the tool again where you need it)"
AT_LENGTH = "Your answer was cut at its longest; broken calls were not run. Make smaller steps."


@dataclass(frozen=True, slots=True)
class Terms:
    """How a phase talks. role: which model. steps: model calls at most. output_tokens: of one answer."""

    phase: Phase
    role: Role
    round: int
    steps: int
    output_tokens: int


class Talk:
    """A fresh context, from system prompt and brief to the ending.

    ending: set when a tool ended the phase; None while it runs, or when the steps ran out.
    """

    def __init__(
        self, deps: Deps, terms: Terms, toolbox: Toolbox, case: Case, *, system: str, brief: str
    ) -> None:
        self.ending: Ending | None = None
        self._deps = deps
        self._terms = terms
        self._toolbox = toolbox
        self._steering = Steering(case)
        self._messages = [Message("system", self._safe(system)), Message("user", self._safe(brief))]
        self._told = 0
        self._idle = 0

    async def run(self) -> Stage:
        """Yields a ModelCalled after each call and a ToolCalled after each tool, with what tools record."""
        for index in range(self._terms.steps):
            self._hear(await self._deps.control.checkpoint())
            answer: ModelAnswer | None = None
            async for part in self._ask(index):
                if isinstance(part, ModelAnswer):
                    answer = part
                else:
                    yield part
            assert answer is not None
            async for body in self._act(answer):
                yield body
            if self.ending is not None:
                return

    async def _ask(self, index: int) -> AsyncIterator[Body | ModelAnswer]:
        """One paid call: its worst case is held before, what it cost is settled and recorded after."""
        request = self._request(index)
        client, budget = self._deps.model, self._deps.budget
        worst = await client.worst_case(request)
        reservation = await budget.reserve(usd=worst.usd, tokens=worst.tokens)
        live = LiveText(self._deps.control, self._deps.redactor)
        began = time.monotonic()
        try:
            answer = await client.complete(request, live.add)
        except CallFailed as fault:
            usage = (
                Usage(worst.input_tokens, worst.output_tokens, worst.usd, True)
                if fault.began
                else Usage(0, 0, 0.0)
            )
            await budget.settle(
                reservation, usd=usage.cost_usd, tokens=usage.input_tokens + usage.output_tokens
            )
            if fault.began:
                yield self._called(client.name(request.role), reservation.id, usage, time.monotonic() - began)
            raise
        finally:
            await live.finish()
        usage = answer.usage
        await budget.settle(reservation, usd=usage.cost_usd, tokens=usage.input_tokens + usage.output_tokens)
        called = self._called(answer.model, reservation.id, usage, time.monotonic() - began)
        prompt, said = await self._kept(answer)
        yield replace(called, prompt=prompt, answer=said)
        yield answer

    def _called(self, model: str, reservation: str, usage: Usage, seconds: float) -> ModelCalled:
        return ModelCalled(
            self._terms.phase, self._terms.role, model, reservation, usage.input_tokens, usage.output_tokens,
            usage.cost_usd, round(seconds, 3), usage.estimated,
        )  # fmt: skip

    async def _kept(self, answer: ModelAnswer) -> tuple[Blob | None, Blob | None]:
        """What was new in the prompt, and the answer, beside the journal."""
        blobs = self._deps.blobs
        new, self._told = self._messages[self._told :], len(self._messages)
        if blobs is None:
            return None, None
        prompt = "\n\n".join(f"[{message.speaker}]\n{message.text}" for message in new)
        calls = "\n".join(f"{call.name} {self._safe(call.arguments)}" for call in answer.calls)
        return await blobs.put(prompt), await blobs.put(f"{self._safe(answer.text)}\n{calls}".strip())

    async def _act(self, answer: ModelAnswer) -> AsyncIterator[Body]:
        """Run the calls of an answer in order; nothing of a refused or empty answer."""
        if answer.finish == "refused":
            raise ModelError(
                f"{answer.model} refused to answer", clean(answer.text, limit=300) or "It gave no reason.",
                "Steer the run and start it again, choose another model, or take the case over by hand.",
            )  # fmt: skip
        calls = answer.calls
        # The model's own words are redacted when they go back or into the journal, not before they act:
        # a made-up password in a test is code.
        kept = tuple(replace(call, arguments=self._safe(call.arguments)) for call in calls)
        self._messages.append(Message("assistant", self._safe(answer.text), kept))
        if not calls:
            self._nudge(answer)
            return
        self._idle = 0
        for call in calls:
            case = await self._deps.control.checkpoint()
            if self._toolbox.ends(call.name) and self._steering.has_news(case):
                self._messages.append(
                    Message("tool", "Not ended: read what the engineer has just said.", answers=call.id)
                )
                continue
            await self._deps.control.publish("tool", self._safe(f"{call.name} {_shown(call)}\n"))
            called = await self._toolbox.call(call)
            self._messages.append(Message("tool", called.text, answers=call.id))
            for body in called.result.bodies:
                yield body
            yield await self._tool_called(call, called)
            if called.result.ending is not None:
                self.ending = called.result.ending
                return
        if answer.finish == "length":
            self._messages.append(Message("user", AT_LENGTH))

    def _nudge(self, answer: ModelAnswer) -> None:
        self._idle += 1
        if self._idle >= IDLE_LIMIT:
            said = "without calling one" if answer.text.strip() else "with nothing, which may be a refusal"
            raise ModelError(
                f"{answer.model} uses no tools",
                f"It answered {IDLE_LIMIT} times in {self._terms.phase} {said}.",
                "Choose a model that supports tool calls under `models` in config.yaml.",
            )
        self._messages.append(Message("user", AT_LENGTH if answer.finish == "length" else GO_ON))

    async def _tool_called(self, call: ToolCall, called: Called) -> ToolCalled:
        full: Blob | None = None
        if self._deps.blobs is not None and len(called.full) > SHOWN_RESULT:
            full = await self._deps.blobs.put(called.full)
        return ToolCalled(
            self._terms.phase, call.id, clean(call.name, limit=60),
            clean(self._safe(call.arguments), limit=SHOWN_RESULT),
            called.result.ok, clean(called.text, limit=SHOWN_RESULT), round(called.seconds, 3), full,
        )  # fmt: skip

    def _hear(self, case: Case) -> None:
        for words in self._steering.news(case):
            self._messages.append(Message("user", self._safe(words)))

    def _request(self, index: int) -> ModelRequest:
        return ModelRequest(
            self._terms.phase, self._terms.round, index, self._terms.role, shortened(self._messages),
            self._toolbox.schemas(), self._terms.output_tokens, self._steering.texts,
        )  # fmt: skip

    def _safe(self, text: str) -> str:
        return self._deps.redactor.text(clean(text))


def shortened(messages: list[Message]) -> tuple[Message, ...]:
    """The messages within the context limit: the oldest tool results go first, never what people said."""
    over = sum(len(message.text) for message in messages) - CONTEXT_LIMIT
    out = list(messages)
    for number, message in enumerate(messages):
        if over <= 0:
            break
        if message.speaker == "tool" and len(message.text) > len(CUT):
            over -= len(message.text) - len(CUT)
            out[number] = replace(message, text=CUT)
    return tuple(out)


def _shown(call: ToolCall) -> str:
    """The arguments on one short line, for whoever watches."""
    try:
        plain = msgspec.json.decode(call.arguments or "{}")
    except msgspec.DecodeError:
        return "with broken arguments"
    if not isinstance(plain, dict):
        return ""
    return clean(" ".join(str(value).split("\n")[0][:60] for value in plain.values())[:120], limit=120)
