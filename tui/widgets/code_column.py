"""The code pane: a file at the release or at HEAD, or a commit's patch, read when it is first looked at."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, cast

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical

from rootcase.core.model.case import Case
from rootcase.core.model.code import MappedFrame
from rootcase.tui.render.case_code import (
    CodeSource,
    Margin,
    Side,
    also_block,
    beyond_trace,
    changed_row,
    cited_lines,
    marked,
    place_of,
    side_row,
    title_right,
)
from rootcase.tui.render.event_code import event_code
from rootcase.tui.render.fault import Fault, card
from rootcase.tui.render.frames import ShownFrame
from rootcase.tui.render.layout import blank, cut_segs, cut_start, seg
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.render.patch import patch_lines
from rootcase.tui.render.title import Title, title_line
from rootcase.tui.render.words import file_name
from rootcase.tui.widgets.bar import Bar
from rootcase.tui.widgets.code_files import CodeFiles, File
from rootcase.tui.widgets.line_pane import LinePane

if TYPE_CHECKING:
    from rootcase.tui.screens.followed import FollowedScreen

ALSO_ROWS = 9
Place = tuple[str, str, int]
KEYS_OF_FAULT = (("R", "try again"), ("v", "the other side"), ("c", "copy this"))


class CodeColumn(Vertical):
    """side: which of the two is shown; blame: the margin is on; commit: sha of a patch shown instead, or ""."""

    DEFAULT_CSS = "CodeColumn { width: 1fr; height: 1fr; } CodeColumn #also { height: auto; }"

    def __init__(self) -> None:
        super().__init__(id="code-column")
        self.files = CodeFiles()
        self.case = Case()
        self.frame: ShownFrame | None = None
        self.lit: frozenset[str] = frozenset()
        self.side: Side = "release"
        self.blame = False
        self.commit = ""
        self.elsewhere: Place | None = None
        self.told = ""
        self.with_also = True
        self.as_tab = False
        self.roomy = False
        self._shown: tuple[str, str, int, int] = ("", "", 0, 0)

    def empty(self) -> None:
        """As it was at first, for another case."""
        self.files, self.case, self.frame = CodeFiles(), Case(), None
        self.commit, self.elsewhere, self.told, self.side = "", None, "", "release"
        self._shown = ("", "", 0, 0)
        for name in ("code", "also"):
            self.query_one(f"#{name}", LinePane).empty()

    def compose(self) -> ComposeResult:
        yield Bar("code-head", ("panel", "bg"))
        yield LinePane("code")
        yield LinePane("also", cursor=False)

    @property
    def pane(self) -> LinePane:
        """The pane that holds the cursor."""
        return self.query_one("#code", LinePane)

    @property
    def mapped(self) -> MappedFrame | None:
        return self.frame.mapped if self.frame else None

    @property
    def place(self) -> Place:
        """Path, commit and line of what is shown: evidence, or the selected frame on its side; "" for nothing."""
        if self.elsewhere is not None:
            return self.elsewhere
        code, frame = self.case.code, self.mapped
        if code is None or frame is None or not frame.path or frame.verdict == "not ours":
            return "", "", 0
        path, line = place_of(frame, self.side)
        return path, code.head_commit if self.side == "head" else code.read_commit, line

    def update(self, case: Case, frame: ShownFrame | None, lit: Collection[str], *, roomy: bool) -> None:
        """Show the code of a frame; what is lit is marked."""
        if frame != self.frame:
            self.commit, self.elsewhere = "", None
        self.case, self.frame, self.lit, self.roomy = case, frame, frozenset(lit), roomy
        self.draw()

    def show_commit(self, sha: str) -> None:
        """Show a commit's patch in place of the file, "" for the file again."""
        self.commit = sha
        if sha and self.files.patch(sha) is None:
            self._screen.work(self._read_patch(sha), f"patch {sha[:7]}")
        self.draw()

    def show_place(self, path: str, commit: str, line: int, told: str = "cited") -> None:
        """Show code wherever it is, and say why; a frame or `v` brings the frame's file back."""
        self.commit, self.elsewhere, self.told = "", (path, commit, line), told
        self.draw()

    @property
    def place_at_head(self) -> Place:
        """The line under the cursor as the engineer's checkout has it: mapped to HEAD where the frame is."""
        path, commit, line = self.place
        cursor = self.pane.cursor_id.removeprefix("line:")
        at = int(cursor) if cursor.isdigit() else line
        frame = self.mapped
        if self.elsewhere is None and frame is not None and self.side == "release" and frame.head_line:
            return frame.head_path or path, commit, max(1, at + frame.head_line - frame.line)
        return path, commit, at

    def show_frame(self) -> None:
        """The selected frame's file again, without drawing it yet."""
        self.commit, self.elsewhere = "", None

    def turn(self) -> None:
        """The other view: the frame's file again where something else is shown, else the other side."""
        if self.commit or self.elsewhere is not None:
            self.commit, self.elsewhere = "", None
        else:
            self.side = "head" if self.side == "release" else "release"
        self.draw()

    def forget(self) -> None:
        """Read everything anew."""
        self.files.forget()
        self._shown = ("", "", 0, 0)
        self.draw()

    # -- drawing

    def draw(self) -> None:
        """Draw what is there, and read what is not."""
        if not self.is_mounted or not self.size.width:
            return
        self.draw_head()
        width = max(8, self.size.width - 2)
        if self.commit:
            self._draw_patch(width)
            return
        path, commit, line = self.place
        if not path:
            self.pane.show(event_code(self.case, self.frame, width))
            self._draw_also(width)
            return
        content = self.files.file(path, commit)
        if content is None:
            self._screen.work(self._read(path, commit, line), f"read {path}")
        elif isinstance(content, Fault):
            self.pane.show((*([blank()] if self.roomy else []), *card(content, width, KEYS_OF_FAULT)))
        else:
            self._draw_file(content, path, commit, line, width)
        self._draw_also(width)

    def _draw_file(self, content: File, path: str, commit: str, line: int, width: int) -> None:
        margin = self._margin(path, commit, line) if self.blame else None
        cited = cited_lines(self.case, path, commit)
        self.pane.show(
            CodeSource(content, path, width, failing=line, cited=cited, lit=self.lit, margin=margin)
        )
        self._look_at(line, (path, commit, line, self.pane.rows))

    def _look_at(self, line: int, shown: tuple[str, str, int, int]) -> None:
        """The failing line at its height: at first, and in a new height while nobody has moved away."""
        pane, old = self.pane, self._shown
        moved_away = old[:3] == shown[:3] and pane.cursor_id != f"line:{line}"
        if not pane.rows or old == shown or moved_away:
            return
        self._shown = shown
        pane.reveal(max(0, line - 1), always=True)
        pane.select(f"line:{line}")

    def _margin(self, path: str, commit: str, line: int) -> Margin | None:
        lines = self.files.blame(path, commit)
        if lines is None:
            self._screen.work(self._read_blame(path, commit, line), f"blame {path}")
            lines = {}
        return Margin(lines, marked(self.case.code), self._screen.now_us)

    def _draw_patch(self, width: int) -> None:
        content = self.files.patch(self.commit)
        if isinstance(content, Fault):
            self.pane.show(card(content, width, KEYS_OF_FAULT))
        elif content is not None:
            self.pane.show(patch_lines(content, width))
        self.query_one("#also", LinePane).show(())

    def draw_head(self) -> None:
        """The title row, in its focused look where the pane has the keys, and the sides."""
        width = max(8, self.size.width - 2)
        head = self.query_one("#code-head", Bar)
        if self.commit:
            title = Title("Code", "3", right=(seg(f"commit {self.commit[:7]}", "accent bold"),))
            sides = Line(self._subject(), (seg("v", "accent bold"), seg(" the file again", "muted")))
        else:
            code = self.case.code
            right = title_right(self.mapped, width // 2)
            sides = side_row(code, self.mapped, self.side, width) if code else Line()
            if self.elsewhere is not None:
                path, commit, line = self.elsewhere
                right = (seg(cut_start(path, width // 2), "muted"), seg(f" at {commit[:7]}", "muted"))
                place = seg(f"{file_name(path)}:{line}", "strong bold")
                there = cut_segs((place, seg(f"  {self.told}", "muted")), width - 20)
                sides = Line(there, (seg("v", "accent bold"), seg(" the frame again", "muted")))
            title = Title("Code", "3", right=right)
        rows = [] if self.as_tab else [title_line(title, self.pane.has_focus)]
        changed = None if self.commit or self.elsewhere else changed_row(self.case.code, self.mapped, width)
        sides_too = (sides, changed) if changed else (sides,)
        rows.extend((blank(), *sides_too, blank()) if self.roomy else sides_too)
        head.styles.height = len(rows)
        head.show(rows)

    def _subject(self) -> tuple[Seg, ...]:
        suspects = self.case.code.suspects if self.case.code else ()
        found = next((s.commit for s in suspects if s.commit.sha == self.commit), None)
        return (seg(f"{found.author}: ", "muted"), seg(found.subject, "strong bold")) if found else ()

    def _draw_also(self, width: int) -> None:
        also = self.query_one("#also", LinePane)
        candidates = beyond_trace(self.case.code) if self.with_also else ()
        code = self.case.code
        if not candidates or code is None or self.size.height < 18 or self.elsewhere is not None:
            also.show(())
            also.styles.height = 0
            return
        best = candidates[0]
        commit = code.read_commit
        content = self.files.file(best.path, commit)
        if content is None:
            self._screen.work(self._read(best.path, commit, best.line), f"read {best.path}")
            return
        excerpt = content[max(0, best.line - 1) : best.line + 5] if isinstance(content, tuple) else ()
        cited = cited_lines(self.case, best.path, commit)
        first = max(1, best.line)
        rows = also_block(self.case, candidates, excerpt, first, width, ALSO_ROWS, cited, self.lit)
        also.styles.height = len(rows)
        also.show(rows)

    # -- reading

    @property
    def _screen(self) -> FollowedScreen:
        return cast("FollowedScreen", self.screen)

    async def _read(self, path: str, commit: str, line: int) -> None:
        await self.files.read_file(self._screen.rootcase.desk, self.case, path, commit)
        self.draw()

    async def _read_blame(self, path: str, commit: str, line: int) -> None:
        await self.files.read_blame(self._screen.rootcase.desk, self.case, path, commit, line)
        if self.files.blame(path, commit):
            self.draw()

    async def _read_patch(self, sha: str) -> None:
        await self.files.read_patch(self._screen.rootcase.desk, self.case, sha)
        self.draw()

    def on_resize(self, event: events.Resize) -> None:
        self.draw()

    def on_descendant_focus(self) -> None:
        self.draw_head()

    def on_descendant_blur(self) -> None:
        self.draw_head()
