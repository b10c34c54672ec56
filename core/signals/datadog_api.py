"""Where Datadog is, with which two keys, and the addresses of its pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rootcase.core.config.settings import SourceSettings
from rootcase.core.model.errors import ConfigError
from rootcase.core.signals.client import Client
from rootcase.core.signals.credentials import keys
from rootcase.core.signals.pace import DATADOG
from rootcase.core.signals.token import token_of

# docs.datadoghq.com/getting_started/site; a key of one site is refused (403) at all others.
SITES = (
    "datadoghq.com", "us3.datadoghq.com", "us5.datadoghq.com", "ap1.datadoghq.com", "ap2.datadoghq.com",
    "uk1.datadoghq.com", "datadoghq.eu", "ddog-gov.com", "us2.ddog-gov.com",
)  # fmt: skip
# These three have their pages at app.SITE, the others at SITE itself.
_APP_SITES = ("datadoghq.com", "datadoghq.eu", "ddog-gov.com")


def site_of(settings: SourceSettings) -> str:
    """The configured site. ConfigError where Datadog has none of that name."""
    site = settings.site.strip().lower().removeprefix("https://").removeprefix("app.").rstrip("/") or SITES[0]
    if site not in SITES:
        raise ConfigError(
            f"Source {settings.label}: {settings.site[:60]!r} is no Datadog site",
            f"Datadog has {', '.join(SITES)}.",
            "Set `site` to the one in the address of your Datadog pages.",
        )
    return site


def web_of(site: str) -> str:
    return f"https://app.{site}" if site in _APP_SITES else f"https://{site}"


async def connect(settings: SourceSettings, environment: Mapping[str, str]) -> Client:
    """A client with both keys. AccessDenied where one of them is not there."""
    api = await token_of(settings, environment, "DD_API_KEY")
    second = replace(
        settings,
        name=f"{settings.label} (application key)",
        token_env=settings.application_key_env,
        token_command=(),
        token_keyring="",
    )
    application = await token_of(second, environment, "DD_APP_KEY")
    base = settings.url or f"https://api.{site_of(settings)}"
    both = keys({"DD-API-KEY": api, "DD-APPLICATION-KEY": application})
    return Client(f"Datadog ({settings.label})", base, both, pace=DATADOG)
