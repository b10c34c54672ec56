"""What a sync tells apart, follows and limits, over sources of files in a home of its own."""

from __future__ import annotations

import asyncio
import fcntl
import json

import pytest

from rootcase.core.config.load import load
from rootcase.core.journal.open import open_store
from rootcase.core.model.entries import OwnershipMarked
from rootcase.core.pipeline.sync import sync
from tests.support.commandline import until
from tests.support.journal import say, with_store
from tests.support.shop import Shop, crash

LATER = "2027-03-01T10:00:00Z"


def one(outcome, source="shop"):
    return next(each for each in outcome["sources"] if each["source"] == source)


def read_only(shop: Shop) -> None:
    """A sync that dies before its gate and map."""

    async def read() -> None:
        loaded = load(shop.line.environment())
        store = await open_store(str(shop.store))
        await sync(loaded, store, environment={}, map_new=False)
        await store.close()

    asyncio.run(read())


def test_new_changed_regressed_and_gone_are_told_apart(shop: Shop) -> None:
    shop.happens(crash("1"), crash("2", "ValueError", function="total"))
    first = one(shop.sync())
    assert (first["new"], first["changed"], first["regressed"], first["gone"]) == (2, 0, 0, 0)

    shop.happens(crash("1", number=2))
    counted = shop.sync()
    assert (one(counted)["signals"], one(counted)["changed"], counted["changed"]) == (1, 0, 0), "counts alone"
    assert shop.case().events == 1, "an entry records what a decision saw"

    shop.says(**{"2": {"assignee": {"name": "lena"}}})
    assert one(shop.sync())["changed"] == 1

    assert shop.line.run("act", "C-1", "resolve").code == 0
    shop.happens(crash("1", number=3, at=LATER))
    back = shop.sync()
    assert (one(back)["regressed"], back["regressed"]) == (1, ["C-1"])
    assert shop.case().state == "regressed"

    (shop.errors / "events.jsonl").write_text(json.dumps(crash("1")) + "\n")
    shop.says()
    left = shop.sync("--reconcile")
    assert (one(left)["gone"], left["gone"], one(left)["reconciled"]) == (1, 1, True)
    assert shop.case("C-2").state == "resolved" and shop.case("C-2").signals[0].status == "gone"
    assert [body.change for body in shop.entries("signal_seen")] == ["new", "regressed", "changed"]
    assert shop.kinds("C-2").count("signal_gone") == 1
    assert shop.line.run("audit", "verify").code == 0


def test_reopened_by_hand_at_the_source_is_no_regression(shop: Shop) -> None:
    shop.happens(crash("1"))
    shop.says(**{"1": {"status": "resolved"}})
    shop.sync()
    assert shop.case().state == "resolved"
    shop.says(**{"1": {"status": "unresolved"}})
    assert one(shop.sync())["regressed"] == 0
    assert shop.case().state == "new", "the verdict on what was resolved does not outlive that"
    assert shop.kinds().count("gate_decided") == 3, "resolved; then before and after the map"
    assert shop.sync()["mapped"] == 0, "nothing has changed since"


def test_news_that_a_killed_sync_left_are_judged_by_the_next(shop: Shop) -> None:
    shop.happens(crash("1"))
    shop.sync()
    shop.says(**{"1": {"assignee": {"name": "lena"}}})
    read_only(shop)
    assert shop.case().verdict == "investigate" and shop.case().news == ("assignee",)
    assert shop.sync()["mapped"] == 1
    assert (shop.case().verdict, shop.case().news) == ("wait", ())


def test_what_was_deleted_and_comes_back_is_a_regression(shop: Shop) -> None:
    shop.happens(crash("1"), crash("2", "ValueError"))
    shop.sync()
    (shop.errors / "events.jsonl").write_text(json.dumps(crash("2", "ValueError")) + "\n")
    shop.sync("--reconcile")
    shop.happens(crash("1", number=5, at=LATER))
    assert shop.sync()["regressed"] == ["C-1"]


def test_the_first_sync_reads_as_much_as_is_configured_and_says_so(shop: Shop) -> None:
    shop.happens(*(crash(str(n), f"Kind{n}Error", at=f"2026-03-{n:02}T10:00:00Z") for n in range(1, 8)))
    config = shop.line.home / "rootcase" / "config" / "config.yaml"
    config.write_text(config.read_text().replace("name: shop,", "name: shop, backfill: 3,"))
    done = shop.line.run("sync")
    assert "shop: the newest 3 were read; older ones are left out (backfill: 3)" in done.out
    assert "3 new" in done.out and done.code == 0
    assert {shop.case(f"C-{n}").title.split()[0] for n in (1, 2, 3)} == {
        "Kind7Error",
        "Kind6Error",
        "Kind5Error",
    }
    shop.happens(crash("9", "LaterError", at=LATER))
    second = one(shop.sync())
    assert (second["new"], second["limited"]) == (1, ""), (
        "later syncs are not limited, and take nothing older"
    )


def test_a_merge_at_the_source_joins_cases_that_nobody_has_touched(shop: Shop) -> None:
    shop.happens(crash("1"), crash("2", "ValueError"))
    shop.sync()
    shop.says(**{"2": {"merged_into": "1"}})
    outcome = shop.sync("--reconcile")
    assert (one(outcome)["merged"], outcome["merged"]) == (1, ["C-2"])
    assert shop.case("C-2").merged_into == "C-1"
    assert {signal.id for signal in shop.case("C-1").signals} == {"1", "2"}
    assert shop.entries("merged")[0].reason == "shop merged 2 into 1"
    shop.sync("--reconcile")
    assert shop.kinds("C-1").count("merged") == 1 and shop.kinds("C-2").count("merged") == 1


def test_a_merge_at_the_source_is_made_where_a_human_has_decided_and_goes_back_with_one_key(
    shop: Shop,
) -> None:
    shop.happens(crash("1"), crash("2", "ValueError"))
    shop.sync()
    say(shop.store, OwnershipMarked("lena"), key="C-2")
    shop.says(**{"2": {"merged_into": "1"}})
    assert shop.sync("--reconcile")["merged"] == ["C-2"]
    assert shop.entries("merged")[0].reason == "shop merged 2 into 1"
    assert shop.line.run("unmerge", "C-1", "C-2").code == 0
    for _ in range(2):
        assert shop.sync("--reconcile")["merged"] == []
    assert shop.case("C-2").merged_into == "", "what a human parted stays so"


def test_a_source_that_fails_is_paused_and_the_others_are_read(shop: Shop) -> None:
    shop.happens(crash("1"))
    (shop.pages / "signals.json").write_text("{")
    done = shop.line.run("sync", "--json")
    assert done.code == 6
    assert "signals.json is not as expected" in one(done.json, "pager")["fault"]
    assert one(done.json)["new"] == 1

    def state(source):
        return with_store(shop.store, lambda store: store.source_state(source))

    first = state("pager")
    assert (first.failures, first.paused) == (1, "paused") and first.retry_us > first.tried_us
    shop.line.run("sync")
    assert state("pager").failures == 2
    assert state("pager").retry_us - state("pager").tried_us > 1.9 * (first.retry_us - first.tried_us)
    (shop.pages / "signals.json").write_text("{}")
    shop.sync()
    assert (state("pager").failures, state("pager").fault, state("pager").paused) == (0, "", "")


def test_only_sources_whose_time_has_come_are_read_by_themselves(shop: Shop) -> None:
    shop.happens(crash("1"))
    assert [each["source"] for each in shop.sync("--due")["sources"]] == ["shop", "pager"]
    assert shop.sync("--due")["sources"] == []
    assert [each["source"] for each in shop.sync()["sources"]] == ["shop", "pager"]


def test_a_sync_waits_for_the_one_under_way_and_one_by_itself_leaves_it_alone(shop: Shop) -> None:
    shop.happens(crash("1"))
    (shop.store.parent).mkdir(parents=True, exist_ok=True)
    with (shop.store.parent / "sync.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert shop.line.run("sync", "--due", "--json").out == ""
        waiting = shop.line.start("sync", name="waiting")
        until(lambda: "another sync is reading" in shop.line.log("waiting"), why="it says that it waits")
        assert not shop.store.exists() and waiting.poll() is None
    assert shop.line.ended(waiting) == 0
    assert shop.case().title == "KeyError 'currency' in price_for"


def test_everything_is_compared_once_an_hour_and_its_age_is_kept(shop: Shop) -> None:
    shop.happens(crash("1"))
    shop.sync()
    assert one(shop.sync())["reconciled"] is False, "all of it was read just now"
    config = shop.line.home / "rootcase" / "config" / "config.yaml"
    config.write_text(config.read_text().replace("name: shop,", "name: shop, reconcile_s: 0.001,"))
    assert one(shop.sync())["reconciled"] is True
    assert with_store(shop.store, lambda store: store.source_state("shop")).reconciled_us > 0


def test_a_sync_that_was_killed_before_it_mapped_is_made_up_for(shop: Shop) -> None:
    """The cases are there, nothing has looked at them, and nothing is new at the source."""
    shop.happens(crash("1"))
    read_only(shop)
    assert shop.case().gate is None
    assert shop.sync()["mapped"] == 1
    assert shop.case().verdict == "investigate"
    assert shop.sync()["mapped"] == 0


@pytest.mark.parametrize("kind", ["alert", "incident", "deploy", "trace"])
def test_a_signal_without_an_exception_is_a_case_with_what_it_has(shop: Shop, kind: str) -> None:
    told = {"kind": kind, "title": "p95 of checkout over 2 s", "dedup": "latency/checkout"}
    shop.says(shop.pages, P1=told)
    assert shop.sync()["opened"] == ["C-1"]
    case = shop.case()
    assert (case.title, case.service, case.signals[0].kind) == ("p95 of checkout over 2 s", "shop-api", kind)
    assert case.verdict is not None and case.note
    # another monitor of another service with the same words is another case
    shop.says(shop.pages, P1=told, P2={**told, "dedup": "latency/other", "service": "billing"})
    assert shop.sync()["opened"] == ["C-2"]


def test_a_page_that_names_an_issue_joins_its_case(shop: Shop) -> None:
    shop.happens(crash("1"))
    shop.says(**{"1": {"url": "https://shop.example/issues/1"}})
    page = {
        "kind": "incident",
        "title": "Checkout is down",
        "links": {"issue": "https://shop.example/issues/1"},
    }
    shop.says(shop.pages, P1=page)
    shop.sync()
    [row] = shop.line.run("cases", "--json").json["cases"]
    key = row["key"]
    assert {s.id for s in shop.case(key).signals} == {"1", "P1"}, "whichever source was read first"
    shop.says(shop.pages, P1=page, P2={**page, "title": "Still down"})
    assert shop.sync()["joined"] == [key], "known by then, it opens no case of its own"
    joined = shop.entries("signal_seen", key)[-1]
    assert (joined.signal.id, joined.joined_because) == ("P2", "pager names 1 of shop")


def test_a_page_joins_by_service_time_and_what_it_tells_of_but_never_by_a_guess(shop: Shop) -> None:
    shop.happens(crash("1"), crash("2", "ValueError", function="total"))
    shop.sync()
    near = {"kind": "alert", "first_seen": "2026-03-01T10:05:00Z", "last_seen": "2026-03-01T10:06:00Z"}
    shop.says(
        shop.pages,
        P1={**near, "title": "KeyError in price_for, 40 a minute"},
        P2={**near, "title": "Error rate of shop-api is high"},
        P3={**near, "title": "KeyError in price_for", "first_seen": "2026-03-09T10:00:00Z",
            "last_seen": "2026-03-09T10:00:00Z"},
    )  # fmt: skip
    outcome = shop.sync()
    assert outcome["joined"] == ["C-1"] and len(outcome["opened"]) == 2
    assert {s.id for s in shop.case("C-1").signals} == {"1", "P1"}


def test_what_another_tool_says_the_cause_is_becomes_an_assumed_claim(shop: Shop) -> None:
    shop.happens(crash("1"))
    said = {
        "origin": "Seer",
        "text": "price_for in shop/pricing.py:88 lost its key in 7c1e2aa9.",
        "url": "https://x/1",
    }
    shop.says(**{"1": {"diagnoses": [said]}})
    shop.sync()
    [claim] = shop.case().claims
    assert (claim.status, claim.origin) == ("assumed", "diagnosis") and "Seer says so" in claim.why
    evidence = {item.id: item for item in shop.case().evidence}
    assert evidence[claim.citations[0].evidence].url == "https://x/1"
    assert [item.commit for item in shop.case().evidence if item.kind == "commit"] == ["7c1e2aa9"]
    shop.happens(crash("1", number=2))
    shop.sync()
    assert len(shop.case().claims) == 1, "said once, claimed once"


def test_what_the_error_falls_on_is_in_the_case_its_note_and_its_report(shop: Shop) -> None:
    shop.happens(
        *(crash("1", number=n, release="2.14.0" if n else "2.13.4", tags={"region": "eu", "tenant": f"t{n % 2}"})
          for n in range(5))
    )  # fmt: skip
    shop.sync()
    shares = {(share.facet, share.value): share for share in shop.case().signals[0].shares}
    assert (shares["release", "2.14.0"].events, shares["release", "2.13.4"].events) == (4, 1)
    assert shares["tenant", "t0"].users == 3 and shares["tenant", "t0"].sampled
    [line] = [line.text for line in shop.case().note if line.label == "where"]
    assert line.startswith("80% on 2.14.0, production; 100% POST /checkout; 100% region eu; 60% tenant t0")
    shown = shop.line.run("show", "C-1").out
    assert "## Blast radius 80% on 2.14.0, production" in shown and "; 5 users" in shown
    report = shop.line.run("report", "C-1", "--format", "json").json
    assert report["radius"][0] == {
        "facet": "release", "value": "2.14.0", "part": 0.8, "events": 4, "users": 4, "sampled": True,
    }  # fmt: skip
