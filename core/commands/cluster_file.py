"""`rootcase explain cluster FILE.jsonl`: a file of signals clustered as a whole, in one pass and little memory."""

from __future__ import annotations

import json
import sys
import tempfile
from array import array
from collections import Counter
from pathlib import Path
from typing import IO

from rootcase.core.cluster.batch import Batch, Label
from rootcase.core.cluster.fingerprint import DefaultFingerprinter
from rootcase.core.commands.output import say
from rootcase.core.config.settings import Settings
from rootcase.core.model.errors import UsageError
from rootcase.core.signals.lean import LeanReader

MAX_LINE = 20_000_000
CHUNK = 5_000


def holds_signals(path: Path) -> bool:
    """Whether a file has a signal a line: by its name, else by its first line."""
    if path.suffix in (".jsonl", ".ndjson"):
        return True
    with path.open("rb") as file:
        line = file.readline(MAX_LINE)
    if not line.startswith(b"{") or not line.endswith(b"\n"):
        return False
    try:
        first: object = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(first, dict) and "event" in first and "source" in first


def explain_file(path: Path, settings: Settings, *, as_json: bool) -> None:
    """Prints a line for each signal in its order (JSON), or each cluster once (text)."""
    batch = Batch(DefaultFingerprinter(settings))
    reader = LeanReader()
    nodes = array("I")
    # Names wait on disk: a million of them would be the largest thing in memory.
    with tempfile.TemporaryFile() as names:
        try:
            with path.open("rb") as file:
                _read(file, names, reader, batch, nodes)
        except OSError as error:
            raise UsageError(f"{path} cannot be read", str(error.strerror), "Check the path.") from None
        labels = batch.labels()
        names.seek(0)
        if as_json:
            _print_lines(names, nodes, labels)
        else:
            _print_clusters(nodes, labels)


def _read(file: IO[bytes], names: IO[bytes], reader: LeanReader, batch: Batch, nodes: array[int]) -> None:
    number = 0
    waiting: list[str] = []
    while line := file.readline(MAX_LINE):
        number += 1
        if len(line) == MAX_LINE and not line.endswith(b"\n"):
            while (rest := file.readline(MAX_LINE)) and not rest.endswith(b"\n"):
                pass
        if line.isspace():
            continue
        identifier, event, service = reader.read(line, number)
        nodes.append(batch.add(event, service))
        waiting.append(json.dumps(identifier))
        if len(waiting) >= CHUNK:
            names.write(("\n".join(waiting) + "\n").encode("ascii"))
            waiting.clear()
    if waiting:
        names.write(("\n".join(waiting) + "\n").encode("ascii"))


def _print_lines(names: IO[bytes], nodes: array[int], labels: list[Label]) -> None:
    tails = [
        f', "cluster": {json.dumps(label.cluster)}, "reasons": {json.dumps([*label.joins, *label.apart])}}}'
        for label in labels
    ]
    waiting: list[str] = []
    for node in nodes:
        waiting.append(f'{{"id": {names.readline().decode("ascii").rstrip()}{tails[node]}')
        if len(waiting) >= CHUNK:
            sys.stdout.write("\n".join(waiting) + "\n")
            waiting.clear()
    if waiting:
        sys.stdout.write("\n".join(waiting) + "\n")


def _print_clusters(nodes: array[int], labels: list[Label]) -> None:
    counts: Counter[str] = Counter()
    first: dict[str, Label] = {}
    for node, times in Counter(nodes).items():
        counts[labels[node].cluster] += times
        first.setdefault(labels[node].cluster, labels[node])
    for key, times in counts.most_common():
        label = first[key]
        say(f"{key}  {times} {'signal' if times == 1 else 'signals'}  {label.title}")
        for reason in label.joins:
            say(f"  = {reason}")
        for reason in label.apart:
            say(f"  ≠ {reason}")
    if not counts:
        say("Nothing to explain: no event in it.")
