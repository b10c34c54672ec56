"""The small grammar of the report's page: nothing gets into it but escaped text and our own tags."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from urllib.parse import urlsplit

from rootcase.core.safety.text import clean, clean_line


class Html(str):
    """Markup that may go into a page as it is. Only this module and the page's own words make it."""

    __slots__ = ()


def text(value: str) -> Html:
    """Any text as text: hostile characters are made visible, markup is escaped."""
    return Html(escape(clean(value), quote=True))


def put(part: str | Html) -> Html:
    return part if isinstance(part, Html) else text(part)


def joined(parts: Iterable[str | Html], between: str = "") -> Html:
    return Html(between.join(put(part) for part in parts))


def tag(name: str, *parts: str | Html, css: str = "") -> Html:
    """An element with a class; name and css are words of ours."""
    attribute = f' class="{escape(css, quote=True)}"' if css else ""
    return Html(f"<{name}{attribute}>{joined(parts)}</{name}>")


def link(address: str, words: str = "") -> Html:
    """A link where the address can be nothing but a web page, else its text alone."""
    shown = words or address
    if not is_web(address):
        return text(shown)
    return Html(
        f'<a href="{escape(clean_line(address), quote=True)}" rel="noreferrer noopener">{text(shown)}</a>'
    )


def is_web(address: str) -> bool:
    """Whether it is an http or https address with a host and without credentials."""
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False


def section(title: str, *parts: str | Html) -> Html:
    """A heading and what is under it; nothing where that is empty."""
    body = joined(parts)
    return Html(f"{tag('h2', title)}\n{body}\n") if body else Html("")


def bullets(items: Sequence[str | Html]) -> Html:
    return Html("<ul>\n" + "\n".join(tag("li", item) for item in items) + "\n</ul>") if items else Html("")


def table(heads: Sequence[str], rows: Sequence[Sequence[str | Html]]) -> Html:
    """A table whose first column is a moment."""
    if not rows:
        return Html("")
    top = tag("tr", *(tag("th", head) for head in heads))
    body = "\n".join(
        tag("tr", *(tag("td", cell, css="" if number else "when") for number, cell in enumerate(row)))
        for row in rows
    )
    return Html(f"<table>\n<thead>{top}</thead>\n<tbody>\n{body}\n</tbody>\n</table>")


def diff(value: str) -> Html:
    """A unified diff, a line each, added and removed ones marked."""
    lines = []
    for line in clean(value).splitlines():
        kind = "good" if line[:1] == "+" else "bad" if line[:1] == "-" else "muted" if line[:1] == "@" else ""
        lines.append(tag("span", line or " ", css=kind))
    return tag("pre", *lines) if lines else Html("")
