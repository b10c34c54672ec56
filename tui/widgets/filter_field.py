"""The Inbox's filter row: whole words as chips, the word being typed, how many cases it leaves."""

from __future__ import annotations

from rootcase.tui.inbox_filter import PREFIXES
from rootcase.tui.render.layout import cells, cut_segs, seg
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.widgets.field import Field

HINT = "type to narrow: words, is: owner: release: gate:"
SHORT_HINT = "type to narrow"


class FilterField(Field):
    """Words that are finished with a space become chips; leaving the field finishes all of them."""

    def line(self) -> Line:
        text = self.text if self.has_focus else f"{self.text} "
        done, _, current = text.rpartition(" ")
        segs = [Seg("/", "accent bold"), Seg(" ")]
        for word in done.split():
            segs.extend((*_chip(word), Seg(" ")))
        caret = Seg("▏", "accent bold" if self.has_focus else "rule")
        if current:
            segs.extend((Seg(" "), seg(current, "strong"), caret))
        else:
            hint = HINT if self.size.width >= 100 else SHORT_HINT
            segs.extend(
                (Seg(" "), caret, Seg("" if done.strip() and self.size.width < 80 else hint, "faint"))
            )
        room = self.size.width - 2 - cells(self.right) - 2
        return Line(cut_segs(segs, room), self.right)


def _chip(word: str) -> tuple[Seg, ...]:
    prefix = next((p for p in PREFIXES if word.startswith(p)), "")
    return (
        seg(f" {prefix}", "fg on select"), seg(word[len(prefix) :], "strong bold on select"),
        Seg(" × ", "muted on select"),
    )  # fmt: skip
