"""Runs the local forge until its parent goes away: `python -m rootcase.core.deliver.localforge --help`."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from rootcase.core.deliver.localforge.server import ForgeServer


def main(arguments: list[str] | None = None) -> int:
    """Prints one JSON line with the address when ready; ends when stdin closes or on SIGTERM."""
    parser = argparse.ArgumentParser(prog="localforge", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where pull requests and issues are kept")
    parser.add_argument("--git", type=Path, required=True, help="the bare repository that is pushed to")
    parser.add_argument("--repository", required=True, metavar="OWNER/NAME")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--login", default="dana", help="who the token belongs to")
    parser.add_argument("--fault", action="append", default=[], help="lose-answer:END, no-drafts, limit:N")
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
    threading.Thread(target=_until_parent_is_gone, args=(server,), daemon=True).start()
    sys.stdout.write(json.dumps({"url": server.url, "repository": given.repository}) + "\n")
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.05)
    server.server_close()
    return 0


def _until_parent_is_gone(server: ForgeServer) -> None:
    while sys.stdin.buffer.read(4096):
        pass
    server.shutdown()


if __name__ == "__main__":
    raise SystemExit(main())
