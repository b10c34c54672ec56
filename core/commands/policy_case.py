"""`rootcase policy need|waive CASE KIND`: which kinds of confidence a case needs, and which one goes without."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence

from rootcase.core.commands.casefile import folded, resolved
from rootcase.core.commands.output import say, say_json
from rootcase.core.journal.store import Store
from rootcase.core.model.confidence import CONFIDENCE_KINDS, WORDS, shown
from rootcase.core.model.delivery import ConfidenceKind
from rootcase.core.model.entries import ConfidenceChosen, ConfidenceWaived
from rootcase.core.model.errors import UsageError


async def of_case(args: argparse.Namespace, store: Store) -> int:
    """What was picked or waived is an entry with the user's name; the next run proposes by it."""
    from rootcase.core.desk import actor_of

    if not args.case:
        raise UsageError("Which case?", "", f"rootcase policy {args.what} CASE KIND")
    key = await resolved(store, args.case)
    kinds = _kinds(args.kinds)
    case = await folded(store, key)
    if args.what == "waive":
        kind = _one(kinds, args.reason)
        if shown(case, kind).done:
            raise UsageError(
                f"The {WORDS[kind]} is there already", shown(case, kind).why, "Nothing was waived."
            )
        body: ConfidenceChosen | ConfidenceWaived = ConfidenceWaived(
            kind, args.reason.strip(), case.draft.digest if case.draft else ""
        )
    else:
        body = ConfidenceChosen(kinds)
    await store.append(key, [body], actor=actor_of(dict(os.environ)))
    if args.json:
        say_json({"schema": "rootcase.policy.case/1", "case": key, "entry": body})
    else:
        told = ", ".join(WORDS[kind] for kind in kinds) or "no kind beyond the policy's"
        say(
            f"{key}  {'goes without' if args.what == 'waive' else 'needs'}: {told}. rootcase run {key} proposes by it."
        )
    return 0


def _kinds(given: Sequence[str]) -> tuple[ConfidenceKind, ...]:
    unknown = [word for word in given if word not in CONFIDENCE_KINDS]
    if unknown:
        raise UsageError(
            f"{unknown[0]} is no kind of confidence", f"Kinds: {', '.join(CONFIDENCE_KINDS)}.", ""
        )
    return tuple(kind for kind in CONFIDENCE_KINDS if kind in given)


def _one(kinds: Sequence[ConfidenceKind], reason: str) -> ConfidenceKind:
    if len(kinds) != 1:
        raise UsageError("One kind is waived at a time", f"Kinds: {', '.join(CONFIDENCE_KINDS)}.", "")
    if not reason.strip():
        raise UsageError(
            "A waiver needs a reason", "It stands in the pull request, with your name.", "--reason WHY"
        )
    return kinds[0]
