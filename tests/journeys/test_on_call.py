"""A night on call without a screen: paged, opened from the page, acknowledged, diagnosed, resolved, and back again."""

from __future__ import annotations

from pathlib import Path

from tests.support.shop import crash, shop_in

ISSUE = "https://shop.example/issues/7"
PAGE = "https://pager.example/incidents/P1"


def test_from_the_page_to_resolved_and_back(tmp_path: Path) -> None:
    with shop_in(tmp_path) as shop:
        line = shop.line
        shop.happens(crash("7"), crash("7", number=2, release="2.13.4"))
        shop.says(**{"7": {"short_id": "SHOP-7", "url": ISSUE}})
        shop.says(
            shop.pages,
            P1={"kind": "incident", "title": "Checkout is down", "url": PAGE, "links": {"issue": ISSUE}},
        )

        assert line.run("show", ISSUE).out.startswith("# C-1 KeyError 'currency' in price_for")
        assert line.run("show", PAGE).out.startswith("# C-1 "), "the incident is about that case"
        assert {signal.source for signal in shop.case().signals} == {"shop", "pager"}

        assert (
            "acknowledged SHOP-7 at shop, acknowledged P1 at pager"
            in line.run("act", PAGE, "acknowledge").out
        )
        told = line.run(
            "run", "--incident", "P1", "--rca", "shop.pricing.price_for lost its key", "--until", "map"
        )
        assert told.code == 0, told.said
        assert [claim.status for claim in shop.case().claims] == ["assumed"]

        assert line.run("act", "SHOP-7", "resolve").code == 0
        quiet = shop.sync("--reconcile")
        assert quiet["opened"] == [] and shop.case().state == "resolved"
        shop.happens(crash("7", number=3, at="2027-03-01T10:00:00Z"))
        assert shop.sync()["regressed"] == ["C-1"]

        report = line.run("report", "C-1", "--format", "json").json
        assert report["state"] == "regressed"
        assert [act["act"] for act in report["acts"]] == ["acknowledge", "acknowledge", "resolve", "resolve"]
        assert {act["state"] for act in report["acts"]} == {"done"}
        assert {item["value"]: item["events"] for item in report["radius"] if item["facet"] == "release"} == {
            "2.14.0": 2, "2.13.4": 1,
        }  # fmt: skip
        audit = line.run("audit", "verify", "--json")
        assert audit.json["sound"] is True
