"""The preview's note: one row for each line."""

from __future__ import annotations

from rootcase.core.journal.store import InboxRow
from rootcase.core.model.case import Case
from rootcase.core.model.evidence import NoteLine
from rootcase.tui.render.inbox_preview import Preview, note_pane
from rootcase.tui.render.layout import cells

ROW = InboxRow(
    "C-1", "needs_you", "new", "P1", "KeyError", "KeyError", "f", "s", "a.py:1", 1, 1, "1", "", "fix", "", "E1", (), 0,
    0, 0, 1, 0.0, "",
)  # fmt: skip
LONG = 'e294b61 by jonas, "Load price rows in bulk": touches price_for and the rows it reads'


def rows(width: int) -> dict[str, str]:
    note = (
        NoteLine("what", "it fails", ("f1",)),
        NoteLine("changed", LONG, ("c1",)),
        NoteLine("missing", "a test"),
    )
    lines = note_pane(Preview(ROW, Case(key="C-1", note=note)), width, 12)
    return {line.segs[0].text.strip(): line.segs[1].text for line in lines if len(line.segs) > 1}


def test_a_line_of_the_note_that_goes_on_ends_in_an_ellipsis() -> None:
    said = rows(60)
    assert said["changed"].endswith("…") and LONG.startswith(said["changed"].rstrip("…"))
    assert said["what"] == "it fails" and said["missing"] == "a test"


def test_the_ellipsis_fits_at_every_width() -> None:
    note = (NoteLine("changed", LONG, ("c1",)),)
    for width in range(30, 90):
        for line in note_pane(Preview(ROW, Case(key="C-1", note=note)), width, 12):
            assert cells(line.segs) + cells(line.right) <= width
