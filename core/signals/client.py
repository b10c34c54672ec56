"""The HTTP client that all services share: credentials stay at their origin, faults have types, calls end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import httpx
import msgspec
import stamina

from rootcase.core.model.errors import AccessDenied, RateLimited, SourceError
from rootcase.core.safety.redact import Redactor
from rootcase.core.safety.text import clean_line
from rootcase.core.signals.body import read_body
from rootcase.core.signals.faults import Unavailable, back_off, fault_of, fault_of_transport

T = TypeVar("T")
Query = Sequence[tuple[str, str]]

MAX_REDIRECTS = 5
MAX_BYTES = 32_000_000
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
# stamina logs every retry; without any handler Python would print that onto the user's screen.
logging.getLogger("stamina").addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """A decoded answer. next_url: the next page at the same origin, "" where this was the last."""

    value: T
    next_url: str = ""


class Client:
    """Talks JSON to one origin. base_url may carry a path prefix; credentials: headers that prove who we are.

    deadline_s: for one call as a whole, retries included. max_bytes: longest body after decompression.
    """

    def __init__(
        self,
        service: str,
        base_url: str,
        credentials: Mapping[str, str],
        *,
        deadline_s: float = 30.0,
        attempts: int = 4,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self.service = service
        self.base = _base(service, base_url)
        self.deadline_s = deadline_s
        self.attempts = attempts
        self.max_bytes = max_bytes
        secrets = [part for value in credentials.values() for part in (value, value.split(" ")[-1])]
        self._redactor = Redactor(secrets)
        headers = {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "rootcase"}
        # Redirects are followed by hand below, so that no header ever leaves the origin unseen.
        self._http = httpx.AsyncClient(
            headers={**headers, **credentials}, follow_redirects=False, timeout=httpx.Timeout(deadline_s)
        )

    def __repr__(self) -> str:
        return f"Client({self.service} at {self.base}, credentials hidden)"

    async def close(self) -> None:
        await self._http.aclose()

    def move(self, base_url: str) -> None:
        """Talk to another origin from now on; the caller has checked that it may have the credentials."""
        self.base = _base(self.service, base_url)

    async def get(self, path: str, kind: type[T], query: Query = ()) -> Answer[T]:
        """Read and decode. path: below the base, or a whole URL at the same origin.

        Retries what is worth it (429, 5xx, broken connections) within the deadline. Raises AccessDenied,
        RateLimited or SourceError, whose text never holds the credentials.
        """
        data, headers = await self._call("GET", self._url(path), query, None)
        return Answer(self._decode(data, kind, path), self._next_page(headers))

    async def send(self, method: str, path: str, body: object, kind: type[T]) -> T:
        """Write once and decode the answer; only PUT, which sets a state, is ever repeated."""
        data, _ = await self._call(method, self._url(path), (), msgspec.json.encode(body))
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

    async def _call(
        self, method: str, url: httpx.URL, query: Query, body: bytes | None
    ) -> tuple[bytes, httpx.Headers]:
        attempts = self.attempts if method in ("GET", "PUT") else 1
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
                            return await self._once(method, url, query, body)
                        except SourceError as fault:
                            last = fault
                            raise
        except TimeoutError:
            if last is not None:
                raise last from None
            raise SourceError(
                f"{self.service} did not finish answering in {self.deadline_s:g} s",
                f"{method} {url.host}{url.path}",
                "Press r to try again; narrow the query or the period if it keeps happening.",
            ) from None
        raise AssertionError("retry_context always returns or raises")

    def _worth_waiting(self, error: Exception) -> bool | float:
        if isinstance(error, RateLimited):
            wait = error.retry_after_s
            return False if wait > self.deadline_s / 2 else wait or True
        return isinstance(error, Unavailable)

    async def _once(
        self, method: str, url: httpx.URL, query: Query, body: bytes | None
    ) -> tuple[bytes, httpx.Headers]:
        target = url.copy_merge_params(list(query)) if query else url
        content_type = {"Content-Type": "application/json"} if body is not None else None
        for _ in range(MAX_REDIRECTS + 1):
            try:
                async with self._http.stream(method, target, content=body, headers=content_type) as response:
                    if response.status_code in _REDIRECTS:
                        target = self._redirect(method, target, response)
                        continue
                    data = await read_body(response, self.max_bytes, self.service)
            except httpx.HTTPError as error:
                raise fault_of_transport(self.service, target, error, self._say) from None
            if response.status_code >= 400:
                raise fault_of(self.service, response, data, self._say, back_off(response.headers))
            self._must_be_json(response, data)
            return data, response.headers
        raise SourceError(
            f"{self.service} redirects in a circle", str(url.host), "Check `url` in config.yaml."
        )

    def _redirect(self, method: str, source: httpx.URL, response: httpx.Response) -> httpx.URL:
        target = self._joined(source, response.headers.get("location", ""))
        if _origin(target) != _origin(source):
            raise AccessDenied(
                f"{self.service} redirects to another address",
                f"{_shown(target)} would get the token that is meant for {_shown(source)}.",
                "Nothing was sent there. Put the right address into `url` of this source.",
            )
        if method != "GET":
            raise SourceError(
                f"{self.service} redirects a write",
                f"{method} {source.path} would turn into a read at {clean_line(target.path, limit=200)}.",
                "Put the address it redirects to into `url` of this source.",
            )
        return target

    def _must_be_json(self, response: httpx.Response, data: bytes) -> None:
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if data and "json" not in kind:
            raise SourceError(
                f"{self.service} answered with {clean_line(kind, limit=60) or 'no content type'}, not with JSON",
                f"{response.url.host}{response.url.path}: a login page or a proxy may stand in between.",
                "Check `url` of this source, and that this machine reaches it without a browser.",
            )

    # -- addresses and text

    def _url(self, path: str) -> httpx.URL:
        if "://" not in path:
            return httpx.URL(f"{self.base}/{path.lstrip('/')}")
        url = self._joined(httpx.URL(self.base), path)
        if _origin(url) != _origin(httpx.URL(self.base)):
            raise AccessDenied(
                f"{self.service} names a page at another address",
                f"{_shown(url)} would get the token that is meant for {self.base}.",
                "Nothing was sent there. If the service moved, change `url` of this source.",
            )
        return url

    def _next_page(self, headers: httpx.Headers) -> str:
        """The `next` address of a Link header (RFC 8288), unless the service says it holds nothing (Sentry)."""
        for link in httpx.Response(200, headers={"link": headers.get("link", "")}).links.values():
            if link.get("rel") == "next" and link.get("results", "true") == "true" and link.get("url"):
                return str(self._url(str(self._joined(httpx.URL(self.base), link["url"]))))
        return ""

    def _joined(self, base: httpx.URL, address: str) -> httpx.URL:
        try:
            return base.join(address)
        except httpx.InvalidURL:
            raise SourceError(
                f"{self.service} points to something that is no address", clean_line(address, limit=200)
            ) from None

    def _decode(self, data: bytes, kind: type[T], path: str) -> T:
        try:
            return msgspec.json.decode(data or b"null", type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise SourceError(
                f"{self.service} answered in a shape that is not understood",
                self._say(f"{path.partition('?')[0]}: {error}"),
                "A newer or older version of the service may answer differently; please report this text.",
            ) from None

    def _say(self, text: str) -> str:
        """Text of the service, fit for an error message."""
        return self._redactor.text(clean_line(text, limit=400))


def _base(service: str, address: str) -> str:
    try:
        url = httpx.URL(address.strip().rstrip("/"))
    except httpx.InvalidURL as error:
        raise SourceError(
            f"{service}: `url` is no address", clean_line(str(error)), "Write https://HOST."
        ) from None
    bad_port = url.port is not None and url.port > 65_535
    if url.scheme not in ("http", "https") or not url.host or url.userinfo or bad_port:
        raise SourceError(
            f"{service}: `url` is no plain web address",
            clean_line(f"{url.scheme}://{url.host}", limit=200),
            "Write https://HOST, without user and password; the token goes into token_env.",
        )
    return str(url.copy_with(query=None, fragment=None)).rstrip("/")


def _shown(url: httpx.URL) -> str:
    return clean_line(f"{url.scheme}://{url.netloc.decode(errors='replace')}", limit=200)


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    """Scheme, host and port with the default filled in (RFC 6454)."""
    return url.scheme, url.host.lower(), url.port or (443 if url.scheme == "https" else 80)
