"""Repositories that are not whole or not kind: each fault is named, and what can be mapped is mapped."""

import os
import subprocess

import pytest

from rootcase.core.codemap.index import CodeIndex
from rootcase.core.codemap.stage import codemap
from rootcase.core.config.settings import RepositorySettings
from rootcase.core.model.case import Case
from rootcase.core.model.entries import CodeMapped
from rootcase.core.model.events import Event, ExceptionInfo, Frame
from rootcase.core.workspace.repository import open_repository
from rootcase.core.workspace.view import opened_view

CART = "def total(rows):\n    return rows[0]\n\n\ndef main():\n    total([])\n"
CRASH = (
    Frame("main", "", "app/cart.py", "/srv/app/cart.py", 6, context=((6, "    total([])"),)),
    Frame("total", "", "app/cart.py", "/srv/app/cart.py", 2, context=((2, "    return rows[0]"),)),
)


def crash(release="v1", frames=CRASH):
    return Event("e", release=release, exceptions=(ExceptionInfo("IndexError", "x", frames=frames),))


async def mapped(path, event=None):
    settings = RepositorySettings(path=str(path))
    async with opened_view(path) as repository:
        bodies = [
            body async for body in codemap(Case(), (event or crash(),), repository, settings, head="HEAD")
        ]
    return next(body.path for body in bodies if isinstance(body, CodeMapped))


def latin(checkout):
    """A folder and a file whose name and content are Latin-1."""
    folder = os.fsencode(checkout) + b"/app/gr\xfc\xdfe"
    os.mkdir(folder)
    with open(folder + b"/cart.py", "wb") as file:
        file.write("def gruß():\n    return 1 / 0  # größe\n".encode("latin-1"))


def widen(shop):
    """A commit of 100,000 files."""
    blob = shop.git("hash-object", "-w", "app/cart.py")
    tree = "".join(f"100644 {blob}\tsrc/area{n // 1000}/file{n}.py\0" for n in range(100_000))
    environment = {"PATH": os.environ["PATH"], "GIT_INDEX_FILE": str(shop.path / ".git" / "wide")}
    subprocess.run(
        ["git", "update-index", "-z", "--index-info"], cwd=shop.path, env=environment, check=True,
        input=tree.encode(),
    )  # fmt: skip
    wide = subprocess.run(
        ["git", "write-tree"], cwd=shop.path, env=environment, check=True, capture_output=True, text=True
    ).stdout.strip()
    shop.git("update-ref", "refs/heads/main", shop.git("commit-tree", "-m", "Wide", "-p", "HEAD", wide))


@pytest.fixture
def shop(checkout):
    checkout.commit("One", {"app/cart.py": "x = 1\n", "other.py": "def total(): pass\n"})
    checkout.commit("Two", {"app/cart.py": CART}, tag="v1")
    checkout.commit("Three", {"app/cart.py": "# more\n" + CART})
    return checkout


async def test_a_shallow_clone_says_what_is_missing_and_how_to_deepen_it(shop, tmp_path):
    shop.git("clone", "-q", "--depth", "1", f"file://{shop.path}", str(tmp_path / "shallow"))
    path = await mapped(tmp_path / "shallow")
    assert path.failing.verdict == "probable" and path.failing.line == 3
    missing = " ".join(path.missing)
    assert "the clone is shallow" in missing and "git fetch --unshallow --tags" in missing


async def test_a_partial_clone_names_the_files_that_it_lacks(shop, tmp_path):
    partial = tmp_path / "partial"
    shop.git("config", "uploadpack.allowFilter", "true")
    shop.git("clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{shop.path}", str(partial))
    path = await mapped(partial)
    assert path.failing.verdict == "guessed" and "lacks the content of app/cart.py" in path.failing.why
    assert any("partial clone" in line for line in path.missing)


async def test_rewritten_history_leaves_the_old_release_unknown(shop):
    shop.git("tag", "-d", "v1")
    old = shop.git("rev-parse", "HEAD~1")
    shop.git("checkout", "-q", "--orphan", "fresh")
    shop.git("commit", "-q", "-m", "History begins anew")
    shop.git("branch", "-q", "-D", "main")
    shop.git("reflog", "expire", "--expire=now", "--all")
    shop.git("gc", "-q", "--prune=now")
    path = await mapped(shop.path, crash(release=old))
    assert path.release_commit == "" and any("no commit and no tag" in line for line in path.missing)
    assert path.failing.verdict == "probable" and path.failing.line == 3


async def test_history_rewritten_after_the_release_is_followed_by_the_files_alone(shop):
    shop.git("checkout", "-q", "--orphan", "fresh")
    shop.git("commit", "-q", "-m", "History begins anew")
    path = await mapped(shop.path)
    assert (path.failing.head_line, path.failing.head_status) == (3, "moved")


async def test_names_and_contents_that_are_no_utf8_are_read(shop):
    latin(shop.path)
    shop.git("add", "-A")
    shop.git("commit", "-q", "-m", "Latin")
    frame = Frame("gruß", "", "app/grüße/cart.py", "", 2, context=((2, "    return 1 / 0  # [Filtered]"),))
    path = await mapped(shop.path, crash("", (frame,)))
    assert path.failing.line == 2 and path.failing.path.endswith("/cart.py")
    path.failing.path.encode()


async def test_a_hundred_thousand_files_are_no_trouble(shop):
    widen(shop)
    frame = Frame("total", "", "/app/src/area77/file77123.py", "", 3, context=((3, "    return rows[0]"),))
    path = await mapped(shop.path, crash("", (frame,)))
    assert path.failing.path == "src/area77/file77123.py" and path.failing.function == "total"


async def test_a_file_of_more_than_five_megabytes_is_named_and_not_read(shop):
    shop.commit("Data", {"app/cart.py": CART + "x = 1\n" * 900_000}, tag="v2")
    path = await mapped(shop.path, crash("v2"))
    assert path.failing.verdict == "guessed" and "larger than 5 MB" in path.failing.why


async def test_a_search_in_a_repository_with_odd_files_ends(shop, opened):
    shop.commit(
        "Odd", {"a.min.js": "function total(){};" * 9_000, "data.py": "x = '''" + "(" * 200_000 + "'''\n"}
    )
    repository, _ = await opened()
    found = await CodeIndex(repository).definitions(await repository.resolve("HEAD"), "total")
    assert {item.path for item in found} == {"app/cart.py", "other.py"}


async def test_a_partial_checkout_is_mapped_as_far_as_its_files_go(shop, tmp_path):
    shop.git("config", "uploadpack.allowFilter", "true")
    shop.git("clone", "-q", "--filter=blob:none", f"file://{shop.path}", str(tmp_path / "partial"))
    repository = await open_repository(RepositorySettings(path=str(tmp_path / "partial")), tmp_path / "state")
    head = await repository.resolve("HEAD")
    assert "return rows[0]" in await repository.read(head, "app/cart.py")
    assert await repository.blame(head, "app/cart.py", 1, 1) == ()
    assert any("blame of app/cart.py is not whole" in line for line in repository.faults)
