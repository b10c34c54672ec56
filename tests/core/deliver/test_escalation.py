"""A case that goes no further is handed on with all that is known: to whoever was paged, and to the ticket."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rootcase.core.config.settings import PolicySettings, SourceSettings
from rootcase.core.deliver.escalating import brief
from rootcase.core.deliver.localforge.book import Book
from rootcase.core.deliver.outbox import deliver
from rootcase.core.deliver.policy import approvable, depth
from rootcase.core.deliver.proposal import propose
from rootcase.core.model.entries import (
    DraftAbandoned,
    EffectDone,
    EffectIntended,
    PhaseEnded,
    PhaseStarted,
    Proposed,
    Proved,
    SignalSeen,
)
from rootcase.core.model.escalation import escalation
from rootcase.core.model.proofs import ProofResult
from rootcase.core.model.signals import Signal
from tests.core.deliver.poisoning import poisoned
from tests.core.deliver.test_hostile_bodies import CLOSING, COMMAND, HOSTILE

PAGE = Signal(
    "pagerduty", "Q1", "#77120", "KeyError", "https://acme.pagerduty.com/incidents/Q1", kind="incident"
)


def settings_of(kit, url="http://127.0.0.1:1", **policy):
    settings = kit.settings_for(url, policy=PolicySettings(**policy))
    return replace(settings, sources=(*settings.sources, SourceSettings(kind="pagerduty")))


def failing(kit, place):
    """Reproduced, three drafts given up, nothing stands."""
    journal = kit.Journal()
    journal.add(*kit.opening(place.base), *kit.drafted(place, level="E3"), SignalSeen(PAGE))
    journal.add(DraftAbandoned(1, "Proof failed: 1 failed with the patch"))
    return journal


async def proposed(kit, place, journal, settings, **more):
    stage = propose(
        journal.case, settings, settings.repositories[0], kit.where(settings, place),
        write_back=["sentry", "pagerduty"], **more,
    )  # fmt: skip
    return kit.only([body.proposal async for body in stage])


async def test_failing_tests_go_to_the_pager_and_into_the_ticket(kit, place):
    journal = failing(kit, place)
    proposal = await proposed(kit, place, journal, settings_of(kit))
    assert (proposal.kind, proposal.escalates) == ("ticket", "tests fail")
    assert proposal.depth_rule.endswith("escalation, tests fail.")
    assert [(write.kind, write.target) for write in proposal.writes] == [
        ("ticket", "localhost/acme/checkout"), ("escalation", "pagerduty #77120"), ("comment", "sentry CHECKOUT-8K2"),
    ]  # fmt: skip
    assert proposal.body.startswith("### Escalation\n- **A human is needed**: the tests do not show a fix.")
    assert "Draft 1 was given up: Proof failed: 1 failed with the patch" in proposal.body
    note = proposal.writes[1].text
    for words in ("PRODUCTION SIGNAL", "4,812 events, 311 users", "CAUSE", "load returns a row without a currency",
                  "RULED OUT", "Rootcase case C-1"):  # fmt: skip
        assert words in note, words
    assert "<details>" not in note and "**" not in note and "`" not in note


async def test_it_is_sent_once_and_each_note_names_the_ticket(kit, place, forge):
    settings, journal, pager, said = settings_of(kit, forge.url), failing(kit, place), kit.Said(), kit.Said()
    case = kit.approve(journal, await proposed(kit, place, journal, settings))
    ports = kit.ports_for(settings, place, said)
    ports = replace(ports, write_back={"sentry": said, "pagerduty": pager})
    bodies = await kit.collected(deliver(case, settings, ports))
    assert [type(b) for b in bodies] == [EffectIntended, EffectDone] * 3
    assert f"The ticket: {forge.url}/acme/checkout/issues/1" in kit.only(pager.texts)
    done = journal.add(*bodies)
    assert await kit.collected(deliver(done, settings, ports)) == [] and len(pager.texts) == 1


@pytest.mark.parametrize("kill_after", [1, 2, 3, 4, 5])
async def test_a_kill_at_any_point_leaves_one_ticket_and_one_note(kit, place, forge, kill_after):
    settings, journal, pager = settings_of(kit, forge.url), failing(kit, place), kit.Said()
    case = kit.approve(journal, await proposed(kit, place, journal, settings))
    ports = replace(kit.ports_for(settings, place), write_back={"sentry": kit.Said(), "pagerduty": pager})
    case = journal.add(*await kit.collected(deliver(case, settings, ports), at_most=kill_after))
    journal.add(*await kit.collected(deliver(case, settings, ports)))
    assert len(pager.texts) == 1 and len(list(Book(place.folder / "forge").newest())) == 1
    assert {effect.state for effect in journal.case.effects} == {"done"}


async def test_a_ticket_that_is_there_gets_the_brief_as_a_comment_once(kit, place, forge):
    settings = settings_of(kit, forge.url)
    journal = kit.Journal()
    journal.add(*kit.opening(place.base))
    first = kit.approve(journal, await proposed(kit, place, journal, settings))
    ports = replace(
        kit.ports_for(settings, place), write_back={"sentry": kit.Said(), "pagerduty": kit.Said()}
    )
    journal.add(*await kit.collected(deliver(first, settings, ports)))
    journal.add(*kit.drafted(place, level="E3"), DraftAbandoned(1, "Proof failed: 1 failed"))
    case = kit.approve(journal, await proposed(kit, place, journal, settings))
    assert [write.kind for write in case.proposal.writes] == ["ticket", "escalation", "comment"]
    bodies = await kit.collected(deliver(case, settings, ports))
    item = kit.only(Book(place.folder / "forge").newest())
    assert [comment.body for comment in item.comments] == [case.proposal.body]
    again = journal.add(*(b for b in bodies if not isinstance(b, EffectDone)))
    more = await kit.collected(deliver(again, settings, ports))
    assert [b.found for b in more if isinstance(b, EffectDone)] == [True]
    assert len(kit.only(Book(place.folder / "forge").newest()).comments) == 1


@pytest.mark.parametrize(
    ("approve", "kinds", "sent"),
    [
        ((), ["ticket"], False), (("ticket",), ["ticket"], True),
        (("comment",), ["ticket", "comment", "comment"], False),
        (("ticket", "escalation"), ["ticket", "escalation"], True),
        (("ticket", "escalation", "comment"), ["ticket", "escalation", "comment"], True),
    ],
)  # fmt: skip
async def test_with_nobody_there_the_note_is_sent_where_approve_lists_escalation(
    kit, place, approve, kinds, sent
):
    journal, settings = failing(kit, place), settings_of(kit, approve=approve)
    proposal = await proposed(kit, place, journal, settings, attended=False)
    assert [write.kind for write in proposal.writes] == kinds
    assert bool(approvable(journal.add(Proposed(proposal)), settings.policy)) is sent


def test_the_three_reasons_and_what_is_none(kit, place, proved):
    assert escalation(proved.case) is None
    journal = failing(kit, place)
    told = escalation(journal.case)
    assert (
        told.reason == "tests fail"
        and told.words == "1 draft given up; the last: Proof failed: 1 failed with the patch"
    )
    assert escalation(journal.case, budget="The cap of $1.00 is reached").reason == "budget"
    assert escalation(replace(journal.case, verdict="ticket")) is None

    weak = kit.Journal()
    weak.add(
        *kit.opening(place.base)[:6], PhaseStarted("investigate"), PhaseEnded("investigate", True, "nothing")
    )
    assert escalation(weak.case).words == "E1 after the investigation: no claim about the cause yet"
    digest = proved.case.draft.digest
    red = proved.add(Proved(ProofResult("green", 1, digest, place.tree, "failed", "1 failed with the patch")))
    assert escalation(red).words == "green: 1 failed with the patch"


async def test_what_ran_is_in_the_brief_where_a_draft_stands(kit, place):
    journal = kit.Journal()
    journal.add(*kit.opening(place.base), *kit.drafted(place, level="E3"), SignalSeen(PAGE))
    digest = journal.case.draft.digest
    journal.add(Proved(ProofResult("green", 1, digest, place.tree, "failed", "1 failed with the patch")))
    proposal = await proposed(kit, place, journal, settings_of(kit))
    assert "✗ green with the patch: 1 failed with the patch" in dict(proposal.parts)["Tests"]
    assert "✗ green with the patch: 1 failed with the patch" in proposal.writes[1].text


def test_the_budget_is_told_in_what_would_be_sent(kit, place, proved):
    settings = settings_of(kit)
    how = depth(proved.case, settings, settings.repositories[0], budget="The cap of $1.00 is reached.")
    assert how.kind == "draft_pull_request" and how.escalation is None
    journal = failing(kit, place)
    how = depth(journal.case, settings, settings.repositories[0], budget="The cap of $1.00 is reached.")
    assert how.escalation.reason == "budget" and how.rule.endswith("escalation, budget.")


async def test_sixty_hostile_texts_are_live_in_no_note(kit, place):
    journal, settings = failing(kit, place), settings_of(kit)
    clean = await proposed(kit, place, journal, settings)
    for text in HOSTILE:
        how = depth(poisoned(journal.case, text), settings, settings.repositories[0])
        from rootcase.core.deliver.proposal import compose

        proposal = compose(
            poisoned(journal.case, text), settings, settings.repositories[0], kit.where(settings, place), how,
            paging=["pagerduty"],
        )  # fmt: skip
        note = kit.only(write for write in proposal.writes if write.kind == "escalation").text
        without = note.replace("https://acme.sentry.io/issues/4512345678/", "")
        assert (
            "://" not in without
            and "www." not in without
            and "evil.com/" not in note.replace("evil.com/login", "")
        ), text
        assert CLOSING.findall(without) == [] and COMMAND.findall(without) == [], text
        assert not any(sign in note for sign in ("@d", "@s", "\x1b", "\u202e")), text
    assert len(brief(journal.case, replace(clean, parts=clean.parts * 40), "")) < 10_500
