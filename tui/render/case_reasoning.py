"""The reasoning pane of a case: claims, what is still open, comments; before any run, why and what next."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rootcase.core.model.case import Case, Said
from rootcase.core.model.events import Event
from rootcase.core.model.verdicts import RuleResult
from rootcase.tui.render.acts import acts_block
from rootcase.tui.render.aftermath import after_block
from rootcase.tui.render.checks import is_live
from rootcase.tui.render.claims import cited_by, claim_lines, tally
from rootcase.tui.render.layout import blank, cells, chips, paragraph, section, section_of, seg, wrap
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.render.marks import VERDICT
from rootcase.tui.render.pull import pull_block, taking_line
from rootcase.tui.render.radius import radius_block
from rootcase.tui.render.words import clock, count, person

# What these have not seen is no news; they get a row where they object or have something to tell.
QUIET_RULES = frozenset(
    {
        "human_word", "already_have_a_case", "client_left", "not_a_user", "handled_and_harmless", "environment_cause",
        "upstream_or_network", "data_repair", "customer_communication", "product_work",
    }
)  # fmt: skip
NOTE_STYLES = {"stop it": "good bold", "missing": "warn"}


def reasoning(
    case: Case,
    width: int,
    *,
    selected: str = "",
    lit: Collection[str] = (),
    roomy: bool = False,
    me: str = "",
    expand: bool = True,
    samples: Sequence[Event] = (),
) -> tuple[Line, ...]:
    """Everything the pane can show. selected: the cursor's id (`claim:k1`, `note:what`, `rule:owned`), whose
    evidence is `lit`; expand: its evidence is listed under it; roomy: a blank row between groups; samples: what
    the blast radius is counted in where no source has told it."""
    gap = [blank()] if roomy else []
    blocks = [*_blocks(case, width, selected, lit, roomy, me, expand, samples)]
    rows: list[Line] = [*gap]
    for number, block in enumerate(blocks):
        rows.extend(gap if number else [])
        rows.extend(block)
    return tuple(rows)


def _blocks(
    case: Case, width: int, selected: str, lit: Collection[str], roomy: bool, me: str, expand: bool,
    samples: Sequence[Event],
) -> list[list[Line]]:  # fmt: skip
    blocks: list[list[Line]] = [after] if (after := after_block(case, width)) else []
    if _held_back(case) or not case.claims:
        blocks.append(verdict_block(case, width, lit, selected))
    if case.claims:
        blocks.append(_claims(case, width, selected, lit, roomy, expand))
    blocks.extend([pull] if (pull := pull_block(case, width)) else [])
    blocks.extend([acts] if (acts := acts_block(case, width, me)) else [])
    if not case.claims:
        blocks.append(note_block(case, width, lit, selected))
        blocks.append(same_case_block(case, width))
    more = (_open_block(case, width), _comments(case, width, me), radius_block(case, width, samples))
    blocks.extend(block for block in more if block)
    return blocks


def _held_back(case: Case) -> bool:
    return case.verdict in ("ignore", "wait", "ticket")


def _claims(
    case: Case, width: int, selected: str, lit: Collection[str], roomy: bool, expand: bool
) -> list[Line]:
    rows = [section("Claims", width, tally(case.claims))]
    for number, claim in enumerate(case.claims):
        if roomy and number:
            rows.append(blank())
        rows.extend(
            claim_lines(case, claim, width, selected=f"claim:{claim.id}" == selected, lit=lit, expand=expand)
        )
    return rows


def verdict_block(
    case: Case, width: int, lit: Collection[str] = (), selected: str = "", *, passing: bool = True
) -> list[Line]:
    """The gate's word with its reason first, then what each rule saw. passing: those too that let it pass."""
    if case.gate is None or case.verdict is None:
        return [
            section("Verdict", width, (seg("not asked yet", "muted"),)),
            *paragraph("The gate has not looked at this case yet.", width, style="muted"),
        ]
    mark = VERDICT[case.verdict]
    asked = "by hand" if case.verdict_by.startswith("human:") else _asked(case)
    rows = [
        section_of((seg("Verdict  ", "muted bold"), seg(f"{mark.glyph} {mark.word}", f"{mark.style} bold")), width,
                   (seg(asked, "muted"),))
    ]  # fmt: skip
    because = case.verdict_reason or case.gate.because
    rows.extend(paragraph(because, width, indent=2, style="strong bold" if _held_back(case) else "fg"))
    if case.gate.waits_for:
        rows.append(Line((seg("  waits for ", "muted"), seg(case.gate.waits_for, "strong bold"))))
        rows.extend(taking_line(case, width))
    rows.extend(_opinion(case, width))
    for rule in _rules(case):
        if passing or rule.verdict is not None:
            rows.extend(_rule(rule, width, lit if selected == f"rule:{rule.rule}" else ()))
    return [*rows, *_quiet(case, width)] if passing else rows


def _opinion(case: Case, width: int) -> list[Line]:
    """A model's word on the verdict, quieter than the gate's: it decides nothing."""
    opinion = case.opinion
    if opinion is None:
        return []
    if opinion.verdict is None:
        return list(paragraph(f"no second opinion: {opinion.reason}", width, indent=2, style="muted"))
    agrees = opinion.verdict == case.verdict
    words = f"{opinion.model} {'agrees' if agrees else f'would say {opinion.verdict}'}: {opinion.reason}"
    return list(paragraph(words, width, indent=2, style="muted" if agrees else "warn"))


def passed_rules(case: Case, width: int) -> list[Line]:
    """What the rules saw that had nothing to say against it."""
    told = [line for rule in _rules(case) if rule.verdict is None for line in _rule(rule, width, ())]
    return [*told, *_quiet(case, width)]


def _asked(case: Case) -> str:
    return "before the code is known" if case.gate and case.gate.asked == "before" else "the code is known"


def _rules(case: Case) -> list[RuleResult]:
    """Those that decided first; the ones that let it pass after them, as far as they have something to tell."""
    rules = case.gate.rules if case.gate else ()
    return sorted((rule for rule in rules if not _is_quiet(rule)), key=lambda rule: rule.verdict is None)


def _is_quiet(rule: RuleResult) -> bool:
    return rule.verdict is None and not rule.matters and rule.rule in QUIET_RULES


def _quiet(case: Case, width: int) -> list[Line]:
    number = sum(map(_is_quiet, case.gate.rules)) if case.gate else 0
    if not number:
        return []
    more = f"{number} more rules have nothing against it"
    return [
        Line((seg("√ ", "good bold"), seg(more if len(more) <= width - 2 else f"{number} more", "muted")))
    ]


def _rule(rule: RuleResult, width: int, lit: Collection[str]) -> list[Line]:
    glyph, style = ("√", "good") if rule.verdict is None else ("!", VERDICT[rule.verdict].style)
    right = chips(rule.cites, lit, gap="")
    rows = wrap(seg(rule.saw).text, width - 2 - (cells(right) + 1 if right else 0))
    key = f"rule:{rule.rule}"
    out = [Line((seg(f"{glyph} ", f"{style} bold"), seg(rows[0])), right, id=key)]
    out.extend(Line((seg("  "), seg(row)), id=key) for row in rows[1:])
    if rule.verdict is not None and rule.matters:
        out.extend(paragraph(rule.matters, width, indent=2, style="muted", id=key))
    return out


def note_block(case: Case, width: int, lit: Collection[str] = (), selected: str = "") -> list[Line]:
    """The incident note: label, text, citations in a column of their own."""
    if not case.note:
        return []
    rows = [section("Note", width, (seg(f"{len(case.note)} lines", "muted"),))]
    label_width = max(len(line.label) for line in case.note) + 2
    for line in case.note:
        key = f"note:{line.label}"
        right = chips(line.cites, lit if key == selected else (), gap="")
        text = wrap(seg(line.text).text, width - label_width - (cells(right) + 1 if right else 0))
        style = NOTE_STYLES.get(line.label, "muted")
        rows.append(Line((seg(line.label.ljust(label_width), style), seg(text[0])), right, id=key))
        rows.extend(Line((seg(" " * label_width), seg(row)), id=key) for row in text[1:])
    return rows


def same_case_block(case: Case, width: int) -> list[Line]:
    """Why these signals are one case: each signal, then the fingerprint's reasons."""
    rows = [section("Why these are one case", width, (seg(count(len(case.signals), "signal"), "muted"),))]
    names = max((len(signal.source) for signal in case.signals), default=0) + 2
    for signal in case.signals:
        left = (seg(signal.source.ljust(names), "fg"), seg(signal.short_id or signal.id, "muted"))
        rows.append(
            Line(
                left,
                (seg(f"{signal.events:,} ", "fg"), seg("event" if signal.events == 1 else "events", "muted")),
                id=f"signal:{signal.source}:{signal.id}",
            )
        )
    rows.extend(_proposed(case, width))
    for reason in case.fingerprint.reasons if case.fingerprint else ():
        glyph, style = ("=", "accent") if reason.joins else ("≠", "warn")
        first, *rest = wrap(seg(reason.text).text, width - 2)
        rows.append(Line((seg(f"{glyph} ", f"{style} bold"), seg(first))))
        rows.extend(Line((seg("  "), seg(row))) for row in rest)
    if case.took:
        rows.append(Line((seg("= ", "accent bold"), seg(f"took in {', '.join(case.took)}"))))
    if len(case.signals) > 1 and not case.joins:
        rows.append(Line((seg("- ", "accent bold"), seg("takes one out; it stays apart for ever", "muted"))))
    return rows


def _proposed(case: Case, width: int) -> list[Line]:
    """Cases that look like this one, why, and the keys that decide it."""
    rows: list[Line] = []
    for join in case.joins:
        first, *rest = wrap(seg(f"{join.other} looks like the same: {join.because}").text, width - 2)
        rows.append(Line((seg("? ", "warn bold"), seg(first, "strong bold"))))
        rows.extend(Line((seg("  "), seg(row))) for row in rest)
        keys = (seg("  + ", "accent bold"), seg("they are one   ", "muted"), seg("- ", "accent bold"))
        rows.append(Line((*keys, seg("they are two", "muted"))))
    return rows


def _open_block(case: Case, width: int) -> list[Line]:
    items: list[tuple[Seg, ...]] = [
        (seg(line.text),) for line in case.note if line.label == "missing" and case.claims and not case.proofs
    ]
    items.extend((seg(text),) for text in (case.code.missing if case.code else ()))
    items.extend((seg(f"{name} did not answer: existing work may be missing"),) for name in case.work_failed)
    if case.asks:
        items.insert(0, (seg(case.asks, "warn"),))
    if _can_still_start(case) and not any(
        "reproduc" in line.text for line in case.note if line.label == "missing"
    ):
        items.append((seg("nobody has reproduced it; "), seg("t", "accent bold"), seg(" starts a run")))
    rows = [section("Still open", width)] if items else []
    for item in items:
        first, *rest = _wrap_segs(item, width - 2)
        rows.append(Line((seg("! ", "warn bold"), *first)))
        rows.extend(Line((seg("  "), *row)) for row in rest)
    return rows


def _can_still_start(case: Case) -> bool:
    """Nothing was reproduced, nothing runs, and the gate lets a run start."""
    reproduced = any(proof.step == "red" and proof.outcome == "ok" for proof in case.proofs)
    return not reproduced and not _held_back(case) and not is_live(case)


def _wrap_segs(item: tuple[Seg, ...], width: int) -> list[tuple[Seg, ...]]:
    if cells(item) <= width:
        return [item]
    style = item[0].style
    return [(seg(row, style),) for row in wrap("".join(s.text for s in item), width)]


def _comments(case: Case, width: int, me: str) -> list[Line]:
    comments = [said for said in case.said if said.what == "commented" and not said.undone]
    if not comments:
        return []
    rows = [section("Comments", width, (seg(";", "accent bold"), seg(" comment", "muted")))]
    for said in comments:
        rows.extend(comment_lines(case, said, width, me))
    return rows


def comment_lines(case: Case, said: Said, width: int, me: str = "") -> list[Line]:
    """Who, when and on what; then the text."""
    about = f" on {_about(case, said.about)}" if said.about else ""
    key = f"said:{said.seq}"
    head = Line(
        (seg(person(said.actor, me), "strong bold"), seg(f" {clock(said.at_us)}{about}", "muted")), id=key
    )
    return [head, *paragraph(said.text, width, id=key)]


def _about(case: Case, about: str) -> str:
    for number, claim in enumerate(case.claims, 1):
        if claim.id == about:
            return f"claim {number}"
    draft = case.draft
    for state in draft.hunks if draft else ():
        if state.hunk.id == about:
            return f"hunk {about.lstrip('h')}"
    return about


def lit_by(case: Case, selected: str) -> frozenset[str]:
    """The evidence of what the cursor stands on: a claim, a note line or a rule."""
    kind, _, name = selected.partition(":")
    if kind == "claim":
        return cited_by(case, name)
    if kind == "note":
        return frozenset(c for line in case.note if line.label == name for c in line.cites)
    if kind == "rule" and case.gate is not None:
        return frozenset(c for rule in case.gate.rules if rule.rule == name for c in rule.cites)
    return frozenset()
