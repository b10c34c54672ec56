"""Set up the demo in one folder: repositories, remotes, a local forge and a configuration; all of it real."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import msgspec

from rootcase.core.model.errors import RootcaseError, UsageError
from rootcase.sample_incidents.build import BuiltIncident, build, incidents

TOKEN = "rootcase-demo-token"
IDLE_EXIT_S = 900
# The samples' tests need none of the plugins that may be installed beside Rootcase; without them pytest
# starts five times faster, and a proof starts it some twenty times.
NO_PLUGINS = ("--disable-plugin-autoload",)


@dataclass(frozen=True, slots=True)
class Forge:
    """A local forge: its API's address and its process."""

    url: str
    pid: int


@dataclass(frozen=True, slots=True)
class Demo:
    """folder: holds everything; forges: one per incident, in order; environment: what processes need."""

    folder: Path
    config: Path
    forges: tuple[Forge, ...]
    incidents: tuple[BuiltIncident, ...]
    environment: dict[str, str]


def set_up(where: str, environment: dict[str, str]) -> Demo:
    """Build what is missing in the folder `where`, start the forges or find them running, write the configuration."""
    folder = Path(where).expanduser().absolute()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    built = tuple(build(name, folder / name) for name in incidents())
    _recordings(folder, built)
    forges = tuple(_forge(folder, incident) for incident in built)
    config = folder / "config.yaml"
    config.write_text(json.dumps(_configuration(folder, built, forges), indent=1), encoding="utf-8")
    return Demo(
        folder, config, forges, built,
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


def _configuration(
    folder: Path, built: tuple[BuiltIncident, ...], forges: tuple[Forge, ...]
) -> dict[str, object]:
    """YAML is a superset of JSON, so the configuration is written as JSON."""
    return {
        "store": str(folder / "journal.sqlite3"),
        "sources": [
            {"kind": "files", "name": b.source, "path": str(b.events), "service": b.service} for b in built
        ],
        "repositories": [
            {
                "path": str(b.repository), "name": b.name, "services": [b.service], "base_branch": b.base_branch,
                "test_command": [*b.test_command, *NO_PLUGINS], "forge": "github", "forge_url": forge.url,
                "forge_project": b.forge_project, "forge_token_env": "ROOTCASE_DEMO_TOKEN", "tracker": "github",
                "environment": sys.prefix, "stack_root": b.stack_root, "source_root": b.source_root,
            }
            for b, forge in zip(built, forges, strict=True)
        ],
        "models": {"fast": "recorded/fast", "strong": "recorded/strong", "replay": str(folder / "recordings")},
        "budget": {"usd": 1.0, "minutes": 20},
        "policy": {"level": "draft-only", "approve": ["ticket", "draft_pr", "comment"]},
    }  # fmt: skip


def _recordings(folder: Path, built: tuple[BuiltIncident, ...]) -> None:
    """The recorded agents, each under its service's name."""
    recordings = folder / "recordings"
    recordings.mkdir(exist_ok=True)
    for incident in built:
        if incident.recording is not None:
            target = recordings / f"{incident.service}{incident.recording.suffix}"
            target.write_bytes(incident.recording.read_bytes())


def _forge(folder: Path, incident: BuiltIncident) -> Forge:
    """The incident's forge; one that still answers from an earlier start is used again, else its port."""
    state = folder / incident.name / "forge.json"
    port = 0
    if state.exists():
        known = msgspec.json.decode(state.read_bytes(), type=Forge)
        if _answers(known.url):
            return known
        port = int(known.url.rsplit(":", 1)[1])
    forge = _start_forge(folder / incident.name, incident, port)
    state.write_bytes(msgspec.json.encode(forge))
    return forge


def _start_forge(folder: Path, incident: BuiltIncident, port: int) -> Forge:
    """A process of its own that outlives this one, so a run that goes on finds it; it ends when idle."""
    command = [
        sys.executable, "-P", "-m", "rootcase.core.deliver.localforge", "--folder", str(folder / "forge"),
        "--git", str(incident.remote), "--repository", incident.forge_project, "--port", str(port),
        "--idle-exit", str(IDLE_EXIT_S),
    ]  # fmt: skip
    with (folder / "forge.log").open("ab") as log:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, start_new_session=True
        )
    assert child.stdout is not None
    with child.stdout as pipe:
        line = pipe.readline()
    if not line:
        raise RootcaseError(
            "The demo's local forge did not start", f"See {folder / 'forge.log'}.", "Run it again."
        )
    return Forge(str(json.loads(line)["url"]), child.pid)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/user", timeout=1.0):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def stop_forges(demo: Demo) -> None:
    """End the demo's forges; left alone they end by themselves when nobody asks them anything for a while."""
    for forge in demo.forges:
        with contextlib.suppress(ProcessLookupError):
            os.kill(forge.pid, signal.SIGTERM)
