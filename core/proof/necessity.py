"""Which hunks the tests need: drop each in turn, then prove what remains together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rootcase.core.model.drafts import Hunk
from rootcase.core.model.entries import Proved
from rootcase.core.model.ports import Stage
from rootcase.core.model.proofs import ProofResult
from rootcase.core.proof.session import NO_TIME, Session, listed
from rootcase.core.proof.suite import breaks


@dataclass(frozen=True, slots=True)
class Need:
    """Why a hunk is needed, "" where no test needs it."""

    hunk: Hunk
    why: str


async def necessity(session: Session) -> Stage:
    """A hunk is needed when the reproduction or the suite goes red without it."""
    needs: list[Need] = []
    tree = await session.workspace.apply(session.draft.accepted)
    if len(session.code) == 1:
        # Without its only code hunk the draft is what `revert` has just shown to be red.
        needs = [Need(session.code[0], f"{session.found.red_evidence} is red without it")]
    else:
        for hunk in session.code:
            if session.seconds_left <= 0:
                yield Proved(_out_of_time(session, needs, tree))
                return
            await session.say(f"without {hunk.id}")
            rest = [other for other in session.draft.accepted if other is not hunk]
            needs.append(Need(hunk, await why_red(session, rest)))
    alone = await _redundant(session, needs)
    needed = {need.hunk.id: bool(need.why) for need in needs}
    needed |= dict.fromkeys(alone, True)
    result = session.result("necessity", "ok", _summary(needs, alone), tree=tree)
    yield Proved(
        replace(
            result, hunks=tuple((hunk.id, needed[hunk.id]) for hunk in session.code),
            evidence=session.found.red_evidence,
        )
    )  # fmt: skip


async def why_red(session: Session, hunks: Sequence[Hunk]) -> str:
    """What is red with just those hunks: the reproduction, else a test of the suite; "" for nothing."""
    tried = await session.tried(hunks, session.found.selection)
    ran = {r.id for r in tried.run.passed}
    if tried.bad or any(r.id not in ran for r in session.found.red):
        return f"{session.found.red_evidence} is red without it"
    broken = await breaks(session, hunks)
    return f"{broken} without it" if broken else ""


async def _redundant(session: Session, needs: Sequence[Need]) -> list[str]:
    """Hunks that looked droppable one by one and are needed once the others are gone."""
    idle = [need.hunk for need in needs if not need.why]
    if len(idle) < 2:
        return []
    kept = list(session.draft.accepted)
    stay: list[str] = []
    for hunk in idle:
        rest = [other for other in kept if other is not hunk]
        if session.seconds_left <= 0 or await why_red(session, rest):
            stay.append(hunk.id)
        else:
            kept = rest
    return stay


def _summary(needs: Sequence[Need], alone: Sequence[str]) -> str:
    out = [f"{need.hunk.id}: {need.why}" for need in needs if need.why]
    idle = [need.hunk.id for need in needs if not need.why]
    out += [
        f"{name}: not needed alone, but needed once {listed(_others(idle, alone))} is dropped"
        for name in alone
    ]
    dropped = [name for name in idle if name not in alone]
    if dropped:
        out.append(f"no test is red without {listed(dropped)}")
    return "; ".join(out)


def _others(idle: Sequence[str], alone: Sequence[str]) -> list[str]:
    return [name for name in idle if name not in alone]


def _out_of_time(session: Session, needs: Sequence[Need], tree: str) -> ProofResult:
    known = tuple((need.hunk.id, bool(need.why)) for need in needs)
    result = session.result(
        "necessity", "skipped", f"{len(known)} of {len(session.code)} hunks tried", tree=tree, problem=NO_TIME
    )
    return replace(result, hunks=known)
