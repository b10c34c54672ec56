"""A case as one row of the Inbox; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from rootcase.core.journal.case_state import GROUPS
from rootcase.core.journal.store import InboxRow
from rootcase.core.model import ladder
from rootcase.core.model.aftermath import told
from rootcase.core.model.case import Case, CaseState
from rootcase.core.model.signals import Signal

GROUP_ORDER = ("needs_you", "running", "waiting", "quiet")
STATE_ORDER: tuple[CaseState, ...] = (
    "asks", "ready", "regressed", "new", "running", "waiting", "sent", "ignored", "resolved", "verified",
    "merged",
)  # fmt: skip
WHERE_CELLS = 21
BUCKETS = 24
BECAUSE_CHARS = 120
SEARCH_CHARS = 600


def row_of(case: Case, counted: Iterable[Signal] = ()) -> InboxRow:
    """The row. counted: the same signals with newer counts, as the last sync saw them."""
    newer = {(signal.source, signal.id): signal for signal in counted}
    signals = [newer.get((signal.source, signal.id), signal) for signal in case.signals] or list(
        newer.values()
    )
    row = InboxRow(
        key=case.key,
        group=GROUPS[case.state],
        state=case.state,
        priority=case.gate.priority if case.gate else "P3",
        type=case.fingerprint.type if case.fingerprint else "",
        title=case.title,
        function=_function(case),
        service=case.service,
        where=_where(case),
        events=sum(signal.events for signal in signals),
        users=max((signal.users for signal in signals), default=0),
        release=next(
            (s.last_release for s in signals if s.last_release), case.code.release if case.code else ""
        ),
        owner=_owner(case),
        verdict=case.verdict or "",
        because=_because(case),
        ladder=ladder.level(case),
        trend=_trend(signals),
        opened_us=case.opened_us,
        last_seen_us=max((signal.last_seen_us for signal in signals), default=0) or case.opened_us,
        changed_us=case.last_us,
        signals=len(signals),
        cost_usd=case.spent.usd,
        search="",
        sources=tuple(dict.fromkeys(signal.source for signal in signals)),
        unjudged=case.gate is None or bool(case.news),
    )
    return _with_search(row, case)


def rank_of(row: InboxRow) -> int:
    """Order of urgency, small first: group, then priority, then state; 900 and above is not shown."""
    if row.group not in GROUP_ORDER:
        return 900
    priority = int(row.priority[1:]) if row.priority[1:].isdigit() else 4
    return GROUP_ORDER.index(row.group) * 100 + min(priority, 9) * 10 + _state_rank(row.state)


def _state_rank(state: str) -> int:
    return next((rank for rank, name in enumerate(STATE_ORDER) if name == state), 9)


def _function(case: Case) -> str:
    failing = case.code.failing if case.code else None
    if failing is not None:
        return failing.function
    return case.fingerprint.anchor.rpartition(".")[2] if case.fingerprint else ""


def _where(case: Case) -> str:
    """`orders/store.py:210`: the end of the path, as much as the column holds."""
    failing = case.code.failing if case.code else None
    if failing is None:
        if case.fingerprint is None:
            return ""
        return case.fingerprint.host or case.fingerprint.anchor.rpartition(".")[0]
    folder, _, name = failing.path.rpartition("/")
    line = f"{name}:{failing.line}"
    longer = f"{folder.rpartition('/')[2]}/{line}"
    return longer if folder and len(longer) <= WHERE_CELLS else line


def _owner(case: Case) -> str:
    """What we sent, else who already works on it, else the owner."""
    for kind, word in (("pull_request", "PR #"), ("ticket", "")):
        effect = next((e for e in reversed(case.effects) if e.kind == kind and e.state == "done"), None)
        if effect is not None and effect.number:
            return f"{word or '#' * effect.number.isdigit()}{effect.number}"
    for work in case.work:
        if work.state == "open" and not work.ours and work.by and not work.by.bot and work.kind != "assignee":
            return f"{work.id} {work.by.name}"
    return case.owner


def _because(case: Case) -> str:
    words = " ".join(_reason(case).split())
    return words if len(words) <= BECAUSE_CHARS else words[: BECAUSE_CHARS - 1] + "…"


def _reason(case: Case) -> str:
    if case.state == "asks":
        return case.asks
    if case.state == "ready":
        return f"proved {ladder.level(case)}, waits for you" if case.draft else "waits for you"
    if case.state in ("sent", "verified", "regressed") and (said := _afterwards(case)):
        return said
    if case.state == "sent":
        return "our ticket"
    if case.state == "running" and case.phases and not case.phases[-1].ended_us:
        return f"{case.phases[-1].phase}, ${case.spent.usd:.2f}"
    if case.state == "merged":
        return f"merged into {case.merged_into}"
    return case.verdict_reason


def _afterwards(case: Case) -> str:
    """What became of our pull request, "" where that is not what the state is about."""
    after = case.after
    if after is None or (case.state == "regressed" and after.stage not in ("recurred", "reverted")):
        return ""
    return "our PR" if after.stage in ("draft", "open") else told(after)


def _trend(signals: Iterable[Signal]) -> tuple[int, ...]:
    """The signals' trends added up, the newest bucket last in each."""
    total = [0] * BUCKETS
    width = 0
    for signal in signals:
        recent = signal.trend[-BUCKETS:]
        width = max(width, len(recent))
        for offset, count in enumerate(reversed(recent), 1):
            total[-offset] += count
    return tuple(total[BUCKETS - width :])


def _with_search(row: InboxRow, case: Case) -> InboxRow:
    """One lower-case string: words first, then `is:`, `gate:`, `service:`, `owner:`, `release:` with values."""
    words = (row.key, row.title, row.type, row.function, row.where, row.because, *case.aliases[1:])
    marks = (
        f"is:{row.state}", f"is:{row.group}", f"is:{row.priority}", f"gate:{row.verdict}",
        f"service:{row.service}", f"owner:{row.owner}", f"release:{row.release}",
    )  # fmt: skip
    seen = dict.fromkeys(" ".join(part.split()).lower() for part in (*words, *marks))
    return replace(
        row, search=" ".join(part for part in seen if part and not part.endswith(":"))[:SEARCH_CHARS]
    )
