"""Drafting in a case's worktree: hunks in, hunks out, and walls around it."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from rootcase.core.config.settings import GuardrailSettings
from rootcase.core.model.errors import EditError, GuardrailError
from rootcase.core.model.hunks import hunks_between, numbered

PRICING = "def price(cart):\n    return cart['total']\n\n\ndef tax(cart):\n    return 0\n"
FIXED = PRICING.replace("cart['total']", "cart.get('total', 0)")


@pytest.fixture
def shop(origin):
    origin.write("app/pricing.py", PRICING)
    origin.write("run.sh", "#!/bin/sh\necho hi\n")
    (origin.path / "run.sh").chmod(0o755)
    (origin.path / "link.py").symlink_to("app/pricing.py")
    origin.write("win.txt", "a\r\nb\r\n")
    origin.write("latin.txt", b"caf\xe9\n")
    origin.write(".gitignore", "*.log\nbuilt/\n")
    origin.commit("one")
    return origin


async def test_applying_hunks_gives_the_tree_that_git_would_commit(shop, bench):
    workspace = await bench()
    tree = await workspace.apply(hunks_between("app/pricing.py", PRICING, FIXED))
    assert await workspace.read("app/pricing.py") == FIXED
    shop.write("app/pricing.py", FIXED)
    shop.commit("the same by hand")
    assert tree == shop.git("rev-parse", "HEAD^{tree}")


async def test_modes_links_and_line_ends_stay_as_they_are(shop, bench):
    workspace = await bench()
    hunks = [
        *hunks_between("run.sh", "#!/bin/sh\necho hi\n", "#!/bin/sh\necho ho\n"),
        *hunks_between("win.txt", "a\r\nb\r\n", "a\r\nB\r\n"),
    ]
    await workspace.apply(numbered(hunks))
    assert os.access(workspace.root / "run.sh", os.X_OK)
    assert (workspace.root / "win.txt").read_bytes() == b"a\r\nB\r\n"
    assert os.readlink(workspace.root / "link.py") == "app/pricing.py"


async def test_a_hunk_that_does_not_fit_changes_nothing(shop, bench):
    workspace = await bench()
    before = await workspace.apply(hunks_between("app/pricing.py", PRICING, FIXED))
    good = hunks_between("win.txt", "a\r\nb\r\n", "x\r\n")
    (bad,) = hunks_between("app/pricing.py", PRICING, FIXED)
    with pytest.raises(EditError):
        await workspace.apply([*good, replace(bad, old=("something else\n",))])
    assert await workspace.read("app/pricing.py") == FIXED
    assert await workspace.read("win.txt") == "a\r\nb\r\n"
    assert before == await workspace.apply(hunks_between("app/pricing.py", PRICING, FIXED))


async def test_what_was_written_comes_back_as_hunks(shop, bench):
    workspace = await bench()
    await workspace.write("app/pricing.py", FIXED)
    await workspace.write("tests/test_new.py", "def test_it():\n    pass\n")
    code, test = await workspace.hunks(tests=["tests/test_new.py"])
    assert (code.id, code.path, code.test, code.change) == ("h1", "app/pricing.py", False, "modify")
    assert (test.id, test.path, test.test, test.change) == ("h2", "tests/test_new.py", True, "create")
    await workspace.reset(workspace.base_commit)
    assert await workspace.hunks() == ()
    assert await workspace.read("tests/test_new.py") is None
    await workspace.apply((code, test))
    assert await workspace.hunks(tests=["tests/test_new.py"]) == (code, test)


async def test_what_a_test_run_leaves_behind_is_no_part_of_the_draft(shop, bench):
    workspace = await bench()
    clean = await workspace.apply(())
    await workspace.write("app/pricing.py", FIXED)
    await workspace.run(
        ["sh", "-c", "echo x > dropped.txt; mkdir built; echo y > built/y; echo z >> win.txt"]
    )
    assert [h.path for h in await workspace.hunks()] == ["app/pricing.py"]
    assert await workspace.apply(()) == clean
    assert not (workspace.root / "dropped.txt").exists() and not (workspace.root / "built").exists()
    assert await workspace.read("win.txt") == "a\r\nb\r\n"


async def test_a_deleted_file_is_deleted_and_comes_back(shop, bench):
    workspace = await bench()
    await workspace.apply(hunks_between("app/pricing.py", PRICING, None))
    assert await workspace.read("app/pricing.py") is None
    assert [h.change for h in await workspace.hunks()] == ["delete"]
    await workspace.reset(workspace.base_commit)
    assert await workspace.read("app/pricing.py") == PRICING


async def test_a_worktree_that_was_wrecked_is_made_anew(shop, bench):
    workspace = await bench()
    (workspace.root / ".git").unlink()
    await workspace.apply(hunks_between("app/pricing.py", PRICING, FIXED))
    assert await workspace.read("app/pricing.py") == FIXED


async def test_a_killed_run_finds_its_worktree_clean_when_it_comes_back(shop, bench):
    workspace = await bench()
    await workspace.write("app/pricing.py", FIXED)
    again = await bench()
    assert await again.read("app/pricing.py") == PRICING and await again.hunks() == ()


async def test_two_cases_do_not_see_each_other(shop, bench):
    one, two = await bench("C-1"), await bench("C-2")
    await one.write("app/pricing.py", FIXED)
    assert await two.read("app/pricing.py") == PRICING


async def test_text_that_is_not_utf8_is_shown_and_never_written(shop, bench):
    workspace = await bench()
    assert await workspace.read("latin.txt") == "caf\ufffd\n"
    with pytest.raises(EditError, match="not UTF-8"):
        await workspace.write("latin.txt", "cafe\n")
    with pytest.raises(EditError, match="not UTF-8"):
        await workspace.apply(hunks_between("latin.txt", "caf\ufffd\n", "cafe\n"))
    assert (workspace.root / "latin.txt").read_bytes() == b"caf\xe9\n"


@pytest.mark.parametrize("path", ["prod.env", "Dockerfile", "sub/poetry.lock", ".github/workflows/ci.yml"])
async def test_a_protected_file_can_be_read_and_not_written(shop, bench, path):
    shop.commit("protected", {path: "secret\n"})
    workspace = await bench()
    assert await workspace.read(path) == "secret\n"
    with pytest.raises(GuardrailError, match="protected"):
        await workspace.write(path, "mine\n")
    with pytest.raises(GuardrailError, match="protected"):
        await workspace.apply(hunks_between(path, "secret\n", "mine\n"))
    assert await workspace.read(path) == "secret\n"


@pytest.mark.parametrize(
    "path",
    [
        "../out.txt",
        "/etc/passwd",
        "app/../../out.txt",
        ".git",
        ".git/config",
        "app/.GIT/x",
        "a//b",
        "",
        "a\0b",
    ],
)
async def test_a_path_outside_the_worktree_is_refused(shop, bench, path):
    workspace = await bench()
    with pytest.raises(GuardrailError):
        await workspace.write(path, "x")
    with pytest.raises(GuardrailError):
        await workspace.apply([replace(hunks_between("x", None, "x\n")[0], path=path)])


async def test_a_link_is_no_way_out(shop, bench, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text("secret")
    (shop.path / "way").symlink_to(outside)
    (shop.path / "file.txt").symlink_to(outside / "secret.txt")
    shop.commit("links")
    workspace = await bench()
    for path in ("way/new.txt", "file.txt", "way/secret.txt", "link.py"):
        with pytest.raises(GuardrailError):
            await workspace.write(path, "x")
    for path in ("file.txt", "way/secret.txt"):
        with pytest.raises(GuardrailError):
            await workspace.read(path)
    assert await workspace.read("link.py") == PRICING
    assert (outside / "secret.txt").read_text() == "secret" and not (outside / "new.txt").exists()


async def test_a_hunk_cannot_reach_through_a_link_either(shop, bench, tmp_path):
    (tmp_path / "outside").mkdir()
    (shop.path / "way").symlink_to(tmp_path / "outside")
    shop.commit("links")
    workspace = await bench()
    with pytest.raises((EditError, GuardrailError)):
        await workspace.apply(hunks_between("way/new.txt", None, "x\n"))
    assert not (tmp_path / "outside" / "new.txt").exists()


async def test_more_protected_files_can_be_configured(shop, bench):
    workspace = await bench(guardrails=GuardrailSettings(protected_files=("app/**",)))
    with pytest.raises(GuardrailError):
        await workspace.write("app/pricing.py", FIXED)
    await workspace.write("Dockerfile", "FROM x\n")
