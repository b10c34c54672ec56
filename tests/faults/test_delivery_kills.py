"""kill -9 at each point between the approval and the word at the source: one of everything, and nothing lost."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from rootcase.core.model.entries import Approved, VerdictOverridden
from tests.support.commandline import LONGEST_S
from tests.support.depot import SHORT, Depot
from tests.support.journal import case, entries, faults, say

DYING = Path(__file__).parents[1] / "support" / "dying.py"
ROUNDS = 20
SEED = 20260128
Point = tuple[str, str]
TICKET: tuple[Point, ...] = (
    ("before", "effect_intended ticket"), ("after", "effect_intended ticket"), ("after", "POST issues"),
    ("before", "effect_done ticket"), ("after", "effect_done ticket"), ("after", "effect_intended comment"),
    ("after", "say"), ("after", "effect_done comment"),
)  # fmt: skip
PULL: tuple[Point, ...] = (
    ("before", "effect_intended push"), ("after", "effect_intended push"), ("after", "git push"),
    ("after", "effect_done push"), ("after", "effect_intended pull_request"), ("after", "POST pulls"),
    ("after", "POST labels"), ("before", "effect_done pull_request"), ("after", "effect_done pull_request"),
    ("before", "say"), ("after", "say"), ("after", "effect_done comment"),
)  # fmt: skip
KEPT = ("forge", "remote.git", "home", "events", "journal.sqlite3")


@dataclass
class Approvals:
    """A depot whose proposal was approved a moment ago; `again` puts all of it back to that moment."""

    place: Depot
    points: tuple[Point, ...]
    backup: Path
    begun: int

    def again(self) -> None:
        self.place.stop_forge()
        for name in [*KEPT, "journal.sqlite3-wal", "journal.sqlite3-shm"]:
            here = self.place.folder / name
            if here.is_dir():
                shutil.rmtree(here)
            else:
                here.unlink(missing_ok=True)
        for kept in self.backup.iterdir():
            copy = shutil.copytree if kept.is_dir() else shutil.copy2
            copy(kept, self.place.folder / kept.name)
        self.place.start_forge()
        self.place.configure(**{**sections(self.place), "policy": {"approve": []}})

    def dies(self, point: Point) -> bool:
        """Whether the run got to the point, and died there."""
        command = [sys.executable, str(DYING), *point, "run", "C-1", "--attended"]
        done = subprocess.run(
            command, cwd=self.place.folder, env=self.place.line.environment(), capture_output=True, text=True,
            timeout=LONGEST_S, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        assert done.returncode in (-signal.SIGKILL, 0, 4), (point, done.stdout, done.stderr)
        return done.returncode == -signal.SIGKILL


def sections(place: Depot) -> dict[str, object]:
    return {
        "sources": [
            {"kind": "files", "name": "sorter", "path": str(place.folder / "events"), "service": "depot"}
        ]
    }


@pytest.fixture(params=["ticket", "pull"])
def approvals(request: pytest.FixtureRequest, place: Depot, tmp_path: Path) -> Approvals:
    """A proposal that waits, approved by a human, and a copy of all that is kept."""
    place.teach(SHORT)
    assert place.feed(place.caught(), policy={"approve": []}).code == 0
    if request.param == "ticket":
        say(place.store, VerdictOverridden("ticket", "the sorter's team has to decide"))
    done = place.run("--attended")
    assert done.code in (0, 4), done.said
    proposal = case(place.store).proposal
    assert proposal is not None and proposal.kind == (
        "ticket" if request.param == "ticket" else "draft_pull_request"
    )
    say(place.store, Approved(proposal.digest))
    backup = tmp_path / "backup"
    backup.mkdir()
    (place.folder / "forge").mkdir(exist_ok=True)
    for name in KEPT:
        here = place.folder / name
        copy: Callable[..., object] = shutil.copytree if here.is_dir() else shutil.copy2
        if here.exists():
            copy(here, backup / name)
    return Approvals(place, TICKET if request.param == "ticket" else PULL, backup, case(place.store).seq)


def ends_with_one_of_everything(made: Approvals) -> None:
    place = made.place
    done = place.run("--attended")
    assert done.code in (0, 4), done.said
    now = case(place.store)
    [item] = place.items()
    assert item["kind"] == ("issue" if made.points is TICKET else "pull")
    assert place.branches() == ([] if made.points is TICKET else [item["head"]])
    assert item["labels"] == ["rootcase"] and item["body"].count("Rootcase case C-1 ·") == 1
    assert len(place.comments()) == 1 and item["body"] == now.proposal.body
    assert {effect.state for effect in now.effects} == {"done"} and now.state == "sent"
    assert [entry.seq for entry in entries(place.store)] == list(range(1, now.seq + 1))
    assert faults(place.store) == ()
    assert place.run("--attended").code in (0, 4)
    assert len(place.items()) == len(place.comments()) == 1


def one_round(made: Approvals, point: Point, dice: random.Random) -> None:
    """One kill at the point, sometimes another one somewhere after it, then a run to its end."""
    made.again()
    before = [entry.hash for entry in entries(made.place.store)]
    assert made.dies(point), f"it never came to {point}"
    if dice.random() < 0.5:
        made.dies(dice.choice(made.points))
    assert [entry.hash for entry in entries(made.place.store)][: len(before)] == before
    ends_with_one_of_everything(made)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_killed_at_a_few_points_after_the_approval(approvals):
    dice = random.Random(SEED)
    for point in dice.sample(approvals.points, 2):
        one_round(approvals, point, dice)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_soak_every_point_after_the_approval_many_times(approvals):
    for point in approvals.points:
        for number in range(ROUNDS):
            one_round(approvals, point, random.Random(f"{point} {number}"))
