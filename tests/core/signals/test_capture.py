"""`rootcase capture` runs real commands, changes nothing about them, and catches what they raise."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from rootcase.core.config.settings import SourceSettings
from rootcase.core.model.errors import UsageError
from rootcase.core.signals.capture import capture
from rootcase.core.signals.protocol import make_source

PYTHON = sys.executable


@pytest.fixture
def variables(tmp_path):
    """The command's environment: nothing of the developer's own."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(tmp_path),
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_SYSTEM": "/dev/null",
    }


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.fixture
def run(project, variables, tmp_path):
    async def run(code, *arguments, python=PYTHON, **more):
        (project / "app.py").write_text(textwrap.dedent(code))
        more = {"variables": variables, "folder": tmp_path / "captures", **more}
        return await capture([str(python), "app.py", *arguments], cwd=project, **more)

    return run


def types(captured):
    return [each.raised.type for each in captured.events if each.raised]


async def test_an_unhandled_exception_is_caught_with_its_variables(run):
    captured = await run(
        """
        def price(item):
            rates = {"EUR": 1}
            return rates[item["currency"]]

        price({"currency": "GBP"})
        """,
        service="shop",
        release="2.14.0",
    )
    assert captured.exit_code == 1
    (event,) = captured.events
    assert (event.release, event.environment, dict(event.tags)["service"]) == ("2.14.0", "local", "shop")
    assert event.raised is not None
    assert (event.raised.type, event.raised.handled) == ("KeyError", False)
    frame = event.raised.frames[-1]
    assert (frame.function, frame.filename, frame.line, frame.in_app) == ("price", "app.py", 4, True)
    assert frame.context_line == '    return rates[item["currency"]]'
    assert dict(frame.variables)["rates"] == '{"EUR": "1"}'
    assert captured.note == ""


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (
            "ValueError",
            "import threading\ndef f(): raise ValueError\nt = threading.Thread(target=f)\nt.start()\nt.join()",
        ),
        (
            "RuntimeError",
            "import asyncio\nasync def f(): raise RuntimeError\n"
            "async def main():\n    asyncio.create_task(f())\n    await asyncio.sleep(0.01)\nasyncio.run(main())",
        ),
        ("ZeroDivisionError", "import logging\ntry: 1 / 0\nexcept ZeroDivisionError: logging.exception('failed')"),
        (
            "OSError",
            "import logging, sys\ntry: raise OSError('disk')\n"
            "except OSError:\n    logging.getLogger('job').error('gave up', exc_info=True)\n    sys.exit(4)",
        ),
    ],
)  # fmt: skip
async def test_errors_in_threads_tasks_and_logs_are_caught(run, kind, code):
    captured = await run(code)
    assert types(captured) == [kind]
    assert captured.exit_code == (4 if kind == "OSError" else 0)


async def test_a_chain_of_causes_is_kept(run):
    captured = await run(
        """
        try:
            int("x")
        except ValueError as error:
            raise RuntimeError("no rate") from error
        """
    )
    assert [e.type for e in captured.events[0].exceptions] == ["ValueError", "RuntimeError"]


async def test_a_child_python_process_is_watched_too(run):
    captured = await run(
        "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'raise LookupError(1)'])\nraise KeyError(2)"
    )
    assert types(captured) == ["LookupError", "KeyError"]


def test_output_input_and_exit_code_pass_through(project, variables):
    code = "import sys; print(sys.stdin.read().upper()); print('err', file=sys.stderr); sys.exit(7)"
    script = (
        "import asyncio, sys, pathlib, os\n"
        "from rootcase.core.signals.capture import capture\n"
        f"command = [sys.executable, '-c', {code!r}]\n"
        "sys.exit(asyncio.run(capture(command, cwd=pathlib.Path('.'), variables=dict(os.environ))).exit_code)\n"
    )
    done = subprocess.run(
        [PYTHON, "-c", script],
        input="hello",
        capture_output=True,
        text=True,
        cwd=project,
        env=variables,
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("HELLO\n", "err\n", 7)


@pytest.fixture
def bare_python(tmp_path):
    """A Python of an environment in which nothing is installed."""
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    return tmp_path / "venv" / "bin" / "python"


async def test_an_environment_without_sentry_sdk_is_watched_and_gains_no_packages(run, bare_python):
    captured = await run(
        """
        for name in ("msgspec", "httpx", "urllib3", "certifi", "textual"):
            try:
                __import__(name)
            except ImportError:
                pass
            else:
                raise SystemExit(name + " leaked in")
        raise KeyError("caught")
        """,
        python=bare_python,
    )
    assert captured.exit_code == 1
    assert types(captured) == ["KeyError"]


async def test_a_sitecustomize_of_the_environment_still_runs(run, project, variables):
    (project / "site").mkdir()
    (project / "site" / "sitecustomize.py").write_text("import builtins\nbuiltins.seen = 'yes'\n")
    code = "import sys\nassert seen == 'yes'\nassert not any('rootcase-hook' in p for p in sys.path)\n1 / 0"
    captured = await run(code, variables={**variables, "PYTHONPATH": str(project / "site")})
    assert types(captured) == ["ZeroDivisionError"]


async def test_a_program_with_its_own_sentry_sends_nothing_out(run):
    captured = await run(
        """
        import http.server, threading
        asked = []

        class Sentry(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                asked.append(self.path)
                self.send_response(200)
                self.end_headers()

        server = http.server.HTTPServer(("127.0.0.1", 0), Sentry)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        import sentry_sdk

        sentry_sdk.init(dsn=f"http://key@127.0.0.1:{server.server_port}/1", auto_enabling_integrations=False)
        sentry_sdk.capture_exception(KeyError("own"))
        sentry_sdk.flush(2)
        assert asked == []
        raise ValueError("after")
        """
    )
    assert types(captured) == ["KeyError", "ValueError"]


async def test_the_release_is_the_commit_that_is_checked_out_and_the_checkout_is_not_touched(
    run, project, variables, tmp_path, monkeypatch
):
    for name, value in {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}.items():
        monkeypatch.setenv(name, value)

    def git(*arguments):
        who = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
        return subprocess.run(
            ["git", *who, *arguments], cwd=project, check=True, capture_output=True, text=True
        ).stdout

    (project / "app.py").write_text("1 / 0\n")
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "one")
    os.utime(project / "app.py", (1, 1))
    before = {
        p: hashlib.sha256(p.read_bytes()).hexdigest() for p in (project / ".git").rglob("*") if p.is_file()
    }
    captured = await capture(
        [PYTHON, "app.py"], cwd=project, variables=variables, folder=tmp_path / "captures"
    )
    assert captured.events[0].release == git("rev-parse", "HEAD").strip()
    assert "worktree" not in dict(captured.events[0].tags)
    after = {
        p: hashlib.sha256(p.read_bytes()).hexdigest() for p in (project / ".git").rglob("*") if p.is_file()
    }
    assert after == before
    captured = await run("2 / 0\n")
    assert dict(captured.events[0].tags)["worktree"] == "modified"


async def test_what_was_caught_is_read_by_the_files_source(run, tmp_path):
    await run("raise KeyError('a')", service="shop")
    await run("raise KeyError('a')", service="shop")
    source = make_source(SourceSettings(kind="files", name="capture", path=str(tmp_path / "captures")), {})
    (signal_,) = [s async for batch in source.list() for s in batch.signals]
    assert (signal_.events, signal_.service, signal_.title) == (2, "shop", "KeyError: 'a'")


@pytest.mark.parametrize(
    ("command", "code", "words"),
    [
        (["true"], 0, "could be watched"),
        ([PYTHON, "-I", "-c", "1/0"], 1, "could be watched"),
        ([PYTHON, "-c", "import os; os.kill(os.getpid(), 9)"], 137, "SIGKILL"),
        ([PYTHON, "-c", "raise SystemExit(3)"], 3, "ended with 3"),
        ([PYTHON, "-c", "pass"], 0, ""),
    ],
)
async def test_when_nothing_was_caught_it_says_why(project, variables, command, code, words):
    captured = await capture(command, cwd=project, variables=variables, folder=project / "c")
    assert captured.events == ()
    assert captured.exit_code == code
    assert words in captured.note
    assert bool(captured.note) is bool(words)
    assert not captured.events_file.exists()


async def test_a_python_in_which_sentry_sdk_does_not_load_runs_all_the_same(run, project, variables):
    (project / "bad").mkdir()
    (project / "bad" / "sentry_sdk.py").write_text("raise ImportError('too old')\n")
    captured = await run("print('ran'); 1 / 0", variables={**variables, "PYTHONPATH": str(project / "bad")})
    assert captured.exit_code == 1
    assert "too old" in captured.note
    assert PYTHON in captured.note


async def test_a_command_that_is_not_there_is_a_usage_error(project):
    with pytest.raises(UsageError, match="no-such-command"):
        await capture(["no-such-command"], cwd=project)
    with pytest.raises(UsageError, match="nowhere"):
        await capture(["true"], cwd=project / "nowhere")
    with pytest.raises(UsageError, match="No command"):
        await capture([], cwd=project)


def wait_for(path):
    for _ in range(500):
        if path.exists():
            return
        time.sleep(0.02)
    raise AssertionError(f"{path} never came")


async def test_signals_reach_the_command(project, variables):
    ready = project / "ready"
    code = (
        "import pathlib, signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(42))\n"
        f"pathlib.Path({str(ready)!r}).touch()\n"
        "time.sleep(30)"
    )
    task = asyncio.create_task(
        capture([PYTHON, "-c", code], cwd=project, variables=variables, folder=project / "c")
    )
    await asyncio.to_thread(wait_for, ready)
    os.kill(os.getpid(), signal.SIGTERM)
    assert (await task).exit_code == 42


async def test_hostile_text_of_a_program_is_inert(run):
    captured = await run("raise ValueError('\\x1b]52;c;x\\x07 \\ud800')")
    assert captured.events[0].raised is not None
    assert captured.events[0].raised.value == "␛]52;c;x␇ \ufffd"
    assert captured.problems == ()


def test_the_hook_stands_alone():
    """It is copied into other people's Pythons: nothing of ours may be imported there."""
    from rootcase.core.signals import capture_hook

    assert "rootcase" not in Path(capture_hook.__file__).read_text().replace("rootcase-", "")
