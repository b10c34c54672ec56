"""Another model where the first cannot be had: asked in order, and only while nothing of an answer was seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rootcase.core.agent.model_client import (
    CallFailed,
    ModelAnswer,
    ModelClient,
    ModelRequest,
    OnText,
    Role,
    WorstCase,
)


class FallbackClient:
    """Wraps one client per model of a role.

    others: role → clients that stand in, in order. Which one answered is the answer's `model`, and so what
    the journal says. The worst case is the dearest of them, since any may be asked.
    """

    def __init__(self, first: ModelClient, others: Mapping[Role, Sequence[ModelClient]]) -> None:
        self._first = first
        self._others = others

    def name(self, role: Role) -> str:
        return self._first.name(role)

    async def worst_case(self, request: ModelRequest) -> WorstCase:
        cases = [await client.worst_case(request) for client in self._clients(request.role)]
        return WorstCase(
            max(case.usd for case in cases), max(case.input_tokens for case in cases),
            max(case.output_tokens for case in cases), all(case.priced for case in cases),
        )  # fmt: skip

    async def complete(self, request: ModelRequest, on_text: OnText) -> ModelAnswer:
        clients = self._clients(request.role)
        for client in clients[:-1]:
            try:
                return await client.complete(request, on_text)
            except CallFailed as fault:
                if fault.began:
                    raise  # part of it is paid for and shown; another model would begin anew
        return await clients[-1].complete(request, on_text)

    def _clients(self, role: Role) -> list[ModelClient]:
        return [self._first, *self._others.get(role, ())]
