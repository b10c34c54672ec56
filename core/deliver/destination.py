"""Where a case's change and ticket would go, from the configuration and the checkout's remote."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from rootcase.core.config.settings import ForgeKind, RepositorySettings, Settings, TrackerKind
from rootcase.core.model.errors import ConfigError, DeliveryError

PUBLIC_API = {
    "github": "https://api.github.com",
    "gitlab": "https://gitlab.com/api/v4",
    "linear": "https://api.linear.app/graphql",
}
GITLAB_API = "/api/v4"
# What a project is called there, as a pattern and in words.
PROJECTS = {
    "github": (r"[\w.-]+/[\w.-]+", "owner/name"),
    "gitlab": (r"[\w.-]+(?:/[\w.-]+)+", "group/name"),
    "jira": (r"[A-Za-z][A-Za-z0-9_]+", "the project's key, such as PAY"),
    "linear": (r"[A-Za-z0-9]+", "the team's key, such as ENG"),
}
NAMES = {"github": "GitHub", "gitlab": "GitLab", "jira": "Jira", "linear": "Linear"}
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_SCP = re.compile(r"^(?:[\w.-]+@)?(?P<host>[\w.-]+):(?P<path>[^/].*)$")


@dataclass(frozen=True, slots=True)
class Destination:
    """api: base address of the forge's REST API, "" without one. project: `owner/name`.

    push_url: where the branch is pushed; an address or a folder. forge_name: how the forge is shown.
    hosts: hosts that a proposal may link to. tracker_api, tracker_project, tracker_name: the same of the
    tracker, which may be the forge itself. login, issue_type, fields: what only Jira asks for.
    fork: the project that the branch is pushed to where the token may not push to `project`, unmade while
    there is none yet; base_url: where the base branch is then. signed: with what commits are signed (`ssh key`), or "".
    """

    forge: ForgeKind = "none"
    tracker: TrackerKind = "none"
    api: str = ""
    project: str = ""
    push_url: str = ""
    base_branch: str = ""
    forge_name: str = ""
    hosts: frozenset[str] = frozenset()
    tracker_api: str = ""
    tracker_project: str = ""
    tracker_name: str = ""
    login: str = ""
    issue_type: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    fork: str = ""
    unmade: bool = False
    base_url: str = ""
    signed: str = ""

    @property
    def shown(self) -> str:
        """Host and project of the forge, as people read it."""
        return f"{self.forge_name}/{self.project}"

    @property
    def web(self) -> str:
        """The address of the project's pages, "" without a forge and for one on this machine."""
        parts = urlsplit(self.api)
        if self.forge == "none" or not parts.hostname or parts.hostname in LOOPBACK:
            return ""
        path = parts.path.removesuffix("/" if self.forge == "github" else GITLAB_API).removesuffix("/api/v3")
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{web_host(self.api)}{port}{path}/{self.project}"

    @property
    def head_project(self) -> str:
        """The project that holds the branch: a fork, by right or by the remote that the engineer named.

        A remote with the same owner is the project under an older name; one at another host is a mirror of it.
        """
        there = project_of(self.push_url, self.forge, self.api)
        same_owner = _owner(there) == _owner(self.project)
        if self.fork or not there or same_owner or _host(self.push_url) != self.forge_name:
            return self.fork or self.project
        return there

    @property
    def tracker_shown(self) -> str:
        """Host and project of the tracker; the forge's own where tickets are its issues."""
        return f"{self.tracker_name}/{self.tracker_project}"

    @property
    def one_place(self) -> bool:
        """Whether tickets are issues of the very project that the change goes to."""
        return self.forge != "none" and (self.api, self.project) == (self.tracker_api, self.tracker_project)

    @property
    def pull_sign(self) -> str:
        """What stands before the number of a pull request there."""
        return "!" if self.forge == "gitlab" else "#"


def destination(
    settings: Settings, repository: RepositorySettings | None, *, push_url: str = "", base_branch: str = ""
) -> Destination:
    """The destination for a repository; ConfigError where a forge or tracker is named but its project is unknown.

    push_url: the remote's address as git resolves it; base_branch: the branch the change is for.
    """
    hosts = frozenset(h for s in settings.sources if s.url and (h := urlsplit(s.url).hostname))
    if repository is None:
        return Destination(hosts=hosts)
    api, project = _forge(repository, push_url)
    tracker_api, tracker_project = _tracker(repository, push_url, api, project)
    name, tracker_name = web_host(api), web_host(tracker_api)
    return Destination(
        repository.forge, repository.tracked, api, project, push_url, base_branch, name,
        hosts | {host for host in (name, tracker_name) if host}, tracker_api, tracker_project, tracker_name,
        repository.tracker_email, repository.tracker_issue_type, tuple(repository.tracker_fields.items()),
    )  # fmt: skip


def _forge(repository: RepositorySettings, push_url: str) -> tuple[str, str]:
    if repository.forge == "none":
        return "", ""
    api = api_of(repository.forge, repository.forge_url)
    project = repository.forge_project or project_of(push_url, repository.forge, api)
    return api, _named(project, repository, repository.forge, "forge_project", push_url)


def _tracker(repository: RepositorySettings, push_url: str, api: str, project: str) -> tuple[str, str]:
    """The tracker's API and project. A forge's issues are those of the change's project unless told otherwise."""
    kind = repository.tracked
    if kind == "none":
        return "", ""
    # Only a tracker of the forge's own kind may take its address and project over.
    same = kind in ("github", "gitlab") and repository.forge in (kind, "none")
    address = repository.tracker_url or (repository.forge_url if same else "")
    if kind == "jira" and not address:
        raise ConfigError(
            f"No address of Jira for {repository.label}", "Each company has a site of its own.",
            "Set tracker_url: https://SITE.atlassian.net for this repository in config.yaml.",
        )  # fmt: skip
    there = api_of(kind, address)
    named = repository.tracker_project or (project or repository.forge_project if same else "")
    if not named and same:
        named = project_of(push_url, kind, there)
    setting = "forge_project" if same else "tracker_project"
    return there, _named(named, repository, kind, setting, push_url)


def _named(project: str, repository: RepositorySettings, kind: str, setting: str, push_url: str) -> str:
    pattern, words = PROJECTS[kind]
    if re.fullmatch(pattern, project):
        return project
    remote = remote_name(push_url) or repository.remote
    why = f"The remote {remote} does not say owner and name." if "/" in words else f"{project!r} is none."
    raise ConfigError(
        f"No {NAMES[kind]} {'team' if kind == 'linear' else 'project'} for {repository.label}", why,
        f"Set {setting}: {words} for this repository in config.yaml.",
    )  # fmt: skip


def api_of(kind: str, address: str) -> str:
    """The API's base address; a forge's may be given as the address people open, GitLab's with a sub-path.

    https://docs.github.com/en/enterprise-server@latest/rest/enterprise-admin : GitHub Enterprise Server has
    `/api/v3`, a data residency is `api.NAME.ghe.com`.
    """
    api = (address or PUBLIC_API.get(kind, "")).rstrip("/")
    if kind == "gitlab":
        return api if api.endswith(GITLAB_API) else api + GITLAB_API
    host = urlsplit(api).hostname or ""
    if kind != "github" or host in LOOPBACK or host.startswith("api."):
        return api
    if host == "github.com" or host.endswith(".ghe.com"):
        return f"https://api.{host}"
    return api if urlsplit(api).path else f"{api}/api/v3"


def in_fork(place: Destination, fork: str, *, unmade: bool = False) -> Destination:
    """The destination with its branch in a fork.

    The fork's address is made from the remote's own, so host, way and credentials stay as they are. DeliveryError
    where the remote's address does not hold the project's name.
    """
    if place.project not in place.push_url:
        raise DeliveryError(
            f"Where {fork} lies for git is not known",
            f"The remote {remote_name(place.push_url)} does not hold {place.project}.",
            "Add the fork as a remote of your checkout, and name that remote in config.yaml.",
        )  # fmt: skip
    url = fork.join(place.push_url.rsplit(place.project, 1))
    return replace(place, fork=fork, unmade=unmade, push_url=url, base_url=place.push_url)


def web_host(api: str) -> str:
    """The host people see, for an API base address: `github.com` for `api.github.com`."""
    host = urlsplit(api).hostname or ""
    if host in LOOPBACK:
        return "localhost"
    return host.removeprefix("api.") if host.endswith((".github.com", ".ghe.com", ".linear.app")) else host


def project_of(push_url: str, kind: str = "github", api: str = "") -> str:
    """`owner/name` of a remote's address, with all groups at GitLab; "" where it has none.

    api: a self-managed GitLab may live below a path, which is no group.
    """
    scp = _SCP.match(push_url) if "://" not in push_url else None
    path = scp["path"] if scp else urlsplit(push_url).path if "://" in push_url else ""
    if kind == "gitlab" and push_url.startswith("http"):
        path = path.removeprefix(urlsplit(api).path.removesuffix(GITLAB_API))
    parts = [part for part in path.removesuffix(".git").strip("/").split("/") if part]
    if len(parts) < 2 or push_url.startswith("file:"):
        return ""
    return "/".join(parts if kind == "gitlab" else parts[-2:])


def _owner(project: str) -> str:
    return project.rpartition("/")[0].lower()


def _host(push_url: str) -> str:
    """The host of a remote as forges are shown, "" for a folder."""
    scp = _SCP.match(push_url) if "://" not in push_url else None
    host = scp["host"] if scp else urlsplit(push_url).hostname or ""
    return "localhost" if host in LOOPBACK else host


def remote_name(push_url: str) -> str:
    """A remote's address for showing: without credentials, a folder by its last two parts."""
    if "://" in push_url and not push_url.startswith("file:"):
        parts = urlsplit(push_url)
        return f"{parts.hostname or ''}{parts.path}".removesuffix(".git")
    scp = _SCP.match(push_url)
    if scp:
        return f"{scp['host']}/{scp['path']}".removesuffix(".git")
    return "/".join([p for p in push_url.removeprefix("file://").split("/") if p][-2:])
