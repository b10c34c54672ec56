"""Claims as lines: status in glyph and word, text, citations at the edge, evidence of the one selected."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rootcase.core.model.case import Case
from rootcase.core.model.evidence import Citation, Claim, Evidence
from rootcase.tui.render.layout import cells, chips, cut, paragraph, seg, spread
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.render.marks import CLAIM

WORDS = {
    "frame": "frame", "event": "event", "code": "code", "log": "log",
    "commit": "commit", "deploy": "deploy", "test": "test",
}  # fmt: skip


def tally(claims: Collection[Claim]) -> tuple[Seg, ...]:
    """`3 supported  2 refuted  1 assumed`, without those that are none."""
    out: list[Seg] = []
    for status, mark in CLAIM.items():
        number = sum(1 for claim in claims if claim.status == status)
        if number:
            out.extend([seg("  ")] if out else [])
            out.append(seg(f"{number} {mark.word}", mark.style))
    return tuple(out)


def claim_lines(
    case: Case,
    claim: Claim,
    width: int,
    *,
    selected: bool = False,
    lit: Collection[str] = (),
    expand: bool = True,
) -> tuple[Line, ...]:
    """One claim; when selected, with a line for each thing it cites unless that is shown elsewhere."""
    mark = CLAIM[claim.status]
    key = f"claim:{claim.id}"
    cited = tuple(dict.fromkeys(c.evidence for c in claim.citations))
    right = chips(cited, lit if selected else ()) if cited else (seg("no citation", "muted"),)
    pinned = (seg("  the cause, as you say", "accent bold"),) if claim.id == case.pinned else ()
    head = Line(
        (seg(mark.glyph, f"{mark.style} bold"), seg(f" {mark.word}", mark.style), *pinned), right, id=key
    )
    style = "muted" if claim.status == "refuted" and not selected else "fg"
    body = paragraph(claim.text, width, indent=2, style=style, id=key)
    rows = [head, *body]
    if selected:
        if claim.why and claim.origin == "human":
            rows.extend(paragraph(f"marked by hand: {claim.why}", width, indent=2, style="muted", id=key))
        rows.extend(citation_line(case, c, width, id=key) for c in (claim.citations if expand else ()))
    return tuple(rows)


def citation_line(case: Case, citation: Citation, width: int, *, id: str = "") -> Line:
    """`  f1 frame  pricing.py:88 price_for      √ 50 of 50`."""
    item = find(case, citation.evidence)
    kind = WORDS[item.kind] if item else "missing"
    glyph, style, word = checked(case, citation)
    right = (seg(f"{glyph} ", style), seg(cut(word, max(12, width // 3)), "muted"))
    left = (
        seg("  "),
        seg(f"{citation.evidence} ", "accent bold"),
        seg(f"{kind:<7}", "muted"),
        seg(item.label if item else "no such evidence"),
    )
    return Line(spread(left, right, width), id=id)


def checked(case: Case, citation: Citation) -> tuple[str, str, str]:
    """Glyph, style and words for what the program found when it checked a citation."""
    if citation.ok is None:
        return "·", "muted", "not checked"
    if not citation.ok:
        return "×", "bad", citation.why or "does not hold"
    item = find(case, citation.evidence)
    return "√", "good", _held(case, item) if item else "checked"


def _held(case: Case, item: Evidence) -> str:
    if case.code is not None:
        for frame in case.code.frames:
            if item.id in (frame.evidence, frame.span):
                return frame.verdict
        for suspect in case.code.suspects:
            if item.id == suspect.evidence:
                return f"in {case.code.release}" if suspect.in_window else "before the window"
    return "quoted exactly" if item.kind in ("code", "log", "event") else "checked"


def find(case: Case, evidence: str) -> Evidence | None:
    """The evidence of that id, or None."""
    return next((item for item in case.evidence if item.id == evidence), None)


def cited_by(case: Case, claim: str) -> frozenset[str]:
    """The evidence that a claim cites, to be lit everywhere."""
    found = next((c for c in case.claims if c.id == claim), None)
    return frozenset(c.evidence for c in found.citations) if found else frozenset()


def evidence_lines(case: Case, citations: Sequence[Citation], width: int, rows: int) -> tuple[Line, ...]:
    """What is cited, for the narrow screen: at most `rows` rows under the tabs."""
    out: list[Line] = []
    for citation in citations:
        item = find(case, citation.evidence)
        glyph, style, word = checked(case, citation)
        head = (*chips([citation.evidence], [citation.evidence]), seg(" "))
        label = seg(item.label if item else "no such evidence")
        right = (seg(f"{glyph} ", style), seg(cut(word, 24), "muted"))
        out.append(Line(spread((*head, label), right, width)))
        if citation.quote and len(out) < rows:
            room = width - cells(head)
            out.append(Line((seg(" " * cells(head)), seg(cut(citation.quote.strip(), room), "muted"))))
    if not out:
        out.append(Line((seg("It cites nothing: taken as assumed until something shows it.", "muted"),)))
    return tuple(out[:rows])


def evidence_title(claim: Claim | None) -> Line:
    """The row above the evidence on the narrow screen: how much of it a program has checked."""
    what = "claim" if claim else "line"
    left = (
        seg(f"evidence of this {what}  ", "muted"),
        seg("enter", "accent bold"),
        seg(" opens it", "muted"),
    )
    if claim is None or not claim.citations:
        return Line(left, surface="panel")
    held = sum(1 for c in claim.citations if c.ok)
    right = (seg("√ ", "good"), seg(f"{held} of {len(claim.citations)} checked by program", "muted"))
    return Line(left, right, surface="panel")
