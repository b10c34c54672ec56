"""Makes events.jsonl: runs the service at release 5.3.0 while its provider fails, with sentry-sdk listening.

    python capture.py FOLDER_WITH_THE_SERVICE OUTPUT.jsonl

Needs sentry-sdk. The provider's name is resolved to a server on loopback that first accepts and never answers,
then answers with 503, then is gone; the service's own requests fail for real, as they would against the provider.
"""

from __future__ import annotations

import json
import logging
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import sentry_sdk
from sentry_sdk.integrations.argv import ArgvIntegration
from sentry_sdk.integrations.stdlib import StdlibIntegration

PROVIDER = "api.geohub.example"
ORDERS = {"4711.json": "Quay 1", "4712.json": "Hill 2", "4713.json": "Mill 3", "4714.json": "Quay 8"}
VANS = {"north": (57.70111, 11.95002), "south": (57.68954, 12.01377), "east": (57.71480, 12.06113)}


def main(service: str, output: str) -> None:
    sys.path.insert(0, service)
    events: list[dict] = []
    sentry_sdk.init(
        dsn="http://public@127.0.0.1:9/1", transport=_into(events), release="5.3.0", environment="production",
        server_name="worker-2", traces_sample_rate=0.0, project_root=service, in_app_include=["dispatch"],
        disabled_integrations=[ArgvIntegration(), StdlibIntegration()],
    )  # fmt: skip
    logging.basicConfig(level=logging.INFO, handlers=[logging.NullHandler()])
    from dispatch.geohub import Geohub, Point
    from dispatch.worker import Worker

    worker = Worker(Geohub(timeout_s=0.5))
    provider = _Provider()
    with provider.away("hangs"):
        for name, address in list(ORDERS.items())[:2]:
            _task("plan order", lambda: worker.take(name, _order(name, address)))
    with provider.away("overloaded"):
        for name, address in list(ORDERS.items())[2:]:
            _task("plan order", lambda: worker.take(name, _order(name, address)))
    with provider.away("gone"):
        for van, place in VANS.items():
            _task("show position", lambda: worker.position(van, Point(*place)))
        for name, address in ORDERS.items():
            _task("plan order", lambda: worker.take(name, _order(name, address)))
    Path(output).write_text("".join(json.dumps(event, sort_keys=True) + "\n" for event in events))
    print(f"{len(events)} events")


def _order(name: str, address: str) -> str:
    return json.dumps({"id": name.removesuffix(".json"), "address": address, "kilos": 3})


def _task(name: str, work) -> None:
    with sentry_sdk.isolation_scope() as scope:
        scope.set_transaction_name(name)
        scope.set_tag("depot", "gothenburg")
        work()


class _Provider:
    """geohub on loopback, in three kinds of trouble; name resolution is pointed at it."""

    def __init__(self) -> None:
        self.port = 9
        real = socket.getaddrinfo

        def resolve(host, port, *more, **named):
            if host == PROVIDER:
                return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", self.port))]
            return real(host, port, *more, **named)

        socket.getaddrinfo = resolve

    def away(self, how: str):
        from contextlib import contextmanager

        @contextmanager
        def trouble():
            if how == "hangs":
                with socket.socket() as listening:
                    listening.bind(("127.0.0.1", 0))
                    listening.listen(16)
                    self.port = listening.getsockname()[1]
                    yield
            elif how == "overloaded":
                server = ThreadingHTTPServer(("127.0.0.1", 0), _Overloaded)
                threading.Thread(target=server.serve_forever, daemon=True).start()
                self.port = server.server_port
                yield
                server.shutdown()
            else:
                with socket.socket() as closed:
                    closed.bind(("127.0.0.1", 0))
                    self.port = closed.getsockname()[1]
                    yield

        return trouble()


class _Overloaded(BaseHTTPRequestHandler):
    """Still knows addresses, has no strength left for travel times."""

    def do_GET(self) -> None:
        if self.path.startswith("/v2/locate"):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"places": [{"lat": 57.7, "lon": 11.96}]}')
        else:
            self.send_error(503)

    def log_message(self, *args) -> None:
        pass


def _into(events: list[dict]):
    class FileTransport(sentry_sdk.transport.Transport):
        def capture_envelope(self, envelope):
            for item in envelope.items:
                if item.type == "event":
                    events.append(item.payload.json)

    return FileTransport


if __name__ == "__main__":
    main(*sys.argv[1:])
