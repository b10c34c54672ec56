"""What the sources show of the story's error: an event, two signals, evidence."""

from __future__ import annotations

from rootcase.core.model.events import Breadcrumb, Event, ExceptionInfo, Frame
from rootcase.core.model.evidence import Evidence
from rootcase.core.model.fingerprints import Fingerprint, Reason
from rootcase.core.model.signals import Deploy, Signal
from tests.support.story.place import (
    BULK,
    FAIL,
    MINUTE,
    RELEASE,
    START,
)


def frame(function: str, filename: str, line: int, **more: object) -> Frame:
    return Frame(
        function, filename.removesuffix(".py").replace("/", "."), filename, "/srv/" + filename, line, **more
    )  # type: ignore[arg-type]


EVENT = Event(
    "e7d1",
    "python",
    START + 14 * MINUTE,
    message="",
    transaction="POST /checkout/quote",
    release="2.14.0",
    environment="prod-eu",
    user="u_81",
    exceptions=(
        ExceptionInfo(
            "KeyError",
            "'currency'",
            frames=(
                *(
                    Frame(f"run_{n}", "uvicorn.server", "uvicorn/server.py", line=n, in_app=False)
                    for n in range(6)
                ),
                *(
                    Frame(f"app_{n}", "starlette.routing", "starlette/routing.py", line=n, in_app=False)
                    for n in range(5)
                ),
                frame("quote", "src/checkout/api/quote.py", 41),
                frame("cart_total", "src/checkout/cart/totals.py", 117),
                frame("prices_for", "src/checkout/pricing.py", FAIL + 9),
                frame(
                    "price_for",
                    "src/checkout/pricing.py",
                    FAIL,
                    variables=(
                        ("sku", "'A-1'"),
                        ("row", "{'sku': 'A-1', 'amount': '9.90'}"),
                        ("region", "Region('SE', tax_included=True)"),
                    ),
                ),
            ),
        ),
    ),
    breadcrumbs=(Breadcrumb("02:15:06", "query", "info", "loaded 3 price rows in 1 query"),),
)

SIGNAL = Signal(
    "sentry",
    "8291",
    "CHECKOUT-8K2",
    "KeyError: 'currency'",
    "https://acme.sentry.test/issues/8291/",
    "checkout",
    "checkout-api",
    events=4790,
    users=311,
    first_seen_us=START,
    last_seen_us=START + 14 * MINUTE,
    first_release="2.14.0",
    last_release="2.14.0",
    environment="prod-eu",
    trend=(*([0] * 18), 20, 180, 260, 402, 390, 350),
    bucket_s=300,
    deploys=(
        Deploy("2.14.0", "canary", START - 32 * MINUTE),
        Deploy("2.14.0", "prod-eu", START - 3 * MINUTE),
    ),
)

SECOND_SIGNAL = Signal("datadog", "et-77120", "et-77120", "KeyError", project="checkout", events=22, users=4)

FINGERPRINT = Fingerprint(
    1,
    "9f" * 16,
    "exception",
    "KeyError",
    "pricing.price_for",
    parts=("KeyError", "pricing.price_for"),
    reasons=(
        Reason("same innermost frame: pricing.price_for"),
        Reason("same error and key, KeyError 'currency'"),
        Reason("C-398 stays apart: other key, other frame", joins=False),
    ),
)

EVIDENCE = (
    Evidence("e1", "event", "14 min of events, 50 samples", "all at price_for"),
    Evidence(
        "f1",
        "frame",
        f"pricing.py:{FAIL} price_for",
        path="src/checkout/pricing.py",
        line=FAIL,
        commit=RELEASE,
    ),
    Evidence(
        "s1",
        "code",
        'row["currency"] at 7c1e2aa',
        '    return Money(amount, row["currency"])',
        "src/checkout/pricing.py",
        FAIL - 4,
        FAIL,
        RELEASE,
    ),
    Evidence("c1", "commit", "a3d90be drops the column", commit=BULK.sha),
    Evidence("l1", "log", "price cache is off in prod-eu", "cache=off region=prod-eu"),
    Evidence("d1", "deploy", "2.14.0 reached prod-eu", at_us=START - 3 * MINUTE),
)
