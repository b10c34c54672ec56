"""The pages of Dynatrace's problems: the window is always sent, a next key goes alone, and what was cut is said."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace

from rootcase.core.model.errors import SourceError
from rootcase.core.model.signals import Signal
from rootcase.core.signals.answers import rows_of
from rootcase.core.signals.client import Client, Query
from rootcase.core.signals.dynatrace_selector import criterion
from rootcase.core.signals.dynatrace_wire import entity_tags, texts
from rootcase.core.signals.faults import Forbidden, NotFound
from rootcase.core.signals.lookback import millis
from rootcase.core.signals.loose import first_text, items, number, table
from rootcase.core.signals.origin import path_of

FIELDS = ("fields", "evidenceDetails,impactAnalysis,recentComments")
PAGE = 250
MOST_PAGES = 200
# Tags by which people commonly name who owns an entity.
OWNING = ("owner", "team", "squad", "dt.owner")
DISPLAY_ID = re.compile(r"P-\d{1,15}")


@dataclass(frozen=True, slots=True)
class ProblemPage:
    """key: how to ask for the next page, "" after the last. total: of the whole listing. cut: in words."""

    problems: tuple[Mapping[str, object], ...]
    key: str
    total: int
    cut: str


async def problem_pages(client: Client, since_us: int, key: str, chosen: str) -> AsyncIterator[ProblemPage]:
    """Problems of the time since `since_us`, newest first. key: to go on where an earlier listing stopped."""
    begin: Query = [FIELDS, ("from", str(millis(since_us))), ("pageSize", str(PAGE)), ("sort", "-startTime")]
    begin = [*begin, ("problemSelector", chosen)] if chosen else begin
    seen: set[str] = set()
    for page in range(1, MOST_PAGES + 1):
        try:
            # With a next key all other parameters must be left out, but `fields` must be repeated (contract).
            asked = [FIELDS, ("nextPageKey", key)] if key else begin
            answer = table((await client.get("problems", object, asked)).value)
        except SourceError:
            if not key or seen:
                raise
            # The key of an earlier run has run out: begin again.
            answer = table((await client.get("problems", object, begin)).value)
        key = first_text(answer, "nextPageKey", limit=4000)
        cut = "; ".join(texts(items(answer.get("warnings"))))
        if key in seen:
            key, cut = "", "Dynatrace named the same page twice; older problems are missing"
        elif key and page == MOST_PAGES:
            key, cut = "", f"stopped after {MOST_PAGES} pages of {PAGE} problems; older ones are missing"
        seen.add(key)
        problems = tuple(table(each) for each in rows_of(client.service, answer, "problems"))
        yield ProblemPage(problems, key, number(answer.get("totalCount")), cut)
        if not key:
            return


async def one_problem(client: Client, problem_id: str, since: str) -> Mapping[str, object] | None:
    """A problem by its id, or by its display id (`P-…`) among those since `since`; None where there is none."""
    if DISPLAY_ID.fullmatch(problem_id):
        asked = [FIELDS, ("from", since), ("problemSelector", criterion("displayId", problem_id))]
        answer = table((await client.get("problems", object, asked)).value)
        return next((table(each) for each in items(answer.get("problems"))), None)
    try:
        return table((await client.get(path(problem_id), object, [FIELDS])).value)
    except NotFound:
        return None


async def with_owners(client: Client, signal: Signal) -> Signal:
    """The signal with the tags of its root cause's entity, and who owns that by them."""
    entity = dict(signal.tags).get("root_cause_entity", "")
    if not entity:
        return signal
    try:
        answer = await client.get(f"entities/{path_of(entity)}", object, [("fields", "+tags")])
    except NotFound:
        return signal  # the problem outlives what it was about
    except Forbidden as fault:
        return replace(signal, partial=f"owners of the root cause could not be read: {fault.title}")
    tags = entity_tags(table(answer.value), "tags")
    owners = tuple(value for name, value in tags if name.lower() in OWNING)
    return replace(signal, owners=owners, tags=tuple(dict.fromkeys((*signal.tags, *tags))))


def path(*parts: str) -> str:
    return f"problems/{path_of(*parts)}"
