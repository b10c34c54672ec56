"""Asks on the terminal what a checkout cannot tell: which services hold the errors, and how far models may go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import get_args

from rootcase.core.config.settings import SourceKind
from rootcase.core.config.tokens import TOKEN_ENV

Ask = Callable[[str], str]
KINDS: tuple[str, ...] = get_args(SourceKind)
ADDRESS = {"sentry": "https://sentry.io", "glitchtip": "https://app.glitchtip.com", "bugsink": "https://",
           "dynatrace": "https://ENVIRONMENT.live.dynatrace.com"}  # fmt: skip
WITH_ORGANIZATION = ("sentry", "glitchtip")
SCOPES = {
    "sentry": "org:read project:read event:read; event:write to resolve and comment",
    "glitchtip": "event:read project:read; event:write to resolve and comment",
    "bugsink": "issues:read events:read releases:read projects:read; issues:triage issues:comment to write",
    "datadog": "see docs/configuration.md for the scopes of the application key",
    "pagerduty": "incidents.read services.read; incidents.write to acknowledge",
}


@dataclass(frozen=True, slots=True)
class Source:
    """One source as it was answered. Fields that do not apply are ""."""

    kind: str
    url: str = ""
    organization: str = ""
    projects: tuple[str, ...] = ()
    path: str = ""
    service: str = ""
    token_env: str = ""
    site: str = ""
    account: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """me: names by which services know this engineer. consent: redacted text may go to the model's provider."""

    sources: tuple[Source, ...] = ()
    me: tuple[str, ...] = ()
    tracker: str = ""
    fast: str = ""
    strong: str = ""
    consent: bool = False


def interview(ask: Ask, *, service: str, tracker: str) -> Answers:
    """All questions, each with what an empty answer means."""
    sources: list[Source] = []
    while True:
        more = "another" if sources else "the first"
        kind = _one_of(ask, f"Where are your errors? ({', '.join(KINDS)}; empty: no {more})", KINDS)
        if not kind:
            break
        sources.append(_source(ask, kind, service))
    me = _words(ask("Names by which these services know you, with blanks between (empty: none): "))
    chosen = _one_of(ask, f"Tracker (github, gitlab, jira, linear, none; empty: {tracker})",
                     ("github", "gitlab", "jira", "linear", "none"))  # fmt: skip
    strong = ask("Model for drafts, such as anthropic/claude-sonnet-4-5 (empty: none): ").strip()
    fast = (
        ask("Cheaper model for looking around, such as openai/gpt-4.1-mini (empty: the same): ").strip()
        if strong
        else ""
    )
    consent = bool(strong) and _yes(
        ask("May redacted events and code go to that provider? Without it no draft is made. [y/N] ")
    )
    return Answers(tuple(sources), me, chosen or tracker, fast, strong, consent)


def _source(ask: Ask, kind: str, service: str) -> Source:
    if kind == "files":
        return Source(kind, path=ask("Folder or file of events: ").strip(), service=service)
    url = organization = site = account = email = ""
    if kind in ADDRESS:
        url = ask(f"Its address (empty: {ADDRESS[kind]}): ").strip() or ADDRESS[kind]
    if kind in WITH_ORGANIZATION:
        organization = ask("Organization, the slug in its addresses: ").strip()
    if kind == "datadog":
        site = ask("Site (empty: datadoghq.com): ").strip()
    if kind == "jsm":
        account = ask("Cloud id of the Atlassian site: ").strip()
    if kind in ("jsm", "pagerduty"):
        email = ask("Your e-mail address there: ").strip()
    projects = (
        _words(ask("Projects, with blanks between (empty: all): "))
        if kind in (*WITH_ORGANIZATION, "bugsink")
        else ()
    )
    usual = TOKEN_ENV[kind]
    needs = f" ({SCOPES[kind]})" if kind in SCOPES else ""
    token = ask(f"Variable that holds its token{needs} (empty: {usual}): ").strip() or usual
    return Source(kind, url, organization, projects, "", "", token, site, account, email)


def _one_of(ask: Ask, question: str, choices: tuple[str, ...]) -> str:
    """One of the choices, "" for an empty answer; asked again for any other."""
    while True:
        answer = ask(f"{question}: ").strip().lower()
        if not answer or answer in choices:
            return answer


def _words(answer: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(answer.replace(",", " ").split()))


def _yes(answer: str) -> bool:
    return answer.strip().lower() in ("y", "yes")
