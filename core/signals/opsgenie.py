"""The Opsgenie source, which works until Opsgenie ends in April 2027."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from rootcase.core.config.settings import SourceSettings
from rootcase.core.signals.client import Client
from rootcase.core.signals.credentials import bearer
from rootcase.core.signals.links import taken_apart
from rootcase.core.signals.opsalerts import AlertSource, Dialect
from rootcase.core.signals.pace import OPSGENIE
from rootcase.core.signals.probing import Probe, probed
from rootcase.core.signals.protocol import Health
from rootcase.core.signals.token import token_of

# Atlassian's notice of the end: support.atlassian.com, "what happens when Opsgenie is turned off".
ENDS = "Opsgenie ends on 5 April 2027; move this source to kind `jsm` before that"
# An alert's id is a UUID and the millisecond it was made in.
ALERT_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:-\d{13})?")
_NUMBER = re.compile(r"OG#\d{1,12}")
_LONG_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-\d{13}")


class OpsgenieSource(AlertSource):
    """The alerts of one Opsgenie account."""

    def __init__(
        self, settings: SourceSettings, environment: Mapping[str, str], *, me: Sequence[str] = ()
    ) -> None:
        dialect = Dialect(
            service="Opsgenie",
            short="OG",
            root="v2/alerts",
            size="limit",
            wrapped="data",
            acts=frozenset(("acknowledge", "unacknowledge", "snooze", "resolve")),
            body={"source": "Rootcase"},
            note=ENDS,
        )
        super().__init__(settings, dialect, me=me)
        self._environment = environment
        self._base = (settings.url or "https://api.opsgenie.com").rstrip("/")

    def named(self, address: str) -> str:
        """`https://acme.app.opsgenie.com/alert/detail/ID/details`, an alert's id with its time, or `OG#7`."""
        if "://" not in address:
            return address if _LONG_ID.fullmatch(address) or _NUMBER.fullmatch(address) else ""
        apart = taken_apart(address)
        if apart is None or not f".{apart[0]}".endswith(".opsgenie.com"):
            return ""
        parts = apart[1]
        found = parts.path.partition("/alert/detail/")[2].partition("/")[0]
        return found if ALERT_ID.fullmatch(found) else ""

    async def health(self) -> Health:
        """Opsgenie tells nobody what a key may do: reading is tried, writing shows only when it is used."""
        client = await self._client()
        small = [("limit", "1")]
        probes = (
            Probe("read", "alerts", lambda: client.get("v2/alerts", object, small)),
            Probe("read", "counting alerts", lambda: client.get("v2/alerts/count", object)),
        )
        unknown = "whether the key may write (create and update access) shows only when it writes"
        return await probed(client, probes, notes=(ENDS, unknown))

    async def _connect(self) -> Client:
        token = await token_of(self.settings, self._environment, "OPSGENIE_API_KEY")
        return Client(f"Opsgenie ({self.name})", self._base, bearer(token, "GenieKey"), pace=OPSGENIE)

    def _page_of(self, alert_id: str) -> str:
        host = urlsplit(self._base).hostname or ""
        web = "app.eu.opsgenie.com" if host == "api.eu.opsgenie.com" else "app.opsgenie.com"
        return f"https://{web}/alert/detail/{alert_id}/details" if ALERT_ID.fullmatch(alert_id) else ""
