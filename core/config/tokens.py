"""The user's own tokens that the configuration names: what no text may carry, whatever their variables are called."""

from __future__ import annotations

from collections.abc import Mapping

from rootcase.core.config.settings import Settings

# The variable a source's token is looked for in where the configuration names none.
TOKEN_ENV: Mapping[str, str] = {
    "sentry": "SENTRY_AUTH_TOKEN", "glitchtip": "GLITCHTIP_AUTH_TOKEN", "bugsink": "BUGSINK_TOKEN",
    "datadog": "DD_API_KEY", "pagerduty": "PAGERDUTY_TOKEN", "jsm": "ATLASSIAN_API_TOKEN",
    "opsgenie": "OPSGENIE_API_KEY", "dynatrace": "DYNATRACE_API_TOKEN",
}  # fmt: skip


def own_secrets(settings: Settings, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Values of the variables that sources, forges and trackers take their tokens from.

    What a command prints or a keyring holds is not here: `Redactor.learn` is told when it is looked up.
    """
    names = [name for r in settings.repositories for name in (r.forge_variable, r.tracker_variable)]
    names += [name for source in settings.sources for name in (source.token_env, source.application_key_env)]
    names += [name for server in settings.mcp.servers for name in (server.token_env, *server.environment)]
    return tuple(value for name in dict.fromkeys(names) if name and (value := environment.get(name, "")))
