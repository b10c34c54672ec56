"""Runs inside the captured program as its `sitecustomize`: sends its errors into a file instead of to Sentry.

A copy of this file is put first on the program's path. It stands alone, since that Python may be another
version with other packages: only the standard library and sentry-sdk, and syntax that 3.7 understands.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
import types
from collections.abc import Iterator
from typing import Any

HERE = os.path.dirname(os.path.abspath(__file__))


def chain() -> None:
    """Load the sitecustomize that this one hides (Debian and some virtual environments have one)."""
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or os.curdir) != HERE]
    own = sys.modules.pop("sitecustomize", None)
    try:
        importlib.import_module("sitecustomize")
    except ImportError as error:
        if error.name != "sitecustomize":
            raise
        if own is not None:
            sys.modules["sitecustomize"] = own


def append(path: str, record: dict[str, Any]) -> None:
    """One line at the end of the file; several processes may write at once, so each line is one locked write."""
    line = (json.dumps(record, default=str, sort_keys=True) + "\n").encode("utf-8", "backslashreplace")
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        try:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX)
        except (ImportError, OSError):
            pass  # a file system without locks: O_APPEND alone keeps short lines whole
        while line:
            line = line[os.write(handle, line) :]
    finally:
        os.close(handle)


@contextlib.contextmanager
def borrowed(vendor: str) -> Iterator[None]:
    """Our sentry-sdk is importable behind the program's own packages; afterwards nothing of ours is.

    sentry-sdk imports two packages for an HTTP transport that is never made here. Empty stand-ins do,
    and are gone before the program looks for the real ones.
    """
    absent = [name for name in ("urllib3", "certifi") if name not in sys.modules]
    sys.path.append(vendor)
    sys.modules.update((name, types.ModuleType(name)) for name in absent)
    try:
        yield
    finally:
        sys.path.remove(vendor)
        for name in absent:
            sys.modules.pop(name, None)


def install(settings: dict[str, str]) -> None:
    """Start sentry-sdk so that every client of this process, the program's own too, writes to our file."""
    import sentry_sdk
    from sentry_sdk import client
    from sentry_sdk.transport import Transport

    class FileTransport(Transport):
        """Writes error events; sessions, traces and metrics are none of our business."""

        def capture_event(self, event: Any) -> None:
            append(settings["events"], event)

        def capture_envelope(self, envelope: Any) -> None:
            for item in envelope.items:
                event = item.get_event()
                if event is not None:
                    append(settings["events"], event)

    def make_transport(options: dict[str, Any]) -> FileTransport:
        return FileTransport(options)

    # The program may call sentry_sdk.init itself, with its own address. Nothing of this run may go there.
    client.make_transport = make_transport  # type: ignore[attr-defined]
    sentry_sdk.init(
        dsn="http://capture@127.0.0.1:9/1",
        release=settings["release"] or None,
        environment=settings["environment"],
        server_name="capture",
        project_root=settings["cwd"],
        include_local_variables=True,
        include_source_context=True,
        auto_enabling_integrations=False,
        traces_sample_rate=None,
        max_breadcrumbs=50,
        ignore_errors=[KeyboardInterrupt],
    )
    for name in ("service", "worktree"):
        if settings[name]:
            sentry_sdk.set_tag(name, settings[name])


def main() -> None:
    with open(os.path.join(HERE, "settings.json"), encoding="utf-8") as file:
        settings: dict[str, str] = json.load(file)
    fault = ""
    try:
        with borrowed(settings["vendor"]):
            install(settings)
    except (ImportError, SyntaxError, AttributeError, TypeError, ValueError, OSError) as error:
        # The program runs all the same: watching it must never be what breaks it.
        fault = f"{type(error).__name__}: {error}"
    report = {"python": sys.executable, "version": list(sys.version_info[:3]), "fault": fault}
    append(settings["started"], report)


if __name__ == "sitecustomize":
    chain()
    main()
