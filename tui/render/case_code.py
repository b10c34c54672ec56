"""The code pane of a case: a file at the release or at HEAD, the failing line lit, blame in the margin."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from rootcase.core.model.case import Case
from rootcase.core.model.code import BlameLine, Candidate, CodePath, MappedFrame
from rootcase.tui.render.code import Highlighter
from rootcase.tui.render.layout import cells, chips, cut, cut_segs, cut_start, pad, section_of, seg
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.render.marks import MAPPED
from rootcase.tui.render.words import SECOND_US, file_name, short_age

Side = Literal["release", "head"]
BLAME_CELLS = 22
LIKELY = 0.3


@dataclass(frozen=True, slots=True)
class Margin:
    """Who last changed each line. suspects: shas to be marked `!`."""

    lines: Mapping[int, BlameLine] = field(default_factory=dict)
    suspects: frozenset[str] = frozenset()
    now_us: int = 0


class CodeSource:
    """A whole file as lines, each made when it is looked at; the cursor's ids are `line:88`.

    failing: 1-based, 0 for none. cited: line → evidence ids; lit: those of the selected claim.
    """

    def __init__(
        self, lines: Sequence[str], path: str, width: int, *, failing: int = 0,
        cited: Mapping[int, Sequence[str]] | None = None, lit: Collection[str] = (), margin: Margin | None = None,
    ) -> None:  # fmt: skip
        self._lines = lines
        self._painter = Highlighter(lines, path)
        self._width = width
        self._failing = failing
        self._cited = cited or {}
        self._lit = frozenset(lit)
        self._margin = margin
        self._digits = max(4, len(str(len(lines))) + 1)

    def line_count(self) -> int:
        return len(self._lines)

    def id_at(self, index: int) -> str:
        return f"line:{index + 1}"

    def index_of(self, id: str) -> int:
        number = id.removeprefix("line:")
        return int(number) - 1 if number.isdigit() and 0 < int(number) <= len(self._lines) else -1

    def line_at(self, index: int) -> Line:
        number = index + 1
        ids = tuple(self._cited.get(number, ()))
        shining = bool(self._lit.intersection(ids))
        right = chips(ids, self._lit)
        head = (*self._blame(number), *self._number(number))
        room = self._width - cells(head) - (cells(right) + 1 if right else 0)
        strong = number == self._failing or shining
        return Line(
            (*head, *cut_segs(self._painter.line(index), room)), right,
            surface="lit" if strong else "", id=self.id_at(index), mark="accent" if strong else "",
        )  # fmt: skip

    def _number(self, number: int) -> tuple[Seg, ...]:
        style = "strong bold" if number == self._failing else "faint"
        return (Seg(f"{number:>{self._digits}}  ", style),)

    def _blame(self, number: int) -> tuple[Seg, ...]:
        margin = self._margin
        if margin is None:
            return ()
        line = margin.lines.get(number)
        if line is None:
            return (Seg(" " * BLAME_CELLS),)
        above = margin.lines.get(number - 1)
        if above is not None and above.commit.sha == line.commit.sha:
            return (Seg(pad("│", BLAME_CELLS), "rule"),)
        suspect = line.commit.sha in margin.suspects
        old = short_age((margin.now_us - line.commit.at_us) / SECOND_US)
        who = pad(seg(line.commit.author.split(" ")[0].lower()).text, 7)
        style = "warn" if suspect else "muted"
        return (seg(f"{line.commit.short} {who}{old:>4}", style), Seg("! " if suspect else "  ", "warn bold"))


def marked(code: CodePath | None) -> frozenset[str]:
    """Shas that the blame margin marks: the likely ones alone, since every line has some commit behind it."""
    suspects = code.suspects if code else ()
    likely = [s.commit.sha for s in suspects if s.score >= LIKELY]
    return frozenset(likely or [s.commit.sha for s in suspects[:1]])


def changed_row(code: CodePath | None, frame: MappedFrame | None, width: int) -> Line | None:
    """That a commit since the release touches the failing statement; None where none does."""
    failing = code.failing if code else None
    if code is None or not code.changed_since or frame is None or failing is None:
        return None
    if frame.frame_index != failing.frame_index:
        return None
    told = f"may be fixed already: {code.changed_since}"
    return Line((seg("! ", "warn bold"), seg(cut(told, width - 2), "warn")))


def cited_lines(case: Case, path: str, commit: str) -> dict[int, tuple[str, ...]]:
    """Evidence that stands on lines of that file at that commit; a span is named on its first line."""
    out: dict[int, tuple[str, ...]] = {}
    for item in case.evidence:
        if item.kind == "code" and item.path == path and item.line and item.commit in ("", commit):
            line = _span_line(case, item.id) or item.line
            out[line] = (*out.get(line, ()), item.id)
    return out


def _span_line(case: Case, span: str) -> int:
    """The failing line of the frame that a span belongs to: that is where the eye looks for it."""
    frames = case.code.frames if case.code else ()
    return next((f.line for f in frames if f.span == span), 0)


def side_row(code: CodePath, frame: MappedFrame | None, side: Side, width: int) -> Line:
    """The two sides as a toggle, and what became of the failing line between them."""
    release = f" release {cut(code.release or code.release_commit[:7], 16)} "
    head = f" HEAD {code.head_commit[:7]} "
    on, off = "strong bold on select", "muted on bar"
    toggle = (seg(release, on if side == "release" else off), seg(head, on if side == "head" else off))
    words = since_release(frame)
    right = (seg("v", "accent bold"),)
    return Line((*toggle, Seg("  "), *cut_segs(words, width - cells(toggle) - 4)), right)


def since_release(frame: MappedFrame | None) -> tuple[Seg, ...]:
    """`moved 88→93, changed by 4fe21c0, a rename`."""
    if frame is None:
        return ()
    moved = f"{frame.line}→{frame.head_line}"
    by = frame.head_commit
    changed = (
        (seg("changed by ", "muted"), seg(by.short, "accent bold"), seg(f", {by.subject}", "muted"))
        if by else (seg("changed since", "muted"),)
    )  # fmt: skip
    told: dict[str, tuple[Seg, ...]] = {
        "same": (seg("the same line at HEAD", "muted"),),
        "moved": (seg("moved ", "muted"), seg(moved, "strong bold")),
        "changed": (seg("at ", "muted"), seg(moved, "strong bold"), seg(", ", "muted"), *changed),
        "gone": (seg("gone at HEAD", "warn"), *((seg(", ", "muted"), *changed) if by else ())),
        "unknown": (seg("not known at HEAD", "muted"),),
    }
    return told[frame.head_status]


def place_of(frame: MappedFrame, side: Side) -> tuple[str, int]:
    """Path and line of a frame on a side; HEAD falls back to the release's where the line is gone."""
    if side == "head" and frame.head_path and frame.head_line:
        return frame.head_path, frame.head_line
    return frame.path, frame.line


def title_right(frame: MappedFrame | None, width: int) -> tuple[Seg, ...]:
    """`√ src/checkout/pricing.py`, how sure the mapping is."""
    if frame is None or not frame.path:
        return ()
    mark = MAPPED[frame.verdict]
    word = "" if frame.verdict == "confirmed" else f"{mark.word} "
    return (seg(f"{mark.glyph} {word}", mark.style), seg(cut_start(frame.path, width), "muted"))


def also_block(
    case: Case, candidates: Sequence[Candidate], excerpt: Sequence[str], first: int, width: int, rows: int,
    cited: Mapping[int, Sequence[str]] | None = None, lit: Collection[str] = (),
) -> tuple[Line, ...]:  # fmt: skip
    """Code beyond the trace that may need the change: the best candidate's lines, and the next ones by name.

    excerpt: lines of the candidate's file from line `first` on; cited: line → evidence ids.
    """
    if not candidates or rows < 3:
        return ()
    best = candidates[0]
    title = (
        seg("Also on the path  ", "muted bold"),
        seg(f"{file_name(best.path)}:{best.line} {best.qualified_name.rpartition('.')[2]}", "strong bold"),
    )
    out = [section_of(title, width, chips(_commits_of(case, best), lit))]
    painter = Highlighter(excerpt, best.path)
    for index in range(min(len(excerpt), rows - 3)):
        named = (cited or {}).get(first + index, ())
        right = chips(named, lit)
        code = cut_segs(painter.line(index), width - 6 - (cells(right) + 1 if right else 0))
        surface, mark = ("lit", "accent") if set(named) & set(lit) else ("", "")
        out.append(Line((Seg(f"{first + index:>4}  ", "faint"), *code), right, surface=surface, mark=mark))
    why = f"{', '.join(best.reasons[:2])}; 1 of {len(candidates)} candidates"
    out.append(Line((seg(cut(why, width), "muted"),)))
    others = "   ".join(
        f"{number} {c.qualified_name.rpartition('.')[2]}, {c.reasons[0] if c.reasons else 'near'}"
        for number, c in enumerate(candidates[1:4], 2)
    )
    if others and len(out) < rows:
        out.append(Line((seg(cut(others, width), "muted"),)))
    return tuple(out)


def _commits_of(case: Case, candidate: Candidate) -> tuple[str, ...]:
    suspects = case.code.suspects if case.code else ()
    return tuple(s.evidence for s in suspects if s.evidence and candidate.path in s.commit.files)[:2]


def beyond_trace(code: CodePath | None) -> tuple[Candidate, ...]:
    """Candidates that are no frame of the trace, best first."""
    if code is None:
        return ()
    on_trace = {(f.path, f.qualified_name) for f in code.frames}
    return tuple(c for c in code.candidates if (c.path, c.qualified_name) not in on_trace)
