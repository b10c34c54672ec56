"""What a command of a repository may see and touch: bubblewrap, else namespaces, else limits alone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from rootcase.core.config.settings import GuardrailSettings
from rootcase.core.model.errors import GuardrailError, SandboxError
from rootcase.core.model.ports import CommandResult
from rootcase.core.safety.commands import blocked
from rootcase.core.safety.redact import Redactor
from rootcase.core.safety.text import clean
from rootcase.core.workspace.processes import Ran, run_process

TierName = Literal["bubblewrap", "namespaces", "none"]
PROBE_DEADLINE_S = 10.0
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# The user's variables that a command may see; everything else, tokens above all, stays outside.
PASSED_ON = ("LANG", "LC_ALL", "LC_CTYPE", "TZ")
# Enough of /etc to resolve names and users; never the whole of it.
ETC = (
    "alternatives", "ca-certificates", "group", "hosts", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime",
    "mime.types", "nsswitch.conf", "passwd", "pki", "protocols", "services", "ssl", "timezone",
)  # fmt: skip
ETC_NETWORK = ("resolv.conf", "gai.conf", "host.conf")
SYSTEM_FOLDERS = (
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/nix/store",
    "/opt/homebrew",
)
_INNER_HOME = "/tmp/home"
_FILE_BLOCKS = 4 * 1024 * 1024  # of 512 bytes: 2 GB for the largest file
_PROCESSES = 4096


@dataclass(frozen=True, slots=True)
class Tier:
    """How commands are confined here. words: for the screen; lost: why it is not bubblewrap, or ""."""

    name: TierName
    network: bool
    lost: str = ""

    @property
    def words(self) -> str:
        network = "network allowed" if self.network else "no network"
        if self.name == "bubblewrap":
            return f"bubblewrap, {network}"
        if self.name == "namespaces":
            return f"limits only, {network}, files open"
        return "none: limits only, network open"


@dataclass(frozen=True, slots=True)
class View:
    """What one command sees beside the system: writable and readable folders, and its variables.

    path: folders for PATH before the system's own. network: None for the configured rule. on_node: the memory limit is
    told to node itself, which reserves far more addresses than it uses.
    """

    cwd: Path
    writable: tuple[Path, ...] = ()
    readable: tuple[Path, ...] = ()
    path: tuple[Path, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    network: bool | None = None
    on_node: bool = False


class Sandbox:
    """Runs commands in the best tier that works here; see `open_sandbox`."""

    def __init__(self, tier: Tier, guardrails: GuardrailSettings, redactor: Redactor, home: Path) -> None:
        self.tier = tier
        self._guardrails = guardrails
        self._redactor = redactor
        self._home = home

    async def run(self, command: Sequence[str], view: View, *, deadline_s: float) -> CommandResult:
        """Run a command. GuardrailError for a blocked one, SandboxError where it cannot be started."""
        rule = blocked(command, self._guardrails.blocked_commands)
        if rule is not None:
            raise GuardrailError(
                f"Blocked command: {clean(' '.join(command), limit=200)}",
                f"`guardrails: blocked_commands` has {rule!r}.",
                "Run it by hand if it is what you want; Rootcase does not.",
            )
        ran = await self._start(command, view, deadline_s)
        output = self._redactor.text(clean(ran.output))
        return CommandResult(tuple(command), ran.exit_code, output, ran.seconds)

    async def _start(self, command: Sequence[str], view: View, deadline_s: float) -> Ran:
        network = self.tier.network if view.network is None else view.network
        self._home.mkdir(parents=True, exist_ok=True, mode=0o700)
        limited = [*self._limits(deadline_s, addresses=not view.on_node), *command]
        if self.tier.name == "bubblewrap":
            argv = [*bubblewrap_arguments(view, network), "--", *limited]
            variables = self._variables(view, _INNER_HOME, SYSTEM_PATH)
        else:
            argv = [*(_namespaces(network) if self.tier.name == "namespaces" else []), *limited]
            variables = self._variables(view, str(self._home), os.environ.get("PATH", SYSTEM_PATH))
        try:
            return await run_process(argv, cwd=view.cwd, environment=variables, deadline_s=deadline_s)
        except (FileNotFoundError, PermissionError, NotADirectoryError) as fault:
            raise SandboxError(
                f"{argv[0]} could not be started", str(fault), "`rootcase doctor` shows what is missing."
            ) from fault

    def _limits(self, deadline_s: float, *, addresses: bool) -> list[str]:
        """A shell that sets limits on itself and becomes the command; a limit that is refused is left out."""
        cpu_s = int(deadline_s * (os.cpu_count() or 1)) + 10
        limits = {
            "c": 0, "t": cpu_s, "f": _FILE_BLOCKS, "p": _PROCESSES,
        }  # fmt: skip
        if addresses:
            limits["v"] = self._guardrails.memory_mb * 1024
        script = "; ".join(f"ulimit -{flag} {value} 2>/dev/null" for flag, value in limits.items())
        return ["/bin/sh", "-c", f'{script}; exec "$@"', "sh"]

    def _variables(self, view: View, home: str, path: str) -> dict[str, str]:
        out = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        out.setdefault("LANG", "C.UTF-8")
        folders = [*map(str, view.path), path]
        out |= {"PATH": ":".join(folders), "HOME": home, "TMPDIR": "/tmp", "TERM": "dumb", "NO_COLOR": "1"}
        out |= {
            "USER": "rootcase",
            "LOGNAME": "rootcase",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
        }
        if view.on_node:
            out["NODE_OPTIONS"] = f"--max-old-space-size={self._guardrails.memory_mb}"
        return out | dict(view.variables)


async def open_sandbox(guardrails: GuardrailSettings, redactor: Redactor, home: Path) -> Sandbox:
    """The best sandbox that really works here. SandboxError where one is required and none is usable.

    home: an empty folder that stands in for the user's home where files cannot be hidden.
    """
    tier = await probe(guardrails)
    if guardrails.require_sandbox and tier.name != "bubblewrap":
        raise SandboxError(
            "No sandbox can be used here",
            f"{tier.lost} `guardrails: require_sandbox` is on, so nothing was run.",
            "Install bubblewrap, allow unprivileged user namespaces, or set require_sandbox: false.",
        )
    return Sandbox(tier, guardrails, redactor, home)


async def probe(guardrails: GuardrailSettings) -> Tier:
    """Try each tier with a real command, the strongest first."""
    network = guardrails.network
    if shutil.which("bwrap") is None:
        lost = "bubblewrap is not installed."
    else:
        view = View(cwd=Path("/usr"))
        said = await _tries([*bubblewrap_arguments(view, network), "--", "/bin/sh", "-c", "exit 0"])
        if said is None:
            return Tier("bubblewrap", network)
        lost = f"bubblewrap does not work here: {said}."
    if not network and shutil.which("unshare") is not None:
        said = await _tries([*_namespaces(network), "/bin/sh", "-c", "exit 0"])
        if said is None:
            return Tier("namespaces", network, lost)
    return Tier("none", True, lost)


async def _tries(argv: Sequence[str]) -> str | None:
    """None when it works, else why not in one line."""
    try:
        ran = await run_process(
            argv,
            cwd=Path("/"),
            environment={"PATH": os.environ.get("PATH", SYSTEM_PATH)},
            deadline_s=PROBE_DEADLINE_S,
        )
    except OSError as fault:
        return clean(str(fault), limit=200)
    if ran.exit_code == 0:
        return None
    words = clean(ran.output, limit=200).strip().replace("\n", " ")
    return words.rstrip(".") or ("it hung" if ran.exit_code is None else f"exit code {ran.exit_code}")


def _namespaces(network: bool) -> list[str]:
    flags = ["--user", "--map-current-user", "--pid", "--fork", "--kill-child", "--mount-proc"]
    return ["unshare", *flags, *([] if network else ["--net"])]


def bubblewrap_arguments(view: View, network: bool) -> list[str]:
    """The wrapper's arguments: an empty root, the system read-only, and exactly what the view names."""
    out = [
        "bwrap",
        "--unshare-all",
        "--die-with-parent",
        "--new-session",
        "--cap-drop",
        "ALL",
        "--hostname",
        "sandbox",
    ]
    if network:
        out.append("--share-net")
    for folder in SYSTEM_FOLDERS:
        if os.path.islink(folder):
            out += ["--symlink", os.readlink(folder), folder]
        elif os.path.isdir(folder):
            out += ["--ro-bind", folder, folder]
    for name in (*ETC, *(ETC_NETWORK if network else ())):
        out += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    out += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--dir", _INNER_HOME]
    for path in view.readable:
        out += ["--ro-bind-try", str(path), str(path)]
    for path in view.writable:
        out += ["--bind", str(path), str(path)]
    return [*out, "--chdir", str(view.cwd)]
