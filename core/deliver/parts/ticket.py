"""What only a ticket says: what is known, what is missing, who should look, and where to look next."""

from __future__ import annotations

from rootcase.core.deliver.markdown import code, inline
from rootcase.core.deliver.part import Facts, Part, cites
from rootcase.core.model import ladder


def note(facts: Facts) -> Part | None:
    """The incident note as it stands; None where there is none."""
    lines = tuple(f"- **{inline(n.label)}** {inline(n.text)}{cites(n.cites)}" for n in facts.case.note)
    return Part("Incident note", lines, most=12) if lines else None


def owners(facts: Facts) -> Part:
    """Who knows the code. Names stand in code, so filing a ticket calls nobody by itself."""
    known = facts.case.code.owners if facts.case.code else ()
    lines = [f"- {code(owner.name)}: {inline('; '.join(owner.reasons), limit=160)}" for owner in known]
    return Part("Owners", tuple(lines) or ("Nobody is named for this code.",), most=4)


def missing(facts: Facts) -> Part:
    """What would settle it: rungs that are off, open assumptions, look-ups that failed."""
    case = facts.case
    lines = [
        f"- {r.name} {r.text}: {inline(r.why or r.state)}" for r in ladder.rungs(case) if r.state != "on"
    ]
    lines += [f"- {inline(text)}" for text in (case.code.missing if case.code else ())]
    lines += [f"- Could not be asked: {inline(text)}" for text in case.work_failed]
    return Part("Missing", tuple(lines) or ("- Nothing; a person has to decide.",), most=6)


def next_looks(facts: Facts) -> Part:
    """The next look-ups, from assumptions, suspects and candidates beyond the trace."""
    case = facts.case
    lines = [f"- Settle: {inline(c.text)}" for c in case.claims if c.status == "assumed"]
    for suspect in case.code.suspects[:3] if case.code else ():
        lines.append(
            f"- Read {code(suspect.commit.short)} {inline(suspect.commit.subject, limit=80)}{cites([suspect.evidence])}"
        )
    for candidate in case.code.candidates[:3] if case.code else ():
        place = code(f"{candidate.path}:{candidate.line}")
        lines.append(f"- Look at {place} {inline('; '.join(candidate.reasons), limit=120)}")
    for fault in case.faults[-2:]:
        lines.append(f"- {inline(fault.title)}: {inline(fault.hint or fault.detail)}")
    return Part("Next", tuple(lines) or ("- Reproduce it with the event's own input.",), most=7)
