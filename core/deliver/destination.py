"""Where a case's change and ticket would go, from the configuration and the checkout's remote."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from rootcase.core.config.settings import RepositorySettings, Settings
from rootcase.core.model.errors import ConfigError

PUBLIC_API = "https://api.github.com"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_SCP = re.compile(r"^(?:[\w.-]+@)?(?P<host>[\w.-]+):(?P<path>[^/].*)$")


@dataclass(frozen=True, slots=True)
class Destination:
    """api: base address of the forge's REST API, "" without one. project: `owner/name`.

    push_url: where the branch is pushed; an address or a folder. forge_name: how the forge is shown.
    hosts: hosts that a proposal may link to.
    """

    forge: Literal["github", "none"] = "none"
    tracker: Literal["github", "none"] = "none"
    api: str = ""
    project: str = ""
    push_url: str = ""
    base_branch: str = ""
    forge_name: str = ""
    hosts: frozenset[str] = frozenset()

    @property
    def shown(self) -> str:
        """Host and project, as people read it."""
        return f"{self.forge_name}/{self.project}"


def destination(
    settings: Settings, repository: RepositorySettings | None, *, push_url: str = "", base_branch: str = ""
) -> Destination:
    """The destination for a repository; ConfigError where a forge is named but its project is unknown.

    push_url: the remote's address as git resolves it; base_branch: the branch the change is for.
    """
    hosts = frozenset(h for s in settings.sources if s.url and (h := urlsplit(s.url).hostname))
    if repository is None:
        return Destination(hosts=hosts)
    github = "github" in (repository.forge, repository.tracker)
    if not github:
        return Destination(push_url=push_url, base_branch=base_branch, hosts=hosts)
    api = (repository.forge_url or PUBLIC_API).rstrip("/")
    project = repository.forge_project or project_of(push_url)
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", project):
        raise ConfigError(
            f"No GitHub project for {repository.label}",
            f"The remote {remote_name(push_url) or repository.remote} does not say owner and name.",
            "Set forge_project: owner/name for this repository in config.yaml.",
        )
    name = web_host(api)
    return Destination(
        "github" if repository.forge == "github" else "none",
        "github" if (repository.tracker in ("github", "none") and repository.forge == "github")
        or repository.tracker == "github" else "none",
        api, project, push_url, base_branch, name, hosts | {name},
    )  # fmt: skip


def web_host(api: str) -> str:
    """The host people see, for an API base address: `github.com` for `api.github.com`."""
    host = urlsplit(api).hostname or ""
    if host in LOOPBACK:
        return "localhost"
    return host.removeprefix("api.") if host.endswith((".github.com", ".ghe.com")) else host


def project_of(push_url: str) -> str:
    """`owner/name` of a remote's address, "" where it has none."""
    scp = _SCP.match(push_url) if "://" not in push_url else None
    path = scp["path"] if scp else urlsplit(push_url).path if "://" in push_url else ""
    parts = [part for part in path.removesuffix(".git").strip("/").split("/") if part]
    return "/".join(parts[-2:]) if len(parts) >= 2 and not push_url.startswith("file:") else ""


def remote_name(push_url: str) -> str:
    """A remote's address for showing: without credentials, a folder by its last two parts."""
    if "://" in push_url and not push_url.startswith("file:"):
        parts = urlsplit(push_url)
        return f"{parts.hostname or ''}{parts.path}".removesuffix(".git")
    scp = _SCP.match(push_url)
    if scp:
        return f"{scp['host']}/{scp['path']}".removesuffix(".git")
    return "/".join([p for p in push_url.removeprefix("file://").split("/") if p][-2:])
