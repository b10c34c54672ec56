"""The user's own tokens that the configuration names: what no text may carry, whatever their variables are called."""

from __future__ import annotations

from collections.abc import Mapping

from rootcase.core.config.settings import Settings


def own_secrets(settings: Settings, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Values of the variables that sources and forges take their tokens from."""
    names = [r.forge_token_env for r in settings.repositories] + [s.token_env for s in settings.sources]
    names += [s.application_key_env for s in settings.sources]
    return tuple(value for name in dict.fromkeys(names) if name and (value := environment.get(name, "")))
