"""A folder of events is a source like any other: counted, incremental, and honest about what it cannot read."""

from __future__ import annotations

import json

import pytest

from rootcase.core.config.settings import SourceSettings
from rootcase.core.model.errors import ConfigError, SourceError
from rootcase.core.signals.protocol import Deed, make_source
from rootcase.core.signals.trend import fold_trend, trend_of


def crash(kind="KeyError", *, minute=0, user="u1", issue="", function="price", release="2.14.0", **more):
    frames = [
        {"function": "run", "filename": "lib/wsgi.py", "module": "lib.wsgi", "lineno": 9, "in_app": False},
        {"function": function, "filename": "shop.py", "module": "shop", "lineno": 41, "in_app": True},
    ]
    return {
        "event_id": f"{minute:032}", "platform": "python", "timestamp": f"2026-03-01T10:{minute:02}:00Z",
        "release": release, "environment": "prod", "user": {"id": user}, "tags": {"service": "quotes"},
        "exception": {"values": [{"type": kind, "value": "'DE'\nmore", "stacktrace": {"frames": frames},
                                  "mechanism": {"type": "wsgi", "handled": False}}]},
        **({"issue": issue} if issue else {}), **more,
    }  # fmt: skip


def lines(*events):
    return "".join(json.dumps(event) + "\n" for event in events)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "events").mkdir()
    return tmp_path / "events"


def source(path, **more):
    return make_source(SourceSettings(kind="files", path=str(path), **more), {})


async def listed(one, cursor=""):
    batches = [batch async for batch in one.list(cursor)]
    signals = [signal for batch in batches for signal in batch.signals]
    return signals, batches[-1].cursor, batches[-1].partial


async def test_events_of_one_issue_are_one_signal_with_counts(folder):
    events = [crash(minute=m, user=f"u{m % 3}", issue="77") for m in (5, 1, 9)]
    (folder / "a.jsonl").write_text(lines(*events, crash("ValueError", issue="78", release="2.13.0")))
    (first, second), _, partial = await listed(source(folder, name="exports"))
    assert (first.source, first.id, first.title) == ("exports", "77", "KeyError: 'DE'")
    assert (first.events, first.users, first.service, first.environment) == (3, 3, "quotes", "prod")
    assert (first.first_seen_us, first.last_seen_us) == (1_772_359_260_000_000, 1_772_359_740_000_000)
    assert (first.handled, first.level, first.last_release) == (False, "error", "2.14.0")
    assert sum(first.trend) == 3
    assert second.id == "78"
    assert partial == ""


async def test_without_an_issue_field_the_same_crash_is_one_signal_and_others_are_not(folder):
    (folder / "a.jsonl").write_text(
        lines(
            crash(minute=1),
            crash(minute=2),
            crash(function="total"),
            crash("ValueError"),
            {"message": "late"},
        )
    )
    signals, _, _ = await listed(source(folder))
    assert sorted(s.events for s in signals) == [1, 1, 1, 2]
    again, _, _ = await listed(source(folder))
    assert {s.id for s in signals} == {s.id for s in again}


async def test_lists_single_events_and_exports_in_json_files_are_read(folder):
    (folder / "one.json").write_text(json.dumps(crash(issue="1")))
    (folder / "many.json").write_text(json.dumps([crash(issue="2"), crash(issue="2", minute=1)]))
    export = {"id": "3", "shortId": "SHOP-3", "count": "900", "userCount": 4, "title": "Exported", "level": "fatal",
              "lastSeen": "2026-03-01T11:00:00Z", "assignedTo": {"type": "user", "name": "Ada"}}  # fmt: skip
    (folder / "export.json").write_text(json.dumps({"issue": export, "events": [crash()]}))
    signals = {s.id: s for s in (await listed(source(folder)))[0]}
    assert {key: s.events for key, s in signals.items()} == {"1": 1, "2": 2, "3": 900}
    assert (signals["3"].title, signals["3"].short_id) == ("Exported", "SHOP-3")
    assert signals["3"].assignee is not None
    assert signals["3"].assignee.name == "Ada"


async def test_one_file_is_a_source_too(folder):
    (folder / "a.jsonl").write_text(lines(crash()))
    (folder / "b.jsonl").write_text(lines(crash("ValueError")))
    signals, _, _ = await listed(source(folder / "a.jsonl"))
    assert [s.title for s in signals] == ["KeyError: 'DE'"]


async def test_nothing_new_hands_out_nothing(folder):
    (folder / "a.jsonl").write_text(lines(crash(issue="1"), crash(issue="2")))
    one = source(folder)
    _, cursor, _ = await listed(one)
    for each in (one, source(folder)):
        assert (await listed(each, cursor))[0] == []


async def test_an_appended_event_hands_out_its_issue_with_full_counts(folder):
    (folder / "a.jsonl").write_text(lines(crash(issue="1"), crash(issue="2")))
    _, cursor, _ = await listed(source(folder))
    with (folder / "a.jsonl").open("a") as file:
        file.write(lines(crash(issue="2", minute=7)))
    (only,), after, _ = await listed(source(folder), cursor)
    assert (only.id, only.events) == ("2", 2)
    (folder / "b.jsonl").write_text(lines(crash(issue="3")))
    assert [s.id for s in (await listed(source(folder), after))[0]] == ["3"]


async def test_a_rewritten_file_is_read_as_new(folder):
    (folder / "a.jsonl").write_text(lines(crash(issue="1"), crash(issue="2")))
    _, cursor, _ = await listed(source(folder))
    (folder / "a.jsonl").write_text(lines(crash(issue="1")))
    signals, _, _ = await listed(source(folder), cursor)
    assert [(s.id, s.events) for s in signals] == [("1", 1)]


async def test_broken_lines_are_named_and_the_rest_is_read(folder):
    text = lines(crash(issue="1")) + "{broken\n\n[1]\n" + '"text"\n' + "null\n" + lines(crash(issue="2"))
    (folder / "a.jsonl").write_text(text + '{"event_id": "half')
    (folder / "b.json").write_text("nope")
    signals, _, partial = await listed(source(folder))
    assert {s.id for s in signals} == {"1", "2"}
    assert partial.startswith("6 unreadable: a.jsonl:2 not JSON")
    assert "a.jsonl:4 no JSON object" in partial
    assert partial.endswith("and 3 more")


async def test_a_line_that_is_still_being_written_counts_once_it_is_whole(folder):
    whole = lines(crash(issue="1"))
    (folder / "a.jsonl").write_text(whole + whole[:50])
    signals, cursor, partial = await listed(source(folder))
    assert signals[0].events == 1
    assert "a.jsonl:2 not finished" in partial
    (folder / "a.jsonl").write_text(whole + whole)
    signals, _, partial = await listed(source(folder), cursor)
    assert (signals[0].events, partial) == (2, "")


async def test_binary_rubbish_is_no_crash(folder):
    (folder / "a.jsonl").write_bytes(bytes(range(256)) * 20)
    signals, _, partial = await listed(source(folder))
    assert signals == []
    assert "unreadable" in partial


async def test_samples_are_the_newest_events(folder):
    (folder / "a.jsonl").write_text(lines(*[crash(minute=m, issue="1") for m in range(60)]))
    one = source(folder)
    ((signal,), _, _) = await listed(one)
    events = await one.events(signal, 3)
    assert [e.at_us for e in events] == sorted((e.at_us for e in events), reverse=True)
    assert events[0].at_us == signal.last_seen_us
    assert len(await one.events(signal, 100)) == 20
    assert len(await source(folder).events(signal, 3)) == 3
    assert await one.signal("1") == signal
    assert await one.signal("none") is None


async def test_what_the_source_would_know_comes_from_signals_json(folder):
    (folder / "a.jsonl").write_text(lines(crash(issue="1")))
    sha = "b" * 40
    extras = {
        "issues": {"1": {
            "short_id": "SHOP-1", "events": 5120, "users": 41, "service": "quotes-api",
            "last_seen": "2026-03-02T00:00:00Z",
            "assignee": {"name": "dependabot", "bot": True}, "trend": [1] * 48, "bucket_s": 1800,
            "work": [{"kind": "ticket", "id": "PAY-1", "by": {"name": "Ada"}, "state": "open"}],
        }},
        "releases": [{"version": "2.13.0", "created": "2026-02-01T00:00:00Z"},
                     {"version": "2.14.0", "commit": sha, "created": "2026-03-01T00:00:00Z", "previous": "2.13.0"}],
        "deploys": [{"release": "2.14.0", "environment": "prod", "at": "2026-03-01T09:00:00Z"}],
    }  # fmt: skip
    (folder / "signals.json").write_text(json.dumps(extras))
    one = source(folder)
    ((signal,), cursor, _) = await listed(one)
    assert (signal.short_id, signal.events, signal.users, signal.service) == (
        "SHOP-1",
        5120,
        41,
        "quotes-api",
    )
    assert signal.first_seen_us < signal.last_seen_us == 1_772_409_600_000_000
    assert (signal.trend, signal.bucket_s) == ((2,) * 24, 3600)
    assert signal.assignee is not None
    assert signal.assignee.bot
    assert (signal.work[0].id, signal.work[0].by.name) == ("PAY-1", "Ada")
    assert [r.version for r in signal.releases] == ["2.14.0", "2.13.0"]
    assert (await one.releases())[0].commit == sha
    assert [d.release for d in await one.deploys()] == ["2.14.0"]
    assert await one.deploys(signal.releases[1:]) == ()
    extras["issues"]["1"]["assignee"] = {"name": "Ada"}
    (folder / "signals.json").write_text(json.dumps(extras))
    ((changed,), _, _) = await listed(source(folder), cursor)
    assert changed.assignee is not None
    assert not changed.assignee.bot


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("{", "signals.json"),
        ('{"issues": {"1": {"event": 3}}}', "event"),
        ('{"issues": {"1": {"work": [{"kind": "car", "id": "1"}]}}}', "car"),
        ('{"releases": [{"commit": "a"}]}', "version"),
    ],
)
async def test_a_wrong_signals_json_says_what_is_wrong(folder, text, named):
    (folder / "a.jsonl").write_text(lines(crash()))
    (folder / "signals.json").write_text(text)
    with pytest.raises(SourceError, match=named):
        await listed(source(folder))


async def test_what_is_written_back_stays_in_the_folder_and_is_no_event(folder):
    (folder / "a.jsonl").write_text(lines(crash(issue="1")))
    one = source(folder)
    assert not (await one.comment("1", "see PR 4")).already
    assert (await one.comment("1", "see PR 4")).already
    await one.act("1", Deed("resolve", release="2.14.1"))
    written = [json.loads(line) for line in (folder / "writeback.jsonl").read_text().splitlines()]
    assert [w["kind"] for w in written] == ["comment", "act"]
    assert len((await listed(one))[0]) == 1


async def test_a_folder_that_is_not_there_is_a_clear_fault(tmp_path):
    with pytest.raises(SourceError, match="not there"):
        await listed(source(tmp_path / "none"))
    with pytest.raises(ConfigError, match="path"):
        make_source(SourceSettings(kind="files"), {})


async def test_hostile_text_in_events_is_inert_in_signals(folder):
    (folder / "a.jsonl").write_text(lines(crash("Key\x1b[2JError", issue="1\u202e", tags={"a\x07": "\x9b"})))
    ((signal,), _, _) = await listed(source(folder))
    assert not any(bad in repr(signal) for bad in ("\\x1b", "\\u202e", "\\x07", "\\x9b"))


def test_a_trend_ends_with_the_newest_event_and_holds_the_oldest():
    hour = 3_600_000_000
    assert trend_of([]) == ((), 3600)
    counts, bucket_s = trend_of([100 * hour, 100 * hour, 99 * hour])
    assert (len(counts), counts[-2:], bucket_s) == (24, (1, 2), 3600)
    counts, bucket_s = trend_of([hour, 49 * hour])
    assert (len(counts), counts[7], counts[-1], sum(counts), bucket_s) == (24, 1, 1, 2, 3 * 3600)
    assert fold_trend([1] * 25, 60) == ((1,) + (2,) * 12, 120)
    assert fold_trend([], 60) == ((), 60)
