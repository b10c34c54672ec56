"""An HTTP server on loopback that misbehaves on demand, down to the bytes, and one that only counts visits."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Visit:
    """A request as it came in."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.query if key == name]


@dataclass
class Wire:
    """What goes out for one request.

    body: bytes as they are, anything else as JSON. length: the Content-Length that is claimed, None for the
    true one. raw: sent instead of all of it. drip_s: pause before each byte. cut: hang up after so many
    bytes of the body. silent: take the request and never answer. endless: repeat the body for ever.
    """

    body: object = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None
    raw: bytes | None = None
    drip_s: float = 0.0
    cut: int | None = None
    silent: bool = False
    endless: bool = False

    def head(self, body: bytes) -> bytes:
        headers = {"Content-Type": "application/json", "Connection": "close"}
        if not self.endless:
            headers["Content-Length"] = str(len(body) if self.length is None else self.length)
        headers |= self.headers
        lines = [f"HTTP/1.1 {self.status} Said", *(f"{k}: {v}" for k, v in headers.items() if v), "", ""]
        return "\r\n".join(lines).encode("utf-8")

    def payload(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


Answer = Wire | Callable[[Visit], Wire]


class FaultServer:
    """Answers requests with `script`, one after the other; the last one stays. `visits` keeps them all.

    aside: answers that belong to no script (what a listing asks beside its pages); None where one does.
    """

    def __init__(self) -> None:
        self.aside: Callable[[Visit], Wire | None] = lambda visit: None
        self.visits: list[Visit] = []
        self.script: list[Answer] = [Wire({})]
        self.port = 0
        self._open: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answers(self, *script: Answer) -> None:
        self.script = list(script)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            visit = await _read(reader)
            if (beside := self.aside(visit)) is not None:
                await _write(writer, beside)
                return
            self.visits.append(visit)
            answer = self.script.pop(0) if len(self.script) > 1 else self.script[0]
            await _write(writer, answer(visit) if callable(answer) else answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._open.discard(task)
            writer.close()

    async def stop(self) -> None:
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)


@asynccontextmanager
async def fault_servers(number: int) -> AsyncIterator[Sequence[FaultServer]]:
    """So many servers, each with an origin of its own."""
    servers = [FaultServer() for _ in range(number)]
    listening = []
    for each in servers:
        server = await asyncio.start_server(each.serve, "127.0.0.1", 0)
        each.port = server.sockets[0].getsockname()[1]
        listening.append(server)
    try:
        yield servers
    finally:
        for server, each in zip(listening, servers, strict=True):
            server.close()
            await each.stop()


async def _read(reader: asyncio.StreamReader) -> Visit:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ", 2)
    headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    parts = urlsplit(target)
    return Visit(method, parts.path, parse_qsl(parts.query, keep_blank_values=True), headers, body)


async def _write(writer: asyncio.StreamWriter, wire: Wire) -> None:
    if wire.silent:
        await asyncio.Event().wait()
    body = wire.payload()
    out = wire.raw if wire.raw is not None else wire.head(body) + body
    if wire.cut is not None:
        out = out[: len(out) - len(body) + wire.cut]
    if not wire.drip_s:
        writer.write(out)
        await writer.drain()
    else:
        for byte in out:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(wire.drip_s)
    while wire.endless:
        writer.write(body)
        await writer.drain()
