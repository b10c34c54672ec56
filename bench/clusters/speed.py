"""Time and memory of `rootcase explain cluster` on a large file."""

from __future__ import annotations

import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.clusters.generate import labelled

BAR_PER_SECOND = 8_000
BAR_BYTES = 400_000_000


def measure(events: int) -> int:
    """Events of the bench again and again with other ids and numbers; ends with 1 where a bar is missed."""
    pool = [item.line for item in labelled(7)]
    dice = random.Random(5)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "signals.jsonl"
        size = 0
        with file.open("w", encoding="utf-8") as out:
            for number in range(events):
                line = pool[number % len(pool)]
                if number >= len(pool):
                    line = re.sub(r"\b\d{4,5}\b", lambda _: str(dice.randrange(1000, 99999)), line, count=3)
                size += out.write(line + "\n")
        command = [sys.executable, "-m", "rootcase.core.cli", "explain", "cluster", str(file), "--json"]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.perf_counter()
        with Path(folder, "out").open("wb") as out_file:
            subprocess.run(command, stdout=out_file, check=True)
        wall = time.perf_counter() - start
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
    # A core's own time: other processes of the machine do not count.
    seconds = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    peak = used.ru_maxrss * 1024
    print(
        f"{events} events, {size / 1e6:.0f} MB: {events / seconds:.0f} a second of one core "
        f"({seconds:.1f} s of CPU, {wall:.1f} s on the clock), {peak / 1e6:.0f} MB resident"
    )
    return 0 if events / seconds >= BAR_PER_SECOND and peak <= BAR_BYTES else 1
