"""`rootcase init`: write a configuration for the repository in this folder, from what is there."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from rootcase.core.commands.output import say, say_json
from rootcase.core.config.load import Loaded
from rootcase.core.config.schema import to_settings
from rootcase.core.config.yamltext import parse
from rootcase.core.model.errors import ConfigError, UsageError

TEMPLATE = """\
# Rootcase. Every key: docs/configuration.md. `rootcase doctor` shows each value with its origin.
sources: []
#  - kind: sentry
#    url: https://sentry.io          # or your own server
#    organization: your-organization
#    projects: [{name}]
#    service: {name}
#    token_env: SENTRY_AUTH_TOKEN    # scopes: org:read project:read event:read
repositories:
  - path: {path}
    services: [{name}]
    base_branch: {branch}
    test_command: [{tests}]
    forge: {forge}
{project}    tracker: {tracker}
budget: {{usd: 1.00, minutes: 20}}
policy: {{level: draft-only, approve: []}}
# models: {{fast: openai/gpt-4.1-mini, strong: anthropic/claude-sonnet-4-5}}
"""


@dataclass(frozen=True, slots=True)
class Found:
    """What the folder tells. project: `owner/name` at the forge, "" where there is none."""

    path: Path
    branch: str
    forge: str
    project: str
    tests: tuple[str, ...]
    codeowners: str


async def main(args: argparse.Namespace, loaded: Loaded) -> int:
    target = Path(args.config) if args.config else loaded.folders.config / "config.yaml"
    if target.exists():
        raise ConfigError(
            f"{target} is there already", "It is never overwritten.", "Edit it, or give --config FILE."
        )
    found = look(Path.cwd())
    if not args.yes and sys.stdin.isatty():
        sys.stdout.write(f"Write {target} for {found.path}? [Y/n] ")
        sys.stdout.flush()
        if sys.stdin.readline().strip().lower() not in ("", "y", "yes"):
            return 0
    text = text_for(found)
    to_settings(parse(text, str(target)), str(target))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    if args.json:
        say_json({"schema": "rootcase.init/1", "file": str(target), "found": found})
    else:
        say(f"Wrote {target}.")
        say(f"repository {found.path}, branch {found.branch}, forge {found.forge} {found.project}".rstrip())
        say(f"tests: {' '.join(found.tests)}; {found.codeowners or 'no CODEOWNERS'}")
        say("Next: add a source to it, then rootcase doctor.")
    return 0


def look(folder: Path) -> Found:
    """Detect repository, forge, test command and CODEOWNERS of a folder; UsageError outside a repository."""
    top = _git(folder, "rev-parse", "--show-toplevel")
    if not top:
        raise UsageError(f"{folder} is not in a git repository", "", "Run this inside your checkout.")
    root = Path(top)
    remote = _git(root, "remote", "get-url", "origin")
    match = re.search(r"github\.com[:/]([^/]+/[^/]+?)(?:\.git)?/?$", remote)
    match = match or re.search(r"gitlab\.com[:/]((?:[^/]+/)+[^/]+?)(?:\.git)?/?$", remote)
    forge = ("gitlab" if "gitlab.com" in match[0] else "github") if match else "none"
    head = _git(root, "symbolic-ref", "--short", "refs/remotes/origin/HEAD").removeprefix("origin/")
    branch = head or _git(root, "branch", "--show-current") or "main"
    owners = next(
        (p for p in (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS") if (root / p).is_file()), ""
    )
    return Found(root, branch, forge, match[1] if match else "", _tests(root), owners)


def _tests(root: Path) -> tuple[str, ...]:
    for python in (root / ".venv/bin/python", root / "venv/bin/python"):
        if python.exists():
            return (os.path.relpath(python, root), "-m", "pytest", "-q")
    return ("pytest", "-q")


def text_for(found: Found) -> str:
    """The configuration as YAML."""
    return TEMPLATE.format(
        name=found.path.name, path=found.path, branch=found.branch, tests=", ".join(found.tests), forge=found.forge,
        project=f"    forge_project: {found.project}\n" if found.project else "",
        tracker=found.forge,
    )  # fmt: skip


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=folder, capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise UsageError("git does not answer", str(fault), "Install git.") from None
    return done.stdout.strip() if done.returncode == 0 else ""
