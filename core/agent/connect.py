"""From the configuration to a model client: a replay, or real providers, recorded where asked."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import get_args

from rootcase.core.agent.fallback import FallbackClient
from rootcase.core.agent.model_client import ModelAnswer, ModelClient, ModelRequest, OnText, Role, WorstCase
from rootcase.core.agent.recording import RecordingFile, read_recording
from rootcase.core.agent.replay import DEFAULT_PACE, ReplayClient
from rootcase.core.agent.roles import has_model, no_model
from rootcase.core.config.settings import ModelSettings
from rootcase.core.model.errors import ModelError, UsageError
from rootcase.core.safety.redact import Redactor

PACE = "ROOTCASE_REPLAY_PACE"


def connect(settings: ModelSettings, redactor: Redactor, environment: Mapping[str, str]) -> ModelClient:
    """The client that the settings ask for. ModelError where no model is configured."""
    if not has_model(settings):
        raise no_model()
    if settings.replay:
        recording = read_recording(Path(settings.replay).expanduser())
        return ReplayClient(recording, pace=_pace(environment.get(PACE, "")))
    from rootcase.core.agent.litellm_client import LitellmClient

    client = _with_fallbacks(settings, LitellmClient(settings))
    if not settings.record:
        return client
    return RecordingClient(client, RecordingFile(Path(settings.record).expanduser(), redactor))


def _with_fallbacks(settings: ModelSettings, first: ModelClient) -> ModelClient:
    """The client with those that stand in for each role; a client for one model serves every role."""
    from rootcase.core.agent.litellm_client import LitellmClient

    unknown = set(settings.fallbacks) - set(get_args(Role))
    if unknown:
        raise ModelError(
            f"models.fallbacks names no role {', '.join(sorted(unknown))}", f"Roles are {', '.join(get_args(Role))}.",
            "Correct it in config.yaml.",
        )  # fmt: skip
    others: dict[Role, list[ModelClient]] = {
        role: [LitellmClient(replace(settings, fast=name, strong=name, judge=name)) for name in names]
        for role in get_args(Role)
        if (names := settings.fallbacks.get(role, ()))
    }
    return FallbackClient(first, others) if others else first


class RecordingClient:
    """A model client that writes down every answer of another."""

    def __init__(self, inner: ModelClient, file: RecordingFile) -> None:
        self._inner = inner
        self._file = file

    def name(self, role: Role) -> str:
        return self._inner.name(role)

    async def worst_case(self, request: ModelRequest) -> WorstCase:
        return await self._inner.worst_case(request)

    async def complete(self, request: ModelRequest, on_text: OnText) -> ModelAnswer:
        began = time.monotonic()
        answer = await self._inner.complete(request, on_text)
        self._file.append(request, answer, time.monotonic() - began)
        return answer


def _pace(text: str) -> float:
    if not text:
        return DEFAULT_PACE
    try:
        return max(0.0, float(text))
    except ValueError:
        raise UsageError(
            f"{PACE} is not a number",
            f"It is {text[:40]!r}; it counts characters per second.",
            "Set 0 for no waiting.",
        ) from None
