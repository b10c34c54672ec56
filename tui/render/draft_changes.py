"""The changes pane of a draft: files and hunks with their state, diff lines, findings at their lines."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rootcase.core.model.case import Case
from rootcase.core.model.drafts import Draft, HunkState
from rootcase.core.model.proofs import Finding
from rootcase.tui.render.checks import findings_of
from rootcase.tui.render.diff import (
    DiffRow,
    HunkPainter,
    diff_rows,
    fill,
    number_width,
    shift_of,
    shown,
    side_by_side,
)
from rootcase.tui.render.layout import blank, cells, chips, cut_segs, cut_start, paragraph, seg, wrap
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.render.marks import SEVERITY
from rootcase.tui.render.words import person

BOXES = {"accepted": ("[x]", "good bold"), "rejected": ("[ ]", "bad bold"), "edited": ("[~]", "warn bold")}


def changes(
    case: Case, draft: Draft, width: int, *, roomy: bool = False, split: bool = False, me: str = "",
    lit: Collection[str] = (),
) -> tuple[Line, ...]:  # fmt: skip
    """Every file with its hunks. split: old and new side by side instead of one below the other."""
    rows: list[Line] = []
    for path in dict.fromkeys(state.hunk.path for state in draft.hunks):
        mine = [state for state in draft.hunks if state.hunk.path == path]
        rows.extend([blank()] if roomy else [])
        rows.append(_file(path, mine, width))
        for number, state in enumerate(mine):
            rows.extend([blank()] if roomy and number else [])
            rows.extend(hunk_lines(case, draft, state, width, split=split, me=me, lit=lit))
    return tuple(rows)


def kind_of(state: HunkState) -> str:
    """accepted, rejected or edited."""
    return "rejected" if state.decision == "rejected" else "edited" if state.edited else "accepted"


def tally(draft: Draft) -> tuple[Seg, ...]:
    """`√ 2 ~ 1 × 1`: accepted, edited, rejected."""
    kinds = [kind_of(state) for state in draft.hunks]
    out: list[Seg] = []
    for kind, glyph, style in (("accepted", "√", "good"), ("edited", "~", "warn"), ("rejected", "×", "bad")):
        if kinds.count(kind):
            out.append(seg(f"{' ' if out else ''}{glyph} {kinds.count(kind)}", style))
    return tuple(out)


def _file(path: str, states: Sequence[HunkState], width: int) -> Line:
    accepted = [s for s in states if s.decision == "accepted"]
    box, style = ("[x]", "good bold") if len(accepted) == len(states) else ("[ ]", "bad bold")
    if accepted and len(accepted) < len(states):
        box, style = "[-]", "warn bold"
    plus = sum(len(s.hunk.new) for s in accepted)
    minus = sum(len(s.hunk.old) for s in accepted)
    tail = (
        seg(f"  +{plus}", "good"), seg(f" -{minus}", "bad"),
        seg(f"  {len(accepted)} of {len(states)} accepted", "muted"),
    )  # fmt: skip
    made = {"create": "  new file", "delete": "  deleted"}.get(states[0].hunk.change, "")
    name = cut_start(seg(path).text, width - 4 - cells(tail) - len(made))
    return Line(
        (seg(f"{box} ", style), seg(name, "strong bold"), seg(made, "accent"), *tail), id=f"file:{path}"
    )


def hunk_lines(
    case: Case, draft: Draft, state: HunkState, width: int, *, split: bool = False, me: str = "",
    lit: Collection[str] = (),
) -> list[Line]:  # fmt: skip
    """The hunk's head, its diff, findings at their lines, what was said about it."""
    hunk = state.hunk
    rows = [_head(case, draft, state, width, me)]
    diff = diff_rows(hunk, shift_of(draft.hunks, hunk))
    findings = [f for f in findings_of(case, draft) if f.hunk == hunk.id]
    painter = HunkPainter(hunk, rejected=state.decision == "rejected")
    numbers = number_width(draft.hunks)
    placed: set[str] = set()
    if split:
        rows.extend(_columns(painter, diff, width, numbers, hunk.id))
    else:
        for number, row in enumerate(diff):
            rows.append(painter.line(row, width, f"row:{hunk.id}:{number}", numbers=numbers))
            if row.sign == " ":
                continue
            for finding in findings:
                if finding.line == row.index >= 0:
                    rows.extend(finding_lines(case, draft, finding, width, numbers * 2, me, lit))
                    placed.add(finding.id)
    for finding in findings:
        if finding.id not in placed:
            rows.extend(finding_lines(case, draft, finding, width, numbers * 2, me, lit))
    rows.extend(_said(state, width, numbers * 2 + 3, f"row:{hunk.id}:said"))
    return rows


def _head(case: Case, draft: Draft, state: HunkState, width: int, me: str) -> Line:
    kind = kind_of(state)
    box, style = BOXES[kind]
    who = person(state.by, me) if state.by.startswith("human:") else ""
    words = {"accepted": "√ accepted", "rejected": "× rejected", "edited": f"~ edited by {who or 'hand'}"}[
        kind
    ]
    left = (
        seg(f"{box} ", style),
        seg(f"hunk {state.hunk.id.lstrip('h')}  ", "strong bold"),
        seg(words, style),
    )
    right = necessity(case, draft, state)
    room = width - cells(left) - 2
    if cells(right) > room:
        right = cut_segs(right[:1], max(0, room))
    return Line(left, right, surface="bar", id=f"hunk:{state.hunk.id}")


def necessity(case: Case, draft: Draft, state: HunkState) -> tuple[Seg, ...]:
    """Whether a test needs the hunk, and how that is known."""
    if state.hunk.test:
        red, green = case.proof("red"), case.proof("green")
        known = red and green and red.outcome == green.outcome == "ok"
        return (seg("the test", "accent"), seg(", red before, green after" if known else "", "muted"))
    fresh = case.proof("necessity")
    answer = dict(fresh.hunks).get(state.hunk.id) if fresh else None
    if answer is not None:
        test = next((p.evidence for p in case.proofs if p.step == "red" and p.evidence), "") or "the test"
        if answer:
            return (seg("needed", "good"), seg(f", {test} is red without it", "muted"))
        return (seg("not needed", "warn bold"), seg(", no test is red without it", "muted"))
    before = _known_before(case, draft, state)
    if before is not None and state.decision == "rejected" and not before:
        return (seg("not needed", "warn bold"), seg(", no test is red without it", "muted"))
    if before is not None and not state.edited:
        return (
            seg("~ was needed" if before else "~ was not needed", "warn"),
            seg(", before your edit", "muted"),
        )
    return (seg("not known yet" + (", proof is running" if case.proving else ""), "muted"),)


def _known_before(case: Case, draft: Draft, state: HunkState) -> bool | None:
    """Whether the hunk was needed when that was last tried, for an older text of this draft."""
    for proof in reversed(case.proofs):
        if proof.step == "necessity" and proof.draft == draft.number and state.hunk.id in dict(proof.hunks):
            return dict(proof.hunks)[state.hunk.id]
    return None


def finding_lines(
    case: Case, draft: Draft, finding: Finding, width: int, indent: int, me: str, lit: Collection[str] = ()
) -> list[Line]:
    """A finding under its line: what, how to settle it, the keys; one quiet row once it is waived."""
    key = f"finding:{finding.id}"
    lead = Seg(" " * indent)
    state = next((s for s in draft.hunks if s.hunk.id == finding.hunk), None)
    if state is not None and state.decision == "rejected":
        told = f"closed with the hunk: {finding.text}"
        return [Line((lead, seg("  "), *cut_segs((seg(told, "muted"),), width - indent - 2)), id=key)]
    if finding.waived:
        by = person(finding.waived_by, me) or "hand"
        told = f"– {finding.check}, waived by {by}: {finding.waived}"
        return paragraph(told, width, indent=indent + 2, style="muted", id=key)
    stale = case.review_digest != draft.digest
    mark = SEVERITY[finding.severity]
    area = "bad-area" if finding.severity == "block" else "warn-area"
    head = f"{mark.glyph} {mark.word} "
    room = width - indent - 2 - len(head)
    rows: list[tuple[Seg, ...]] = []
    for number, text in enumerate(wrap(seg(finding.text).text, room)):
        start = seg(head, f"{mark.style} bold") if number == 0 else seg(" " * len(head))
        rows.append((start, seg(text)))
    for text in wrap(seg(finding.settle).text, room) if finding.settle else ():
        rows.append((seg(" " * len(head)), seg(text, "muted")))
    rows.append((seg(" " * len(head)), *_keys(finding, stale, lit, room)))
    return [_area(lead, mark.style, row, area, width - indent, key) for row in rows]


def _keys(finding: Finding, stale: bool, lit: Collection[str], room: int) -> tuple[Seg, ...]:
    out = [seg("e", "accent bold"), seg(" edit   "), seg(";", "accent bold"), seg(" answer   ")]
    out.extend((seg("w", "accent bold"), seg(" waive, with a reason   ")))
    told = [seg(f"{finding.check} ~ before your edit" if stale else finding.check, "muted")]
    if finding.cites:
        told.extend((seg(", cites ", "muted"), *chips(finding.cites, lit, gap="")))
    if cells(out) + cells(told) <= room:
        out.extend(told)
    return tuple(out)


def _area(lead: Seg, edge: str, row: Sequence[Seg], area: str, width: int, key: str) -> Line:
    body = fill(row, width - 2)
    tinted = tuple(s if " on " in s.style else Seg(s.text, f"{s.style} on {area}") for s in body)
    return Line((lead, Seg("▌", f"{edge} on {area}"), Seg(" ", f"fg on {area}"), *tinted), id=key)


def _said(state: HunkState, width: int, indent: int, key: str) -> list[Line]:
    rows: list[Line] = []
    if state.edited and state.agent_new != state.hunk.new:
        rows.append(_agent_wrote(state, width, indent, key))
    if state.reason:
        rows.extend(paragraph(state.reason, width, indent=indent, style="muted", id=key))
    for comment in state.comments:
        rows.extend(paragraph(f"› {comment}", width, indent=indent, style="muted", id=key))
    return rows


def _agent_wrote(state: HunkState, width: int, indent: int, key: str) -> Line:
    mine = set(state.hunk.new)
    theirs = [shown(line).strip() for line in state.agent_new if line not in mine]
    tail = (seg("   u", "accent bold"), seg(" undo your edit", "muted"))
    text = " ".join(theirs) if theirs else "nothing here"
    left = cut_segs((seg("the agent wrote ", "muted"), seg(text)), width - indent - cells(tail))
    return Line((Seg(" " * indent), *left, *tail), id=key)


def _columns(
    painter: HunkPainter, diff: Sequence[DiffRow], width: int, numbers: int, hunk: str
) -> list[Line]:
    half = (width - 1) // 2
    rows = []
    for number, (left, right) in enumerate(side_by_side(diff)):
        both = (*_half(painter, left, half, numbers, old=True), Seg("│", "rule"),
                *_half(painter, right, width - half - 1, numbers, old=False))  # fmt: skip
        rows.append(Line(both, id=f"row:{hunk}:{number}"))
    return rows


def hunk_of(case: Case, id: str) -> str:
    """The hunk that a row of the pane belongs to, "" for a file's row: its own, its line's, its finding's."""
    kind, _, name = id.partition(":")
    if kind == "finding":
        return next((f.hunk for f in case.findings if f.id == name), "")
    return name.split(":")[0] if kind in ("hunk", "row") else ""


def _half(
    painter: HunkPainter, row: DiffRow | None, width: int, numbers: int, *, old: bool
) -> tuple[Seg, ...]:
    if row is None:
        return (Seg(" " * width),)
    one = DiffRow(row.sign, row.text, row.old if old else 0, 0 if old else row.new, row.index, row.changed)
    line = painter.line(one, width + numbers, numbers=numbers)
    number = f"{(row.old if old else row.new) or '':>{numbers}} "
    segs = fill((Seg(number, "faint"), *line.segs[1:]), width)
    if not line.surface:
        return segs
    return tuple(s if " on " in s.style else Seg(s.text, f"{s.style} on {line.surface}") for s in segs)
