"""A verdict is remembered until something that it hangs on is not as it was; then the gate is asked again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rootcase.core.model.code import CodePath
from rootcase.core.model.entries import (
    CodeMapped,
    GateDecided,
    NoteWritten,
    OwnerAgreed,
    OwnershipMarked,
    SignalSeen,
    Undone,
    VerdictOverridden,
    WorkFound,
)
from rootcase.core.model.evidence import NoteLine
from rootcase.core.model.signals import Actor, Deploy, Signal, Work
from rootcase.core.model.verdicts import GateDecision
from rootcase.core.run.steps import End, Step, next_step

SIGNAL = Signal("sentry", "1", trend=(5, 5, 5, 5), users=3, assignee=Actor("lena"))
WAITS = GateDecision("before", "wait", "lena has it", "P2", waits_for="lena")


@pytest.fixture
def waiting(script):
    script.add(SignalSeen(SIGNAL), WorkFound((Work("ticket", "PAY-1"),)), GateDecided(WAITS))
    return script


def asked_again(script):
    return isinstance(next_step(script.case(), "propose"), Step)


def test_a_verdict_stands_while_nothing_is_new(waiting):
    waiting.add(SignalSeen(replace(SIGNAL, events=900, last_seen_us=7, trend=(5, 6, 4, 5))))
    assert waiting.case().news == ()
    assert isinstance(next_step(waiting.case(), "propose"), End)


NEWS = {
    "assignee": SignalSeen(replace(SIGNAL, assignee=None)),
    "status": SignalSeen(replace(SIGNAL, status="archived")),
    "release": SignalSeen(replace(SIGNAL, last_release="2.0")),
    "deploy": SignalSeen(replace(SIGNAL, deploys=(Deploy("2.0", "prod", 5),))),
    "trend": SignalSeen(replace(SIGNAL, trend=(5, 40, 80, 160))),
    "users": SignalSeen(replace(SIGNAL, users=300)),
    "regression": SignalSeen(replace(SIGNAL, status="regressed")),
    "work": WorkFound((Work("ticket", "PAY-1", state="closed"),)),
    "asked": WorkFound((Work("ticket", "PAY-1"),), failed=("GitHub issues",)),
    "signals": SignalSeen(replace(SIGNAL, id="2")),
}


@pytest.mark.parametrize("what", NEWS)
def test_the_gate_is_asked_again_for(waiting, what):
    waiting.add(NEWS[what])
    assert what in waiting.case().news
    assert next_step(waiting.case(), "propose") == Step("gate before")
    waiting.add(GateDecided(WAITS))
    assert waiting.case().news == () and not asked_again(waiting)


def test_an_owners_word_and_a_mark_are_new_and_taking_them_back_is_none(waiting):
    for body in (OwnerAgreed("go"), OwnershipMarked("omar")):
        seq = waiting.human(body)
        assert waiting.case().news == ("words",)
        waiting.human(Undone(seq))
        assert waiting.case().news == ()


def test_a_code_map_is_new_only_to_a_gate_that_has_seen_one(script):
    script.add(SignalSeen(SIGNAL), GateDecided(replace(WAITS, verdict="fix")))
    script.add(
        CodeMapped(CodePath("shop", "2", "a" * 40, "", "b" * 40)), NoteWritten((NoteLine("what", "x"),))
    )
    assert script.case().news == () and next_step(script.case(), "map") == Step("gate after")
    script.add(GateDecided(replace(WAITS, asked="after", verdict="fix")))
    script.add(CodeMapped(CodePath("shop", "2", "a" * 40, "", "c" * 40)))
    assert script.case().news == ("code",) and next_step(script.case(), "map") == Step("gate after")


def test_a_humans_verdict_stands_over_what_is_new(waiting):
    waiting.human(VerdictOverridden("fix", "lena is away"))
    waiting.add(NEWS["assignee"], GateDecided(replace(WAITS, verdict="ignore")))
    assert (waiting.case().verdict, waiting.case().verdict_reason) == ("fix", "lena is away")
