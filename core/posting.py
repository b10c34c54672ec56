"""The incident note as plain text for a page or a ticket: nothing in it is live, and it can be found again."""

from __future__ import annotations

from rootcase.core.model.case import Case
from rootcase.core.model.evidence import NoteLine
from rootcase.core.safety.inert import plain

LONGEST_LINE = 300
MOST_CITED = 4


def note_text(case: Case) -> str:
    """The note as it is posted, each line with what it rests on; "" for a case that has none yet."""
    if not case.note:
        return ""
    rows = [f"Incident note of {case.key}: {plain(case.title, limit=LONGEST_LINE)}", ""]
    rows += [_row(line) for line in case.note]
    cited = {id for line in case.note for id in line.cites[:MOST_CITED]}
    rests = [f"- [{e.id}] {e.kind}: {plain(e.label, limit=120)}" for e in case.evidence if e.id in cited]
    alias = case.fingerprint.alias if case.fingerprint else "no fingerprint"
    return "\n".join(
        [*rows, *(["", "It rests on", *rests] if rests else []), "", f"Rootcase case {case.key} · {alias}"]
    )


def _row(line: NoteLine) -> str:
    cites = "".join(f" [{id}]" for id in line.cites[:MOST_CITED])
    return f"- {plain(line.label)}: {plain(line.text, limit=LONGEST_LINE)}{cites}"
