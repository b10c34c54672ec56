"""A checkout is read where it lies: nothing of it runs, nothing in it changes."""

import os
import subprocess

import pytest

from rootcase.core.model.errors import RepositoryError
from rootcase.core.workspace.view import opened_view


def git(folder, *arguments):
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_AUTHOR_NAME": "mira", "GIT_AUTHOR_EMAIL": "m@example.com",
        "GIT_COMMITTER_NAME": "mira", "GIT_COMMITTER_EMAIL": "m@example.com",
    }  # fmt: skip
    done = subprocess.run(["git", *arguments], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def checkout(tmp_path):
    folder = tmp_path / "shop"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / "app.py").write_text("x = 1\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "First")
    git(folder, "tag", "v1")
    return folder


def everything(folder):
    """Each file below with its size and time."""
    return {
        str(path): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


async def test_any_folder_of_a_checkout_opens_it_and_nothing_changes(checkout):
    (checkout / "deep").mkdir()
    before = everything(checkout)
    async with opened_view(checkout / "deep") as repository:
        assert repository.name == "shop"
        head = await repository.resolve("HEAD")
        assert await repository.read(head, "app.py") == "x = 1\n"
        assert await repository.tags() == {"v1": head}
        assert [line.commit.author for line in await repository.blame(head, "app.py", 1, 1)] == ["mira"]
    assert everything(checkout) == before and not repository.folder.exists()


async def test_nothing_that_the_checkout_configures_is_run(checkout, tmp_path):
    (checkout / "app.py").write_text("x = 2\n")
    git(checkout, "commit", "-qam", "Second")
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\ncat\n")
    trap.chmod(0o755)
    for key in ("core.fsmonitor", "diff.external", "diff.x.textconv", "filter.x.smudge", "core.pager"):
        git(checkout, "config", key, str(trap))
    (checkout / ".git" / "info" / "attributes").write_text("* diff=x filter=x\n")
    async with opened_view(checkout) as repository:
        head = await repository.resolve("HEAD")
        assert "x = 2" in await repository.diff("v1", head)
        assert await repository.grep(head, "x = 2") and await repository.log(head)
        assert await repository.line_diff("v1", "app.py", head, "app.py")
    assert not (tmp_path / "sprung").exists()


async def test_linked_worktrees_and_bare_repositories_are_read_too(checkout, tmp_path):
    git(checkout, "worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    (tmp_path / "side" / "app.py").write_text("x = 3\n")
    git(tmp_path / "side", "commit", "-qam", "Side")
    git(checkout, "clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    async with opened_view(tmp_path / "side") as repository:
        assert await repository.read(await repository.resolve("HEAD"), "app.py") == "x = 3\n"
    async with opened_view(tmp_path / "bare.git") as repository:
        assert await repository.resolve("side") == git(tmp_path / "side", "rev-parse", "HEAD")


async def test_a_commit_graph_is_kept_for_the_next_time(checkout, tmp_path):
    graphs = tmp_path / "graphs"
    async with opened_view(checkout, graphs=graphs):
        assert [path.suffix for path in graphs.iterdir()] == [".graph"]
    async with opened_view(checkout, graphs=graphs) as repository:
        assert (repository.folder / "objects" / "info" / "commit-graph").is_file()
        assert len(await repository.log("HEAD")) == 1


async def test_what_is_no_repository_is_said(tmp_path):
    with pytest.raises(RepositoryError, match="is not in a git repository"):
        async with opened_view(tmp_path):
            pass


async def test_a_commit_graph_that_takes_too_long_is_tried_once(checkout, tmp_path, monkeypatch):
    graphs = tmp_path / "graphs"
    monkeypatch.setattr("rootcase.core.workspace.view.GRAPH_DEADLINE_S", 0.0)
    async with opened_view(checkout, graphs=graphs) as repository:
        assert len(await repository.log("HEAD")) == 1
    monkeypatch.setattr("rootcase.core.workspace.view.GRAPH_DEADLINE_S", 60.0)
    async with opened_view(checkout, graphs=graphs):
        assert [path.suffix for path in graphs.iterdir()] == [".slow"]
