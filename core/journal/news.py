"""What a verdict hangs on, in parts that can be compared: anything else that changes is no new evidence."""

from __future__ import annotations

import math
from collections.abc import Iterable

from rootcase.core.model.code import CodePath
from rootcase.core.model.signals import Signal, Work

# A rate counts as another one when it is four times what it was; noise and the time of day stay inside that.
STEP = 4
RECENT = 3


def telling(
    signals: Iterable[Signal],
    work: Iterable[Work],
    code: CodePath | None,
    regressed_seq: int,
    merged_into: str,
) -> dict[str, object]:
    """By name: status, assignee, work, releases, deploys, regression, the step of the trend, users, code."""
    known = sorted(signals, key=lambda signal: (signal.source, signal.id))
    own_work = [item for signal in known for item in signal.work]
    return {
        "signals": [(s.source, s.id) for s in known],
        "status": [(s.status, s.substatus, s.status_by) for s in known],
        "assignee": [s.assignee for s in known],
        "work": sorted({_work(item) for item in (*work, *own_work)}),
        "release": [(s.first_release, s.last_release) for s in known],
        "deploy": sorted({(d.release, d.environment, d.at_us) for s in known for d in s.deploys}),
        "regression": regressed_seq,
        "trend": [_step(s) for s in known],
        "users": [len(str(s.users)) for s in known],
        "level": [(s.level, s.handled) for s in known],
        "code": _code(code),
        "merge": merged_into,
    }


def _work(item: Work) -> tuple[str, ...]:
    return (
        item.kind,
        item.id,
        item.where,
        item.state,
        item.by.name if item.by else "",
        str(item.deployed),
        item.text[:200],
    )


def _step(signal: Signal) -> int:
    """Which power of four the recent events an hour have reached, 0 where there are none."""
    recent = signal.trend[-RECENT:]
    hours = max(len(recent) * signal.bucket_s / 3600, 0.01)
    return math.floor(math.log(sum(recent) / hours, STEP)) + 10 if any(recent) else 0


def _code(code: CodePath | None) -> tuple[str, ...]:
    if code is None:
        return ()
    failing = code.failing
    place = f"{failing.path}:{failing.line} {failing.verdict} {failing.head_status}" if failing else ""
    return code.release_commit, code.head_commit, code.changed_since, place
