"""How text fills columns: widths in cells, cuts, wrapping, sections and citation chips; all pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from rich.cells import cell_len, chop_cells, set_cell_size

from rootcase.core.safety.text import clean
from rootcase.tui.render.line import Line, Seg

CUT = "…"


def seg(text: str, style: str = "fg") -> Seg:
    """A segment of any text; what could move a cursor or hide a character is made visible first."""
    return Seg(one_line(text), style)


def one_line(text: str) -> str:
    """Clean text without line ends; unlike `clean_line` it keeps every space, which code needs."""
    return clean(text).replace("\n", " ").replace("\t", "    ")


def cells(segs: Iterable[Seg]) -> int:
    """How many cells the segments take."""
    return sum(cell_len(s.text) for s in segs)


def cut(text: str, width: int) -> str:
    """The text in at most `width` cells; the cut shows `…`."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + CUT if width > 0 else ""


def cut_start(text: str, width: int) -> str:
    """Like `cut`, but the end stays: for paths, whose end says most."""
    if cell_len(text) <= width:
        return text
    if width <= 0:
        return ""
    kept = text[len(text) - width + 1 :]
    while cell_len(kept) > width - 1:
        kept = kept[1:]
    return CUT + kept


def cut_segs(segs: Sequence[Seg], width: int) -> tuple[Seg, ...]:
    """The segments in at most `width` cells, the last one kept cut with `…`."""
    if cells(segs) <= width:
        return tuple(segs)
    out: list[Seg] = []
    left = width
    for part in segs:
        size = cell_len(part.text)
        if size >= left:
            # one more character than fits, so that the cut shows even where the text ends exactly here
            out.append(Seg(cut(part.text + " " * (left + 1), left), part.style))
            break
        out.append(part)
        left -= size
    return tuple(out)


def pad(text: str, width: int) -> str:
    """The text in exactly `width` cells, cut or filled with spaces."""
    return set_cell_size(cut(text, width), max(0, width))


def wrap(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` cells, broken at spaces; a longer word is chopped."""
    width = max(1, width)
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split():
            joined = f"{line} {word}" if line else word
            if cell_len(joined) <= width:
                line = joined
                continue
            if line:
                lines.append(line)
            *full, line = chop_cells(word, width)
            lines.extend(full)
        lines.append(line)
    return lines or [""]


def paragraph(text: str, width: int, *, indent: int = 0, style: str = "fg", id: str = "") -> list[Line]:
    """Wrapped text as lines, each indented."""
    rows = wrap(clean(text), width - indent)
    return [Line((Seg(" " * indent, style), Seg(row, style)), id=id) for row in rows if row or len(rows) > 1]


def section(title: str, width: int, right: Sequence[Seg] = (), *, style: str = "muted bold") -> Line:
    """A bold word, a rule to the edge, and what is said of it at the right."""
    return section_of((seg(title, style),), width, right)


def section_of(title: Sequence[Seg], width: int, right: Sequence[Seg] = ()) -> Line:
    """A section whose title has several segments."""
    tail = (Seg(" "), *right) if right else ()
    head = cut_segs(title, max(1, width - cells(tail) - 2))
    rule = width - cells(head) - cells(tail) - 1
    return Line((*head, Seg(" "), Seg("─" * max(0, rule), "rule"), *tail))


def chips(ids: Iterable[str], lit: Collection[str] = (), *, gap: str = " ") -> tuple[Seg, ...]:
    """Citations as `[f1]`, solid where they are lit."""
    out: list[Seg] = []
    for number, name in enumerate(ids):
        if number and gap:
            out.append(Seg(gap))
        out.append(seg(f"[{name}]", "on-accent bold on accent" if name in lit else "accent"))
    return tuple(out)


def blank(id: str = "") -> Line:
    """An empty row."""
    return Line(id=id)


def spread(left: Sequence[Seg], right: Sequence[Seg], width: int) -> tuple[Seg, ...]:
    """Left and right segments in exactly `width` cells; the left is cut when both do not fit."""
    room = max(0, width - cells(right) - (1 if right else 0))
    head = cut_segs(left, room)
    return (*head, Seg(" " * max(0, width - cells(head) - cells(right))), *right)


def wrap_segs(segs: Sequence[Seg], width: int) -> list[tuple[Seg, ...]]:
    """Styled text in rows of at most `width` cells, broken at spaces; a space takes the style before it."""
    width = max(1, width)
    rows: list[tuple[Seg, ...]] = []
    row: list[Seg] = []
    for word in _words(segs):
        gap = 1 if row else 0
        if cells(row) + gap + cells(word) <= width:
            row.extend([Seg(" ", _space(row[-1], word[0]))] if row else [])
            row.extend(word)
            continue
        if row:
            rows.append(tuple(row))
        *full, row = _chopped(word, width)
        rows.extend(tuple(part) for part in full)
    rows.append(tuple(row))
    return rows


def _space(before: Seg, after: Seg) -> str:
    return before.style if before.style == after.style else "fg"


def _words(segs: Sequence[Seg]) -> list[list[Seg]]:
    words: list[list[Seg]] = [[]]
    for part in segs:
        for number, piece in enumerate(part.text.split(" ")):
            if number and words[-1]:
                words.append([])
            if piece:
                words[-1].append(Seg(piece, part.style))
    return [word for word in words if word]


def _chopped(word: list[Seg], width: int) -> list[list[Seg]]:
    if cells(word) <= width:
        return [word]
    rows: list[list[Seg]] = [[]]
    for part in word:
        for piece in chop_cells(part.text, width):
            if rows[-1] and cells(rows[-1]) + cell_len(piece) > width:
                rows.append([])
            rows[-1].append(Seg(piece, part.style))
    return rows
