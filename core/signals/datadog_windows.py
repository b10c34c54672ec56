"""Error Tracking's search, which shows 100 issues and no next page: the time is halved until all of it fits."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, replace

from rootcase.core.signals.answers import rows_of
from rootcase.core.signals.client import Client
from rootcase.core.signals.lookback import SECOND_US, iso, millis
from rootcase.core.signals.loose import first_text, items, number, table

SEARCH = "api/v2/error-tracking/issues/search"
INCLUDE = (("include", "issue,issue.assignee,issue.team_owners,issue.case"),)
# The most that one search answers (contract, POST /error-tracking/issues/search).
MOST = 100
NARROWEST_US = 60 * SECOND_US
MOST_SEARCHES = 300


@dataclass(frozen=True, slots=True)
class Found:
    """An issue with what the windows counted. windows: how many it was seen in; users only add up within one."""

    id: str
    total: int
    users: int
    sessions: int
    issue: Mapping[str, object]
    included: Mapping[str, Mapping[str, object]]
    windows: int = 1


@dataclass(frozen=True, slots=True)
class Window:
    """What one stretch of time held. cut: what stays hidden even there, in words."""

    found: tuple[Found, ...]
    cut: str = ""


async def windows(
    client: Client, query: str, states: Sequence[str], from_us: int, to_us: int
) -> AsyncGenerator[Window]:
    """Every stretch of the time, newest first, none with more than Datadog shows at once unless it says so."""
    left = [(from_us, to_us)]
    searches = 0
    while left:
        start, end = left.pop()
        if searches >= MOST_SEARCHES:
            yield Window((), f"stopped after {MOST_SEARCHES} searches; issues before {iso(end)} are not read")
            return
        searches += 1
        found = await search(client, query, states, start, end)
        if len(found) < MOST:
            yield Window(found)
        elif end - start <= NARROWEST_US:
            yield Window(found, f"Datadog shows {MOST} issues at once; more are hidden around {iso(start)}")
        else:
            middle = start + (end - start) // 2
            left += [(start, middle), (middle, end)]


async def search(
    client: Client, query: str, states: Sequence[str], from_us: int, to_us: int
) -> tuple[Found, ...]:
    """The issues with events in that time, at most 100."""
    attributes: dict[str, object] = {
        "query": query,
        "from": millis(from_us),
        "to": millis(to_us) + 1,
        "persona": "ALL",
        "order_by": "TOTAL_COUNT",
    }
    if states:
        attributes["states"] = list(states)
    body = {"data": {"type": "search_request", "attributes": attributes}}
    answer = (await client.search(SEARCH, body, object, INCLUDE)).value
    rows_of(client.service, answer, "data")
    return found_in(answer)


def found_in(answer: object) -> tuple[Found, ...]:
    """The issues of an answer with what is included about them."""
    raw = table(answer)
    included = included_in(raw)
    found = []
    for row in map(table, items(raw.get("data"))):
        named = table(table(table(row.get("relationships")).get("issue")).get("data"))
        issue_id = first_text(named, "id") or first_text(row, "id")
        counts = table(row.get("attributes"))
        found.append(
            Found(
                id=issue_id,
                total=number(counts.get("total_count")),
                users=number(counts.get("impacted_users")),
                sessions=number(counts.get("impacted_sessions")),
                issue=included.get(f"issue/{issue_id}", {}),
                included=included,
            )
        )
    return tuple(found)


def included_in(answer: Mapping[str, object]) -> Mapping[str, Mapping[str, object]]:
    """Included things by `type/id`."""
    rows = [table(each) for each in items(answer.get("included"))]
    return {f"{first_text(each, 'type')}/{first_text(each, 'id')}": each for each in rows}


def merged(known: Found | None, more: Found) -> Found:
    """The same issue of two windows: events add up, users and sessions may be the same ones twice."""
    if known is None:
        return more
    return replace(
        known,
        total=known.total + more.total,
        users=max(known.users, more.users),
        sessions=max(known.sessions, more.sessions),
        issue=known.issue or more.issue,
        windows=known.windows + 1,
    )
