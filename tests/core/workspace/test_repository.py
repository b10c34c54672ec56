"""Reading a repository at any commit through the private clone."""

from __future__ import annotations

import asyncio
import os

import pytest

from rootcase.core.config.settings import RepositorySettings
from rootcase.core.model.errors import RepositoryError
from rootcase.core.workspace.clone import inspect_checkout
from rootcase.core.workspace.git import Git
from rootcase.core.workspace.repository import GitRepository, open_repository


async def opened(origin, state, **more) -> GitRepository:
    return await open_repository(RepositorySettings(path=str(origin.path), **more), state)


async def test_a_file_is_read_as_it_was_at_a_commit(origin, state):
    first = origin.commit("one", {"app/a.py": "x = 1\n", "app/crlf.py": "a\r\nb\r\n"})
    second = origin.commit("two", {"app/a.py": "x = 2\n"})
    repository = await opened(origin, state)
    assert await repository.read(first, "app/a.py") == "x = 1\n"
    assert await repository.read(second, "app/a.py") == "x = 2\n"
    assert await repository.read(second, "app/crlf.py") == "a\r\nb\r\n"
    assert await repository.read(second, "app/none.py") is None
    assert await repository.files(second) == ("app/a.py", "app/crlf.py")


async def test_reading_at_an_unknown_commit_says_what_to_do(origin, state):
    origin.commit("one", {"a.py": "x\n"})
    repository = await opened(origin, state)
    with pytest.raises(RepositoryError) as fault:
        await repository.read("f" * 40, "a.py")
    assert "fetch" in fault.value.hint.lower()


async def test_tags_branches_and_short_ids_resolve_to_full_ids(origin, state):
    first = origin.commit("one", {"a.py": "x\n"})
    origin.git("tag", "v1")
    origin.git("tag", "-a", "v1.1", "-m", "annotated")
    origin.git("branch", "topic")
    second = origin.commit("two", {"a.py": "y\n"})
    repository = await opened(origin, state)
    assert await repository.resolve("v1") == first
    assert await repository.resolve("topic") == first
    assert await repository.resolve(second[:8]) == second
    assert await repository.resolve("no-such-thing") is None
    assert await repository.resolve("--all") is None
    assert await repository.tags() == {"v1": first, "v1.1": first}
    assert await repository.default_branch() == "main"
    assert await repository.is_ancestor(first, second) and not await repository.is_ancestor(second, first)


async def test_a_branch_is_taken_from_the_remote_where_that_is_ahead(origin, state):
    origin.commit("one", {"a.py": "x\n"})
    ahead = origin.commit("two", {"a.py": "y\n"})
    origin.git("update-ref", "refs/remotes/origin/main", ahead)
    origin.git("reset", "-q", "--hard", "HEAD~1")
    repository = await opened(origin, state)
    assert await repository.resolve("main") == ahead


async def test_a_branch_with_local_commits_is_taken_as_it_is_here(origin, state):
    behind = origin.commit("one", {"a.py": "x\n"})
    origin.git("update-ref", "refs/remotes/origin/main", behind)
    here = origin.commit("two", {"a.py": "y\n"})
    repository = await opened(origin, state)
    assert await repository.resolve("main") == here


async def test_a_new_commit_in_the_checkout_is_there_after_opening_again(origin, state):
    origin.commit("one", {"a.py": "x\n"})
    await opened(origin, state)
    newer = origin.commit("two", {"a.py": "y\n"})
    origin.git("tag", "v2")
    repository = await opened(origin, state)
    assert await repository.resolve("main") == newer
    assert (await repository.tags())["v2"] == newer


async def test_a_detached_head_is_still_reachable(origin, state):
    origin.commit("one", {"a.py": "x\n"})
    origin.git("checkout", "-q", "--detach")
    lonely = origin.commit("on no branch", {"a.py": "y\n"})
    repository = await opened(origin, state)
    assert await repository.resolve(lonely) == lonely


async def test_the_log_tells_author_subject_and_files(origin, state):
    origin.commit("one", {"a.py": "x\n", "b c.py": "x\n", "ü.py": "x\n"})
    sha = origin.commit("two: \x1e odd \x1f subject", {"a.py": "y\n"})
    repository = await opened(origin, state)
    newest, oldest = await repository.log("main")
    assert (newest.sha, newest.author, newest.email, newest.files) == (
        sha,
        "Ada",
        "ada@example.org",
        ("a.py",),
    )
    assert newest.subject.startswith("two: ") and "\x1e" not in newest.subject
    assert newest.at_us > oldest.at_us > 0
    assert set(oldest.files) == {"a.py", "b c.py", "ü.py"}
    assert await repository.log("no-such") == ()
    assert await repository.log(f"{oldest.sha}..{sha}", ["b c.py"]) == ()


async def test_a_merge_names_the_files_it_brought_in(origin, state):
    origin.commit("one", {"a.py": "x\n"})
    origin.git("checkout", "-q", "-b", "topic")
    origin.commit("topic work", {"t.py": "t\n"})
    origin.git("checkout", "-q", "main")
    origin.commit("two", {"a.py": "y\n"})
    origin.git("merge", "-q", "--no-ff", "-m", "merge topic", "topic")
    repository = await opened(origin, state)
    merge = await repository.commit(await repository.resolve("main"))
    assert merge.subject == "merge topic" and merge.files == ("t.py",)
    assert "+t" in await repository.patch(merge.sha)


async def test_the_history_of_two_lines_leaves_other_commits_out(origin, state):
    first = origin.commit("one", {"a.py": "1\n2\n3\n4\n5\n6\n7\n"})
    origin.commit("elsewhere", {"a.py": "1\n2\n3\n4\n5\n6\nseven\n"})
    third = origin.commit("here", {"a.py": "1\ntwo\n3\n4\n5\n6\nseven\n"})
    repository = await opened(origin, state)
    assert [c.sha for c in await repository.log("main", ["a.py"], lines=(2, 2))] == [third, first]


async def test_blame_passes_over_commits_that_the_repository_says_to_ignore(origin, state):
    first = origin.commit("one", {"a.py": "alpha = 1\nbeta = 2\n"})
    dull = origin.commit("reformat", {"a.py": "alpha = (1)\nbeta = (2)\n"})
    third = origin.commit(
        "list it", {".git-blame-ignore-revs": f"# formatting\n{dull}\nnot a sha\n{'0' * 40}\n"}
    )
    repository = await opened(origin, state)
    assert [line.commit.sha for line in await repository.blame(third, "a.py", 1, 2)] == [first, first]
    plain = await repository.blame(dull, "a.py", 2, 2)
    assert [(line.line, line.commit.sha, line.text) for line in plain] == [(2, dull, "beta = (2)")]


async def test_blame_beyond_the_end_or_of_no_file_is_empty(origin, state):
    sha = origin.commit("one", {"a.py": "x\n"})
    repository = await opened(origin, state)
    assert await repository.blame(sha, "a.py", 50, 60) == ()
    assert await repository.blame(sha, "none.py", 1, 1) == ()
    assert len(await repository.blame(sha, "a.py", 1, 60)) == 1


async def test_search_finds_words_and_patterns_and_stops_at_its_limit(origin, state):
    sha = origin.commit("one", {"a.py": "def price_for(x):\n    a.b(x)\n", "z/b.py": "price_for(1)\n" * 9})
    repository = await opened(origin, state)
    hits = await repository.grep(sha, "price_for", limit=3)
    assert [(h.path, h.line) for h in hits] == [("a.py", 1), ("z/b.py", 1), ("z/b.py", 2)]
    assert [h.text for h in await repository.grep(sha, "a.b(")] == ["    a.b(x)"]
    assert [h.line for h in await repository.grep(sha, r"^def +\w+", regex=True)] == [1]
    assert await repository.grep(sha, "price_for", paths=["z"], limit=1) == (hits[1],)
    assert await repository.grep(sha, "nowhere") == ()
    with pytest.raises(RepositoryError):
        await repository.grep(sha, "(", regex=True)


async def test_a_diff_follows_a_renamed_file(origin, state):
    body = "".join(f"line {n}\n" for n in range(30))
    first = origin.commit("one", {"a.py": body})
    origin.git("mv", "a.py", "b.py")
    second = origin.commit("move", {"b.py": body.replace("line 3\n", "line three\n")})
    repository = await opened(origin, state)
    text = await repository.diff(first, second, context=0)
    assert "rename from a.py" in text and "+line three" in text and text.count("\n+") == 2
    assert await repository.diff(first, second, ["other.py"]) == ""


async def test_nothing_in_the_repository_runs_when_it_is_read(origin, state, tmp_path):
    trap = tmp_path / "trap"
    script = tmp_path / "run.sh"
    script.write_text(f"#!/bin/sh\ntouch {trap}\ncat\n")
    script.chmod(0o755)
    first = origin.commit("one", {"a.py": "x\n", ".gitattributes": "*.py diff=evil filter=evil\n"})
    second = origin.commit("two", {"a.py": "y\n"})
    for key in (
        "diff.evil.textconv",
        "diff.evil.command",
        "filter.evil.clean",
        "filter.evil.smudge",
        "core.fsmonitor",
    ):
        origin.git("config", key, str(script))
    for hook in ("post-checkout", "reference-transaction", "pre-auto-gc"):
        (origin.path / ".git" / "hooks").mkdir(exist_ok=True)
        (origin.path / ".git" / "hooks" / hook).symlink_to(script)
    origin.write("a.py", "z\n")
    await inspect_checkout(origin.path)
    repository = await opened(origin, state)
    assert "-x\n+y" in await repository.diff(first, second)
    assert await repository.read(second, "a.py") == "y\n"
    assert not trap.exists()


async def test_many_readers_may_ask_at_once(origin, state):
    sha = origin.commit("one", {f"f{n}.py": f"{n}\n" for n in range(20)})
    repository = await opened(origin, state)
    texts = await asyncio.gather(*(repository.read(sha, f"f{n}.py") for n in range(20)))
    assert list(texts) == [f"{n}\n" for n in range(20)]


async def test_git_that_prints_more_than_is_wanted_is_ended(tmp_path):
    talks = tmp_path / "git"
    talks.write_text("#!/bin/sh\nexec yes\n")
    talks.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.defpath}"
    for _ in range(8):
        async with asyncio.timeout(60):
            answer = await Git(tmp_path, environment={"PATH": path}).run(["log"], limit=100_000)
        assert answer.cut and len(answer.out) == 100_000
