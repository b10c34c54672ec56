"""Cases whose failing lines are one line by git's own history: renamed or moved code, proposed as one case."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

from rootcase.core.codemap.head import Head
from rootcase.core.journal.fold import fold
from rootcase.core.journal.store import Store
from rootcase.core.model.case import Case
from rootcase.core.model.code import CodePath, MappedFrame
from rootcase.core.model.entries import JoinProposed
from rootcase.core.model.ports import Repository

# Each of them costs a diff or two; the newest of the same error are asked about.
MOST_CASES = 12
SURE = ("confirmed", "probable")


async def renamed(
    case: Case, code: CodePath, repository: Repository, store: Store
) -> AsyncIterator[JoinProposed]:
    """A proposal for each open case of the same error that failed at this very line, under another name.

    Args: code: the case's own map, just made. A line counts as the same where git leads it there unchanged
    from the release that the other case failed in.
    """
    mine, kind = _failing(code), case.fingerprint.type if case.fingerprint else ""
    if mine is None or not code.release_commit or not kind:
        return
    known = {join.other for join in case.joins} | set(case.declined) | {case.key}
    rows = [row for row in await store.open_rows(case.service) if row.type == kind and row.key not in known]
    for row in sorted(rows, key=lambda row: -row.last_seen_us)[:MOST_CASES]:
        other = fold(await store.entries(row.key))
        their = _failing(other.code) if other.code else None
        if other.code is None or their is None or not _comparable(case, other, code, other.code):
            continue
        if (their.path, their.qualified_name) == (mine.path, mine.qualified_name):
            continue  # two faults of one function are told apart by their fingerprints, not joined by their place
        followed = await Head(repository, other.code.release_commit, code.release_commit, ()).follow(
            replace(their, head_path="", head_line=0)
        )
        if followed.head_status in ("same", "moved") and _place(followed) == (mine.path, mine.line):
            because = (
                f"{their.qualified_name or their.path} of {other.code.release} is "
                f"{mine.qualified_name or mine.path} since {code.release}: git follows the failing line there"
            )
            yield JoinProposed(row.key, because)


def _failing(code: CodePath) -> MappedFrame | None:
    failing = code.failing
    return failing if failing is not None and failing.verdict in SURE else None


def _comparable(case: Case, other: Case, code: CodePath, theirs: CodePath) -> bool:
    """In one repository, at two releases, and nobody has parted them."""
    apart = case.key in other.declined or case.key in {join.other for join in other.joins}
    return (
        theirs.repository == code.repository
        and bool(theirs.release_commit)
        and theirs.release_commit != code.release_commit
        and not other.merged_into
        and not apart
    )


def _place(frame: MappedFrame) -> tuple[str, int]:
    return (frame.head_path, frame.head_line)
