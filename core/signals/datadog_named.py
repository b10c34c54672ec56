"""Which signal a Datadog address or id names."""

from __future__ import annotations

import re
from urllib.parse import parse_qs

from rootcase.core.signals.datadog_alerts import INCIDENT, MONITOR
from rootcase.core.signals.datadog_api import SITES
from rootcase.core.signals.links import taken_apart

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PUBLIC_ID = re.compile(r"IR-(\d{1,12})")
_NUMBER = re.compile(r"\d{1,19}")


def named_id(address: str, site: str) -> str:
    """`…/error-tracking?issueId=UUID`, `…/monitors/123`, `…/incidents/45`; ids as `monitor:123`, `IR-45`.

    A bare UUID is taken for an error issue. "" for what is not ours; hosts are those of the site, with the
    sub-domains that accounts can choose.
    """
    if "://" not in address:
        return _bare(address)
    apart = taken_apart(address)
    if apart is None:
        return ""
    host, parts = apart
    if host in SITES and host != site:
        return ""
    if host != site and not (host.endswith("." + site) and host.count(".") == site.count(".") + 1):
        return ""
    issue = (parse_qs(parts.query).get("issueId") or parse_qs(parts.query).get("issue_id") or [""])[0]
    if "error-tracking" in parts.path and UUID.fullmatch(issue):
        return issue
    steps = [step for step in parts.path.split("/") if step]
    for before, after in zip(steps, [*steps[1:], ""], strict=True):
        if before == "issue" and "error-tracking" in parts.path and UUID.fullmatch(after):
            return after
        if before == "monitors" and _NUMBER.fullmatch(after):
            return f"{MONITOR}{after}"
        if before == "incidents" and (_NUMBER.fullmatch(after) or UUID.fullmatch(after)):
            return f"{INCIDENT}{after}"
    return ""


def _bare(text: str) -> str:
    incident = PUBLIC_ID.fullmatch(text)
    if incident:
        return f"{INCIDENT}{incident[1]}"
    if text.startswith(MONITOR) and _NUMBER.fullmatch(text.removeprefix(MONITOR)):
        return text
    rest = text.removeprefix(INCIDENT)
    if rest != text:
        return text if _NUMBER.fullmatch(rest) or UUID.fullmatch(rest) else ""
    return text if UUID.fullmatch(text) else ""
