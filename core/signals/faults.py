"""Turns a service's refusals and broken connections into errors that say what to do next."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC
from email.utils import parsedate_to_datetime

import httpx

from rootcase.core.model.errors import AccessDenied, RateLimited, SourceError
from rootcase.core.signals.loose import decode, text

Say = Callable[[str], str]


class NotFound(SourceError):
    """The service knows no such thing, or hides it from this token (Sentry answers 404 for both)."""


class Forbidden(AccessDenied):
    """The service knows the token, and it does not cover this (403)."""


class Unavailable(SourceError):
    """The service is down or the line to it is broken; the same call may work in a moment."""


def fault_of(service: str, response: httpx.Response, data: bytes, say: Say, wait_s: float) -> SourceError:
    """The error for a response with a status from 400 on; `say` cleans and redacts the service's text."""
    status = response.status_code
    words = say(_words(data, response))
    where = f"{response.request.method} {response.url.host}{response.url.path}"
    detail = f"{where}: {status} {words}".rstrip()
    if status == 429:
        hint = f"It asks to wait {wait_s:.0f} s." if wait_s else "Wait a minute, then press r."
        return RateLimited(f"{service} asks us to slow down", detail, hint, retry_after_s=wait_s)
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
        return Unavailable(f"{service} is not available ({status})", detail, "Try again in a moment.")
    return SourceError(
        f"{service} refused the request ({status})", detail, "Check the settings of this source."
    )


def fault_of_transport(service: str, url: httpx.URL, error: httpx.HTTPError, say: Say) -> SourceError:
    """The error for a connection that failed, was cut, or spoke no HTTP."""
    reason = say(str(error)) or type(error).__name__
    return Unavailable(
        f"{service} cannot be reached",
        f"{url.scheme}://{url.host}: {reason}",
        "Check `url` of this source and the network (VPN, proxy, certificates).",
    )


def back_off(headers: httpx.Headers, now: float | None = None) -> float:
    """Seconds the service asks us to wait, 0 where it does not say.

    Retry-After in seconds or as a date (RFC 9110); Sentry's X-Sentry-Rate-Limit-Reset is an epoch second,
    and with no concurrent calls left it wants fewer calls at once, not a wait until then.
    """
    now = time.time() if now is None else now
    given = headers.get("retry-after", "").strip()
    if given.isdigit():
        return float(min(int(given[:9]), 86_400))
    if given:
        try:
            asked = parsedate_to_datetime(given)
        except ValueError:
            return 0.0
        aware = asked if asked.tzinfo else asked.replace(tzinfo=UTC)
        return min(max(0.0, aware.timestamp() - now), 86_400.0)
    if headers.get("x-sentry-rate-limit-concurrentremaining") == "0":
        return 1.0
    reset = headers.get("x-sentry-rate-limit-reset", "").strip()
    return min(max(0.0, float(reset) - now), 86_400.0) if reset.isdigit() else 0.0


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
