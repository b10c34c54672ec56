"""The configuration as frozen dataclasses; the keys of config.yaml are the field names."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from rootcase.core.model.delivery import ConfidenceKind

SourceKind = Literal[
    "sentry", "glitchtip", "bugsink", "datadog", "pagerduty", "jsm", "opsgenie", "dynatrace", "files"
]
PolicyLevel = Literal["draft-only", "review-ready", "auto-merge"]
ForgeKind = Literal["github", "gitlab", "none"]
TrackerKind = Literal["github", "gitlab", "jira", "linear", "none"]
# The variable a token is taken from where the configuration names none.
TOKEN_VARIABLES = {
    "github": "GITHUB_TOKEN", "gitlab": "GITLAB_TOKEN", "jira": "JIRA_API_TOKEN", "linear": "LINEAR_API_KEY",
}  # fmt: skip
Approvable = Literal["ticket", "draft_pr", "pr", "comment", "status", "escalation", "auto_merge"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSettings:
    """One source. name: how it is called on screen, the kind where not given.

    path: for `files`, a folder or a .json/.jsonl file. token_env: the variable that holds the token;
    token_command: a command that prints it; token_keyring: `SERVICE/NAME` in the system's keyring;
    token_file: a file that only you can read.
    application_key_env: Datadog's second key. site: Datadog's site (`datadoghq.eu`). account: Atlassian's
    cloud id. email: PagerDuty's `From`, Atlassian's login. refresh_s: seconds between looks, 0 for the
    interface's. read: what is read of Datadog, all three where empty. backfill: most signals that a first
    sync reads. reconcile_s: seconds between full looks.
    """

    kind: SourceKind
    name: str = ""
    url: str = ""
    organization: str = ""
    projects: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    query: str = "is:unresolved"
    period: str = "14d"
    path: str = ""
    service: str = ""
    token_env: str = ""
    token_command: tuple[str, ...] = ()
    token_keyring: str = ""
    token_file: str = ""
    application_key_env: str = ""
    site: str = ""
    account: str = ""
    email: str = ""
    refresh_s: float = 0.0
    read: tuple[Literal["errors", "monitors", "incidents"], ...] = ()
    backfill: int = 5000
    reconcile_s: float = 3600.0

    @property
    def label(self) -> str:
        return self.name or self.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositorySettings:
    """One repository. path: the folder of a checkout, `~` allowed. url: its address where no checkout is at
    hand; its commits are then fetched, and its files as they are read. stack_root/source_root: `/app/` in
    traces is `src/` here.

    remote: git remote to push to, a name or an address. forge_url: API base, "" for the public one;
    forge_project: `owner/name` (GitLab: with all its groups), "" to take it from the remote.
    forge_token_env: "" for the forge's own variable (`GITHUB_TOKEN`, `GITLAB_TOKEN`). tracker: "none" for the
    forge's own issues; tracker_url: its API or site, needed for Jira; tracker_project: Jira's project key,
    Linear's team key; tracker_email: Jira's login; tracker_issue_type: Jira's, "" for Bug or Task;
    tracker_fields: values for fields that the Jira project requires, by id or name. environment: folder of the
    tests' own environment (`.venv`), mounted read-only. release_pattern: e.g. `v{version}`. check_commands: format,
    lint and type checks (`[ruff, check]`) that review runs on the changed files.
    """

    path: str = ""
    url: str = ""
    name: str = ""
    services: tuple[str, ...] = ()
    stack_root: str = ""
    source_root: str = ""
    setup_command: tuple[str, ...] = ()
    test_command: tuple[str, ...] = ()
    check_commands: tuple[tuple[str, ...], ...] = ()
    environment: str = ""
    base_branch: str = ""
    release_pattern: str = ""
    remote: str = "origin"
    forge: ForgeKind = "none"
    forge_url: str = ""
    forge_project: str = ""
    forge_token_env: str = ""
    tracker: TrackerKind = "none"
    tracker_url: str = ""
    tracker_project: str = ""
    tracker_token_env: str = ""
    tracker_email: str = ""
    tracker_issue_type: str = ""
    tracker_fields: dict[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return (
            self.name or Path(self.path).name or self.url.rstrip("/").rsplit("/", 1)[-1].removesuffix(".git")
        )

    @property
    def tracked(self) -> TrackerKind:
        """The tracker that tickets go to: the one named, else the forge's own issues."""
        return self.tracker if self.tracker != "none" else self.forge

    @property
    def forge_variable(self) -> str:
        """The variable that the forge's token is in."""
        return self.forge_token_env or TOKEN_VARIABLES.get(self.forge, "")

    @property
    def tracker_variable(self) -> str:
        """The variable that the tracker's token is in; the forge's own where the tracker is the forge."""
        if self.tracker_token_env:
            return self.tracker_token_env
        if self.forge in (self.tracked, "none") and self.tracked in ("github", "gitlab"):
            return self.forge_token_env or TOKEN_VARIABLES[self.tracked]
        return TOKEN_VARIABLES.get(self.tracked, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """litellm model names per role; "" where none is configured. replay: a recorded session's file.

    record: where to write a recording of each run, "" for none. api_base: for local or proxied models.
    fallbacks: role → models that stand in, in order, where the role's own cannot be had.
    prices: own prices as model → (input, output) dollars per million tokens.
    """

    fast: str = ""
    strong: str = ""
    judge: str = ""
    api_base: str = ""
    replay: str = ""
    record: str = ""
    consent: bool = False
    fallbacks: dict[str, tuple[str, ...]] = field(default_factory=dict)
    prices: dict[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class McpServerSettings:
    """One MCP server, by a command (stdio) or a url (streamable HTTP). tools: those that are offered, no others.

    environment: names of the variables that the command may have. token_env: the variable that holds the
    url's bearer token. deadline_s: of one call.
    """

    name: str
    command: tuple[str, ...] = ()
    url: str = ""
    token_env: str = ""
    environment: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    deadline_s: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class McpSettings:
    servers: tuple[McpServerSettings, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetSettings:
    """Caps per case (usd, minutes, steps, tokens, proof_minutes) and per day (day_usd)."""

    usd: float = 1.00
    day_usd: float = 10.00
    minutes: float = 20.0
    steps: int = 120
    tokens: int = 600_000
    proof_minutes: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardrailSettings:
    """What code forbids. Patterns are globs over paths; blocked commands match argument prefixes."""

    max_files_modified: int = 3
    max_lines_modified: int = 200
    protected_files: tuple[str, ...] = (
        "*.env*", "config/production.*", "k8s/production/**", "Dockerfile*", "*.lock", ".github/workflows/**",
        "*.pem", "*.key", "CODEOWNERS", ".github/CODEOWNERS", "rootcase.yaml",
    )  # fmt: skip
    blocked_commands: tuple[str, ...] = (
        "kubectl apply", "kubectl delete", "docker push", "npm publish", "twine upload",
        "terraform apply", "terraform destroy", "git push", "ssh", "curl", "wget",
    )  # fmt: skip
    product_sensitive: tuple[str, ...] = ()
    network: bool = False
    memory_mb: int = 4096
    require_sandbox: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRule:
    """One line of the policy. repository: its label, "" for all; paths: globs, none for the whole repository.

    level: how far there, None to leave it; confidence: kinds that are needed there; name: how it is called
    where it is shown.
    """

    name: str = ""
    repository: str = ""
    paths: tuple[str, ...] = ()
    level: PolicyLevel | None = None
    confidence: tuple[ConfidenceKind, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoMergeSettings:
    """The narrow set that a forge may be asked to merge. paths: globs that all files of a change must be in;
    max_files, max_lines: of a change, test left out."""

    paths: tuple[str, ...] = ()
    max_files: int = 1
    max_lines: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySettings:
    """level: how far; approve: what an unattended run may send by itself (default nothing).

    rules: the first that covers a file and has a level sets it. limits: each that covers a file lowers it.
    A change goes as far as the lowest of its files; confidence: kinds that are needed everywhere.
    """

    level: PolicyLevel = "draft-only"
    approve: tuple[Approvable, ...] = ()
    stop: bool = False
    when_detached: Literal["go on", "stop"] = "go on"
    rules: tuple[PolicyRule, ...] = ()
    limits: tuple[PolicyRule, ...] = ()
    confidence: tuple[ConfidenceKind, ...] = ()
    auto_merge: AutoMergeSettings = field(default_factory=AutoMergeSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalSettings:
    """Templates of the team's own, as files: for pull requests and patches, and for tickets; "" for ours."""

    pull_request: str = ""
    ticket: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HookSettings:
    """Commands of the user's own, as lists of words, run after a stage with the case's report on stdin."""

    after_gate: tuple[tuple[str, ...], ...] = ()
    after_map: tuple[tuple[str, ...], ...] = ()
    after_draft: tuple[tuple[str, ...], ...] = ()
    after_review: tuple[tuple[str, ...], ...] = ()
    after_prove: tuple[tuple[str, ...], ...] = ()
    after_propose: tuple[tuple[str, ...], ...] = ()
    after_deliver: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GateSettings:
    """What the gate cannot see by itself.

    services: names of services that are ours besides those of `repositories`. internal_hosts: globs of hosts
    that are ours (`*.acme.example`). teams: my own teams, as CODEOWNERS and trackers write them; code that
    another team owns then goes to it as a ticket. owners: whose word is needed for sensitive code, by topic
    or path glob (`payments: olga`). second_opinion: the fast model is asked what it would do when a run is to
    draft; its word is shown beside the verdict and changes nothing.
    """

    services: tuple[str, ...] = ()
    internal_hosts: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    owners: dict[str, str] = field(default_factory=dict)
    second_opinion: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SloSettings:
    """A service's objective. target: percent of good requests; window: `30d`, `4w`, `24h`.

    requests_per_day: how many requests the service gets, since an error source counts only the bad ones.
    """

    service: str
    target: float = 99.9
    window: str = "30d"
    requests_per_day: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class InterfaceSettings:
    theme: str = "dark"
    glyphs: Literal["unicode", "ascii"] = "unicode"
    editor: str = ""
    refresh_s: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All of it. me: the names by which services know this engineer (assigned to me is mine to act on)."""

    store: str = "sqlite"
    sources: tuple[SourceSettings, ...] = ()
    repositories: tuple[RepositorySettings, ...] = ()
    models: ModelSettings = field(default_factory=ModelSettings)
    budget: BudgetSettings = field(default_factory=BudgetSettings)
    guardrails: GuardrailSettings = field(default_factory=GuardrailSettings)
    policy: PolicySettings = field(default_factory=PolicySettings)
    proposal: ProposalSettings = field(default_factory=ProposalSettings)
    hooks: HookSettings = field(default_factory=HookSettings)
    mcp: McpSettings = field(default_factory=McpSettings)
    interface: InterfaceSettings = field(default_factory=InterfaceSettings)
    gate: GateSettings = field(default_factory=GateSettings)
    slos: tuple[SloSettings, ...] = ()
    me: tuple[str, ...] = ()

    def repository_for(self, service: str) -> RepositorySettings | None:
        """The repository that serves `service`; the only one where just one without services is configured."""
        for repository in self.repositories:
            if service and service in repository.services:
                return repository
        if len(self.repositories) == 1 and not self.repositories[0].services:
            return self.repositories[0]
        return None

    def refresh_of(self, source: SourceSettings) -> float:
        """Seconds between looks at a source, 0 for never by itself."""
        return source.refresh_s or self.interface.refresh_s
