"""What it took and how it can be checked: policy, cost, trace, journal; and how to turn it down."""

from __future__ import annotations

from rootcase.core.deliver.markdown import code, inline
from rootcase.core.deliver.part import Facts, Part, plural
from rootcase.core.model import ladder


def ledger(facts: Facts) -> Part:
    """One line of facts about the work itself."""
    case = facts.case
    run = case.run
    spent = case.spent
    parts = [
        f"case {code(case.key)}",
        f"evidence **{ladder.level(case)}**",
        f"cost ${spent.usd:.2f} ({plural(spent.steps, 'model call')}, "
        f"{plural(spent.input_tokens + spent.output_tokens, 'token')})",
        f"trace {code(run.trace)}" if run is not None and run.trace else "no trace",
        f"journal {code(case.head_hash[:16])} at entry {case.seq}",
    ]
    sandbox = f" Tests ran in: {inline(run.sandbox)}." if run is not None and run.sandbox else ""
    how = facts.depth
    set_by = f" (set by {inline(how.set_by)})" if how.set_by else ""
    policy = f"Policy **{how.level}**{set_by}: {inline(how.rule)}{sandbox}"
    return Part("Ledger", (" · ".join(parts), "", policy))


def turn_down(facts: Facts) -> Part:
    """What somebody who does not want this should do."""
    if facts.depth.kind == "ticket":
        text = "Close this ticket with a word on why; Rootcase reads that and leaves the case alone."
    else:
        text = (
            "Close it, and delete its branch; nothing else was changed. "
            "Rootcase never merges, never pushes to a default branch and never forces."
        )
    return Part("How to turn this down", (text,))
