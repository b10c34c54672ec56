"""Whether another host failed, and which, as an event tells it in any language."""

# Patterns are tables; breaking their lines hides them.
# ruff: noqa: E501

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rootcase.core.gate.facts import Facts
from rootcase.core.gate.frames import all_frames, library_of, own_frames
from rootcase.core.gate.words import words
from rootcase.core.model.events import Event

UNREACHABLE = re.compile(
    r"connection (?:refused|reset|aborted|timed ?out|closed before)|could ?n[o']t connect|cannot connect|failed to connect"
    r"|name or service not known|name resolution|nodename nor servname|no such host|getaddrinfo|\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|UNAVAILABLE)\b"
    r"|no route to host|network is unreachable"
    r"|server closed the connection|max retries exceeded|remote end closed|connect call failed|socket hang up"
    r"|(?:read|connect|connection|request|i/o|gateway|upstream|handshake)[ -]?time[ -]?d? ?out|timed out|timeout (?:of|after|exceeded)"
    r"|dial tcp|deadline exceeded|bad gateway|service (?:temporarily )?unavailable|gateway time-?out"
    r"|\b5(?:00|02|03|04|20|22|24) (?:server error|internal|bad|service|gateway)|\b(?:status(?: code)?|error code|code)[ :=]+5\d\d\b|lost connection to|server has gone away|\bHTTP(?:/\d\.\d)?[ :]+5\d\d",
    re.IGNORECASE,
)
_TYPES = re.compile(
    r"(?:Connect(?:ion)?|Read|Write|Pool|Socket|Gateway|Request|API\w*|Server)?Time(?:d)?out(?:Error|Exception)?$|Connect(?:ion)?(?:Refused|Reset|Aborted)?(?:Error|Exception)$"
    r"|UnknownHostException$|gaierror$|NameResolutionError$|MaxRetryError$|BadGateway|ServiceUnavailable|RemoteDisconnected$"
    r"|NewConnectionError$|ClientConnector\w*Error$|EndpointConnectionError$|SSLEOFError$|ProxyError$|NetworkError$"
)
_HOST = r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?"
_PLACES = (
    re.compile(rf"\b[a-z][a-z0-9+]{{1,20}}://(?:[^\s/@'\"]{{1,200}}@)?({_HOST})"),
    re.compile(rf"\bhost(?:name)?\s?[=:]\s?['\"]?({_HOST})|\bhost ['\"]({_HOST})|\bserver at ['\"]({_HOST})"),
    re.compile(
        rf"\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|dial tcp(?:: lookup)?|lookup|connect(?:ing)? to|"
        rf"UnknownHostException:|resolve)\s+['\"]?({_HOST})"
    ),
    re.compile(r"\bipv4:(\d{1,3}(?:\.\d{1,3}){3})|\b(\d{1,3}(?:\.\d{1,3}){3}):\d{2,5}\b"),
    re.compile(
        r"(?<![\w@/.-])((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z]{2,24})(?::\d{1,5})?(?![\w/(-])"
    ),
)
_NO_HOST = words("none null all the a server url host port address on in to for with timeout after")
_FILES = words(
    "py js ts json yaml yml toml txt md log html css sql csv xml java go rb php cs kt error exception"
)
_HOLDERS = words("url uri base_url host hostname endpoint netloc address server api_base")
_REQUESTS = words("http httplib requests httpx aiohttp fetch xhr okhttp net")
_OWN_LIMIT = re.compile(
    r"WORKER TIMEOUT|SoftTimeLimitExceeded|TimeLimitExceeded|Task timed out after", re.IGNORECASE
)

_DATABASE_WAIT = re.compile(
    r"lock (?:wait )?time-?out|statement timeout|lock not available|deadlock", re.IGNORECASE
)
# Clients that speak to whomever they are told; of any other library its vendor is the one that was asked.
_ANY_HOST = words(
    "requests httpx httpcore urllib3 aiohttp anyio h11 h2 axios node-fetch got undici follow-redirects superagent grpc grpcio "
    "botocore sqlalchemy psycopg psycopg2 asyncpg pymysql redis pymongo mongodb pg mysql2 ioredis kafka aiokafka celery kombu pika "
    "gunicorn uvicorn starlette fastapi django flask werkzeug sentry_sdk sentry-sdk tenacity retry urllib"
)  # fmt: skip
# What runs when a server or a task queue ends its own worker.
_STOPPING = frozenset({"handle_abort", "on_soft_timeout", "handle_timeout", "on_hard_timeout"})


@dataclass(frozen=True, slots=True)
class Outage:
    """host: who failed, "" where nothing names it. own_limit: our own process gave up waiting."""

    host: str
    own_limit: bool = False


def outage_of(facts: Facts) -> Outage | None:
    """What the fingerprint calls an outage, else what types and message say; None for anything else."""
    mark = facts.case.fingerprint
    if mark is not None and mark.kind == "outage" and mark.host:
        return Outage(mark.host.lower())
    event = facts.events[0] if facts.events else None
    if event is None or (mark is not None and mark.kind == "environment"):
        return None
    own_limit = bool(_OWN_LIMIT.search(facts.text)) or any(f.function in _STOPPING for f in all_frames(event))
    if not own_limit and not _says_so(facts):
        return None
    return Outage(next(iter(_hosts(event)), "") or _vendor(event), own_limit)


def _vendor(event: Event) -> str:
    """The service behind a client library, where no host is named: `openai` for its package."""
    name, _ = library_of((event,))
    return "" if not name or name.lower() in _ANY_HOST or not own_frames(event) else f"{name}'s service"


def _says_so(facts: Facts) -> bool:
    """A type of the kind with words of the kind, or such words of a general error; a refusal (4xx) is no outage."""
    text = facts.text
    if re.search(
        r"\b4(?:0[0-9]|1\d|2[0-9])\b (?:client error|bad|unauthori|forbidden|not found|too many)",
        text,
        re.IGNORECASE,
    ):
        return False
    if _DATABASE_WAIT.search(text):
        return False
    return any(_TYPES.search(kind) for kind in facts.types) or bool(UNREACHABLE.search(text))


def _hosts(event: Event) -> Iterable[str]:
    """Names of hosts, the most telling place first."""
    texts = [each.value[:2000] for each in reversed(event.exceptions)] + [event.message[:2000]]
    for text in texts:
        for place in _PLACES:
            for found in place.finditer(text):
                host = next((group for group in found.groups() if group), "")
                if _is_host(host):
                    yield host.lower().rstrip(".")
    for exception in reversed(event.exceptions):
        for frame in exception.frames[-1:-9:-1]:
            for name, value in frame.variables:
                if name.lower().lstrip("_") in _HOLDERS:
                    text = value[:500].strip("'\" ")
                    named = _PLACES[0].search(text) or re.fullmatch(f"({_HOST})", text)
                    if named and _is_host(named.group(1)):
                        yield named.group(1).lower()
    for crumb in reversed(event.breadcrumbs):
        if crumb.category in _REQUESTS:
            data = dict(crumb.data)
            asked = _PLACES[0].search((data.get("url") or data.get("http.url") or crumb.message)[:2000])
            if asked:
                yield asked.group(1).lower()
                return
    for name, value in (*event.tags, *event.contexts):
        if name.lower().rsplit(".", 1)[-1] in (
            "peer.service",
            "host",
            "upstream",
            "peer",
            "server_address",
        ) and _is_host(value):
            yield value.lower()


def _is_host(text: str) -> bool:
    low = text.lower()
    if low in _NO_HOST or low.rsplit(".", 1)[-1] in _FILES:
        return False
    return not low.replace(".", "").isdigit() or low.count(".") == 3
