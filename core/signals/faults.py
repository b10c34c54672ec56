"""Turns a service's refusals and broken connections into errors that say what to do next."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from rootcase.core.model.errors import AccessDenied, RateLimited, SourceError
from rootcase.core.signals.loose import decode, text
from rootcase.core.signals.pace import PLAIN, Pace, is_limit, wait_s

Say = Callable[[str], str]


class NotFound(SourceError):
    """The service knows no such thing, or hides it from this token (Sentry answers 404 for both)."""


class Forbidden(AccessDenied):
    """The service knows the token, and it does not cover this (403)."""


class Unavailable(SourceError):
    """The service is down or the line to it is broken; the same call may work in a moment.

    retry_after_s: when it says that it will be back, 0 where it does not.
    """

    def __init__(self, title: str, detail: str = "", hint: str = "", *, retry_after_s: float = 0.0) -> None:
        super().__init__(title, detail, hint)
        self.retry_after_s = retry_after_s


class TooSlow(Unavailable):
    """The call did not end within its deadline, all its attempts together."""


class CircuitOpen(Unavailable):
    """Nothing was sent: the service failed several times and is left alone until `until_us`."""

    def __init__(self, title: str, detail: str = "", hint: str = "", *, until_us: int = 0) -> None:
        super().__init__(title, detail, hint)
        self.until_us = until_us


class NotJson(SourceError):
    """The address answers, but not with an API's answer: a web page, a login form, a proxy's word."""


class WrongShape(SourceError):
    """The answer is JSON, and not what the service's description promises."""


class TooBig(SourceError):
    """The answer is longer than we read, counted after unpacking."""


class Refused(SourceError):
    """The service understood the request and will not do it as it is (400 and its like)."""


class Conflict(Refused):
    """The service refused a write because of what is there already (409, 422)."""


def fault_of(
    service: str, response: httpx.Response, data: bytes, say: Say, pace: Pace = PLAIN
) -> SourceError:
    """The error for a response with a status from 400 on; `say` cleans and redacts the service's text."""
    status = response.status_code
    words = say(_words(data, response))
    where = f"{response.request.method} {response.url.host}{response.url.path}"
    detail = f"{where}: {status} {words}".rstrip()
    if is_limit(status, response.headers, pace):
        wait = wait_s(response.headers, pace)
        hint = f"It asks to wait {wait:.0f} s." if wait else "Wait a minute, then press r."
        return RateLimited(f"{service} asks us to slow down", detail, hint, retry_after_s=wait)
    if status in (401, 407):
        return AccessDenied(
            f"{service} does not know the token", detail, "It may be mistyped, revoked or for another server."
        )
    if status == 403:
        return Forbidden(
            f"{service} refused access",
            detail,
            "Give the token the scopes that it lacks; see `rootcase doctor`.",
        )
    if status in (404, 410):
        return NotFound(
            f"{service} finds nothing there", detail, "It may not exist, or the token may not see it."
        )
    if status >= 500 or status == 408:
        return Unavailable(
            f"{service} is not available ({status})", detail, "Press r to try again in a moment.",
            retry_after_s=wait_s(response.headers, PLAIN),
        )  # fmt: skip
    kind = Conflict if status in (409, 422) else Refused
    return kind(f"{service} refused the request ({status})", detail, "Check the settings of this source.")


def fault_of_transport(service: str, url: httpx.URL, error: Exception, say: Say) -> Unavailable:
    """The error for a connection that failed, was cut, or spoke no HTTP."""
    reason = say(str(error)) or type(error).__name__
    return Unavailable(
        f"{service} cannot be reached",
        f"{url.scheme}://{url.host}: {reason}",
        "Check `url` of this source and the network (VPN, proxy, certificates).",
    )


def _words(data: bytes, response: httpx.Response) -> str:
    """What the service says went wrong, from the shapes that Sentry and others use, else its reason phrase."""
    if "json" not in response.headers.get("content-type", ""):
        return response.reason_phrase
    try:
        value = decode(data)
    except ValueError:
        return response.reason_phrase
    for name in ("detail", "message", "error"):
        if isinstance(value, dict) and value.get(name):
            inner = value[name]
            value = inner.get("message", inner) if isinstance(inner, dict) else inner
            break
    return text(value, 400)
