"""What comes back from a service, once it is known to be JSON and of the promised shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import httpx
import msgspec

from rootcase.core.safety.text import clean_line
from rootcase.core.signals.faults import NotJson, WrongShape

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """A decoded answer. next_url: the next page at the same origin, "" where this was the last.

    headers: as the service sent them, names in any case.
    """

    value: T
    next_url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def no_web_page(service: str, response: httpx.Response) -> None:
    """Refuse a page before it is read: its length says nothing, and neither does its text."""
    kind = _kind(response)
    if response.status_code < 400 and "html" in kind:
        raise _not_json(service, response, f"a web page ({clean_line(kind)})")


def must_be_json(service: str, response: httpx.Response, data: bytes) -> None:
    """NotJson where there is a body and nobody says that it is JSON."""
    kind = _kind(response)
    if data and "json" not in kind:
        raise _not_json(service, response, clean_line(kind, limit=60) or "no content type")


def decoded(service: str, data: bytes, kind: type[T], path: str, say: Callable[[str], str]) -> T:
    """The body as that type; WrongShape, which names the place, where it is none. say: cleans and redacts."""
    try:
        return msgspec.json.decode(data or b"null", type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise WrongShape(
            f"{service} answered in a shape that is not understood",
            say(f"{path.partition('?')[0]}: {error}"),
            "A newer or older version of the service may answer differently; please report this text.",
        ) from None


def rows_of(service: str, answer: object, name: str) -> Sequence[object]:
    """The array that an answer holds under a name. WrongShape where it does not: nothing is not an empty list."""
    rows = answer.get(name) if isinstance(answer, dict) else None
    if isinstance(rows, list):
        return rows
    raise WrongShape(
        f"{service} answered in a shape that is not understood",
        f"There is no list `{name}` in it.",
        "A newer or older version of the service may answer differently; please report this text.",
    )


def _not_json(service: str, response: httpx.Response, answer: str) -> NotJson:
    return NotJson(
        f"{service}: this address answers with {answer}, not with JSON",
        f"{response.url.host}{response.url.path}: a login page or a proxy may stand in between.",
        "Check `url` of this source, and that this machine reaches it without a browser.",
    )


def _kind(response: httpx.Response) -> str:
    return str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()[:100]
