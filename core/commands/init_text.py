"""The configuration that `rootcase init` writes, as YAML that says what each line is for."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from rootcase.core.commands.init_ask import Answers, Source
from rootcase.core.commands.init_look import Found

# What YAML reads as the text that it is (YAML 1.1 plain scalars, on the safe side).
_PLAIN = re.compile(r"[A-Za-z./~_][A-Za-z0-9._/@+~-]*")
_WORDS_OF_YAML = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n", "~", ".", "..."))
_EXAMPLE = """\
#  - kind: sentry                   # glitchtip, bugsink, datadog, pagerduty, jsm, opsgenie, dynatrace, files
#    url: https://sentry.io         # or your own server
#    organization: your-organization
#    projects: [{name}]
#    service: {name}
#    token_env: SENTRY_AUTH_TOKEN   # or token_command, token_keyring; scopes: org:read project:read event:read
"""


def text_for(found: Found, answers: Answers) -> str:
    """The configuration of one repository and what was answered."""
    lines = [
        "# Rootcase. Every key: docs/configuration.md. `rootcase doctor` shows each value with its origin."
    ]
    lines += _sources(answers.sources, found)
    lines += _repository(found, answers.tracker)
    if answers.me:
        lines.append(f"me: {_listed(answers.me)}")
    lines += [
        "budget: {usd: 1.00, minutes: 20}",
        "policy: {level: draft-only, approve: []}",
        *_models(answers),
    ]
    return "\n".join(lines) + "\n"


def _sources(sources: Sequence[Source], found: Found) -> list[str]:
    if not sources:
        return ["sources: []", *_EXAMPLE.format(name=quoted(found.services[0])).splitlines()]
    lines = ["sources:"]
    for source in sources:
        lines.append(f"  - kind: {source.kind}")
        for key in ("url", "site", "organization", "account", "email", "path", "service", "token_env"):
            value = getattr(source, key)
            lines += [f"    {key}: {quoted(value)}"] if value else []
        lines += [f"    projects: {_listed(source.projects)}"] if source.projects else []
    return lines


def _repository(found: Found, tracker: str) -> list[str]:
    lines = ["repositories:", f"  - path: {quoted(found.path)}"]
    lines.append(f"    services: {_listed(found.services)}")
    lines.append(f"    base_branch: {quoted(found.branch)}")
    if found.tests:
        lines.append(f"    test_command: {_listed(found.tests)}")
    else:
        lines.append("#    test_command: [make, test]     # nothing here says how its tests are run")
    if found.checks:
        # Written down, they are confirmed; taken out, they are not run.
        lines.append(f"    check_commands: [{', '.join(map(_listed, found.checks))}]")
    if found.environment:
        lines.append(f"    environment: {quoted(found.environment)}")
    lines.append(f"    forge: {found.forge}")
    for key, value in (("forge_url", found.forge_url), ("forge_project", found.project)):
        lines += [f"    {key}: {quoted(value)}"] if value else []
    if token_env := _token_env(found):
        lines.append(f"    forge_token_env: {token_env}")
    lines.append(f"    tracker: {tracker or 'none'}")
    if found.codeowners:
        lines.append(f"    # owners come from {found.codeowners}")
    return lines


def _token_env(found: Found) -> str:
    """The variable of the forge's token, "" for the default one.

    The host came from the checkout's remote, so a server of one's own never gets a token of the public service.
    """
    if found.forge == "gitlab":
        return "GITLAB_SELF_MANAGED_TOKEN" if found.forge_url else "GITLAB_TOKEN"
    return "GITHUB_ENTERPRISE_TOKEN" if found.forge == "github" and found.forge_url else ""


def _models(answers: Answers) -> list[str]:
    if not answers.strong:
        return ["# models: {fast: openai/gpt-4.1-mini, strong: anthropic/claude-sonnet-4-5, consent: true}"]
    fast = f"fast: {quoted(answers.fast)}, " if answers.fast else ""
    consent = "true" if answers.consent else "false"
    return [f"models: {{{fast}strong: {quoted(answers.strong)}, consent: {consent}}}"]


def quoted(value: str) -> str:
    """The text as YAML reads it back, bare where that is safe (JSON strings are YAML)."""
    bare = _PLAIN.fullmatch(value) and value.lower() not in _WORDS_OF_YAML
    return value if bare else json.dumps(value, ensure_ascii=False)


def _listed(values: Sequence[str]) -> str:
    return "[" + ", ".join(map(quoted, values)) + "]"
