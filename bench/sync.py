"""A first sync of 5,000 issues from a server on loopback, and a second one with nothing new: time, memory, requests.

    python -m bench.sync [ISSUES] [ERROR CLASSES]

Each sync is a process of its own; the server is one too and is not counted.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    issues = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    classes = int(sys.argv[2]) if len(sys.argv) > 2 else issues
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.support.sentry_server", str(issues), str(classes)], cwd=ROOT,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert server.stdout is not None and server.stdin is not None
    port = server.stdout.readline().strip()
    with tempfile.TemporaryDirectory() as home:
        environment = configured(Path(home), port)
        try:
            again = "" if sync(environment, port, "first") else "goes on"
            while again:
                again = "" if sync(environment, port, again) else "goes on"
            sync(environment, port, "nothing new")
        finally:
            server.stdin.close()
            server.wait()


def configured(home: Path, port: str) -> dict[str, str]:
    """A home of its own with one source."""
    (home / "config.yaml").write_text(
        f"sources:\n  - kind: sentry\n    url: http://127.0.0.1:{port}\n    organization: acme\n"
        "    token_env: SENTRY_AUTH_TOKEN\n    projects: [shop]\n"
    )
    return {
        "PATH": os.environ["PATH"], "HOME": str(home), "ROOTCASE_HOME": str(home / "rootcase"),
        "ROOTCASE_CONFIG": str(home / "config.yaml"), "SENTRY_AUTH_TOKEN": "sntryu_0123456789abcdef0123",
    }  # fmt: skip


def sync(environment: dict[str, str], port: str, name: str) -> bool:
    """One sync; prints what it took, and says whether the listing came to its end."""
    before = counts(port)
    started = time.monotonic()
    done = subprocess.Popen(
        [sys.executable, "-m", "rootcase.core.cli", "sync", "--json"], env=environment, stdout=subprocess.PIPE
    )
    assert done.stdout is not None
    outcome = json.loads(done.stdout.read())
    _, _, usage = os.wait4(done.pid, 0)
    seconds = time.monotonic() - started
    asked = {kind: n - before.get(kind, 0) for kind, n in counts(port).items() if n - before.get(kind, 0)}
    (source,) = outcome["sources"]
    print(
        f"{name}: {source['signals']} signals, {len(outcome['opened'])} cases opened, {outcome['mapped']} mapped, "
        f"{seconds:.1f} s, peak {usage.ru_maxrss / 1024:.0f} MB, requests {asked}"
    )
    if source["fault"]:
        raise SystemExit(f"{source['fault']}: {source['hint']}")
    return not source["partial"]


def counts(port: str) -> dict[str, int]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/_counts") as answer:
        found: dict[str, int] = json.load(answer)
    return found


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
