"""A request to the local forge, and the answers and refusals it can get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rootcase.core.deliver.localforge.shapes import Fields, Json

DOCS = "https://docs.github.com/rest"


@dataclass(frozen=True)
class Asked:
    """method and path as they came; query: last value of each name; body: decoded JSON or None; login: who asks."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Json = None
    login: str = ""

    def text(self, name: str) -> str:
        value = self.body.get(name) if isinstance(self.body, dict) else None
        return value if isinstance(value, str) else ""

    def names(self, name: str) -> list[str]:
        """A list of names in the body; GitHub takes labels as plain names or as objects."""
        value = self.body.get(name) if isinstance(self.body, dict) else None
        items = value if isinstance(value, list) else []
        named = [i.get("name") if isinstance(i, dict) else i for i in items]
        return [n for n in named if isinstance(n, str)]

    def flag(self, name: str) -> bool:
        return isinstance(self.body, dict) and self.body.get(name) is True


@dataclass(frozen=True)
class Reply:
    status: int
    body: Json
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str = ""


class Refuse(Exception):
    """Ends a request with GitHub's error shape."""

    def __init__(self, status: int, message: str, errors: list[Json] | None = None) -> None:
        super().__init__(message)
        body: Fields = {"message": message, "documentation_url": DOCS, "status": str(status)}
        if errors is not None:
            body["errors"] = errors
        self.reply = Reply(status, body)


def invalid(resource: str, name: str, code: str, message: str = "") -> Refuse:
    """422 Validation Failed for one field."""
    error: Fields = {"resource": resource, "code": code, "field": name}
    if message:
        error["message"] = message
    return Refuse(422, "Validation Failed", [error])


def page(asked: Asked, items: list[Json], base: str) -> Reply:
    """One page of a list with GitHub's Link header."""
    size = min(100, max(1, int(asked.query.get("per_page", "30") or 30)))
    number = max(1, int(asked.query.get("page", "1") or 1))
    last = max(1, -(-len(items) // size))
    shown = items[(number - 1) * size : number * size]
    if last == 1:
        return Reply(200, shown)
    kept = "&".join(f"{k}={v}" for k, v in asked.query.items() if k != "page")
    address = f"{base}{asked.path}?{kept}{'&' if kept else ''}page="
    links = [f'<{address}{last}>; rel="last"']
    if number < last:
        links.insert(0, f'<{address}{number + 1}>; rel="next"')
    return Reply(200, shown, {"Link": ", ".join(links)})
