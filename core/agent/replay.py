"""Replays a recorded model through the same interface as a live one, at a pace that can be watched."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field

from rootcase.core.agent.model_client import (
    CallFailed,
    ModelAnswer,
    ModelRequest,
    OnText,
    Role,
    ToolCall,
    Usage,
    WorstCase,
)  # fmt: skip
from rootcase.core.agent.prices import UNKNOWN, own_price, rough_tokens
from rootcase.core.agent.recording import RecordedStep, Recording, fingerprint

DEFAULT_PACE = 600.0
CHUNK_CHARACTERS = 12


@dataclass(slots=True)
class _Position:
    """Where a phase is in its steps. detour: the words that led off the main line."""

    main: int = 0
    detour: str | None = None
    in_detour: int = 0
    taken: set[str] = field(default_factory=set)


class ReplayClient:
    """The `ModelClient` of a recording. pace: characters per second, 0 for no waiting at all."""

    def __init__(self, recording: Recording, *, pace: float = DEFAULT_PACE) -> None:
        self._recording = recording
        self._pace = pace
        self._position = _Position()
        self._diverged = ""
        self._told = False

    def take_divergence(self) -> str:
        """Where the prompt first was not the recorded one, told once; "" where it is the same so far."""
        told, self._told = "" if self._told else self._diverged, bool(self._diverged)
        return told

    def name(self, role: Role) -> str:
        return f"{self._model(role)} (recorded)"

    async def worst_case(self, request: ModelRequest) -> WorstCase:
        sent = sum(
            rough_tokens(m.text) + sum(rough_tokens(c.arguments) for c in m.calls) for m in request.messages
        )
        sent += sum(rough_tokens(t.description + t.parameters) for t in request.tools)
        price = own_price(self._model(request.role), self._recording.prices) or UNKNOWN
        return WorstCase(
            price.cost(sent, request.max_output_tokens), sent, request.max_output_tokens, price.known
        )

    async def complete(self, request: ModelRequest, on_text: OnText) -> ModelAnswer:
        """The next recorded answer; CallFailed names the step where recording and run part ways."""
        step = self._next(request)
        calls = tuple(
            call.as_call(f"call_{request.phase}_{request.round}_{request.index}_{number}")
            for number, call in enumerate(step.calls, 1)
        )
        self._check(request, calls)
        self._compare(request, step)
        await self._speak(step, on_text)
        usage = await self._usage(request, step)
        finish = step.finish or ("tool_calls" if calls else "stop")
        return ModelAnswer(step.text, calls, usage, finish, self.name(request.role))

    def _next(self, request: ModelRequest) -> RecordedStep:
        if request.index == 0:
            self._position = _Position()
        at = self._position
        steps = self._steps(request)
        if at.detour is None:
            at.detour = self._new_detour(steps, request)
            at.in_detour = 0
        if at.detour is not None:
            detour = [step for step in steps if step.detour == at.detour]
            step = detour[at.in_detour]
            at.in_detour += 1
            if at.in_detour == len(detour):
                at.detour = None
            return step
        main = [step for step in steps if step.detour is None]
        if not main or (at.main >= len(main) and not request.steering):
            raise self._parted(
                request, f"it has {at.main} answers for this phase, and the run asks for one more"
            )
        # A steer that came with the last answer asks for another; without a detour the model says it again.
        step = main[min(at.main, len(main) - 1)]
        at.main += 1
        return step

    def _new_detour(self, steps: list[RecordedStep], request: ModelRequest) -> str | None:
        """The first detour that a steer leads to and that was not taken yet."""
        for step in steps:
            words = step.detour
            if words is None or words in self._position.taken:
                continue
            if any(words in steer.lower() for steer in request.steering):
                self._position.taken.add(words)
                return words
        return None

    def _steps(self, request: ModelRequest) -> list[RecordedStep]:
        """The steps of the phase in this round, or in the last recorded round before it."""
        mine = [
            step
            for step in self._recording.steps
            if step.phase == request.phase and step.round <= request.round
        ]
        last = max((step.round for step in mine), default=0)
        return [step for step in mine if step.round == last]

    def _check(self, request: ModelRequest, calls: tuple[ToolCall, ...]) -> None:
        offered = {tool.name for tool in request.tools}
        for call in calls:
            if call.name not in offered:
                raise self._parted(
                    request, f"it calls `{call.name}`, and this phase offers {', '.join(sorted(offered))}"
                )

    def _compare(self, request: ModelRequest, step: RecordedStep) -> None:
        """Keep the first step whose prompt has changed since the recording; the answer may not fit it any more."""
        now = fingerprint(request)
        parts = [part for part, mark in now.items() if step.request.get(part, mark) != mark]
        if parts and not self._diverged:
            self._diverged = f"{_where(request)}: another {' and '.join(parts)} than was recorded"

    def _parted(self, request: ModelRequest, why: str) -> CallFailed:
        return CallFailed(
            f"The recording does not fit the run at {_where(request)}", f"{self._recording.origin}: {why}.",
            "Record the session again with this version, or name another file with --replay.",
        )  # fmt: skip

    async def _speak(self, step: RecordedStep, on_text: OnText) -> None:
        if self._pace <= 0:
            if step.text:
                await on_text(step.text)
            return
        await asyncio.sleep(step.seconds)
        for chunk in _chunks(step.text):
            await on_text(chunk)
            await asyncio.sleep(len(chunk) / self._pace)

    async def _usage(self, request: ModelRequest, step: RecordedStep) -> Usage:
        price = own_price(step.model or self._model(request.role), self._recording.prices) or UNKNOWN
        if step.usage is not None:
            counts = (step.usage.input, step.usage.output)
        else:
            spoken = rough_tokens(step.text) + sum(rough_tokens(str(call.arguments)) for call in step.calls)
            counts = ((await self.worst_case(request)).input_tokens, spoken)
        return Usage(*counts, price.cost(*counts), estimated=step.usage is None)

    def _model(self, role: Role) -> str:
        models = self._recording.models
        return models.get(role) or models.get("strong") or models.get("fast") or "recorded model"


def _where(request: ModelRequest) -> str:
    return f"{request.phase}, round {request.round}, answer {request.index + 1}"


def _chunks(text: str) -> Iterator[str]:
    for start in range(0, len(text), CHUNK_CHARACTERS):
        yield text[start : start + CHUNK_CHARACTERS]
