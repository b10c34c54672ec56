"""Files a case's ticket at a fake Jira or Linear: the settings, the case with an approved ticket, and one sending."""

from __future__ import annotations

from dataclasses import replace

from rootcase.core.deliver.connect import open_tracker
from rootcase.core.deliver.outbox import deliver
from rootcase.core.deliver.policy import depth
from rootcase.core.deliver.proposal import compose
from rootcase.core.deliver.tracker import NewTicket
from tests.support.fake_jira import FakeJira
from tests.support.fake_linear import FakeLinear

PAGE = "https://acme.sentry.io/issues/4512345678/"


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


def tickets(fake):
    return list(fake.issues.values()) if isinstance(fake, FakeLinear) else fake.issues


def new_ticket(**more):
    given = {
        "key": "C-1:ticket",
        "title": "t",
        "body": "b\n\nmark",
        "marker": "mark",
        "labels": ("rootcase",),
    }
    return NewTicket(**{**given, **more})
