"""What is kept of a Sentry issue between a close look and the listings after it: nothing flips, no secret stays."""

from __future__ import annotations

from dataclasses import replace

from rootcase.core.model.signals import Actor, Signal, Work
from rootcase.core.pipeline.fresh import change, kept, with_close_look
from rootcase.core.safety.redact import Redactor
from tests.support.sentry import ORG, issue

ISSUE = f"{ORG}issues/1/"
BO = {"type": "user", "id": "9", "name": "Bo"}


async def test_a_listing_after_a_close_look_changes_nothing(web, make):
    rule = [{"type": "assigned", "data": {"integration": "codeowners"}}]
    web.on(f"{ORG}issues/", [issue(1, assignedTo=BO)])
    web.on(ISSUE, issue(1, assignedTo=BO, activity=rule, numComments=1, lastRelease={"version": "2.14.0"}))
    web.on(f"{ISSUE}comments/", [{"id": "5", "user": BO, "data": {"text": "mine"}}])
    web.on(f"{ISSUE}hashes/", [{"id": "a" * 32}])
    source = make()
    close = await source.signal("1")
    (batch,) = [batch async for batch in source.list()]
    listed = with_close_look(close, batch.signals[0])
    assert change(close, listed) == "same"
    assert (listed.last_release, listed.assignee, len(listed.work)) == (
        "2.14.0",
        Actor("Bo", by_rule=True),
        1,
    )


def test_another_assignee_and_a_ticket_that_was_unlinked_are_changes():
    known = Signal(
        "s", "1", assignee=Actor("Bo", by_rule=True), work=(Work("ticket", "PAY-1"), Work("comment", "5"))
    )
    now = with_close_look(known, replace(known, assignee=Actor("Ada"), work=()))
    assert (now.assignee, [each.id for each in now.work]) == (Actor("Ada"), ["5"])
    assert change(known, now) == "changed"


def test_a_secret_in_a_comment_is_not_kept():
    words = "try with sntryu_0123456789abcdef0123456789abcdef"
    said = Work("comment", "5", words, text=words)
    (work,) = kept(Signal("s", "1", work=(said,)), Redactor(["sntryu_0123456789abcdef0123456789abcdef"])).work
    assert "sntryu_" not in work.title + work.text
