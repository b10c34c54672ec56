"""What a command of the repository can see, touch and leave behind. Where bubblewrap cannot run, the tier says so."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import time
from pathlib import Path

import pytest

from rootcase.core.config.settings import GuardrailSettings
from rootcase.core.model.errors import GuardrailError, SandboxError
from rootcase.core.safety.redact import Redactor
from rootcase.core.workspace.sandbox import Sandbox, Tier, View, open_sandbox, probe

TOKEN = "rc-token-6f1e9b2c4d"
PYTHON = tuple({Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).resolve().parents[1]})


@pytest.fixture
def tree(tmp_path):
    folder = tmp_path / "tree"
    folder.mkdir()
    return folder


@pytest.fixture(params=["best", "none"])
async def sandbox(request, tmp_path):
    """The best tier of this machine, and the weakest that any machine has."""
    redactor = Redactor([TOKEN])
    if request.param == "best":
        return await open_sandbox(GuardrailSettings(), redactor, tmp_path / "home")
    return Sandbox(Tier("none", True, "in this test"), GuardrailSettings(), redactor, tmp_path / "home")


def view(tree: Path, **more) -> View:
    return View(cwd=tree, writable=(tree,), **more)


async def sh(sandbox: Sandbox, tree: Path, script: str, deadline_s: float = 20.0):
    return await sandbox.run(["sh", "-c", script], view(tree), deadline_s=deadline_s)


def alive(marker: str) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes()
            state = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            continue
        if marker.encode() in command and state != "Z":
            found.append(int(entry.name))
    return found


async def test_the_tier_is_told_in_words_and_its_loss_with_a_reason():
    tier = await probe(GuardrailSettings())
    if tier.name == "bubblewrap":
        assert tier.words == "bubblewrap, no network" and tier.lost == ""
    else:
        assert "limits only" in tier.words and tier.lost
    assert Tier("none", True).words == "none: limits only, network open"


async def test_a_missing_bubblewrap_is_loud_and_a_required_one_stops_everything(monkeypatch, tmp_path):
    empty = tmp_path / "bin"
    empty.mkdir()
    monkeypatch.setenv("PATH", str(empty))
    tier = await probe(GuardrailSettings())
    assert tier == Tier("none", True, "bubblewrap is not installed.")
    with pytest.raises(SandboxError) as fault:
        await open_sandbox(GuardrailSettings(require_sandbox=True), Redactor(), tmp_path)
    assert "not installed" in fault.value.detail and "require_sandbox" in fault.value.hint


async def test_a_bubblewrap_that_does_not_work_is_found_out_by_trying(monkeypatch, tmp_path):
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho 'No permissions to create a new namespace' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    tier = await probe(GuardrailSettings())
    assert tier.name != "bubblewrap" and "No permissions to create a new namespace" in tier.lost


async def test_a_command_runs_where_it_should_and_its_output_comes_back(sandbox, tree):
    result = await sh(sandbox, tree, "pwd; echo err >&2; echo made > file; exit 3")
    assert result.exit_code == 3 and result.output.splitlines() == [str(tree), "err"]
    assert (tree / "file").read_text() == "made\n"


async def test_the_users_tokens_are_not_in_its_environment(sandbox, tree, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    monkeypatch.setenv("ACME_HARMLESS_NAME", TOKEN)
    result = await sh(sandbox, tree, "env; tr '\\0' '\\n' < /proc/self/environ")
    assert TOKEN not in result.output and "GITHUB_TOKEN" not in result.output
    assert "ACME_HARMLESS_NAME" not in result.output


async def test_a_token_that_it_finds_anyhow_is_taken_out_of_the_output(sandbox, tree):
    (tree / "leak.txt").write_text(TOKEN)
    result = await sh(sandbox, tree, "cat leak.txt; printf '\\033]52;c;aGk=\\007'")
    assert TOKEN not in result.output and "redacted" in result.output
    assert "\x1b" not in result.output and "\x07" not in result.output


@pytest.mark.parametrize(
    "command",
    [["git", "push"], ["sh", "-c", "kubectl apply -f x"], ["curl", "http://x"], ["env", "ssh", "host"]],
)
async def test_a_blocked_command_is_not_run(sandbox, tree, command):
    with pytest.raises(GuardrailError, match="Blocked command"):
        await sandbox.run(command, view(tree), deadline_s=5)


async def test_no_home_no_state_and_no_other_process_is_visible(sandbox, tree, tmp_path):
    if sandbox.tier.name != "bubblewrap":
        assert "bubblewrap" not in sandbox.tier.words
        return
    (tmp_path / "secret.txt").write_text("private")
    result = await sh(
        sandbox,
        tree,
        f"cat {tmp_path}/secret.txt; ls {Path.home()}; cat /etc/shadow; ls /proc | grep -c '^[0-9]'",
    )
    assert "private" not in result.output and result.output.count("No such file") == 3
    assert int(result.output.split()[-1]) < 10


async def test_only_the_named_folders_can_be_written(sandbox, tree, tmp_path):
    if sandbox.tier.name != "bubblewrap":
        assert "bubblewrap" not in sandbox.tier.words
        return
    readable = tmp_path / "venv"
    readable.mkdir()
    command = ["sh", "-c", f"touch {readable}/x /usr/x /etc/x; ls {readable}/x /usr/x; echo done"]
    result = await sandbox.run(command, view(tree, readable=(readable,)), deadline_s=10)
    assert "Read-only" in result.output and not (readable / "x").exists()


async def test_the_network_is_closed(sandbox, tree):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        script = f"import socket; socket.create_connection(('127.0.0.1', {port}), 3); print('through')"
        command = [sys.executable, "-c", script]
        result = await sandbox.run(command, view(tree, readable=PYTHON), deadline_s=20)
    assert ("through" in result.output) == ("network open" in sandbox.tier.words)


async def test_the_network_is_open_where_the_configuration_opens_it(tree, tmp_path):
    allowed = await open_sandbox(GuardrailSettings(network=True), Redactor(), tmp_path / "home")
    assert "no network" not in allowed.tier.words
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        script = f"import socket; socket.create_connection(('127.0.0.1', {port}), 3); print('through')"
        command = [sys.executable, "-c", script]
        result = await allowed.run(command, view(tree, readable=PYTHON), deadline_s=20)
    assert "through" in result.output


async def test_a_service_of_the_tests_own_can_be_reached(sandbox, tree):
    if sandbox.tier.name == "namespaces":
        return
    script = (
        "import socket; s = socket.create_server(('127.0.0.1', 0)); "
        "socket.create_connection(s.getsockname(), 3); print('reached')"
    )
    result = await sandbox.run([sys.executable, "-c", script], view(tree, readable=PYTHON), deadline_s=20)
    assert "reached" in result.output


async def test_a_command_that_hangs_is_stopped_at_its_deadline(sandbox, tree):
    began = time.monotonic()
    result = await sh(
        sandbox, tree, "trap '' TERM; echo started; sleep 3600 & wait; sleep 3600", deadline_s=0.7
    )
    assert result.exit_code is None and "started" in result.output
    assert time.monotonic() - began < 60


async def test_a_daemon_that_leaves_its_group_does_not_survive(sandbox, tree):
    marker = f"86{os.getpid()}{'1' if sandbox.tier.name == 'none' else '2'}"
    daemon = (
        "import os, time\n"
        "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        time.sleep(3600)\n    os._exit(0)\n"
        "os.wait(); print('left')"
    )
    command = [sys.executable, "-c", daemon, marker]
    result = await sandbox.run(command, view(tree, readable=PYTHON), deadline_s=20)
    assert (result.exit_code, result.output) == (0, "left\n") and alive(marker) == []
    assert result.seconds < 10


async def test_cancelling_ends_the_command_too(sandbox, tree):
    marker = f"36{os.getpid()}{'1' if sandbox.tier.name == 'none' else '2'}"
    running = asyncio.create_task(sh(sandbox, tree, f"sleep {marker}", deadline_s=60))
    for _ in range(200):
        if alive(marker):
            break
        await asyncio.sleep(0.05)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert alive(marker) == []


async def test_endless_output_is_cut_in_the_middle(sandbox, tree):
    result = await sh(sandbox, tree, "echo first; yes | head -c 5000000; echo last")
    assert result.output.startswith("first\n") and result.output.endswith("last\n")
    assert len(result.output) < 100_000 and "bytes left out" in result.output


async def test_memory_beyond_the_limit_is_refused(tree, tmp_path):
    small = await open_sandbox(GuardrailSettings(memory_mb=512), Redactor(), tmp_path / "home")
    command = [sys.executable, "-c", "b'x' * (2 << 30)"]
    result = await small.run(command, view(tree, readable=PYTHON), deadline_s=20)
    assert "MemoryError" in result.output and result.exit_code == 1


async def test_a_program_that_is_not_there_is_said_plainly(sandbox, tree):
    result = await sandbox.run(["no-such-program"], view(tree), deadline_s=5)
    assert result.exit_code == 127 and "no-such-program" in result.output
