"""A small repository of its own, with a crash, a remote, a local forge, and an agent that says what it is told.

The crash shows in `label_for`; its cause is `read_line`, another function in another file, which loses the
postcode of a line that has a note.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rootcase.core.signals.capture import capture
from tests.support.commandline import CommandLine, Done

PROJECT = "acme/depot"
TOKEN = "token-of-a-test-forge"
TESTS = ("python", "-m", "pytest", "-q", "--disable-plugin-autoload")
MANIFEST = "4711; Kanalgatan 3; 41123\n4712; Hamngatan 9; 21145; leave at the door\n"

INTAKE = '''\
"""Parcels from the lines of a manifest."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Parcel:
    number: str
    street: str
    postcode: str
    note: str = ""


def read_manifest(lines):
    """All parcels of a manifest, in its order."""
    return [read_line(line) for line in lines if line.strip()]


def read_line(line):
    """One parcel: number; street; postcode, and a note where the sender left one."""
    fields = [field.strip() for field in line.split(";")]
    if len(fields) == 4:
        number, street, postcode, note = fields
        return Parcel(number, street, None, note)
    number, street, postcode = fields
    return Parcel(number, street, postcode)


def count_by_street(parcels):
    """How many parcels go to each street."""
    counts = {}
    for parcel in parcels:
        counts[parcel.street] = counts.get(parcel.street, 0) + 1
    return counts
'''
LABELS = '''\
"""What is printed on a parcel."""


def labels(parcels):
    """One label for each parcel, in their order."""
    return [label_for(parcel) for parcel in parcels]


def label_for(parcel):
    """Number, street and postcode, the postcode as the sorter reads it."""
    return f"{parcel.number}  {parcel.street}  {parcel.postcode.rjust(6)}"
'''
SHEET = '''\
"""Prints the labels of a manifest: python -m depot.sheet MANIFEST."""

import sys

from depot.intake import read_manifest
from depot.labels import labels


def main(path):
    with open(path, encoding="utf-8") as manifest:
        for label in labels(read_manifest(manifest)):
            print(label)


if __name__ == "__main__":
    main(sys.argv[1])
'''
OLD_TEST = """\
from depot.intake import count_by_street, read_manifest
from depot.labels import labels


def test_a_label_names_number_street_and_postcode():
    assert labels(read_manifest(["1; Long Row 2; 11122"])) == ["1  Long Row 2   11122"]


def test_parcels_are_counted_by_street():
    assert count_by_street(read_manifest(["1; Long Row; 11122", "2; Long Row; 11123"])) == {"Long Row": 2}
"""
NEW_TEST = """\
from depot.intake import read_manifest
from depot.labels import labels


def test_a_parcel_with_a_note_keeps_its_postcode():
    assert labels(read_manifest(["7; Short Row 1; 33344; ring twice"])) == ["7  Short Row 1   33344"]
"""
HISTORY: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("ines", "Read manifests", {
        "depot/__init__.py": "", "depot/intake.py": INTAKE.replace(", None, note)", ", postcode, note)"),
        "README.md": "# depot\n\nPrints parcel labels.\n",
    }),
    ("omar", "Print labels", {"depot/labels.py": LABELS, "depot/sheet.py": SHEET, "tests/test_labels.py": OLD_TEST}),
    ("ines", "Keep the sender's note", {"depot/intake.py": INTAKE}),
    ("omar", "Say how to print a sheet", {"README.md": "# depot\n\nPrints labels: python -m depot.sheet FILE\n"}),
)  # fmt: skip


def call(tool: str, **arguments: Any) -> dict[str, Any]:
    return {"tool": tool, "arguments": arguments}


DONE = {"calls": [call("done", summary="Done.")]}
FIX = call(
    "edit", path="depot/intake.py", search="        return Parcel(number, street, None, note)\n",
    replace="        return Parcel(number, street, postcode, note)\n",
)  # fmt: skip
TIDY = call(
    "edit", path="depot/intake.py", search="    counts = {}\n    for parcel in parcels:\n",
    replace="    counts: dict[str, int] = {}\n    for parcel in list(parcels):\n",
)  # fmt: skip
Script = dict[str, list[dict[str, Any]]]
SCRIPT: Script = {
    "investigate": [
        {"text": "The postcode is None here. Who made the parcel?", "calls": [
            call("read_file", path="depot/intake.py"), call("symbol", name="read_line"),
        ]},
        {"text": "A line with a note loses its postcode where it is read.", "calls": [
            call("claim", text="read_line passes None for the postcode of a line that has a note.", role="cause",
                 status="supported", citations=[
                     {"evidence": "depot/intake.py:24", "quote": "Parcel(number, street, None, note)"},
                     {"evidence": "commit:Keep the sender's note"}]),
            call("claim", text="The manifest lacks a postcode.", role="other", status="refuted", citations=[
                {"evidence": "depot/intake.py:23", "quote": "number, street, postcode, note = fields"}]),
            call("claim", text="No other program reads these manifests.", role="risk", status="assumed"),
            call("done", summary="The reader drops the postcode of a line with a note."),
        ]},
    ],
    "plan": [{"calls": [call(
        "plan", summary="Keep the postcode of a line with a note.", cause="read_line passes None.",
        files=["depot/intake.py"], test_file="tests/test_notes.py", risk="None known.", rollback="Revert it.",
    )]}],
    "reproduce": [
        {"text": "One line with a note is enough.", "calls": [
            call("create", path="tests/test_notes.py", text=NEW_TEST), call("run_tests")]},
        DONE,
    ],
    "patch": [{"text": "The value is there; it has to be passed on.", "calls": [FIX, TIDY, call("run_tests")]}, DONE],
    "explain": [{"calls": [call(
        "explain", title="Keep the postcode of a parcel with a note",
        explanation="A line with a note was read without its postcode, which the label needs. It is kept now.",
        sentences=[{"hunk": "h1", "text": "Passes the postcode on."}, {"hunk": "h2", "text": "Tidies the counter."},
                   {"hunk": "h3", "text": "The test: a parcel with a note."}],
        risk="Labels of parcels with a note are one field longer.",
    )]}],
}  # fmt: skip


# The same without the tidy-up: two hunks, both needed.
SHORT: Script = {
    **SCRIPT,
    "patch": [{"calls": [FIX, call("run_tests")]}, DONE],
    "explain": [
        {
            "calls": [
                call(
                    "explain",
                    title="Keep the postcode of a parcel with a note",
                    explanation="A line with a note was read without its postcode, which the label needs.",
                    sentences=[{"hunk": "h1", "text": "Passes it on."}, {"hunk": "h2", "text": "The test."}],
                    risk="None known.",
                )
            ]
        }
    ],
}


def changed(**phases: list[dict[str, Any]]) -> Script:
    """The script with other answers in some phases."""
    return {**SCRIPT, **phases}


@dataclass
class Depot:
    """folder holds all of it. line: runs `rootcase` on it; settings: config.yaml's content, written by `configure`."""

    folder: Path
    line: CommandLine
    forge_url: str = ""
    forge: subprocess.Popen[bytes] | None = None
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def checkout(self) -> Path:
        return self.folder / "checkout"

    @property
    def remote(self) -> Path:
        return self.folder / "remote.git"

    @property
    def store(self) -> Path:
        return self.folder / "journal.sqlite3"

    @property
    def config(self) -> Path:
        return self.folder / "config.yaml"

    @property
    def head(self) -> str:
        return git(self.checkout, "rev-parse", "HEAD")

    def configure(self, *, repository: Mapping[str, Any] | None = None, **sections: Any) -> None:
        """Write config.yaml; `repository` overrides keys of the one repository, sections replace whole ones."""
        base = {
            "store": str(self.store),
            "sources": [],
            "repositories": [{
                "path": str(self.checkout), "name": "depot", "services": ["depot"], "base_branch": "main",
                "test_command": list(TESTS), "environment": sys.prefix, "forge": "github",
                "forge_url": self.forge_url, "forge_project": PROJECT, "forge_token_env": "DEPOT_TOKEN",
                "tracker": "github", **(repository or {}),
            }],
            "models": {"fast": "recorded/fast", "strong": "recorded/strong", "replay": str(self.folder / "agent.json")},
            "policy": {"approve": ["ticket", "draft_pr", "comment"]},
        }  # fmt: skip
        self.settings = {**base, **sections}
        self.config.write_text(json.dumps(self.settings, indent=1), encoding="utf-8")

    def teach(self, script: Script) -> None:
        """Write the recording that the agent replays."""
        steps = [{"phase": phase, **step} for phase, answers in script.items() for step in answers]
        recording = {
            "format": "rootcase-recording/1", "models": {"fast": "small", "strong": "large"},
            "prices": {"small": [0.4, 1.6], "large": [3.0, 15.0]}, "steps": steps,
        }  # fmt: skip
        (self.folder / "agent.json").write_text(json.dumps(recording), encoding="utf-8")

    def crash(self) -> Done:
        """Run the program under `rootcase capture`; its crash becomes case C-1."""
        manifest = self.folder / "manifest.txt"
        manifest.write_text(MANIFEST, encoding="utf-8")
        return self.line.run(
            "capture", "--", sys.executable, "-B", "-m", "depot.sheet", str(manifest), cwd=self.checkout
        )

    def caught(self) -> dict[str, Any]:
        """The crash as the event that the capture hook writes, without making it a case."""
        manifest = self.folder / "manifest.txt"
        manifest.write_text(MANIFEST, encoding="utf-8")
        command = [sys.executable, "-B", "-m", "depot.sheet", str(manifest)]
        captured = asyncio.run(
            capture(command, cwd=self.checkout, service="depot", folder=self.folder / "caught")
        )
        return json.loads(captured.events_file.read_text(encoding="utf-8").splitlines()[0])

    def feed(self, *events: dict[str, Any], **sections: Any) -> Done:
        """Give the events to a source of files and read it; the first becomes case C-1."""
        folder = self.folder / "events"
        folder.mkdir(exist_ok=True)
        (folder / "events.jsonl").write_text("".join(json.dumps(e) + "\n" for e in events), encoding="utf-8")
        source = {"kind": "files", "name": "sorter", "path": str(folder), "service": "depot"}
        self.configure(**{"sources": [source], **sections})
        return self.line.run("sync", "--json")

    def run(self, *arguments: str, **extra: str) -> Done:
        return self.line.run("run", "C-1", *arguments, **extra)

    # -- what is at the other end

    def branches(self) -> list[str]:
        """Branches of the remote but main."""
        names = git(self.remote, "for-each-ref", "--format=%(refname:short)", "refs/heads").splitlines()
        return [name for name in names if name != "main"]

    def items(self, kind: str = "") -> list[dict[str, Any]]:
        """Pull requests and issues of the forge."""
        files = sorted((self.folder / "forge").glob("[0-9]*.json"))
        every = [json.loads(file.read_text(encoding="utf-8")) for file in files]
        return [item for item in every if kind in ("", item["kind"])]

    def comments(self) -> list[str]:
        """Texts written back to the source."""
        files = sorted(self.folder.rglob("writeback.jsonl"))
        lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
        return [json.loads(line)["text"] for line in lines]

    def start_forge(self, *faults: str) -> None:
        command = [
            sys.executable, "-m", "rootcase.core.deliver.localforge", "--folder", str(self.folder / "forge"),
            "--git", str(self.remote), "--repository", PROJECT, *(f"--fault={fault}" for fault in faults),
        ]  # fmt: skip
        self.forge = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.forge.stdout is not None
        self.forge_url = json.loads(self.forge.stdout.readline())["url"]

    def stop_forge(self) -> None:
        """It ends when its input closes."""
        if self.forge is not None:
            self.forge.communicate(timeout=10)
            self.forge = None


def git(folder: Path, *arguments: str, **variables: str) -> str:
    """git without any configuration of the machine's."""
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
        **variables,
    }  # fmt: skip
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=environment, text=True, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def commit(folder: Path, author: str, subject: str, files: Mapping[str, str], at_s: int) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    who = {
        f"GIT_{role}_{part}": value
        for role in ("AUTHOR", "COMMITTER")
        for part, value in (("NAME", author), ("EMAIL", f"{author}@example.com"), ("DATE", f"{at_s} +0000"))
    }
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", subject, **who)


def build(folder: Path) -> None:
    """The checkout and its remote; the same commits in every build."""
    checkout = folder / "checkout"
    checkout.mkdir(parents=True)
    git(checkout, "init", "-q", "-b", "main")
    git(checkout, "config", "user.name", "Mira")
    git(checkout, "config", "user.email", "mira@example.com")
    for number, (author, subject, files) in enumerate(HISTORY):
        commit(checkout, author, subject, files, 1_790_000_000 + number * 86_400)
    git(folder, "clone", "-q", "--bare", str(checkout), str(folder / "remote.git"))
    git(checkout, "remote", "add", "origin", str(folder / "remote.git"))


@contextlib.contextmanager
def depot(folder: Path, *, script: Script | None = None, forge: bool = True) -> Iterator[Depot]:
    """The whole place, ready for `crash()`; everything that was started ends with the context."""
    build(folder)
    line = CommandLine(
        folder / "home", {"DEPOT_TOKEN": TOKEN, "ROOTCASE_CONFIG": str(folder / "config.yaml")}
    )
    place = Depot(folder, line)
    try:
        if forge:
            place.start_forge()
        place.teach(script or SCRIPT)
        place.configure()
        yield place
    finally:
        line.close()
        place.stop_forge()
