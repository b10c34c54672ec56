"""A commit's patch as lines, for the code pane: message, files, coloured rows."""

from __future__ import annotations

from collections.abc import Sequence

from rootcase.tui.render.code import highlight
from rootcase.tui.render.layout import cut, cut_segs, seg
from rootcase.tui.render.line import Line, Seg

SIGNS = {"+": ("good bold", "add"), "-": ("bad bold", "del")}


def patch_lines(rows: Sequence[str], width: int) -> tuple[Line, ...]:
    """Every row of `git show`, changed ones on their surface; ids are `patch:N`."""
    out: list[Line] = []
    path = ""
    in_hunk = False
    for number, text in enumerate(rows):
        if text.startswith("diff --git "):
            in_hunk = False
        elif text.startswith("@@"):
            in_hunk = True
        elif text.startswith("+++ "):
            path = text[4:].removeprefix("b/")
        out.append(_row(text, path, in_hunk, width, f"patch:{number}"))
    return tuple(out)


def _row(text: str, path: str, in_hunk: bool, width: int, key: str) -> Line:
    if in_hunk and text[:1] in SIGNS:
        style, surface = SIGNS[text[0]]
        code = cut_segs(highlight(text[1:], path), width - 2)
        return Line((Seg(f"{text[0]} ", style), *code), surface=surface, id=key)
    if in_hunk and text.startswith("@@"):
        return Line((seg(cut(text, width), "muted"),), surface="bar", id=key)
    if text.startswith("diff --git "):
        name = text.rpartition(" b/")[2]
        return Line((seg(cut(name, width), "strong bold"),), id=key)
    if not in_hunk:
        meta = text.startswith(
            ("index ", "--- ", "+++ ", "new file", "deleted file", "similarity", "rename ")
        )
        return Line((seg(cut(text, width), "faint" if meta else "fg"),), id=key)
    return Line((Seg("  "), *cut_segs(highlight(text[1:], path), width - 2)), id=key)
