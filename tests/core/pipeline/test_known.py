"""Looking up error classes: by alias, near misses without reading all cases, the same answers as with all of them."""

from __future__ import annotations

from dataclasses import replace

from rootcase.core.cluster.fingerprint import DefaultFingerprinter
from rootcase.core.cluster.stage import cluster
from rootcase.core.config.settings import Settings
from rootcase.core.model.events import Event, ExceptionInfo, Frame
from rootcase.core.model.signals import Signal
from rootcase.core.pipeline.known import KnownCases
from tests.core.pipeline.conftest import crash

SIGNAL = Signal("ledger", "1", title="crash")


def cases(count: int):
    """One case for each of many functions, two errors in every third, another module's namesake in every fifth."""
    plain = DefaultFingerprinter(Settings())
    marks = []
    for number in range(count):
        marks.append((f"C-{number}", plain.event(crash(number))))
        if number % 3 == 0:
            marks.append((f"C-{number}b", plain.event(crash(number, "ValueError"))))
        if number % 5 == 0:
            marks.append((f"C-{number}c", plain.event(crash(number, module="refunds"))))
    return marks


def test_the_index_finds_what_a_look_at_all_cases_finds():
    marks = cases(60)
    known = KnownCases(Settings(), marks)
    for number in (0, 1, 3, 5, 59):
        for kind in ("KeyError", "ValueError", "TypeError"):
            event = crash(number, kind)
            everything = cluster(
                [event], SIGNAL, marks, DefaultFingerprinter(Settings(), known=[m for _, m in marks])
            )
            near = known.near(everything.fingerprint)
            indexed = cluster([event], SIGNAL, near, known.fingerprinter)
            assert indexed.case == everything.case
            assert {r.text for r in indexed.fingerprint.reasons} == {
                r.text for r in everything.fingerprint.reasons
            }
            assert len(near) <= 4


def test_a_case_that_was_just_opened_is_known_and_near():
    known = KnownCases(Settings())
    mark = DefaultFingerprinter(Settings()).event(crash(1))
    assert known.near(mark) == []
    known.add("C-1", mark)
    known.add("C-9", mark)
    assert [case for case, _ in known.near(mark)] == ["C-1"], "first come, first served"


def test_every_case_of_a_module_is_known_to_the_fingerprinter():
    said = "'NoneType' object has no attribute 'email'"
    plain = DefaultFingerprinter(Settings())
    frame = Frame("recipient", "app.mail", "app/mail.py", "/srv/app/app/mail.py", 9, 0, True)
    first = replace(frame, function="send")
    known = KnownCases(Settings())
    known.add(
        "C-1", plain.event(Event("a", exceptions=(ExceptionInfo("KeyError", "'to'", frames=(first,)),)))
    )
    known.add(
        "C-2", plain.event(Event("b", exceptions=(ExceptionInfo("AttributeError", said, frames=(frame,)),)))
    )
    without_trace = Event("c", exceptions=(ExceptionInfo("AttributeError", said),))
    assert known.case_of(known.fingerprinter.event(without_trace)) == "C-2"
