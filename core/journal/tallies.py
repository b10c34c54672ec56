"""What the statistics count, kept a row a case beside its inbox row; inside the caller's transaction."""

from __future__ import annotations

import sqlite3

from rootcase.core.model.case import Case
from rootcase.core.model.history import DO_NOTHING, MomentKind

# Rules that leave a case alone because somebody, or another case of ours, has it.
DUPLICATE_RULES = frozenset({"human_owns_it", "already_have_a_case"})
COLUMNS = (
    "journal, repository, service, opened_us, cause_us, ticket_us, pull_us, merged_us, closed_us, verified_us,"
    " wrong_us, edited, duplicates, last_us"
)
MARKS = ", ".join("?" * len(COLUMNS.split(",")))


def save(connection: sqlite3.Connection, case: Case) -> None:
    """The case's rows, written anew."""

    def first(kind: MomentKind) -> int:
        return next((each.at_us for each in case.moments if each.kind == kind), 0)

    moments = (
        case.opened_us, first("cause"), first("ticket"), first("pull_request"), first("merged"), _closed_us(case),
        first("verified"), _wrong_us(case),
    )  # fmt: skip
    edited = bool(case.after and case.after.pull.edited)
    connection.execute(
        f"INSERT OR REPLACE INTO tally ({COLUMNS}) VALUES ({MARKS})",
        (case.key, case.repository, case.service, *moments, edited, _duplicates(case), max(moments)),
    )
    connection.executemany(
        "INSERT OR REPLACE INTO tally_rule VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (case.key, each.rule, each.verdict, each.at_us, each.overruled, case.repository, case.service)
            for each in case.asked
        ],
    )


def _closed_us(case: Case) -> int:
    """When the pull request was closed without a merge, and is so still."""
    closed = case.after is not None and case.after.pull.state == "closed"
    return max((each.at_us for each in case.moments if each.kind == "closed"), default=0) if closed else 0


def _wrong_us(case: Case) -> int:
    """When it showed that a pull request was wrong, the first time; a later one that helped takes nothing back."""
    merged_us = 0
    for each in case.moments:
        if each.kind == "merged":
            merged_us = each.at_us
        elif each.kind == "reverted" or (each.kind == "recurred" and _soon(each.at_us, merged_us)):
            return each.at_us
    return _closed_us(case)


def _soon(at_us: int, merged_us: int) -> bool:
    from rootcase.core.model.aftermath import WRONG_WITHIN_US

    return at_us <= merged_us + WRONG_WITHIN_US


def _duplicates(case: Case) -> int:
    """Cases that went into this one, and one more where it was left to who has it."""
    left = any(
        each.rule in DUPLICATE_RULES and each.verdict in DO_NOTHING and not each.overruled
        for each in case.asked
    )
    return len(case.took) + left


def missing(connection: sqlite3.Connection, limit: int) -> list[str]:
    """Cases that no row is kept of yet: they were written by a version that counted nothing."""
    rows = connection.execute(
        "SELECT key FROM inbox WHERE key NOT IN (SELECT journal FROM tally) LIMIT ?", (limit,)
    )
    return [key for (key,) in rows]
