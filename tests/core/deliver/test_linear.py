"""Linear keeps its own rules: ids that are refused the second time, links to a page, and errors inside good answers."""

from __future__ import annotations

import pytest

from rootcase.core.deliver.connect import open_tracker
from rootcase.core.model.entries import EffectDone
from rootcase.core.model.errors import AccessDenied, DeliveryError, RateLimited
from tests.core.deliver.ticketing import PAGE, new_ticket, sent, settings_for, ticket_case
from tests.support.fake_linear import problem


async def test_the_same_id_is_refused_there_and_the_first_ticket_is_the_one(kit, place, linear):
    tracker = open_tracker(kit.where(settings_for(kit, linear), place), linear.key)
    first = await tracker.create(new_ticket())
    second = await tracker.create(new_ticket())
    other = await tracker.create(new_ticket(marker="another"))
    await tracker.close()
    assert first == second and other.id == "ENG-2" and len(linear.issues) == 2


async def test_an_open_ticket_that_a_person_linked_with_the_page_is_not_doubled(kit, place, linear):
    made = linear.add("Prices", assignee={"name": "Lena", "displayName": "lena"})
    linear.attachments[(made["id"], PAGE)] = "x"
    settings = settings_for(kit, linear)
    bodies = await sent(kit, place, ticket_case(kit, place, settings), settings, linear)
    done = [b for b in bodies if isinstance(b, EffectDone)]
    assert done[0].found and done[0].number == "ENG-1" and len(linear.issues) == 1
    assert "ENG-1 is linked with this error already" in bodies[0].title and "lena" in bodies[0].detail
    made["state"] = {"type": "completed", "name": "Done"}
    await sent(kit, place, ticket_case(kit, place, settings), settings, linear)
    assert len(linear.issues) == 2


async def test_errors_inside_a_good_answer_are_refusals(kit, place, linear):
    tracker = open_tracker(kit.where(settings_for(kit, linear, tracker_project="OPS"), place), linear.key)
    with pytest.raises(DeliveryError) as caught:
        await tracker.create(new_ticket())
    assert "no team OPS" in str(caught.value)
    cases = [
        (
            200,
            {"data": {"viewer": None}, "errors": [problem("Nope", "internal error")]},
            DeliveryError,
            "Nope",
        ),
        (200, {"errors": [problem("slow", "ratelimited")]}, RateLimited, "asks us to wait"),
        (200, {"errors": [problem("no", "forbidden")]}, AccessDenied, "refuses the key"),
        (200, b"<html>", DeliveryError, "cannot be read"),
    ]
    for status, body, kind, said in cases:
        linear.limited = [(status, body, {})]
        with pytest.raises(kind) as caught:
            await tracker.me()
        assert said in str(caught.value)
    await tracker.close()


async def test_a_comment_is_said_once_however_often_it_is_tried(kit, place, linear):
    linear.add("one")
    tracker = open_tracker(kit.where(settings_for(kit, linear), place), linear.key)
    await tracker.comment("ENG-1", "Seen again")
    with pytest.raises(DeliveryError):
        await tracker.comment("ENG-1", "Seen again")
    assert [r.text for r in await tracker.comments("ENG-1")] == ["Seen again"]
    await tracker.close()
