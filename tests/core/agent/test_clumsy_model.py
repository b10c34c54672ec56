"""A clumsy but honest model over HTTP: wrong names, odd paths, calls as text, lost indentation; the loop bears it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import pytest

from rootcase.core.agent import phases
from rootcase.core.agent.litellm_client import LitellmClient
from rootcase.core.config.settings import ModelSettings
from rootcase.core.model.entries import Faulted, ToolCalled
from rootcase.core.model.errors import ModelError

Bench = Any
RED = "from shop.pricing import quote\n\n\ndef test_currency():\n    assert quote(['A-1']) == [(5, 'SEK')]\n"


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-scripted-0123456789")


def client_for(server: Any) -> LitellmClient:
    settings = ModelSettings(
        fast="openai/scripted",
        strong="openai/scripted",
        api_base=server.url,
        prices={"openai/scripted": (1.0, 2.0)},
    )
    return LitellmClient(settings, retry_delays_s=(0.01,))


async def played(
    openai: ModuleType, bench: Bench, phase: Callable[..., Any], replies: Sequence[Any]
) -> list[Any]:
    """The phase's tool calls, in order."""
    with openai.ScriptedOpenAI(replies) as server:
        bodies = await bench.run(phase, client_for(server))
    return [body for body in bodies if isinstance(body, ToolCalled)]


async def test_an_investigation_survives_every_odd_way_to_write_a_call(
    openai: ModuleType, bench: Bench
) -> None:
    call, reply = openai.Call, openai.Reply
    said = (
        '<think>Let me call {"name": "done", "arguments": {}}</think>\nI read the loader.\n```json\nCALL\n```'
    )
    as_text = json.dumps({"name": "read_file", "arguments": {"path": "./shop/catalog.py"}})
    replies = [
        reply(said.replace("CALL", as_text)),
        reply('<tool_call>\n{"name": "symbol", "arguments": {"name": "load_prices"}}\n</tool_call>'),
        reply("<function=tree>\n<parameter=path>\nshop\n</parameter>\n</function>"),
        reply("", [call("functions.read_file", {"file_path": "/srv/shop/shop/pricing.py", "start_line": "8"})]),
        reply("", [call("search", '```json\n{"query": "load_prices(", "reason": "callers"}\n```')], finish="stop"),
        reply("", [call("trace", ""), call("event", "null"), call("log", '"{\\"path\\": \\"shop/catalog.py:8\\"}"')]),
        reply("", [call("blame", {"path": "a/shop/catalog.py", "start": 0, "end": 8})], objects=True),
        reply("", [call("claim", {
            "text": "load_prices drops the currency.", "role": "Cause", "status": "Supported",
            "citations": '[{"evidence": "shop/catalog.py#L7", "quote": "8     return {row[\\"sku\\"]"}, "s1"]',
        }), call("done", {"message": "The loader."})]),
    ]  # fmt: skip
    called = await played(openai, bench, phases.investigate, replies)
    assert [(c.tool, c.result) for c in called if not c.ok] == []
    assert "shop/pricing.py:8-" in called[3].result
    assert len({c.call for c in called}) == len(called), "no id stands twice in the history"
    (claim,) = bench.case.claims
    assert claim.status == "supported" and bench.case.phases[-1].ok
    assert next(e for e in bench.case.evidence if e.id == claim.citations[0].evidence).end_line == 8


async def test_a_draft_is_made_by_a_model_that_gets_places_and_indentation_wrong(
    openai: ModuleType, bench: Bench
) -> None:
    call, reply = openai.Call, openai.Reply
    plan = {
        "summary": "Keep the currency.", "cause": "The loader drops it.", "files": "/srv/shop/shop/catalog.py",
        "test_file": "./tests/test_somewhere.py",
    }  # fmt: skip
    await played(openai, bench, phases.plan, [reply("", [call("plan", plan)])])
    assert bench.case.plan.files == ("shop/catalog.py",)
    await bench.open()
    root = bench.workspace.root
    mine = f"{root}/tests/test_quote.py"
    called = await played(
        openai, bench, phases.reproduce,
        [
            reply("", [call("create", {"path": "shop/helper.py", "content": "x = 1\n"})]),
            reply("", [call("create", {"file": f"{root}/tests/test_quote.py", "text": RED})]),
            reply("", [call("edit", {"path": "tests/test_quote.py", "search": "", "replace": RED})]),
            reply("", [call("run_tests", {"selection": mine}), call("done", {"summary": "r"})]),
        ],
    )  # fmt: skip
    assert [c.ok for c in called] == [False, False, True, True, True]
    assert "empty search adds at its end" in called[1].result
    assert bench.case.plan.test_file == "tests/test_quote.py", "the test went where such tests are"
    assert bench.case.draft.test_ids == ("tests/test_quote.py::test_currency",)
    lost = 'return {row["sku"]: {"sku": row["sku"], "amount": row["amount"]} for row in ROWS if row["sku"] in skus}'
    numbered = f"8     {lost}"
    called = await played(
        openai, bench, phases.patch,
        [
            reply("", [call("edit", {"path": "shop/catalog.py", "old_str": "return {row['sku']", "new_str": "x"})]),
            reply("", [call("edit", {"path": "shop/catalog.py", "search": numbered, "replace": numbered.replace(
                'row["amount"]}', 'row["amount"], "currency": row["currency"]}')})]),
            reply("", [call("run_tests", {"selection": []})]),
            reply("", [call("done", "{'summary': 'kept'}")]),
        ],
    )  # fmt: skip
    assert [c.ok for c in called] == [False, True, True, True]
    code = next(s.hunk for s in bench.case.draft.hunks if not s.hunk.test)
    assert code.new[0].startswith('    return {row["sku"]') and "currency" in code.new[0]


async def test_an_answer_that_broke_off_is_asked_for_again_and_only_so_often(
    openai: ModuleType, bench: Bench
) -> None:
    claim = {"text": "t", "role": "cause", "status": "assumed"}
    good = openai.Reply("", [openai.Call("claim", claim), openai.Call("done", {"summary": "s"})])
    cut = openai.Reply("", [openai.Call("claim", claim)], cut_after=2)
    await played(openai, bench, phases.investigate, [cut, good])
    assert bench.case.phases[-1].ok and bench.case.spent.steps == 2, "the broken one is paid for too"
    with pytest.raises(ModelError, match="broke off"):
        await played(openai, bench, phases.investigate, [cut] * 3)


async def test_a_provider_that_cannot_stream_is_asked_for_whole_answers(
    openai: ModuleType, bench: Bench
) -> None:
    claim = {"text": "t", "role": "cause", "status": "assumed"}
    replies = [
        openai.Reply(whole=True),  # although a stream was asked for
        openai.Reply("", [openai.Call("claim", claim)]),
        openai.Reply("", [openai.Call("done", {"summary": "s"})]),
    ]
    with openai.ScriptedOpenAI(replies) as server:
        await bench.run(phases.investigate, client_for(server))
    assert [bool(request.body.get("stream")) for request in server.requests] == [True, False, False]


async def test_a_context_that_is_too_small_gets_less_text(openai: ModuleType, bench: Bench) -> None:
    claim = {"text": "t", "role": "cause", "status": "assumed"}
    full = openai.Reply(status=400, error={"message": "This model's maximum context length is 8192 tokens."})
    many = [openai.Call("read_file", {"path": "shop/pricing.py"})] * 12
    replies = [
        openai.Reply("", many), full,
        openai.Reply("", [openai.Call("claim", claim), openai.Call("done", {"summary": "s"})]),
    ]  # fmt: skip
    with openai.ScriptedOpenAI(replies) as server:
        await bench.run(phases.investigate, client_for(server))
    sizes = [len(json.dumps(request.body)) for request in server.requests]
    assert sizes[2] < sizes[1] and "cut to save room" in server.requests[2].text("tool")


async def test_a_model_that_thinks_too_long_gets_more_room(openai: ModuleType, bench: Bench) -> None:
    claim = {"text": "t", "role": "cause", "status": "assumed"}
    replies = [
        openai.Reply("", finish="length"), openai.Reply("", [openai.Call("trace", "")], finish="length"),
        openai.Reply("", [openai.Call("claim", claim), openai.Call("done", {"summary": "s"})]),
    ]  # fmt: skip
    with openai.ScriptedOpenAI(replies) as server:
        bodies = await bench.run(phases.investigate, client_for(server))
    assert [request.body["max_tokens"] for request in server.requests] == [2000, 4000, 8000]
    first = next(body for body in bodies if isinstance(body, ToolCalled))
    assert not first.ok and "not whole JSON" in first.result, (
        "a call that was cut before its arguments is not run"
    )


async def test_an_endless_loop_is_told_so_warned_and_ended(openai: ModuleType, bench: Bench) -> None:
    loop = openai.Reply("", [openai.Call("read_file", {"path": "shop/settings.py"})])
    with (
        openai.ScriptedOpenAI(lambda request: loop) as server,
        pytest.raises(ModelError, match="ended without a claim"),
    ):
        await bench.run(phases.investigate, client_for(server))
    assert len(server.requests) == 24
    last = server.requests[-1]
    assert "You asked this before" in last.text("tool") and "3 answers are left" in last.text("user")
    assert bench.case.phases[-1].ok is False


async def test_a_missing_explanation_costs_no_proved_draft(openai: ModuleType, bench: Bench) -> None:
    from rootcase.core.model.drafts import Hunk
    from rootcase.core.model.entries import DraftStarted, DraftWritten, PlanMade

    hunk = Hunk("h1", "shop/settings.py", 1, ("PRICE_CACHE = False\n",), ("PRICE_CACHE = True\n",))
    await bench.recorder.record(
        PlanMade("Turn it on.", ("shop/settings.py",), "tests/test_x.py", "It is off."),
        DraftStarted(1, bench.case.code.head_commit), DraftWritten(1, (hunk,)),
    )  # fmt: skip
    wrong = {"title": "t", "explanation": "e", "risk": "r", "sentences": {"h7": "x"}}
    await played(openai, bench, phases.explain, [openai.Reply("", [openai.Call("explain", wrong)])] * 4)
    assert bench.case.draft.explanation == "It is off. Turn it on."
    assert "the plan's words stand in" in bench.case.phases[-1].summary
    right = {**wrong, "sentences": {"hunk 1": "Turns it on."}}
    await played(openai, bench, phases.explain, [openai.Reply("", [openai.Call("explain", right)])])
    assert bench.case.draft.sentences == (("h1", "Turns it on."),)
    assert not any(isinstance(fault, Faulted) for fault in bench.case.faults)
