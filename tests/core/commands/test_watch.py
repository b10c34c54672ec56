"""`watch`, `stats` and the page of `report` as processes: a loop that ends when told to, and output that is whole."""

from __future__ import annotations

import json
import signal
import subprocess
import time

from tests.support.commandline import command
from tests.support.shop import Shop, crash


def test_one_round_says_what_is_new_and_then_nothing(shop: Shop) -> None:
    shop.happens(crash("7"))
    done = shop.line.run("watch", "--once")
    assert (done.code, done.out.splitlines()) == (0, ["C-1  new"])
    assert shop.line.run("watch", "--once").out == ""


def test_the_loop_reads_again_and_ends_cleanly_when_told_to(shop: Shop) -> None:
    shop.happens(crash("7"))
    loop = subprocess.Popen(
        command("watch", "--json", "--interval", "1"), env=shop.line.environment(), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert loop.stdout is not None
    try:
        assert json.loads(loop.stdout.readline())["opened"] == ["C-1"]
        assert json.loads(loop.stdout.readline())["opened"] == []
        loop.send_signal(signal.SIGTERM)
        assert loop.wait(30) == 0
        assert loop.stderr is not None and loop.stderr.read() == ""
    finally:
        loop.kill()
        loop.wait()
    assert shop.line.run("audit", "verify", "--json").json["sound"] is True


def test_a_round_that_fails_is_told_and_the_code_says_so(shop: Shop) -> None:
    shop.line.run("sync")
    shop.store.write_bytes(b"no database at all")
    done = shop.line.run("watch", "--once")
    assert done.code != 0 and "rootcase:" in done.err


def test_a_case_without_a_pull_request_has_nothing_to_look_after(shop: Shop) -> None:
    shop.happens(crash("7"))
    shop.sync()
    assert shop.line.run("watch", "C-1").out == "C-1  no pull request of it is out, or a run has it\n"
    assert shop.line.run("watch", "C-9").code == 2


def test_too_often_is_refused(shop: Shop) -> None:
    assert shop.line.run("watch", "--interval", "0.2").code == 2


def test_stats_as_a_table_by_period(shop: Shop) -> None:
    shop.happens(crash("7"), crash("8", "TypeError"))
    shop.sync()
    out = shop.line.run("stats").out
    assert out.startswith("2 cases; counted over the last 30d.")
    assert "opened                                  2" in out and "rule" in out
    assert shop.line.run("stats", "--service", "nobody").out.startswith("0 cases of nobody")
    refused = shop.line.run("stats", "--since", "yesterday")
    assert refused.code == 2 and "no period" in refused.err


def test_the_page_is_written_whole(shop: Shop) -> None:
    shop.happens(crash("<b>7</b>"))
    shop.sync()
    page = shop.line.run("report", "C-1", "--format", "html").out
    assert page.startswith("<!doctype html>") and page.endswith("</html>\n")
    assert "<b>7</b>" not in page and "&lt;b&gt;7&lt;/b&gt;" in page
    assert time.strftime("%Y") in page
