"""A repository without a checkout: its commits are fetched, its files come as they are read."""

import asyncio
import os
import subprocess

import pytest

from rootcase.core.config.settings import RepositorySettings
from rootcase.core.model.errors import RepositoryError
from rootcase.core.workspace.promisor import network_environment
from rootcase.core.workspace.remote_clone import checked_address, name_of
from rootcase.core.workspace.repository import open_repository

ENVIRONMENT = {
    "PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_AUTHOR_NAME": "mira", "GIT_AUTHOR_EMAIL": "m@example.com",
    "GIT_COMMITTER_NAME": "mira", "GIT_COMMITTER_EMAIL": "m@example.com",
}  # fmt: skip


def git(folder, *arguments):
    done = subprocess.run(["git", *arguments], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def origin(tmp_path):
    """A bare repository that lets itself be fetched without files; its default branch is `trunk`."""
    work = tmp_path / "work"
    work.mkdir()
    git(work, "init", "-q", "-b", "trunk")
    for version in range(3):
        (work / "cart.py").write_text(f"def total():\n    return {version}\n")
        (work / f"part{version}.py").write_text(
            f"from cart import total\n\n\ndef part{version}():\n    total()\n"
        )
        git(work, "add", "-A")
        git(work, "commit", "-q", "-m", f"Version {version}")
        git(work, "tag", f"v{version}")
    bare = tmp_path / "shop.git"
    git(work, "clone", "-q", "--bare", str(work), str(bare))
    git(bare, "config", "uploadpack.allowFilter", "true")
    return bare


def blobs_held(folder):
    listed = git(folder, "cat-file", "--batch-all-objects", "--batch-check=%(objecttype)", "--unordered")
    return listed.split().count("blob")


@pytest.fixture
def opened(tmp_path):
    async def open_(url):
        return await open_repository(RepositorySettings(url=url), tmp_path / "state")

    return open_


async def test_files_come_when_they_are_read(origin, opened):
    repository = await opened(f"file://{origin}")
    assert blobs_held(repository.folder) == 0
    assert repository.name == "shop" and await repository.default_branch() == "trunk"
    head = await repository.resolve("trunk")
    old = (await repository.tags())["v0"]
    assert len(await repository.log(head)) == 3
    assert await repository.read(old, "cart.py") == "def total():\n    return 0\n"
    assert blobs_held(repository.folder) == 1
    assert (await repository.read_many(head, ["cart.py", "part1.py", "none.py"]))["part1.py"]
    assert blobs_held(repository.folder) == 3


async def test_searches_blame_and_diffs_bring_what_they_need(origin, opened):
    repository = await opened(f"file://{origin}")
    head, old = await repository.resolve("v2"), await repository.resolve("v0")
    assert [hit.path for hit in await repository.grep(head, "total()", limit=2)] == ["cart.py", "part0.py"]
    assert [line.commit.subject for line in await repository.blame(head, "cart.py", 1, 2)] == [
        "Version 0",
        "Version 2",
    ]
    assert "+    return 2" in await repository.diff(old, head, ("cart.py",))
    assert "+    return 1" in await repository.patch(await repository.resolve("v1"))
    assert len(await repository.patches(f"{old}..{head}", ("cart.py",))) == 2
    assert "return 2" in await repository.line_diff(old, "cart.py", head, "cart.py")
    assert repository.faults == ()


async def test_new_commits_come_at_the_next_look(origin, opened, tmp_path):
    await opened(f"file://{origin}")
    (tmp_path / "work" / "cart.py").write_text("def total():\n    return 9\n")
    git(tmp_path / "work", "commit", "-qam", "Version 9")
    git(tmp_path / "work", "push", "-q", str(origin), "trunk")
    repository = await opened(f"file://{origin}")
    assert "return 9" in await repository.read(await repository.resolve("trunk"), "cart.py")


async def test_a_server_that_sends_all_is_read_as_well(origin, opened):
    git(origin, "config", "uploadpack.allowFilter", "false")
    repository = await opened(f"file://{origin}")
    assert "return 2" in await repository.read(await repository.resolve("trunk"), "cart.py")
    assert blobs_held(repository.folder) == 6


async def test_over_http_as_from_a_forge(origin, opened, tmp_path):
    served = await asyncio.start_server(lambda r, w: _http(r, w, tmp_path), "127.0.0.1", 0)
    port = served.sockets[0].getsockname()[1]
    async with served:
        repository = await opened(f"http://127.0.0.1:{port}/shop.git")
        assert blobs_held(repository.folder) == 0
        head = await repository.resolve("trunk")
        assert len(await repository.grep(head, "def ", limit=9)) == 4


async def _http(reader, writer, root):
    """One request to git's own server program, as a web server runs it (git-http-backend(1))."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    method, target, _ = head.split("\r\n")[0].split(" ")
    fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
    if fields.get("transfer-encoding") == "chunked":
        body = b""
        while size := int(await reader.readline(), 16):
            body += await reader.readexactly(size)
            await reader.readline()
    else:
        body = await reader.readexactly(int(fields.get("content-length", 0)))
    path, _, query = target.partition("?")
    environment = {
        **ENVIRONMENT, "GIT_PROJECT_ROOT": str(root), "GIT_HTTP_EXPORT_ALL": "1", "REQUEST_METHOD": method,
        "PATH_INFO": path, "QUERY_STRING": query, "CONTENT_TYPE": fields.get("content-type", ""),
        "CONTENT_LENGTH": str(len(body)), "GIT_PROTOCOL": fields.get("git-protocol", ""),
        "HTTP_CONTENT_ENCODING": fields.get("content-encoding", ""),
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        "git", "http-backend", env=environment, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    answer, _ = await process.communicate(body)
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n" + answer)
    await writer.drain()
    writer.close()


async def test_what_cannot_be_fetched_is_said_with_what_to_do(tmp_path, opened):
    with pytest.raises(RepositoryError) as caught:
        await opened(f"file://{tmp_path}/nothing.git")
    assert "cannot be fetched" in caught.value.title and "Check the address" in caught.value.hint


@pytest.mark.parametrize(
    "url", ["--upload-pack=x", "ext::sh -c x", "/tmp/x", "https://a b", "javascript:x", ""]
)
def test_what_is_no_address_is_refused(url):
    with pytest.raises(RepositoryError):
        checked_address(url)


def test_addresses_have_names_and_a_token_goes_to_its_host_alone():
    assert name_of("git@forge.example:acme/shop.git") == "shop" == name_of("https://forge.example/acme/shop/")
    checked_address("git@forge.example:acme/shop.git")
    told = network_environment("https://me@forge.example:8443/acme/shop", "secret")
    assert told["GIT_CONFIG_KEY_0"] == "http.https://forge.example:8443/.extraHeader"
    assert "HOME" not in network_environment("http://forge.example/shop", "secret")
    assert "GIT_CONFIG_COUNT" not in network_environment("http://forge.example/shop", "secret")
