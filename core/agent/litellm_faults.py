"""A provider's errors in a user's words: what failed, why, and what to do next."""

from __future__ import annotations

import re

from rootcase.core.agent.model_client import CallFailed
from rootcase.core.safety.text import clean_line

KEYS = {
    "openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY", "gemini": "GEMINI_API_KEY",
    "mistral": "MISTRAL_API_KEY", "groq": "GROQ_API_KEY", "openrouter": "OPENROUTER_API_KEY",
    "azure": "AZURE_API_KEY", "deepseek": "DEEPSEEK_API_KEY",
}  # fmt: skip
TRANSIENT = frozenset({
    "APIConnectionError", "Timeout", "RateLimitError", "InternalServerError", "ServiceUnavailableError",
    "BadGatewayError", "APITimeoutError", "MidStreamFallbackError",
})  # fmt: skip
TOO_LONG = re.compile(
    r"context (?:length|window|size)|maximum context|too many tokens|prompt is too long|exceeds? .{0,40}tokens",
    re.IGNORECASE,
)
ADVICE = {
    "ContextWindowExceededError": ("The context of {model} is too small", "Choose a model with a larger context."),
    "RateLimitError": ("{model} refuses more calls for now", "Wait a minute, then start the run again."),
    "NotFoundError": ("The provider does not know {model}", "Check the name under `models` in config.yaml."),
    "ContentPolicyViolationError": ("The provider's filter stopped {model}", "Steer the run, or take it over by hand."),
    "Timeout": ("{model} did not answer in time", "Start the run again; it goes on where it stood."),
}  # fmt: skip


def is_transient(fault: BaseException) -> bool:
    """Whether the same call may succeed a little later."""
    status = getattr(fault, "status_code", None)
    if type(fault).__name__ == "RateLimitError" and "insufficient_quota" in str(fault):
        return False
    return type(fault).__name__ in TRANSIENT or (isinstance(status, int) and status >= 500)


def cannot_stream(fault: BaseException) -> bool:
    """Whether a provider refused the call because it was to be streamed."""
    return getattr(fault, "status_code", None) in (400, 404, 422, 501) and "stream" in str(fault).lower()


def retry_after_s(fault: BaseException) -> float:
    """Seconds the provider asks to wait, 0 where it does not say."""
    headers = getattr(getattr(fault, "response", None), "headers", None) or {}
    try:
        return max(0.0, min(60.0, float(headers.get("retry-after", 0))))
    except (TypeError, ValueError):
        return 0.0


def explained(fault: BaseException, model: str, api_base: str, *, began: bool) -> CallFailed:
    """The provider's error as one of ours."""
    name = type(fault).__name__
    why = clean_line(str(getattr(fault, "message", "") or fault), limit=400)
    if began:
        return CallFailed(
            f"The answer of {model} broke off",
            why or name,
            "Start the run again; it goes on where it stood.",
            began=True,
            again=True,
        )
    if name in ("AuthenticationError", "PermissionDeniedError"):
        return CallFailed(f"{model} refused the credentials", why, _key_hint(model))
    # litellm 1.106 calls a refused connection an InternalServerError of the provider.
    if name == "APIConnectionError" or "Connection error" in why:
        where = api_base or "the provider"
        return CallFailed(
            f"{model} cannot be reached", why, f"Check the connection to {where}, then start the run again."
        )
    title, hint = ADVICE.get(
        name, ("The call to {model} failed", "Check `models` in config.yaml, then start the run again.")
    )
    return CallFailed(title.format(model=model), f"{name}: {why}", hint, too_long=is_too_long(name, why))


def is_too_long(name: str, why: str) -> bool:
    """Whether a provider says that it was sent more than it takes; local servers have words of their own for it."""
    return name == "ContextWindowExceededError" or bool(TOO_LONG.search(why))


def _key_hint(model: str) -> str:
    variable = KEYS.get(model.partition("/")[0], "")
    return (
        f"Set {variable} in the environment of the shell."
        if variable
        else "Set the provider's key in the environment."
    )
