"""`rootcase policy`: the switch is a word in the store with a name and a reason; it is read by everybody."""

from __future__ import annotations

import json

import jsonschema
import pytest

from rootcase.core.schemas.published import file_of


def test_stop_go_and_show_say_who_and_why(shop):
    line = shop.line
    off = line.run("policy", "show", "--json").json
    jsonschema.validate(off, json.loads(file_of("policy").read_text(encoding="utf-8")))
    assert (off["level"], off["stopped"], off["approve"]) == ("draft-only", False, [])

    said = line.run("policy", "stop", "--reason", "a wrong merge")
    assert said.code == 0 and "nothing is sent from this store" in said.out and "rootcase.yaml" in said.out
    on = line.run("policy", "show", "--json").json
    assert on["stopped"] and (on["switch"]["by"], on["switch"]["reason"]) == ("human:mira", "a wrong merge")
    assert (
        "stopped: mira stopped it with rootcase policy stop: a wrong merge" in line.run("policy", "show").out
    )
    assert [e.kind for e in entries_of(shop)] == ["policy_stopped"]

    assert line.run("policy", "go", "--json").json["on"] is False
    assert line.run("policy", "go").code == 0
    assert [e.kind for e in entries_of(shop)] == ["policy_stopped", "policy_resumed"]
    assert line.run("audit", "verify").code == 0


def entries_of(shop):
    from tests.support.journal import entries

    return entries(shop.store, "@store")


@pytest.mark.parametrize("what", ["policy", "proposal"])
def test_explain_needs_a_case_that_is_there(shop, what):
    assert shop.line.run("explain", what).code == 2
    assert shop.line.run("explain", what, "C-9").code == 2


def test_what_is_explained_has_the_published_shape(shop):
    from tests.support.shop import crash

    shop.happens(crash("1"))
    shop.sync()
    told = shop.line.run("explain", "policy", "C-1", "--json").json
    jsonschema.validate(told, json.loads(file_of("explain.policy").read_text(encoding="utf-8")))
    assert (told["depth"], told["set_by"], told["files"]) == ("ticket", "policy.level", [])
    assert "investigation ticket" in told["rule"]


def test_kinds_are_picked_and_waived_by_name_without_a_screen(shop):
    from tests.support.shop import crash

    shop.happens(crash("1"))
    shop.sync()
    line = shop.line
    assert line.run("policy", "need", "C-1", "rollback-plan", "replayed-event").code == 0
    case = shop.case()
    assert (case.confidence, case.confidence_by) == (("replayed-event", "rollback-plan"), "human:mira")
    for wrong in (("smoke",), (), ("rollback-plan", "unit-test")):
        assert line.run("policy", "waive", "C-1", *wrong, "--reason", "x").code == 2
    assert line.run("policy", "waive", "C-1", "rollback-plan").code == 2
    done = line.run("policy", "waive", "C-1", "rollback-plan", "--reason", "one row", "--json")
    assert done.code == 0 and done.json["entry"]["reason"] == "one row"
    states = line.run("explain", "policy", "C-1", "--json").json["confidence"]
    assert [(n["kind"], n["state"], n["by"]) for n in states] == [
        ("replayed-event", "open", "human:mira"), ("rollback-plan", "waived", "human:mira"),
    ]  # fmt: skip
    assert line.run("policy", "stop", "C-1").code == 2 and line.run("policy", "need").code == 2
