"""The run pane of a draft: phases with time and cost, tools folded, claims as they land, proof as it runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rootcase.core.model.case import Case, PhaseRecord, Said
from rootcase.core.model.entries import ToolCalled
from rootcase.tui.render.claims import claim_lines
from rootcase.tui.render.draft_proof import bar, proof_lines
from rootcase.tui.render.layout import blank, cells, cut, cut_segs, one_line, paragraph, section_of, seg, wrap
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.render.words import SECOND_US, clock, dollars, duration, person

ORDER = ("investigate", "plan", "reproduce", "patch", "prove", "explain")
STREAM_ROWS = 4
# Tools hand text from outside to the model between these; a reader needs only what is between them.
FENCES = ("<data origin=", "</data>")


@dataclass(frozen=True, slots=True)
class Live:
    """What a run streams right now. text: the model's words so far; tests: `214 of 391`; tool: under way."""

    text: str = ""
    tests: str = ""
    tool: str = ""


def run_lines(
    case: Case,
    width: int,
    *,
    now_us: int,
    live: Live | None = None,
    opened: Collection[str] = (),
    fold_older: bool = False,
    roomy: bool = False,
    me: str = "",
    lit: Collection[str] = (),
) -> tuple[Line, ...]:
    """The whole log. opened: ids of tool groups that are unfolded; fold_older: earlier rounds in one row."""
    rows: list[Line] = [*([blank()] if roomy else []), *phase_strip(case, width)]
    phases = [p for p in case.phases if p.phase != "review" or p.tools or p.summary]
    older = phases[:-3] if fold_older and len(phases) > 3 else []
    if older:
        rows.append(_older(older, width))
    latest = phases[-1] if phases else None
    prove_before = _prove_before(case, phases)
    for record in phases[len(older) :]:
        gap = [blank()] if roomy else []
        rows.extend([*gap, *stopped] if (stopped := _stopped(case, record, phases, width)) else [])
        if record is prove_before:
            rows.extend([*gap, *_prove(case, width, live)])
        rows.extend(gap)
        rows.extend(_phase(case, record, width, now_us, live if record is latest else None, opened, me, lit))
    if prove_before is None and (case.proofs or case.proving) and not any(p.phase == "prove" for p in phases):
        rows.extend([*([blank()] if roomy else []), *_prove(case, width, live)])
    rows.extend(_told(case, width))
    rows.extend(_unheard(case, width, me))
    rows.extend(_ending(case, width))
    return tuple(rows)


def _told(case: Case, width: int) -> list[Line]:
    """Caps that are nearly used, MCP servers that are missing, the user's own commands that did not end well."""
    rows = [
        row
        for w in case.warned
        for row in _note(
            "! ", "warn bold", w.text + ("; $ raises the cap" if w.what != "price" else ""), "", width
        )
    ]
    for title in dict.fromkeys(
        fault.title for fault in case.faults if fault.stage in ("mcp", "models", "replay")
    ):
        rows.extend(_note("! ", "warn bold", f"{title}; the run goes on without it", "", width))
    for hook in case.hooks:
        if hook.exit_code != 0:
            how = "did not end well" if hook.exit_code is None else f"exits with {hook.exit_code}"
            told = f"your command after {hook.stage} {how}: {hook.output or hook.command[0]}"
            rows.extend(_note("! ", "warn bold", told, "", width))
    return rows


def _stopped(case: Case, record: PhaseRecord, phases: Sequence[PhaseRecord], width: int) -> list[Line]:
    """Why the draft before this one was given up, above the first phase of the new one."""
    first = next((p for p in phases if p.draft == record.draft), None)
    if record is not first:
        return []
    told = [d for d in case.drafts if d.abandoned and d.number == record.draft - 1]
    return [
        row for d in told for row in _note("× ", "bad bold", f"draft {d.number}: {d.abandoned}", "", width)
    ]


def _prove_before(case: Case, phases: Sequence[PhaseRecord]) -> PhaseRecord | None:
    """The phase that proof stands above where it has no record of its own: the explanation comes after it."""
    if not case.proofs or any(p.phase == "prove" for p in phases):
        return None
    last = phases[-1] if phases else None
    return last if last is not None and last.phase == "explain" else None


def _prove(case: Case, width: int, live: Live | None) -> list[Line]:
    seconds = sum(p.seconds for p in case.proofs)
    told = "running" if case.proving else duration(seconds)
    head = section_of((seg("prove", "strong bold"),), width, (seg(told, "muted"),))
    return [head, *proof_lines(case, width, tests=live.tests if live else "")]


def phase_strip(case: Case, width: int) -> list[Line]:
    """`√ investigate  √ plan  ► patch  · prove  · explain`, over as many rows as it takes."""
    rows: list[list[Seg]] = [[]]
    current = next((p.phase for p in reversed(case.phases) if not p.ended_us), "")
    for name in ORDER:
        items = _step(case, name, name == current)
        if rows[-1] and cells(rows[-1]) + cells(items) + 2 > width:
            rows.append([])
        rows[-1].extend(([seg("  ")] if rows[-1] else []) + items)
    return [Line(tuple(row)) for row in rows]


def _step(case: Case, name: str, current: bool) -> list[Seg]:
    records = [p for p in case.phases if p.phase == name]
    if name == "prove" and case.proving:
        current = True
    if current:
        return [seg("► ", "accent bold"), seg(name, "accent bold underline")]
    if not records or not records[-1].ended_us:
        done = name == "prove" and any(p.step == "suite" for p in case.proofs)
        return [seg("√ ", "good bold"), seg(name)] if done else [seg("· ", "muted"), seg(name, "muted")]
    ok = records[-1].ok
    return [seg("√ ", "good bold") if ok else seg("× ", "bad bold"), seg(name)]


def _older(records: Sequence[PhaseRecord], width: int) -> Line:
    names = ", ".join(dict.fromkeys(r.phase for r in records))
    cost = sum(r.cost_usd for r in records)
    seconds = sum(max(0, r.ended_us - r.started_us) for r in records) / SECOND_US
    right = (seg(f"{duration(seconds)}  {dollars(cost)}", "muted"),)
    return Line(cut_segs((seg("► ", "muted"), seg(names, "muted")), width - cells(right) - 1), right)


def _phase(
    case: Case, record: PhaseRecord, width: int, now_us: int, live: Live | None, opened: Collection[str], me: str,
    lit: Collection[str],
) -> list[Line]:  # fmt: skip
    rows = [_phase_head(record, width, now_us)]
    rows.extend(_tools(record, width, opened))
    for claim in case.claims:
        if claim.id in record.claims:
            rows.extend(claim_lines(case, claim, width, lit=lit))
    for said in _steering(case, record):
        rows.extend(_you(said, width, me))
    if live is not None and not record.ended_us:
        rows.extend(_streaming(live, width))
    if record.phase == "prove":
        rows.extend(proof_lines(case, width, tests=live.tests if live else ""))
    elif record.summary:
        glyph, style = ("√", "good bold") if record.ok else ("×", "bad bold")
        first, *rest = wrap(one_line(record.summary), width - 2)
        rows.append(Line((seg(f"{glyph} ", style), seg(first))))
        rows.extend(Line((seg(f"  {row}"),)) for row in rest)
    return rows


def _phase_head(record: PhaseRecord, width: int, now_us: int) -> Line:
    seconds = ((record.ended_us or now_us) - record.started_us) / SECOND_US
    again = f" {record.round}" if record.round > 1 else ""
    title = (seg(record.phase, "strong bold"), seg(f", round{again}" if again else "", "muted"))
    told = f"{duration(seconds)}  {dollars(record.cost_usd)}"
    if not record.ended_us:
        told = f"running, {duration(seconds)}"
    return section_of(title, width, (seg(told, "muted"),))


def _tools(record: PhaseRecord, width: int, opened: Collection[str]) -> list[Line]:
    if not record.tools:
        return []
    key = f"tools:{record.phase}:{record.started_us}"
    is_open = key in opened
    counts = Counter(call.tool for call in record.tools)
    failed = sum(1 for call in record.tools if not call.ok)
    told = ", ".join(f"{name} {number}" for name, number in counts.most_common())
    took = duration(sum(call.seconds for call in record.tools))
    noun = "tool" if len(record.tools) == 1 else "tools"
    left = [
        seg("▼ " if is_open else "► ", "muted"), seg(f"{len(record.tools)} {noun}  "), seg(told, "muted"),
    ]  # fmt: skip
    if failed:
        left.append(seg(f"  {failed} failed", "bad"))
    rows = [Line(cut_segs(left, width - len(took) - 1), (seg(took, "muted"),), id=key)]
    if is_open:
        for call in record.tools:
            rows.extend(_call(call, width, key))
    return rows


def _call(call: ToolCalled, width: int, key: str) -> list[Line]:
    glyph, style = ("√", "good") if call.ok else ("×", "bad")
    right = (seg(duration(call.seconds), "muted"),)
    left = (seg(f"  {glyph} ", style), seg(f"{call.tool} ", "strong bold"), seg(call.arguments, "muted"))
    rows = [Line(cut_segs(left, width - cells(right) - 1), right, id=key)]
    answer = [line for line in call.result.splitlines() if line.strip() and not line.startswith(FENCES)]
    for text in answer[:2]:
        rows.append(
            Line((seg(" " * 4), seg(cut(one_line(text), width - 4), "muted" if call.ok else "bad")), id=key)
        )
    if len(answer) > 2:
        rows.append(Line((seg(f"    {len(answer) - 2} more lines", "faint"),), id=key))
    return rows


def _steering(case: Case, record: PhaseRecord) -> list[Said]:
    end = record.ended_us or 1 << 62
    return [s for s in case.said if s.what in ("steered", "commented") and record.started_us <= s.at_us < end]


def _you(said: Said, width: int, me: str) -> list[Line]:
    who = person(said.actor, me)
    lead = (seg("› ", "accent bold"), seg(who, "strong bold"), seg(f" {clock(said.at_us)} ", "muted"))
    first, *rest = wrap(one_line(said.text), width - cells(lead))
    return [Line((*lead, seg(first))), *(Line((seg(f"  {row}"),)) for row in rest)]


def _streaming(live: Live, width: int) -> list[Line]:
    rows = []
    if live.tool:
        rows.append(Line((seg("► ", "accent"), seg(cut(one_line(live.tool), width - 2), "muted"))))
    if live.text.strip():
        tail = [row for row in wrap(live.text[-STREAM_ROWS * width * 2 :], width - 2) if row][-STREAM_ROWS:]
        rows.extend(Line((seg("  "), seg(row, "muted"))) for row in tail)
    return rows


def _unheard(case: Case, width: int, me: str) -> list[Line]:
    """Steering that no phase has taken up yet, said between phases."""
    last = case.phases[-1] if case.phases else None
    if last is None or not last.ended_us:
        return []
    waiting = [s for s in case.said if s.what == "steered" and s.at_us >= last.ended_us]
    return [row for said in waiting for row in _you(said, width, me)]


def _ending(case: Case, width: int) -> list[Line]:
    """Why nothing moves: a question, a pause or the end, and what the next key does."""
    run = case.run
    if run is None or run.state == "running":
        return []
    if run.state == "paused":
        told = run.because or "paused"
        return _note("~ ", "warn bold", told, "p resumes, $ raises the cap, ctrl+x stops", width)
    if run.outcome in ("done", ""):
        return []
    glyph, style = ("×", "bad bold") if run.outcome == "failed" else ("!", "warn bold")
    rows = _note(f"{glyph} ", style, run.because or run.outcome, "", width)
    for fault in [f for f in case.faults if f.stage in ("agent", "proof", "workspace", "run")][-1:]:
        rows.extend(_note("  ", "muted", fault.detail, fault.hint, width))
    return rows


def _note(glyph: str, style: str, text: str, hint: str, width: int) -> list[Line]:
    rows = [Line((seg(glyph, style), seg(row))) if i == 0 else Line((seg("  "), seg(row)))
            for i, row in enumerate(wrap(one_line(text), width - 2))]  # fmt: skip
    if hint:
        rows.extend(paragraph(hint, width, indent=2, style="muted"))
    return rows


def progress(done: int, total: int, width: int) -> Line:
    """A bar with its percentage."""
    share = done / total if total else 0.0
    room = max(4, width - 8)
    return Line((seg("  "), *bar(share, 0.0, room), seg(f"  {share:.0%}", "strong bold")))
