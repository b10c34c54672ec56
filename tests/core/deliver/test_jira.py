"""Jira keeps its own rules: fields that a project requires, its issue types, its search and its own form of text."""

from __future__ import annotations

import pytest

from rootcase.core.deliver.connect import open_tracker
from rootcase.core.deliver.destination import destination
from rootcase.core.model.entries import EffectFailed
from rootcase.core.model.errors import ConfigError, DeliveryError
from tests.core.deliver.ticketing import sent, settings_for, ticket_case
from tests.support.fake_jira import adf_words


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
