"""From the page: what a source calls a case opens it, synced or not; nothing but configured sources is asked."""

from __future__ import annotations

import json

import pytest

from rootcase.core.signals.addresses import recognised
from tests.support.shop import Shop, crash

PAGE = "https://shop.example/issues/7"


@pytest.mark.parametrize("name", ["SHOP-7", PAGE, "shop:7"])
def test_a_page_that_no_sync_has_seen_becomes_its_case(shop: Shop, name: str) -> None:
    shop.happens(crash("7"), crash("8", "ValueError"))
    shop.says(**{"7": {"short_id": "SHOP-7", "url": PAGE}})
    done = shop.line.run("show", name)
    assert done.code == 0 and done.out.startswith("# C-1 KeyError 'currency' in price_for")
    assert "fetching 7 from shop" in done.err
    assert shop.case().verdict is not None, "it is judged and mapped as after a sync"
    assert len(shop.case().signals) == 1
    again = shop.line.run("show", name)
    assert again.code == 0 and "fetching" not in again.err
    assert shop.sync()["opened"] == ["C-2"], "the sync knows it then"


def test_a_page_of_a_service_that_is_not_configured_says_what_to_configure(shop: Shop) -> None:
    done = shop.line.run("run", "https://acme.sentry.io/issues/4711/?project=2", "--until", "gate")
    assert done.code == 2
    assert "acme.sentry.io is not one of your sources" in done.err
    assert "kind: sentry, organization: acme" in done.err and "Configured: shop, pager" in done.err


def test_a_name_that_leads_nowhere_says_so(shop: Shop) -> None:
    assert "No case or id NOPE-9 is known" in shop.line.run("show", "NOPE-9").err
    assert "There is no case C-99" in shop.line.run("show", "C-99").err
    assert (
        "No address https://evil.example/issues/7 is known"
        in shop.line.run("show", "https://evil.example/issues/7").err
    )


def test_fetch_tells_the_screen_line_by_line(shop: Shop) -> None:
    shop.happens(crash("7"))
    lines = [json.loads(line) for line in shop.line.run("fetch", "shop:7", "--json").out.splitlines()]
    assert lines[0]["says"] == "fetching 7 from shop"
    assert lines[-1] == {
        "schema": "rootcase.fetch/1",
        "case": "C-1",
        "title": "KeyError 'currency' in price_for",
    }
    failed = shop.line.run("fetch", "shop:nothing", "--json")
    assert (
        failed.code == 1 and json.loads(failed.out.splitlines()[-1])["title"] == "shop:nothing is not there"
    )


@pytest.mark.parametrize(
    ("address", "kind", "needs"),
    [
        ("https://acme.sentry.io/issues/1/", "sentry", "organization: acme"),
        ("https://errors.acme.example/organizations/acme/issues/12/", "sentry", "url: https://errors.acme.example"),
        ("https://app.glitchtip.com/acme/issues/12", "glitchtip", "ORGANIZATION"),
        ("https://app.datadoghq.eu/error-tracking/issue/abc", "datadog", "site: datadoghq.eu"),
        ("https://acme.us3.datadoghq.com/monitors/1", "datadog", "site: us3.datadoghq.com"),
        ("https://acme.pagerduty.com/incidents/PABC123", "pagerduty", "email"),
        ("https://acme.app.opsgenie.com/alert/detail/1-2/details", "opsgenie", ""),
        ("https://acme.atlassian.net/jira/ops/alerts/1", "jsm", "account"),
        ("https://abc12345.live.dynatrace.com/#problems/problemdetails;pid=-1", "dynatrace", ""),
        ("https://bugs.acme.example/issues/issue/12345678-1234-1234-1234-123456789012/event/last/", "bugsink", "url:"),
    ],
)  # fmt: skip
def test_pages_are_recognised_by_their_shape_alone(address: str, kind: str, needs: str) -> None:
    found = recognised(address)
    assert found is not None and found.kind == kind and needs in found.lines


@pytest.mark.parametrize(
    "address", ["https://sentry.io.evil.example/", "PAY-12", "https://[/", "javascript:1", ""]
)
def test_other_addresses_are_not(address: str) -> None:
    assert recognised(address) is None
