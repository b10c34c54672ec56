"""A server on loopback that keeps what it was asked and loses answers on the way where a test asks for that."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Reply = tuple[int, Any, dict[str, str]]


@dataclass
class Asked:
    """One request as it came: the path still percent-encoded, without its query."""

    method: str
    path: str
    query: list[tuple[str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def json(self) -> Any:
        return json.loads(self.body) if self.body else {}

    def get(self, name: str, default: str = "") -> str:
        return dict(self.query).get(name, default)


class FakeWeb:
    """answer: (request) → (status, JSON, headers). losing: writes whose path ends so are made, then nothing is said."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.losing: list[str] = []
        self.limited: list[Reply] = []
        self.before: Callable[[Asked], None] = lambda asked: None
        self._lock = threading.Lock()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments: object) -> None: ...

            def _handle(self) -> None:
                parts = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(
                    self.command, parts.path, parse_qsl(parts.query, keep_blank_values=True), headers, body
                )
                with fake._lock:
                    fake.asked.append(asked)
                    reply = fake.limited.pop(0) if fake.limited else fake.answer(asked)
                    lost = next((end for end in fake.losing if fake.loses(asked, end)), None)
                    if lost is not None:
                        fake.losing.remove(lost)
                        self.close_connection = True
                        return
                status, value, extra = reply
                data = (
                    b""
                    if value is None
                    else value
                    if isinstance(value, bytes)
                    else json.dumps(value).encode()
                )
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                for name, each in extra.items():
                    self.send_header(name, each)
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_PATCH = _handle

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def answer(self, asked: Asked) -> Reply:
        raise NotImplementedError

    def loses(self, asked: Asked, end: str) -> bool:
        return asked.method != "GET" and asked.path.endswith(end)

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
