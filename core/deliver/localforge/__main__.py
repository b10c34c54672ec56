"""Runs the local forge until its parent goes away, or until nobody asks it anything any more."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from types import FrameType

from rootcase.core.deliver.localforge.server import ForgeServer


def main(arguments: list[str] | None = None) -> int:
    """Prints one JSON line with the address when ready; ends on SIGTERM and when stdin closes or when idle."""
    parser = argparse.ArgumentParser(prog="localforge", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where pull requests and issues are kept")
    parser.add_argument("--git", type=Path, required=True, help="the bare repository that is pushed to")
    parser.add_argument("--repository", required=True, metavar="OWNER/NAME")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--login", default="dana", help="who the token belongs to")
    parser.add_argument("--fault", action="append", default=[], help="as ForgeServer lists them")
    parser.add_argument(
        "--idle-exit", type=float, default=0.0, metavar="S", help="outlive the parent, end when idle"
    )
    given = parser.parse_args(arguments)
    server = ForgeServer(
        given.folder, given.git.resolve(), given.repository,
        port=given.port, login=given.login, faults=tuple(given.fault),
    )  # fmt: skip

    def stop(number: int, frame: FrameType | None) -> None:
        # shutdown() waits for the loop, which this very thread runs.
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    watch = (
        (_until_idle, (server, given.idle_exit)) if given.idle_exit else (_until_parent_is_gone, (server,))
    )
    threading.Thread(target=watch[0], args=watch[1], daemon=True).start()
    sys.stdout.write(json.dumps({"url": server.url, "repository": given.repository}) + "\n")
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.05)
    server.server_close()
    return 0


def _until_parent_is_gone(server: ForgeServer) -> None:
    # Not sys.stdin: its lock, held by this thread for ever, would abort the interpreter's exit.
    while os.read(0, 4096):
        pass
    server.shutdown()


def _until_idle(server: ForgeServer, idle_s: float) -> None:
    while time.monotonic() - server.asked_at < idle_s:
        time.sleep(1.0)
    server.shutdown()


if __name__ == "__main__":
    raise SystemExit(main())
