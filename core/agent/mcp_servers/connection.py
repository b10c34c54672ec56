"""One MCP server, held by a task of its own: whatever happens to its connection cannot reach the run."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rootcase.core.config.settings import McpServerSettings
from rootcase.core.model.errors import ServerFailed
from rootcase.core.safety.text import clean_line

if TYPE_CHECKING:
    from mcp import Client
    from mcp_types import CallToolResult, Tool

OPEN_S = 20.0
PAGES = 10
# Beyond a call's own deadline; then the server is past hearing even that it is to stop.
GRACE_S = 5.0
CLOSE_S = 6.0


@dataclass(slots=True)
class _Asked:
    tool: str
    arguments: dict[str, Any]
    answer: asyncio.Future[CallToolResult] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Connection:
    """Opened at once, closed with the run. failed: why it cannot be used any more, "" while it can.

    Args: environment: where the values of the variables are that the server may have. log: file for what the
    server's process writes on stderr. folder: where its command runs, which is never a repository.
    """

    def __init__(
        self, settings: McpServerSettings, environment: Mapping[str, str], *, log: Path, folder: Path
    ) -> None:
        self.settings = settings
        self.failed = ""
        self._environment = environment
        self._log = log
        self._folder = folder
        self._queue: asyncio.Queue[_Asked | None] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self._pending: _Asked | None = None

    async def open(self) -> tuple[Tool, ...]:
        """The tools that it lists. ServerFailed where it does not answer within OPEN_S seconds."""
        ready: asyncio.Future[tuple[Tool, ...]] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._live(ready), name=f"mcp {self.settings.name}")
        try:
            async with asyncio.timeout(OPEN_S):
                return await asyncio.shield(ready)
        except TimeoutError:
            await self.close()
            raise self._fault(f"It did not answer within {OPEN_S:g} s.") from None

    async def call(self, tool: str, arguments: dict[str, Any]) -> CallToolResult:
        """One answer. ServerFailed where there is none within the server's deadline, or the server is gone."""
        if self.failed or self._task is None or self._task.done():
            raise self._fault(self.failed or "Its connection is closed.")
        asked = _Asked(tool, arguments)
        self._queue.put_nowait(asked)
        try:
            async with asyncio.timeout(self.settings.deadline_s + GRACE_S):
                return await asyncio.shield(asked.answer)
        except TimeoutError:
            self.failed = (
                f"It did not answer within {self.settings.deadline_s:g} s, nor hear that it is to stop."
            )
            await self.close()
            raise self._fault(self.failed) from None

    async def close(self) -> None:
        """End its process or its session; never raises for what the server does meanwhile."""
        task, self._task = self._task, None
        if task is None:
            return
        self._queue.put_nowait(None)
        done, _ = await asyncio.wait([task], timeout=CLOSE_S)
        if not done:
            task.cancel()
            await asyncio.wait([task], timeout=CLOSE_S)

    async def _live(self, ready: asyncio.Future[tuple[Tool, ...]]) -> None:
        why = "Its connection is closed."
        try:
            async with AsyncExitStack() as stack:
                client = await stack.enter_async_context(await self._client(stack))
                ready.set_result(await _listed(client))
                while (asked := await self._queue.get()) is not None:
                    self._pending = asked
                    await self._answer(client, asked)
                    self._pending = None
        except asyncio.CancelledError:
            why = "It was ended."
            raise
        except Exception as fault:  # noqa: BLE001, a server may fail in any way, and none of them ends the run
            why = _why(fault)
        finally:
            self._give_up(ready, why)

    async def _answer(self, client: Client, asked: _Asked) -> None:
        from mcp import MCPError

        try:
            result = await client.call_tool(asked.tool, asked.arguments, self.settings.deadline_s)
        except MCPError as fault:
            # A server whose process is gone answers nothing more either; the next call finds that out.
            if not asked.answer.done():
                asked.answer.set_exception(self._fault(_why(fault)))
        else:
            if not asked.answer.done():
                asked.answer.set_result(result)

    def _give_up(self, ready: asyncio.Future[tuple[Tool, ...]], why: str) -> None:
        """Nobody waits for a server that is gone."""
        self.failed = self.failed or why
        if not ready.done():
            ready.set_exception(self._fault(why))
            ready.exception()  # it may be that nobody waits any more
        waiting = [self._pending] if self._pending is not None else []
        while not self._queue.empty():
            left = self._queue.get_nowait()
            waiting += [left] if left is not None else []
        for asked in waiting:
            if not asked.answer.done():
                asked.answer.set_exception(self._fault(why))
                asked.answer.exception()

    async def _client(self, stack: AsyncExitStack) -> Client:
        from mcp import Client, StdioServerParameters, stdio_client
        from mcp.client.streamable_http import streamable_http_client

        if self.settings.url:
            import httpx2

            token = self._environment.get(self.settings.token_env, "") if self.settings.token_env else ""
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            http = httpx2.AsyncClient(headers=headers, timeout=self.settings.deadline_s + GRACE_S)
            await stack.enter_async_context(http)
            return Client(streamable_http_client(self.settings.url, http_client=http))
        command, *arguments = self.settings.command
        handed = {
            name: self._environment[name] for name in self.settings.environment if name in self._environment
        }
        path = {"PATH": self._environment["PATH"]} if "PATH" in self._environment else {}
        parameters = StdioServerParameters(
            command=command,
            args=arguments,
            env={**path, **handed},
            cwd=str(self._folder),
            encoding_error_handler="replace",
        )
        self._log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        log = stack.enter_context(os.fdopen(handle, "a", encoding="utf-8"))
        return Client(stdio_client(parameters, errlog=log))

    def _fault(self, why: str) -> ServerFailed:
        name = self.settings.name
        return ServerFailed(
            f"The MCP server {name} cannot be used",
            clean_line(why, limit=300),
            f"rootcase doctor asks {name} alone.",
        )


async def _listed(client: Client) -> tuple[Tool, ...]:
    """All tools, page by page; a server that never stops listing is cut off."""
    tools: list[Tool] = []
    cursor: str | None = None
    for _ in range(PAGES):
        page = await client.list_tools(cursor=cursor)
        tools.extend(page.tools)
        cursor = page.next_cursor
        if not cursor:
            break
    return tuple(tools)


def _why(fault: BaseException) -> str:
    """The innermost reason, since a connection's task groups wrap what went wrong."""
    while isinstance(fault, BaseExceptionGroup) and fault.exceptions:
        fault = fault.exceptions[0]
    with contextlib.suppress(AttributeError):
        if isinstance(fault, OSError) and fault.strerror:
            return f"{fault.filename or ''}: {fault.strerror}".lstrip(": ")
    return f"{type(fault).__name__}: {fault}".rstrip(": ")
