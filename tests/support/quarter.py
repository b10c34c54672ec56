"""A store with a quarter of cases in it, told as real entries by a clock of its own: what statistics are made of."""

from __future__ import annotations

import random
from pathlib import Path

from rootcase.core.journal.sqlite import SqliteStore
from rootcase.core.model.aftermath import Landing, Pull, Recurrence, Verification
from rootcase.core.model.entries import (
    Body,
    CaseOpened,
    ClaimMade,
    EffectDone,
    FixLanded,
    FixRecurred,
    FixVerified,
    GateDecided,
    PullSeen,
    SignalSeen,
    VerdictOverridden,
)
from rootcase.core.model.evidence import Citation, Claim
from rootcase.core.model.fingerprints import Fingerprint
from rootcase.core.model.signals import Signal
from rootcase.core.model.verdicts import GateDecision

# 3 November 2026, 02:15 UTC
NOW_US = 1_793_672_100_000_000
MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
PLACES = (
    ("checkout", "checkout-api"), ("checkout", "checkout-worker"), ("web", "web"), ("billing", "billing"),
    ("", "legacy-batch"),
)  # fmt: skip
RULES = (
    ("", "fix"), ("", "fix"), ("", "fix"), ("weak_evidence", "investigate"), ("human_owns_it", "wait"),
    ("client_left", "ignore"), ("fixed_on_head", "wait"),
)  # fmt: skip


async def fill(path: Path, cases: int = 70) -> None:
    """The same cases at every call: more of them the nearer to now, half of them sent, most of those merged."""
    chance = random.Random(11)
    clock = [NOW_US - 88 * DAY]
    store = await SqliteStore.open(path, now_us=lambda: clock[0])
    try:
        for number in range(1, cases + 1):
            clock[0] = NOW_US - round(88 * DAY * (1 - number / cases) ** 1.3) - 3 * DAY
            await _case(store, number, clock, chance)
    finally:
        await store.close()


async def _case(store: SqliteStore, number: int, clock: list[int], chance: random.Random) -> None:
    repository, service = PLACES[min(len(PLACES) - 1, int(chance.expovariate(0.9)))]
    rule, verdict = chance.choice(RULES)
    fingerprint = Fingerprint(1, f"{number:032x}", type="KeyError", anchor=f"shop.part{number}")
    opened = CaseOpened("", f"KeyError in part{number}", service, fingerprint, repository)
    signal = Signal("sentry", str(number), events=9, first_seen_us=clock[0] - HOUR, last_seen_us=clock[0])
    key = await store.open_case([opened, SignalSeen(signal)], actor="rootcase", aliases=())

    async def then(minutes: float, *bodies: Body, actor: str = "rootcase") -> None:
        clock[0] += round(minutes * MINUTE)
        await store.append(key, bodies, actor=actor)

    decision = GateDecision("before", verdict, "so it is", "P2", rule=rule)  # type: ignore[arg-type]
    await then(0, GateDecided(decision))
    if verdict != "fix" and number % 4 == 0:
        await then(9, VerdictOverridden("fix", "we need it"), actor="human:dana")
        verdict = "fix"
    if verdict != "fix":
        return
    usd = chance.randrange(10, 70) / 100
    held = await store.reserve(key, usd=usd, tokens=9, case_cap_usd=9, day_cap_usd=99, token_cap=9999)
    await store.settle(held, usd=usd, tokens=9)
    claim = Claim("k1", "the column is gone", "supported", (Citation("s1", ok=True),), "cause")
    await then(chance.randrange(1, 9), ClaimMade(claim))
    await then(
        chance.randrange(6, 50),
        EffectDone("k", "pull_request", f"https://forge.test/pull/{number}", str(number)),
    )
    await then(chance.randrange(60, 2000), *_end(number, clock[0], chance))


def _end(number: int, at_us: int, chance: random.Random) -> list[Body]:
    """How its pull request ended: most are merged, some are out and verified, a few were wrong."""
    address = f"https://forge.test/pull/{number}"
    if number % 9 == 0:
        return [PullSeen(Pull(str(number), address, "closed", "", at_us, "lena", "not needed"))]
    if number % 7 == 0:
        return [PullSeen(Pull(str(number), address, "open"))]
    merged = Pull(str(number), address, "merged", f"{number:040x}", at_us, "lena", edited=number % 3 == 0)
    out = Landing("production", "2.15.0", at_us, merged.commit)
    if number % 11 == 0:
        return [PullSeen(merged), FixLanded(out), FixRecurred(Recurrence("sentry", "1", "2.15.0", at_us))]
    done = Verification("production", "2.15.0", at_us, at_us + HOUR, DAY)
    return [PullSeen(merged), FixLanded(out), *([FixVerified(done)] if chance.random() < 0.8 else [])]
