"""Tickets at Jira and Linear: one for each error class, linked with the source, whatever gets lost on the way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rootcase.core.deliver.adf import plain_text
from rootcase.core.deliver.connect import open_tracker
from rootcase.core.deliver.naming import marker
from rootcase.core.deliver.outbox import deliver
from rootcase.core.deliver.policy import depth
from rootcase.core.deliver.proposal import compose, refers_to
from rootcase.core.model.entries import EffectDone, EffectFailed, EffectIntended, SignalSeen
from rootcase.core.model.errors import AccessDenied
from rootcase.core.run.steps import _is_outdated
from tests.core.deliver.ticketing import PAGE, new_ticket, sent, settings_for, ticket_case, tickets
from tests.support.fake_jira import FakeJira
from tests.support.fake_linear import FakeLinear, problem


async def test_a_ticket_is_filed_once_and_linked_both_ways(kit, place, fake):
    settings = settings_for(kit, fake)
    journal, said = ticket_case(kit, place, settings), kit.Said()
    bodies = await sent(kit, place, journal, settings, fake, said)
    assert [type(b) for b in bodies] == [EffectIntended, EffectDone] * 2
    made = kit.only(tickets(fake))
    if isinstance(fake, FakeJira):
        assert bodies[1].number == "PAY-1" and bodies[1].url == f"{fake.url}/browse/PAY-1"
        assert made["fields"]["labels"][0] == "rootcase" and made["fields"]["description"]["type"] == "doc"
        (link,) = fake.links["PAY-1"].values()
        assert link["object"]["url"] == PAGE and link["relationship"] == "reported by"
    else:
        assert bodies[1].number == "ENG-1" and bodies[1].url == made["url"]
        assert list(fake.attachments) == [(made["id"], PAGE)] and "<details>" not in made["description"]
        assert made["labels"]["nodes"][0]["name"] == "rootcase"
    assert said.texts == [f"Rootcase case C-1: a ticket for this error, {bodies[1].url}"]
    assert (await sent(kit, place, journal, settings, fake, said)) == []


@pytest.mark.parametrize("kills", range(1, 5))
async def test_a_kill_after_any_entry_leaves_one_ticket_and_one_comment(kit, place, fake, kills):
    settings = settings_for(kit, fake)
    journal, said = ticket_case(kit, place, settings), kit.Said()
    await sent(kit, place, journal, settings, fake, said, at_most=kills)
    await sent(kit, place, journal, settings, fake, said)
    assert len(tickets(fake)) == len(said.texts) == 1


async def test_a_ticket_made_but_not_recorded_is_found_though_the_search_lags(kit, place, fake):
    settings = settings_for(kit, fake)
    journal = ticket_case(kit, place, settings)
    before = list(journal.entries)
    await sent(kit, place, journal, settings, fake)
    if isinstance(fake, FakeJira):
        fake.unseen["PAY-1"] = 99
    journal.entries = [*before, *journal.entries[len(before) : len(before) + 1]]  # intended, and no more
    bodies = await sent(kit, place, journal, settings, fake)
    assert isinstance(bodies[0], EffectDone) and bodies[0].found and len(tickets(fake)) == 1


async def test_an_answer_lost_after_the_write_ends_in_one_ticket(kit, place, fake):
    fake.losing.append("/issue" if isinstance(fake, FakeJira) else "Create")
    settings = settings_for(kit, fake)
    journal = ticket_case(kit, place, settings)
    bodies = await sent(kit, place, journal, settings, fake)
    assert [type(b) for b in bodies[:2]] == [EffectIntended, EffectDone] and bodies[1].found
    assert len(tickets(fake)) == 1 and not fake.losing


async def test_a_lost_link_is_made_again_and_never_twice(kit, place, fake):
    fake.losing.append("/remotelink" if isinstance(fake, FakeJira) else "Link")
    settings = settings_for(kit, fake)
    journal = ticket_case(kit, place, settings)
    bodies = await sent(kit, place, journal, settings, fake)
    assert bodies[1].found and len(tickets(fake)) == 1
    links = fake.links["PAY-1"] if isinstance(fake, FakeJira) else fake.attachments
    assert len(links) == 1


async def test_two_stores_with_the_same_error_file_one_ticket(kit, place, fake):
    settings = settings_for(kit, fake)
    for _ in range(2):
        if isinstance(fake, FakeJira):
            fake.unseen.clear()
        await sent(kit, place, ticket_case(kit, place, settings), settings, fake)
    assert len(tickets(fake)) == 1


def come_back(journal, seen_us):
    """The source resolves the issue and sees it again."""
    signal = journal.case.signals[0]
    again = replace(signal, status="unresolved", events=signal.events + 7, last_seen_us=seen_us)
    journal.add(SignalSeen(replace(signal, status="resolved")), SignalSeen(again, change="regressed"))


def comments_on(fake):
    if isinstance(fake, FakeJira):
        return [plain_text(c["body"]) for c in fake.comments.get("PAY-1", [])]
    return [c["body"] for said in fake.comments.values() for c in said]


async def test_an_error_that_comes_back_is_one_comment_on_its_ticket_each_time(kit, place, fake):
    settings = settings_for(kit, fake)
    journal = ticket_case(kit, place, settings)
    await sent(kit, place, journal, settings, fake)
    same = compose(journal.case, settings, settings.repositories[0], kit.where(settings, place),
                   depth(journal.case, settings, settings.repositories[0]))  # fmt: skip
    assert [w.kind for w in same.writes] == ["ticket"], "one that did not come back says nothing new"
    for times in (1, 2):
        come_back(journal, 1_762_300_000_000_000 + times)
        case, repository = journal.case, settings.repositories[0]
        assert case.recurred and _is_outdated(case, case.proposal), "a run proposes anew"
        how = depth(case, settings, repository)
        proposal = compose(case, settings, repository, kit.where(settings, place), how, "", ("sentry",))
        assert [w.kind for w in proposal.writes] == ["comment"] and proposal.body == proposal.writes[0].text
        kit.approve(journal, proposal)
        bodies = await sent(kit, place, journal, settings, fake, at_most=1)
        assert [type(b) for b in bodies] == [EffectIntended]
        bodies = await sent(kit, place, journal, settings, fake)
        assert isinstance(bodies[-1], EffectDone)
        assert (
            len(comments_on(fake)) == times
            and f"come back ({4812 + 7 * times:,} events in all" in comments_on(fake)[-1]
        )
        assert not journal.case.recurred and await sent(kit, place, journal, settings, fake) == []
    assert len(tickets(fake)) == 1


async def test_a_limit_is_a_failure_that_says_how_long_and_the_next_try_files_one(kit, place, fake):
    settings = settings_for(kit, fake)
    journal = ticket_case(kit, place, settings)
    body = {"errors": [problem("Rate limit exceeded", "ratelimited", "RATELIMITED")]}
    fake.limited = [(429, {}, {"Retry-After": "8", "X-RateLimit-Reset": "2099-01-01T00:00Z"})]
    if isinstance(fake, FakeLinear):
        fake.limited = [(400, body, {"Retry-After": "8"})]
    first = await sent(kit, place, journal, settings, fake)
    assert isinstance(first[-1], EffectFailed) and "wait 8 s" in first[-1].why and tickets(fake) == []
    await sent(kit, place, journal, settings, fake)
    assert len(tickets(fake)) == 1


async def test_a_refused_login_says_what_to_set(kit, place, fake):
    settings = settings_for(kit, fake)
    journal = ticket_case(kit, place, settings)
    fake.login = fake.key = "other"
    tracker = open_tracker(kit.where(settings, place), "lin_api_wrong")
    with pytest.raises(AccessDenied) as caught:
        await tracker.search("x")
    await tracker.close()
    assert caught.value.hint and "wrong" not in str(caught.value) and journal.case.proposal.kind == "ticket"


async def test_a_pull_request_refers_to_the_ticket_that_was_filed_elsewhere(kit, place, fake):
    settings = settings_for(kit, fake)
    journal = ticket_case(kit, place, settings)
    bodies = await sent(kit, place, journal, settings, fake)
    where = kit.where(settings, place)
    named = refers_to(journal.case, replace(where, hosts=where.hosts | {"127.0.0.1", "linear.app"}))
    assert named == f"Refs [{bodies[1].number}]({bodies[1].url})"
    assert refers_to(journal.case, replace(where, hosts=frozenset())) == f"Refs `{bodies[1].number}`"


async def test_a_forges_issues_take_tickets_where_changes_go_to_no_forge(kit, place, forge):
    settings = kit.settings_for(forge.url)
    settings = replace(settings, repositories=(replace(settings.repositories[0], forge="none"),))
    where = kit.where(settings, place)
    assert (where.forge, where.tracker, where.tracker_shown) == ("none", "github", "localhost/acme/checkout")
    journal = ticket_case(kit, place, settings)
    tracker = open_tracker(where, kit.TOKEN)
    ports = replace(kit.ports_for(kit.settings_for(""), place), place=where, tracker=tracker, forge=None,
                    write_back={"sentry": kit.Said()})  # fmt: skip
    bodies = await kit.collected(deliver(journal.case, settings, ports))
    again = await tracker.find(new_ticket(marker=marker(journal.case), body="another"), sent=True)
    await tracker.close()
    assert isinstance(bodies[1], EffectDone) and again.id == bodies[1].number == "1" and again.shown == "#1"
