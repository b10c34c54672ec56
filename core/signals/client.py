"""The HTTP client that all services share: credentials stay at their origin, faults have types, calls end."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import httpx
import msgspec
import stamina

from rootcase.core.model.errors import RateLimited, SourceError
from rootcase.core.safety.redact import Redactor
from rootcase.core.safety.text import clean_line
from rootcase.core.signals.answers import Answer as Answer
from rootcase.core.signals.answers import decoded, must_be_json, no_web_page
from rootcase.core.signals.body import read_body
from rootcase.core.signals.breaker import REST_S, Breaker, Circuit
from rootcase.core.signals.credentials import Credentials
from rootcase.core.signals.faults import (
    TooSlow,
    Unavailable,
    fault_of,
    fault_of_transport,
)
from rootcase.core.signals.lanes import Lanes
from rootcase.core.signals.origin import base_of, next_link, within
from rootcase.core.signals.pace import PLAIN, Pace, calls_left, date_of, wants_fewer

T = TypeVar("T")
Query = Sequence[tuple[str, str]]

DEADLINE_S = 30.0
MAX_REDIRECTS = 5
MAX_BYTES = 32_000_000
# Methods whose repeat leaves the same state (RFC 9110, 9.2.2), but for DELETE: its second answer is a 404.
_REPEATABLE = frozenset(("GET", "PUT"))
_LOCATION = "rootcase.location"
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
# stamina logs every retry; without any handler Python would print that onto the user's screen.
logging.getLogger("stamina").addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Pulse:
    """What the last answer told beside its content. skew_s: our clock ahead of the service's.

    rate_left: calls left in the present window, None where the service does not say.
    """

    skew_s: float = 0.0
    rate_left: int | None = None


@dataclass(frozen=True, slots=True)
class _Call:
    method: str
    url: httpx.URL
    body: bytes | None
    headers: Mapping[str, str]
    follows: bool


class Client:
    """Talks JSON to one origin. base_url may carry a path prefix; credentials: headers that prove who we are.

    deadline_s: for one call as a whole, redirects and retries included, from its start on: no more than
    pace.calls_at_once run at the same time, the others wait for their turn before it. max_bytes: longest body after
    decompression. pace: how this service asks for fewer calls. headers: sent along, not secret (`Accept`,
    `From`). rest_s: a service that keeps failing is left alone for so long; what holds for the next process
    is kept by `pipeline/pausing.py`.
    """

    def __init__(
        self,
        service: str,
        base_url: str,
        credentials: Mapping[str, str] | Credentials,
        *,
        deadline_s: float = DEADLINE_S,
        attempts: int = 4,
        max_bytes: int = MAX_BYTES,
        pace: Pace = PLAIN,
        headers: Mapping[str, str] | None = None,
        rest_s: float = REST_S,
    ) -> None:
        self.service = service
        self.base = base_of(service, base_url)
        self.deadline_s = deadline_s
        self.attempts = attempts
        self.max_bytes = max_bytes
        self.pace = pace
        self.pulse = Pulse()
        if not isinstance(credentials, Credentials):
            parts = [part for value in credentials.values() for part in (value, value.split(" ")[-1])]
            credentials = Credentials(credentials, tuple(parts))
        self._redactor = Redactor(credentials.secrets)
        self._breaker = Breaker(service, rest_s)
        self._lanes = Lanes(pace.calls_at_once)
        # (method, path) or ("", "") for all → when, on the monotonic clock, the service takes calls again.
        self._held: dict[tuple[str, str], float] = {}
        ours = {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "rootcase"}
        self._sent = {**ours, **(headers or {}), **credentials.headers}
        self._http = self._line(httpx.Limits())
        self._writes: httpx.AsyncClient | None = None

    def __repr__(self) -> str:
        return f"Client({self.service} at {self.base}, credentials hidden)"

    @property
    def circuit(self) -> Circuit:
        """Whether this service is being asked, until when it is not, and why."""
        return self._breaker.circuit

    @property
    def lanes(self) -> int:
        """How many calls may run at once; fewer once the service has asked for fewer."""
        return self._lanes.most

    async def close(self) -> None:
        for line in (self._http, self._writes):
            if line is not None:
                await line.aclose()

    def move(self, base_url: str) -> None:
        """Talk to another origin from now on; the caller has checked that it may have the credentials."""
        self.base = base_of(self.service, base_url)

    async def get(
        self, path: str, kind: type[T], query: Query = (), *, headers: Mapping[str, str] | None = None
    ) -> Answer[T]:
        """Read and decode. path: below the base, or a whole URL at the same origin.

        Retries what is worth it (429, 5xx, broken connections) within the deadline. Raises AccessDenied,
        RateLimited or SourceError, whose text never holds the credentials.
        """
        data, told = await self._ask("GET", path, query, None, headers, repeat=True)
        return Answer(self._decode(data, kind, path), self._next_page(told), told)

    async def search(self, path: str, body: object, kind: type[T], query: Query = ()) -> Answer[T]:
        """A read that is spelled POST (Datadog's searches, GraphQL queries); repeated like `get`."""
        data, told = await self._ask("POST", path, query, msgspec.json.encode(body), None, repeat=True)
        return Answer(self._decode(data, kind, path), self._next_page(told), told)

    async def send(
        self,
        method: str,
        path: str,
        body: object,
        kind: type[T],
        *,
        query: Query = (),
        headers: Mapping[str, str] | None = None,
        repeat: bool | None = None,
    ) -> T:
        """Write and decode the answer. repeat: whether a second one is harmless; by default only PUT's is.

        What is not repeated may have happened all the same when an Unavailable comes back: look first.
        """
        again = method in _REPEATABLE if repeat is None else repeat
        data, _ = await self._ask(method, path, query, msgspec.json.encode(body), headers, repeat=again)
        return self._decode(data, kind, path)

    async def pages(
        self, path: str, kind: type[T], query: Query = (), *, most: int = 20
    ) -> AsyncIterator[Answer[T]]:
        """Pages one after the other, at most `most`; a page seen before ends it. The last has its next_url kept."""
        seen: set[str] = set()
        answer = await self.get(path, kind, query)
        while True:
            yield answer
            if not answer.next_url or answer.next_url in seen or len(seen) + 1 >= most:
                return
            seen.add(answer.next_url)
            answer = await self.get(answer.next_url, kind)

    # -- one call

    async def _ask(
        self,
        method: str,
        path: str,
        query: Query,
        body: bytes | None,
        headers: Mapping[str, str] | None,
        *,
        repeat: bool,
    ) -> tuple[bytes, httpx.Headers]:
        url = self._url(path)
        url = url.copy_merge_params(list(query)) if query else url
        sent = dict(headers or {})
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
        # A redirected write may turn into a read; only a GET goes on where it is sent.
        call = _Call(method, url, body, sent, follows=method == "GET")
        # Waiting for a lane is no fault of the service, so it counts neither as its time nor as its failure;
        # whoever waited looks anew whether the service is to be asked at all.
        async with self._lanes:
            self._not_held(call)
            return await self._breaker.run(lambda: self._in_time(call, self.attempts if repeat else 1))

    async def _in_time(self, call: _Call, attempts: int) -> tuple[bytes, httpx.Headers]:
        last: SourceError | None = None
        try:
            async with asyncio.timeout(self.deadline_s):
                async for attempt in stamina.retry_context(
                    on=self._worth_waiting,
                    attempts=attempts,
                    timeout=self.deadline_s,
                    wait_initial=0.2,
                    wait_max=2.0,
                    wait_jitter=0.2,
                ):
                    with attempt:
                        try:
                            return await self._once(call)
                        except SourceError as fault:
                            last = fault
                            raise
        except TimeoutError:
            if last is not None:
                raise last from None
            raise TooSlow(
                f"{self.service} did not finish answering in {self.deadline_s:g} s",
                f"{call.method} {call.url.host}{call.url.path}",
                "Press r to try again; narrow the query or the period if it keeps happening.",
            ) from None
        raise AssertionError("retry_context always returns or raises")

    def _worth_waiting(self, error: Exception) -> bool | float:
        if not isinstance(error, RateLimited | Unavailable):
            return False
        wait = error.retry_after_s
        return False if wait > self.deadline_s / 2 else wait or True

    def _line(self, limits: httpx.Limits) -> httpx.AsyncClient:
        """A pool of connections. Redirects are followed by hand, so that no header leaves the origin unseen."""
        return httpx.AsyncClient(
            headers=self._sent,
            follow_redirects=False,
            timeout=httpx.Timeout(self.deadline_s),
            limits=limits,
            event_hooks={"response": [_take_location]},
        )

    def _line_of(self, call: _Call) -> httpx.AsyncClient:
        """A write gets a connection of its own: a kept one may be closed by the service at that very moment,
        and nobody could tell whether the write arrived."""
        if call.method == "GET":
            return self._http
        if self._writes is None:
            self._writes = self._line(httpx.Limits(max_keepalive_connections=0))
        return self._writes

    async def _once(self, call: _Call) -> tuple[bytes, httpx.Headers]:
        target = call.url
        for _ in range(MAX_REDIRECTS + 1):
            try:
                async with self._line_of(call).stream(
                    call.method, target, content=call.body, headers=dict(call.headers)
                ) as response:
                    self._listen(response.headers)
                    if response.status_code in _REDIRECTS:
                        target = self._redirect(call, target, response)
                        continue
                    no_web_page(self.service, response)
                    data = await read_body(response, self.max_bytes, self.service)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise fault_of_transport(self.service, target, error, self._say) from None
            if response.status_code >= 400:
                raise self._refused(call, response, data)
            must_be_json(self.service, response, data)
            return data, response.headers
        raise SourceError(
            f"{self.service} redirects in a circle", str(target.host), "Check `url` in config.yaml."
        )

    def _redirect(self, call: _Call, source: httpx.URL, response: httpx.Response) -> httpx.URL:
        address = str(response.extensions.get(_LOCATION, "")).strip()
        if not address:
            raise SourceError(
                f"{self.service} redirects to nowhere",
                f"{call.method} {source.host}{source.path}: {response.status_code} without an address.",
                "Check `url` of this source; a proxy may stand in between.",
            )
        target = within(self.service, source, address, what="redirects to")
        if not call.follows:
            raise SourceError(
                f"{self.service} redirects a write",
                f"{call.method} {source.path} would turn into a read at {clean_line(target.path, limit=200)}.",
                "Put the address it redirects to into `url` of this source.",
            )
        return target

    # -- limits

    def _listen(self, headers: httpx.Headers) -> None:
        """Note the service's clock and how many calls are left."""
        theirs = date_of(headers)
        skew_s = self.pulse.skew_s if theirs is None else time.time() - theirs
        left = calls_left(headers, self.pace)
        self.pulse = Pulse(skew_s, self.pulse.rate_left if left is None else left)

    def _refused(self, call: _Call, response: httpx.Response, data: bytes) -> SourceError:
        fault = fault_of(self.service, response, data, self._say, self.pace)
        if isinstance(fault, RateLimited):
            if wants_fewer(response.headers, self.pace):
                self._lanes.narrow()
            elif fault.retry_after_s > self.deadline_s / 2:
                self._held[self._holds(call)] = time.monotonic() + fault.retry_after_s
        return fault

    def _holds(self, call: _Call) -> tuple[str, str]:
        return ("", "") if self.pace.everywhere else (call.method, call.url.path)

    def _not_held(self, call: _Call) -> None:
        """RateLimited without a call, while the wait that the service asked for is not over."""
        left_s = self._held.get(self._holds(call), 0.0) - time.monotonic()
        if left_s > 0:
            raise RateLimited(
                f"{self.service} asked us to slow down",
                f"{call.method} {call.url.host}{call.url.path}: not sent, the wait is not over.",
                f"It asks to wait {left_s:.0f} s more.",
                retry_after_s=left_s,
            )

    # -- addresses and text

    def _url(self, path: str) -> httpx.URL:
        if "://" not in path:
            return within(
                self.service,
                httpx.URL(self.base + "/"),
                f"{self.base}/{path.lstrip('/')}",
                what="is asked at",
            )
        return within(self.service, httpx.URL(self.base), path, what="names a page at")

    def _next_page(self, headers: httpx.Headers) -> str:
        """The next page of a Link header, "" where there is none. AccessDenied where it is elsewhere."""
        address = next_link(headers)
        if not address:
            return ""
        return str(within(self.service, httpx.URL(self.base), address, what="names a page at"))

    def _decode(self, data: bytes, kind: type[T], path: str) -> T:
        return decoded(self.service, data, kind, path, self._say)

    def _say(self, text: str) -> str:
        """Text of the service, fit for an error message."""
        return self._redactor.text(clean_line(text, limit=400))


async def _take_location(response: httpx.Response) -> None:
    """Take the address out before httpx sees it: it prepares the next request, headers and all, unasked."""
    raw = response.headers.pop("location", "")
    response.extensions[_LOCATION] = raw
