"""The table of what a service, or what stands in front of it, can do: one row is one scenario.

`test_service_faults.py` plays each row on the client, `test_source_faults.py` plays its own on whole sources.
"""

from __future__ import annotations

import gzip
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.utils import formatdate

from rootcase.core.model.errors import AccessDenied, RateLimited, SourceError
from rootcase.core.signals import pace
from rootcase.core.signals.faults import (
    Conflict,
    Forbidden,
    NotFound,
    NotJson,
    Refused,
    TooBig,
    TooSlow,
    Unavailable,
    WrongShape,
)
from tests.support.fault_server import Answer, FaultServer, Wire

TOKEN = "tok_0123456789abcdef0123"
# Tells a hang from a busy machine; the deadline of the calls is a tenth of it.
HANGS_AFTER_S = 30.0
DEADLINE_S = 3.0
OK = Wire([1, 2])
Script = Sequence[Answer] | Callable[[FaultServer, FaultServer], Sequence[Answer]]


@dataclass(frozen=True)
class Row:
    """script: what the service answers. call: what is asked of the client. fault: the type that comes, None for none.

    words: in the error. visits: requests that the service sees,
        0 for any number. waits_s: what RateLimited tells.
    """

    name: str
    script: Script
    fault: type[SourceError] | None = None
    words: str = ""
    call: str = "get"
    visits: int = 0
    pace: pace.Pace = pace.PLAIN
    waits_s: tuple[float, float] | None = None
    value: object = field(default_factory=lambda: [1, 2])


def elsewhere(status: int, address: Callable[[FaultServer, FaultServer], str]) -> Script:
    return lambda home, other: [Wire(status=status, headers={"Location": address(home, other)}), OK]


def link(address: Callable[[FaultServer, FaultServer], str]) -> Script:
    return lambda home, other: [
        Wire([1], headers={"Link": f'<{address(home, other)}>; rel="next"'}),
        Wire([2]),
    ]


def limited(status: int = 429, **headers: str) -> Script:
    return [
        Wire(
            {"detail": "slow down"},
            status,
            {name.replace("_", "-"): value for name, value in headers.items()},
        )
    ]


def soon(seconds: float) -> str:
    """That many seconds from now, as an epoch; rows ask when they are played, not when they are read."""
    return str(int(time.time() + seconds))


CHUNK = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n[1]\r\n"
)
GLITCHTIP = '{\'</a/?c=0>; rel="previous"; results="false", </a/?c=9>; rel="next"; results="true"\'}'

CREDENTIALS = [
    Row("a redirect to another origin", elsewhere(302, lambda _, o: f"{o.url}/x/"), AccessDenied,
        "redirects to another", visits=1),
    Row("a redirect that keeps the method", elsewhere(307, lambda _, o: f"{o.url}/x/"), AccessDenied, "another",
        visits=1),
    Row("a permanent redirect elsewhere", elsewhere(308, lambda _, o: f"{o.url}/x/"), AccessDenied, "another",
        visits=1),
    Row("a redirect without a scheme", elsewhere(302, lambda _, o: f"//127.0.0.1:{o.port}/x/"), AccessDenied,
        "another", visits=1),
    Row("the same host by another name", elsewhere(302, lambda h, _: f"http://localhost:{h.port}/x/"),
        AccessDenied, "another", visits=1),
    Row("another scheme at the same host", elsewhere(301, lambda h, _: f"https://127.0.0.1:{h.port}/x/"),
        AccessDenied, "another", visits=1),
    Row("our host as a user name",
        elsewhere(302, lambda h, o: f"http://127.0.0.1:{h.port}@127.0.0.1:{o.port}/x/"), AccessDenied,
        "another", visits=1),
    Row("user and password at our own host", elsewhere(302, lambda h, _: f"http://u:p@127.0.0.1:{h.port}/x/"),
        AccessDenied, "another", visits=1),
    Row("a link-local address", elsewhere(302, lambda *_: "http://169.254.169.254/latest/meta-data/"),
        AccessDenied, "169.254", visits=1),
    Row("a link-local address as a number", elsewhere(302, lambda *_: "http://2852039166/"), AccessDenied,
        "another", visits=1),
    Row("a link-local address inside IPv6", elsewhere(302, lambda *_: "http://[::ffff:169.254.169.254]/"),
        AccessDenied, "another", visits=1),
    Row("a cloud's metadata by name", elsewhere(302, lambda *_: "http://metadata.google.internal/"),
        AccessDenied, "metadata", visits=1),
    Row("a file", elsewhere(302, lambda *_: "file:///etc/passwd"), AccessDenied, "another", visits=1),
    Row("a script", elsewhere(302, lambda *_: "javascript:alert(1)"), AccessDenied, "another", visits=1),
    Row("backslashes for slashes", elsewhere(302, lambda _, o: f"http:\\\\127.0.0.1:{o.port}\\x"), None,
        visits=2),
    Row("a look-alike in Cyrillic", elsewhere(302, lambda h, _: f"http://127.0.0.1.аcme.example:{h.port}/"),
        AccessDenied, "another", visits=1),
    Row("no address at all", elsewhere(302, lambda *_: "http://[/"), AccessDenied, "another", visits=1),
    Row("an empty place to go", elsewhere(302, lambda *_: ""), SourceError, "nowhere", call="get"),
    Row("elsewhere at the second step",
        lambda h,
        o: [Wire(status=302, headers={"Location": "/b/"}),
        Wire(status=302, headers={"Location": f"{o.url}/x/"}), OK],
        AccessDenied, "another", visits=2),
    Row("round in a circle", [Wire(status=302, headers={"Location": "/a/"})], SourceError, "circle", visits=6),
    Row("a redirect within the origin", elsewhere(302, lambda *_: "/b/"), None, visits=2),
    Row("a next page at another origin", link(lambda _, o: f"{o.url}/a/?cursor=2"), AccessDenied,
        "names a page at another", call="pages", visits=1),
    Row("a next page without a scheme", link(lambda _, o: f"//127.0.0.1:{o.port}/a/"), AccessDenied, "another",
        call="pages", visits=1),
    Row("a next page with a user name", link(lambda h, o: f"http://127.0.0.1:{h.port}@127.0.0.1:{o.port}/a/"),
        AccessDenied, "another", call="pages", visits=1),
    Row("a next page in another scheme", link(lambda h, _: f"https://127.0.0.1:{h.port}/a/?cursor=2"),
        AccessDenied, "another", call="pages", visits=1),
    Row("a next page at the metadata address", link(lambda *_: "http://169.254.169.254/a/"), AccessDenied,
        "another", call="pages", visits=1),
    Row("a next page that is no address", link(lambda *_: "http://h\x01/"), SourceError, "no address|reached",
        call="pages", visits=1),
]  # fmt: skip

LIMITS = [
    Row("a short wait in seconds", [*limited(Retry_After="1"), OK], None, visits=2),
    Row("a wait in hours", limited(Retry_After="3600"), RateLimited, "slow down", visits=1,
        waits_s=(3600, 3600)),
    Row("a wait until a date", lambda *_: limited(Retry_After=formatdate(time.time() + 900, usegmt=True)), RateLimited,
        "slow down", visits=1, waits_s=(600, 901)),
    Row("a wait that is no time", limited(Retry_After="soon"), RateLimited, "slow down", visits=2,
        waits_s=(0, 0)),
    Row("a wait below nothing", limited(Retry_After="-5"), RateLimited, "slow down", visits=2, waits_s=(0, 0)),
    Row("a wait of ages", limited(Retry_After="9" * 300), RateLimited, "slow down", visits=1,
        waits_s=(86_400, 86_400)),
    Row("a wait until a year that is none", limited(Retry_After="Mon, 99 Foo 99999 00:00:00 GMT"), RateLimited,
        "slow", waits_s=(0, 0)),
    Row("Sentry's epoch seconds",
        lambda *_: limited(X_Sentry_Rate_Limit_Remaining="0", X_Sentry_Rate_Limit_Reset=soon(600)), RateLimited, "slow",
        visits=1, pace=pace.SENTRY, waits_s=(400, 601)),
    Row("Sentry's too many at once",
        [*limited(X_Sentry_Rate_Limit_ConcurrentRemaining="0", X_Sentry_Rate_Limit_Reset=soon(600)), OK], None,
        visits=2, pace=pace.SENTRY),
    Row("Datadog's seconds from now", limited(X_RateLimit_Remaining="0", X_RateLimit_Reset="700"), RateLimited,
        "slow", visits=1, pace=pace.DATADOG, waits_s=(700, 700)),
    Row("PagerDuty's seconds from now", limited(ratelimit_remaining="0", ratelimit_reset="54"), RateLimited,
        "slow", visits=1, pace=pace.PAGERDUTY, waits_s=(54, 54)),
    Row("Linear's epoch milliseconds",
        lambda *_: limited(X_RateLimit_Requests_Remaining="0", X_RateLimit_Requests_Reset=soon(600) + "000"), RateLimited,
        "slow", visits=1, pace=pace.LINEAR, waits_s=(400, 601)),
    Row("Dynatrace's epoch microseconds",
        lambda *_: limited(X_RateLimit_Remaining="0", X_RateLimit_Reset=soon(600) + "000000"), RateLimited, "slow",
        visits=1, pace=pace.DYNATRACE, waits_s=(400, 601)),
    Row("GitLab's epoch seconds", lambda *_: limited(RateLimit_Remaining="0", RateLimit_Reset=soon(600)), RateLimited,
        "slow", visits=1, pace=pace.GITLAB, waits_s=(400, 601)),
    Row("GitHub's refusal that is a limit",
        lambda *_: limited(403, X_RateLimit_Remaining="0", X_RateLimit_Reset=soon(600)), RateLimited, "slow", visits=1,
        pace=pace.GITHUB, waits_s=(400, 601)),
    Row("GitHub's refusal that is none", limited(403, X_RateLimit_Remaining="99"), Forbidden, "refused",
        visits=1, pace=pace.GITHUB),
    Row("a reset by a clock that is an hour ahead",
        lambda *_: limited(Date=formatdate(time.time() + 3600, usegmt=True), X_Sentry_Rate_Limit_Reset=soon(3600 + 60)),
        RateLimited, "slow", visits=1, pace=pace.SENTRY, waits_s=(1, 62)),
    Row("a reset by a clock that is an hour behind",
        lambda *_: limited(Date=formatdate(time.time() - 3600, usegmt=True), X_Sentry_Rate_Limit_Reset=soon(-3600 + 60)),
        RateLimited, "slow", visits=1, pace=pace.SENTRY, waits_s=(1, 62)),
    Row("a service that says when it is back", [Wire({}, 503, {"Retry-After": "3600"})], Unavailable,
        "not available", visits=1),
]  # fmt: skip

BROKEN = [
    Row("an error that stays", [Wire({"detail": "boom"}, 500)], Unavailable, "boom", visits=2),
    Row("a bad gateway's page", [Wire(b"<h1>Bad gateway</h1>", 502, {"Content-Type": "text/html"})],
        Unavailable, "502", visits=2),
    Row("an error that passes", [Wire({}, 503), OK], None, visits=2),
    Row("a time-out that it says itself", [Wire({}, 408), OK], None, visits=2),
    Row("a connection that is dropped once", [Wire(raw=b""), OK], None, visits=2),
    Row("a connection that is always dropped", [Wire(raw=b"")], Unavailable, "cannot be reached", visits=2),
    Row("an answer that ends too early", [Wire([1, 2], length=500)], Unavailable, "cannot be reached",
        visits=2),
    Row("a header that ends too early", [Wire(raw=b"HTTP/1.1 200 OK\r\nContent-Ty")], Unavailable, "reached",
        visits=2),
    Row("another protocol", [Wire(raw=b"SSH-2.0-OpenSSH_9.6\r\n")], Unavailable, "reached", visits=2),
    Row("a status that is none", [Wire(raw=b"HTTP/1.1 2x0 OK\r\n\r\n")], Unavailable, "reached", visits=2),
    Row("a header without end", [Wire(raw=b"HTTP/1.1 200 OK\r\nX: " + b"a" * 400_000 + b"\r\n\r\n")],
        Unavailable, "reached"),
    Row("a broken chunk",
        [Wire(raw=CHUNK)], Unavailable, "reached", visits=2),
    Row("two lengths", [Wire(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 9\r\n\r\n[1]")],
        Unavailable, "reached", visits=2),
    Row("silence", [Wire(silent=True)], TooSlow, "did not finish", visits=1),
    Row("an answer that drips", [Wire(list(range(400)), drip_s=0.05)], TooSlow, "did not finish", visits=1),
    Row("redirects that drip", [Wire(status=302, headers={"Location": "/a/"}, drip_s=0.02)], TooSlow,
        "did not finish"),
    Row("an answer without end", [Wire(b" " * 65_536, endless=True)], TooBig, "more than", visits=1),
]  # fmt: skip

CONTENT = [
    Row("a web page", [Wire(b"<html>log in</html>", headers={"Content-Type": "text/html; charset=utf-8"})],
        NotJson, "web page", visits=1),
    Row("a web page without end", [Wire(b"<p>" * 20_000, headers={"Content-Type": "text/html"}, endless=True)],
        NotJson, "web page", visits=1),
    Row("plain text", [Wire([1, 2], headers={"Content-Type": "text/plain"})], NotJson, "text/plain", visits=1),
    Row("XML", [Wire(b"<a/>", headers={"Content-Type": "application/xml"})], NotJson, "application/xml",
        visits=1),
    Row("no word on what it is", [Wire([1, 2], headers={"Content-Type": ""})], NotJson, "no content type",
        visits=1),
    Row("a hostile word on what it is", [Wire([1], headers={"Content-Type": "\x1b]0;x\x07"})], SourceError, "",
        visits=0),
    Row("a flavour of JSON", [Wire([1, 2], headers={"Content-Type": "application/vnd.acme+json; v=2"})], None),
    Row("nothing", [Wire(b"")], WrongShape, "shape", visits=1),
    Row("null", [Wire(None)], WrongShape, "shape", visits=1),
    Row("another type", [Wire({"a": 1})], WrongShape, "shape", visits=1),
    Row("one wrong item", [Wire([1, "two"])], WrongShape, r"\$\[1\]", visits=1),
    Row("a number that is none", [Wire(b"[1, NaN]")], WrongShape, "shape", visits=1),
    Row("a number too long", [Wire(b"[1, " + b"9" * 5000 + b"]")], WrongShape, "shape", visits=1),
    Row("half an answer", [Wire(b"[1, 2")], WrongShape, "shape", visits=1),
    Row("bytes that are no text", [Wire(b'[1, "\xff\xfe"]')], WrongShape, "shape", visits=1),
    Row("brackets for ever", [Wire(b"[" * 200_000)], WrongShape, "shape", visits=1),
    Row("packed", [Wire(gzip.compress(b"[1, 2]"), headers={"Content-Encoding": "gzip"})], None),
    Row("deflated", [Wire(zlib.compress(b"[1, 2]"), headers={"Content-Encoding": "deflate"})], None),
    Row("a packed bomb", [Wire(gzip.compress(b" " * 60_000_000), headers={"Content-Encoding": "gzip"})], TooBig,
        "more than", visits=1),
    Row("a bomb in a bomb",
        [Wire(gzip.compress(gzip.compress(b" " * 9_000_000)), headers={"Content-Encoding": "gzip, gzip"})],
        SourceError, "packed as", visits=1),
    Row("packed and cut",
        [Wire(gzip.compress(bytes(range(256)) * 40)[:-9], headers={"Content-Encoding": "gzip"})], Unavailable,
        "cut off", visits=2),
    Row("packed and damaged", [Wire(b"\x1f\x8b\x08\x00" + b"\x99" * 60, headers={"Content-Encoding": "gzip"})],
        SourceError, "unpack", visits=1),
    Row("packed in a way that was not offered", [Wire(b"x", headers={"Content-Encoding": "br"})], SourceError,
        "packed as 'br'", visits=1),
    Row("a token that is unknown, quoted back", [Wire({"detail": f"bad {TOKEN}\x1b[2J\u202e"}, 401)],
        AccessDenied, "does not know the token", visits=1),
    Row("a right that is missing", [Wire({"detail": "no event:read"}, 403)], Forbidden, "event:read", visits=1),
    Row("a thing that is not there", [Wire({"detail": "gone"}, 404)], NotFound, "nothing there", visits=1),
    Row("a refusal in a shape of its own", [Wire({"errors": [{"title": "bad", "detail": TOKEN}]}, 400)],
        Refused, "refused", visits=1),
    Row("a refusal as a page", [Wire(b"<h1>no</h1>", 404, {"Content-Type": "text/html"})], NotFound, "404",
        visits=1),
]  # fmt: skip

WRITES = [
    Row("a new thing and an error", [Wire({}, 500), OK], Unavailable, "500", call="post", visits=1),
    Row("a new thing and a lost answer", [Wire(raw=b""), OK], Unavailable, "reached", call="post", visits=1),
    Row("a new thing and silence", [Wire(silent=True), OK], TooSlow, "did not finish", call="post", visits=1),
    Row("a new thing and a limit", [*limited(Retry_After="1"), OK], RateLimited, "slow", call="post", visits=1),
    Row("a new thing that was there", [Wire({"detail": "already posted"}, 409), OK], Conflict, "already",
        call="post", visits=1),
    Row("a new thing sent elsewhere", elsewhere(307, lambda _, o: f"{o.url}/x/"), AccessDenied, "another",
        call="post", visits=1),
    Row("a new thing sent on within", elsewhere(308, lambda *_: "/b/"), SourceError, "redirects a write",
        call="post", visits=1),
    Row("a new thing answered with a page", [Wire(b"<html>", headers={"Content-Type": "text/html"}), OK],
        NotJson, "page", call="post", visits=1),
    Row("a state and an error that passes", [Wire({}, 503), OK], None, call="put", visits=2),
    Row("a state and a redirect", elsewhere(302, lambda *_: "/b/"), SourceError, "redirects a write",
        call="put", visits=1),
    Row("a link that must not be repeated", [Wire({}, 503), OK], Unavailable, "503", call="put once", visits=1),
    Row("a change in part and an error", [Wire({}, 500), OK], Unavailable, "500", call="patch", visits=1),
    Row("a removal and an error", [Wire({}, 500), OK], Unavailable, "500", call="delete", visits=1),
    Row("a search that is spelled as a write", [Wire({}, 503), OK], None, call="search", visits=2),
]  # fmt: skip

PAGES = [
    Row("the same next page for ever", [Wire([1], headers={"Link": '</a/?c=1>; rel="next"'})], None,
        call="pages", visits=2, value=[1, 1]),
    Row("ever new next pages",
        [lambda visit: Wire([1],
        headers={"Link": f'</a/?c={len(visit.query)}{time.monotonic_ns()}>; rel="next"'})], None, call="pages",
        visits=8, value=[1] * 8),
    Row("pages in a circle", [Wire([1], headers={"Link": f'</a/?c={n % 2}>; rel="next"'}) for n in range(9)],
        None, call="pages", visits=3, value=[1, 1, 1]),
    Row("a next page that says it is empty",
        [Wire([1], headers={"Link": '</a/?c=1>; rel="next"; results="false"'})], None, call="pages", visits=1,
        value=[1]),
    Row("a Link header that is none", [Wire([1], headers={"Link": '<<<;;;rel=next,"<'})], None, call="pages",
        visits=1, value=[1]),
    Row("a Link header of a megabyte", [Wire([1], headers={"Link": "<" * 60_000})], None, call="pages",
        visits=1, value=[1]),
    Row("GlitchTip's wrapped header",
        [Wire([1], headers={"Link": GLITCHTIP}), Wire([2])], None, call="pages", visits=2, value=[1, 2]),
    Row("a second page that fails", [Wire([1], headers={"Link": '</a/?c=1>; rel="next"'}), Wire({}, 403)],
        Forbidden, "refused", call="pages", visits=2),
]  # fmt: skip

ROWS = [*CREDENTIALS, *LIMITS, *BROKEN, *CONTENT, *WRITES, *PAGES]
