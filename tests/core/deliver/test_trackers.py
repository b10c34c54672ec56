"""Tickets at Jira and Linear: one for each error class, linked with the source, whatever gets lost on the way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rootcase.core.deliver.adf import plain_text
from rootcase.core.deliver.connect import open_tracker
from rootcase.core.deliver.destination import destination
from rootcase.core.deliver.existing_tickets import TrackerWork, Unasked
from rootcase.core.deliver.naming import marker
from rootcase.core.deliver.outbox import deliver
from rootcase.core.deliver.policy import depth
from rootcase.core.deliver.proposal import compose, refers_to
from rootcase.core.deliver.tracker import NewTicket
from rootcase.core.model.entries import EffectDone, EffectFailed, EffectIntended, SignalSeen
from rootcase.core.model.errors import AccessDenied, ConfigError, DeliveryError, RateLimited
from rootcase.core.run.steps import _is_outdated
from tests.support.fake_jira import FakeJira, adf_words
from tests.support.fake_linear import FakeLinear, problem

PAGE = "https://acme.sentry.io/issues/4512345678/"


@pytest.fixture
def jira_with():
    running = []

    def start(**how):
        running.append(FakeJira(**how))
        return running[-1]

    yield start
    for one in running:
        one.stop()


@pytest.fixture
def linear():
    fake = FakeLinear()
    yield fake
    fake.stop()


def settings_for(kit, fake, **more):
    """A GitHub forge that nobody asks anything here, and the tracker."""
    settings = kit.settings_for("http://127.0.0.1:9")
    keys = (
        {
            "tracker": "jira",
            "tracker_url": fake.url,
            "tracker_project": "PAY",
            "tracker_email": "dana@example.com",
        }
        if isinstance(fake, FakeJira)
        else {"tracker": "linear", "tracker_url": fake.api, "tracker_project": "eng"}
    )
    return replace(settings, repositories=(replace(settings.repositories[0], **{**keys, **more}),))


def token_for(kit, fake):
    return fake.key if isinstance(fake, FakeLinear) else kit.TOKEN


def ticket_case(kit, place, settings):
    journal = kit.Journal()
    journal.add(*kit.opening(place.base))
    case, repository = journal.case, settings.repositories[0]
    how = depth(case, settings, repository)
    proposal = compose(case, settings, repository, kit.where(settings, place), how, "", ("sentry",))
    kit.approve(journal, proposal)
    return journal


async def sent(kit, place, journal, settings, fake, said=None, **more):
    tracker = open_tracker(kit.where(settings, place), token_for(kit, fake))
    if isinstance(fake, FakeJira):
        tracker._pauses_s = (0.0, 0.0)
    ports = replace(kit.ports_for(kit.settings_for(""), place, said or kit.Said()),
                    place=kit.where(settings, place), tracker=tracker, forge=None)  # fmt: skip
    try:
        bodies = await kit.collected(deliver(journal.case, settings, ports), **more)
    finally:
        await tracker.close()
    journal.add(*bodies)
    return bodies


@pytest.fixture(params=["jira", "linear"])
def fake(request, jira_with, linear):
    return jira_with(lag=2) if request.param == "jira" else linear


def tickets(fake):
    return list(fake.issues.values()) if isinstance(fake, FakeLinear) else fake.issues


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


# -- Jira alone


async def test_fields_that_the_project_requires_are_named_before_anything_is_sent(kit, place, jira_with):
    fake = jira_with(required=(
        {"fieldId": "customfield_7", "key": "customfield_7", "name": "Team", "required": True,
         "schema": {"type": "option"}, "allowedValues": [{"value": "Pay"}, {"value": "Shop"}]},
        {"fieldId": "customfield_8", "key": "customfield_8", "name": "Impact", "required": True,
         "schema": {"type": "string", "custom": "com.atlassian.jira.plugin.system.customfieldtypes:textarea"}},
    ))  # fmt: skip
    settings = settings_for(kit, fake)
    journal = ticket_case(kit, place, settings)
    bodies = await sent(kit, place, journal, settings, fake)
    assert (
        isinstance(bodies[-1], EffectFailed) and "Team (customfield_7): Pay, Shop; Impact" in bodies[-1].why
    )
    assert "tracker_fields" in bodies[-1].hint and fake.issues == []
    given = settings_for(kit, fake, tracker_fields={"Team": "Pay", "customfield_8": "some"})
    await sent(kit, place, journal, given, fake)
    fields = kit.only(fake.issues)["fields"]
    assert fields["customfield_7"] == {"value": "Pay"} and fields["customfield_8"]["type"] == "doc"


async def test_a_project_without_labels_on_its_screen_still_gets_one_ticket(kit, place, jira_with):
    fake = jira_with(labels=False, lag=1)
    settings = settings_for(kit, fake)
    fake.losing.append("/issue")
    bodies = await sent(kit, place, ticket_case(kit, place, settings), settings, fake)
    assert bodies[1].found and fake.issues[0]["fields"]["labels"] == []
    fake.unseen.clear()
    await sent(kit, place, ticket_case(kit, place, settings), settings, fake)
    assert len(fake.issues) == 1


async def test_others_who_file_at_the_same_moment_do_not_hide_ours(kit, place, jira_with):
    fake = jira_with(lag=99)
    settings = settings_for(kit, fake)
    journal = ticket_case(kit, place, settings)
    for number in range(12):
        fake.add(f"Somebody's {number}")
    fake.losing.append("/issue")
    bodies = await sent(kit, place, journal, settings, fake)
    assert bodies[1].found and bodies[1].number == "PAY-13" and len(fake.issues) == 13


@pytest.mark.parametrize(("wanted", "chosen"), [("", "10002"), ("task", "10001"), ("Epic", None)])
async def test_the_issue_type_is_the_one_named_else_a_bug(kit, place, jira_with, wanted, chosen):
    fake = jira_with()
    settings = settings_for(kit, fake, tracker_issue_type=wanted)
    bodies = await sent(kit, place, ticket_case(kit, place, settings), settings, fake)
    if chosen is None:
        assert "no issue type Epic" in bodies[-1].why and "Task, Bug" in bodies[-1].why
    else:
        (create,) = [a for a in fake.asked if a.method == "POST" and a.path == "/rest/api/3/issue"]
        assert create.json["fields"]["issuetype"] == {"id": chosen}


async def test_hostile_names_stay_inside_a_search(kit, place, jira_with):
    fake = jira_with()
    tracker = open_tracker(kit.where(settings_for(kit, fake), place), kit.TOKEN)
    await tracker.search('x" OR project = "SECRET\\')
    await tracker.close()
    jql = fake.asked[-1].json["jql"]
    assert jql == r'text ~ "\"x OR project = SECRET\"" ORDER BY created DESC'


async def test_a_comment_is_said_in_jiras_own_form(kit, place, jira_with):
    fake = jira_with()
    fake.add("one")
    tracker = open_tracker(kit.where(settings_for(kit, fake), place), kit.TOKEN)
    await tracker.comment("PAY-1", "Seen **again**")
    assert [r.text for r in await tracker.comments("PAY-1")] == ["Seen again"]
    with pytest.raises(DeliveryError):
        await tracker.comment("PAY-9", "x")
    await tracker.close()
    assert adf_words(fake.comments["PAY-1"][0]["body"]).split() == ["Seen", "again"]


def test_jira_needs_its_site_a_project_and_a_login(kit, place, jira_with):
    fake = jira_with()
    for missing, hint in (
        ("tracker_url", "tracker_url"),
        ("tracker_project", "tracker_project: the project's key"),
    ):
        settings = settings_for(kit, fake, **{missing: ""})
        with pytest.raises(ConfigError) as caught:
            destination(settings, settings.repositories[0], push_url="git@github.com:acme/checkout.git")
        assert hint in caught.value.hint
    for keys, word in (({"tracker_email": ""}, "tracker_email"), ({}, "tracker_token_env")):
        with pytest.raises(ConfigError) as caught:
            open_tracker(kit.where(settings_for(kit, fake, **keys), place), "" if not keys else "x")
        assert word in caught.value.hint


# -- Linear alone


def new_ticket(**more):
    given = {
        "key": "C-1:ticket",
        "title": "t",
        "body": "b\n\nmark",
        "marker": "mark",
        "labels": ("rootcase",),
    }
    return NewTicket(**{**given, **more})


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


def doc(text):
    return {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}],
    }
