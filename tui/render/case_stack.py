"""The stack pane of a case: the exception, frames oldest first, suspects, owners, local variables, work."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import groupby

from rootcase.core.model.case import Case
from rootcase.core.model.code import Candidate, Suspect
from rootcase.core.model.delivery import Effect
from rootcase.core.model.events import Event
from rootcase.core.model.signals import Work
from rootcase.tui.render.code import highlight
from rootcase.tui.render.frames import ShownFrame, frames_of
from rootcase.tui.render.layout import blank, cells, chips, cut, cut_segs, cut_start, section, seg, wrap
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.render.marks import MAPPED
from rootcase.tui.render.words import age, file_name

SUSPECTS, CANDIDATES, LEAST = 4, 5, 0.05
WORK_NAMES = {
    "pull_request": "PR",
    "ticket": "ticket",
    "branch": "branch",
    "assignee": "assigned",
    "comment": "comment",
}


def stack(
    case: Case,
    samples: Sequence[Event],
    width: int,
    *,
    frame: int,
    lit: Collection[str] = (),
    now_us: int,
    roomy: bool = False,
    only_frames: bool = False,
    candidate: int = -1,
) -> tuple[Line, ...]:
    """All blocks of the pane. frame: index of the selected one; only_frames: where suspects stand elsewhere;
    candidate: number of the one that the code pane shows, -1 for none."""
    frames = frames_of(case, samples)
    blocks = [[*_exception(case, samples, width), *frame_lines(frames, width, frame, lit)]]
    if not only_frames:
        blocks.append(suspects_block(case, width, lit, now_us, rows=SUSPECTS))
        blocks.append(candidates_block(case, width, candidate))
        blocks.append(_owners(case, width))
    if not only_frames or case.code is None:
        blocks.append(_variables(frames, width, frame))
    if not only_frames:
        blocks.append(work_block(case, width))
    rows: list[Line] = []
    for block in blocks:
        if block:
            rows.extend([blank()] if roomy else [])
            rows.extend(block)
    return tuple(rows)


def _exception(case: Case, samples: Sequence[Event], width: int) -> list[Line]:
    event = samples[0] if samples else None
    raised = event.raised if event else None
    if raised is None:
        text = (event.message if event else "") or case.title
        return [Line((seg(cut(text, width), "bad bold"),)), *_why_no_frames(event)]
    rows = []
    for earlier in event.exceptions[:-1] if event else ():
        told = f"{earlier.type}: {earlier.value}" if earlier.value else earlier.type
        rows.append(Line(cut_segs((seg("caused by ", "faint"), seg(told, "muted")), width)))
    tail = seg("oldest first", "muted")
    head = (seg(raised.type, "bad bold"), seg(f": {raised.value}" if raised.value else ""))
    room = width - cells((tail,)) - 2
    if cells(head) <= room:
        return [Line(head, (tail,)), *rows]
    first, *rest = wrap(head[1].text, width - cells(head[:1]))
    out = [Line((head[0], seg(first)))]
    out.extend(Line((seg(f"  {row}"),)) for row in wrap(" ".join(rest), width - 2)[:2] if row)
    return [*out, *rows]


def _why_no_frames(event: Event | None) -> list[Line]:
    if event is None:
        return [Line((seg("no sample event is kept of this case", "muted"),))]
    return [
        Line((seg("! ", "warn bold"), seg("the event came without frames: E1 cannot be reached", "warn")))
    ]


def frame_lines(
    frames: Sequence[ShownFrame], width: int, selected: int, lit: Collection[str] = ()
) -> list[Line]:
    """Frames of ours one a row; runs of others folded into `+ 11 frames of uvicorn, starlette`."""
    rows: list[Line] = []
    names = min(max((len(f.function) for f in frames if f.ours), default=0) + 2, max(10, width * 2 // 5))
    for ours, run in groupby(frames, key=lambda f: f.ours):
        group = list(run)
        if ours:
            rows.extend(_frame(f, width, names, f.index == selected, lit) for f in group)
        else:
            rows.append(_folded(group, width))
    return rows


def _folded(group: Sequence[ShownFrame], width: int) -> Line:
    libraries = ", ".join(dict.fromkeys(f.library for f in group))
    noun = "frame" if len(group) == 1 else "frames"
    return Line((seg(cut(f"+ {len(group)} {noun} of {libraries}", width), "muted"),))


def _frame(frame: ShownFrame, width: int, names: int, selected: bool, lit: Collection[str]) -> Line:
    shining = bool(set(frame.evidence) & set(lit))
    name = chips(frame.evidence[:1], lit, gap="")
    mark = MAPPED[frame.mapped.verdict] if frame.mapped else MAPPED["guessed"]
    right = (
        (seg(mark.glyph, mark.style), seg(" "), *name) if name else (seg(f"{mark.glyph}     ", mark.style),)
    )
    style = "strong bold" if selected else "fg"
    function = seg(cut(frame.function, names - 1).ljust(names), style)
    room = width - names - cells(right) - 1
    place = frame.where if len(frame.where) <= room else frame.where.rsplit("/", 1)[-1]
    where = seg(cut_start(place, room), "fg" if selected else "muted")
    surface, edge = ("lit", "accent") if shining or selected else ("", "")
    return Line((function, where), right, surface=surface, id=frame.id, mark=edge)


def suspects_block(
    case: Case, width: int, lit: Collection[str], now_us: int, *, rows: int = 8, terse: bool = False
) -> list[Line]:
    """The commits that may have introduced it, with why. terse: one row each."""
    if case.code is None:
        return []
    window = case.code.rollback.release if case.code.rollback else ""
    told = f"in {window}..{case.code.release}" if window else "by blame" if case.code.suspects else ""
    out = [section("Suspects", width, (seg(told, "muted"),) if told else ())]
    if not case.code.suspects or case.code.suspects[0].score <= LEAST:
        return [*out, Line((seg("no commit in the window touches the code path", "muted"),))]
    for suspect in [s for s in case.code.suspects if s.score > LEAST][:rows]:
        out.extend(_suspect(suspect, width, lit, now_us, terse))
    return out


def candidates_block(case: Case, width: int, shown: int = -1) -> list[Line]:
    """Functions that may need the change, likeliest first, each with its first reason; a row goes there."""
    found = case.code.candidates[:CANDIDATES] if case.code else ()
    if not found or case.code is None:
        return []
    total = len(case.code.candidates)
    rows = [section("Candidates", width, (seg("n", "accent bold"), seg(f" next of {total}", "muted")))]
    names = min(max(len(short_name(c)) for c in found) + 2, max(10, width // 2))
    for number, item in enumerate(found):
        score = seg(f"{item.score:.2f}"[1:] if item.score < 1 else "1.0", "muted")
        name = seg(cut(short_name(item), names - 1).ljust(names), "strong bold" if number == shown else "fg")
        why = item.reasons[0] if item.reasons else item.path
        surface, edge = ("lit", "accent") if number == shown else ("", "")
        text = seg(cut(why, width - names - 4), "muted")
        rows.append(Line((name, text), (score,), surface=surface, id=f"candidate:{number}", mark=edge))
    return rows


def short_name(item: Candidate) -> str:
    """`price_for`, `Cart.total`; a file's top level by the file's name."""
    if item.qualified_name == "<module>":
        return file_name(item.path)
    *around, name = item.qualified_name.split(".")
    return f"{around[-1]}.{name}" if around and around[-1][:1].isupper() else name


def _suspect(suspect: Suspect, width: int, lit: Collection[str], now_us: int, terse: bool) -> list[Line]:
    shining = suspect.evidence in lit
    surface, edge = ("lit", "accent") if shining else ("", "")
    key = f"suspect:{suspect.commit.sha}"
    name = chips([suspect.evidence], lit) if suspect.evidence else ()
    sha = seg(f"{suspect.commit.short} ", "accent bold" if shining else "strong bold")
    head = Line((sha, seg(suspect.commit.subject)), name, surface=surface, id=key, mark=edge)
    if terse:
        return [head]
    old = age((now_us - suspect.commit.at_us) / 1_000_000)
    why = ", ".join((suspect.commit.author, old, *suspect.reasons[:1]))
    return [head, Line((seg(" " * 8), seg(cut(why, width - 8), "muted")), surface=surface, id=key, mark=edge)]


def _owners(case: Case, width: int) -> list[Line]:
    owners = case.code.owners if case.code else ()
    if not owners and not case.owner:
        return []
    rows = [section("Owners", width)]
    if case.owner and case.owner not in {owner.name for owner in owners}:
        rows.append(Line((seg(f"{case.owner}  ", "strong bold"), seg("has it", "muted"))))
    names = max((len(o.name) for o in owners), default=0) + 2
    for owner in owners[:4]:
        why = seg(cut(", ".join(owner.reasons[:1]), width - names), "muted")
        rows.append(Line((seg(owner.name.ljust(names)), why)))
    return rows


def _variables(frames: Sequence[ShownFrame], width: int, selected: int) -> list[Line]:
    shown = next((f for f in frames if f.index == selected), None)
    variables = shown.frame.variables if shown and shown.frame else ()
    if shown is None or not variables:
        return []
    at = shown.evidence[0] if shown.evidence else shown.function
    rows = [section("Local variables", width, (seg(f"at {at}, redacted", "muted"),))]
    names = min(max(len(name) for name, _ in variables), 16) + 1
    for name, value in variables[:12]:
        clean = seg(value).text
        rows.append(
            Line(
                (
                    seg(cut(name, names - 1).ljust(names), "muted"),
                    *cut_segs(highlight(clean, "x.py"), width - names),
                )
            )
        )
    if len(variables) > 12:
        rows.append(Line((seg(f"and {len(variables) - 12} more", "muted"),)))
    return rows


def work_block(case: Case, width: int) -> list[Line]:
    """What already exists for this error: tickets, pull requests, branches, people."""
    rows: list[Line] = []
    for work in case.work:
        rows.append(Line(_work(work), (seg(work.state, "muted"),), id=f"work:{work.kind}:{work.id}"))
    known = {work.url for work in case.work if work.url}
    for effect in case.effects:
        if effect.state == "done" and effect.kind in ("pull_request", "ticket") and effect.url not in known:
            rows.append(Line(_sent(effect), (seg("ours", "muted"),)))
            known.add(effect.url)
    for name in case.work_failed:
        rows.append(
            Line((seg("! ", "warn bold"), seg(f"{name} did not answer, so this may be incomplete", "warn")))
        )
    if not rows and case.gate is not None:
        rows.append(Line((seg("√ ", "good bold"), seg("no ticket, PR or branch names it"))))
    return [section("Existing work", width), *rows] if rows else []


def _sent(effect: Effect) -> tuple[Seg, ...]:
    name = f"{WORK_NAMES[effect.kind]} {effect.number}".strip()
    return (seg("→ ", "good bold"), seg(name, "strong bold"), seg(f"  {effect.url}", "accent"))


def _work(work: Work) -> tuple[Seg, ...]:
    glyph, style = ("→", "good") if work.ours else ("!", "warn") if work.state == "open" else ("·", "muted")
    who = "ours" if work.ours else work.by.name if work.by else ""
    name = f"{WORK_NAMES[work.kind]} {work.id}".strip()
    return (
        seg(f"{glyph} ", f"{style} bold"),
        seg(name, "strong bold"),
        seg(f" {who}" if who else "", "muted"),
        seg(f"  {work.title}" if work.title else ""),
    )
