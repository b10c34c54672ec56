"""The subset of Markdown that proposals use, as lines; nothing in it can become a control or a widget."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from rootcase.core.safety.text import clean
from rootcase.tui.render.code import highlight
from rootcase.tui.render.layout import blank, cells, cut_segs, seg, wrap_segs
from rootcase.tui.render.line import Line, Seg

HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
BULLET = re.compile(r"(\s*)([-*+]|\d{1,3}[.)])\s+(.*)$")
FENCE = re.compile(r"\s*(`{3,}|~{3,})\s*([\w.+-]*)")
TASK = re.compile(r"\[([ xX])\]\s+(.*)$")
SUMMARY = re.compile(r"<summary>(.*?)</summary>", re.I)
TAG = re.compile(r"</?(?:details|summary|br|sub|sup|p|div)\b[^>]*>", re.I)
INLINE = re.compile(
    r"(?P<escape>\\[!-/:-@\[-`{-~])"
    r"|(?P<ticks>`+)(?P<code>.+?)(?P=ticks)(?!`)"
    r"|\*\*(?P<bold>.+?)\*\*"
    r"|(?<![\w*])[*_](?P<italic>[^\s*_](?:[^*_]*[^\s*_])?)[*_](?![\w*])"
    r"|~~(?P<strike>.+?)~~"
    r"|!?\[(?P<label>[^\]]*)\]\((?P<url>[^)\s]*)\)"
    r"|(?P<cite>\[[fesclidt]\d+\])"
    r"|(?P<link>https?://[^\s)>\]]+)"
)
LANGUAGE_ENDINGS = {
    "python": "x.py",
    "javascript": "x.js",
    "typescript": "x.ts",
    "yaml": "x.yaml",
    "ruby": "x.rb",
}
DIFF_STYLES = {"+": ("good", "add"), "-": ("bad", "del"), "@": ("muted", "bar")}


def markdown(text: str, width: int, *, roomy: bool = False) -> tuple[Line, ...]:
    """The text as lines. roomy: a blank row before each heading; else headings follow at once."""
    rows: list[Line] = []
    paragraph: list[str] = []
    lines = clean(text).split("\n")
    at = 0

    def flush() -> None:
        if paragraph:
            rows.extend(_paragraph(" ".join(paragraph), width))
            paragraph.clear()

    while at < len(lines):
        line = lines[at]
        at += 1
        if fence := FENCE.match(line):
            flush()
            at, block = _fenced(lines, at, fence[1], fence[2], width)
            rows.extend(block)
        elif not line.strip():
            flush()
            if rows and rows[-1].segs:
                rows.append(blank())
        elif special := _special(line, width):
            flush()
            if HEADING.match(line):
                _before_heading(rows, roomy)
            rows.extend(special)
        else:
            paragraph.append(TAG.sub("", line).strip())
    flush()
    return tuple(_without_edges(rows))


def _before_heading(rows: list[Line], roomy: bool) -> None:
    while rows and not rows[-1].segs:
        rows.pop()
    if rows and roomy:
        rows.append(blank())


def _without_edges(rows: list[Line]) -> list[Line]:
    while rows and not rows[-1].segs:
        rows.pop()
    return [row for number, row in enumerate(rows) if row.segs or not (number and not rows[number - 1].segs)]


def _special(line: str, width: int) -> list[Line]:
    """Lines that are a block by themselves: heading, list item, quote, rule, folded part, table row."""
    if heading := HEADING.match(line):
        return [Line(row) for row in wrap_segs([seg(_plain(heading[2]), "strong bold underline")], width)]
    if re.fullmatch(r"\s*([-*_])(\s*\1){2,}\s*", line):
        return [Line((Seg("─" * width, "rule"),))]
    if bullet := BULLET.match(line):
        return _item(bullet, width)
    if line.lstrip().startswith(">"):
        body = inline(line.lstrip().lstrip("> "), "muted")
        return [Line((Seg("│ ", "rule"), *row)) for row in wrap_segs(body, width - 2)]
    if summary := SUMMARY.search(line):
        return [Line((seg("► ", "muted"), seg(_plain(summary[1]), "muted bold")))]
    if line.strip().startswith("|"):
        return _table_row(line, width)
    return [] if TAG.sub("", line).strip() else [blank()]


def _paragraph(text: str, width: int) -> list[Line]:
    return [Line(row) for row in wrap_segs(inline(text), width)]


def _item(bullet: re.Match[str], width: int) -> list[Line]:
    indent = " " * min(8, len(bullet[1].expandtabs(4)))
    glyph, body = f"{bullet[2]} " if bullet[2][0].isdigit() else "· ", bullet[3]
    if task := TASK.match(body):
        glyph, body = ("√ " if task[1].strip() else "□ "), task[2]
    lead = (Seg(indent), seg(glyph, "good bold" if glyph == "√ " else "muted"))
    rows = wrap_segs(inline(body), width - cells(lead))
    hang = Seg(" " * cells(lead))
    return [Line((*lead, *row)) if number == 0 else Line((hang, *row)) for number, row in enumerate(rows)]


def _table_row(line: str, width: int) -> list[Line]:
    columns = [c.strip() for c in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
    if all(re.fullmatch(r":?-+:?", c) for c in columns if c):
        return [Line((Seg("─" * width, "rule"),))]
    each = max(6, (width - len(columns)) // max(1, len(columns)))
    out: list[Seg] = []
    for column in columns:
        kept = cut_segs(inline(column), each)
        out.extend((*kept, Seg(" " * (each - cells(kept) + 1))))
    return [Line(cut_segs(out, width))]


def _fenced(lines: Sequence[str], at: int, fence: str, language: str, width: int) -> tuple[int, list[Line]]:
    rows: list[Line] = []
    while at < len(lines) and not lines[at].strip().startswith(fence):
        rows.append(_code_row(lines[at], language, width))
        at += 1
    return at + 1, rows


def _code_row(text: str, language: str, width: int) -> Line:
    shown = seg(text).text
    if language == "diff" and shown[:1] in DIFF_STYLES and not shown.startswith(("+++", "---")):
        sign, surface = DIFF_STYLES[shown[0]]
        if shown[0] == "@":
            return Line(cut_segs((Seg("  "), Seg(shown, sign)), width))
        return Line(
            cut_segs((Seg("  "), Seg(shown[0], f"{sign} bold"), Seg(shown[1:])), width), surface=surface
        )
    segs = highlight(shown, LANGUAGE_ENDINGS.get(language, f"x.{language}"))
    return Line(cut_segs((Seg("  "), *segs), width), surface="panel")


def inline(text: str, style: str = "fg") -> tuple[Seg, ...]:
    """One paragraph's words with their emphasis; what is no Markdown stays as it is."""
    out: list[Seg] = []
    at = 0
    for match in INLINE.finditer(text):
        if match.start() > at:
            out.append(seg(html.unescape(text[at : match.start()]), style))
        out.extend(_inline(match, style))
        at = match.end()
    if at < len(text):
        out.append(seg(html.unescape(text[at:]), style))
    return tuple(out)


def _inline(match: re.Match[str], style: str) -> tuple[Seg, ...]:
    if match["escape"]:
        return (seg(match["escape"][1], style),)
    if match["code"] is not None:
        return (seg(match["code"].strip() or match["code"], "strong bold"),)
    if match["bold"] is not None:
        return inline(match["bold"], "strong bold")
    if match["italic"] is not None:
        return inline(match["italic"], f"{style} italic")
    if match["strike"] is not None:
        return (seg(match["strike"], f"{style} strike"),)
    if match["label"] is not None:
        return (seg(_plain(match["label"]) or match["url"], "accent"),)
    return (seg(match["cite"] or match["link"], "accent"),)


def _plain(text: str) -> str:
    return "".join(part.text for part in inline(TAG.sub("", text)))


def raw(text: str, width: int) -> tuple[Line, ...]:
    """The exact text that is sent, wrapped at the edge with `…` at no point: nothing is left out."""
    rows: list[Line] = []
    for line in clean(text).split("\n"):
        parts = _hard_wrap(seg(line).text, width)
        rows.extend(Line((seg(part),)) for part in parts)
    return tuple(rows)


def _hard_wrap(text: str, width: int) -> list[str]:
    from rich.cells import chop_cells

    return chop_cells(text, width) or [""]
