"""What Rootcase changes at a Sentry issue, as the request that does it and how one sees that it was so before.

Source: PUT organizations/{org}/issues/{id}/, which takes a partial body and sets a state: a repeat is harmless.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence

from rootcase.core.model.errors import SourceError
from rootcase.core.signals.loose import first_text, items, moment, table
from rootcase.core.signals.protocol import Act, Deed

ACTS: frozenset[Act] = frozenset(("assign", "unassign", "snooze", "unsnooze", "resolve", "reopen"))
NEXT_RELEASE = "next"
# Two looks at a clock are this far apart at most when they mean the same moment.
_SAME_MOMENT_US = 90 * 1_000_000


def body_of(deed: Deed, assignee: str, now_us: int | None = None) -> Mapping[str, object]:
    """The request's body. assignee: `user:ID`, `team:ID`, an e-mail address or a user name."""
    match deed.act:
        case "assign":
            return {"assignedTo": assignee}
        case "unassign":
            return {"assignedTo": ""}
        case "snooze":
            return _snoozed(deed.until_us, time.time_ns() // 1000 if now_us is None else now_us)
        case "resolve" if deed.release == NEXT_RELEASE:
            return {"status": "resolved", "statusDetails": {"inNextRelease": True}}
        case "resolve" if deed.release:
            return {"status": "resolved", "statusDetails": {"inRelease": deed.release}}
        case "resolve":
            return {"status": "resolved"}
        case "reopen" | "unsnooze":
            return {"status": "unresolved"}
        case _:
            raise SourceError(
                f"Sentry cannot {deed.act}",
                "It knows no such state of an issue.",
                "Assign it to you, or archive it for a while.",
            )


def already(deed: Deed, assignee: str, issue: Mapping[str, object]) -> bool:
    """Whether the issue is as the deed wants it."""
    status = first_text(issue, "status")
    details = table(issue.get("statusDetails"))
    match deed.act:
        case "assign":
            return _is(table(issue.get("assignedTo")), assignee)
        case "unassign":
            return not issue.get("assignedTo")
        case "snooze":
            until_us = moment(details.get("ignoreUntil"))
            return status == "ignored" and abs(until_us - deed.until_us) < _SAME_MOMENT_US
        case "resolve" if deed.release == NEXT_RELEASE:
            return status == "resolved" and details.get("inNextRelease") is True
        case "resolve":
            return status == "resolved" and (not deed.release or details.get("inRelease") == deed.release)
        case _:
            return status == "unresolved"


def kept(body: Mapping[str, object], answer: object) -> str:
    """The state that Sentry kept instead of the asked one, "" where it did as asked or does not say."""
    wanted, got = body.get("status"), first_text(table(answer), "status")
    return got if isinstance(wanted, str) and got and got != wanted else ""


def known_as(me: Sequence[str]) -> str:
    """The name by which Sentry can be told to assign to this engineer: an e-mail address before a user name."""
    fit = [each.strip() for each in me if each.strip() and " " not in each.strip()]
    return next((each for each in fit if "@" in each), fit[0] if fit else "")


def team_in(answer: object, slug: str) -> str:
    """`team:ID` of the team with that slug or name in a list of teams, "" where none has it."""
    for team in map(table, items(answer)):
        if slug.casefold() in (first_text(team, "slug").casefold(), first_text(team, "name").casefold()):
            return f"team:{first_text(team, 'id')}"
    return ""


def _snoozed(until_us: int, now_us: int) -> Mapping[str, object]:
    if not until_us:
        return {"status": "ignored", "substatus": "archived_until_escalating"}
    minutes = math.ceil((until_us - now_us) / 60_000_000)
    if minutes < 1:
        raise SourceError(
            "A snooze must end later than now", "The given time is over.", "Give a time in the future."
        )
    return {
        "status": "ignored",
        "statusDetails": {"ignoreDuration": minutes},
        "substatus": "archived_until_condition_met",
    }


def _is(person: Mapping[str, object], assignee: str) -> bool:
    """Whether the present assignee is the wanted one, in any of the spellings Sentry takes."""
    kind, _, identity = assignee.rpartition(":")
    if kind in ("user", "team"):
        return first_text(person, "type") in (kind, "") and first_text(person, "id") == identity
    names = [first_text(person, name).casefold() for name in ("email", "username", "name", "id")]
    return bool(person) and person.get("type") != "team" and assignee.casefold() in names
