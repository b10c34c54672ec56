"""Keys that change a signal at its source: the journal has it at once, a process of its own carries it out."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rootcase.tui.screens.base import RootScreen

if TYPE_CHECKING:
    from rootcase.core.desk import Desk
    from rootcase.core.model.acts import Act
    from rootcase.core.model.case import Case
    from rootcase.core.model.intents import Able
    from rootcase.core.model.source_entries import ActIntended

KEYS: dict[str, str] = {"acknowledge": "a", "assign": "i", "snooze": "w", "resolve": "x"}
NEXT_RELEASE = "next"
SNOOZE_US = 24 * 3_600_000_000


class ActKeys(RootScreen):
    """For the screens that stand on one case. able: what each source can do, as last read."""

    able: Able = {}  # noqa: RUF012, replaced as a whole and never changed

    def acted_case(self) -> str:
        """Key of the case that the keys are about, "" for none."""
        raise NotImplementedError

    def act_shows(self) -> None:
        """Called when the journal has something new of an act."""

    async def do_acknowledge(self) -> None:
        await self._act("acknowledge")

    async def do_assign(self) -> None:
        await self._act("assign")

    async def do_snooze(self) -> None:
        await self._act("snooze")

    async def do_resolve(self) -> None:
        await self._act("resolve")

    async def do_undo_act(self) -> None:
        """Take the last act back at its sources."""
        from rootcase.core.model.intents import taken_back, why_not_taken_back

        desk, case = await self.at_hand()
        why = why_not_taken_back(case, self.able)
        if why:
            self.notice(f"u  undo: {why}")
            return
        asked = secrets.token_hex(4)
        await self.carry_out(desk, case, taken_back(case, self.able, asked), asked)

    async def _act(self, act: Act) -> None:
        from rootcase.core.model.intents import Wish, intended, is_undoable, why_not_case
        from rootcase.tui.render.aftermath import waits_for_release

        desk, case = await self.at_hand()
        asked = secrets.token_hex(4)
        until_us = self.rootcase.clock() + SNOOZE_US if act == "snooze" else 0
        release = NEXT_RELEASE if act == "resolve" and waits_for_release(case) else ""
        bodies = intended(case, Wish(act, release=release, until_us=until_us), self.able, asked)
        if not bodies:
            self.notice(f"{KEYS[act]}  {act}: {why_not_case(case, act, self.able)}")
        elif is_undoable(bodies, self.able) or await self._sure(case, act, bodies):
            await self.carry_out(desk, case, bodies, asked)

    async def at_hand(self) -> tuple[Desk, Case]:
        """The desk and the case as it stands, with `able` read anew."""
        desk = await self.rootcase.open_desk()
        self.able = await desk.able()
        return desk, await desk.case(self.acted_case())

    async def _sure(self, case: Case, act: Act, bodies: Sequence[ActIntended]) -> bool:
        """Ask where the source cannot take it back."""
        from rootcase.tui.screens.confirm import Answer, Question

        where = ", ".join(dict.fromkeys(body.source for body in bodies))
        question = Question(
            f"{act.capitalize()} {case.key} at {where}?", f"{where} cannot take that back.",
            (Answer("y", f"{act} it", "it cannot be undone"),), stay="leave it as it is", opened_by=KEYS[act],
        )  # fmt: skip
        return await self.confirm(question) == "y"

    async def carry_out(self, desk: Desk, case: Case, bodies: Sequence[ActIntended], asked: str) -> None:
        """Say it in the journal, which shows it as done; then have it done, and say how that went."""
        from rootcase.core.model.intents import told

        await desk.say(case.key, *bodies)
        self.act_shows()
        records = await desk.carry_out(case.key, asked)
        self.act_shows()
        failed = [record for record in records if record.state != "done"]
        if failed:
            first = failed[0]
            why = first.why or "its process ended before the source answered"
            what = "post the note" if first.act == "note" else f"{first.act}, it is as it was"
            self.notice(f"{first.source} did not {what}: {why}", "bad")
            return
        words = told(records, case)
        self.notice(
            f"{case.key}: {words}"
            + ("" if records[0].undoes or records[0].act == "note" else "; u takes it back"),
            "good",
        )
