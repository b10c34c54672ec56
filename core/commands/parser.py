"""The arguments of every command, and the one place where errors become exit codes."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from importlib import import_module
from importlib.metadata import version
from typing import cast, get_args

from rootcase.core.commands.output import complain, warn
from rootcase.core.config.load import Loaded, load
from rootcase.core.model.acts import OPPOSITE
from rootcase.core.model.errors import RootcaseError
from rootcase.core.model.steering_entries import RestartPhase

After = Callable[[], int]
Command = Callable[[argparse.Namespace, Loaded], Awaitable[int | After]]
UNTIL = ("gate", "map", "draft", "prove", "propose")
ACTS = (*OPPOSITE, "note", "pending")
EXPLAIN = ("cluster", "gate", "map", "prompt", "review", "policy", "proposal", "redact", "command", "text")


def run(arguments: list[str]) -> int:
    """Parse, load, run; a RootcaseError is shown with its next step and gives its exit code.

    A command that ends in the screen returns a function, which is called after the event loop has ended.
    """
    args = parsed(arguments)
    try:
        loaded = load(
            os.environ, config=args.config, store=args.store, replay=getattr(args, "replay", "") or "",
            may_be_missing=args.command == "init",
        )  # fmt: skip
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


def parsed(arguments: list[str]) -> argparse.Namespace:
    """The arguments; `explain STAGE --json INPUT` means the same as `explain STAGE INPUT --json`."""
    parser = _parser()
    args, rest = parser.parse_known_args(arguments)
    if rest and (args.command != "explain" or any(word.startswith("-") for word in rest)):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    if rest:
        # argparse gives an optional list of words nothing once an option stood before them.
        args.input = [*args.input, *rest]
    return args


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
    _add_sources(add)
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
    sync.add_argument("--due", action="store_true", help="only sources whose time has come")
    sync.add_argument(
        "--reconcile", action="store_true", help="compare everything held with the sources, not only news"
    )
    run_case = add("run", "take one case as far as evidence and policy allow")
    run_case.add_argument("case", nargs="?", default="", help="a case, or an address or id of a source")
    run_case.add_argument("--incident", default="", metavar="ID", help="the incident that --rca is about")
    run_case.add_argument(
        "--rca", default="", metavar="TEXT", help="a diagnosis: text, @FILE, or a paging service's payload"
    )
    run_case.add_argument("--until", choices=UNTIL, default="propose")
    run_case.add_argument(
        "--attended", action="store_true", help="a human is there: pause at a cap, do not stop"
    )
    run_case.add_argument(
        "--revert", default="", metavar="SHA", help="draft the revert of that commit and prove it, no more"
    )
    run_case.add_argument(
        "--from", dest="restart", choices=get_args(RestartPhase), default="", metavar="PHASE",
        help=f"begin at that phase again: {', '.join(get_args(RestartPhase))}",
    )  # fmt: skip
    run_case.add_argument("--steer", default="", metavar="TEXT", help="tell the run what to look at")
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


def _add_sources(add: Callable[[str, str], argparse.ArgumentParser]) -> None:
    watch = add("watch", "sync and look at sent pull requests, again and again")
    watch.add_argument("case", nargs="*", help="look at these cases once, and read no source (default: all)")
    watch.add_argument("--once", action="store_true", help="one round, then end")
    watch.add_argument(
        "--interval",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="between two rounds (default: refresh_s)",
    )
    act = add("act", "acknowledge, assign, snooze or resolve a case at its sources, or post its note there")
    act.add_argument("case", help="a case, or an address or id of a source")
    act.add_argument("act", choices=ACTS)
    act.add_argument("--assignee", default="", help="as the source names people (default: you)")
    act.add_argument("--release", default="", help="resolve: the release that holds the fix, or `next`")
    act.add_argument("--hours", type=float, default=24.0, help="snooze: for so long (default: 24)")
    act.add_argument("--asked", default="", help=argparse.SUPPRESS)
    pull = add("pull", "read the pull request of a case back: its checks and reviews")
    pull.add_argument("case")
    pull.add_argument("--address", action="store_true", help="hand the review's remarks to the next draft")
    take = add("take", "take over what somebody else has, and say so where they will see it")
    take.add_argument("case")
    take.add_argument("reason", nargs="*", help="why; said there too")
    take.add_argument("--pending", action="store_true", help=argparse.SUPPRESS)
    add("fetch", "the case of a page at any configured source").add_argument("case", metavar="URL|ID")


def _add_looking(add: Callable[[str, str], argparse.ArgumentParser]) -> None:
    add("cases", "list the cases")
    stats = add("stats", "what came of the cases: merged, wrong, overruled, how long, for how much")
    stats.add_argument(
        "--since", default="30d", metavar="PERIOD", help="30d, 12w, 6m, 1y or all (default: 30d)"
    )
    stats.add_argument("--repository", default="", metavar="NAME", help="only cases of that repository")
    stats.add_argument("--service", default="", metavar="NAME", help="only cases of that service")
    add("show", "one case as text").add_argument("case")
    report = add("report", "everything about one case, for a post-mortem")
    report.add_argument("case")
    report.add_argument("--format", choices=("json", "md", "html"), default="md")
    doctor = add("doctor", "check configuration, sources, repositories, sandbox and models")
    doctor.add_argument(
        "--tests", action="store_true", help="run each repository's tests once, as a baseline"
    )
    doctor.add_argument(
        "--models", action="store_true", help="ask each model one small question, which costs a little"
    )
    explain = add("explain", "one stage on one input, with its reasons")
    explain.add_argument("stage", choices=EXPLAIN)
    explain.add_argument("input", nargs="*", help="a case, a file, or the text itself")
    explain.add_argument("--repo", default="", metavar="PATH")
    explain.add_argument("--base", default="", metavar="SHA")
    explain.add_argument("--commit", default="", metavar="SHA", help="map: the release's commit")
    explain.add_argument(
        "--head", default="", metavar="REF", help="map: what HEAD is (default: HEAD of --repo)"
    )
    explain.add_argument("--patch", default="", metavar="FILE", help="review: a unified diff, - for stdin")
    explain.add_argument("--event", default="", metavar="EVENT.json", help="review: the crash it is to mend")
    explain.add_argument("--no-judge", action="store_true", help="review: ask no model")
    explain.add_argument(
        "--prove",
        action="store_true",
        help="review: run its tests: red, green, revert, suite, hunks, mutants",
    )
    explain.add_argument(
        "--context", default="", metavar="CTX.json", help="gate: what is known around it, as JSON"
    )
    policy = add(
        "policy", "how far Rootcase may go; stop and go turn the one switch, need and waive are of one case"
    )
    policy.add_argument("what", choices=("show", "stop", "go", "need", "waive"))
    policy.add_argument("case", nargs="?", default="", help="need, waive: the case")
    policy.add_argument("kinds", nargs="*", metavar="KIND", help="need, waive: kinds of confidence")
    policy.add_argument("--reason", default="", help="why, for the journal and for everybody who is stopped")
    trust = add("trust", "read a repository's own templates, and trust them as they are now")
    trust.add_argument("repository", help="its name in the configuration")
    trust.add_argument("--yes", action="store_true", help="trust exactly the text that is shown")
    audit = add("audit", "verify the chain of the journals")
    audit.add_argument("what", choices=("verify",))
    audit.add_argument("case", nargs="?", default="")
