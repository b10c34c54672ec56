"""`rootcase capture -- CMD`: runs a Python command and catches what it raises, with no service and no account.

A folder with a `sitecustomize` goes first on PYTHONPATH, so any Python that the command starts, whatever
environment it lives in, sends its errors into a file of Sentry-shaped events.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from rootcase.core.model.errors import UsageError
from rootcase.core.model.events import Event
from rootcase.core.signals.capture_release import release_of
from rootcase.core.signals.eventfiles import read
from rootcase.core.signals.sentry_events import event

_FORWARDED = ("SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")


@dataclass(frozen=True, slots=True)
class Captured:
    """exit_code: the command's own, 128 + n when signal n ended it. events_file: absent when nothing was caught.

    hooked: whether any Python of the command was being watched. note: why nothing may have been caught, or "".
    problems: lines of the file that could not be read.
    """

    exit_code: int
    events_file: Path
    events: tuple[Event, ...] = ()
    hooked: bool = True
    note: str = ""
    problems: tuple[str, ...] = ()


class _Started(msgspec.Struct):
    python: str
    version: list[int]
    fault: str = ""


async def capture(
    command: Sequence[str],
    *,
    cwd: Path,
    service: str = "",
    release: str = "",
    environment: str = "local",
    variables: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Captured:
    """Run the command to its end, its input and output untouched, and hand back the events it raised.

    release: the commit of `cwd` where not given. variables: the command's environment, ours for None.
    folder: where the events file goes, one file a run; a new temporary folder for None. UsageError where
    the command cannot be started.
    """
    if not command:
        raise UsageError("No command to capture", "", "rootcase capture -- python app.py")
    found_release, worktree = await release_of(cwd)
    target = folder or Path(tempfile.mkdtemp(prefix="rootcase-capture-"))
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    events_file = target / _file_name()
    with tempfile.TemporaryDirectory(prefix="rootcase-hook-") as scratch:
        hook = Path(scratch)
        settings = {
            "events": _absolute(events_file),
            "started": str(hook / "started.jsonl"),
            "vendor": str(_vendor(hook)),
            "cwd": _absolute(cwd),
            "service": service,
            "release": release or found_release,
            "environment": environment,
            "worktree": "" if release else worktree,
        }
        own = _site(hook, settings)
        code = await _run(command, cwd, _environment(os.environ if variables is None else variables, own))
        started = _started(hook / "started.jsonl")
    events, problems = _events(events_file)
    return Captured(code, events_file, events, bool(started), _note(code, events, started), problems)


def _file_name() -> str:
    """A name of its own for each run, in the order of the runs."""
    return f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{os.getpid()}-{time.time_ns() % 1_000_000:06d}.jsonl"


def _absolute(path: Path) -> str:
    return str(path.resolve())


def _vendor(hook: Path) -> Path:
    """A folder that holds a link to sentry-sdk, so that nothing else of our environment can be imported."""
    spec = importlib.util.find_spec("sentry_sdk")
    if spec is None or spec.origin is None:
        raise UsageError(
            "Cannot capture: sentry-sdk is not installed beside Rootcase", "", "Reinstall Rootcase."
        )
    vendor = hook / "vendor"
    vendor.mkdir()
    (vendor / "sentry_sdk").symlink_to(Path(spec.origin).parent, target_is_directory=True)
    return vendor


def _site(hook: Path, settings: Mapping[str, str]) -> Path:
    """The folder that goes on PYTHONPATH: the hook and its settings."""
    own = hook / "site"
    own.mkdir()
    (own / "settings.json").write_bytes(msgspec.json.encode(settings))
    shutil.copyfile(Path(__file__).with_name("capture_hook.py"), own / "sitecustomize.py")
    return own


def _environment(base: Mapping[str, str], own: Path) -> dict[str, str]:
    path = [str(own), *filter(None, [base.get("PYTHONPATH", "")])]
    return {**base, "PYTHONPATH": os.pathsep.join(path)}


async def _run(command: Sequence[str], cwd: Path, environment: dict[str, str]) -> int:
    with _forwarding() as running:
        try:
            process = await asyncio.create_subprocess_exec(*command, cwd=cwd, env=environment)
        except FileNotFoundError as error:
            missing = error.filename or command[0]
            raise UsageError(
                f"Cannot run {command[0]}", f"{missing} is not there.", "Check the command after --."
            ) from None
        except OSError as error:
            raise UsageError(
                f"Cannot run {command[0]}", str(error.strerror), "Check the command after --."
            ) from None
        running.append(process)
        code = await process.wait()
    return 128 - code if code < 0 else code


@contextmanager
def _forwarding() -> Iterator[list[asyncio.subprocess.Process]]:
    """Pass signals on to the processes of the list.

    The command shares our terminal, whose ^C reaches both: there ours is only swallowed.
    """
    loop = asyncio.get_running_loop()
    running: list[asyncio.subprocess.Process] = []

    def forward(number: int) -> None:
        for process in running:
            if process.returncode is None:
                process.send_signal(number)

    def interrupt() -> None:
        if not sys.stdin.isatty():
            forward(signal.SIGINT)

    numbers = [getattr(signal, name) for name in _FORWARDED if hasattr(signal, name)]
    try:
        for number in numbers:
            loop.add_signal_handler(number, forward, number)
        loop.add_signal_handler(signal.SIGINT, interrupt)
        yield running
    finally:
        for number in [*numbers, signal.SIGINT]:
            loop.remove_signal_handler(number)


def _started(path: Path) -> tuple[_Started, ...]:
    if not path.exists():
        return ()
    lines = path.read_bytes().splitlines()
    return tuple(msgspec.json.decode(line, type=_Started) for line in lines)


def _events(path: Path) -> tuple[tuple[Event, ...], tuple[str, ...]]:
    if not path.exists():
        return (), ()
    found = list(read(path))
    problems = tuple(f"{each.where} {each.why}" for each in found if each.kind == "broken")
    return tuple(event(each.value) for each in found if each.kind == "event"), problems


def _note(code: int, events: Sequence[Event], started: Sequence[_Started]) -> str:
    """Why nothing was caught although something went wrong, in words; "" when all is well."""
    if events:
        return ""
    if not started:
        return (
            "No Python of this command could be watched: it is no Python program, or it ignores PYTHONPATH "
            "(python -I, -E or -S, or a container)."
        )
    faulty = [each for each in started if each.fault]
    if len(faulty) == len(started):
        version = ".".join(map(str, faulty[0].version))
        return f"sentry-sdk does not load in {faulty[0].python} (Python {version}): {faulty[0].fault}"
    if code > 128:
        name = (
            signal.Signals(code - 128).name if code - 128 in set(signal.Signals) else f"signal {code - 128}"
        )
        return f"The command was ended by {name}, which leaves no trace of where it was."
    if code:
        return (
            f"The command ended with {code} and raised nothing that was left unhandled or logged; a traceback it "
            "printed by itself cannot be caught."
        )
    return ""
