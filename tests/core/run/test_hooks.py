"""The user's own commands after a stage: real processes, their report, their ends."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from rootcase.core.run.hooks import run_hook
from rootcase.core.safety.redact import Redactor

ENVIRONMENT = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}


async def ran(script: str, report: str = '{"case": "C-1"}', **more: float):
    command = (sys.executable, "-c", script)
    return await run_hook("prove", command, report, ENVIRONMENT, Redactor(["tok-secret-12345"]), **more)


async def test_a_hook_reads_the_report_and_knows_the_stage():
    done = await ran(
        "import json, os, sys; print(json.load(sys.stdin)['case'], os.environ['ROOTCASE_STAGE'])"
    )
    assert (done.exit_code, done.output.strip(), done.stage) == (0, "C-1 prove", "prove")


async def test_a_hook_that_reads_nothing_of_a_long_report_is_fine():
    assert (await ran("print('ok')", "x" * 5_000_000)).output.strip() == "ok"


async def test_a_hook_that_fails_is_told_and_its_secrets_are_not():
    done = await ran("import sys; print('tok-secret-12345 \\x1b[31mno'); sys.exit(3)")
    assert done.exit_code == 3 and "tok-secret" not in done.output and "\x1b" not in done.output


async def test_a_hook_that_is_not_there_is_told():
    done = await run_hook("map", ("no-such-hook",), "{}", ENVIRONMENT, Redactor())
    assert done.exit_code is None and "no-such-hook" in done.output


async def test_a_hook_that_hangs_is_ended_with_its_children(tmp_path: Path):
    told = str(tmp_path / "child")
    child = f"import os, time; open({told!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    script = (
        f"import subprocess, sys, pathlib, time; subprocess.Popen([sys.executable, '-c', {child!r}])\n"
        f"while not pathlib.Path({told!r}).exists(): time.sleep(0.01)\n"
        "time.sleep(600)"
    )
    done = await ran(script, deadline_s=3.0)
    assert done.exit_code is None and "did not end" in done.output
    pid = int((tmp_path / "child").read_text())
    for _ in range(500):  # a killed process is gone a moment later
        if _is_gone(pid):
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the child of the hook still runs")


def _is_gone(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().split(")")[1].split()[0] == "Z"
