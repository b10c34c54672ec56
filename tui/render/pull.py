"""Our pull request as it stands at the forge: checks, reviews, and the key that hands a review to the agent."""

from __future__ import annotations

from rootcase.core.model.addressing import to_address, why_not_address
from rootcase.core.model.case import Case
from rootcase.core.model.pulls import Check, ReviewRemark, Standing
from rootcase.core.model.taking import holding
from rootcase.tui.render.layout import cut, one_line, paragraph, section_of, seg, wrap
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.render.words import clock

CHECKS = {
    "failed": ("×", "bad"),
    "running": ("►", "accent"),
    "passed": ("√", "good"),
    "skipped": ("–", "muted"),
}
SAYS = {"approved": "approves", "changes": "asks for changes", "remark": ""}
MOST_REMARKS = 6


def pull_block(case: Case, width: int) -> list[Line]:
    """Title, checks that are not green by name, reviews, the key; empty where none was read."""
    pull = case.pull
    if pull is None:
        return []
    state = f"{pull.state}{', draft' if pull.draft else ''}"
    rows = [
        section_of(
            (seg("Pull request ", "muted bold"), seg(pull.shown, "strong bold")),
            width,
            (seg(state, "muted"),),
        )
    ]
    rows.extend(_checks(pull, width))
    for remark in pull.remarks[-MOST_REMARKS:]:
        rows.extend(_remark(remark, remark.id in case.addressed, width))
    rows.extend(Line((seg("! ", "warn bold"), seg(cut(one_line(u), width - 2), "warn"))) for u in pull.unread)
    asked = len(to_address(case))
    if asked and not why_not_address(case):
        words = f" addresses {asked} remark{'s' if asked > 1 else ''} in a new draft"
        rows.append(Line((seg("A", "accent bold"), seg(cut(words, width - 1), "muted"))))
    return rows


def _checks(pull: Standing, width: int) -> list[Line]:
    """Required ones and those that fail or run by name, the rest as a number."""
    if not pull.checks:
        return [Line((seg("– no checks have been reported", "muted"),))]
    named = [check for check in pull.checks if check.required or check.state in ("failed", "running")]
    rows = [_check(check, width) for check in named]
    rest = len(pull.checks) - len(named)
    if rest:
        words = f"{rest} {'more ' if named else ''}check{'s' if rest > 1 else ''} passed or skipped"
        rows.append(Line((seg("√ ", "good bold"), seg(words, "muted"))))
    return rows


def _check(check: Check, width: int) -> Line:
    glyph, style = CHECKS[check.state]
    right = (seg("required", "muted"),) if check.required else ()
    room = width - 2 - (9 if right else 0) - len(check.state) - 2
    name = cut(one_line(check.name), max(4, room))
    return Line((seg(f"{glyph} ", f"{style} bold"), seg(name), seg(f"  {check.state}", style)), right)


def _remark(remark: ReviewRemark, addressed: bool, width: int) -> list[Line]:
    says = SAYS[remark.verdict]
    style = {"approved": "good", "changes": "warn"}.get(remark.verdict, "fg")
    told = "addressed" if addressed else "a bot" if remark.bot else "" if remark.writes else "may not write"
    lead: list[Seg] = [seg(one_line(remark.author), "strong bold"), seg(f" {says}" if says else "", style)]
    if remark.place:
        lead.append(seg(f" {one_line(remark.place)}", "muted"))
    right = (
        seg(f"{told} " if told else "", "muted"),
        seg(clock(remark.at_us) if remark.at_us else "", "muted"),
    )
    head = Line(tuple(lead), right, id=f"remark:{remark.id}")
    return (
        [head, *paragraph(one_line(remark.text), width, indent=2, id=f"remark:{remark.id}")]
        if remark.text
        else [head]
    )


def taking_line(case: Case, width: int) -> list[Line]:
    """The key that takes over what somebody has, where that makes the case wait."""
    held = holding(case)
    if held is None:
        return []
    words = f" takes it over, with a comment at {held.place}" if held.place else " takes it over"
    first, *rest = wrap(words, width - 3)
    lines = [Line((seg("  O", "accent bold"), seg(f" {first.strip()}", "muted")))]
    return [*lines, *(Line((seg(f"    {row}", "muted"),)) for row in rest)]
