"""Two people watch one store from two processes: both see the same live run while it happens."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.support.commandline import LONGEST_S, kill
from tests.support.journal import entries

FOLLOWER = Path(__file__).parents[1] / "support" / "follower.py"


def test_two_followers_see_the_same_run_entry_by_entry(place):
    place.crash()
    command = [sys.executable, str(FOLLOWER), str(place.store), "C-1"]
    watching = [
        subprocess.Popen(command, stdout=subprocess.PIPE, env=place.line.environment(), cwd=place.folder)
        for _ in range(2)
    ]
    try:
        for process in watching:
            assert process.stdout is not None
            assert json.loads(process.stdout.readline())["after"] > 0, "both watch before the run starts"
        child = place.line.start("run", "C-1", "--until", "draft", ROOTCASE_REPLAY_PACE="2000")
        seen = [
            [json.loads(line) for line in p.communicate(timeout=LONGEST_S)[0].splitlines()] for p in watching
        ]
        assert place.line.ended(child) == 0
    finally:
        for process in watching:
            kill(process)
    journal = [(e.seq, e.kind, e.hash) for e in entries(place.store)]
    for lines in seen:
        followed = [(line["seq"], line["kind"], line["hash"]) for line in lines]
        assert followed == journal[-len(followed) :] and followed[0][1] == "run_started"
        assert len({line["batch"] for line in lines}) > 1, (
            "it came in pieces while the run went on, not at its end"
        )
