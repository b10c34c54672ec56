"""Build a sample incident in a folder: a checkout with real history, its remote, and the source's events."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import msgspec

from rootcase.core.model.errors import RootcaseError, UsageError
from rootcase.sample_incidents.events import write_events
from rootcase.sample_incidents.history import Revision, read_history

HERE = Path(__file__).parent
GIT_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFile:
    """An incident.yaml. source: how the signals' source is called; forge_project: `owner/name` at the forge."""

    title: str
    service: str
    source: str
    forge_project: str
    test_command: tuple[str, ...]
    base_branch: str = "main"
    stack_root: str = ""
    source_root: str = ""
    people: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BuiltIncident:
    """What was built. repository: the engineer's checkout; remote: a bare repository; events: a source folder.

    recording: the recorded agent's file, None where no agent is meant to run. head: sha of the base branch.
    """

    name: str
    title: str
    service: str
    source: str
    repository: Path
    remote: Path
    events: Path
    recording: Path | None
    head: str
    base_branch: str
    forge_project: str
    test_command: tuple[str, ...]
    stack_root: str = ""
    source_root: str = ""


def incidents() -> tuple[str, ...]:
    """The names of all sample incidents."""
    return tuple(sorted(path.parent.name for path in HERE.glob("*/incident.yaml")))


def build(name: str, folder: Path, *, now_s: int | None = None) -> BuiltIncident:
    """Build `name` in `folder`, or find it built there. now_s: the moment that all dates count back from."""
    import yaml

    source = HERE / name
    if not (source / "incident.yaml").is_file():
        raise UsageError(f"There is no sample incident {name}", f"There are: {', '.join(incidents())}.", "")
    incident = msgspec.convert(
        yaml.safe_load((source / "incident.yaml").read_text(encoding="utf-8")), IncidentFile
    )
    recording = next(iter(sorted(source.glob("recording.*"))), None)
    built = BuiltIncident(
        name, incident.title, incident.service, incident.source, folder / "checkout", folder / "remote.git",
        folder / "events", recording, "", incident.base_branch, incident.forge_project, incident.test_command,
        incident.stack_root, incident.source_root,
    )  # fmt: skip
    done = folder / "built.json"
    if done.exists():
        return replace(built, head=json.loads(done.read_text(encoding="utf-8"))["head"])
    now = int(time.time()) if now_s is None else now_s
    folder.mkdir(parents=True, exist_ok=True)
    revisions = read_history(source / "history", now)
    _import(built, revisions, incident.people)
    commits = _tags(built.remote)
    write_events(source, built.events, now_s=now, commits=commits)
    built = replace(built, head=_git(built.remote, "rev-parse", incident.base_branch))
    done.write_text(
        json.dumps({"head": built.head, "tags": commits, "incident": asdict(incident)}), encoding="utf-8"
    )
    return built


def _import(built: BuiltIncident, revisions: tuple[Revision, ...], people: dict[str, str]) -> None:
    branch = built.base_branch
    built.remote.mkdir()
    _git(built.remote, "init", "-q", "--bare", f"--initial-branch={branch}")
    stream = "".join(_stream(revisions, branch, people))
    _git(built.remote, "fast-import", "--quiet", stdin=stream)
    _git(built.remote.parent, "clone", "-q", "--no-hardlinks", str(built.remote), str(built.repository))


def _stream(revisions: tuple[Revision, ...], branch: str, people: dict[str, str]) -> Iterator[str]:
    """The history in git's fast-import language."""
    for number, revision in enumerate(revisions, 1):
        who = f"{revision.author} <{people.get(revision.author, revision.author + '@example.com')}>"
        yield f"commit refs/heads/{branch}\nmark :{number}\n"
        for role in ("author", "committer"):
            yield f"{role} {who} {revision.at_s} +0000\n"
        yield _data(revision.message)
        if number > 1:
            yield f"from :{number - 1}\n"
        yield "deleteall\n"
        for path, text in sorted(revision.files.items()):
            yield f"M 100644 inline {path}\n{_data(text)}"
        yield "\n"
        for tag in revision.tags:
            yield f"reset refs/tags/{tag}\nfrom :{number}\n\n"


def _data(text: str) -> str:
    return f"data {len(text.encode())}\n{text}\n"


def _tags(repository: Path) -> dict[str, str]:
    lines = _git(
        repository, "for-each-ref", "--format=%(refname:short) %(objectname)", "refs/tags"
    ).splitlines()
    return dict(line.split(" ", 1) for line in lines)


def _git(folder: Path, *arguments: str, stdin: str = "") -> str:
    environment = {**{k: v for k, v in os.environ.items() if not k.startswith("GIT_")}, **GIT_ENVIRONMENT}
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        input=stdin.encode(),
        capture_output=True,
        env=environment,
        check=False,
    )
    if done.returncode != 0:
        raise RootcaseError(
            f"git {arguments[0]} failed in {folder}",
            done.stderr.decode(errors="replace"),
            "Remove the folder, try again.",
        )
    return done.stdout.decode().strip()
