"""A small REST client for forges: one origin, serial writes, typed faults, no blind second POST."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from rootcase.core.deliver.forge import AnswerLost, Unreachable
from rootcase.core.deliver.limits import wait_s
from rootcase.core.model.errors import AccessDenied, DeliveryError, RateLimited
from rootcase.core.safety.text import clean_line

if TYPE_CHECKING:
    import httpx

MAX_BYTES = 8 * 1024 * 1024
TIMEOUT_S = 20.0
READS = 3


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    def next_page(self) -> str:
        """The address of the next page by the Link header, "" on the last."""
        for part in self.headers.get("link", "").split(","):
            address, _, rest = part.partition(";")
            if 'rel="next"' in rest:
                return address.strip().strip("<>")
        return ""


@dataclass(frozen=True, slots=True)
class Words:
    """What to tell people about one service. needs: rights of its token; address: which setting may be wrong."""

    needs: str = "The token needs Contents, Pull requests and Issues: write, for this repository."
    address: str = "forge_url"
    moved: str = "Has the repository moved? Set forge_project and forge_url in config.yaml."


class RestClient:
    """Requests to one base address with one token. The token is sent to that origin and nowhere else.

    credential: (header, value) in place of `Authorization: Bearer TOKEN`.
    """

    def __init__(
        self,
        base: str,
        headers: Mapping[str, str],
        *,
        token: str,
        write_pause_s: float,
        credential: tuple[str, str] | None = None,
        words: Words | None = None,
    ) -> None:
        self.base = base.rstrip("/") + "/"
        self._headers = dict(headers)
        bearer = ("Authorization", f"Bearer {token}") if token else None
        self._credential = credential or bearer
        self._words = words or Words()
        self._pause_s = write_pause_s
        self._last_write = 0.0
        self._writing = asyncio.Lock()
        self._client: httpx.AsyncClient | None = None

    def __repr__(self) -> str:
        return f"RestClient({self.base})"

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()

    async def get(self, path: str, parameters: Mapping[str, str] | None = None) -> Answer:
        """Read; tried again where the network or the service failed."""
        return await self._again("GET", path, parameters, None)

    async def _again(
        self, method: str, path: str, parameters: Mapping[str, str] | None, body: bytes | None
    ) -> Answer:
        for attempt in range(READS):
            last = attempt == READS - 1
            try:
                answer = await self._send(method, path, parameters, body)
            except AnswerLost:
                if last:
                    raise
            else:
                if answer.status < 500 or last:
                    return answer
            await asyncio.sleep(0.2 * 3**attempt)
        raise AssertionError("unreachable")

    async def post(self, path: str, body: bytes) -> Answer:
        """Write once. AnswerLost where it was sent and nobody knows what became of it."""
        return await self._write("POST", path, body)

    async def patch(self, path: str, body: bytes) -> Answer:
        """Change what is there, once; as `post` in all else."""
        return await self._write("PATCH", path, body)

    async def put(self, path: str, body: bytes) -> Answer:
        """Set what is there, once; as `post` in all else."""
        return await self._write("PUT", path, body)

    async def ask(self, path: str, body: bytes) -> Answer:
        """A read that the service takes as a POST, such as a query; tried again as `get` is."""
        return await self._again("POST", path, None, body)

    async def _write(self, method: str, path: str, body: bytes) -> Answer:
        async with self._writing:
            wait = self._last_write + self._pause_s - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            try:
                answer = await self._send(method, path, None, body)
            finally:
                self._last_write = time.monotonic()
        if answer.status >= 500:
            raise AnswerLost(
                f"{self._host} failed with {answer.status}", "Whether it wrote anything is not known.",
                "It is looked up there before anything is tried again.",
            )  # fmt: skip
        return answer

    @property
    def _host(self) -> str:
        return urlsplit(self.base).netloc

    async def _send(
        self, method: str, path: str, parameters: Mapping[str, str] | None, body: bytes | None
    ) -> Answer:
        import httpx

        url = self._same_origin(path)
        headers = dict(self._headers)
        if self._credential is not None:
            headers[self._credential[0]] = self._credential[1]
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            async with (
                asyncio.timeout(TIMEOUT_S * 2),
                self._connection().stream(
                    method, url, params=parameters, content=body, headers=headers
                ) as got,
            ):
                answer = await self._read(got)
        except httpx.ConnectError as fault:
            raise Unreachable(
                f"{self._host} cannot be reached",
                clean_line(str(fault), limit=200),
                "Is the network up? Send again; nothing is lost.",
            ) from None
        except (httpx.HTTPError, TimeoutError) as fault:
            raise AnswerLost(
                f"{self._host} gave no answer", clean_line(str(fault) or type(fault).__name__, limit=200),
                "Try again; what may have been written is looked up first.",
            ) from None  # fmt: skip
        return self._checked(answer)

    async def _read(self, got: httpx.Response) -> Answer:
        parts: list[bytes] = []
        size = 0
        async for chunk in got.aiter_bytes():
            size += len(chunk)
            if size > MAX_BYTES:
                raise DeliveryError(
                    f"{self._host} answered with more than {MAX_BYTES // 1024 // 1024} MB", "It was not read.",
                    f"Check {self._words.address} in config.yaml.",
                )  # fmt: skip
            parts.append(chunk)
        headers = {name.lower(): value for name, value in got.headers.items()}
        return Answer(got.status_code, headers, b"".join(parts), str(got.url))

    def _connection(self) -> httpx.AsyncClient:
        import httpx

        if self._client is None:
            self._client = httpx.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False, trust_env=True)
        return self._client

    def _same_origin(self, path: str) -> str:
        url = urljoin(self.base, path.lstrip("/") if "://" not in path else path)
        ours, theirs = urlsplit(self.base), urlsplit(url)
        if (ours.scheme, ours.netloc) != (theirs.scheme, theirs.netloc):
            raise AccessDenied(
                f"{self._host} names another host for its next page", clean_line(theirs.netloc),
                "The token only ever goes to the configured address.",
            )  # fmt: skip
        return url

    def _checked(self, answer: Answer) -> Answer:
        """Faults that mean the same for every request; 404 and 422 are for the caller to read."""
        limited = wait_s(answer.status, answer.headers, answer.body)
        if limited is not None:
            raise RateLimited(
                f"{self._host} asks us to wait {limited:.0f} s", "Its limit for this token is used up.",
                "Deliver again after that; nothing is lost.", retry_after_s=limited,
            )  # fmt: skip
        if answer.status in (401, 403):
            raise AccessDenied(
                f"{self._host} refuses the token", _needs(answer),
                self._words.needs,
            )  # fmt: skip
        if 300 <= answer.status < 400:
            raise DeliveryError(
                f"{self._host} sends us elsewhere", clean_line(answer.headers.get("location", ""), limit=200),
                self._words.moved,
            )  # fmt: skip
        return answer


def _needs(answer: Answer) -> str:
    accepted = clean_line(answer.headers.get("x-accepted-github-permissions", ""), limit=200)
    return f"{answer.status}." + (f" It accepts {accepted}." if accepted else "")
