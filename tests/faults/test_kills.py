"""kill -9 of the run, anywhere: started again it ends with one branch, one pull request, one comment, whole journal."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from rootcase.core.model import ladder
from rootcase.core.model.entries import VerdictOverridden
from tests.support.commandline import LONGEST_S, kill, until
from tests.support.depot import SHORT, Depot
from tests.support.journal import Watch, case, entries, faults, say

SEEDS = (11, 42, 4711)
DYING = Path(__file__).parents[1] / "support" / "dying.py"
WRITES = tuple(
    f"effect_{how} {what}" for what in ("push", "pull_request", "comment") for how in ("intended", "done")
)
# In the order in which a run first appends them.
KINDS = (
    "run_started", "phase_started", "model_called", "tool_called", "evidence_recorded", "claim_made", "phase_ended",
    "plan_made", "draft_started", "draft_written", "reviewed", "proof_started", "proved",
    "proof_started necessity", "draft_explained",
    "proposed", "approved", *WRITES, "run_ended",
)  # fmt: skip
STEPS = ("baseline", "red", "green", "revert", "suite", "necessity", "mutation")
FINE = (
    *(f"{kind} {phase}" for phase in ("investigate", "plan", "reproduce", "patch")
      for kind in ("phase_started", "model_called", "tool_called", "phase_ended")),
    "reviewed", *(f"{kind} {step}" for step in STEPS for kind in ("proof_started", "proved")),
    "phase_started explain", "model_called explain", "draft_explained", "tool_called explain", "phase_ended explain",
    "proposed", "approved", *WRITES, "run_ended",
)  # fmt: skip
# What a whole run of the depot's case appends at least; a kill is placed among them.
ENTRIES = 70


def ready(place: Depot) -> None:
    """Read and mapped, as sync leaves it; nothing is drafted."""
    place.teach(SHORT)
    assert place.feed(place.caught()).code == 0


def kill_when(place: Depot, told: Callable[[list[str]], bool], delay_s: float = 0.0) -> bool:
    """Start the run; kill it once what it has appended says so. False where it came to its own end first."""
    watch = Watch(place.store)
    begun = watch.last()
    child = place.line.start("run", "C-1")
    try:
        while child.poll() is None:
            if told(watch.names(begun)):
                time.sleep(delay_s)
                break
            time.sleep(0.005)
        else:
            assert child.returncode == 0, place.line.log()
            return False
    finally:
        watch.close()
    kill(child)
    nobody_is_left(place, child)
    return True


def nobody_is_left(place: Depot, child: subprocess.Popen[bytes]) -> None:
    """What the run had started, such as tests in their sandbox, dies with it."""
    until(lambda: not strays(place.folder, but=place.forge), within_s=15, why=f"strays of {child.pid}")


def strays(folder: Path, but: subprocess.Popen[bytes] | None) -> list[int]:
    """Living processes whose command line names the folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes()
            dead = b") Z " in (entry / "stat").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in words and not dead and (but is None or int(entry.name) != but.pid):
            found.append(int(entry.name))
    return found


def prefix(place: Depot) -> list[str]:
    return [entry.hash for entry in entries(place.store)]


def exactly_one_of_each(place: Depot) -> None:
    [branch] = place.branches()
    [pull] = place.items()
    assert (pull["kind"], pull["head"], pull["state"]) == ("pull", branch, "open")
    assert len(place.comments()) == 1 and pull["body"].count("Rootcase case C-1 ·") == 1
    after = case(place.store)
    assert after.state == "sent" and after.run.state == "ended" and after.run.outcome == "done"
    assert ladder.level(after) == "E5", [(rung.name, rung.why) for rung in ladder.rungs(after)]
    assert {effect.state for effect in after.effects} == {"done"}
    assert [entry.seq for entry in entries(place.store)] == list(range(1, after.seq + 1))
    assert faults(place.store) == ()
    audit = place.line.run("audit", "verify", "--json")
    assert audit.code == 0 and audit.json["sound"] is True


def run_to_its_end(place: Depot) -> None:
    done = place.run("--json")
    assert done.code == 0, done.said
    exactly_one_of_each(place)
    seq = case(place.store).seq
    assert place.run().code == 0
    exactly_one_of_each(place)
    assert case(place.store).seq == seq + 2, (
        "a run with nothing to do says that it started and ended, no more"
    )


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_around_every_kind_of_entry_it_goes_on_where_it_stood(place, when):
    """One case, one kill after another. `before` an entry: what it tells of has happened, and nobody wrote it down."""
    ready(place)
    dies_at_each(place, when, KINDS)
    run_to_its_end(place)


def dies_at_each(place: Depot, when: str, kinds: Sequence[str]) -> None:
    kept: list[str] = []
    for kind in kinds:
        dying = [sys.executable, str(DYING), when, kind, "run", "C-1"]
        done = subprocess.run(
            dying, cwd=place.folder, env=place.line.environment(), capture_output=True, text=True,
            timeout=LONGEST_S, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        assert done.returncode == -signal.SIGKILL, (kind, done.returncode, done.stdout, done.stderr)
        now = prefix(place)
        assert now[: len(kept)] == kept, f"an entry is lost or changed by the kill {when} {kind}"
        kept = now
    until(lambda: not strays(place.folder, but=place.forge), within_s=15, why="nobody is left")


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_while_it_files_a_ticket_there_is_one_ticket(place, when):
    ready(place)
    say(place.store, VerdictOverridden("ticket", "the sorter's team has to decide"))
    dies_at_each(place, when, ("effect_intended ticket", "effect_done ticket", "effect_done comment"))
    assert place.run().code == 4
    [ticket] = place.items()
    assert ticket["kind"] == "issue" and len(place.comments()) == 1 and place.branches() == []
    assert faults(place.store) == ()


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", SEEDS)
def test_killed_at_a_random_point_it_goes_on_where_it_stood(place, seed):
    ready(place)
    dice = random.Random(seed)
    killed_anywhere(place, dice)
    run_to_its_end(place)


def killed_anywhere(place: Depot, dice: random.Random) -> None:
    kept: list[str] = []
    while dice.random() < 0.7:
        many = dice.randrange(1, ENTRIES)
        if not kill_when(place, lambda names, many=many: len(names) >= many, dice.uniform(0, 0.4)):
            return
        now = prefix(place)
        assert now[: len(kept)] == kept
        kept = now


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize("when", ["before", "after"])
def test_soak_every_phase_step_and_write(place, when):
    ready(place)
    # A plan and an explanation stand once they are written; their phases are not gone through again.
    over = {f"{kind} {phase}" for phase in ("plan", "explain") for kind in ("tool_called", "phase_ended")}
    dies_at_each(place, when, [kind for kind in FINE if kind not in over])
    run_to_its_end(place)


@pytest.mark.soak
@pytest.mark.timeout(300)
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("kind", dict.fromkeys((*KINDS, *FINE)))
def test_soak_one_kill(place, kind, when):
    ready(place)
    dies_at_each(place, when, [kind])
    run_to_its_end(place)


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(100, 112))
def test_soak_random_points(place, seed):
    ready(place)
    killed_anywhere(place, random.Random(seed))
    run_to_its_end(place)
