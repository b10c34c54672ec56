"""What a human has makes the case wait; taking it over is deliberate, and leaves one comment where they see it."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from rootcase.core.deliver.destination import destination
from rootcase.core.deliver.forge import AnswerLost, Remark
from rootcase.core.journal.sqlite import SqliteStore
from rootcase.core.model.entries import (
    EffectDone,
    EffectFailed,
    EffectIntended,
    GateDecided,
    SignalSeen,
    WorkFound,
)
from rootcase.core.model.signals import Actor, Signal, Work
from rootcase.core.model.taking import Holding, holding, taking
from rootcase.core.model.verdicts import GateDecision
from rootcase.core.pipeline.switching import turned
from rootcase.core.pipeline.takeover import leave_word, waiting
from rootcase.core.safety.redact import Redactor

LENA = Actor("Lena")


def waits(kit, place, work=(), for_whom="Lena", *, assignee=None):
    """A case that waits for Lena by the gate's word."""
    journal = kit.Journal()
    opened, _, *_ = kit.opening(place.base)
    held = SignalSeen(Signal("sentry", "4512345678", "CHECKOUT-8K2", assignee=assignee, work=tuple(work[1:])))
    decided = GateDecision(
        "before", "wait", f"{for_whom} has it", "P2", waits_for=for_whom, rule="human_owns_it"
    )
    journal.add(opened, held, WorkFound(tuple(work[:1])), GateDecided(decided))
    return journal


@pytest.mark.parametrize(
    ("work", "for_whom", "found"),
    [
        ((Work("ticket", "PAY-7", by=LENA, where="Jira"),), "ticket PAY-7 Lena",
         Holding("Lena", "ticket PAY-7", "ticket", "PAY-7", "Jira")),
        ((Work("pull_request", "#9", by=LENA, where="localhost"),), "PR #9 Lena",
         Holding("Lena", "PR #9", "pull_request", "#9", "localhost")),
        ((Work("comment", "PAY-7.2", by=LENA, where="Jira PAY-7", text="I'm on it"),), "Lena",
         Holding("Lena", "a comment on PAY-7", "ticket", "PAY-7", "Jira")),
        ((Work("branch", "lena/fix", where="localhost"),), "branch lena/fix",
         Holding("", "branch lena/fix", "signal", "CHECKOUT-8K2", "sentry")),
    ],
)  # fmt: skip
def test_who_has_it_and_where_a_word_reaches_them(kit, place, work, for_whom, found):
    journal = waits(kit, place, work, for_whom)
    assert holding(journal.case) == found
    assert f"{found.where} {found.id}" == found.place


def test_a_name_from_outside_is_words_and_nothing_more(kit, place):
    evil = Actor("@all [x](https://evil.example) /close #1")
    journal = waits(
        kit, place, (Work("ticket", "PAY-7", by=evil, where="Jira"),), f"ticket PAY-7 {evil.name}"
    )
    took, _ = taking(journal.case, holding(journal.case), "")
    assert (
        took.text
        == "Taken over from all xhttpsevil.example close 1 by the team that runs Rootcase (case C-1)"
    )


def test_an_assignee_is_told_at_the_source(kit, place):
    journal = waits(kit, place, assignee=LENA)
    assert holding(journal.case) == Holding("Lena", "assigned at sentry", "signal", "CHECKOUT-8K2", "sentry")


def test_a_case_that_waits_for_something_else_is_nobodys(kit, place, proved):
    assert holding(proved.case) is None
    journal = waits(kit, place, assignee=LENA)
    case = journal.add(*taking(journal.case, holding(journal.case), "we have a patch"), actor="human:dana")
    assert (case.verdict, case.verdict_reason) == ("fix", "taken over from Lena: we have a patch")
    assert holding(case) is None, "it is taken over once"
    assert case.said[-2].text == "takes over assigned at sentry: we have a patch"


@dataclass
class Tracker:
    """A tracker's comments. loses: answers that get lost on the way, though the comment is written."""

    said: list[str] = field(default_factory=list)
    loses: int = 0

    async def comments(self, id):
        return tuple(Remark("dana", text) for text in self.said)

    async def comment(self, id, text):
        self.said.append(text)
        if self.loses:
            self.loses -= 1
            raise AnswerLost("no answer", "", "")
        return "https://acme.atlassian.net/browse/PAY-7"


class House:
    """What `leave_word` needs of a run's house, with a real store."""

    def __init__(self, kit, place, tracker, store):
        self.settings, self._place, self._kit, self._tracker = kit.settings_for(), place, kit, tracker
        self.environment, self.redactor, self.store, self.loaded = {}, Redactor(), store, self

    def repository_settings(self, case):
        return self.settings.repositories[0]

    async def destination(self, case):
        from dataclasses import replace

        at = {"tracker": "jira", "tracker_url": "https://acme.atlassian.net", "tracker_project": "PAY"}
        return destination(
            self.settings, replace(self.settings.repositories[0], **at), push_url=str(self._place.remote)
        )

    async def refresh_limits(self, case):
        pass

    async def forge(self, case):
        return None

    async def tracker(self, case):
        return self._tracker


@pytest.fixture
async def store(tmp_path):
    held = await SqliteStore.open(tmp_path / "s.sqlite3")
    yield held
    await held.close()


def taken(kit, place):
    journal = waits(kit, place, (Work("ticket", "PAY-7", by=LENA, where="Jira"),), "ticket PAY-7 Lena")
    journal.add(*taking(journal.case, holding(journal.case), "we have a patch"), actor="human:dana")
    return journal


@pytest.mark.parametrize("kills", [1, 2])
@pytest.mark.parametrize("loses", [0, 1])
async def test_one_comment_is_left_however_often_it_is_tried(kit, place, kills, loses, store):
    journal, tracker = taken(kit, place), Tracker(loses=loses)
    house = House(kit, place, tracker, store)
    journal.add(*await kit.collected(leave_word(journal.case, house), at_most=kills))
    journal.add(*await kit.collected(leave_word(journal.case, house)))
    assert tracker.said == ["Taken over from Lena by the team that runs Rootcase (case C-1): we have a patch"]
    assert waiting(journal.case) == () and await kit.collected(leave_word(journal.case, house)) == []
    assert journal.case.effects[-1].target == "Jira PAY-7"


async def test_a_comment_that_is_there_but_was_not_recorded_is_found(kit, place, store):
    journal, tracker = taken(kit, place), Tracker()
    house = House(kit, place, tracker, store)
    first = await kit.collected(leave_word(journal.case, house))
    assert [type(b) for b in first] == [EffectIntended, EffectDone]
    again = await kit.collected(leave_word(journal.case, house))
    assert [(type(b), b.found) for b in again] == [(EffectDone, True)] and len(tracker.said) == 1


async def test_the_switch_stops_this_comment_too(kit, place, store):
    journal, tracker = taken(kit, place), Tracker()
    house = House(kit, place, tracker, store)
    house.settings = kit.settings_for(policy=kit.PolicySettings(stop=True))
    bodies = await kit.collected(leave_word(journal.case, house))
    assert [type(b) for b in bodies] == [EffectFailed] and "Everything is stopped" in bodies[0].why
    assert tracker.said == [] and waiting(journal.case), "it is still owed"


async def test_the_switch_of_the_store_stops_it_for_everyone(kit, place, store):
    journal, tracker = taken(kit, place), Tracker()
    await turned(store, on=True, reason="incident review", actor="human:mira")
    (failed,) = await kit.collected(leave_word(journal.case, House(kit, place, tracker, store)))
    assert "incident review" in failed.why and tracker.said == []


async def test_where_nobody_can_be_told_that_is_said(kit, place, store):
    journal, house = taken(kit, place), House(kit, place, None, store)
    bodies = await kit.collected(leave_word(journal.case, house))
    assert [type(b) for b in bodies] == [EffectFailed] and "Tell Lena by hand" in bodies[0].hint
