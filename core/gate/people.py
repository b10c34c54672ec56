"""Who is a human at a service, who is a team, a rule or a bot, and who is me."""

from __future__ import annotations

import re

from rootcase.core.model.signals import Actor

_BOT = re.compile(
    r"\[bot\]$|(?:^|[-_. ])bot(?:$|[-_. \d])|^(?:dependabot|renovate|github-actions|sentry|rootcase|gitlab-runner)\b"
    r"|\b(?:automation|autoassign|integration|ownership[ -]rule|codeowners|service[ -]account|no-?reply)\b"
    r"|^(?:svc|system)(?:$|[-_:])",
    re.IGNORECASE,
)
_GROUP = re.compile(
    r"^(?:#|team[:_ /-]|@?[\w.-]+/)|[-_ ](?:team|squad|guild|crew|group|oncall|on-call)$|^(?:team|squad|on-?call)$",
    re.IGNORECASE,
)


def is_bot(actor: Actor) -> bool:
    return actor.bot or bool(_BOT.search(actor.name))


def is_group(actor: Actor) -> bool:
    """A team or a queue, by how services write them (`#storefront`, `team:x`, `@acme/x`, `platform-team`)."""
    return bool(_GROUP.search(actor.name.strip()))


def is_human(actor: Actor | None) -> bool:
    """A person who took it, or was given it by one: no bot, no team, no rule that put a name there."""
    if actor is None or not actor.name.strip():
        return False
    return not (actor.by_rule or is_bot(actor) or is_group(actor))


def what_else(actor: Actor) -> str:
    """What one is who is no human owner, in words."""
    if actor.by_rule:
        return "was put there by a rule, not by a person"
    return "is a bot" if is_bot(actor) else "is a team, not a person"


def same_person(one: str, other: str) -> bool:
    """Whether two services mean the same: `@lena`, `Lena` and `lena@acme.example`."""
    return bool(_plain(one)) and _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return name.strip().lower().lstrip("@").partition("@")[0]
