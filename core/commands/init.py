"""`rootcase init`: write a configuration for the repository in this folder, by looking and by asking."""

from __future__ import annotations

import argparse
import os
import sys
import textwrap
from pathlib import Path

from rootcase.core.commands.init_ask import Answers, interview
from rootcase.core.commands.init_look import Found, look
from rootcase.core.commands.init_text import text_for
from rootcase.core.commands.output import say, say_json
from rootcase.core.config.load import Loaded
from rootcase.core.config.schema import to_settings
from rootcase.core.config.yamltext import parse
from rootcase.core.model.errors import ConfigError
from rootcase.core.safety.text import clean


async def main(args: argparse.Namespace, loaded: Loaded) -> int:
    target = _target(args.config, loaded)
    found = look(Path.cwd())
    answers = Answers(tracker=found.forge)
    if not args.yes and sys.stdin.isatty() and sys.stdout.isatty():
        _tell(found)
        answers = interview(_ask, _explain, service=found.services[0], tracker=found.forge)
        if not _agreed(target):
            say("Nothing was written.")
            return 0
    text = text_for(found, answers)
    to_settings(parse(text, str(target)), str(target))
    _write(target, text)
    if args.json:
        say_json({"schema": "rootcase.init/1", "file": str(target), "found": found})
    else:
        say(f"Wrote {target}.")
        _tell(found)
        say(
            "Next: rootcase doctor." if answers.sources else "Next: add a source to it, then rootcase doctor."
        )
    return 0


def _target(config: str, loaded: Loaded) -> Path:
    """Where the configuration will be; ConfigError where there is one."""
    named = config or os.environ.get("ROOTCASE_CONFIG", "")
    target = Path(named).expanduser() if named else loaded.folders.config / "config.yaml"
    if target.exists():
        raise ConfigError(
            f"{target} is there already", "It is never overwritten.", "Edit it, or give --config FILE."
        )
    return target


def _write(target: Path, text: str) -> None:
    """A new file that only its owner can read: it names accounts and services, if no secrets."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as fault:
        raise ConfigError(
            f"{target} cannot be written", str(fault.strerror), "Give another place: --config FILE."
        ) from None


def _tell(found: Found) -> None:
    say(f"repository {found.path}, branch {found.branch}, services {', '.join(found.services)}")
    where = f" at {found.forge_url}" if found.forge_url else ""
    say(f"forge {found.forge} {found.project}{where}".rstrip())
    say(f"tests: {' '.join(found.tests) or 'nothing says how'}; {found.codeowners or 'no CODEOWNERS'}")


def _explain(text: str) -> None:
    """A sentence above a question, within the width of the smallest screen."""
    for row in textwrap.wrap(text, 76):
        say(f"  {row}")


def _ask(question: str) -> str:
    sys.stdout.write(clean(question))
    sys.stdout.flush()
    line = sys.stdin.readline()
    if not line:
        raise KeyboardInterrupt  # end of input in the middle of the questions: nothing is written
    return line.rstrip("\n")


def _agreed(target: Path) -> bool:
    return _ask(f"Write {target}? [Y/n] ").strip().lower() in ("", "y", "yes")
