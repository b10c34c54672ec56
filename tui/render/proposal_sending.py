"""The sending pane of a proposal: each write in order, policy, reviewers, ladder, what was done by hand."""

from __future__ import annotations

from rootcase.core.model import ladder
from rootcase.core.model.case import Case, Said
from rootcase.core.model.delivery import Effect, Proposal, Write
from rootcase.tui.render.fault import Fault, card
from rootcase.tui.render.ladder import ladder_lines
from rootcase.tui.render.layout import (
    blank,
    cells,
    cut,
    cut_segs,
    cut_start,
    one_line,
    section,
    section_of,
    seg,
    wrap,
    wrap_segs,
)
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.render.proposal_confidence import confidence_lines, policy_lines
from rootcase.tui.render.words import clock, person, size

WRITES = {
    "push": "git push", "pull_request": "pull request", "ticket": "ticket", "comment": "comment", "status": "status",
    "escalation": "note", "auto_merge": "auto-merge", "auto_merge_off": "no merge",
    "fork": "fork",
}  # fmt: skip
BY_HAND = {
    "hunk_decided", "hunk_edited", "hunk_split", "finding_waived", "proposal_edited", "reviewers_chosen",
    "claim_marked", "plan_widened", "verdict_overridden", "confidence_chosen", "confidence_waived",
}  # fmt: skip


def sending(
    case: Case, width: int, *, with_ladder: bool = True, roomy: bool = False, me: str = ""
) -> tuple[Line, ...]:
    """All blocks of the pane."""
    proposal = case.proposal
    blocks: list[tuple[Line, ...]] = []
    if proposal is not None and proposal.kind != "none":
        blocks.extend(
            (_writes(case, proposal, width), _failures(case, width), policy_lines(case, proposal, width))
        )
        if proposal.draft_digest:
            blocks.append(confidence_lines(case, width))
        if proposal.branch:
            blocks.append(_reviewers(case, proposal, width))
    if with_ladder:
        level = seg(ladder.level(case), "strong bold")
        blocks.append((section("Evidence ladder", width, (level,)), *ladder_lines(ladder.rungs(case), width)))
    blocks.append(by_hand(case, width, me))
    rows: list[Line] = []
    for block in blocks:
        if block:
            rows.extend([blank()] if roomy else [])
            rows.extend(block)
    return tuple(rows)


def _writes(case: Case, proposal: Proposal, width: int) -> tuple[Line, ...]:
    number = len(proposal.writes)
    told = f"{number} write" if number == 1 else f"{number} writes, in this order"
    rows = [section_of((seg("What leaves this machine", "strong bold"),), width, (seg(told, "muted"),))]
    for index, write in enumerate(proposal.writes, 1):
        rows.extend(_write(case, write, index, width))
    taken = proposal.redacted or "nothing had to be taken out"
    rows.append(
        Line((seg("√ ", "good bold"), seg("redacted: "), *cut_segs((seg(taken, "muted"),), width - 12)))
    )
    return tuple(rows)


def _write(case: Case, write: Write, index: int, width: int) -> list[Line]:
    effect = next((e for e in reversed(case.effects) if e.key == write.key), None)
    name = f"{WRITES[write.kind]:<13}"
    lead = (_state(effect, index), seg(name, "strong bold"))
    room = width - cells(lead)
    key = f"write:{write.key}"
    rows = [Line((*lead, seg(cut_start(one_line(write.target), room))), id=key)]
    indent = Seg(" " * cells(lead))
    for text, style in _about(write, effect):
        # an address is there to be read and copied, so it is wrapped and never cut
        parts = (
            wrap(one_line(text), room)
            if style == "accent" or write.kind == "comment"
            else [cut(one_line(text), room)]
        )
        rows.extend(Line((indent, seg(part, style)), id=key) for part in parts)
    return rows


def _state(effect: Effect | None, index: int) -> Seg:
    if effect is None:
        return seg(f"{index} ", "accent bold")
    return {
        "done": seg("→ ", "good bold"),
        "failed": seg("~ ", "warn bold") if effect.queued else seg("× ", "bad bold"),
        "intended": seg("► ", "accent bold"),
    }[effect.state]


def _about(write: Write, effect: Effect | None) -> list[tuple[str, str]]:
    if effect is not None and effect.state == "done":
        found = [(effect.url, "accent")] if effect.url else []
        return [*found, (f"sent{', ' + effect.number if effect.number else ''}", "good")]
    if effect is not None and effect.state == "intended":
        return [("being sent; if this stops, it is looked up before anything is tried again", "muted")]
    if effect is not None:
        return [(f"queued: {effect.why}", "warn") if effect.queued else (effect.why, "bad")]
    if write.kind == "comment":
        return [(row, "muted") for row in write.text.splitlines() if row]
    told = write.note or (f"this text, {size(write.text)}" if write.text else "")
    return [(told, "muted")] if told else []


def _failures(case: Case, width: int) -> tuple[Line, ...]:
    proposal = case.proposal
    keys = {write.key for write in proposal.writes} if proposal else set()
    failed = [e for e in case.effects if e.state == "failed" and e.key in keys]
    rows: list[Line] = []
    for effect in failed:
        done = [e for e in case.effects if e.state == "done" and e.key in keys]
        how = "is queued" if effect.queued else "failed"
        fault = Fault(f"{WRITES[effect.kind]} to {effect.target} {how}", effect.why)
        keep = f"{len(done)} of {len(keys)} writes are done and stay; only the rest is tried again."
        rows.extend(card(Fault(fault.title, fault.detail, keep), width, (("s", "try again"),)))
    return tuple(rows)


def _reviewers(case: Case, proposal: Proposal, width: int) -> tuple[Line, ...]:
    rows = [section("Reviewers", width, (seg("r", "accent bold"), seg(" change", "muted")))]
    owners = {owner.name: owner for owner in (case.code.owners if case.code else ())}
    names = max((len(name) for name in proposal.reviewers), default=0) + 2
    for name in proposal.reviewers:
        why = ", ".join(owners[name].reasons[:1]) if name in owners else "chosen by hand"
        rows.append(
            Line((seg(name.ljust(names), "strong bold"), seg(cut(one_line(why), width - names), "muted")))
        )
    if not proposal.reviewers:
        rows.append(Line((seg("nobody is asked", "muted"),)))
    if proposal.opener:
        told = f"opened as {proposal.opener}, who can therefore not approve it"
        rows.append(Line((seg(cut(told, width), "muted"),)))
    if proposal.labels:
        rows.append(Line((seg("labels ", "muted"), seg(cut(", ".join(proposal.labels), width - 7)))))
    return tuple(rows)


def by_hand(case: Case, width: int, me: str = "") -> tuple[Line, ...]:
    """What people did to this draft, oldest first."""
    done = [said for said in case.said if said.what in BY_HAND and not said.undone]
    if not done:
        return ()
    return (section("Done by hand on this draft", width), *(_said(said, width, me) for said in done))


def _said(said: Said, width: int, me: str) -> Line:
    about = said.about if said.what != "plan_widened" else ""
    names = " ".join(
        f"hunk {name[1:]}" if name[:1] == "h" and name[1:2].isdigit() else name for name in about.split()
    )
    words = f"{person(said.actor, me)} {_verb(said, names)}"
    return Line((seg(f"{clock(said.at_us)}  ", "muted"), seg(cut(one_line(words), width - 7))))


def _verb(said: Said, names: str) -> str:
    if said.what in (
        "finding_waived",
        "claim_marked",
        "proposal_edited",
        "reviewers_chosen",
        "verdict_overridden",
        "confidence_chosen",
        "confidence_waived",
    ):
        return (
            said.text if said.what != "finding_waived" else said.text.replace("waived", "waived a finding", 1)
        )
    head, colon, reason = said.text.partition(": ")
    return f"{head} {names}{', ' + reason if colon else ''}".strip()


def confirm_lines(case: Case, width: int, *, with_writes: bool = False) -> tuple[Line, ...]:
    """The bar that `s` opens: what is sent where, what is approved, and the only key that sends."""
    proposal = case.proposal
    if proposal is None:
        return ()
    area = "warn-area"
    count = len(proposal.writes)
    noun = "this write" if count == 1 else f"these {count} writes"
    where = " and ".join(dict.fromkeys(_host(write.target) for write in proposal.writes))
    rows: list[tuple[Seg, ...]] = [(seg(f"Send {noun} to {where}?", "warn bold"),)]
    if with_writes:
        for number, write in enumerate(proposal.writes, 1):
            rows.append((seg(f"{number} {WRITES[write.kind]:<13}", "strong bold"), seg(write.target)))
    tree = f" and tree {proposal.tree[:4]} {proposal.tree[4:8]}" if proposal.tree else ""
    exact = (seg("You approve exactly this text"), seg(tree, "strong bold"),
             seg(". If it changes before it is sent, nothing is sent and you are asked again."))  # fmt: skip
    rows.extend(wrap_segs(exact, width))
    rows.append((
        Seg(" y ", "on-accent bold on warn"), seg("  send it    ", "strong bold"), Seg(" esc ", "strong bold on bg"),
        seg("  go back, nothing is sent"), seg("     s opened this bar; only y sends", "muted"),
    ))  # fmt: skip
    return tuple(Line(cut_segs(row, width), surface=area, mark="warn") for row in rows)


def _host(target: str) -> str:
    return one_line(target).removeprefix("https://").removeprefix("http://").split(" ")[0]
