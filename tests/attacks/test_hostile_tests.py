"""Test code that attacks the machine it runs on: what it leaves behind must not run, or be followed, outside."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from rootcase.core.config.settings import GuardrailSettings, RepositorySettings
from rootcase.core.workspace.opening import open_workspace
from rootcase.core.workspace.repository import open_repository
from rootcase.core.workspace.worktree import CaseWorkspace
from tests.support.depot import commit, git

QUICK = ("python", "-m", "pytest", "-q", "--disable-plugin-autoload")
PASSES = "\n\ndef test_nothing():\n    pass\n"


@pytest.fixture
def hostile(tmp_path: Path):
    """Opens a workspace on a repository whose one test file is the given code."""

    async def make(code: str, **files: str) -> CaseWorkspace:
        checkout = tmp_path / "checkout"
        checkout.mkdir()
        git(checkout, "init", "-q", "-b", "main")
        every = {"tests/test_it.py": code + PASSES, "app.py": "ONE = 1\n", **files}
        commit(checkout, "mallory", "one", every, 1_790_000_000)
        settings = RepositorySettings(path=str(checkout), environment=sys.prefix, test_command=QUICK)
        repository = await open_repository(settings, tmp_path / "state")
        base = await repository.resolve("main")
        assert base is not None
        return await open_workspace(
            "C-1", repository, settings, GuardrailSettings(), tmp_path / "state", base_commit=base
        )

    return make


TAKES_OVER_GIT = """
import os, pathlib, subprocess
here = pathlib.Path.cwd()
clone = (here / ".git").read_text().split("gitdir:")[1].strip().split("/worktrees/")[0]
try:
    os.rename(here / ".git", here / "was-git")
except OSError:
    (here / "kept").write_text("the link to git could not be moved")
else:
    subprocess.run(["git", "init", "-q", "."], check=True)
    (here / ".git/objects/info").mkdir(exist_ok=True)
    (here / ".git/objects/info/alternates").write_text(clone + "/objects\\n")
    (here / ".git/info").mkdir(exist_ok=True)
    (here / ".git/info/attributes").write_text("* filter=evil\\n")
    with open(here / ".git/config", "a") as config:
        config.write('[filter "evil"]\\n\\tsmudge = touch %s; cat\\n' % "MARK")
    (here / "app.py").unlink()
"""


async def test_a_test_that_makes_the_worktree_its_own_repository_runs_no_filter_outside(hostile, tmp_path):
    mark = tmp_path / "escaped"
    workspace = await hostile(TAKES_OVER_GIT.replace("MARK", str(mark)))
    run = await workspace.run_tests()
    assert run.results, run.problem
    await workspace.reset(workspace.base_commit)
    assert not mark.exists(), "git ran a filter that the test had put into the worktree"
    assert await workspace.read("app.py") == "ONE = 1\n"
    assert (await workspace.run_tests()).passed, "the worktree is usable again"


async def test_a_link_in_place_of_our_plugin_is_not_written_through(hostile, tmp_path):
    precious = tmp_path / "precious"
    precious.write_text("mine\n")
    workspace = await hostile(f"""
import os, pathlib
out = pathlib.Path(os.environ["ROOTCASE_PROGRESS"]).parent
(out / "plugin" / "rootcase_progress.py").unlink()
(out / "plugin" / "rootcase_progress.py").symlink_to({str(precious)!r})
""")
    assert (await workspace.run_tests()).results
    assert (await workspace.run_tests()).results
    assert precious.read_text() == "mine\n"


async def test_a_folder_in_place_of_the_report_keeps_no_later_run_from_its_results(hostile):
    workspace = await hostile("""
import os, pathlib
out = pathlib.Path(os.environ["ROOTCASE_PROGRESS"]).parent
if not (pathlib.Path.cwd() / "twice").exists():
    (pathlib.Path.cwd() / "twice").write_text("")
    (out / "report.xml").mkdir()
    (out / "progress").unlink(missing_ok=True)
    (out / "progress").mkdir()
""")
    first = await workspace.run_tests()
    assert first.problem, "no report could be written"
    assert (await workspace.run_tests()).passed


async def test_a_pipe_in_place_of_the_progress_file_does_not_hold_up_the_run(hostile):
    workspace = await hostile("""
import atexit, os, time
def last():
    path = os.environ["ROOTCASE_PROGRESS"]
    os.unlink(path)
    os.mkfifo(path)
    time.sleep(1)
atexit.register(last)
""")
    heard: list[str] = []

    async def progress(text: str) -> None:
        heard.append(text)

    workspace.progress = progress
    began = time.monotonic()
    run = await workspace.run_tests(deadline_s=20)
    assert time.monotonic() - began < 60 and run.results


async def test_a_test_that_wants_to_be_red_once_and_green_ever_after_finds_nothing_of_its_last_run(hostile):
    workspace = await hostile("""
import os, pathlib
out = pathlib.Path(os.environ["ROOTCASE_PROGRESS"]).parent
places = [pathlib.Path.cwd(), out, pathlib.Path("/tmp"), pathlib.Path.home()]
seen = [place for place in places if (place / "seen").exists()]
for place in places:
    (place / "seen").write_text("")

def test_first_run():
    assert not seen, seen
""")
    for _ in range(2):
        await workspace.reset(workspace.base_commit)
        run = await workspace.run_tests()
        assert not run.failed, run.failed[0].text


SETUP_POINTS_HOME = """
import pathlib, sys, os
site = next(pathlib.Path(os.environ["VIRTUAL_ENV"]).glob("lib/python3*/site-packages"))
(site / "more.pth").write_text("SECRETS\\n")
"""


async def test_an_environment_made_by_the_repository_does_not_choose_what_its_tests_may_read(tmp_path):
    private = tmp_path / "private"
    private.mkdir()
    (private / "key").write_text("mine\n")
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    git(checkout, "init", "-q", "-b", "main")
    commit(
        checkout,
        "mallory",
        "one",
        {"set_up.py": SETUP_POINTS_HOME.replace("SECRETS", str(private))},
        1_790_000_000,
    )
    settings = RepositorySettings(path=str(checkout), setup_command=("python", "set_up.py"))
    repository = await open_repository(settings, tmp_path / "state")
    base = await repository.resolve("main")
    assert base is not None
    workspace = await open_workspace(
        "C-1", repository, settings, GuardrailSettings(), tmp_path / "state", base_commit=base
    )
    assert "made by" in workspace.environment, workspace.environment
    if workspace.tier.name != "bubblewrap":
        pytest.skip("files are open in this tier")
    assert (await workspace.run(["true"])).exit_code == 0
    read = await workspace.run(["cat", str(private / "key")])
    assert read.exit_code != 0 and "mine" not in read.output
