"""What a user can get wrong, and what a repository can be like: a clear message each, and no entry is lost."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from rootcase.core.model import ladder
from rootcase.core.model.entries import StopAsked
from tests.support.commandline import until
from tests.support.depot import NEW_TEST, SCRIPT, SHORT, Depot, call, changed, git
from tests.support.footprint import footprint
from tests.support.journal import Watch, case, entries, faults, say
from tests.support.openai_server import Call, Reply, ScriptedOpenAI, by_phase, replies_from

CLOSED = "http://127.0.0.1:9"
SENTRY = {
    "kind": "sentry",
    "url": CLOSED,
    "organization": "acme",
    "projects": ["x"],
    "token_env": "SENTRY_TOKEN",
}


# -- configuration


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("store: x.db\nbudgets: {usd: 1}\n", ("config.yaml:2", "budgets", "Did you mean `budget`?")),
        ("budget:\n  usd: lots\n", ("config.yaml:2", "budget.usd", "float")),
        ("sources: [\nbudget:\n", ("config.yaml", "not YAML")),
        ("repositories:\n- paht: x\n", ("config.yaml:2", "paht", "Did you mean")),
    ],
    ids=["unknown key", "wrong type", "broken YAML", "misspelt key in a list"],
)
def test_an_invalid_configuration_names_file_line_and_the_nearest_key(place, text, words):
    place.config.write_text(text, encoding="utf-8")
    done = place.line.run("cases")
    assert done.code == 2 and "Traceback" not in done.err
    for word in words:
        assert word in done.err, done.err


def test_a_configuration_that_was_named_and_is_missing_says_how_to_make_one(place):
    place.config.unlink()
    done = place.line.run("cases")
    assert done.code == 2 and "is not there" in done.err and "rootcase init" in done.err


# -- sources and events


def test_a_source_that_cannot_be_reached_is_named_and_the_others_are_read(place):
    event = place.caught()
    place.feed(event)
    files = place.settings["sources"][0]
    place.configure(sources=[SENTRY, {**files, "name": "second"}])
    done = place.line.run("sync", SENTRY_TOKEN="token-of-nobody-1")
    assert done.code == 6, done.said
    assert "cannot be reached" in done.out and "second" in done.out and "complete" in done.out
    place.configure(sources=[SENTRY])
    assert place.line.run("sync", SENTRY_TOKEN="token-of-nobody-1").code == 1
    without = place.line.run("sync")
    assert without.code == 1 and "export SENTRY_TOKEN" in without.out
    assert len(place.line.run("cases", "--json").json["cases"]) == 1, "nothing of the case is lost"


def test_an_event_without_frames_becomes_a_case_and_a_ticket_that_says_so(place):
    event = place.caught()
    for value in event["exception"]["values"]:
        value.pop("stacktrace")
    assert place.feed(event).code == 0
    done = place.run("--json")
    assert done.code == 4, done.said
    assert done.json["ladder"] == "E0"
    assert any("no stack trace" in reason for reason in done.json["reasons"])
    [ticket] = place.items()
    assert ticket["kind"] == "issue" and "no event with a stack trace" in ticket["body"]


def test_frames_outside_the_repository_become_a_ticket_to_whoever_owns_that_code(place):
    event = place.caught()
    for value in event["exception"]["values"]:
        for frame in value["stacktrace"]["frames"]:
            frame.update(
                filename=frame["filename"].replace("depot/", "other/"), module="other.labels",
                abs_path=f"/opt/{frame['filename'].replace('depot/', 'other/')}", context_line="nothing = 1",
                pre_context=[], post_context=[],
            )  # fmt: skip
    assert place.feed(event).code == 0
    done = place.run("--json")
    assert done.code == 4 and done.json["verdict"] == "ticket", done.said
    assert "no frame is in depot" in done.json["because"] and done.json["cost_usd"] == 0
    assert [item["kind"] for item in place.items()] == ["issue"] and place.branches() == []


def test_a_release_that_is_no_commit_is_said_and_the_code_is_shown_as_a_guess(place):
    event = place.caught()
    event["release"] = "9.9.9"
    assert place.feed(event).code == 0
    code = case(place.store).code
    assert code.release_commit == "" and "no commit and no tag of depot is called 9.9.9" in code.release_how
    assert any("as a guess" in missing for missing in code.missing)


# -- checkouts


def test_a_dirty_checkout_is_said_and_neither_read_nor_touched(place):
    event = place.caught()
    (place.checkout / "depot" / "intake.py").write_text("this is not Python (", encoding="utf-8")
    (place.checkout / "new.txt").write_text("staged", encoding="utf-8")
    git(place.checkout, "add", "new.txt")
    before = footprint(place.checkout)
    place.feed(event)
    missing = case(place.store).code.missing
    assert any("uncommitted changes (depot/intake.py, new.txt)" in words for words in missing), missing
    assert not any(str(place.folder) in words for words in missing), "a ticket would carry it"
    assert place.run("--until", "draft").code == 0
    assert footprint(place.checkout) == before


def test_a_shallow_checkout_is_said_and_a_release_beyond_its_edge_is_a_guess(place):
    event = place.caught()
    event["release"] = git(place.checkout, "rev-parse", "HEAD~2")
    shutil.rmtree(place.checkout)
    git(place.folder, "clone", "-q", "--depth", "1", f"file://{place.remote}", str(place.checkout))
    assert place.feed(event).code == 0
    code = case(place.store).code
    assert "the clone is shallow" in code.release_how
    assert any("shallow" in words and "unshallow" in words for words in code.missing), code.missing


def test_a_folder_without_git_is_named_and_the_gate_decides_all_the_same(place):
    event = place.caught()
    shutil.rmtree(place.checkout / ".git")
    assert place.feed(event).code == 0
    assert case(place.store).gate is not None
    done = place.run()
    assert done.code == 1 and f"{place.checkout} is not a git repository" in done.said, done.said
    assert "git init" in done.err
    after = case(place.store)
    assert after.run.outcome == "failed" and after.faults[-1].hint and faults(place.store) == ()


# -- tests


@pytest.mark.parametrize(
    ("repository", "words"),
    [
        ({"test_command": ["no-such-runner", "-q"]}, "'no-such-runner' does not exist"),
        ({"environment": "/nowhere/venv"}, "The environment /nowhere/venv does not exist"),
        (
            {"test_command": ["python", "-c", "raise SystemExit(9)"]},
            "No test report was written (exit code 9)",
        ),
    ],
    ids=["no such command", "no such environment", "a command that runs no tests"],
)
def test_tests_that_cannot_run_here_make_a_ticket_that_says_why(place, repository, words):
    place.crash()
    place.configure(repository=repository)
    done = place.run()
    assert done.code == 4 and words in done.out, done.said
    after = case(place.store)
    assert ladder.level(after) < "E3" and words in after.proof("red").problem
    assert [item["kind"] for item in place.items()] == ["issue"] and place.branches() == []
    assert "return Parcel(number, street, postcode, note)" in "".join(after.draft.hunks[0].hunk.new), (
        "the draft stays"
    )


HANG = {"test_command": ["python", "-c", "import time; time.sleep(3600)"]}
GIVE_UP: Any = {"reproduce": [
    {"calls": [call("create", path="tests/test_notes.py", text=NEW_TEST), call("run_tests")]},
    {"calls": [call("give_up", reason="the tests do not end")]},
]}  # fmt: skip


def test_tests_that_hang_are_stopped_at_their_deadline_and_said(place):
    place.teach(changed(**GIVE_UP))
    place.crash()
    place.configure(repository=HANG, budget={"proof_minutes": 0.03})
    done = place.run()
    assert done.code == 4, done.said
    results = [
        e.body.result for e in entries(place.store) if e.kind == "tool_called" and e.body.tool == "run_tests"
    ]
    assert results and all("did not end within 1.8 s and were stopped" in result for result in results)
    assert {draft.abandoned for draft in case(place.store).drafts} == {"Not reproduced: the tests do not end"}


def test_a_stop_breaks_off_tests_that_hang(place):
    place.crash()
    place.configure(repository=HANG)
    child = place.line.start("run", "C-1", "--attended")
    watch = Watch(place.store)
    until(lambda: any(kind == "draft_started" for _, kind in watch.kinds()), why="the draft", alive=child)
    draft = next(seq for seq, kind in watch.kinds() if kind == "draft_started")
    until(lambda: watch.last() > draft, why="the test is written", alive=child)
    watch.close()
    say(place.store, StopAsked(""))
    assert place.line.ended(child) == 4, place.line.log()
    assert case(place.store).run.outcome == "stopped"


# -- what a model gets wrong


def test_broken_tool_calls_and_edits_that_do_not_fit_go_back_to_the_model_and_nothing_breaks(place):
    """Broken JSON, an unknown tool, an unknown argument, an edit that matches twice, one that matches nowhere."""
    place.crash()
    replies = replies_from(SCRIPT)
    replies["investigate"].insert(0, Reply(calls=[
        Call("read_file", '{"path": "depot/intake.py'), Call("look_around", {}),
        Call("read_file", {"colour": "red"}),
    ]))  # fmt: skip
    twice = call("edit", path="depot/intake.py", search="Parcel(number, street", replace="x")
    nowhere = call("edit", path="depot/intake.py", search="    return Parcel(no, road)\n", replace="x")
    elsewhere = call("edit", path="depot/labels.py", search="parcel.postcode", replace="x")
    bad = replies_from({"patch": [{"calls": [{**twice}, {**nowhere}, {**elsewhere}]}]})["patch"]
    edit_twice = {"calls": [call("edit", path="depot/intake.py", search="parcel.street", replace="x")]}
    replies["patch"][:0] = [*bad, *replies_from({"patch": [edit_twice]})["patch"]]
    with ScriptedOpenAI(by_phase(replies)) as server:
        models = {
            "fast": "openai/scripted", "strong": "openai/scripted", "api_base": server.url, "consent": True,
            "prices": {"openai/scripted": [1.0, 2.0]},
        }  # fmt: skip
        place.configure(models=models)
        done = place.run("--until", "draft", OPENAI_API_KEY="sk-scripted-of-nobody-01")
    assert done.code == 0, done.said
    failed = [e.body for e in entries(place.store) if e.kind == "tool_called" and not e.body.ok]
    said = "\n".join(f"{body.tool}: {body.result}" for body in failed)
    assert "not whole JSON" in said and "no tool `look_around`" in said and "no argument `colour`" in said, (
        said
    )
    assert "depot/labels.py may not be changed here" in said, said
    assert len([body for body in failed if body.tool == "edit"]) == 4, said
    assert "2" in next(b.result for b in failed if "parcel.street" in b.arguments), "how often it matches"
    draft = case(place.store).draft
    assert [state.hunk.path for state in draft.hunks] == [
        "depot/intake.py",
        "depot/intake.py",
        "tests/test_notes.py",
    ]
    assert faults(place.store) == ()


def test_a_model_that_uses_no_tools_hands_the_case_over_and_says_so(place):
    place.crash()
    with ScriptedOpenAI(lambda request: Reply("I would look at the reader.")) as server:
        place.configure(models={"fast": "openai/scripted", "strong": "openai/scripted", "api_base": server.url,
                                "consent": True, "prices": {"openai/scripted": [1.0, 2.0]}})  # fmt: skip
        done = place.run(OPENAI_API_KEY="sk-scripted-of-nobody-01")
    assert done.code == 4 and "uses no tools" in done.said and "tool calls" in done.err, done.said


# -- delivery


def refuse(place: Depot, words: str) -> None:
    hook = place.remote / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\necho '{words}' >&2\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)


def test_a_refused_push_says_the_remotes_own_words_and_can_be_sent_later(place):
    place.teach(SHORT)
    place.crash()
    refuse(place, "branches need a ticket name")
    done = place.run()
    assert done.code == 1 and "branches need a ticket name" in done.said, done.said
    asking = case(place.store)
    assert (
        asking.state == "asks" and "refused" in asking.asks and place.items() == [] and place.branches() == []
    )
    assert len([e for e in entries(place.store) if e.kind == "effect_failed"]) == 1, (
        "it is not tried over and over"
    )
    (place.remote / "hooks" / "pre-receive").unlink()
    again = place.run()
    assert again.code == 0, again.said
    assert len(place.items("pull")) == len(place.branches()) == 1 and case(place.store).state == "sent"
