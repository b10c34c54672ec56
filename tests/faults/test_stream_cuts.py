"""A stream that is cut at any byte of a tool call: nothing of it is run, and it is asked for again or said."""

from __future__ import annotations

import asyncio
import json

import pytest

from rootcase.core.agent.litellm_client import LitellmClient
from rootcase.core.agent.model_client import CallFailed, Message, ModelRequest, ToolSchema
from rootcase.core.config.settings import ModelSettings
from tests.support.openai_server import Call, Reply, ScriptedOpenAI, chunks_of

ECHO = ToolSchema("edit", "Edit.", '{"type":"object","properties":{"path":{"type":"string"}}}')
ARGUMENTS = {"path": "app/ä.py", "search": 'a = "b"', "replace": "c"}
CALL = Call("edit", ARGUMENTS)
BODY = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks_of(Reply("I edit.", [CALL]))).encode()
FIRST = BODY.index(b'"tool_calls"')
# From here on the provider has said why it ended: all of the call is there.
END = BODY.index(b'"finish_reason": "tool_calls"')
REQUEST = ModelRequest("patch", 1, 0, "strong", (Message("user", "go"),), (ECHO,), 100)


async def quiet(text: str) -> None:
    """Nobody listens."""


async def heard(places: list[int]) -> dict[int, str]:
    """How a call ended whose stream was cut at each of those bytes."""
    outcomes = {}
    with ScriptedOpenAI([Reply("I edit.", [CALL], cut_bytes=at) for at in places]) as server:
        prices = {"openai/scripted": (1.0, 2.0)}
        settings = ModelSettings(strong="openai/scripted", api_base=server.url, prices=prices)
        for at in places:
            try:
                answer = await LitellmClient(settings, retry_delays_s=()).complete(REQUEST, quiet)
            except CallFailed as fault:
                outcomes[at] = "failed"
                assert fault.again or not fault.began, f"cut at byte {at}: it may be asked again"
            else:
                outcomes[at] = "whole"
                assert [json.loads(c.arguments) for c in answer.calls] == [ARGUMENTS], f"cut at byte {at}"
    return outcomes


def assert_whole_or_nothing(places: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-scripted-0123456789")
    outcomes = asyncio.run(heard(places))
    assert all(how == "failed" for at, how in outcomes.items() if at < END)


def test_a_call_is_run_whole_or_not_at_all_where_the_line_drops(monkeypatch: pytest.MonkeyPatch) -> None:
    assert_whole_or_nothing([*range(FIRST, END, 211), END - 1, END + 90, len(BODY)], monkeypatch)


@pytest.mark.soak
def test_a_call_is_run_whole_or_not_at_all_at_every_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    assert_whole_or_nothing([*range(0, FIRST, 7), *range(FIRST, len(BODY))], monkeypatch)
