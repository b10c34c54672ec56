"""Ties a ticket to a Sentry issue through the integration that knows the tracker, else says it in a comment."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from rootcase.core.model.signals import Work
from rootcase.core.signals.loose import first_text, items, table

_PROVIDERS: Mapping[str, tuple[str, ...]] = {
    "jira": ("jira", "jira_server"),
    "github": ("github", "github_enterprise"),
    "gitlab": ("gitlab",),
}
_NUMBERED = re.compile(r"/([\w.-]+(?:/[\w.-]+)+?)/(?:-/)?issues/([0-9]{1,12})/?$")
_JIRA_KEY = re.compile(r"[A-Z][A-Z0-9_]{1,30}-[0-9]{1,10}")


def integration_for(work: Work, answer: object) -> str:
    """The id of the installed integration whose site holds the ticket, "" where none does.

    answer: organizations/{org}/integrations/. Its `domainName` is a host, for GitHub with the owner behind.
    """
    host = (urlsplit(work.url).hostname or "").lower()
    path = urlsplit(work.url).path
    for each in map(table, items(answer)):
        domain = first_text(each, "domainName").lower().removeprefix("https://").rstrip("/")
        home, _, owner = domain.partition("/")
        off = first_text(each, "status", "organizationIntegrationStatus") not in ("", "active")
        if (
            host
            and host == home
            and not off
            and f"{path}/".lower().startswith(f"/{owner}/" if owner else "/")
        ):
            return first_text(each, "id") if provider_of(each) else ""
    return ""


def provider_of(integration: Mapping[str, object]) -> str:
    """`jira`, `github` or `gitlab`, "" for one that holds no tickets."""
    key = first_text(table(integration.get("provider")), "key", "slug")
    return next((name for name, keys in _PROVIDERS.items() if key in keys), "")


def body_for(work: Work) -> Mapping[str, object]:
    """How the integration is told which ticket: Jira's by key; GitHub's and GitLab's by repository and number."""
    if found := _NUMBERED.search(urlsplit(work.url).path):
        return {"externalIssue": found[2], "repo": found[1]}
    key = _JIRA_KEY.search(work.id) or _JIRA_KEY.search(urlsplit(work.url).path)
    return {"externalIssue": key[0] if key else work.id}


def is_linked(work: Work, known: Sequence[Work]) -> bool:
    address = work.url.rstrip("/")
    return any(
        each.kind == work.kind
        and ((address and each.url.rstrip("/") == address) or (not address and each.id == work.id))
        for each in known
    )


def words_for(work: Work) -> str:
    """The comment that stands in for a link."""
    what = {"pull_request": "Pull request", "ticket": "Ticket", "branch": "Branch"}.get(work.kind, "See")
    title = f" ({work.title})" if work.title else ""
    return f"{what} {work.id}{title}" + (f": {work.url}" if work.url else "")
