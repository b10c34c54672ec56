"""Which configured model speaks for a role, and whether a provider may be asked at all."""

from __future__ import annotations

from rootcase.core.agent.model_client import Role
from rootcase.core.config.settings import ModelSettings
from rootcase.core.model.errors import ModelError

NOT_CONFIGURED = (
    "Add a model to config.yaml and its key to the environment, e.g.\n"
    "models: {fast: openai/gpt-4.1-mini, strong: anthropic/claude-sonnet-4-5}"
)


def model_for(settings: ModelSettings, role: Role) -> str:
    """The model of a role; fast and strong stand in for each other where one is not set. ModelError for none."""
    named = {"fast": settings.fast, "strong": settings.strong, "judge": settings.judge}[role]
    model = named or (settings.strong or settings.fast if role != "judge" else "")
    if not model:
        raise no_model()
    return model


def no_model() -> ModelError:
    return ModelError(
        "No model is configured",
        "Everything up to the code map works without one; a draft needs `models.fast` or `models.strong`.",
        NOT_CONFIGURED,
    )


def has_model(settings: ModelSettings) -> bool:
    """Whether a draft can be asked for."""
    return bool(settings.replay or settings.fast or settings.strong)


def needs_consent(settings: ModelSettings) -> bool:
    """Whether the user has yet to agree that redacted text goes to a model provider."""
    return bool(settings.fast or settings.strong) and not settings.replay and not settings.consent
