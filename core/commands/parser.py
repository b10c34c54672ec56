"""The arguments of every command, and the one place where errors become exit codes."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from importlib import import_module
from importlib.metadata import version
from typing import cast

from rootcase.core.commands.output import complain, warn
from rootcase.core.config.load import Loaded, load
from rootcase.core.model.errors import RootcaseError

After = Callable[[], int]
Command = Callable[[argparse.Namespace, Loaded], Awaitable[int | After]]
UNTIL = ("gate", "map", "draft", "prove", "propose")
EXPLAIN = ("cluster", "gate", "map", "review", "policy", "proposal", "redact", "command", "text")


def run(arguments: list[str]) -> int:
    """Parse, load, run; a RootcaseError is shown with its next step and gives its exit code.

    A command that ends in the screen returns a function, which is called after the event loop has ended.
    """
    args = _parser().parse_args(arguments)
    try:
        loaded = load(
            os.environ, config=args.config, store=args.store, replay=getattr(args, "replay", "") or ""
        )
        for warning in loaded.warnings:
            warn(f"rootcase: {warning}")
        command = cast(Command, import_module(f"rootcase.core.commands.{args.command}").main)
        done = asyncio.run(_awaited(command, args, loaded))
        return done if isinstance(done, int) else done()
    except RootcaseError as fault:
        complain(fault)
        return fault.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 1


async def _awaited(command: Command, args: argparse.Namespace, loaded: Loaded) -> int | After:
    return await command(args, loaded)


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--config", default="", metavar="FILE", help="configuration file (ROOTCASE_CONFIG)")
    common.add_argument("--store", default="", metavar="FILE", help="the store's file (ROOTCASE_STORE)")
    common.add_argument("--json", action="store_true", help="print JSON")
    parser = argparse.ArgumentParser(
        prog="rootcase",
        description="From a production error to a reviewed pull request. Without a command: the screen.",
        epilog="rootcase [CASE] opens the screen, at that case. rootcase demo needs no key and no network.",
    )
    parser.add_argument("--version", action="version", version=f"rootcase {version('rootcase')}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text, parents=[common])

    _add_everyday(add)
    _add_looking(add)
    return parser


def _add_everyday(add: Callable[[str, str], argparse.ArgumentParser]) -> None:
    demo = add("demo", "two sample incidents for real, without a key or a network")
    demo.add_argument("--headless", default="", metavar="INCIDENT", help="run one incident unattended")
    demo.add_argument(
        "--folder", default="", help="keep everything in this folder (default: a temporary one)"
    )
    init = add("init", "write a configuration for the repository in this folder")
    init.add_argument("--yes", action="store_true", help="ask nothing")
    sync = add("sync", "read all sources once")
    sync.add_argument("--source", default="", help="only the source of that name")
    run_case = add("run", "take one case as far as evidence and policy allow")
    run_case.add_argument("case")
    run_case.add_argument("--until", choices=UNTIL, default="propose")
    run_case.add_argument(
        "--attended", action="store_true", help="a human is there: pause at a cap, do not stop"
    )
    run_case.add_argument(
        "--replay", default="", metavar="FILE", help="a recorded session instead of a model"
    )
    merge = add("merge", "two cases are one: the first goes into the second")
    merge.add_argument("case")
    merge.add_argument("into")
    merge.add_argument("--reason", default="", help="why they are one, for the journal")
    unmerge = add("unmerge", "take a signal, or a case that was merged in, out again; they stay apart")
    unmerge.add_argument("case")
    unmerge.add_argument("signal", help="SOURCE:ID, its short id, or the case it came from")
    unmerge.add_argument("--reason", default="", help="why they are two, for the journal")
    capture = add("capture", "run a Python command; its crash becomes a case")
    capture.add_argument("--service", default="")
    capture.add_argument("--release", default="")
    capture.add_argument("--environment", default="local")
    capture.add_argument("argv", nargs=argparse.REMAINDER, metavar="-- CMD")


def _add_looking(add: Callable[[str, str], argparse.ArgumentParser]) -> None:
    add("cases", "list the cases")
    add("stats", "which rules of the gate humans overrule")
    add("show", "one case as text").add_argument("case")
    report = add("report", "everything about one case")
    report.add_argument("case")
    report.add_argument("--format", choices=("json", "md"), default="md")
    doctor = add("doctor", "check configuration, sources, repositories, sandbox and models")
    doctor.add_argument(
        "--tests", action="store_true", help="run each repository's tests once, as a baseline"
    )
    explain = add("explain", "one stage on one input, with its reasons")
    explain.add_argument("stage", choices=EXPLAIN)
    explain.add_argument("input", nargs="*", help="a case, a file, or the text itself")
    explain.add_argument("--repo", default="", metavar="PATH")
    explain.add_argument("--base", default="", metavar="SHA")
    explain.add_argument("--patch", default="", metavar="FILE")
    explain.add_argument(
        "--context", default="", metavar="CTX.json", help="gate: what is known around it, as JSON"
    )
    audit = add("audit", "verify the chain of the journals")
    audit.add_argument("what", choices=("verify",))
    audit.add_argument("case", nargs="?", default="")
