"""Steering, pausing and stopping a live run change what it does; a replay bears them all."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from rootcase.core.agent import phases
from rootcase.core.agent.model_client import ModelAnswer, ModelRequest, OnText
from rootcase.core.agent.recording import read_recording
from rootcase.core.agent.replay import ReplayClient
from rootcase.core.model.entries import ModelCalled, PauseAsked, ResumeAsked, StopAsked, ToolCalled
from rootcase.core.model.ports import StopRequested

SESSION = Path(__file__).with_name("session.yaml")
Bench = Any


class Watched(ReplayClient):
    """A replay that lets a test do something before answer number `at`, and keeps the requests."""

    def __init__(self, at: int, act: Any) -> None:
        super().__init__(read_recording(SESSION), pace=0)
        self.requests: list[ModelRequest] = []
        self._at = at
        self._act = act

    async def complete(self, request: ModelRequest, on_text: OnText) -> ModelAnswer:
        self.requests.append(request)
        if len(self.requests) == self._at:
            await self._act()
        return await super().complete(request, on_text)


def searched(bodies: list[Any]) -> list[str]:
    return [body.arguments for body in bodies if isinstance(body, ToolCalled) and body.tool == "search"]


async def test_a_steer_reaches_the_model_at_its_next_step_and_changes_what_it_does(bench: Bench) -> None:
    model = Watched(1, lambda: bench.steer("look at the callers"))
    bodies = await bench.run(phases.investigate, model)
    assert "look at the callers" in model.requests[1].messages[-1].text
    assert model.requests[1].messages[-1].speaker == "user"
    assert any("load_prices(" in arguments for arguments in searched(bodies))
    assert len(bench.case.claims) == 3  # and the main line went on


async def test_without_a_steer_the_detour_is_not_taken(bench: Bench) -> None:
    bodies = await bench.run(phases.investigate, ReplayClient(read_recording(SESSION), pace=0))
    assert not any("load_prices(" in arguments for arguments in searched(bodies))


async def test_a_steer_before_the_run_is_in_the_brief(bench: Bench) -> None:
    await bench.steer("see the callers first")
    await bench.recorder.look()
    model = Watched(0, None)
    bodies = await bench.run(phases.investigate, model)
    assert "see the callers first" in model.requests[0].messages[1].text
    assert any("load_prices(" in arguments for arguments in searched(bodies))


async def test_a_phase_does_not_end_on_a_steer_it_has_not_read(bench: Bench) -> None:
    """The steer arrives with the last answer: `done` waits, the detour is taken, then the phase ends."""
    model = Watched(3, lambda: bench.steer("look at the callers"))
    bodies = await bench.run(phases.investigate, model)
    assert len(model.requests) == 5
    assert any("load_prices(" in arguments for arguments in searched(bodies))
    assert [claim.id for claim in bench.case.claims] == ["k1", "k2", "k3"]
    assert bench.case.phases[-1].ok


async def test_a_steer_that_no_recording_knows_breaks_nothing(bench: Bench) -> None:
    model = Watched(3, lambda: bench.steer("think of the weather"))
    await bench.run(phases.investigate, model)
    assert bench.case.phases[-1].ok and len(bench.case.claims) == 3


async def test_stop_ends_the_phase_before_the_next_step_and_keeps_what_is_there(bench: Bench) -> None:
    model = Watched(2, lambda: bench.say(StopAsked("enough")))
    with pytest.raises(StopRequested):
        await bench.run(phases.investigate, model)
    tools = [call.tool for call in bench.case.phases[-1].tools]
    assert tools == ["read_file", "symbol", "trace"]  # the second answer's calls were not run
    settled, held, _ = await bench.recorder.store.spent(bench.case.key)
    assert held == 0 and settled > 0


async def test_pause_waits_before_the_next_step_and_go_on_goes_on(bench: Bench) -> None:
    model = Watched(1, lambda: bench.say(PauseAsked()))
    running = asyncio.create_task(bench.run(phases.investigate, model))
    await asyncio.sleep(0.6)
    assert len(model.requests) == 1 and not running.done()
    await bench.say(ResumeAsked())
    bodies = await asyncio.wait_for(running, 20)
    assert len([body for body in bodies if isinstance(body, ModelCalled)]) == 3


async def test_a_cancelled_call_leaves_its_reservation_counted_in_full(bench: Bench) -> None:
    waiting = asyncio.Event()

    async def hang() -> None:
        waiting.set()
        await asyncio.sleep(60)

    running = asyncio.create_task(bench.run(phases.investigate, Watched(1, hang)))
    await asyncio.wait_for(waiting.wait(), 20)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    _, held, _ = await bench.recorder.store.spent(bench.case.key)
    assert held > 0


async def test_words_are_streamed_live_cleaned_and_redacted(bench: Bench, tmp_path: Path) -> None:
    file = tmp_path / "r.yaml"
    file.write_text(
        "format: rootcase-recording/1\nsteps:\n- phase: investigate\n"
        '  text: "The key tok-very-secret-1 \\x1b]52;c;aGk=\\x07 is odd, is it not?"\n'
        "  calls:\n  - {tool: claim, arguments: {text: t, role: cause, status: assumed}}\n"
        "  - {tool: done, arguments: {summary: s}}\n"
    )
    await bench.run(phases.investigate, ReplayClient(read_recording(file), pace=2000))
    said = "".join(p.text for p in await bench.recorder.store.live(bench.case.key) if p.channel == "model")
    assert "tok-very-secret-1" not in said and "\x1b" not in said and said.endswith("is it not?")
