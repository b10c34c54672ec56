"""The private clone: made from the checkout, kept up to date, and the checkout never touched."""

from __future__ import annotations

import asyncio
import hashlib
import os
from pathlib import Path

import pytest

from rootcase.core.model.errors import RepositoryError
from rootcase.core.workspace.clone import clone_folder, inspect_checkout, private_clone


def picture(root: Path) -> dict[str, tuple[str, int, int]]:
    """Every file under root: hash, mode and modification time."""
    out = {}
    for folder, _, names in os.walk(root):
        for name in names:
            path = Path(folder) / name
            stat = path.lstat()
            content = os.readlink(path).encode() if path.is_symlink() else path.read_bytes()
            out[str(path.relative_to(root))] = (
                hashlib.sha256(content).hexdigest(),
                stat.st_mode,
                stat.st_mtime_ns,
            )
    return out


async def test_the_checkout_stays_byte_identical(origin, state):
    origin.commit("one", {"a.py": "x\n", "b.py": "y\n"})
    origin.git("tag", "v1")
    origin.write("a.py", "dirty\n")
    origin.write("untracked.txt", "mine\n")
    # An index whose cached times are off makes an ordinary `git status` rewrite it.
    os.utime(origin.path / "b.py", (1, 1))
    before = picture(origin.path)
    await inspect_checkout(origin.path)
    await private_clone(origin.path, state)
    await private_clone(origin.path, state)
    await inspect_checkout(origin.path)
    assert picture(origin.path) == before


async def test_a_checkout_is_described_without_touching_it(origin):
    head = origin.commit("one", {"a.py": "x\n", "b.py": "y\n"})
    origin.git("remote", "add", "origin", "https://forge.example/acme/checkout.git")
    origin.write("a.py", "dirty\n")
    found = await inspect_checkout(origin.path)
    assert (found.head, found.branch, found.dirty) == (head, "main", ("a.py",))
    assert found.remote("origin") == "https://forge.example/acme/checkout.git" and found.remote("fork") == ""
    assert not found.shallow and "uncommitted changes (a.py)" in found.warnings[0]


async def test_a_clean_checkout_has_nothing_to_warn_of(origin):
    origin.commit("one", {"a.py": "x\n"})
    assert (await inspect_checkout(origin.path)).warnings == ()


async def test_objects_are_shared_and_not_copied(origin, state):
    origin.commit("one", {"a.py": "x\n"})
    origin.git("gc", "-q")
    folder = await private_clone(origin.path, state)
    pack = next((folder / "objects" / "pack").glob("*.pack"))
    assert pack.stat().st_nlink == 2


async def test_a_deleted_branch_goes_and_our_own_refs_stay(origin, state):
    sha = origin.commit("one", {"a.py": "x\n"})
    origin.git("branch", "topic")
    folder = await private_clone(origin.path, state)
    (folder / "refs" / "rootcase").mkdir(exist_ok=True)
    (folder / "refs" / "rootcase" / "kept").write_text(sha + "\n")
    origin.git("branch", "-D", "topic")
    await private_clone(origin.path, state)
    assert not (folder / "refs" / "heads" / "topic").exists()
    assert (folder / "refs" / "rootcase" / "kept").exists()


async def test_two_processes_may_clone_at_once(origin, state):
    origin.commit("one", {"a.py": "x\n"})
    first, second = await asyncio.gather(private_clone(origin.path, state), private_clone(origin.path, state))
    assert first == second and not list(state.glob("clones/*.partial"))


async def test_a_clone_that_was_cut_off_is_made_again(origin, state):
    origin.commit("one", {"a.py": "x\n"})
    half = clone_folder(state, origin.path)
    (half / "objects").mkdir(parents=True)
    folder = await private_clone(origin.path, state)
    assert folder == half and (folder / "HEAD").is_file()


async def test_a_shallow_checkout_is_used_and_says_so(origin, state, tmp_path):
    origin.commit("one", {"a.py": "x\n"})
    origin.commit("two", {"a.py": "y\n"})
    shallow = tmp_path / "shallow"
    origin.git("clone", "-q", "--depth", "1", f"file://{origin.path}", str(shallow))
    found = await inspect_checkout(shallow)
    assert found.shallow and "--unshallow" in found.warnings[0]
    folder = await private_clone(shallow, state)
    assert (folder / "shallow").is_file()


async def test_borrowed_objects_are_named(origin, state, tmp_path):
    origin.commit("one", {"a.py": "x\n"})
    borrower = tmp_path / "borrower"
    origin.git("clone", "-q", "--shared", str(origin.path), str(borrower))
    found = await inspect_checkout(borrower)
    assert any(str(origin.path) in warning for warning in found.warnings)
    assert (await private_clone(borrower, state) / "HEAD").is_file()


async def test_a_linked_worktree_can_be_the_checkout(origin, state, tmp_path):
    head = origin.commit("one", {"a.py": "x\n"})
    linked = tmp_path / "linked"
    origin.git("worktree", "add", "-q", "--detach", str(linked))
    found = await inspect_checkout(linked)
    assert (found.head, found.branch) == (head, "")
    assert (await private_clone(linked, state) / "HEAD").is_file()


@pytest.mark.parametrize("kind", ["missing", "plain", "empty"])
async def test_what_is_no_repository_is_named_with_what_to_do(tmp_path, state, origin, kind):
    path = {"missing": tmp_path / "gone", "plain": tmp_path / "plain", "empty": origin.path}[kind]
    if kind == "plain":
        path.mkdir()
    words = {"missing": "is not a folder", "plain": "is not a git repository", "empty": "has no commit yet"}[
        kind
    ]
    for look in (inspect_checkout(path), private_clone(path, state)):
        with pytest.raises(RepositoryError) as fault:
            await look
        assert words in fault.value.title and str(path) in fault.value.title and fault.value.hint
