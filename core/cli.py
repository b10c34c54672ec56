"""The command line: parses, loads the configuration, and hands over to one command or to the screen."""

from __future__ import annotations

import gc
import sys

COMMANDS = (
    "demo", "init", "doctor", "sync", "cases", "show", "merge", "unmerge", "run", "report", "stats", "explain", "audit",
    "capture", "act", "fetch", "watch", "policy", "trust", "pull", "take",
)  # fmt: skip

WITH_VALUE = ("--config", "--store")


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the exit code that DESIGN's table gives."""
    arguments = command_first(sys.argv[1:] if argv is None else argv)
    if not arguments or (arguments[0] not in COMMANDS and not arguments[0].startswith("-")):
        return _screen(arguments)
    if arguments[0].startswith("-") and not {"-h", "--help", "--version"} & set(arguments):
        return _screen(arguments)
    return _command(arguments)


def command_first(arguments: list[str]) -> list[str]:
    """`--json explain …` means the same as `explain --json …`; what names no command stays as it is."""
    at = 0
    while at < len(arguments) and arguments[at].startswith("-") and arguments[at] != "--":
        at += 2 if arguments[at] in WITH_VALUE else 1
    if not 0 < at < len(arguments) or arguments[at] not in COMMANDS:
        return arguments
    return [arguments[at], *arguments[:at], *arguments[at + 1 :]]


def _screen(arguments: list[str]) -> int:
    """The full-screen cockpit; its first line is on the terminal before anything heavy is imported."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        sys.stderr.write(
            "rootcase: the screen needs a terminal\n  next  rootcase cases, or rootcase run CASE\n"
        )
        return 2
    from rootcase.tui.first_line import show_first_line

    show_first_line()
    # What the imports make stays for good; looking through it for garbage takes 10 ms of the first paint.
    # The screen turns it on again once it has settled.
    gc.disable()
    from rootcase.core.commands import screen

    return screen.start(arguments)


def _command(arguments: list[str]) -> int:
    from rootcase.core.commands import parser

    return parser.run(arguments)


if __name__ == "__main__":
    sys.exit(main())
