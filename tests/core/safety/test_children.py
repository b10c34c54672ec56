"""The end of a child process: nobody waits for one whose output is not read to its end."""

import asyncio
import os
import signal
import sys

import pytest

from rootcase.core.safety import children
from rootcase.core.safety.children import end_session

# Long enough for a slow machine; a child that is waited for in vain is waited for much longer.
PATIENCE_S = 30.0
# Whether the end was missed was a matter of luck.
TIMES = 12


async def started(*command):
    return await asyncio.create_subprocess_exec(
        *command,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )


@pytest.mark.parametrize("wait_s", [0.0, 0.1])
async def test_a_child_that_floods_its_pipes_ends(wait_s):
    for _ in range(TIMES):
        process = await started("sh", "-c", "yes & yes >&2")
        assert await process.stdout.read(10)
        await asyncio.sleep(wait_s)  # its pipes fill
        async with asyncio.timeout(PATIENCE_S):
            await end_session(process)
        assert process.returncode == -signal.SIGKILL
        assert process.stdout.at_eof() and process.stderr.at_eof()


async def test_a_child_that_has_ended_keeps_its_exit_code():
    process = await started("sh", "-c", "exit 3")
    await process.wait()
    await end_session(process)
    assert process.returncode == 3


async def test_who_left_the_session_with_the_pipe_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(children, "DRAIN_S", 0.2)
    stays = "import os, time; os.setsid(); print(os.getpid(), flush=True); time.sleep(60)"
    starts = (
        f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {stays!r}]); time.sleep(60)"
    )
    process = await started(sys.executable, "-c", starts)
    left = int(await process.stdout.readline())
    try:
        async with asyncio.timeout(PATIENCE_S):
            await end_session(process)
        os.kill(left, 0)
    finally:
        os.kill(left, signal.SIGKILL)
        await process.communicate()
