"""The preview of the selected case: note │ why these are one, verdict │ ladder, suspects, what to do."""

from __future__ import annotations

from dataclasses import dataclass

from rootcase.core.journal.store import InboxRow
from rootcase.core.model import ladder
from rootcase.core.model.case import Case
from rootcase.core.model.events import Event
from rootcase.tui.render.aftermath import after_block
from rootcase.tui.render.case_reasoning import note_block, passed_rules, same_case_block, verdict_block
from rootcase.tui.render.inbox_row import error
from rootcase.tui.render.ladder import ladder_lines, meter
from rootcase.tui.render.layout import CUT, blank, cells, cut, cut_segs, pad, section, seg, wrap
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.render.radius import radius_row
from rootcase.tui.render.words import clock, count, dollars


@dataclass(frozen=True, slots=True)
class Preview:
    """What is known of the case under the cursor. budget_usd: what a run may cost; left_usd: of today."""

    row: InboxRow
    case: Case | None = None
    sample: Event | None = None
    samples: int = 0
    budget_usd: float = 0.0
    left_usd: float = 0.0


def preview_title(preview: Preview, width: int) -> Line:
    """Key, error, service, place and release; evidence at the right."""
    row = preview.row
    facts = [row.service, row.where, row.release]
    if width >= 160 and preview.case and preview.case.code and preview.case.code.release_commit:
        facts[2] = f"release {row.release} at {preview.case.code.release_commit[:7]}"
    about = "  ".join(fact for fact in facts if fact)
    right: list[Seg] = [Seg("evidence ", "muted"), Seg(row.ladder, "strong bold"), Seg(" ")]
    right.extend(meter(ladder.rungs(preview.case)) if preview.case else _meter(row.ladder))
    if width >= 160:
        right.append(Seg(f"   {count(row.signals, 'signal')}, 1 case", "muted"))
    title = tuple(Seg(s.text, "strong bold") for s in error(row, 200) if s.text.strip())
    left = (seg(row.key, "accent bold"), Seg("  "), *title, seg(f"   {about}", "muted"))
    return Line(cut_segs(left, width - 4 - cells(right)), tuple(right))


def _meter(level: str) -> tuple[Seg, ...]:
    reached = int(level[1:]) + 1 if level[1:].isdigit() else 0
    return (Seg("■" * reached, "good"), Seg("□" * (6 - reached), "faint"))


def note_pane(preview: Preview, width: int, height: int) -> tuple[Line, ...]:
    """The note, then the latest event as it came."""
    case = preview.case
    if case is None:
        return (Line((Seg("reading…", "faint"),)),)
    note = _heads(note_block(case, width), width)
    roomy = height >= 18
    body = note if roomy else note[1:]
    if not case.note:
        body = [
            section("Note", width),
            Line((Seg("no note yet: ", "muted"), Seg("t", "accent bold"), Seg(" starts a run"))),
        ]
    latest = latest_event(preview, width)
    if latest and len(body) + 1 + 2 <= height:
        body = [*body, blank(), *latest]
    where = [] if any(line.label == "where" for line in case.note) else radius_row(case, width)
    if where and len(body) + 1 + 2 <= height:
        body = [*body, blank(), section("Blast radius", width), *where]
    return tuple(body)


def _heads(lines: list[Line], width: int) -> list[Line]:
    """The first row of each note line: the preview keeps one row for each; one that goes on ends in `…`."""
    out: list[Line] = []
    cut_short = False
    for line in lines:
        if not out or not line.id or line.id != out[-1].id:
            out.append(line)
            cut_short = False
        elif not cut_short:
            out[-1] = _going_on(out[-1], width)
            cut_short = True
    return [Line(line.segs, line.right) for line in out]


def _going_on(line: Line, width: int) -> Line:
    *before, text = line.segs
    room = width - cells(before) - (cells(line.right) + 1 if line.right else 0)
    return Line((*before, Seg(cut(text.text + CUT, room), text.style)), line.right, id=line.id)


def latest_event(preview: Preview, width: int) -> list[Line]:
    """Request, user and error of the newest sample."""
    event = preview.sample
    if event is None:
        return []
    when = f"{clock(event.at_us, seconds=True)}, 1 of {preview.samples} samples"
    rows = [section("Latest event", width, (Seg(when, "muted"),))]
    place = " ".join(part for part in (event.transaction, event.server, event.environment) if part)
    if place:
        rows.append(Line((seg(cut(place, width), "fg"),)))
    tags = "  ".join(f"{key} {value}" for key, value in event.tags[:4])
    if tags:
        rows.append(Line((seg(cut(tags, width), "muted"),)))
    raised = event.raised
    if raised is not None:
        rows.append(Line((seg(cut(f"{raised.type}: {raised.value}", width), "bad"),)))
    return rows


def why_pane(preview: Preview, width: int, height: int) -> tuple[Line, ...]:
    """Why these are one case, and the verdict with what each rule saw."""
    case = preview.case
    if case is None:
        return ()
    gap = [blank()] if height >= 18 else []
    if after := after_block(case, width):
        # The rest was decided before it was sent, and says less than what became of it.
        return tuple((*_plain(after), *gap, *_plain(same_case_block(case, width))))
    same = _plain(same_case_block(case, width))
    if case.verdict == "fix" or not case.verdict:
        verdict = [*_plain(verdict_block(case, width)), _price(preview, width)]
        return tuple((*same, *gap, *verdict))
    # What holds it back first, then why it is one case; what let it pass is last, where there is room.
    verdict = _plain(verdict_block(case, width, passing=False))
    return tuple((*verdict, *gap, *same, *gap, *_plain(passed_rules(case, width))))


def _plain(lines: list[Line]) -> list[Line]:
    """The same rows without ids: nothing is selected in the preview."""
    return [Line(line.segs, line.right, line.surface, mark=line.mark) for line in lines]


def _price(preview: Preview, width: int) -> Line:
    text = f"a run may cost up to {dollars(preview.budget_usd)}; {dollars(preview.left_usd)} left today"
    return Line((Seg("! ", "warn bold"), Seg(cut(text, width - 2))))


def next_pane(preview: Preview, width: int) -> tuple[Line, ...]:
    """Ladder, suspects, and the keys that lead on."""
    case = preview.case
    if case is None:
        return ()
    rows = [section("Evidence ladder", width, (Seg(f"{ladder.level(case)} now", "muted"),))]
    rows.extend(Line(line.segs) for line in ladder_lines(ladder.rungs(case), width, terse=True))
    suspects = case.code.suspects[:3] if case.code else ()
    if suspects:
        rows.extend((blank(), section("Suspects", width)))
    for suspect in suspects:
        who = (seg(suspect.commit.author.split(" ")[0].lower(), "muted"),)
        subject = cut(suspect.commit.subject, width - 10 - cells(who))
        rows.append(Line((seg(f"{suspect.commit.short}  ", "strong bold"), seg(subject)), who))
    rows.extend((blank(), section("What you can do", width)))
    rows.extend(Line((Seg(pad(key, 7), "accent bold"), seg(words))) for key, words in _keys(preview))
    return tuple(rows)


def _keys(preview: Preview) -> list[tuple[str, str]]:
    keys = [("enter", "open the case")]
    if preview.row.group != "running":
        keys.append(("t", f"start a run, up to {dollars(preview.budget_usd)}"))
    keys.append(("m", "say that somebody has it"))
    return keys


def narrow_preview(preview: Preview, width: int, height: int) -> tuple[Line, ...]:
    """All of it under each other, for one pane."""
    return (
        *wrapped_title(preview, width), *note_pane(preview, width, height), blank(),
        *why_pane(preview, width, height), blank(), *next_pane(preview, width),
    )  # fmt: skip


def wrapped_title(preview: Preview, width: int) -> tuple[Line, ...]:
    """Key and title in full: the one place where a title is never cut."""
    rows = wrap(preview.row.title, width - len(preview.row.key) - 2)
    indent = " " * (len(preview.row.key) + 2)
    first = Line((seg(preview.row.key, "accent bold"), Seg("  "), seg(rows[0], "strong bold")))
    return (first, *(Line((Seg(indent), seg(row, "strong bold"))) for row in rows[1:]))
