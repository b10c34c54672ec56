"""Whether both Datadog keys are known, and what the application key may read: one small request per scope."""

from __future__ import annotations

from rootcase.core.model.errors import SourceError
from rootcase.core.signals.client import Client
from rootcase.core.signals.datadog_events import LOGS, RUM, SPANS
from rootcase.core.signals.datadog_windows import search
from rootcase.core.signals.lookback import SECOND_US, iso, now_us
from rootcase.core.signals.loose import first_text, table
from rootcase.core.signals.probing import Probe, probed
from rootcase.core.signals.protocol import Health

DEPLOYMENTS = "api/v2/dora/deployments"
_LAST = {"filter": {"query": "*", "from": "now-1m", "to": "now"}, "page": {"limit": 1}}
_NOTE = "whether error_tracking_write and incident_write are there shows only when something is changed"


async def look(client: Client) -> Health:
    """Account and scopes. AccessDenied where one of the two keys is not known at this site."""
    await client.get("api/v2/validate_keys", object)
    now = now_us()
    minute = (now - 60 * SECOND_US, now)
    listed = {"from": iso(minute[0]), "to": iso(now), "limit": 1}
    spans = _wrapped(_LAST, "search_request")
    deployments = _wrapped(listed, "dora_deployments_list_request")
    one, page = [("per_page", "1")], [("page[size]", "1")]
    definitions = "api/v2/services/definitions"
    probes = (
        Probe("error_tracking_read", "error issues", lambda: search(client, "*", (), *minute)),
        Probe("logs_read_data", "stack traces from logs", lambda: client.search(LOGS, _LAST, object)),
        Probe("apm_read", "stack traces from spans", lambda: client.search(SPANS, spans, object)),
        Probe("rum_apps_read", "stack traces from RUM", lambda: client.search(RUM, _LAST, object)),
        Probe("monitors_read", "monitors", lambda: client.get("api/v1/monitor/search", object, one)),
        Probe("incident_read", "incidents", lambda: client.get("api/v2/incidents", object, page)),
        Probe("apm_service_catalog_read", "owners", lambda: client.get(definitions, object, page)),
        Probe("dora_metrics_read", "deploys", lambda: client.search(DEPLOYMENTS, deployments, object)),
    )
    return await probed(client, probes, account=await _account(client), notes=(_NOTE,))


async def _account(client: Client) -> str:
    """Who the application key belongs to, "" where Datadog does not tell this key."""
    try:
        answer = await client.get("api/v2/current_user", object)
    except SourceError:
        return ""
    facts = table(table(table(answer.value).get("data")).get("attributes"))
    return first_text(facts, "email", "handle", "name")


def _wrapped(attributes: object, kind: str) -> object:
    return {"data": {"type": kind, "attributes": attributes}}
