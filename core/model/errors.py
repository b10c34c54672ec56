"""The one tree of errors that a user can meet: what failed, why, and what to do next."""

from __future__ import annotations


class RootcaseError(Exception):
    """Something failed that a user can act on.

    title: what failed, a short sentence. detail: why, with names and numbers.
    hint: what to do next. exit_code: what the command line returns for it.
    """

    exit_code = 1

    def __init__(self, title: str, detail: str = "", hint: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.detail = detail
        self.hint = hint

    def __str__(self) -> str:
        return "\n".join(part for part in (self.title, self.detail, self.hint) if part)


class UsageError(RootcaseError):
    """The command line or a configuration file cannot be used as it is."""

    exit_code = 2


class ConfigError(UsageError):
    """A configuration file is missing or invalid; the title names file and line."""


class SourceError(RootcaseError):
    """A source (Sentry, a folder of events…) could not be read or written."""


class RateLimited(SourceError):
    """A service asked us to wait; retry_after_s says how long, 0 where it did not say."""

    def __init__(self, title: str, detail: str = "", hint: str = "", *, retry_after_s: float = 0.0) -> None:
        super().__init__(title, detail, hint)
        self.retry_after_s = retry_after_s


class AccessDenied(SourceError):
    """The service refused the credentials, or would have sent them to another origin."""


class RepositoryError(RootcaseError):
    """A repository lacks what was asked: no git, a shallow clone, an unknown commit."""


class ContentMissing(RepositoryError):
    """The history names content that the repository does not hold, as in a partial clone."""


class EditError(RootcaseError):
    """An edit or a hunk does not fit the text it is for; nothing was applied."""


class SandboxError(RootcaseError):
    """A command could not be confined as configured, and was not run."""


class TestsCannotRun(RootcaseError):
    """The repository's tests do not run here: command missing, environment missing, time-out."""

    __test__ = False


class ModelError(RootcaseError):
    """A model call failed or its answer cannot be used."""


class ServerFailed(RootcaseError):
    """An MCP server does not answer, or is gone; the run goes on without it."""


class GuardrailError(RootcaseError):
    """A rule in code forbids the step; no prompt and no model can lift it."""

    exit_code = 5


class BudgetExceeded(GuardrailError):
    """The next step's worst case would pass a cap of the budget."""


class DeliveryError(RootcaseError):
    """A forge or tracker refused a write; what was already sent is named."""


class StoreError(RootcaseError):
    """The journal's store cannot be opened, read or written."""


class LeaseLost(StoreError):
    """Another run holds the case now; this one may not write any more."""
