"""A real Bugsink and a real sentry-sdk: events become cases, and what is resolved here is resolved there."""

from __future__ import annotations

import json
import sys

import pytest

from rootcase.core.config.settings import SourceSettings
from rootcase.core.signals.protocol import Deed, make_source
from tests.support.bugsink import Project, new_project
from tests.support.commandline import CommandLine, command_line
from tests.support.journal import case


@pytest.fixture
def project() -> Project:
    return new_project()


@pytest.fixture
def line(tmp_path, project):
    config = {
        "sources": [{"kind": "bugsink", "url": project.url, "projects": [project.slug], "token_env": "BUGS"}]
    }
    file = tmp_path / "config.yaml"
    file.write_text(json.dumps(config), encoding="utf-8")
    extra = {"ROOTCASE_CONFIG": str(file), "BUGS": project.token}
    with command_line(tmp_path / "home", extra) as made:
        yield made


def cases(line: CommandLine) -> dict[str, dict[str, object]]:
    """By the first word of their titles: the exception's type, where there is one."""
    done = line.run("cases", "--json")
    assert done.code == 0, done.said
    return {str(row["title"]).split()[0].rstrip(":"): row for row in done.json["cases"]}


def test_events_of_several_releases_and_environments_become_cases(project, line):
    project.crash("shop@1.0.0", "production", "ada")
    project.crash("shop@1.1.0", "production", "ben")
    project.crash("shop@1.1.0", "staging", "ada")
    done = line.run("sync", "--json")
    assert done.code == 0, done.said
    (source,) = done.json["sources"]
    assert (source["signals"], source["new"], source["fault"], source["partial"]) == (3, 3, "", "")
    found = cases(line)
    assert {word: row["events"] for word, row in found.items()} == {
        "KeyError": 3,
        "LookupError": 2,
        "rates": 2,
    }

    store = line.home / "rootcase" / "state" / "rootcase.db"
    (signal,) = case(store, str(found["KeyError"]["key"])).signals
    assert (signal.first_release, signal.last_release) == ("shop@1.0.0", "shop@1.1.0")
    assert signal.service == project.slug and signal.short_id.endswith("-1")
    shares = {(share.facet, share.value): (share.events, share.sampled) for share in signal.shares}
    assert shares["release", "shop@1.1.0"] == (2, True) and shares["release", "shop@1.0.0"] == (1, True)
    assert shares["environment", "production"] == (2, True) and shares["region", "eu-1"] == (3, True)

    explained = line.run("explain", "cluster", str(found["KeyError"]["key"]), "--json")
    assert explained.code == 0, explained.said
    assert len(explained.json["events"]) == 3
    assert all("price" in json.dumps(event) for event in explained.json["events"]), (
        "frames came with the events"
    )

    again = line.run("sync", "--json")
    assert again.json["sources"][0]["signals"] == 0 and again.json["opened"] == []
    project.crash("shop@1.1.0", "production", "cem")
    third = line.run("sync", "--json")
    assert third.json["opened"] == [] and third.json["sources"][0]["signals"] == 3
    assert cases(line)["KeyError"]["events"] == 4


def test_resolving_a_case_resolves_its_issue_there_and_undo_opens_it_again(project, line):
    project.crash("shop@1.0.0", "production", "ada")
    page = f"{project.url}/issues/issue/{project.issues()['KeyError']['id']}/event/last/"
    done = line.run("act", page, "resolve")
    assert done.code == 0, done.said
    assert project.issues()["KeyError"]["is_resolved_unconditionally"]
    assert line.run("sync").code == 0
    assert cases(line)["KeyError"]["state"] == "resolved"
    assert line.run("act", page, "reopen").code == 0
    assert not project.issues()["KeyError"]["is_resolved"]
    noted = line.run("act", page, "resolve", "--release", "shop@9.9.9")
    assert (
        "does not know shop@9.9.9 yet" in noted.out
        and project.issues()["KeyError"]["is_resolved_by_next_release"]
    )


async def test_what_is_resolved_muted_and_noted_here_is_so_there(project):
    project.crash("shop@1.1.0", "production", "ada")
    settings = SourceSettings(kind="bugsink", url=project.url, projects=(project.slug,))
    source = make_source(settings, {"BUGSINK_TOKEN": project.token})
    try:
        signals = {signal.title: signal async for batch in source.list("") for signal in batch.signals}
        lookup, key = signals["LookupError: no mug left"], signals["KeyError: 'GBP'"]
        assert not (await source.act(lookup.id, Deed("resolve", release="next"))).already
        assert (await source.act(key.id, Deed("snooze", until_us=2**52))).note == ""
        assert (await source.comment(key.id, "looked at")).id
        there = project.issues()
        assert there["LookupError"]["is_resolved_by_next_release"] and there["KeyError"]["is_muted"]
        assert (await source.act(lookup.id, Deed("resolve", release="next"))).already
        await source.act(lookup.id, Deed("reopen"))
        await source.act(key.id, Deed("unsnooze"))
        await source.act(key.id, Deed("resolve"))
        there = project.issues()
        assert not there["LookupError"]["is_resolved"] and there["KeyError"]["is_resolved_unconditionally"]
        now = {s.id: s.status async for b in source.reconcile([lookup.id, key.id]) for s in b.signals}
        assert now == {lookup.id: "unresolved", key.id: "resolved"}
        health = await source.health()
        assert health.missing == () and "issues:triage" in health.scopes
    finally:
        await source.close()


async def test_a_resolved_error_that_comes_back_is_open_again(project):
    project.crash("shop@1.1.0", "production", "ada")
    settings = SourceSettings(kind="bugsink", url=project.url, projects=(project.slug,))
    source = make_source(settings, {"BUGSINK_TOKEN": project.token})
    try:
        batch = [batch async for batch in source.list("")][-1]
        signal = next(each for each in batch.signals if each.title.startswith("KeyError"))
        await source.act(signal.id, Deed("resolve"))
        assert [s async for b in source.list(batch.cursor) for s in b.signals] == []
        project.crash("shop@1.2.0", "production", "ada")
        back = [each async for found in source.list(batch.cursor) for each in found.signals]
        assert [(each.id, each.status, each.last_release) for each in back] == [
            (signal.id, "unresolved", "shop@1.2.0")
        ]
    finally:
        await source.close()


def test_a_token_that_a_command_printed_is_in_no_file_that_we_keep(project, tmp_path):
    """The service itself sends the token back, inside an event."""
    project.crash("shop@1.0.0", f"env-{project.token}", "ada")
    command = [sys.executable, "-c", f"print({project.token!r})"]
    source = {"kind": "bugsink", "url": project.url, "projects": [project.slug], "token_command": command}
    (tmp_path / "config.yaml").write_text(json.dumps({"sources": [source]}), encoding="utf-8")
    with command_line(tmp_path / "home", {"ROOTCASE_CONFIG": str(tmp_path / "config.yaml")}) as line:
        done = line.run("sync", "--json")
        assert done.code == 0 and done.json["sources"][0]["signals"] == 1, done.said
        shown = line.run("cases", "--json").said + done.said
    assert project.token not in shown
    files = [file for file in (tmp_path / "home").rglob("*") if file.is_file()]
    assert any(file.name == "rootcase.db" for file in files)
    assert [file for file in files if project.token.encode() in file.read_bytes()] == []
