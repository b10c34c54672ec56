"""Where credentials may go: one origin, compared the way browsers do, and never a machine's own metadata."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import quote

import httpx

from rootcase.core.model.errors import AccessDenied, SourceError
from rootcase.core.safety.text import clean_line

# Names that clouds answer with their metadata; the addresses behind them are link-local (RFC 3927, RFC 4291)
# but for AWS's and Alibaba's own.
_METADATA_NAMES = frozenset(
    ("metadata.google.internal", "metadata", "instance-data", "instance-data.ec2.internal")
)
_METADATA_ADDRESSES = frozenset(
    map(ipaddress.ip_address, ("fd00:ec2::254", "100.100.100.200", "192.0.0.192", "168.63.129.16"))
)
_LINK = re.compile(r"<([^<>]{1,4000})>([^<]{0,2000})")
_PARAMETER = re.compile(
    r";\s{0,9}([a-z]{1,20})\s{0,9}=\s{0,9}(?:\"([^\"]{0,500})\"|([^\s\";,]{0,500}))", re.I
)


def base_of(service: str, address: str) -> str:
    """The configured address without a trailing slash; SourceError where credentials cannot be sent there."""
    try:
        url = httpx.URL(address.strip().rstrip("/"))
    except httpx.InvalidURL as error:
        raise SourceError(
            f"{service}: `url` is no address", clean_line(str(error)), "Write https://HOST."
        ) from None
    bad_port = url.port is not None and not 0 < url.port <= 65_535
    if url.scheme not in ("http", "https") or not url.host or url.userinfo or bad_port:
        raise SourceError(
            f"{service}: `url` is no plain web address",
            clean_line(f"{url.scheme}://{url.host}", limit=200),
            "Write https://HOST, without user and password; the token goes into token_env.",
        )
    if is_metadata(url.host):
        raise AccessDenied(
            f"{service}: `url` is a machine's metadata address",
            clean_line(url.host, limit=200),
            "No service of the trade answers there; nothing was sent. Correct `url` of this source.",
        )
    return str(url.copy_with(query=None, fragment=None)).rstrip("/")


def within(service: str, base: httpx.URL, address: str, *, what: str) -> httpx.URL:
    """`address` against `base`, which is where the credentials belong; AccessDenied where it leads elsewhere.

    what: how the service came to name it, for the error (`redirects to`, `names a page at`).
    """
    try:
        url = base.join(address)
    except (httpx.InvalidURL, ValueError):
        raise SourceError(
            f"{service} points to something that is no address",
            clean_line(address, limit=200),
            "Nothing was sent there. If it lasts, tell the people who run that service.",
        ) from None
    if url.userinfo or origin(url) != origin(base):
        raise AccessDenied(
            f"{service} {what} another address",
            f"{shown(url)} would get the token that is meant for {shown(base)}.",
            "Nothing was sent there. If the service moved, change `url` of this source.",
        )
    return url


def origin(url: httpx.URL) -> tuple[str, bytes, int]:
    """Scheme, host as it goes over the wire (IDNA) and port with the default filled in (RFC 6454)."""
    return url.scheme, url.raw_host.lower(), url.port or (443 if url.scheme == "https" else 80)


def is_metadata(host: str) -> bool:
    """Whether a host is link-local or a cloud's metadata service, in any spelling of the address."""
    name = host.strip("[]").rstrip(".").lower()
    if name in _METADATA_NAMES:
        return True
    found = _address(name)
    if found is None:
        return False
    inner = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return any(each.is_link_local or each in _METADATA_ADDRESSES for each in (found, inner) if each)


def shown(url: httpx.URL) -> str:
    """Scheme, host and port, fit for an error message."""
    return clean_line(f"{url.scheme}://{url.netloc.decode(errors='replace')}", limit=200)


def path_of(*parts: str) -> str:
    """Path segments, each encoded whole (`a/b` is one: `a%2Fb`). SourceError for what would climb (`..`)."""
    for part in parts:
        if part in ("", ".", ".."):
            raise SourceError(
                "An id cannot be part of an address",
                f"{part!r} would name another page.",
                "Check the id that was given.",
            )
    return "/".join(quote(part, safe="") for part in parts)


def next_link(headers: Mapping[str, str]) -> str:
    """The `next` address of a Link header (RFC 8288), "" where there is none or it holds nothing.

    Sentry names a next page always and says `results="false"`; GlitchTip wraps the header in `{'…'}`.
    """
    for found in _LINK.finditer(headers.get("link", "")[:20_000]):
        said = {name.lower(): quoted or bare for name, quoted, bare in _PARAMETER.findall(found[2])}
        if said.get("rel", "").lower() == "next" and said.get("results", "true").lower() == "true":
            return found[1].strip()
    return ""


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An IP address, also as the one to four decimal, octal or hexadecimal numbers that resolvers take."""
    try:
        return ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        pass
    parts = name.split(".")
    if not 1 <= len(parts) <= 4:
        return None
    numbers: list[int] = []
    for part in parts:
        if not re.fullmatch(r"0x[0-9a-f]{1,10}|[0-9]{1,12}", part):
            return None
        octal = part.startswith("0") and len(part) > 1 and not part.startswith("0x")
        try:
            numbers.append(int(part, 8 if octal else 0))
        except ValueError:
            return None
    *high, last = numbers
    if any(each > 255 for each in high) or last >= 256 ** (5 - len(numbers)):
        return None
    value = sum(each << (24 - 8 * place) for place, each in enumerate(high)) + last
    return ipaddress.IPv4Address(value)
