"""The second header row of Case, Draft and Proposal: the facts of the screen, fewer the narrower it is."""

from __future__ import annotations

from collections.abc import Sequence

from rootcase.core.model import ladder
from rootcase.core.model.case import Case, Run
from rootcase.tui.render.budget import BudgetView
from rootcase.tui.render.ladder import meter
from rootcase.tui.render.layout import cells, cut, one_line, seg
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.render.marks import PRIORITY, STATE, VERDICT, mark_of
from rootcase.tui.render.words import SECOND_US, age, clock, duration

# What each rung means in two words, for the header.
REACHED = {
    "E0": "signal only", "E1": "code path confirmed", "E2": "cause supported", "E3": "reproduced",
    "E4": "green, suite intact", "E5": "every hunk needed",
}  # fmt: skip


def evidence(case: Case, width: int) -> tuple[Seg, ...]:
    """`evidence E2 ■■■□□□  cause supported`."""
    level = ladder.level(case)
    out = [seg("evidence ", "muted"), seg(f"{level} ", "strong bold"), *meter(ladder.rungs(case))]
    if width < 100:
        return tuple(out[1:])
    return (*out, seg(f"  {REACHED[level]}", "muted")) if width >= 160 else tuple(out)


def case_facts(case: Case, width: int, now_us: int) -> Line:
    """Priority, state, since when, who is hit, release, verdict; the ladder at the right."""
    if width < 100:
        return _narrow_case(case, now_us)
    parts = [
        _state(case),
        *_counts(case, now_us, width),
        *_release(case, width),
        _verdict(case, width),
        _because(case, width),
    ]
    right = evidence(case, width)
    return Line(fitting(parts, width - 2 - cells(right) - 2), right)


def fitting(parts: Sequence[Sequence[Seg]], room: int, gap: int = 2) -> tuple[Seg, ...]:
    """The parts with a gap between them; those that do not fit any more are left out."""
    out: list[Seg] = []
    for part in parts:
        if part and cells(out) + cells(part) + (gap if out else 0) <= room:
            out.extend([seg(" " * gap)] if out else [])
            out.extend(part)
    return tuple(out)


def _narrow_case(case: Case, now_us: int) -> Line:
    priority = case.gate.priority if case.gate else "P3"
    lead = (seg(f"{priority} ", PRIORITY[priority]), seg(case.title, "strong bold"))
    counts = [f"{case.events:,} events"]
    if since(case):
        counts.append(age((now_us - since(case)) / SECOND_US))
    if case.code:
        counts.append(case.code.release)
    return Line((*lead, seg(f"  {', '.join(counts)}", "muted")))


def _state(case: Case) -> tuple[Seg, ...]:
    mark = mark_of(STATE, case.state)
    priority = case.gate.priority if case.gate else ""
    first = (seg(f"{priority} ", PRIORITY[priority]),) if priority else ()
    return (*first, seg(f"{mark.glyph} {mark.word}", f"{mark.style} bold"))


def since(case: Case) -> int:
    """When the first event was seen, microseconds; 0 where no source says."""
    return min((s.first_seen_us for s in case.signals if s.first_seen_us), default=0)


def _counts(case: Case, now_us: int, width: int) -> list[tuple[Seg, ...]]:
    out: list[tuple[Seg, ...]] = []
    began = since(case)
    if began:
        old = f", {age((now_us - began) / SECOND_US)}" if width >= 160 else ""
        out.append((seg("since ", "muted"), seg(clock(began), "strong bold"), seg(old, "muted")))
    out.append(
        (seg(f"{case.events:,}", "strong bold"), seg(" events" if case.events != 1 else " event", "muted"))
    )
    if case.users:
        out.append(
            (seg(f"{case.users:,}", "strong bold"), seg(" users" if case.users != 1 else " user", "muted"))
        )
    return out


def _release(case: Case, width: int) -> list[tuple[Seg, ...]]:
    code = case.code
    if code is None:
        return []
    at = f" at {code.release_commit[:7]}" if code.release_commit else ", no known commit"
    word = (seg("release ", "muted"),) if width >= 160 else ()
    release = (*word, seg(code.release or "no release"), seg(at, "muted"))
    return [release, (seg(f"HEAD {code.head_commit[:7]}", "muted"),)] if width >= 160 else [release]


def _verdict(case: Case, width: int) -> tuple[Seg, ...]:
    if case.verdict is None:
        return ()
    mark = VERDICT[case.verdict]
    word = seg(mark.word, f"{mark.style} bold")
    if width < 160:
        return (word,)
    return (seg("verdict ", "muted"), word)


def _because(case: Case, width: int) -> tuple[Seg, ...]:
    because = case.verdict_reason or (case.gate.because if case.gate else "")
    return (seg(cut(because, 40), "muted"),) if width >= 160 and because else ()


def draft_facts(case: Case, width: int, now_us: int, budget: BudgetView) -> Line:
    """How the run goes, in what sandbox; which draft this is at the right."""
    right = fitting(_drafts(case, width), width // 2)
    parts = [_run(case, now_us, budget, width), _sandbox(case)]
    return Line(fitting(parts, width - 2 - cells(right) - 2), right)


def run_seconds(case: Case, now_us: int) -> float:
    """Seconds in runs: those settled and those of the live run."""
    run = case.run
    live = (now_us - run.started_us) / SECOND_US if run and run.state == "running" else 0.0
    return case.spent.seconds + max(0.0, live)


def _run(case: Case, now_us: int, budget: BudgetView, width: int) -> tuple[Seg, ...]:
    run = case.run
    if run is None:
        return (seg("no run yet", "muted"), seg("  t", "accent bold"), seg(" starts one", "muted"))
    glyph, word, style = _run_state(case, run)
    if run.state == "ended":
        return (seg(f"{glyph} {word}", f"{style} bold"), seg(cut(f"  {run.because}", 70), "muted"))
    took = f" {duration(budget.seconds)} of {budget.cap_minutes:g}m"
    step = f", step {budget.steps} of {budget.cap_steps}" if width >= 160 else ""
    return (seg(f"{glyph} {word}", f"{style} bold"), seg(took + step, "muted"))


def _run_state(case: Case, run: Run) -> tuple[str, str, str]:
    if run.state == "running":
        asked = "stopping" if case.stop_asked else "pausing" if case.pause_asked else "running"
        return "►", asked, "accent"
    if run.state == "paused":
        return "~", "paused", "warn"
    words = {
        "done": ("√", "done", "good"),
        "failed": ("×", "failed", "bad"),
        "waiting": ("○", "waits for you", "good"),
    }
    return words.get(run.outcome, ("!", run.outcome.replace("_", " ") or "ended", "warn"))


def _sandbox(case: Case) -> tuple[Seg, ...]:
    run = case.run
    if run is None or not run.sandbox:
        return ()
    weak = "none" in run.sandbox or "open" in run.sandbox
    return (
        seg("! " if weak else "√ ", "warn bold" if weak else "good bold"),
        seg(run.sandbox, "warn" if weak else "fg"),
    )


def _drafts(case: Case, width: int) -> list[tuple[Seg, ...]]:
    draft = case.draft
    if draft is None:
        return [(seg(f"draft {len(case.drafts)} was abandoned", "warn"),)] if case.drafts else []
    out: list[tuple[Seg, ...]] = [(seg("draft ", "muted"), seg(str(draft.number), "strong bold"),
                                   seg(f" on {draft.base_commit[:7]}", "muted"))]  # fmt: skip
    if width >= 160:
        out.extend(
            (seg(cut(f"draft {d.number} abandoned: {d.abandoned}", 46), "muted"),)
            for d in case.drafts
            if d.abandoned
        )
    return out


def proposal_facts(case: Case, width: int) -> Line:
    """State, ladder, policy; whether the proof is of what is sent, at the right."""
    mark = mark_of(STATE, case.state)
    proposal = case.proposal
    policy = (seg("policy ", "muted"), seg(proposal.policy, "strong bold")) if proposal else ()
    if proposal and width >= 160 and proposal.level_rule not in ("", "policy.level"):
        policy = (*policy, seg(cut(one_line(f" set by {proposal.level_rule}"), 50), "muted"))
    parts = [
        (seg(f"{mark.glyph} {mark.word}", f"{mark.style} bold"),),
        evidence(case, min(width, 120)),
        policy,
    ]
    right = _tree(case) if width >= 100 else ()
    return Line(fitting(parts, width - 2 - cells(right) - 2), right)


def _tree(case: Case) -> tuple[Seg, ...]:
    proposal, green = case.proposal, case.proof("green")
    if proposal is None or not proposal.tree:
        return ()
    name = f"{proposal.tree[:4]} {proposal.tree[4:8]}"
    if green is not None and green.tree == proposal.tree:
        return (seg("proof is of the tree that is sent, ", "muted"), seg(f"{name} "), seg("√", "good bold"))
    return (seg("proof is not of the tree that is sent, ", "warn"), seg(f"{name} "), seg("!", "warn bold"))
