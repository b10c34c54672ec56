"""A small real HTTP server on loopback, told by each test what to answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

import pytest

from rootcase.core.config.settings import SourceSettings
from rootcase.core.signals.protocol import make_source
from tests.support.sentry import TOKEN


@dataclass
class Asked:
    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.query if key == name]


@dataclass
class Reply:
    """body: text or bytes as they go out, anything else as JSON. drip_s: pause before each byte."""

    body: object = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    drip_s: float = 0.0
    hang_up: bool = False


Route = Callable[[Asked], Reply]


class Web:
    """Routes are exact paths; `asked` keeps every request in order."""

    def __init__(self) -> None:
        self.routes: dict[tuple[str, str], Route] = {}
        self.asked: list[Asked] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def on(self, path: str, *replies: object, method: str = "GET") -> None:
        """Answer with the replies one after the other; the last one stays. A function is asked each time."""
        left = list(replies)

        def route(asked: Asked) -> Reply:
            reply = left.pop(0) if len(left) > 1 else left[0]
            reply = reply(asked) if callable(reply) else reply
            return reply if isinstance(reply, Reply) else Reply(reply)

        self.routes[method, path] = route

    def paths(self) -> list[str]:
        return [each.path for each in self.asked]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked = await _read(reader)
            self.asked.append(asked)
            route = self.routes.get((asked.method, asked.path))
            reply = route(asked) if route else Reply({"detail": "The requested resource does not exist"}, 404)
            if not reply.hang_up:
                await _write(writer, reply)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ", 2)
    headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    parts = urlsplit(target)
    return Asked(method, parts.path, parse_qsl(parts.query, keep_blank_values=True), headers, body)


async def _write(writer: asyncio.StreamWriter, reply: Reply) -> None:
    body = reply.body
    raw = (
        body
        if isinstance(body, bytes)
        else body.encode()
        if isinstance(body, str)
        else json.dumps(body).encode()
    )
    headers = {"Content-Type": "application/json", "Content-Length": str(len(raw)), "Connection": "close"}
    headers |= reply.headers
    lines = [f"HTTP/1.1 {reply.status} Said", *(f"{k}: {v}" for k, v in headers.items()), "", ""]
    writer.write("\r\n".join(lines).encode())
    if reply.drip_s:
        for byte in raw:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(reply.drip_s)
    else:
        writer.write(raw)
    await writer.drain()


@pytest.fixture
def reply() -> type[Reply]:
    return Reply


@pytest.fixture
async def make_web(monkeypatch: pytest.MonkeyPatch):
    """Makes servers, each with an origin of its own."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    running = []

    async def make() -> Web:
        web = Web()
        server = await asyncio.start_server(web.serve, "127.0.0.1", 0)
        web.port = server.sockets[0].getsockname()[1]
        running.append(server)
        return web

    yield make
    for server in running:
        server.close()


@pytest.fixture
async def web(make_web: Callable[[], Awaitable[Web]]) -> Web:
    return await make_web()


@pytest.fixture
async def make(web):
    """Makes sources of the loopback server."""
    made = []

    def make(environment=None, me=(), **more):
        settings = SourceSettings(kind="sentry", url=web.url, organization="acme", **more)
        source = make_source(
            settings, {"SENTRY_AUTH_TOKEN": TOKEN} if environment is None else environment, me=me
        )
        made.append(source)
        return source

    yield make
    for source in made:
        await source.close()
