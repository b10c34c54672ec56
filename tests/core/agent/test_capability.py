"""A model is asked once what it can do, before its first case; what it showed is remembered."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from rootcase.core.agent.capability import Capability, Known, probed
from rootcase.core.agent.model_client import CallFailed
from rootcase.core.config.settings import ModelSettings
from rootcase.core.model.entries import Faulted, ModelCalled

Bench = Any


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-scripted-0123456789")


def settings_for(server: Any, **more: Any) -> ModelSettings:
    prices = {"openai/scripted": (1.0, 2.0)}
    return ModelSettings(
        fast="openai/scripted", strong="openai/scripted", api_base=server.url, prices=prices, **more
    )


async def asked(settings: ModelSettings, file: Path, bench: Bench) -> list[Any]:
    return [body async for body in probed(settings, Known(file), bench.budget)]


async def test_it_costs_once_is_settled_and_is_remembered(
    openai: ModuleType, bench: Bench, tmp_path: Path
) -> None:
    file = tmp_path / "state" / "models.json"
    good = openai.Reply(
        "one two three four five", [openai.Call("report", {"word": "ready"})], usage=(100, 20)
    )
    with openai.ScriptedOpenAI([good], probed=True) as server:
        (called,) = await asked(settings_for(server), file, bench)
        assert isinstance(called, ModelCalled) and called.cost_usd == pytest.approx(0.00014)
        assert await asked(settings_for(server), file, bench) == [] and len(server.requests) == 1
        assert Known(file).of(settings_for(server), "openai/scripted") == Capability(True, True)
    settled, held, _ = await bench.recorder.store.spent(bench.case.key)
    assert held == 0 and settled == pytest.approx(0.00014)


async def test_a_model_that_calls_no_tool_is_named_at_every_run(
    openai: ModuleType, bench: Bench, tmp_path: Path
) -> None:
    with openai.ScriptedOpenAI([openai.Reply("ready")], probed=True) as server:
        for _ in range(2):
            *_, told = await asked(settings_for(server), tmp_path / "m.json", bench)
            assert isinstance(told, Faulted) and "did not call a tool" in told.title
        assert len(server.requests) == 1


async def test_a_model_that_cannot_be_had_stops_before_the_case(
    openai: ModuleType, bench: Bench, tmp_path: Path
) -> None:
    reply = openai.Reply(status=401, error={"message": "no such key"})
    with openai.ScriptedOpenAI([reply] * 2, probed=True) as server:
        with pytest.raises(CallFailed, match="refused the credentials"):
            await asked(settings_for(server), tmp_path / "m.json", bench)
        others = settings_for(server, fallbacks={"fast": ("openai/second",)})
        assert [type(body) for body in await asked(others, tmp_path / "m.json", bench)] == [Faulted]
    assert not (tmp_path / "m.json").exists()


def test_a_memory_that_cannot_be_read_is_empty(tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text("{broken")
    assert Known(tmp_path / "m.json").of(ModelSettings(), "openai/x") is None
