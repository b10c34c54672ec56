"""Running a repository's tests in the workspace, whatever its layout and however they end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rootcase.core.config.settings import GuardrailSettings, RepositorySettings
from rootcase.core.workspace.opening import baseline

TOKEN = "rc-token-0a7c55e19f"
MIXED = """
import os
import unittest
import pytest
from app.pricing import price

@pytest.mark.parametrize("n", [1, 2])
def test_price(n):
    assert price({"total": n}) == n

class TestErrors:
    def test_missing(self):
        price({})

    @pytest.mark.skip(reason="not now")
    def test_later(self):
        pass

class Old(unittest.TestCase):
    def test_old(self):
        self.assertEqual(1, 1)

@pytest.fixture
def broken():
    raise RuntimeError("no fixture")

def test_with_broken(broken):
    pass
"""


def make_venv(folder: Path) -> Path:
    """An environment without packages; returns its site-packages."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    (site,) = (folder / "lib").glob("python3*/site-packages")
    return site


@pytest.fixture
def shop(origin):
    origin.commit(
        "one",
        {
            "app/__init__.py": "",
            "app/pricing.py": "def price(cart):\n    return cart['total']\n",
            "tests/test_pricing.py": MIXED,
        },
    )
    return origin


async def test_every_outcome_is_read_with_the_id_that_pytest_gives(shop, bench):
    workspace = await bench()
    run = await workspace.run_tests()
    assert run.problem == "" and run.exit_code == 1
    assert {r.id: r.outcome for r in run.results} == {
        "tests/test_pricing.py::test_price[1]": "passed",
        "tests/test_pricing.py::test_price[2]": "passed",
        "tests/test_pricing.py::TestErrors::test_missing": "failed",
        "tests/test_pricing.py::TestErrors::test_later": "skipped",
        "tests/test_pricing.py::Old::test_old": "passed",
        "tests/test_pricing.py::test_with_broken": "error",
    }
    (failed,) = [r for r in run.failed if r.outcome == "failed"]
    assert "Traceback (most recent call last)" in failed.text and "KeyError: 'total'" in failed.text
    assert f'File "{workspace.root}/app/pricing.py", line 2' in failed.text
    assert run.sandbox == workspace.sandbox and "configured environment" in workspace.environment


async def test_some_tests_can_be_run_by_id_or_by_file(shop, bench):
    shop.commit("more", {"tests/test_more.py": "def test_more():\n    pass\n"})
    workspace = await bench()
    one = await workspace.run_tests(["tests/test_pricing.py::test_price[2]"])
    assert [(r.id, r.outcome) for r in one.results] == [("tests/test_pricing.py::test_price[2]", "passed")]
    assert [r.id for r in (await workspace.run_tests(["tests/test_more.py"])).results] == [
        "tests/test_more.py::test_more"
    ]


@pytest.mark.parametrize("command", [("pytest",), ("pytest", "-q"), ("sh", "-c", "exec pytest -q"), ()])
async def test_any_way_to_start_pytest_gives_the_same_results(shop, bench, command):
    workspace = await bench(test_command=command)
    run = await workspace.run_tests(["tests/test_pricing.py::Old::test_old"])
    assert run.problem == "" and [r.id for r in run.results] == ["tests/test_pricing.py::Old::test_old"]


async def test_a_package_under_src_is_the_worktrees_own(origin, bench):
    origin.commit(
        "one",
        {
            "src/shop/__init__.py": "NAME = 'base'\n",
            "tests/test_shop.py": "import shop\n\ndef test_it():\n    assert shop.NAME == 'base', shop.__file__\n",
        },
    )
    workspace = await bench()
    assert (await workspace.run_tests()).exit_code == 0
    await workspace.write("src/shop/__init__.py", "NAME = 'draft'\n")
    (failed,) = (await workspace.run_tests()).failed
    assert str(workspace.root) in failed.text


async def test_an_editable_install_of_the_checkout_gives_way_to_the_worktree(origin, bench, tmp_path):
    origin.commit(
        "one",
        {
            "python/shop/__init__.py": "NAME = 'base'\n",
            "tests/test_shop.py": "import shop\n\ndef test_it():\n    assert shop.NAME == 'draft', shop.__file__\n",
        },
    )
    venv = tmp_path / "venv"
    site = make_venv(venv)
    ours = next(Path(p) for p in sys.path if p.endswith("site-packages"))
    (site / "ours.pth").write_text(f"{ours}\n")
    (site / "editable.pth").write_text(f"{origin.path}/python\n")
    workspace = await bench(environment=str(venv))
    await workspace.write("python/shop/__init__.py", "NAME = 'draft'\n")
    run = await workspace.run_tests()
    assert (run.problem, run.exit_code) == ("", 0), run.output_tail


async def test_the_suite_runs_again_after_a_change_of_the_same_size(shop, bench):
    workspace = await bench()
    ids = ["tests/test_pricing.py::test_price[1]"]
    assert not (await workspace.run_tests(ids)).failed
    await workspace.write("app/pricing.py", "def price(cart):\n    return cart['titel']\n")
    assert (await workspace.run_tests(ids)).failed


async def test_progress_is_told_while_tests_run(origin, bench):
    origin.commit(
        "one",
        {
            "test_slow.py": "import time, pytest\n\n"
            "@pytest.mark.parametrize('n', range(4))\ndef test_it(n):\n    time.sleep(0.3)\n"
        },
    )
    workspace = await bench()
    told = []

    async def hear(text: str) -> None:
        told.append(text)

    workspace.progress = hear
    await workspace.run_tests()
    assert told and all(text.endswith(" of 4") for text in told)


async def test_a_file_that_cannot_be_imported_does_not_hide_the_others(shop, bench):
    shop.commit("broken", {"tests/test_broken.py": "import no_such_package\n"})
    run = await (await bench()).run_tests()
    broken = next(r for r in run.results if r.id == "tests/test_broken.py")
    assert broken.outcome == "error" and "no_such_package" in broken.text
    assert run.problem == "" and len(run.passed) == 3


@pytest.mark.parametrize(
    ("files", "command", "words"),
    [
        (
            {"test_a.py": "import nowhere\n"},
            ("pytest",),
            "No test could be collected; test_a.py: ModuleNotFoundError",
        ),
        ({"a.py": ""}, ("pytest",), "No test was collected"),
        ({"test_a.py": "def test_a(): pass\n"}, ("no-such-runner", "-q"), "'no-such-runner' does not exist"),
        ({"test_a.py": "def test_a(): pass\n"}, ("pytest", "--no-such-option"), "refused its arguments"),
        (
            {"test_a.py": "import os\ndef test_a(): os.kill(os.getpid(), 11)\n"},
            ("pytest",),
            "ended by signal 11",
        ),
        ({"test_a.py": "import os\ndef test_a(): os._exit(0)\n"}, ("pytest",), "No test report was written"),
        ({"test_a.py": "def test_a(): raise KeyboardInterrupt\n"}, ("pytest",), "interrupted"),
        ({"run.sh": "echo 1 passed\n"}, ("sh", "run.sh"), "No test report was written (exit code 0)"),
    ],
)
async def test_tests_that_cannot_run_say_why(origin, bench, files, command, words):
    origin.commit("one", files)
    workspace = await bench(test_command=command)
    run = await workspace.run_tests()
    assert words in run.problem and not run.passed


async def test_a_test_that_hangs_is_stopped(origin, bench):
    origin.commit("one", {"test_a.py": "import time\ndef test_a(): time.sleep(3600)\n"})
    run = await (await bench()).run_tests(deadline_s=2)
    assert run.exit_code is None and run.problem == "The tests did not end within 2 s and were stopped."


async def test_an_id_that_does_not_exist_or_is_an_option_is_refused(shop, bench):
    workspace = await bench()
    assert "no such test" in (await workspace.run_tests(["tests/test_pricing.py::test_gone"])).problem
    assert "is no test id" in (await workspace.run_tests(["--pdb"])).problem


async def test_a_missing_environment_is_said_and_stops_no_reading(shop, bench):
    workspace = await bench(environment="nowhere/.venv")
    run = await workspace.run_tests()
    assert "The environment nowhere/.venv does not exist" in run.problem and "config.yaml" in run.problem
    assert await workspace.read("app/pricing.py")


async def test_a_token_never_reaches_a_test_nor_its_results(origin, bench, monkeypatch):
    monkeypatch.setenv("SENTRY_AUTH_TOKEN", TOKEN)
    origin.commit(
        "one",
        {
            "test_a.py": "import os\n\ndef test_env():\n    assert 'SENTRY_AUTH_TOKEN' not in os.environ\n\n"
            f"def test_leak():\n    print({TOKEN!r})\n    raise RuntimeError({TOKEN!r})\n"
        },
    )
    run = await (await bench()).run_tests()
    assert [r.id for r in run.passed] == ["test_a.py::test_env"]
    assert TOKEN not in repr(run) and "redacted" in run.failed[0].text


async def test_a_forged_report_is_not_believed(origin, bench, tmp_path):
    secret = tmp_path / "secret.xml"
    secret.write_text("<testsuite><testcase classname='x' name='y'/></testsuite>")
    forged = (
        "import atexit, os, sys\n\n"
        "def test_a():\n"
        "    report = next(a.split('=', 1)[1] for a in sys.argv if a.startswith('--junitxml'))\n"
        f"    atexit.register(lambda: (os.unlink(report), os.symlink({str(secret)!r}, report)))\n"
    )
    origin.commit("one", {"test_a.py": forged})
    run = await (await bench(test_command=("pytest",))).run_tests()
    assert run.results == () and "report cannot be read" in run.problem


async def test_the_checkouts_own_environment_is_found_and_said(shop, bench, origin, tmp_path):
    site = make_venv(origin.path / ".venv")
    ours = next(Path(p) for p in sys.path if p.endswith("site-packages"))
    for name in ("pytest", "_pytest", "pluggy", "iniconfig", "packaging", "pygments"):
        (site / name).symlink_to(ours / name)
    workspace = await bench(environment="")
    assert workspace.environment == ".venv of the checkout, read-only"


async def test_a_setup_command_runs_once_for_the_same_lock_files(shop, bench, tmp_path):
    ours = next(p for p in sys.path if p.endswith("site-packages"))
    script = (
        "import pathlib, sysconfig; "
        f"pathlib.Path(sysconfig.get_path('purelib'), 'ours.pth').write_text({ours!r} + chr(10)); "
        "p = pathlib.Path('../count'); p.write_text(p.read_text() + 'x' if p.exists() else 'x')"
    )
    shop.commit("lock", {"requirements.txt": "pytest\n"})
    settings = {"environment": "", "setup_command": ("python", "-c", script)}
    workspace = await bench(**settings)
    assert "made by python" in workspace.environment
    # The link to this environment's packages is not shown in a sandbox; that it was made is what counts.
    await bench("C-2", **settings)
    (count,) = tmp_path.glob("state/environments/*/count")
    assert count.read_text() == "x"
    shop.commit("another lock", {"requirements.txt": "pytest==8\n"})
    await bench("C-3", **settings)
    assert len(list(tmp_path.glob("state/environments/*/count"))) == 2


async def test_a_setup_command_that_fails_says_its_last_words(shop, bench):
    command = ("python", "-c", "raise SystemExit('no network here')")
    workspace = await bench(environment="", setup_command=command)
    run = await workspace.run_tests()
    assert "The setup command failed" in run.problem and "no network here" in run.problem


async def test_a_baseline_for_the_doctor_leaves_nothing_behind(shop, state):
    settings = RepositorySettings(path=str(shop.path), environment=sys.prefix, test_command=("pytest", "-q"))
    run, environment = await baseline(settings, GuardrailSettings(), state)
    assert len(run.passed) == 3 and len(run.failed) == 2 and "configured environment" in environment
    assert not list(state.glob("workspaces/*"))
