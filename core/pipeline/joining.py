"""Joining two cases that look like one: done at once while nobody has seen them, else proposed."""

from __future__ import annotations

from typing import Literal

from rootcase.core.journal.fold import fold
from rootcase.core.journal.store import Store
from rootcase.core.model.entries import JoinProposed
from rootcase.core.model.errors import UsageError

# merged: they are one now. proposed: a human is asked. apart: a human said they are two. one: they were.
Joined = Literal["merged", "proposed", "apart", "one"]


async def join(store: Store, case: str, other: str, because: str, *, keep: str = "") -> Joined:
    """Make two cases one, or ask. because: in words that a human can judge by.

    keep: the one that stays where nobody has seen either, for none the older one.

    A case that a human has seen is never re-labelled by itself: then the other one goes into it where only
    one was seen, as a proposal in the seen case's journal. A human's "these are two" ends it for ever.
    """
    case, other = await store.standing(case), await store.standing(other)
    if case == other:
        return "one"
    if await store.apart(case, other):
        return "apart"
    first = case == await store.standing(keep) if keep else await _older(store, case, other)
    kept, gone = (case, other) if first else (other, case)
    if not await store.seen(case) and not await store.seen(other):
        try:
            await store.merge(gone, kept, actor="rootcase", reason=because)
            return "merged"
        except UsageError:  # a run holds it, or another process was faster; then a human is asked
            pass
    if await store.standing(gone) == await store.standing(kept):
        return "one"
    if await store.seen(gone) and not await store.seen(kept):
        kept, gone = gone, kept
    return await _propose(store, kept, gone, because)


async def propose(store: Store, case: str, other: str, because: str) -> Joined:
    """Ask a human whether two cases are one, and leave both as they are.

    For what only looks alike: a function that may have been renamed. Asked in the case that was seen, or in the older.
    """
    case, other = await store.standing(case), await store.standing(other)
    if case == other:
        return "one"
    if await store.apart(case, other):
        return "apart"
    seen = await store.seen(case), await store.seen(other)
    asked_here = seen[0] if seen[0] != seen[1] else await _older(store, case, other)
    if not asked_here:
        case, other = other, case
    return await _propose(store, case, other, because)


async def follow_source_merge(store: Store, gone: str, into: str, where: str) -> Joined:
    """A source has merged one of its issues into another: ours follow, since somebody there decided it.

    gone, into: aliases (`sentry:123`). where: the source's name. What a human here has parted stays so.
    Where cases of a human's are concerned, the merge is still made, said in the journal with its reason and
    undone with one key; only a case with a live run, or one that was parted here, becomes a proposal.
    """
    one, other = await store.case_of(gone), await store.case_of(into)
    if not one or not other:
        return "one"
    one, other = await store.standing(one), await store.standing(other)
    if one == other:
        return "one"
    because = f"{where} merged {gone.partition(':')[2]} into {into.partition(':')[2]}"
    if await store.apart(one, other):
        return "apart"
    if not await _all_of_it(store, one, gone):
        return await _propose(store, other, one, because)
    try:
        await store.merge(one, other, actor="rootcase", reason=because)
    except UsageError:
        return await _propose(store, other, one, because)
    return "merged"


async def _all_of_it(store: Store, case: str, alias: str) -> bool:
    """Whether the source's issue is the whole case: else the merge would take along what it did not mean."""
    return all(f"{signal.source}:{signal.id}" == alias for signal in await store.signals(case))


async def _older(store: Store, case: str, other: str) -> bool:
    one, two = await store.entries(case), await store.entries(other)
    return bool(one) and (not two or one[0].at_us <= two[0].at_us)


async def _propose(store: Store, case: str, other: str, because: str) -> Joined:
    known = fold(await store.entries(case))
    if other in known.declined:
        return "apart"
    if other not in {join.other for join in known.joins}:
        await store.append(case, [JoinProposed(other, because)], actor="rootcase")
    return "proposed"
