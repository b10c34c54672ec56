"""Which of a Bugsink's projects are read: their API ids, found by what people call them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import msgspec

from rootcase.core.model.errors import ConfigError
from rootcase.core.signals.bugsink_wire import API, Listed
from rootcase.core.signals.client import Client
from rootcase.core.signals.loose import decode, first_text, table
from rootcase.core.signals.origin import path_of


@dataclass(frozen=True, slots=True)
class Projects:
    """ids: of the projects to read. names: id → slug, of all that are known."""

    ids: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)


async def projects_of(
    client: Client, label: str, wanted: Sequence[str], known: Mapping[str, str]
) -> Projects:
    """The projects to read, by slug, name or id; all that the token sees where none is wanted.

    known: names that an earlier listing found, which are not asked for again. ConfigError for one that is not there.
    """
    by_name = {name: project for project, name in known.items()}
    if wanted and all(each in by_name or each in known for each in wanted):
        return Projects(tuple(dict.fromkeys(by_name.get(each, each) for each in wanted)), known)
    rows = [table(decode(bytes(raw))) for raw in await _all(client, f"{API}/projects/")]
    names = {first_text(row, "id"): first_text(row, "slug", "name") for row in rows}
    if not wanted:
        return Projects(tuple(names), names)
    found: list[str] = []
    for each in wanted:
        ids = [first_text(row, "id") for row in rows if each in _called(row)]
        if not ids:
            raise ConfigError(
                f"Bugsink ({label}) has no project {each!r}",
                f"The token sees: {', '.join(names.values()) or 'none'}.",
                "Correct `projects` of this source.",
            )
        found += ids
    return Projects(tuple(dict.fromkeys(found)), names)


async def name_of(client: Client, project: str) -> str:
    """What people call a project."""
    row = table((await client.get(f"{API}/projects/{path_of(project)}/", object)).value)
    return first_text(row, "slug", "name")


def cursor_in(address: str | None) -> str:
    """The cursor of a `next` address, "" where there is none."""
    return (parse_qs(urlsplit(address or "").query).get("cursor") or [""])[0]


async def _all(client: Client, path: str) -> Sequence[msgspec.Raw]:
    found: list[msgspec.Raw] = []
    page, asked = "", {""}
    while True:
        listed = (await client.get(path, Listed, [("cursor", page)] if page else ())).value
        found += listed.results
        page = cursor_in(listed.next)
        if page in asked:
            return found
        asked.add(page)


def _called(row: Mapping[str, object]) -> tuple[str, str, str]:
    return first_text(row, "slug"), first_text(row, "name"), first_text(row, "id")
