"""The source for alerts of Jira Service Management operations."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import unquote

from rootcase.core.config.settings import SourceSettings
from rootcase.core.model.errors import ConfigError
from rootcase.core.signals.client import Client
from rootcase.core.signals.credentials import basic, bearer
from rootcase.core.signals.links import taken_apart
from rootcase.core.signals.opsalerts import AlertSource, Dialect
from rootcase.core.signals.opsgenie import ALERT_ID
from rootcase.core.signals.pace import ATLASSIAN
from rootcase.core.signals.probing import Probe, probed
from rootcase.core.signals.protocol import Health
from rootcase.core.signals.token import token_of
from rootcase.core.signals.writing import NO_BODY

READ = "read:ops-alert:jira-service-management"
WRITE = "write:ops-alert:jira-service-management"
EXPERIMENTAL = "Atlassian marks its alert API as experimental: it may change without notice"
_CLOUD_ID = re.compile(r"[0-9A-Za-z-]{8,64}")


class JsmSource(AlertSource):
    """The alerts of one Atlassian site. account: its cloud id. email: with an API token; none with OAuth."""

    def __init__(
        self, settings: SourceSettings, environment: Mapping[str, str], *, me: Sequence[str] = ()
    ) -> None:
        if not _CLOUD_ID.fullmatch(settings.account):
            raise ConfigError(
                f"Source {settings.label}: no `account`",
                "JSM operations is addressed by the cloud id of the Atlassian site.",
                "Set `account` to what https://SITE.atlassian.net/_edge/tenant_info shows as cloudId.",
            )
        dialect = Dialect(
            service="JSM operations",
            short="JSM",
            root=f"{settings.account}/v1/alerts",
            size="size",
            wrapped="values",
            acts=frozenset(("acknowledge", "resolve")),
            body=NO_BODY,
        )
        super().__init__(settings, dialect, me=me)
        self._environment = environment
        self._base = (settings.url or "https://api.atlassian.com/jsm/ops/api").rstrip("/")

    def named(self, address: str) -> str:
        """An address of an Atlassian site whose path names an alert by its id."""
        if "://" not in address:
            return ""  # a bare id is Opsgenie's as well, and older than JSM
        apart = taken_apart(address)
        if apart is None:
            return ""
        host, parts = apart
        site = self.settings.organization
        ours = host == f"{site}.atlassian.net" if site else host.endswith(".atlassian.net")
        steps = [unquote(step) for step in parts.path.split("/")]
        if not ours or not {"alert", "alerts"} & set(steps):
            return ""
        return next((step for step in steps if ALERT_ID.fullmatch(step)), "")

    async def health(self) -> Health:
        """Reading is tried; whether the token may write shows only when it is used."""
        client = await self._client()
        probes = (Probe(READ, "alerts", lambda: client.get(self.dialect.root, object, [("size", "1")])),)
        unknown = f"whether {WRITE} is there shows only with the first acknowledgement or note"
        return await probed(client, probes, account=self.settings.email, notes=(EXPERIMENTAL, unknown))

    async def _connect(self) -> Client:
        token = await token_of(self.settings, self._environment, "ATLASSIAN_API_TOKEN")
        who = basic(self.settings.email, token) if self.settings.email else bearer(token)
        return Client(f"JSM operations ({self.name})", self._base, who, pace=ATLASSIAN)

    def _page_of(self, alert_id: str) -> str:
        """Only with `organization` (the site's name): the API names neither the site nor the alert's page."""
        site = self.settings.organization
        if not site or not ALERT_ID.fullmatch(alert_id):
            return ""
        return f"https://{site}.atlassian.net/jira/ops/alerts/{alert_id}"
