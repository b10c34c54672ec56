"""What people have already done about an error at Jira or Linear is found, and a tracker that is silent is named."""

from __future__ import annotations

import pytest

from rootcase.core.deliver.connect import open_tracker
from rootcase.core.deliver.existing_tickets import TrackerWork, Unasked
from tests.core.deliver.ticketing import PAGE, sent, settings_for, ticket_case, tickets, token_for
from tests.support.fake_jira import FakeJira


def doc(text):
    return {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}],
    }


@pytest.mark.parametrize("linked", [True, False])
async def test_a_humans_ticket_is_found_by_name_and_by_link(kit, place, proved, fake, linked):
    title = "Prices are wrong" if linked else "CHECKOUT-8K2: prices are wrong"
    if isinstance(fake, FakeJira):
        lena = {"accountId": "9", "displayName": "Lena"}
        fake.add(title, assignee=lena)
        fake.add("CHECKOUT-8K23 is another")
        fake.comments["PAY-1"] = [{"id": "1", "author": lena, "body": doc("I'm on it"), "created": ""}]
        if linked:
            fake.links["PAY-1"] = {f"rootcase={PAGE}": {}}
    else:
        lena = {"name": "Lena L", "displayName": "lena"}
        made = fake.add(title, assignee=lena)
        fake.add("CHECKOUT-8K23 is another")
        fake.comments[made["id"]] = [
            {"body": "I'm on it", "createdAt": "2026-03-01T10:00:00Z", "url": "", "user": lena}
        ]
        if linked:
            fake.attachments[(made["id"], PAGE)] = "CHECKOUT-8K2"
    tracker = open_tracker(kit.where(settings_for(kit, fake), place), token_for(kit, fake))
    found = await TrackerWork(tracker, "Tracker").find(proved.case)
    await tracker.close()
    assert found.failed == () and len(found.asked) == 4
    (ticket,) = [w for w in found.work if w.kind == "ticket"]
    assert ticket.id in ("PAY-1", "ENG-1") and ticket.by.name.lower() == "lena" and not ticket.ours
    (comment,) = [w for w in found.work if w.kind == "comment"]
    assert comment.text == "I'm on it" and comment.where == f"Tracker {ticket.id}"


async def test_our_own_ticket_is_ours_and_a_decided_one_says_so(kit, place, proved, fake):
    settings = settings_for(kit, fake)
    await sent(kit, place, ticket_case(kit, place, settings), settings, fake)
    if isinstance(fake, FakeJira):
        fake.unseen.clear()
        fake.issues[0]["fields"] |= {"status": {"name": "Closed", "statusCategory": {"key": "done"}},
                                     "resolution": {"id": "1", "name": "Won't Do"}}  # fmt: skip
    else:
        tickets(fake)[0]["state"] = {"type": "canceled", "name": "Canceled"}
    tracker = open_tracker(kit.where(settings, place), token_for(kit, fake))
    found = await TrackerWork(tracker, "Tracker").find(proved.case)
    await tracker.close()
    assert [(w.ours, w.state) for w in found.work if w.kind == "ticket"] == [(True, "won't fix")]


async def test_a_tracker_that_does_not_answer_is_named_and_not_taken_for_a_no(kit, place, proved, fake):
    fake.limited = [(503, b"<html>down</html>", {})] * 200
    tracker = open_tracker(kit.where(settings_for(kit, fake), place), token_for(kit, fake))
    found = await TrackerWork(tracker, "Tracker").find(proved.case)
    await tracker.close()
    assert found.work == () and any("Tracker tickets" in failed for failed in found.failed)
    unasked = await Unasked("Jira", "JIRA_API_TOKEN is not set").find(proved.case)
    assert unasked.failed == ("Jira: JIRA_API_TOKEN is not set",)
