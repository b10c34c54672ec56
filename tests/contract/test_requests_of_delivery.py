"""Every request that the forges and trackers are sent is one that the service documents."""

from __future__ import annotations

import re
import subprocess
import threading
from types import SimpleNamespace
from urllib.parse import parse_qsl

import pytest

from rootcase.core.deliver.connect import open_tracker
from rootcase.core.deliver.destination import Destination
from rootcase.core.deliver.forge import NewPull
from rootcase.core.deliver.github import github_at
from rootcase.core.deliver.gitlab import gitlab_at
from rootcase.core.deliver.localforge.server import ForgeServer
from rootcase.core.deliver.rest import RestClient
from rootcase.core.deliver.tracker import NewTicket
from tests.contract.contract import Sent, contract, graphql_faults
from tests.contract.own import ROUTES, own_faults
from tests.support.fake_gitlab import FakeGitLab
from tests.support.fake_jira import FakeJira
from tests.support.fake_linear import FakeLinear

TOKEN = "test-token-of-nobody"
TICKET = NewTicket(
    "C-1:ticket", "Investigate KeyError", "### Signal\n- 4 events\n\nRootcase case C-1 · fp1:ab",
    "Rootcase case C-1 · fp1:ab", ("rootcase",), (("sentry A-1", "https://acme.sentry.io/issues/1/"),),
    frozenset({"acme.sentry.io"}),
)  # fmt: skip


@pytest.fixture
def sent(monkeypatch):
    """What left this process, as the HTTP library put it on the wire."""
    seen: list[Sent] = []
    connect = RestClient._connection

    async def keep(request) -> None:
        path, _, query = request.url.raw_path.decode().partition("?")
        headers = {name.lower(): value for name, value in request.headers.items()}
        seen.append(Sent(request.method, path, parse_qsl(query), headers, request.content))

    def watched(self):
        client = connect(self)
        client.event_hooks = {"request": [keep]}
        return client

    monkeypatch.setattr(RestClient, "_connection", watched)
    return seen


@pytest.fixture
def bare(tmp_path):
    git = tmp_path / "acme" / "remote.git"
    environment = {"GIT_AUTHOR_NAME": "M", "GIT_AUTHOR_EMAIL": "m@example.com", "GIT_COMMITTER_NAME": "M",
                   "GIT_COMMITTER_EMAIL": "m@example.com", "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}  # fmt: skip

    def run(*arguments, **more):
        done = subprocess.run(
            ["git", *arguments], cwd=git, env=environment, capture_output=True, text=True, check=True, **more
        )
        return done.stdout.strip()

    git.mkdir(parents=True)
    run("init", "-q", "--bare", "-b", "main")
    tree = run("mktree", input="")
    first = run("commit-tree", tree, "-m", "one")
    run("update-ref", "refs/heads/main", first)
    run("update-ref", "refs/heads/rootcase/c-1", run("commit-tree", tree, "-p", first, "-m", "two"))
    return git


async def everything(forge):
    """All that can be asked of a forge, once and where it matters twice."""
    await forge.me()
    await forge.branches("rootcase/")
    await forge.branches("")
    pull = await forge.create_pull(NewPull("Fix it", "text", "rootcase/c-1", "main", draft=True))
    await forge.comment(pull.number, "Look at this")
    await forge.create_pull(NewPull("Fix it", "text", "rootcase/c-1", "main", draft=True))
    await forge.pull_for("rootcase/c-1")
    await forge.pull(pull.number)
    await forge.rights()
    await forge.fork("dana/checkout")
    await forge.forked("dana/checkout")
    standing = await forge.standing(pull.number)
    assert standing.remarks and not standing.unread
    await forge.update_pull(pull.number, "Fix it all", "more")
    await forge.label(pull.number, ["rootcase"])
    await forge.ask_review(pull.number, ["mira", "acme/payments"])
    await forge.comments(pull.number)
    issue = await forge.create_issue("It fails", "text", ["rootcase"])
    await forge.comment(issue.number, "Seen again", pull=False)
    await forge.comments(issue.number, pull=False)
    await forge.my_issues()
    for pulls in (True, False):
        await forge.search('SHOP-1 "x"', pulls=pulls)
    await forge.close()


async def all_of_a_tracker(tracker):
    await tracker.me()
    assert await tracker.find(TICKET, sent=True) is None
    there = await tracker.create(TICKET)
    await tracker.finish(there, TICKET)
    await tracker.find(TICKET, sent=True)
    await tracker.search('SHOP-1 "x"')
    await tracker.linked(TICKET.pages[0][1])
    await tracker.comment(there.id, "Seen **again**")
    await tracker.comments(there.id)
    await tracker.close()


def described(sent, service, base=""):
    """The requests that the kept description has; the others are checked here by what the service's pages say."""
    own = [(each, own_faults(service, each, base)) for each in sent]
    faults = [fault for _, found in own for fault in found or ()]
    assert not faults, "\n".join(faults)
    return [each for each, found in own if found is None]


def seen_of(sent, service):
    """Which of those operations were asked for."""
    return {
        row[1]
        for each in sent
        for row in ROUTES[service]
        if re.fullmatch(row[1], each.path) and row[0] == each.method
    }


async def test_github(tmp_path, bare, sent):
    github = contract("github.json")
    server = ForgeServer(tmp_path / "forge", bare, "acme/checkout")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        await everything(github_at(server.url, "acme/checkout", TOKEN))
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    github.check(described(sent, "github"))
    assert seen_of(sent, "github") == {row[1] for row in ROUTES["github"]}
    assert {each.method for each in sent} == {"GET", "POST", "PATCH"}


@pytest.mark.parametrize("prefix", ["", "/tools/gitlab"])
async def test_gitlab(bare, sent, prefix):
    """Its description knows only Bearer, and not the list of branches."""
    gitlab = contract("gitlab.json", base=prefix)
    fake = FakeGitLab(bare, prefix=prefix)
    fake.token = "ab" * 32
    try:
        await everything(gitlab_at(f"{fake.base}/api/v4", fake.project, fake.token))
    finally:
        fake.stop()
    gitlab.check(described(sent, "gitlab", prefix))
    assert {each.method for each in sent} == {"GET", "POST", "PUT"}


async def test_jira(sent):
    jira = contract("jira.json")
    fake = FakeJira(lag=1)
    place = Destination(tracker="jira", tracker_api=fake.url, tracker_project="PAY", login="dana@example.com")
    tracker = open_tracker(place, TOKEN)
    tracker._pauses_s = (0.0,)
    try:
        await all_of_a_tracker(tracker)
    finally:
        fake.stop()
    jira.check(sent)
    assert {each.path.split("/")[4] for each in sent} == {"myself", "search", "issue"}


async def test_linear(sent):
    contract("gitlab.json")  # skips where the descriptions are not there
    fake = FakeLinear()
    place = Destination(tracker="linear", tracker_api=fake.api, tracker_project="ENG")
    tracker = open_tracker(place, fake.key)
    try:
        await all_of_a_tracker(tracker)
    finally:
        fake.stop()
    assert {fake.operation(SimpleNamespace(json=a.json)) for a in fake.asked} == {
        "Me", "ById", "ByPage", "ByWords", "Team", "Labels", "Create", "Link", "Say", "Comments",
    }  # fmt: skip
    for each in sent:
        assert graphql_faults("linear.graphql", each.body) == []
        assert input_faults(each.body) == []


def input_faults(body):
    """What the schema says against the values of the variables."""
    import json

    from graphql import parse
    from graphql.execution.values import get_variable_values

    from tests.contract.contract import _schema

    sent = json.loads(body)
    schema = _schema("linear.graphql")
    (operation,) = [d for d in parse(sent["query"]).definitions if d.kind == "operation_definition"]
    values = get_variable_values(schema, operation.variable_definitions or (), sent["variables"])
    return [fault.message for fault in values] if isinstance(values, list) else []
