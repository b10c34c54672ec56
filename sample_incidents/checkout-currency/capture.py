"""Makes events.jsonl: runs the service at release 2.14.0 until it crashes, with sentry-sdk listening.

    python capture.py FOLDER_WITH_THE_SERVICE OUTPUT.jsonl

Needs sentry-sdk. The service is started as it is, behind a WSGI server on loopback, and asked for quotes.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import sentry_sdk
from sentry_sdk.integrations.argv import ArgvIntegration
from sentry_sdk.integrations.wsgi import SentryWsgiMiddleware

CUSTOMERS = [
    ("u_8112", "DE", [("MUG", 2), ("TEE", 1)], None),
    ("u_2207", "FR", [("POSTER", 1)], None),
    ("u_5410", "DE", [("GIFT-2", 1)], "WELCOME"),
    ("u_9034", "SE", [("LAMP", 1)], None),
    ("u_1178", "DE", [("TEE", 3), ("POSTER", 2)], None),
    ("u_6623", "SE", [("LAMP", 2), ("SHADE", 2)], "WELCOME"),
    ("u_4419", "FR", [("GIFT-1", 4)], None),
    ("u_3050", "US", [("CAP", 1)], None),
]
PRICES = [
    ("MUG", "8.00", "EUR", 350), ("TEE", "20.00", "EUR", 180), ("POSTER", "12.50", "EUR", 90),
    ("LAMP", "400.00", "SEK", 1200), ("SHADE", "120.00", "SEK", 300), ("CAP", "15.00", "USD", 120),
]  # fmt: skip


def main(service: str, output: str) -> None:
    sys.path.insert(0, service)
    events: list[dict] = []
    sentry_sdk.init(
        dsn="http://public@127.0.0.1:9/1", transport=_into(events), release="2.14.0", environment="prod-eu",
        server_name="api-7d9c", send_default_pii=True, traces_sample_rate=0.0, project_root=service,
        in_app_include=["checkout"], disabled_integrations=[ArgvIntegration()],
    )  # fmt: skip
    logging.basicConfig(level=logging.INFO, handlers=[logging.NullHandler()])
    from checkout.api import Application
    from checkout.catalog import Catalog
    from checkout.store import connect, import_prices

    database = connect()
    import_prices(database, PRICES)
    application = SentryWsgiMiddleware(_with_user(Application(Catalog(database))))
    with make_server("127.0.0.1", 0, application, handler_class=_Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for number, (user, region, items, voucher) in enumerate(CUSTOMERS):
            _ask(server.server_port, user, region, items, voucher, number)
        server.shutdown()
    Path(output).write_text("".join(json.dumps(event, sort_keys=True) + "\n" for event in events))
    print(f"{len(events)} events")


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


def _into(events: list[dict]):
    class FileTransport(sentry_sdk.transport.Transport):
        def capture_envelope(self, envelope):
            for item in envelope.items:
                if item.type == "event":
                    events.append(item.payload.json)

    return FileTransport


def _with_user(application):
    def wrapped(environ, start_response):
        sentry_sdk.set_user({"id": environ.get("HTTP_X_USER")})
        sentry_sdk.set_tag("region", environ.get("HTTP_X_REGION"))
        sentry_sdk.get_current_scope().set_transaction_name("POST /checkout/quote")
        return application(environ, start_response)

    return wrapped


def _ask(port: int, user: str, region: str, items: list, voucher: str | None, number: int) -> None:
    body = {"region": region, "items": [{"sku": sku, "quantity": count} for sku, count in items]}
    if voucher:
        body["voucher"] = voucher
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/checkout/quote", json.dumps(body).encode(),
        {"Content-Type": "application/json", "Host": "shop.example.com", "X-User": user, "X-Region": region,
         "User-Agent": f"shop-web/{number}"},
    )  # fmt: skip
    try:
        urllib.request.urlopen(request, timeout=5).read()
    except urllib.error.HTTPError as error:
        error.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
