"""The GitHub client against servers that misbehave, and the search for work that is there already."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from rootcase.core.deliver.destination import (
    Destination,
    api_of,
    destination,
    project_of,
    remote_name,
    web_host,
)
from rootcase.core.deliver.existing import ForgeWork
from rootcase.core.deliver.forge import NewPull
from rootcase.core.deliver.github import HEADERS, GitHub, open_github
from rootcase.core.deliver.localforge.start import start_local_forge
from rootcase.core.deliver.naming import branch_name, marker
from rootcase.core.deliver.push import Pusher
from rootcase.core.deliver.rest import RestClient
from rootcase.core.model.errors import AccessDenied, ConfigError, DeliveryError, RateLimited
from rootcase.core.workspace.git import Git

Answering = Callable[[str, dict[str, str]], tuple[int, dict[str, str], bytes]]


@contextmanager
def serving(answer: Answering) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A server that answers as told; yields its address and the headers of what it was asked."""
    seen: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {k.lower(): v for k, v in self.headers.items()}
            seen.append({**headers, "path": self.path})
            status, extra, body = answer(self.path, headers)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            for name, value in extra.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *arguments: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", seen
    finally:
        server.shutdown()
        server.server_close()


def client(url: str, token: str = "secret-token-value") -> GitHub:
    return GitHub("acme/checkout", RestClient(url, HEADERS, token=token, write_pause_s=0.0))


async def refused(answer: Answering) -> Exception:
    with serving(answer) as (url, _):
        forge = client(url)
        with pytest.raises(Exception) as caught:
            await forge.branches("rootcase/")
        await forge.close()
    assert "secret-token-value" not in f"{caught.value}{caught.value!r}{forge._client!r}"
    return caught.value


async def test_it_says_who_it_is_in_the_way_github_asks_for():
    with serving(lambda path, headers: (200, {}, b'{"login": "dana"}')) as (url, seen):
        assert await client(url).me() == "dana"
    assert seen[0]["authorization"] == "Bearer secret-token-value" and seen[0]["user-agent"] == "rootcase"
    assert (
        seen[0]["accept"] == "application/vnd.github+json" and seen[0]["x-github-api-version"] == "2022-11-28"
    )


async def test_a_next_page_on_another_host_never_gets_the_token():
    with serving(lambda path, headers: (200, {}, b"[]")) as (other, stolen):
        fault = await refused(lambda path, headers: (200, {"Link": f'<{other}/x>; rel="next"'}, b"[]"))
    assert isinstance(fault, AccessDenied) and stolen == []


async def test_a_redirect_is_not_followed():
    with serving(lambda path, headers: (200, {}, b"[]")) as (other, stolen):
        fault = await refused(lambda path, headers: (302, {"Location": f"{other}/x"}, b""))
    assert isinstance(fault, DeliveryError) and stolen == []


@pytest.mark.parametrize(
    ("status", "headers", "body", "kind", "said"),
    [
        (401, {}, b"{}", AccessDenied, "refuses the token"),
        (403, {"X-Accepted-GitHub-Permissions": "contents=write"}, b"{}", AccessDenied, "contents=write"),
        (403, {"Retry-After": "9"}, b"{}", RateLimited, "wait 9 s"),
        (403, {}, b'{"message":"You have exceeded a secondary rate limit"}', RateLimited, "wait 60 s"),
        (429, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"}, b"{}", RateLimited, "wait 1 s"),
        (404, {}, b'{"message":"Not Found"}', DeliveryError, "not there, or not for this token"),
        (200, {"Content-Type": "text/html"}, b"<html>proxy</html>", DeliveryError, "cannot be read"),
        (200, {}, b'{"a": 1}', DeliveryError, "cannot be read"),
        (500, {}, b"oops", DeliveryError, "refused it: 500"),
    ],
)
async def test_each_refusal_is_told_apart_and_says_what_to_do(status, headers, body, kind, said):
    fault = await refused(lambda path, got: (status, headers, body))
    assert type(fault) is kind and said in str(fault) and fault.hint


async def test_endless_pages_end():
    with serving(
        lambda path, headers: (200, {"Link": f'<http://{headers["host"]}/x>; rel="next"'}, b"[]")
    ) as (url, seen):
        assert await client(url).branches("x") == ()
    assert len(seen) <= 12


async def test_a_forge_that_is_not_there_is_one_clear_sentence():
    with pytest.raises(DeliveryError, match="cannot be reached"):
        await client("http://127.0.0.1:9").me()


def test_a_missing_token_names_the_setting():
    with pytest.raises(ConfigError) as caught:
        open_github(
            Destination("github", api="https://api.github.com", project="a/b", forge_name="github.com"), ""
        )
    assert "forge_token_env" in caught.value.hint


async def test_the_local_forge_keeps_githubs_rules(kit, place, forge):
    settings = kit.settings_for(forge.url)
    github = kit.ports_for(settings, place).forge
    with pytest.raises(DeliveryError, match="refused"):
        await github.create_pull(NewPull("x", "y", "rootcase/none", "main"))
    tree = kit.git(place.remote, "rev-parse", "main^{tree}")
    commit = kit.git(place.remote, "commit-tree", tree, "-p", "main", "-m", "x")
    kit.git(place.remote, "update-ref", "refs/heads/rootcase/c-1-x", commit)
    first = await github.create_pull(NewPull("x", "y", "rootcase/c-1-x", "main", draft=True))
    again = await github.create_pull(NewPull("x", "y", "rootcase/c-1-x", "main", draft=True))
    assert (first.number, first.draft) == (1, True) and again.number == 1
    assert await github.branches("rootcase/") == ("rootcase/c-1-x",)
    with pytest.raises(AccessDenied):
        await client(forge.url, token="").branches("x")


async def test_existing_work_is_found_by_branch_by_line_and_by_the_sources_name(kit, place, proved, forge):
    settings = kit.settings_for(forge.url)
    github, case = kit.ports_for(settings, place).forge, proved.case
    await github.create_issue("Look at CHECKOUT-8K2", "somebody's own", [])
    await github.create_issue("Ours", f"text\n\n{marker(case)}\n", ["rootcase"])
    await github.create_issue("Not it", "XCHECKOUT-8K2Y and CHECKOUT-8K21", [])
    commit = kit.git(place.remote, "commit-tree", "main^{tree}", "-p", "main", "-m", "x")
    kit.git(place.remote, "update-ref", f"refs/heads/{branch_name(case)}", commit)
    found = await ForgeWork(github, "GitHub").find(case)
    assert {(w.kind, w.id, w.ours) for w in found.work} == {
        ("ticket", "#1", False), ("ticket", "#2", True), ("branch", branch_name(case), True),
    }  # fmt: skip
    assert found.failed == () and len(found.asked) == 5
    await github.create_pull(NewPull("Fix", "body", branch_name(case), "main"))
    kinds = {(w.kind, w.id, w.ours) for w in (await ForgeWork(github, "GitHub").find(case)).work}
    assert ("pull_request", "#4", True) in kinds


async def test_a_marker_of_another_case_is_not_ours(kit, place, proved, forge):
    settings = kit.settings_for(forge.url)
    github, case = kit.ports_for(settings, place).forge, proved.case
    other = replace(case, key="C-2")
    await github.create_issue("x", f"{marker(other)}\n", [])
    found = await ForgeWork(github, "GitHub").find(case)
    assert [w.ours for w in found.work] == [False]


async def test_a_forge_that_does_not_answer_is_named_and_not_taken_for_a_no(proved):
    found = await ForgeWork(client("http://127.0.0.1:9"), "GitHub").find(proved.case)
    assert found.work == () and found.asked == () and len(found.failed) == 4


def test_the_local_forge_ends_when_its_parent_does(place):
    command = [
        sys.executable, "-m", "rootcase.core.deliver.localforge", "--folder", str(place.folder / "forge"),
        "--git", str(place.remote), "--repository", "acme/checkout",
    ]  # fmt: skip
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=dict(os.environ))
    assert json.loads(process.stdout.readline())["url"].startswith("http://127.0.0.1:")
    process.stdin.close()
    assert process.wait(5) == 0
    process.stdout.close()


async def test_the_local_forge_starts_stops_and_remembers(place):
    for number in (1, 2):
        running = await start_local_forge(place.folder / "forge", place.remote, "acme/checkout")
        made = await client(running.url).create_issue("x", "y", [])
        assert made.number == number
        await running.stop()
        assert running.process.returncode == 0


async def test_the_sources_stand_in_takes_a_comment_once_and_a_status(forge):
    import httpx

    headers = {"Authorization": "Bearer x"}
    async with httpx.AsyncClient(base_url=forge.url, headers=headers) as http:
        path = "/api/0/organizations/acme/issues/45/"
        assert (await http.post(f"{path}comments/", json={"text": "hello"})).status_code == 201
        assert (await http.post(f"{path}comments/", json={"text": "hello"})).status_code == 400
        assert [c["data"]["text"] for c in (await http.get(f"{path}comments/")).json()] == ["hello"]
        assert (await http.put(path, json={"status": "resolved"})).json()["status"] == "resolved"
        assert (await http.put(path, json={"status": "nonsense"})).status_code == 400


@pytest.mark.parametrize(
    ("address", "project", "shown"),
    [
        ("git@github.com:acme/checkout.git", "acme/checkout", "github.com/acme/checkout"),
        ("https://dana:pw@github.com/acme/checkout.git", "acme/checkout", "github.com/acme/checkout"),
        ("ssh://git@git.acme.dev:2222/acme/checkout", "acme/checkout", "git.acme.dev/acme/checkout"),
        ("/srv/git/checkout.git", "", "git/checkout.git"), ("", "", ""),
    ],
)  # fmt: skip
def test_a_remotes_address_gives_its_project_and_is_shown_without_credentials(address, project, shown):
    assert (project_of(address), remote_name(address)) == (project, shown)


def test_a_forge_without_a_project_says_what_to_set(kit):
    settings = kit.settings_for("")
    repository = replace(settings.repositories[0], forge_project="")
    with pytest.raises(ConfigError) as caught:
        destination(settings, repository, push_url="/srv/git/checkout.git")
    assert "forge_project" in caught.value.hint
    assert destination(settings, repository, push_url="git@github.com:acme/shop.git").project == "acme/shop"


def test_the_hosts_people_see():
    assert web_host("https://api.github.com") == "github.com"
    assert web_host("https://git.acme.dev/api/v3") == "git.acme.dev"
    assert web_host("http://127.0.0.1:4711") == "localhost"


@pytest.mark.parametrize(
    ("given", "api"),
    [
        ("", "https://api.github.com"), ("https://github.com", "https://api.github.com"),
        ("https://git.acme.dev", "https://git.acme.dev/api/v3"),
        ("https://git.acme.dev/api/v3/", "https://git.acme.dev/api/v3"),
        ("https://acme.ghe.com", "https://api.acme.ghe.com"),
        ("https://api.acme.ghe.com", "https://api.acme.ghe.com"),
        ("http://127.0.0.1:4711", "http://127.0.0.1:4711"),
    ],
)  # fmt: skip
def test_the_address_that_people_open_is_enough(given, api):
    assert api_of("github", given) == api
    assert web_host(api) in ("github.com", "git.acme.dev", "acme.ghe.com", "localhost")


async def test_the_token_goes_to_git_for_its_own_host_only_and_never_on_the_command_line(tmp_path):
    place = Destination("github", api="https://api.github.com", push_url="https://github.com/a/b")
    pusher = Pusher(Git(tmp_path), place, token="secret-token-value")
    assert pusher._environment["GIT_CONFIG_KEY_0"] == "http.https://github.com/.extraHeader"
    for other in ("https://evil.example/a/b", "http://github.com/a/b", "git@github.com:a/b", "/srv/a"):
        assert Pusher(Git(tmp_path), replace(place, push_url=other), token="x" * 20)._environment == {}
