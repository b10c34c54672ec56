"""What the Case screen does with the code map: candidates, suspects, the revert, the editor at the line."""

from __future__ import annotations

from rootcase.core.model.case import Case
from rootcase.core.model.code import Commit
from rootcase.core.model.drafts import Draft
from rootcase.core.model.entries import DraftAbandoned
from rootcase.core.model.errors import RootcaseError
from rootcase.tui.render import timeline
from rootcase.tui.screens.confirm import Answer, Question
from rootcase.tui.screens.followed import FollowedScreen
from rootcase.tui.widgets.code_column import CodeColumn
from rootcase.tui.widgets.line_pane import LinePane


class CodeMapCommands(FollowedScreen):
    """candidate: number of the candidate that was last gone to, -1 for none."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.candidate = -1

    def draw_stack(self) -> None:
        """Draw the stack pane anew."""
        raise NotImplementedError

    def say_revert(self, old: Case) -> None:
        """What has become of a revert that was asked for here: its draft, or what stands in its way."""
        draft, before = self.case.draft, old.draft
        if (
            old.seq
            and draft
            and draft.reverts
            and draft.hunks
            and not (before and before.number == draft.number)
        ):
            self.notice(f"the revert of {draft.reverts[:7]} is draft {draft.number}: d opens it", "good")
        new = self.case.faults[len(old.faults) :] if old.seq else ()
        for fault in (fault for fault in new if fault.stage == "revert"):
            self.show_fault(RootcaseError(f"{fault.title}. {fault.detail}", fault.detail, fault.hint))

    def pane(self, name: str) -> LinePane:
        return self.query_one(f"#{name}", LinePane)

    @property
    def column(self) -> CodeColumn:
        return self.query_one(CodeColumn)

    @property
    def candidate_shown(self) -> int:
        """Number of the candidate in the code pane, -1 where that shows something else."""
        return self.candidate if self.column.elsewhere is not None and not self.column.commit else -1

    def go_to_candidate(self, number: int) -> None:
        code = self.case.code
        if code is None or not 0 <= number < len(code.candidates):
            return
        self.candidate = number
        item = code.candidates[number]
        told = f"candidate {number + 1} of {len(code.candidates)}: {', '.join(item.reasons[:2])}"
        self.column.show_place(item.path, code.release_commit or code.head_commit, item.line, told)
        self.draw_stack()

    def open_commit(self, id: str) -> None:
        if id.startswith("suspect:"):
            self.column.show_commit(id.removeprefix("suspect:"))

    # -- commands

    def do_suspects(self) -> None:
        """Open the first suspect's commit, the next one each time."""
        shas = [s.commit.sha for s in (self.case.code.suspects if self.case.code else ())]
        if not shas:
            self.notice("no commit in the window touches the code path", "muted")
            return
        at = shas.index(self.column.commit) + 1 if self.column.commit in shas else 0
        self.column.show_commit(shas[at % len(shas)])
        pane = self.pane("suspects" if self.fold == "medium" else "stack")
        pane.select(f"suspect:{shas[at % len(shas)]}")

    def do_candidate(self, key: str) -> None:
        """Go to the next function that may need the change, the likeliest first; the code follows."""
        total = len(self.case.code.candidates) if self.case.code else 0
        step = -1 if key == "N" else 1
        at = self.candidate_shown
        number = (0 if step > 0 else total - 1) if at < 0 else (at + step) % total
        self.go_to_candidate(number)
        self.pane("stack").select(f"candidate:{number}")
        if self.fold == "narrow":
            self.go_to_pane(self.column.pane)

    async def do_revert(self) -> None:
        """Draft the revert of the suspect under the cursor or in the code pane, else of the likeliest."""
        draft = self.case.draft
        if draft is not None and draft.reverts:
            await self._set_aside(draft)
            return
        commit = self._chosen_suspect() or timeline.likeliest(self.case)
        if commit is None:
            return
        await self.rootcase.desk.start_revert(self.key, commit.sha)
        self.notice(f"the revert of {commit.short}, {commit.subject}, is being drafted and proved", "accent")

    async def _set_aside(self, draft: Draft) -> None:
        """The revert stands in the way of the fix as the latest draft: take it away again."""
        question = Question(
            f"Set the revert of {draft.reverts[:7]} aside?",
            f"Draft {draft.number} is abandoned; the draft before it shows again, with its proof.",
            (Answer("y", "set it aside", "r drafts it anew later"),), stay="keep it", opened_by="r",
        )  # fmt: skip
        if await self.confirm(question) == "y":
            await self.say(DraftAbandoned(draft.number, "set aside by hand"))

    def _chosen_suspect(self) -> Commit | None:
        focused = self.focused.id if self.focused else ""
        pane = self.pane(focused) if focused in ("stack", "suspects") else None
        sha = self.column.commit or (pane.cursor_id.removeprefix("suspect:") if pane else "")
        suspects = self.case.code.suspects if self.case.code else ()
        return next((s.commit for s in suspects if s.commit.sha == sha), None)

    async def do_editor(self) -> None:
        path, _, line = self.column.place_at_head
        if not path:
            raise RootcaseError(
                "No file to open", "This frame is not in the repository.", "[ ] picks another frame."
            )
        file = self.rootcase.desk.checkout_path(self.case, path)
        if file is None:
            raise RootcaseError(
                f"{path} is not in your checkout", "It may have moved.", "v shows it at HEAD."
            )
        await self.rootcase.edit_file(file, line)
