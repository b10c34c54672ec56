"""Acts at the sources, headless: intended, done or failed in the journal, undone by their opposite."""

from __future__ import annotations

import json
import os

from rootcase.core.model.entries import ActIntended
from tests.support.journal import say
from tests.support.shop import Shop, crash


def test_an_act_is_intended_and_done_at_every_source_that_can(shop: Shop) -> None:
    shop.happens(crash("1"))
    shop.says(**{"1": {"short_id": "SHOP-1", "url": "https://shop.example/1"}})
    shop.sync()
    shop.says(shop.pages, P1={"kind": "incident", "title": "Down", "links": {"x": "https://shop.example/1"}})
    shop.sync()
    done = shop.line.run("act", "SHOP-1", "acknowledge", "--json")
    assert done.code == 0
    assert [(act["source"], act["signal_id"], act["state"], act["by"]) for act in done.json["acts"]] == [
        ("shop", "1", "done", "human:mira"), ("pager", "P1", "done", "human:mira"),
    ]  # fmt: skip
    assert [signal.substatus for signal in shop.case().signals] == ["acknowledged", "acknowledged"]
    assert shop.kinds()[-4:] == ["act_intended", "act_intended", "act_done", "act_done"]
    written = [json.loads(line) for line in (shop.pages / "writeback.jsonl").read_text().splitlines()]
    assert [(line["act"], line["issue"]) for line in written] == [("acknowledge", "P1")]
    again = shop.line.run("act", "C-1", "acknowledge")
    assert again.code == 2 and "it is acknowledged already" in again.err
    assert shop.line.run("sync").code == 0
    assert [signal.substatus for signal in shop.case().signals] == ["acknowledged", "acknowledged"]


def test_resolving_and_reopening_is_seen_by_the_source_and_is_no_regression(shop: Shop) -> None:
    shop.happens(crash("1"))
    shop.sync()
    assert shop.line.run("act", "C-1", "resolve").out == "C-1  resolved 1 at shop\n"
    shop.sync("--reconcile")
    assert shop.case().state == "resolved"
    assert shop.line.run("act", "C-1", "reopen").code == 0
    assert shop.sync("--reconcile")["regressed"] == []
    assert shop.case().state == "new"


def test_an_act_that_the_source_refuses_leaves_the_case_as_it_was_with_the_reason(shop: Shop) -> None:
    shop.happens(crash("1"))
    shop.sync()
    (shop.errors / "writeback.jsonl").mkdir()
    done = shop.line.run("act", "C-1", "resolve")
    assert done.code == 1 and "shop did not resolve 1: Cannot" in done.err
    assert shop.case().state == "new"
    assert shop.case().acts[0].state == "failed"
    os.rmdir(shop.errors / "writeback.jsonl")
    assert shop.line.run("act", "C-1", "resolve").code == 0
    assert shop.case().state == "resolved"


def test_an_act_whose_process_died_shows_as_done_and_is_carried_out_later(shop: Shop) -> None:
    shop.happens(crash("1"))
    shop.sync()
    say(shop.store, ActIntended("a-1", "shop", "1", "resolve", "a"))
    assert shop.case().state == "resolved", "it shows at once"
    assert not (shop.errors / "writeback.jsonl").exists()
    for _ in range(2):
        assert shop.line.run("act", "C-1", "pending").code == 0
    assert len((shop.errors / "writeback.jsonl").read_text().splitlines()) == 1
    assert shop.kinds().count("act_done") == 1


def test_a_snooze_ends_by_itself(shop: Shop) -> None:
    shop.happens(crash("1"))
    shop.sync()
    assert shop.line.run("act", "C-1", "snooze", "--hours", "0").code == 0
    shop.sync("--reconcile")
    assert shop.case().signals[0].status == "unresolved"
    assert shop.line.run("act", "C-1", "snooze", "--hours", "5").code == 0
    shop.sync("--reconcile")
    assert shop.case().signals[0].status == "ignored"


def test_the_note_is_posted_as_text_in_which_nothing_is_live_and_once(shop: Shop) -> None:
    hostile = "@everyone ![x](http://evil.example/x.png) fixes #12 <b>now</b>"
    shop.happens({**crash("1"), "transaction": hostile})
    shop.says(**{"1": {"title": hostile, "short_id": "SHOP-1"}})
    shop.sync()
    assert shop.line.run("act", "C-1", "note").out == "C-1  posted the note on SHOP-1 at shop\n"
    assert shop.line.run("act", "C-1", "note").code == 0
    [written] = [json.loads(line) for line in (shop.errors / "writeback.jsonl").read_text().splitlines()]
    said = written["text"]
    assert (written["kind"], written["issue"]) == ("comment", "1")
    assert said.startswith("Incident note of C-1: KeyError") and "- what: " in said and "- since: " in said
    assert said.splitlines()[-1].startswith("Rootcase case C-1 · ")
    assert "@everyone" not in said and "http://" not in said and "fixes #12" not in said
    assert shop.case().state == "new", "a note changes nothing about the signal"


def test_a_note_whose_process_died_is_posted_later_as_it_was_shown(shop: Shop) -> None:
    shop.happens(crash("1"))
    shop.sync()
    say(shop.store, ActIntended("x-1", "shop", "1", "note", "x", text="said before"))
    pending = shop.line.run("act", "C-1", "pending")
    assert pending.code == 0 and "posted the note on 1 at shop" in pending.out
    assert "said before" in (shop.errors / "writeback.jsonl").read_text()
