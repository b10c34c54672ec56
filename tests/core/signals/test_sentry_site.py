"""Whose address it is, which issue it names, where the token may go; and what a look at the token tells."""

from __future__ import annotations

import time
from email.utils import formatdate

import pytest

from rootcase.core.config.settings import SourceSettings
from rootcase.core.model.errors import AccessDenied
from rootcase.core.signals.protocol import make_source
from rootcase.core.signals.sentry_cursor import Cursor
from tests.support.sentry import ORG

HEX = "9fac2ceed9344f2bbfdd1fdacb0ed9b1"


def source(url: str, organization: str = "acme"):
    return make_source(SourceSettings(kind="sentry", url=url, organization=organization), {})


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("https://acme.sentry.io/issues/123/", "123"),
        ("https://acme.sentry.io/issues/123", "123"),
        ("https://acme.sentry.io/issues/123/?project=2&query=is%3Aunresolved", "123"),
        (f"https://acme.sentry.io/issues/123/events/{HEX}/", "123"),
        ("https://acme.sentry.io/issues/SHOP-7/", "SHOP-7"),
        ("https://sentry.io/organizations/acme/issues/123/", "123"),
        (f"https://sentry.io/organizations/acme/projects/shop/events/{HEX}/", HEX),
        ("https://sentry.io/acme/shop/issues/123/", "123"),
        ("https://us.sentry.io/api/0/organizations/acme/issues/123/", "123"),
        ("https://acme.sentry.io/organizations/acme/issues/123/activity/", "123"),
        ("123", "123"), ("SHOP-7", "SHOP-7"), (HEX, HEX), (" 123 ", "123"),
        ("https://other.sentry.io/issues/123/", ""),
        ("https://sentry.io/organizations/other/issues/123/", ""),
        ("https://acme.sentry.io.evil.io/issues/123/", ""),
        ("https://acme.sentry.io:8443/issues/123/", ""),
        ("https://acme.sentry.io@evil.io/issues/123/", ""),
        ("https://acme.sentry.io/issues/", ""),
        ("https://acme.sentry.io/settings/123/", ""),
        ("javascript://acme.sentry.io/issues/123/", ""),
        ("https://[/issues/1/", ""), ("fix it", ""), ("", ""), ("../1", ""), ("shop-7", ""),
    ],
)  # fmt: skip
def test_which_issue_an_address_names_at_sentry_io(address, found):
    assert source("https://acme.sentry.io").named(address) == found
    assert source("https://sentry.io").named(address) == found


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("https://tools.acme.com/sentry/organizations/acme/issues/123/", "123"),
        ("https://tools.acme.com/sentry/acme/shop/issues/123/", "123"),
        ("https://TOOLS.acme.com/sentry/organizations/acme/issues/SHOP-7/", "SHOP-7"),
        ("https://tools.acme.com:443/sentry/organizations/acme/issues/123/", "123"),
        ("https://tools.acme.com/organizations/acme/issues/123/", ""),
        ("https://tools.acme.com/sentry/organizations/other/issues/123/", ""),
        ("https://acme.sentry.io/issues/123/", ""),
        ("https://tools.acme.com:8443/sentry/organizations/acme/issues/123/", ""),
    ],
)
def test_which_issue_an_address_names_at_a_server_of_ones_own(address, found):
    assert source("https://tools.acme.com/sentry/").named(address) == found


def test_an_id_never_climbs_out_of_its_place():
    with pytest.raises(Exception, match="cannot be part"):
        source("https://acme.sentry.io").site.path("issues", "..")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "text", ["", "1|2|3|", "2|x|1|1|a|b|c", "2|1|1|1|a|b", "2|١|1|1|a|b|c", "3|1|1|1|a|b|c"]
)
def test_a_cursor_that_is_none_starts_from_the_beginning(text):
    assert Cursor.read_from(text) == Cursor()


def test_a_cursor_comes_back_as_it_was_written():
    cursor = Cursor(5, 7, 300, "ab12", "https://de.sentry.io", "0:100:0|x%")
    assert Cursor.read_from(cursor.write()) == cursor


async def test_a_token_that_may_do_all(web, make, reply):
    date = formatdate(time.time() - 3600, usegmt=True)
    web.on(ORG, {"name": "Acme Shops", "access": ["org:read", "project:read", "event:read", "event:write"]})
    web.on(f"{ORG}releases/", [])
    web.on("/api/0/projects/acme/shop/", {"slug": "shop"})
    web.on(f"{ORG}code-mappings/", [{"projectSlug": "shop", "repoName": "acme/shop", "stackRoot": "app/",
                                     "sourceRoot": ""}, {"projectSlug": "other", "repoName": "x/y"}])  # fmt: skip
    left = {"Date": date, "X-Sentry-Rate-Limit-Remaining": "38"}
    web.on(f"{ORG}issues/", reply([], headers=left))
    health = await make(projects=("shop",)).health()
    assert (health.account, health.missing, health.without) == ("organization acme (Acme Shops)", (), ())
    assert health.scopes == ("org:read", "project:read", "event:read", "event:write")
    assert 3595 < health.skew_s < 3700
    assert health.rate_left == 38
    assert health.notes == (
        "Sentry maps app/ to (the root) in acme/shop for shop: see stack_root and source_root.",
    )
    assert {each.method for each in web.asked} == {"GET"}


async def test_a_token_that_lacks_rights_and_what_each_costs(web, make, reply):
    web.on(ORG, {"name": "acme", "access": ["org:read"]})
    web.on(f"{ORG}issues/", [])
    web.on(f"{ORG}releases/", reply({"detail": "no"}, 403))
    health = await make(projects=("shop", "7")).health()
    assert health.missing == ("project:read", "event:write")
    assert [cost.split(" ")[0] for cost in health.without] == ["releases,", "resolving,"]
    assert health.notes == ("Project shop does not exist, or the token does not see it.",)


async def test_what_cannot_be_known_without_writing_is_said(web, make):
    web.on(f"{ORG}issues/", [])
    health = await make().health()
    assert health.missing == ("org:read", "project:read")
    assert any("event:write" in note for note in health.notes)


async def test_a_token_that_is_unknown_is_no_health(web, make, reply):
    web.on(ORG, reply({"detail": "Invalid token"}, 401))
    with pytest.raises(AccessDenied, match="Invalid token"):
        await make().health()


def test_a_token_that_would_travel_unencrypted_is_said_so():
    from rootcase.core.signals.sentry_health import _address

    assert "unencrypted" in _address(source("http://sentry.acme.com").site)[0]  # type: ignore[attr-defined]
    assert _address(source("http://127.0.0.1:9000").site) == []  # type: ignore[attr-defined]
