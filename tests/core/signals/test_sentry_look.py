"""A close look at one Sentry issue: whom it hits, who said what, owners, suspects, Seer; and what is optional."""

from __future__ import annotations

import pytest

from rootcase.core.model.errors import RateLimited
from rootcase.core.model.signals import Release, Share, Signal
from rootcase.core.signals.sentry_seer import diagnoses
from rootcase.core.signals.sentry_shares import wanted
from tests.support.sentry import ORG, PROJECT, issue, sdk_event

ISSUE = f"{ORG}issues/1/"
EVENT = "9999aaaaca8b46d797c23c6077c6ff01"
SHA = "2ce6a2700fec4913a2cde8e2d41dee36c0ffee00"
PERSON = {"id": "9", "name": "Bo", "email": "bo@example.com"}


def tag(key: str, *values: tuple[str, int], total: int = 0) -> dict[str, object]:
    found = [{"key": key, "name": value, "value": value, "count": count} for value, count in values]
    return {"key": key, "topValues": found, "totalValues": total or sum(count for _, count in values)}


@pytest.fixture
def told(web):
    """An issue about which Sentry has a lot to tell."""
    keys = ("level", "release", "environment", "transaction", "aws_region", "customer_id")
    ticket = {"displayName": "PAY-1", "url": "https://jira.example/browse/PAY-1", "title": "Quotes fail"}
    pull = {"id": "12", "title": "Fix quotes", "externalUrl": "https://git.example/acme/shop/pull/12",
            "repository": {"name": "acme/shop"}}  # fmt: skip
    web.on(ISSUE, issue(
        1, tags=[{"key": key} for key in keys], numComments=3, substatus="regressed",
        seerAutofixLastTriggered="2026-03-01T09:00:00Z",
        integrationIssues=[{"id": "7", "externalIssues": [ticket]}],
        activity=[{"type": "set_resolved_in_pull_request", "data": {"pullRequest": pull}},
                  {"type": "first_seen", "data": {}}],
    ))  # fmt: skip
    web.on(f"{ISSUE}tags/release/", tag("release", ("2.14.0", 90), ("2.13.0", 50), total=150))
    web.on(f"{ISSUE}tags/environment/", tag("environment", ("production", 150)))
    web.on(f"{ISSUE}tags/transaction/", tag("transaction", ("/quote", 120), ("/cart", 30)))
    web.on(f"{ISSUE}tags/aws_region/", tag("aws_region", ("eu-central-1", 150)))
    web.on(f"{ISSUE}tags/customer_id/", tag("customer_id", ("42", 100)))
    web.on(f"{ISSUE}comments/", [
        {"id": "5", "type": "note", "user": PERSON, "data": {"text": "looking \x1b[31mnow"}},
        {"id": "6", "type": "note", "user": None, "data": {"text": "said by nobody"}},
        {"id": "7", "type": "note", "user": PERSON, "sentry_app": {"slug": "bot"}, "data": {"text": "by an app"}},
    ])  # fmt: skip
    app = {"id": "8", "displayName": "SUP-9", "webUrl": "https://desk.example/SUP-9", "serviceType": "desk"}
    web.on(f"{ISSUE}external-issues/", [app, {**app, "displayName": "PAY-1", "webUrl": ticket["url"]}])
    web.on(f"{ISSUE}hashes/", [{"id": "a" * 32, "latestEvent": {"eventID": EVENT}}, {"id": "b" * 32}])
    web.on(f"{PROJECT}events/{EVENT}/committers/", {"committers": [
        {"author": PERSON, "commits": [{"id": SHA, "message": "x"}, {"id": "not a commit"}]}]})  # fmt: skip
    web.on(f"{PROJECT}events/{EVENT}/owners/", {"owners": [
        {"type": "team", "id": "9", "name": "backend"}, {"type": "user", "name": "Bo"}], "rules": []})  # fmt: skip
    cause = {"description": "the rate is missing", "root_cause_reproduction": [
        {"title": "a quote is asked for", "code_snippet_and_analysis": "no rate for DE",
         "is_most_important_event": True, "relevant_code_file": {"file_path": "shop/rates.py"}}]}  # fmt: skip
    steps = [{"type": "default"}, {"type": "root_cause_analysis", "causes": [cause],
                                   "progress": [{"timestamp": "2026-03-01T09:01:00Z"}]}]  # fmt: skip
    web.on(f"{ISSUE}autofix/", {"autofix": {"status": "COMPLETED", "steps": steps}})


async def test_a_close_look_tells_whom_it_hits(told, make):
    signal = await make().signal("1")
    assert signal.shares == (
        Share("release", "2.14.0", 90), Share("release", "2.13.0", 50), Share("release", "(other)", 10),
        Share("environment", "production", 150),
        Share("endpoint", "/quote", 120), Share("endpoint", "/cart", 30),
        Share("region", "eu-central-1", 150), Share("tenant", "42", 100),
    )  # fmt: skip
    assert (signal.substatus, signal.kind, signal.partial) == ("regressed", "error", "")


async def test_a_close_look_tells_who_is_at_it(told, make):
    signal = await make(me=["bo@example.com"]).signal("1")
    assert [(w.kind, w.id, w.url) for w in signal.work] == [
        ("ticket", "PAY-1", "https://jira.example/browse/PAY-1"),
        ("pull_request", "12", "https://git.example/acme/shop/pull/12"),
        ("ticket", "SUP-9", "https://desk.example/SUP-9"),
        ("comment", "5", "https://acme.sentry.io/issues/1/activity/"),
    ]
    comment = signal.work[-1]
    assert (comment.title, comment.by.name, comment.by.me) == ("looking now", "Bo", True)
    assert comment.text == "looking now", "the gate reads what was said"
    assert (signal.suspects, signal.owners) == ((SHA,), ("#backend", "Bo"))
    assert signal.assignee is None
    assert [value for name, value in signal.tags if name == "sentry.hash"] == ["a" * 32, "b" * 32]


async def test_what_seer_says_is_one_input_with_its_origin_and_no_run_is_started(told, make, web):
    signal = await make().signal("1")
    (cause,) = signal.diagnoses
    assert (cause.origin, cause.url) == ("Seer", "https://acme.sentry.io/issues/1/")
    assert cause.text == (
        "the rate is missing\n1. a quote is asked for: no rate for DE [shop/rates.py] (decisive)"
    )
    assert cause.at_us == 1_772_355_660_000_000
    assert {each.method for each in web.asked} == {"GET"}


@pytest.mark.parametrize(
    "state",
    [
        None,
        [],
        {},
        {"autofix": None},
        {"autofix": {"steps": "x"}},
        {"autofix": {"steps": [None, {"type": "root_cause_analysis", "causes": None}]}},
        {"autofix": {"steps": [{"type": "root_cause_analysis", "causes": [7, {}]}]}},
    ],
)
def test_a_run_of_seer_without_a_cause_says_nothing(state):
    assert diagnoses(state, "u") == ()


async def test_what_the_plan_or_the_token_does_not_cover_is_left_out(web, make, reply):
    web.on(ISSUE, issue(1, numComments=2, seerAutofixLastTriggered="x"))
    web.on(f"{ISSUE}hashes/", [{"id": "a" * 32, "latestEvent": {"eventID": EVENT}}])
    web.on(f"{PROJECT}events/{EVENT}/committers/", reply({"detail": "no"}, 403))
    web.on(f"{ISSUE}comments/", reply("<html>", headers={"Content-Type": "text/html"}))
    signal = await make().signal("1")
    assert signal.events == 150
    assert (signal.partial, signal.suspects, signal.shares, signal.diagnoses) == ("", (), (), ())


async def test_what_failed_in_another_way_is_said(web, make, reply):
    web.on(ISSUE, issue(1, numComments=2))
    web.on(f"{ISSUE}comments/", reply({"detail": "slow"}, 429, {"Retry-After": "600"}))
    signal = await make().signal("1")
    assert signal.partial == "Sentry did not tell comments (Sentry (sentry) asks us to slow down)"
    assert signal.events == 150


async def test_an_issue_that_was_merged_names_the_one_that_took_it_in(web, make):
    web.on(ISSUE, issue(7))
    signal = await make().signal("1")
    assert (signal.id, signal.merged_into) == ("1", "7")


async def test_short_ids_and_event_ids_open_their_issue(web, make):
    web.on(ISSUE, issue(1))
    web.on(f"{ORG}shortids/SHOP-1/", {"groupId": "1", "shortId": "SHOP-1"})
    web.on(f"{ORG}eventids/{EVENT}/", {"groupId": "1", "eventId": EVENT})
    assert (await make().signal("SHOP-1")).id == "1"
    assert (await make().signal(EVENT)).id == "1"
    assert await make().signal("SHOP-2") is None


async def test_many_looks_ask_no_more_than_sentry_allows_and_a_limit_reaches_the_caller(web, make, reply):
    web.on(ISSUE, reply({"detail": "slow"}, 429, {"Retry-After": "600"}))
    with pytest.raises(RateLimited):
        await make().signal("1")
    web.on(f"{ORG}issues/2/", issue(2, tags=[{"key": "release"}]))
    signal = await make().signal("2")
    assert signal.id == "2"


def test_which_tags_tell_what():
    assert wanted(["Release", "url", "region", "tenant", "org"]) == {
        "release": "Release", "endpoint": "url", "region": "region", "tenant": "tenant"}  # fmt: skip
    assert wanted(["level", "browser"]) == {}
    assert wanted([]) == {"release": "release", "environment": "environment", "endpoint": "transaction"}


async def test_minified_frames_say_why_they_stayed_so(web, make):
    frames = [{"function": "t", "filename": "/main.js", "lineNo": 1, "colNo": 90210}]
    chain = {"values": [{"type": "Error", "value": "x", "stacktrace": {"frames": frames}}]}
    minified = {"eventID": EVENT, "platform": "javascript", "dateCreated": "2026-03-01T10:00:00Z",
                "entries": [{"type": "exception", "data": chain}]}  # fmt: skip
    web.on(f"{ISSUE}events/recommended/", minified)
    by_release = {"abs_path": "https://shop.example/main.js", "source_file_lookup_result": "found",
                  "source_map_lookup_result": "unsuccessful"}  # fmt: skip
    by_id = {"debug_id": "f2", "uploaded_source_file_with_correct_debug_id": True,
             "uploaded_source_map_with_correct_debug_id": False}  # fmt: skip
    shown = [{"release_process": by_release}, {"release_process": by_release}, {"debug_id_process": by_id}]
    path = f"{PROJECT}events/{EVENT}/source-map-debug/"
    web.on(path, {"release": "shop@1.0", "exceptions": [{"frames": shown}]})
    (best,) = await make().events(Signal("sentry", "1", project="shop"), limit=1)
    assert [each for each in best.problems if each.startswith("source map")] == [
        "source map: release shop@1.0 has no source map for https://shop.example/main.js",
        "source map: no source map with the debug id of a script was uploaded",
    ]
    del web.routes["GET", path]
    (best,) = await make().events(Signal("sentry", "1", project="shop"), limit=1)
    assert not any(each.startswith("source map") for each in best.problems)
    frames[0]["context"] = [[1, "throw x"]]
    web.asked.clear()
    await make().events(Signal("sentry", "1", project="shop"), limit=1)
    assert len(web.asked) == 1


async def test_a_pull_request_from_before_the_error_came_back_is_over(web, make):
    def named(number: str) -> dict[str, object]:
        return {"type": "set_resolved_in_pull_request", "data": {"pullRequest": {"id": number, "title": "x"}}}

    web.on(ISSUE, issue(1, numComments=0, activity=[named("9"), {"type": "set_regression"}, named("4")]))
    signal = await make().signal("1")
    assert [(work.id, work.state) for work in signal.work] == [("9", "open"), ("4", "done")]


async def test_tickets_of_apps_that_the_issue_tells_are_not_asked_for(web, make):
    app = {"displayName": "SUP-9", "webUrl": "https://desk.example/SUP-9"}
    web.on(ISSUE, issue(1, numComments=0, sentryAppIssues=[app]))
    signal = await make().signal("1")
    assert [work.id for work in signal.work] == ["SUP-9"]
    assert f"{ISSUE}external-issues/" not in web.paths()


async def test_what_became_of_issues_that_we_hold(web, make, reply):
    known = [str(number) for number in range(1, 251)]

    def together(asked):
        wanted = [int(each) for each in asked.all("group")]
        assert len(wanted) <= 100
        return reply([issue(n % 50, id=str(n)) for n in wanted if n not in (7, 8)])

    web.on(f"{ORG}issues/", together)
    web.on(f"{ORG}issues/8/", issue(9))
    batches = [batch async for batch in make().reconcile(known)]
    assert len([each for each in web.asked if each.path == f"{ORG}issues/"]) == 3
    assert [each for batch in batches for each in batch.gone] == ["7"]
    merged = [s for batch in batches for s in batch.signals if s.merged_into]
    assert [(s.id, s.merged_into) for s in merged] == [("8", "9")]
    assert sum(len(batch.signals) for batch in batches) == 249
    assert batches[0].total == 250


async def test_a_server_that_does_not_look_up_by_id_is_said_to_and_only_some_are_looked_at(web, make):
    web.on(f"{ORG}issues/", [issue(900)])
    for number in range(1, 90):
        web.on(f"{ORG}issues/{number}/", issue(number % 50, id=str(number)))
    batches = [batch async for batch in make().reconcile([str(n) for n in range(1, 90)])]
    assert sum(len(batch.signals) for batch in batches) == 50
    assert "39 were not looked at" in batches[0].partial
    assert all(batch.gone == () for batch in batches)


async def test_issues_that_a_token_no_longer_sees_are_not_taken_for_deleted(web, make, reply):
    web.on(f"{ORG}issues/", [])
    (batch,) = [batch async for batch in make().reconcile([str(n) for n in range(1, 9)])]
    assert (batch.gone, "lost a project" in batch.partial) == ((), True)
    (few,) = [batch async for batch in make().reconcile(["1", "2"])]
    assert (few.gone, few.partial) == (("1", "2"), "")
    web.on(f"{ORG}issues/1/", reply({"detail": "no"}, 403))
    (refused,) = [batch async for batch in make().reconcile(["1", "2"])]
    assert (refused.gone, refused.partial) == (
        ("2",),
        "issues that the token is refused at were not looked at: 1",
    )


async def test_the_newest_releases_know_their_commit(web, make):
    web.on(f"{ORG}releases/", [
        {"version": "2.0", "dateCreated": "2026-02-01T00:00:00Z", "lastCommit": None, "commitCount": 3},
        {"version": "1.0", "dateCreated": "2026-01-01T00:00:00Z", "lastCommit": None, "commitCount": 0},
    ])  # fmt: skip
    web.on(f"{ORG}releases/2.0/commits/", [{"id": SHA, "message": "x"}, {"id": "b" * 40}])
    first, second = await make().releases()
    assert (first.commit, second.commit) == (SHA, "")


async def test_a_release_that_was_never_made_has_no_deploys_and_hides_none(web, make):
    web.on(f"{ORG}releases/2.0/deploys/", [{"environment": "prod", "dateFinished": "2026-02-01T01:00:00Z"}])
    found = await make().deploys([Release("no-such"), Release("2.0")])
    assert [each.release for each in found] == ["2.0"]


async def test_code_mappings_are_read_where_the_plan_has_them(web, make):
    assert await make().code_mappings() == ()
    mapping = {"projectSlug": "shop", "repoName": "acme/shop", "stackRoot": "app/", "sourceRoot": "src/app/"}
    web.on(f"{ORG}code-mappings/", [{**mapping, "defaultBranch": "main"}, {"repoName": None}])
    (only,) = await make().code_mappings()
    assert (only.project, only.repository, only.stack_root, only.source_root, only.branch) == (
        "shop", "acme/shop", "app/", "src/app/", "main")  # fmt: skip


async def test_events_are_those_of_the_configured_environments(web, make):
    web.on(f"{ORG}issues/1/events/recommended/", sdk_event(5))
    web.on(f"{ORG}issues/1/events/", [sdk_event(6)])
    await make(environments=("prod", "stage")).events(Signal("sentry", "1"))
    assert [each.all("environment") for each in web.asked] == [["prod", "stage"]] * 2
