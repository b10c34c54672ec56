"""Set up the demo in one folder: repositories, remotes, a local forge and a configuration; all of it real."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from rootcase.core.model.errors import RootcaseError, UsageError
from rootcase.sample_incidents.build import BuiltIncident, build, incidents

TOKEN = "rootcase-demo-token"
START_DEADLINE_S = 10.0
IDLE_EXIT_S = 900


@dataclass(frozen=True, slots=True)
class Demo:
    """folder: holds everything; forge_url: the local forge's API; environment: what processes need."""

    folder: Path
    config: Path
    forge_url: str
    forge_pid: int
    incidents: tuple[BuiltIncident, ...]
    environment: dict[str, str]


def set_up(folder: Path, environment: dict[str, str]) -> Demo:
    """Build what is missing in `folder`, start the forge or find it running, write the configuration."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    built = tuple(build(name, folder / name) for name in incidents())
    url, pid = _forge(folder, built)
    config = folder / "config.yaml"
    config.write_text(json.dumps(_configuration(folder, built, url), indent=1), encoding="utf-8")
    return Demo(
        folder, config, url, pid, built,
        {**environment, "ROOTCASE_HOME": str(folder / "home"), "ROOTCASE_CONFIG": str(config),
         "ROOTCASE_DEMO_TOKEN": TOKEN},
    )  # fmt: skip


def named(demo: Demo, name: str) -> BuiltIncident:
    """The incident of that name; UsageError lists them."""
    for incident in demo.incidents:
        if incident.name == name:
            return incident
    known = ", ".join(incident.name for incident in demo.incidents)
    raise UsageError(
        f"There is no sample incident {name}", f"There are: {known}.", f"rootcase demo --headless {known}"
    )


def _configuration(folder: Path, built: tuple[BuiltIncident, ...], url: str) -> dict[str, object]:
    """YAML is a superset of JSON, so the configuration is written as JSON."""
    return {
        "store": str(folder / "journal.sqlite3"),
        "sources": [
            {"kind": "files", "name": b.source, "path": str(b.events), "service": b.service} for b in built
        ],
        "repositories": [
            {
                "path": str(b.repository), "name": b.name, "services": [b.service], "base_branch": b.base_branch,
                "test_command": list(b.test_command), "forge": "github", "forge_url": url,
                "forge_project": b.forge_project, "forge_token_env": "ROOTCASE_DEMO_TOKEN", "tracker": "github",
                "environment": sys.prefix, "stack_root": b.stack_root, "source_root": b.source_root,
            }
            for b in built
        ],
        "models": {"fast": "recorded/fast", "strong": "recorded/strong", "replay": str(folder / "recordings")},
        "budget": {"usd": 1.0, "minutes": 20},
        "policy": {"level": "draft-only", "approve": ["ticket", "draft_pr"]},
    }  # fmt: skip


def _forge(folder: Path, built: tuple[BuiltIncident, ...]) -> tuple[str, int]:
    """The address and process of the demo's forge; one that still answers from an earlier start is used again."""
    recordings = folder / "recordings"
    recordings.mkdir(exist_ok=True)
    for incident in built:
        if incident.recording is not None:
            target = recordings / f"{incident.service}{incident.recording.suffix}"
            target.write_bytes(incident.recording.read_bytes())
    state = folder / "forge.json"
    port = 0
    if state.exists():
        known = json.loads(state.read_text(encoding="utf-8"))
        if _answers(known["url"]):
            return known["url"], known["pid"]
        port = int(known["url"].rsplit(":", 1)[1])
    url, pid = _start_forge(folder, built, port)
    state.write_text(json.dumps({"url": url, "pid": pid}), encoding="utf-8")
    return url, pid


def _start_forge(folder: Path, built: tuple[BuiltIncident, ...], port: int) -> tuple[str, int]:
    command = [
        sys.executable, "-m", "rootcase.core.deliver.localforge", "--folder", str(folder / "forge"),
        "--port", str(port), "--token-env", "ROOTCASE_DEMO_TOKEN", "--idle-exit", str(IDLE_EXIT_S),
    ]  # fmt: skip
    for incident in built:
        command += ["--repository", f"{incident.forge_project}={incident.remote}"]
    with (folder / "forge.log").open("ab") as log:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, start_new_session=True,
            env={**os.environ, "ROOTCASE_DEMO_TOKEN": TOKEN},
        )  # fmt: skip
    assert child.stdout is not None
    line = child.stdout.readline()
    child.stdout.close()
    if not line:
        raise RootcaseError(
            "The demo's local forge did not start", f"See {folder / 'forge.log'}.", "Run it again."
        )
    return str(json.loads(line)["url"]), child.pid


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/rate_limit", timeout=1.0):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def stop_forge(demo: Demo) -> None:
    """End the forge that this demo started; it ends by itself when nobody asks it anything for a while."""
    try:
        os.kill(demo.forge_pid, signal.SIGTERM)
    except ProcessLookupError:
        return


async def set_up_in_thread(folder: Path, environment: dict[str, str]) -> Demo:
    """`set_up` beside a running event loop."""
    return await asyncio.to_thread(set_up, folder, environment)
