"""Failures to reach another host: one upstream outage is one case, however many call sites it hits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from rootcase.core.cluster.names import type_name, words
from rootcase.core.model.events import Breadcrumb, ExceptionInfo

How = Literal["unreachable", "slow"]

_CONNECTING = words(
    "ConnectionError ConnectError ConnectTimeout ConnectTimeoutError ConnectionTimeout NewConnectionError "
    "NameResolutionError gaierror herror SSLError SSLCertVerificationError SSLEOFError SSLZeroReturnError "
    "ClientConnectorError ClientConnectorDNSError ClientConnectorSSLError ClientConnectionError ClientOSError "
    "ServerDisconnectedError ConnectionRefusedError ConnectionResetError RemoteDisconnected RemoteProtocolError "
    "EndpointConnectionError ConnectionTimeoutError ProxyError NetworkError APIConnectionError ServiceUnavailable "
    "BadGateway GatewayTimeout UnknownHostException SocketException URLError ProtocolError ConnectException "
    "NoRouteToHostException ConnectTimeoutException HttpHostConnectException ECONNREFUSED ECONNRESET EHOSTUNREACH "
    "SSLHandshakeException ConnectionFailed SocketError HttpRequestException OpError DNSError OpenTimeout "
    "ConnectionRefused CommunicationsException JDBCConnectionException CannotGetJdbcConnectionException"
)
_WAITING = words(
    "ReadTimeout ReadTimeoutError TimeoutError ServerTimeoutError SocketTimeoutException APITimeoutError "
    "TimeoutException WriteTimeout Timeout ReadError WriteError HttpTimeoutException ReadTimeoutException "
    "AsyncRequestTimeoutException TaskCanceledException ETIMEDOUT ESOCKETTIMEDOUT ConnectTimeoutError"
)
_RETRIES = words(
    "Error panic error FetchError AxiosError TypeError PDOException RequestException IOException "
    "RedisConnectionException NpgsqlException SqlException PSQLException MongoNetworkError MySQLError "
    "Exception RuntimeError RuntimeException wrapError MaxRetryError RetryError OSError HTTPError "
    "HTTPStatusError OperationalError InterfaceError DatabaseError ClientResponseError AutoReconnect "
    "ServerSelectionTimeoutError "
)
_SAYS_UNREACHABLE = re.compile(
    r"connection (?:refused|reset|aborted|timed out)|could not connect|can't connect|connection to server"
    r"|name or service not known|name resolution|nodename nor servname|no address associated|getaddrinfo"
    r"|no route to host|network is unreachable|server closed the connection|max retries exceeded"
    r"|connect: |no such host|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH"
    r"|failed to connect to|could not resolve host"
    r"|couldn't connect to server|failed to open tcp connection|error trying to connect|socket hang up|actively refused"
    r"|i/o timeout|communications link failure|remote end closed|connect call failed"
    r"|(?<![\w/?&=:.-])50[234]\b|\b(?:status|code)(?:_code)?[=:] ?50[234]\b"
    r"|bad gateway|service unavailable|gateway time-?out",
    re.IGNORECASE,
)
_HOST = r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?"
_URL = re.compile(
    rf"\b[a-z][a-z0-9+]{{1,20}}://(?:[^\s/@'\"]{{1,200}}@)?({_HOST})(?::(\d{{1,5}}))?(/[^\s'\"?#)]{{0,300}})?"
)
_NAMED = re.compile(
    rf"(?:\bhost(?:name)?\s?=\s?['\"]?|\bhost ['\"]?|\bserver at ['\"]|\bconnecting to |\bresolve ['\"]?"
    rf"|\bdial (?:tcp|udp) (?:lookup )?|\b(?:ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT"
    rf"|EHOSTUNREACH) |\bconnect to (?!host\b|server\b|the\b)"
    rf"|\bresolve host:? |\bconnection to (?:tcp://)?['\"]?|\bopen TCP connection to "
    rf"|\bConnection refused \(|\baddress \(?['\"]|\bcall failed \(['\"]|\bfor ['\"]|\bto ['\"])({_HOST})"
    r"(?:['\"]?(?:, ?(?:port ?=? ?)?|:)(\d{1,5}))?"
)
_DOMAIN = re.compile(
    r"(?<![\w@/.-])((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z]{2,24})(?::(\d{1,5}))?(?![\w/(-])"
)
_CONNECT_FUNCTIONS = words("connect create_connection getaddrinfo connect_tcp _new_conn do_handshake")
_FILE_ENDINGS = words(
    "py pyc js ts json yaml yml toml txt md log html css sql csv xml lock sock cfg ini rb go"
)
_HOST_VARIABLES = words("url uri base_url host hostname endpoint netloc address server api_base")
_LOCAL = re.compile(
    r"^(?:localhost|127\.|0\.0\.0\.0|::1$|10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.)"
)


@dataclass(frozen=True, slots=True)
class Outage:
    """host: with its port where it is a local one. path: of a slow endpoint, with its values taken out.

    reading: it is certain that the host was reached and did not answer in time.
    """

    host: str
    how: How
    path: str = ""
    told_by: str = ""
    reading: bool = False


def find_outage(chain: Sequence[ExceptionInfo], breadcrumbs: Sequence[Breadcrumb]) -> Outage | None:
    """The host that a chain could not reach, or None where it is no outage or the host is not known."""
    how = _how(chain)
    if how is None:
        return None
    found = None
    reading = how == "slow" and _is_reading(chain)
    for told_by, host, port, path in _hosts(chain, breadcrumbs):
        if _LOCAL.match(host):
            local = f"{host}:{port}" if port and int(port) < 32768 else host
            found = found or Outage(local, how, _path_template(path), told_by, reading)
        else:
            found = Outage(host.lower().rstrip("."), how, _path_template(path), told_by, reading)
            break
    return found


_SAYS_SLOW = re.compile(
    r"read timed out|awaiting headers|context deadline exceeded|operation timed out after"
    r"|request timed out|timeout of \d+ ?ms"
    r"|Timeout was reached|HttpClient\.Timeout|ReadTimeout|response timeout|body timeout|headers timeout",
    re.IGNORECASE,
)


def _is_reading(chain: Sequence[ExceptionInfo]) -> bool:
    return any(
        type_name(item.type).startswith(("Read", "ServerTimeout"))
        or _SAYS_SLOW.search((item.value or "")[:400])
        for item in chain
    )


def is_network(kind: str, said: str) -> str:
    """`slow` or `unreachable` for an error that tells of a connection by its type or words, else ""."""
    return _how_told((kind,), said, False) or ""


def _how(chain: Sequence[ExceptionInfo]) -> How | None:
    types = [type_name(item.type) for item in chain]
    messages = " ".join((item.value or "")[:400] for item in chain)
    return _how_told(types, messages, _connecting_frames(chain))


def _how_told(types: Sequence[str], messages: str, connecting: bool) -> How | None:
    if any(kind in _CONNECTING for kind in types):
        slow = any(kind.startswith("Read") for kind in types) or (
            "timed out" in messages and set(types) & _WAITING and not connecting
        )
        return "slow" if slow and not _SAYS_UNREACHABLE.search(messages) else "unreachable"
    if any(kind in _WAITING for kind in types):
        reached = not (connecting or _SAYS_UNREACHABLE.search(messages))
        return "slow" if reached else "unreachable"
    if any(kind in _RETRIES for kind in types):
        if _SAYS_SLOW.search(messages):
            return "slow"
        if _SAYS_UNREACHABLE.search(messages):
            return "unreachable"
    return None


def _connecting_frames(chain: Sequence[ExceptionInfo]) -> bool:
    last = chain[0].frames[-3:] if chain else ()
    return any((frame.function or "").rsplit(".", 1)[-1] in _CONNECT_FUNCTIONS for frame in last)


def _hosts(
    chain: Sequence[ExceptionInfo], breadcrumbs: Sequence[Breadcrumb]
) -> Iterable[tuple[str, str, str, str]]:
    """(told by, host, port, path), the most telling first."""
    for item in reversed(chain):
        text = (item.value or "")[:2000]
        for pattern in (_URL, _NAMED, _DOMAIN):
            for match in pattern.finditer(text):
                host, port = match.group(1), match.group(2) or ""
                if _is_host(host):
                    yield (
                        "the message",
                        host,
                        port,
                        (match.group(3) or "") if pattern is _URL else _url_part(text),
                    )
    for item in reversed(chain):
        for frame in item.frames[-1:-9:-1]:
            for name, printed in frame.variables:
                if (name or "").lower().lstrip("_") in _HOST_VARIABLES:
                    yield from _in_variable(printed or "")
    for crumb in reversed(breadcrumbs):
        if (crumb.category or "") in ("http", "httplib", "requests", "httpx", "aiohttp", "fetch", "xhr"):
            data = dict(crumb.data)
            text = data.get("url") or data.get("http.url") or crumb.message or ""
            found = _URL.search(text[:2000])
            if found:
                yield "the last request before it", found.group(1), found.group(2) or "", found.group(3) or ""
                return


def _in_variable(printed: str) -> Iterable[tuple[str, str, str, str]]:
    text = printed[:1000].strip("'\"")
    if match := _URL.search(text):
        yield "a local variable", match.group(1), match.group(2) or "", match.group(3) or ""
    elif re.fullmatch(_HOST, text) and _is_host(text):
        yield "a local variable", text, "", ""


def _is_host(text: str) -> bool:
    if text.rsplit(".", 1)[-1].lower() in _FILE_ENDINGS or text.lower() in (
        "none",
        "url",
        "the",
        "server",
        "null",
    ):
        return False
    return not text.replace(".", "").isdigit() or text.count(".") == 3


def _url_part(text: str) -> str:
    match = re.search(r"with url: (/[^\s?#)]{0,300})", text)
    return match.group(1) if match else ""


def _path_template(path: str) -> str:
    pieces = [piece for piece in path.split("/") if piece][:6]
    return "/" + "/".join(
        "<v>" if any(c.isdigit() for c in piece) and piece[:1] != "v" else piece for piece in pieces
    )
