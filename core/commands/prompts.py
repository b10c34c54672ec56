"""`rootcase explain prompt CASE PHASE`: exactly what a phase would send to a model first, after redaction."""

from __future__ import annotations

import argparse
import os
from typing import get_args

from rootcase.core.agent.model_client import ModelAnswer, ModelRequest, OnText, Role, WorstCase
from rootcase.core.commands.casefile import folded, opened, resolved
from rootcase.core.commands.output import say, say_json
from rootcase.core.config.load import Loaded
from rootcase.core.journal.store import Store
from rootcase.core.model.case import Case
from rootcase.core.model.entries import Phase
from rootcase.core.model.errors import UsageError
from rootcase.core.model.ports import Reservation


class _Sent(Exception):
    """Carries the request out of the phase at the moment when it would have been sent."""

    def __init__(self, request: ModelRequest) -> None:
        super().__init__("captured")
        self.request = request


class _Nobody:
    """A model client that is asked once and answers nothing."""

    def name(self, role: Role) -> str:
        return role

    async def worst_case(self, request: ModelRequest) -> WorstCase:
        raise _Sent(request)

    async def complete(self, request: ModelRequest, on_text: OnText) -> ModelAnswer:
        raise _Sent(request)


class _NoBudget:
    async def reserve(self, *, usd: float, tokens: int) -> Reservation:
        return Reservation("", usd, tokens)

    async def settle(self, reservation: Reservation, *, usd: float, tokens: int) -> None:
        """Nothing was spent."""


class _Still:
    """The case as it stands; nobody says anything meanwhile."""

    def __init__(self, case: Case) -> None:
        self._case = case

    async def checkpoint(self) -> Case:
        return self._case

    async def publish(self, channel: str, text: str) -> None:
        """Nobody watches."""


async def main(args: argparse.Namespace, loaded: Loaded) -> int:
    phases = [name for name in get_args(Phase) if name not in ("prove", "probe")]
    if len(args.input) != 2 or args.input[1] not in phases:
        raise UsageError(
            "explain prompt needs a case and a phase", f"Phases: {', '.join(phases)}.",
            "rootcase explain prompt C-1 investigate",
        )  # fmt: skip
    async with opened(loaded) as store:
        case = await folded(store, await resolved(store, args.input[0]))
        if case.code is None:
            raise UsageError(
                f"{case.key} has no code map yet",
                "Every phase starts from it.",
                f"rootcase run {case.key} --until map",
            )
        request = await _request(args.input[1], case, loaded, store)
    if args.json:
        say_json(
            {
                "schema": "rootcase.explain.prompt/1",
                "case": case.key,
                "phase": args.input[1],
                "request": request,
            }
        )
    else:
        say(_as_text(request))
    return 0


async def _request(phase: str, case: Case, loaded: Loaded, store: Store) -> ModelRequest:
    """Start the phase for real, on the real repository, and stop at its first call."""
    from rootcase.core.agent import phases
    from rootcase.core.agent.deps import Deps
    from rootcase.core.pipeline.house import House

    async with House(loaded, store, dict(os.environ)) as house:
        repository = await house.repository(case)
        deps = Deps(
            settings=house.settings, repository=repository, model=_Nobody(), budget=_NoBudget(),
            control=_Still(case), redactor=house.redactor, samples=await house.samples(case),
            fingerprinter=house.fingerprinter(case), servers=house.servers(),
        )  # fmt: skip
        reading = {
            "opinion": phases.opinion,
            "investigate": phases.investigate,
            "plan": phases.plan,
            "explain": phases.explain,
            "review": phases.judge,
        }
        writing = {"reproduce": phases.reproduce, "patch": phases.patch}
        try:
            if phase in reading:
                stage = reading[phase](case, deps)
            else:
                base = case.draft.base_commit if case.draft else case.code.head_commit if case.code else ""
                stage = writing[phase](case, deps, await house.workspace(case, base))
            async for _ in stage:
                pass
        except _Sent as sent:
            return sent.request
    raise UsageError(f"{phase} asks no model for {case.key} as it stands", "", f"rootcase show {case.key}")


def _as_text(request: ModelRequest) -> str:
    parts = [f"[{message.speaker}]\n{message.text.rstrip()}" for message in request.messages]
    tools = [f"{tool.name}: {tool.description}\n    {tool.parameters}" for tool in request.tools]
    return "\n\n".join([*parts, "[tools]\n" + "\n".join(tools)])
