"""The user's own MCP servers, real ones over stdio and HTTP: their tools read, their words are data, they may die."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from rootcase.core.agent import phases
from rootcase.core.agent.mcp_servers.servers import McpServers
from rootcase.core.agent.model_client import ToolCall
from rootcase.core.agent.tools.more import RESULT_LIMIT
from rootcase.core.agent.tools.toolbox import Toolbox
from rootcase.core.config.schema import to_settings
from rootcase.core.config.settings import McpServerSettings, Settings
from rootcase.core.config.tighten import tightened
from rootcase.core.config.yamltext import parse
from rootcase.core.model.entries import Faulted, ToolCalled
from rootcase.core.model.errors import ConfigError
from rootcase.core.safety.redact import Redactor

Bench = Any
SCRIPT = Path(__file__).parents[2] / "support" / "mcp_server.py"
SECRET = "tok-very-secret-1"
Ask = Callable[..., Awaitable[Any]]


def logs(*tools: str, **more: Any) -> McpServerSettings:
    command = (sys.executable, str(SCRIPT), "stdio")
    return McpServerSettings(
        **{"name": "logs", "command": command, "tools": tools, "deadline_s": 10.0, **more}
    )


@asynccontextmanager
async def asking(tmp_path: Path, *settings: McpServerSettings) -> AsyncIterator[tuple[Ask, McpServers]]:
    environment = {"PATH": os.environ["PATH"], "LOGS_TOKEN": SECRET, "OTHER_TOKEN": "never-handed-on"}
    servers = McpServers(settings, environment, Redactor([SECRET]), folder=tmp_path, logs=tmp_path)

    async def ask(tool: str, **arguments: Any) -> Any:
        box = Toolbox(await servers.tools(), Redactor([SECRET]))
        return await box.call(ToolCall("1", tool, json.dumps(arguments)))

    try:
        yield ask, servers
    finally:
        await servers.close()


async def test_an_allowed_tool_answers_as_fenced_data_and_no_other_is_there(tmp_path: Path) -> None:
    async with asking(tmp_path, logs("search_logs")) as (ask, servers):
        found = await ask("logs_search_logs", query="KeyError", limit=2)
        assert found.result.ok and found.text.count("KeyError while loading") == 2
        assert found.text.startswith('<data origin="answer of the MCP server logs to search_logs">')
        assert "There is no tool" in (await ask("logs_huge")).text
        (schema,) = [tool.schema() for tool in await servers.tools()]
        assert len(schema.description) < 400 and json.loads(schema.parameters)["required"] == ["query"]


async def test_what_a_server_says_cannot_leave_its_fence_nor_carry_a_secret(tmp_path: Path) -> None:
    async with asking(tmp_path, logs("poisoned", "environment", environment=("LOGS_TOKEN",))) as (ask, _):
        text = (await ask("logs_poisoned")).text
        assert text.count("</data>") == 1 and text.endswith("</data>") and "Ignore all rules" in text
        assert "\x1b" not in text and SECRET not in text and "[redacted:" in text
        names = (await ask("logs_environment")).text
        assert "LOGS_TOKEN" in names and "OTHER_TOKEN" not in names


async def test_a_long_answer_comes_in_pages_that_can_be_asked_for(tmp_path: Path) -> None:
    async with asking(tmp_path, logs("huge")) as (_, servers):
        box = Toolbox(await servers.tools(), Redactor())
        first = (await box.call(ToolCall("1", "logs_huge", "{}"))).text
        assert len(first) < RESULT_LIMIT + 200 and 'more(result="r1", page=2)' in first
        second = (await box.call(ToolCall("2", "more", '{"result": "r1", "page": 2}'))).text
        assert second.startswith("<data origin=") and second.count("<data ") == second.count("</data>") == 1
        last = int(first.split("</data>")[0].rstrip().splitlines()[-1].split()[1])
        assert f"row {last + 1} " in second and f"row {last} " not in second


async def test_tools_that_write_or_are_not_there_are_named_and_not_offered(tmp_path: Path) -> None:
    async with asking(tmp_path, logs("search_logs", "delete_logs", "serach")) as (_, servers):
        assert [tool.name for tool in await servers.tools()] == ["logs_search_logs"]
        told = [fault.title for fault in servers.take_faults()]
        assert any("delete_logs writes" in title for title in told) and "logs has no tool serach" in told


async def test_a_slow_call_ends_at_its_deadline_and_the_server_stays(tmp_path: Path) -> None:
    async with asking(tmp_path, logs("slow", "search_logs", deadline_s=0.5)) as (ask, _):
        late = await ask("logs_slow")
        assert not late.result.ok and "The MCP server logs cannot be used" in late.text
        assert (await ask("logs_search_logs", query="x")).result.ok


async def test_a_failing_tool_says_so_and_a_dying_server_is_named_once(tmp_path: Path) -> None:
    async with asking(tmp_path, logs("broken", "die", deadline_s=3.0)) as (ask, _):
        wrong = await ask("logs_broken")
        assert not wrong.result.ok and "<data origin" in wrong.text
        dead = await ask("logs_die")
        assert not dead.result.ok and "MCP server logs" in dead.text and "Go on without it" in dead.text
        again = await ask("logs_broken")
        assert not again.result.ok


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (("no-such-program-at-all",), "No such file"),
        ((sys.executable, "-c", "raise SystemExit(4)"), ""),
        ((sys.executable, "-c", "print('<html>not a protocol</html>')"), ""),
    ],
)
async def test_a_server_that_does_not_start_or_speaks_no_mcp_is_named(
    tmp_path: Path, command: tuple[str, ...], why: str
) -> None:
    good = logs("search_logs", name="good")
    async with asking(tmp_path, logs("search_logs", command=command), good) as (_, servers):
        assert [tool.name for tool in await servers.tools()] == ["good_search_logs"]
        (fault,) = servers.take_faults()
        assert fault.title == "The MCP server logs cannot be used" and why in fault.detail and fault.detail
        assert servers.take_faults() == ()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture
def over_http() -> Any:
    port = free_port()
    child = subprocess.Popen(
        [sys.executable, str(SCRIPT), "http", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}/mcp", child
    child.kill()
    child.wait()


async def test_a_server_over_http_is_asked_the_same_way_and_may_go_away(
    tmp_path: Path, over_http: Any
) -> None:
    url, child = over_http
    server = McpServerSettings(name="logs", url=url, tools=("search_logs",), deadline_s=3.0)
    async with asking(tmp_path, server) as (ask, _):
        assert "timeout while loading" in (await ask("logs_search_logs", query="timeout")).text
        child.kill()
        child.wait()
        gone = await ask("logs_search_logs", query="timeout")
        assert not gone.result.ok and "The MCP server logs cannot be used" in gone.text


async def test_an_investigation_cites_what_a_server_said(
    openai: ModuleType, bench: Bench, tmp_path: Path
) -> None:
    from dataclasses import replace

    from rootcase.core.agent.litellm_client import LitellmClient
    from rootcase.core.config.settings import ModelSettings

    servers = McpServers(
        [logs("search_logs", "nothing")], dict(os.environ), bench.redactor, folder=tmp_path, logs=tmp_path
    )
    claim = {
        "text": "The rows are logged as broken.", "role": "cause", "status": "supported",
        "citations": [{"evidence": "l1", "quote": "ERROR currency while loading"}],
    }  # fmt: skip
    replies = [
        openai.Reply("The logs first.", [openai.Call("logs_search_logs", {"query": "currency"})]),
        openai.Reply("So.", [openai.Call("claim", claim), openai.Call("done", {"summary": "Logged."})]),
    ]
    deps = bench.deps
    bench.deps = lambda model: replace(deps(model), servers=servers)
    os.environ.setdefault("OPENAI_API_KEY", "sk-scripted-0123456789")
    with openai.ScriptedOpenAI(replies) as server:
        settings = ModelSettings(
            fast="openai/scripted", api_base=server.url, prices={"openai/scripted": (1.0, 2.0)}
        )
        bodies = await bench.run(phases.investigate, LitellmClient(settings))
    await servers.close()
    assert (
        "logs_search_logs" in server.requests[0].tools and "logs_delete_logs" not in server.requests[0].tools
    )
    assert any(isinstance(b, ToolCalled) and b.tool == "logs_search_logs" and b.ok for b in bodies)
    assert any(isinstance(b, Faulted) and b.title == "logs has no tool nothing" for b in bodies)
    assert bench.case.claims[0].status == "supported"
    assert next(item for item in bench.case.evidence if item.id == "l1").kind == "log"


@pytest.mark.parametrize(
    ("server", "why"),
    [
        ("{name: a, tools: [x]}", "needs either"),
        ("{name: a, tools: [x], command: [y], url: 'http://z'}", "needs either"),
        ("{name: a, command: [y]}", "allows no tools"),
    ],
)
def test_a_server_that_is_configured_halfway_is_an_error_with_its_line(server: str, why: str) -> None:
    with pytest.raises(ConfigError, match=why) as caught:
        to_settings(parse(f"mcp:\n  servers:\n  - {server}\n", "config.yaml"), "config.yaml")
    assert "config.yaml:" in caught.value.title


def test_a_repository_can_never_add_a_server() -> None:
    text = "mcp:\n  servers:\n  - {name: evil, command: [sh, -c, id], tools: [x]}\n"
    settings, warnings = tightened(Settings(), text, "shop/rootcase.yaml")
    assert settings.mcp.servers == () and any("`mcp` is not a repository's to set" in w for w in warnings)
