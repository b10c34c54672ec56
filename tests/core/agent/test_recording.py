"""The recording format: what is read, what is refused, and where a replay and a run part ways."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from rootcase.core.agent.connect import connect
from rootcase.core.agent.model_client import CallFailed, Message, ModelAnswer, ModelRequest, ToolSchema, Usage
from rootcase.core.agent.recording import (
    RecordedCall,
    RecordedStep,
    Recording,
    RecordingFile,
    When,
    read_recording,
)
from rootcase.core.agent.replay import ReplayClient
from rootcase.core.agent.roles import has_model, model_for, needs_consent
from rootcase.core.config.settings import ModelSettings
from rootcase.core.model.errors import ModelError, UsageError
from rootcase.core.safety.redact import Redactor

TOOLS = tuple(ToolSchema(name, "", "{}") for name in ("search", "done"))


def step(text: str, *, round: int = 1, when: When | None = None, tool: str = "search") -> RecordedStep:
    return RecordedStep("patch", round, text=text, calls=(RecordedCall(tool),), when=when)


def request(index: int = 0, *, round: int = 1, steering: tuple[str, ...] = ()) -> ModelRequest:
    return ModelRequest("patch", round, index, "strong", (Message("user", "x" * 400),), TOOLS, 100, steering)


async def quiet(chunk: str) -> None:
    return None


def client(*steps: RecordedStep, pace: float = 0) -> ReplayClient:
    return ReplayClient(Recording("rootcase-recording/1", steps, origin="a.yaml"), pace=pace)


async def said(replay: ReplayClient, *requests: ModelRequest) -> list[str]:
    return [(await replay.complete(one, quiet)).text for one in requests]


async def test_steps_are_said_in_order_and_start_anew_with_the_phase() -> None:
    replay = client(step("one"), step("two"))
    assert await said(replay, request(0), request(1), request(0), request(1)) == ["one", "two", "one", "two"]


async def test_each_round_has_its_own_steps_and_falls_back_to_the_last_before_it() -> None:
    replay = client(step("first", round=1), step("second", round=2))
    assert await said(replay, request(round=2), request(round=1), request(round=3)) == [
        "second",
        "first",
        "second",
    ]


async def test_a_detour_is_taken_once_and_then_the_main_line_goes_on() -> None:
    replay = client(
        step("one"), step("aside", when=When("Retry")), step("aside 2", when=When("Retry")), step("two")
    )
    steered = ("look at the RETRY loop",)
    wanted = [
        request(0),
        request(1, steering=steered),
        request(2, steering=steered),
        request(3, steering=steered),
    ]
    assert await said(replay, *wanted) == ["one", "aside", "aside 2", "two"]


async def test_a_run_that_asks_for_more_than_was_recorded_is_told_where() -> None:
    replay = client(step("one"))
    with pytest.raises(CallFailed) as caught:
        await said(replay, request(0), request(1))
    assert "patch, round 1, answer 2" in caught.value.title and "a.yaml" in caught.value.detail


async def test_a_recorded_tool_that_the_phase_does_not_offer_is_named() -> None:
    with pytest.raises(CallFailed) as caught:
        await said(client(step("one", tool="run_tests")), request())
    assert "`run_tests`" in caught.value.detail


async def test_the_pace_is_kept_and_nothing_is_lost() -> None:
    heard: list[str] = []

    async def hear(chunk: str) -> None:
        heard.append(chunk)

    began = time.monotonic()
    await client(step("a" * 100), pace=500).complete(request(), hear)
    assert time.monotonic() - began > 0.15
    assert "".join(heard) == "a" * 100 and len(heard) > 5


async def test_usage_that_was_not_recorded_is_counted_roughly_and_says_so() -> None:
    answer = await client(step("one")).complete(request(), quiet)
    assert answer.usage.estimated and answer.usage.input_tokens >= 100


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("steps: [", "not YAML"),
        ("format: rootcase-recording/9\nsteps: []\n", "rootcase-recording/9"),
        ("format: rootcase-recording/1\nsteps: [{phase: dance}]\n", "$.steps[0].phase"),
        ("format: rootcase-recording/1\nsteps: [{phase: plan, text: 3}]\n", "$.steps[0].text"),
        ("[]", "Expected `object`"),
        ("!!python/object/apply:os.system ['true']", "not YAML"),
    ],
)
def test_a_file_that_is_no_recording_is_refused_with_the_place(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "odd.yaml"
    file.write_text(text)
    with pytest.raises(ModelError) as caught:
        read_recording(file)
    assert "odd.yaml" in caught.value.title and why in caught.value.detail


def test_a_missing_recording_and_odd_bytes_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        read_recording(tmp_path / "none.yaml")
    (tmp_path / "odd.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ModelError, match="cannot be read"):
        read_recording(tmp_path / "odd.yaml")


def test_without_a_model_the_error_says_what_to_write() -> None:
    with pytest.raises(ModelError) as caught:
        connect(ModelSettings(), Redactor(), {})
    assert caught.value.title == "No model is configured" and "models:" in caught.value.hint
    assert not has_model(ModelSettings(judge="x/y"))


def test_an_odd_pace_is_a_usage_error(tmp_path: Path) -> None:
    file = tmp_path / "r.yaml"
    file.write_text("format: rootcase-recording/1\nsteps: []\n")
    with pytest.raises(UsageError, match="ROOTCASE_REPLAY_PACE"):
        connect(ModelSettings(replay=str(file)), Redactor(), {"ROOTCASE_REPLAY_PACE": "fast"})


def test_one_model_speaks_for_both_roles_and_consent_is_asked_for_real_ones_alone() -> None:
    assert model_for(ModelSettings(strong="a/b"), "fast") == "a/b"
    assert needs_consent(ModelSettings(strong="a/b"))
    assert not needs_consent(ModelSettings(strong="a/b", consent=True))
    assert not needs_consent(ModelSettings(strong="a/b", replay="r.yaml"))


async def test_a_changed_prompt_tells_at_which_step_it_parted_once(tmp_path: Path) -> None:
    file = tmp_path / "session.yaml"
    writer = RecordingFile(file, Redactor())
    said = ModelAnswer("Hm.", (), Usage(1, 1, 0.0), "stop", "m")
    asked = [
        ModelRequest(
            "investigate",
            1,
            number,
            "fast",
            (Message("system", "Be brief."), Message("user", "the case")),
            (),
            9,
        )
        for number in range(2)
    ]
    for request in asked:
        writer.append(request, said, 0.1)

    same = ReplayClient(read_recording(file), pace=0)
    for request in asked:
        await same.complete(request, quiet)
    assert same.take_divergence() == ""

    other = ReplayClient(read_recording(file), pace=0)
    await other.complete(asked[0], quiet)
    changed = replace(asked[1], messages=(Message("system", "Be long."), asked[1].messages[1]))
    await other.complete(changed, quiet)
    assert other.take_divergence() == "investigate, round 1, answer 2: another system than was recorded"
    assert other.take_divergence() == ""
