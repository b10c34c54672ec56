"""What a checkout tells about itself: forge, base branch, services, tests, their environment, owners."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rootcase.core.commands.init_checks import check_commands
from rootcase.core.commands.init_tests import environment_of, test_command
from rootcase.core.model.errors import UsageError
from rootcase.core.safety.text import clean_line

# Where forges look for it (GitHub's and GitLab's documentation on code owners), in their order.
CODEOWNERS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
MOST_READ = 200_000
_SCP = re.compile(r"(?:[^@/]+@)?(?P<host>[^:/]+):(?!//)(?P<path>.+)")
_URL = re.compile(r"(?:https?|ssh|git)://(?:[^@/]*@)?(?P<host>[^:/]+)(?::\d+)?/(?P<path>.+)")
_NAMES = (
    ("setup.cfg", re.compile(r"^name\s*=\s*(\S+)", re.M)),
    ("package.json", re.compile(r'"name"\s*:\s*"([^"]+)"')),
    ("go.mod", re.compile(r"^module\s+(\S+)", re.M)),
    ("pom.xml", re.compile(r"<artifactId>([^<]+)</artifactId>")),
    ("settings.gradle", re.compile(r"rootProject\.name\s*=\s*['\"]([^'\"]+)")),
    ("settings.gradle.kts", re.compile(r"rootProject\.name\s*=\s*['\"]([^'\"]+)")),
)
# Where TOML files keep a package's name.
_TOML_NAMES = (
    ("pyproject.toml", ("project", "name")),
    ("pyproject.toml", ("tool", "poetry", "name")),
    ("Cargo.toml", ("package", "name")),
)


@dataclass(frozen=True, slots=True)
class Found:
    """What the folder tells. path: of the checkout. project: `owner/name` at the forge, "" where there is none.

    forge_url: the API of a forge of one's own, "" for the public one. services: names that its errors may
    come under. tests: how its tests are run, () where nothing says. environment: their folder, "" for none. checks: its
    own format, lint and type commands.
    """

    path: str
    branch: str
    forge: Literal["github", "gitlab", "none"] = "none"
    forge_url: str = ""
    project: str = ""
    services: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    checks: tuple[tuple[str, ...], ...] = ()
    environment: str = ""
    codeowners: str = ""


def look(folder: Path) -> Found:
    """Look at the repository that `folder` is in; UsageError outside of one."""
    top = git(folder, "rev-parse", "--show-toplevel")
    if not top:
        raise UsageError(f"{folder} is not in a git repository", "", "Run this inside your checkout.")
    root = Path(top)
    forge, forge_url, project = forge_of(git(root, "remote", "get-url", "origin"))
    return Found(
        path=str(root),
        branch=base_branch(root),
        forge=forge,
        forge_url=forge_url,
        project=project,
        services=tuple(dict.fromkeys(services_of(root))),
        tests=test_command(root),
        checks=check_commands(root),
        environment=environment_of(root),
        codeowners=next((name for name in CODEOWNERS if (root / name).is_file()), ""),
    )


def forge_of(remote: str) -> tuple[Literal["github", "gitlab", "none"], str, str]:
    """Forge, address of its API where it is one's own, and the project there; by the remote's host alone."""
    match = _URL.fullmatch(remote.strip()) or _SCP.fullmatch(remote.strip())
    if match is None:
        return "none", "", ""
    host = match["host"].lower()
    project = match["path"].strip("/").removesuffix(".git")
    if "/" not in project:
        return "none", "", ""
    if host in ("github.com", "ssh.github.com"):
        return "github", "", project
    if host in ("gitlab.com", "altssh.gitlab.com"):
        return "gitlab", "", project
    if host.startswith(("github.com.", "gitlab.com.")):
        return "none", "", ""  # a host that only looks like the public one
    words = re.split(r"[.-]", host)
    if "github" in words:
        return "github", f"https://{host}/api/v3", project
    if "gitlab" in words:
        return "gitlab", f"https://{host}/api/v4", project
    return "none", "", ""


def base_branch(root: Path) -> str:
    """The remote's default branch, else main or master where there is one, else the branch that is checked out."""
    remote = git(root, "symbolic-ref", "--short", "refs/remotes/origin/HEAD").removeprefix("origin/")
    if remote:
        return remote
    branches = git(root, "for-each-ref", "--format=%(refname:short)", "refs/heads").splitlines()
    usual = next((name for name in ("main", "master", "trunk", "develop") if name in branches), "")
    return usual or git(root, "symbolic-ref", "--short", "HEAD") or "main"


def services_of(root: Path) -> Iterator[str]:
    """The folder's name, then the names under which its packages are known."""
    yield clean_line(root.name, limit=80)
    named = [_toml_name(_text(root / file), keys) for file, keys in _TOML_NAMES]
    named += [match[1] for file, pattern in _NAMES if (match := pattern.search(_text(root / file)))]
    for each in named:
        # `@acme/checkout` and `example.com/acme/checkout` are called checkout by everybody
        name = clean_line(each.strip().rstrip("/").rpartition("/")[2], limit=80)
        if name:
            yield name


def _toml_name(text: str, keys: tuple[str, ...]) -> str:
    import tomllib

    try:
        found: object = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return ""
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, str) else ""


def git(folder: Path, *arguments: str) -> str:
    """What git printed, "" where it failed; UsageError where there is no git."""
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=folder, capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise UsageError("git does not answer", str(fault), "Install git.") from None
    return done.stdout.strip() if done.returncode == 0 else ""


def _text(file: Path) -> str:
    try:
        with file.open(encoding="utf-8", errors="replace") as opened:
            return opened.read(MOST_READ)
    except OSError:
        return ""
