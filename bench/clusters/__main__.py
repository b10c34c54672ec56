"""Clusters of labelled events by Rootcase and by simpler rules; prints one table for the README.

Run: make bench-cluster   (needs about 50 MB in the temporary folder)
"""

# ruff: noqa: E501 - traces and tables read better in one line

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.clusters.baselines import all_frames, template_miner, type_and_message
from bench.clusters.byhand import lines as byhand
from bench.clusters.generate import Labelled, held_out, labelled
from bench.clusters.incremental import one_at_a_time
from bench.clusters.score import Score, score, worst

SEEDS = (1, 2, 3)
Rule = Callable[[Sequence[str]], list[str]]


def rootcase(lines: Sequence[str]) -> list[str]:
    """What `rootcase explain cluster FILE --json` says, run as a user runs it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "signals.jsonl"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        command = [sys.executable, "-m", "rootcase.core.cli", "explain", "cluster", str(file), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [json.loads(row)["cluster"] for row in done.stdout.splitlines()]


RULES: dict[str, Rule] = {
    "Rootcase": rootcase,
    "Rootcase, one at a time": one_at_a_time, "type and message": type_and_message, "hash of all frames": all_frames, "template miner (drain3)": template_miner,
}  # fmt: skip


def row(name: str, found: Score) -> str:
    return (
        f"| {name} | {found.precision:.3f} | {found.recall:.3f} | {found.f1:.3f} | {found.merged} | {found.hidden} "
        f"| {found.extra} | {found.cost} |"
    )


def halves(items: Sequence[Labelled], rule: Rule) -> dict[str, tuple[list[str], list[str]]]:
    """Bugs and clusters of each half; all events are clustered together, as they would be."""
    clusters = rule([item.line for item in items])
    out: dict[str, tuple[list[str], list[str]]] = {"tuned": ([], []), "held out": ([], [])}
    for item, cluster in zip(items, clusters, strict=True):
        bugs, found = out["held out" if held_out(item.bug) else "tuned"]
        bugs.append(item.bug)
        found.append(cluster)
    return out


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seed", type=int, action="append")
    arguments.add_argument("--wrong", choices=("tuned", "held out"), help="show what is wrong in a half")
    arguments.add_argument("--only", action="store_true", help="Rootcase alone")
    arguments.add_argument(
        "--speed", type=int, metavar="EVENTS", help="time a file of so many events instead"
    )
    chosen = arguments.parse_args()
    if chosen.speed:
        from bench.clusters.speed import measure

        return measure(chosen.speed)
    rules = {"Rootcase": rootcase} if chosen.only else RULES
    for seed in chosen.seed or SEEDS:
        items = labelled(seed)
        print(f"\nseed {seed}: {len(items)} events of {len({item.bug for item in items})} bugs\n")
        print(
            "| rule | half | precision | recall | F1 | merged | hidden | extra | cost |\n|---|---|---|---|---|---|---|---|---|"
        )
        for name, rule in rules.items():
            for half, (bugs, clusters) in halves(items, rule).items():
                print(row(f"{name} | {half}", score(bugs, clusters)))
                if name == "Rootcase" and chosen.wrong == half:
                    print("\n".join(worst(bugs, clusters)))
        shuffled(items)
    bugs, lines = zip(*byhand(), strict=True)
    print(f"\nwritten by hand: {len(lines)} events of {len(set(bugs))} bugs\n")
    for name, rule in rules.items():
        print(row(f"{name} | all", score(bugs, rule(lines))))
    return 0


def shuffled(items: list[Labelled]) -> None:
    """How far another order of arrival moves F1."""
    start = time.perf_counter()
    scores = []
    for order in range(3):
        mixed = list(items)
        random.Random(order).shuffle(mixed)
        scores.append(score([item.bug for item in mixed], rootcase([item.line for item in mixed])).f1)
    print(
        f"\nother orders move F1 by {max(scores) - min(scores):.4f} ({time.perf_counter() - start:.0f} s for three)"
    )


if __name__ == "__main__":
    raise SystemExit(main())
