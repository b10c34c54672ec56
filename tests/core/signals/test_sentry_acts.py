"""What Rootcase writes at Sentry: one request each, not twice, and honest about what was there before."""

from __future__ import annotations

import json
import time

import pytest

from rootcase.core.model.errors import AccessDenied, RateLimited, SourceError
from rootcase.core.model.signals import Work
from rootcase.core.signals.faults import Unavailable
from rootcase.core.signals.protocol import Deed
from rootcase.core.signals.sentry_acts import body_of
from tests.support.sentry import ORG, issue

ISSUE = f"{ORG}issues/1/"
ADA = {"type": "user", "id": "9", "name": "Ada L", "email": "ada@example.com"}
JIRA = {"id": "77", "domainName": "acme.atlassian.net", "status": "active", "provider": {"key": "jira"}}
GITHUB = {"id": "78", "domainName": "github.com/acme", "status": "active", "provider": {"key": "github"}}
TICKET = Work("ticket", "PAY-123", "Quotes fail", "https://acme.atlassian.net/browse/PAY-123")


def sent(web) -> list[tuple[str, str, object]]:
    """What was written, in order."""
    return [(a.method, a.path, json.loads(a.body)) for a in web.asked if a.method != "GET"]


@pytest.mark.parametrize(
    ("deed", "body"),
    [
        (Deed("resolve"), {"status": "resolved"}),
        (Deed("resolve", release="2.14.1"), {"status": "resolved", "statusDetails": {"inRelease": "2.14.1"}}),
        (Deed("resolve", release="next"), {"status": "resolved", "statusDetails": {"inNextRelease": True}}),
        (Deed("reopen"), {"status": "unresolved"}),
        (Deed("unsnooze"), {"status": "unresolved"}),
        (Deed("snooze"), {"status": "ignored", "substatus": "archived_until_escalating"}),
        (Deed("assign", assignee="user:9"), {"assignedTo": "user:9"}),
        (Deed("assign"), {"assignedTo": "ada@example.com"}),
        (Deed("unassign"), {"assignedTo": ""}),
    ],
    ids=lambda value: f"{value.act} {value.release}{value.assignee}" if isinstance(value, Deed) else "",
)
async def test_each_act_is_one_write(web, make, deed, body):
    person = {**ADA, "id": "8", "email": "bo@example.com", "name": "Bo"}
    web.on(ISSUE, issue(1, status="muted", assignedTo=person))
    web.on(ISSUE, {}, method="PUT")
    written = await make(me=["Ada L", "ada@example.com"]).act("1", deed)
    assert sent(web) == [("PUT", ISSUE, body)]
    assert (written.id, written.url, written.already) == ("1", "https://acme.sentry.io/issues/1/", False)


def test_a_snooze_is_told_in_minutes_from_now():
    body = body_of(Deed("snooze", until_us=1_000_000_000 + 61_000_000), "", now_us=1_000_000_000)
    assert body["statusDetails"] == {"ignoreDuration": 2}
    with pytest.raises(SourceError, match="later than now"):
        body_of(Deed("snooze", until_us=5), "", now_us=6)


@pytest.mark.parametrize(
    ("deed", "now"),
    [
        (Deed("resolve"), {"status": "resolved"}),
        (Deed("resolve", release="2.0"), {"status": "resolved", "statusDetails": {"inRelease": "2.0"}}),
        (Deed("resolve", release="next"), {"status": "resolved", "statusDetails": {"inNextRelease": True}}),
        (Deed("reopen"), {"status": "unresolved"}),
        (Deed("assign"), {"assignedTo": ADA}),
        (Deed("assign", assignee="user:9"), {"assignedTo": ADA}),
        (Deed("unassign"), {"assignedTo": None}),
        (Deed("snooze", until_us=4_102_444_800_000_000),
         {"status": "ignored", "statusDetails": {"ignoreUntil": "2100-01-01T00:00:30Z"}}),
    ],
)  # fmt: skip
async def test_what_is_so_already_is_not_written(web, make, deed, now):
    web.on(ISSUE, issue(1, **now))
    assert (await make(me=["ADA@example.com"]).act("1", deed)).already
    assert sent(web) == []


async def test_another_state_that_only_looks_alike_is_written(web, make):
    web.on(ISSUE, issue(1, status="resolved", assignedTo={**ADA, "type": "team"}))
    web.on(ISSUE, {"status": "resolved"}, method="PUT")
    source = make(me=["ada@example.com"])
    await source.act("1", Deed("resolve", release="2.0"))
    await source.act("1", Deed("assign"))
    assert len(sent(web)) == 2


async def test_a_state_that_sentry_did_not_take_is_an_error(web, make):
    web.on(ISSUE, issue(1))
    web.on(ISSUE, {"status": "unresolved"}, method="PUT")
    with pytest.raises(SourceError, match="kept the issue unresolved"):
        await make().act("1", Deed("resolve"))


async def test_what_sentry_cannot_do_is_refused_before_anything_is_sent(web, make):
    source = make()
    assert "acknowledge" not in source.acts
    with pytest.raises(SourceError, match="cannot acknowledge"):
        await source.act("1", Deed("acknowledge"))
    assert web.asked == []


async def test_a_team_is_assigned_by_its_name(web, make):
    web.on(ISSUE, issue(1))
    web.on(ISSUE, {}, method="PUT")
    web.on(f"{ORG}teams/", [{"id": "3", "slug": "other"}, {"id": "4", "slug": "checkout"}])
    await make().act("1", Deed("assign", assignee="#checkout"))
    assert sent(web) == [("PUT", ISSUE, {"assignedTo": "team:4"})]
    with pytest.raises(SourceError, match="no team #nobody"):
        await make().act("1", Deed("assign", assignee="#nobody"))


async def test_who_i_am_has_to_be_known_to_assign_to_me(web, make):
    with pytest.raises(SourceError, match="not known") as error:
        await make(me=["Ada Lovelace"]).act("1", Deed("assign"))
    assert "me" in error.value.hint
    assert web.asked == []


async def test_a_state_is_sent_again_after_a_fault_and_a_missing_right_is_named(web, make, reply):
    web.on(ISSUE, issue(1))
    web.on(ISSUE, reply(status=503), {}, method="PUT")
    await make().act("1", Deed("resolve"))
    assert len(sent(web)) == 2
    web.on(ISSUE, reply({"detail": "no event:write"}, 403), method="PUT")
    with pytest.raises(AccessDenied, match="event:write"):
        await make().act("1", Deed("resolve"))


# -- links


async def test_a_ticket_is_linked_by_the_integration_that_holds_it(web, make):
    web.on(ISSUE, issue(1))
    web.on(f"{ORG}integrations/", [GITHUB, {**JIRA, "id": "1", "status": "disabled"}, JIRA])
    made = {"id": 5, "key": "PAY-123", "url": TICKET.url, "integrationId": 77, "displayName": "PAY-123"}
    web.on(f"{ISSUE}integrations/77/", made, method="PUT")
    written = await make().link("1", TICKET)
    assert (written.id, written.url, written.already) == ("PAY-123", TICKET.url, False)
    assert sent(web) == [("PUT", f"{ISSUE}integrations/77/", {"externalIssue": "PAY-123"})]


async def test_an_issue_at_github_is_linked_by_repository_and_number(web, make):
    web.on(ISSUE, issue(1))
    web.on(f"{ORG}integrations/", [JIRA, {**GITHUB, "id": "5", "domainName": "github.com/other"}, GITHUB])
    web.on(f"{ISSUE}integrations/78/", {"key": "acme/shop#7"}, method="PUT")
    await make().link("1", Work("ticket", "#7", url="https://github.com/acme/shop/issues/7"))
    assert sent(web)[0][2] == {"externalIssue": "7", "repo": "acme/shop"}


async def test_a_ticket_that_is_linked_already_is_not_linked_again(web, make):
    linked = [{"id": "77", "externalIssues": [{"displayName": "PAY-123", "url": TICKET.url}]}]
    web.on(ISSUE, issue(1, integrationIssues=linked))
    assert (await make().link("1", TICKET)).already
    assert sent(web) == []


async def test_where_no_integration_knows_the_tracker_a_comment_says_it(web, make, reply):
    web.on(ISSUE, issue(1))
    web.on(f"{ISSUE}comments/", [])
    web.on(f"{ISSUE}comments/", {"id": "88"}, method="POST")
    written = await make().link("1", TICKET)
    assert written.id == "88"
    said = {"text": "Ticket PAY-123 (Quotes fail): https://acme.atlassian.net/browse/PAY-123"}
    assert sent(web) == [("POST", f"{ISSUE}comments/", said)]
    web.on(f"{ORG}integrations/", [JIRA])
    web.on(f"{ISSUE}integrations/77/", reply({"externalIssue": ["no such key"]}, 400), method="PUT")
    assert (await make().link("1", TICKET)).id == "88"


async def test_a_pull_request_is_said_in_a_comment(web, make):
    web.on(ISSUE, issue(1))
    web.on(f"{ISSUE}comments/", [])
    web.on(f"{ISSUE}comments/", {"id": "88"}, method="POST")
    await make().link("1", Work("pull_request", "#4", url="https://github.com/acme/shop/pull/4"))
    assert sent(web)[0][2] == {"text": "Pull request #4: https://github.com/acme/shop/pull/4"}


# -- comments


async def test_a_comment_whose_answer_was_lost_is_looked_for_and_not_sent_again(web, make, reply):
    path = f"{ISSUE}comments/"
    web.on(path, [], [{"id": "88", "data": {"text": "see PR 4"}}])
    web.on(path, reply(hang_up=True), method="POST")
    assert (await make().comment("1", "see PR 4")).id == "88"
    assert len(sent(web)) == 1
    web.on(path, [])
    with pytest.raises(Unavailable):
        await make().comment("1", "something else")
    assert len(sent(web)) == 2


async def test_sentry_says_that_the_same_was_said_before(web, make, reply):
    web.on(f"{ISSUE}comments/", [])
    web.on(
        f"{ISSUE}comments/", reply({"detail": "You have already posted that comment."}, 400), method="POST"
    )
    assert (await make().comment("1", "x")).already
    web.on(f"{ISSUE}comments/", reply({"text": ["This field is required."]}, 400), method="POST")
    with pytest.raises(SourceError, match="required"):
        await make().comment("1", "")


async def test_a_write_that_is_limited_is_not_repeated(web, make, reply):
    web.on(f"{ISSUE}comments/", [])
    web.on(f"{ISSUE}comments/", reply({}, 429, {"Retry-After": "1"}), {"id": "1"}, method="POST")
    with pytest.raises(RateLimited):
        await make().comment("1", "x")
    assert len(sent(web)) == 1


async def test_snoozing_until_a_moment_sends_the_minutes_until_then(web, make):
    web.on(ISSUE, issue(1))
    web.on(ISSUE, {"status": "ignored"}, method="PUT")
    await make().act("1", Deed("snooze", until_us=time.time_ns() // 1000 + 3_600_000_000))
    (write,) = sent(web)
    assert write[2]["statusDetails"]["ignoreDuration"] in (59, 60)
