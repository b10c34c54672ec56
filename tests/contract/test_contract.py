"""The checker of requests itself: it takes what a service documents, and names what the service would refuse."""

from __future__ import annotations

import pytest

from tests.contract.contract import Sent, contract, graphql_faults

TOKEN = {"Authorization": "Bearer x"}
JSON = {**TOKEN, "Content-Type": "application/json"}
ISSUES = "/api/0/organizations/acme/issues/"


def sentry():
    return contract("sentry.json", "sentry-private.json")


@pytest.mark.parametrize(
    "sent",
    [
        Sent("GET", ISSUES, [("query", "is:unresolved"), ("expand", "owners"), ("expand", "inbox")], TOKEN),
        Sent("PUT", f"{ISSUES}5/", [], JSON, b'{"status": "resolved", "statusDetails": {"inRelease": "1"}}'),
        Sent("POST", f"{ISSUES}5/comments/", [], JSON, b'{"text": "seen"}'),
    ],
)
def test_a_documented_request_passes(sent):
    assert sentry().faults(sent) == []


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (Sent("GET", f"{ISSUES}5/nothing-here/", [], TOKEN), "described nowhere"),
        (Sent("DELETE", ISSUES, [], TOKEN), "described nowhere"),
        (Sent("GET", ISSUES, [("limit", "many")], TOKEN), "limit"),
        (Sent("GET", ISSUES, [("sort", "oldest")], TOKEN), "'oldest' is not one of"),
        (Sent("GET", ISSUES, [("enviroment", "prod")], TOKEN), "'enviroment' is not known"),
        (Sent("GET", ISSUES, [], {}), "Security"),
        (Sent("PUT", f"{ISSUES}5/", [], JSON, b'{"status": "done"}'), "'done' is not one of"),
        (Sent("PUT", f"{ISSUES}5/", [], JSON, b"[]"), "not of type 'object'"),
        (Sent("POST", f"{ISSUES}5/comments/", [], JSON), "body"),
    ],
)
def test_an_undocumented_request_is_named_with_its_reason(sent, why):
    faults = sentry().faults(sent)
    assert why in "\n".join(faults)
    with pytest.raises(AssertionError, match=sent.path):
        sentry().check([sent])


def test_a_suite_that_sent_nothing_is_no_proof():
    with pytest.raises(AssertionError, match="nothing was sent"):
        sentry().check([])


def test_a_path_in_front_of_the_documented_one_is_part_of_the_contract():
    dynatrace = contract("dynatrace.json", base="/e/abc/api/v2")
    headers = {"Authorization": "Api-Token dt0"}
    assert dynatrace.faults(Sent("GET", "/e/abc/api/v2/problems", [], headers)) == []
    assert dynatrace.faults(Sent("GET", "/problems", [], headers)) == ["/problems is not below /e/abc/api/v2"]


def test_a_files_path_may_have_slashes_where_github_says_so():
    github = contract("github.json")
    assert github.faults(Sent("GET", "/repos/acme/shop/contents/src/a.py", [("ref", "main")], {})) == []


def test_a_graphql_query_is_held_against_the_schema():
    good = b'{"query": "query Q($id: String!) { issue(id: $id) { id title } }", "variables": {"id": "1"}}'
    bad = b'{"query": "query Q($id: String!) { issue(id: $id) { id titel } }", "variables": {"x": "1"}}'
    contract("linear.graphql")
    assert graphql_faults("linear.graphql", good) == []
    faults = graphql_faults("linear.graphql", bad)
    assert "titel" in faults[0] and "variable $x is not declared" in faults
