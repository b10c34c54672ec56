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
from rootcase.core.agent.spoken import with_spoken_calls
from rootcase.core.agent.steering import Steering
from rootcase.core.agent.tools.tool import Ending
from rootcase.core.agent.tools.toolbox import Called, Toolbox
from rootcase.core.model.case import Case
from rootcase.core.model.entries import Blob, Body, BudgetWarned, ModelCalled, Phase, ToolCalled
from rootcase.core.model.errors import ModelError
from rootcase.core.model.ports import Stage
from rootcase.core.safety.text import clean

SHOWN_RESULT = 2_000
CONTEXT_LIMIT = 200_000
IDLE_LIMIT = 3
BROKEN_LIMIT = 2
SMALLEST_CONTEXT = 12_000
STEPS_TOLD = 3
LONGEST_ANSWER = 16_000
GO_ON = "Answer with a call of a tool: {}. Go on with one of the tools, or end this phase with {}."
CUT = "(cut to save room; call the tool again where you need it)"
AT_LENGTH = "Your answer was cut at its longest; broken calls were not run. Make smaller steps."
UNPRICED = "nobody knows the price of {}, so its tokens are counted and no dollars; models.prices names one"
AGAIN = "\n(You asked this before, and the answer is the same.)"
NEARLY_OVER = "{} answers are left in this phase. Put down what you have and end it with {}."


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
        self._case = case
        self._messages = [Message("system", self._safe(system)), Message("user", self._safe(brief))]
        self._told = 0
        self._idle = 0
        self._broken = 0
        self._answers: dict[tuple[str, str], str] = {}
        self._ids: set[str] = set()
        self._context = CONTEXT_LIMIT
        self._output_tokens = terms.output_tokens

    async def run(self) -> Stage:
        """Yields a ModelCalled after each call and a ToolCalled after each tool, with what tools record."""
        for index in range(self._terms.steps):
            self._case = await self._deps.control.checkpoint()
            self._hear(self._case)
            if index == self._terms.steps - STEPS_TOLD and index:
                self._messages.append(Message("user", NEARLY_OVER.format(STEPS_TOLD, self._endings())))
            answer: ModelAnswer | None = None
            try:
                async for part in self._ask(index):
                    if isinstance(part, ModelAnswer):
                        answer = part
                    else:
                        yield part
            except CallFailed as fault:
                if not self._mended(fault):
                    raise
                continue
            assert answer is not None
            async for body in self._act(with_spoken_calls(answer, self._toolbox.names)):
                yield body
            if self.ending is not None:
                return

    def _mended(self, fault: CallFailed) -> bool:
        """Whether asking again may help: an answer that broke off, or less text for a small context."""
        if fault.again and self._broken < BROKEN_LIMIT:
            self._broken += 1
            return True
        room = self._context // 2
        if not fault.too_long or room < SMALLEST_CONTEXT:
            return False
        before = sum(len(message.text) for message in shortened(self._messages, self._context))
        self._context = min(room, before * 2 // 3)
        return sum(len(message.text) for message in shortened(self._messages, self._context)) < before

    def _endings(self) -> str:
        return " or ".join(f"`{name}`" for name in self._toolbox.endings)

    async def _ask(self, index: int) -> AsyncIterator[Body | ModelAnswer]:
        """One paid call: its worst case is held before, what it cost is settled and recorded after."""
        request = self._request(index)
        client, budget = self._deps.model, self._deps.budget
        worst = await client.worst_case(request)
        if not worst.priced and not any(warned.what == "price" for warned in self._case.warned):
            yield BudgetWarned("price", UNPRICED.format(client.name(request.role)))
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
        calls = self._whole(answer)
        # The model's own words are redacted when they go back or into the journal, not before they act:
        # a made-up password in a test is code.
        kept = tuple(
            replace(call, name=self._toolbox.named(call.name), arguments=self._safe(call.arguments))
            for call in calls
        )
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
            self._messages.append(Message("tool", called.text + self._again(call, called), answers=call.id))
            for body in called.result.bodies:
                yield body
            yield await self._tool_called(call, called)
            if called.result.ending is not None:
                self.ending = called.result.ending
                return
        if answer.finish == "length":
            self._messages.append(Message("user", AT_LENGTH))

    def _again(self, call: ToolCall, called: Called) -> str:
        """Tells a model that goes in circles."""
        before = self._answers.get((call.name, call.arguments))
        self._answers[call.name, call.arguments] = called.full
        return AGAIN if before == called.full else ""

    def _whole(self, answer: ModelAnswer) -> tuple[ToolCall, ...]:
        """The calls of an answer; the last of one that was cut may lack all of its arguments, and is made broken."""
        calls = tuple(self._unique(call) for call in answer.calls)
        if answer.finish != "length":
            return calls
        self._output_tokens = min(2 * self._output_tokens, LONGEST_ANSWER)
        if calls and not calls[-1].arguments.strip():
            return (*calls[:-1], replace(calls[-1], arguments="{"))
        return calls

    def _unique(self, call: ToolCall) -> ToolCall:
        """Servers that number the calls of each answer anew give ids that stand in the history already."""
        name = call.id
        while name in self._ids:
            name = f"{call.id}_{len(self._ids)}"
        self._ids.add(name)
        return call if name == call.id else replace(call, id=name)

    def _nudge(self, answer: ModelAnswer) -> None:
        self._idle += 1
        if self._idle >= IDLE_LIMIT:
            said = "without calling one" if answer.text.strip() else "with nothing, which may be a refusal"
            raise ModelError(
                f"{answer.model} uses no tools",
                f"It answered {IDLE_LIMIT} times in {self._terms.phase} {said}.",
                "Choose a model that supports tool calls under `models` in config.yaml.",
            )
        go_on = GO_ON.format(", ".join(self._toolbox.names), self._endings())
        self._messages.append(Message("user", AT_LENGTH if answer.finish == "length" else go_on))

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
            self._terms.phase, self._terms.round, index, self._terms.role,
            shortened(self._messages, self._context), self._toolbox.schemas(), self._output_tokens,
            self._steering.texts,
        )  # fmt: skip

    def _safe(self, text: str) -> str:
        return self._deps.redactor.text(clean(text))


def shortened(messages: list[Message], limit: int) -> tuple[Message, ...]:
    """The messages within `limit` characters: the oldest tool results go first, never what people said."""
    over = sum(len(message.text) for message in messages) - limit
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
