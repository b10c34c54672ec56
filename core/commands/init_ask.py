"""Asks on the terminal what a checkout cannot tell: which services hold the errors, and how far models may go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import get_args

from rootcase.core.config.settings import SourceKind
from rootcase.core.config.tokens import TOKEN_ENV

Ask = Callable[[str], str]
Tell = Callable[[str], None]
KINDS: tuple[str, ...] = get_args(SourceKind)
TRACKERS = ("github", "gitlab", "jira", "linear", "none")
# "" where it has to be given; kinds that are not here need no address.
ADDRESS = {
    "sentry": "https://sentry.io", "glitchtip": "https://app.glitchtip.com", "bugsink": "", "dynatrace": "",
}  # fmt: skip
WITH_ORGANIZATION = ("sentry", "glitchtip")
SCOPES = {
    "sentry": "org:read project:read event:read, and event:write to resolve and comment",
    "glitchtip": "event:read project:read, and event:write to resolve and comment",
    "bugsink": "issues:read events:read releases:read projects:read, and issues:triage issues:comment to write",
    "pagerduty": "incidents.read services.read, and incidents.write to acknowledge",
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


def interview(ask: Ask, tell: Tell, *, service: str, tracker: str) -> Answers:
    """All questions, each with what an empty answer means. ask: shows a question, returns the answer."""
    sources: list[Source] = []
    tell(f"Where are your errors? {', '.join(KINDS)}")
    while kind := _one_of(
        ask, "Another source (enter: no more)" if sources else "Source (enter: none)", KINDS
    ):
        sources.append(_source(ask, tell, kind, service))
    me = _words(ask("Names by which these services know you (enter: none): "))
    tell(f"Tickets go to one of {', '.join(TRACKERS)}")
    chosen = _one_of(ask, f"Tracker [{tracker}]", TRACKERS) or tracker
    tell("A draft needs a model, such as anthropic/claude-sonnet-4-5; its key stays in the environment")
    strong = ask("Model for drafts (enter: none): ").strip()
    if not strong:
        return Answers(tuple(sources), me, chosen)
    fast = ask("Cheaper model for looking around (enter: the same): ").strip()
    tell("Redacted events and code go to that provider. Without your consent no draft is made")
    return Answers(tuple(sources), me, chosen, fast, strong, _yes(ask("Consent? [y/N] ")))


def _source(ask: Ask, tell: Tell, kind: str, service: str) -> Source:
    if kind == "files":
        return Source(kind, path=_given(ask, "Folder or file of events"), service=service)
    url = organization = site = account = email = ""
    projects: tuple[str, ...] = ()
    if kind in ADDRESS:
        usual = ADDRESS[kind]
        url = ask(f"Address [{usual}]: ").strip() or usual if usual else _given(ask, "Address (https://…)")
    if kind in WITH_ORGANIZATION:
        organization = _given(ask, "Organization (the slug in its addresses)")
    if kind == "datadog":
        site = ask("Site [datadoghq.com]: ").strip()
    if kind == "jsm":
        account = _given(ask, "Cloud id of the Atlassian site")
    if kind in ("jsm", "pagerduty"):
        email = _given(ask, "Your e-mail address there")
    if kind in (*WITH_ORGANIZATION, "bugsink"):
        projects = _words(ask("Projects (enter: all): "))
    if kind in SCOPES:
        tell(f"Its token needs {SCOPES[kind]}")
    token = ask(f"Variable that holds the token [{TOKEN_ENV[kind]}]: ").strip() or TOKEN_ENV[kind]
    return Source(kind, url, organization, projects, "", "", token, site, account, email)


def _given(ask: Ask, question: str) -> str:
    """An answer that is not empty; asked until there is one."""
    while True:
        answer = ask(f"{question}: ").strip()
        if answer:
            return answer


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
