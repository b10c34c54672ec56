"""What each model has shown that it can do, asked once before its first case and remembered since."""

from __future__ import annotations

import json
import os
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from rootcase.core.agent.model_client import CallFailed, Role
from rootcase.core.agent.probe import most, probe
from rootcase.core.agent.roles import model_for
from rootcase.core.config.settings import ModelSettings
from rootcase.core.model.entries import Body, Faulted, ModelCalled
from rootcase.core.model.ports import Budget

STAGE = "models"
ROLES: tuple[Role, ...] = ("fast", "strong")


@dataclass(frozen=True, slots=True)
class Capability:
    """tools: it called a tool when asked to. streaming: its words came in more than one piece."""

    tools: bool
    streaming: bool


class Known:
    """A file of the state folder; one that cannot be read is as good as empty, since asking again is cheap."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def of(self, settings: ModelSettings, model: str) -> Capability | None:
        found = self._read().get(_key(settings, model))
        return (
            Capability(bool(found.get("tools")), bool(found.get("streaming")))
            if isinstance(found, dict)
            else None
        )

    def keep(self, settings: ModelSettings, model: str, seen: Capability) -> None:
        """Written beside and moved into place, so that two runs never leave half a file."""
        whole = {**self._read(), _key(settings, model): {"tools": seen.tools, "streaming": seen.streaming}}
        self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = self._file.with_name(f"{self._file.name}.{os.getpid()}")
        beside.write_text(json.dumps(whole, indent=1, sort_keys=True), encoding="utf-8")
        beside.replace(self._file)

    def _read(self) -> dict[str, object]:
        try:
            found = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


def _key(settings: ModelSettings, model: str) -> str:
    return f"{model} at {settings.api_base or 'its provider'}"


async def probed(settings: ModelSettings, known: Known, budget: Budget) -> AsyncIterator[Body]:
    """Ask each model once that nobody has asked before; yields what that cost, and what a model lacks.

    A model that does not call tools is named and the run goes on: the loop itself stops it in clear words
    where it really does not. CallFailed where it does not answer at all.
    """
    asked: dict[str, Role] = {}
    for role in ROLES:
        asked.setdefault(model_for(settings, role), role)
    for model, role in asked.items():
        seen = known.of(settings, model)
        if seen is None:
            try:
                called, seen = await _asked(settings, role, budget)
            except CallFailed as fault:
                if not settings.fallbacks.get(role):
                    raise
                yield Faulted(STAGE, fault.title, fault.detail, "Another model stands in for it.")
                continue
            yield called
            known.keep(settings, model, seen)
        if not seen.tools:
            yield Faulted(
                STAGE, f"{model} did not call a tool when it was asked to", "The agent works by tools.",
                "rootcase doctor --models asks it again.",
            )  # fmt: skip


async def _asked(settings: ModelSettings, role: Role, budget: Budget) -> tuple[ModelCalled, Capability]:
    """One paid question, held and settled like any other call."""
    worst = await most(settings, role)
    held = await budget.reserve(usd=worst.usd, tokens=worst.tokens)
    began = time.monotonic()
    try:
        shown = await probe(settings, role)
    except CallFailed as fault:
        cost = (worst.usd, worst.tokens) if fault.began else (0.0, 0)
        await budget.settle(held, usd=cost[0], tokens=cost[1])
        raise
    usage = shown.usage
    await budget.settle(held, usd=usage.cost_usd, tokens=usage.input_tokens + usage.output_tokens)
    called = ModelCalled(
        "probe", role, shown.model, held.id, usage.input_tokens, usage.output_tokens, usage.cost_usd,
        round(time.monotonic() - began, 3), usage.estimated,
    )  # fmt: skip
    return called, Capability(shown.tools, shown.streaming)
