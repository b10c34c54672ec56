"""People as contexts of `explain gate` name them: a string, or an object in any service's spelling."""

from __future__ import annotations

from rootcase.core.model.errors import UsageError
from rootcase.core.model.signals import Actor
from rootcase.core.signals.loose import first_text, flag, table, text

NOBODY = frozenset({"", "unassigned", "none", "nobody", "null", "-", "n/a"})
NAMES = (
    "name", "login", "username", "displayName", "display_name", "email", "slug", "id", "to", "responder", "who",
)  # fmt: skip
RULES = (
    "rule",
    "auto",
    "codeowners",
    "suspect",
    "ownership",
    "integration",
    "bot",
    "suggested",
    "automation",
    "workflow",
)


def people(value: object, key: str) -> list[Actor]:
    """One or several; empty for null and ""."""
    many = value if isinstance(value, list) else [value]
    return [found for each in many if (found := actor(each, key)) is not None]


def actor(value: object, key: str) -> Actor | None:
    """None for null, "" and an object without a name; UsageError for what is no person."""
    if value is None or value == "" or value == {}:
        return None
    if isinstance(value, str):
        name = text(value).strip()
        return None if name.lower() in NOBODY else Actor(name, me=name.lower() in ("me", "myself"))
    row = table(value)
    if not row:
        raise UsageError(
            f"`{text(key, 40)}` of the context names nobody", f"It is {text(value, 60)}.",
            'Write a name, or {"name": "lena", "bot": false}.',
        )  # fmt: skip
    name = first_text(row, *NAMES)
    kind = first_text(row, "type", "kind").lower()
    bot = kind in ("bot", "app", "integration", "service") or any(
        flag(row.get(n)) is True for n in ("bot", "is_bot", "isBot", "app")
    )
    if kind in ("team", "group", "queue", "schedule") or flag(row.get("team")) is True:
        name = name if name.startswith(("#", "@", "team:")) else f"#{name}"
    if isinstance(row.get("team"), str) and not name:
        name = f"#{text(row['team'])}"
    if not name and not row.get("me"):
        return None
    return Actor(
        name or "me", bot, flag(row.get("me")) is True or flag(row.get("is_me")) is True, _by_rule(row)
    )


def _by_rule(row: object) -> bool:
    told = table(row)
    if any(
        flag(told.get(n)) is True
        for n in ("by_rule", "auto", "auto_assigned", "autoAssigned", "rule", "suggested")
    ):
        return True
    how = first_text(
        told, "via", "assigned_by", "assignedBy", "assigned_via", "source", "origin", "how", "reason", "by"
    ).lower()
    inner = table(told.get("assigned_by") or told.get("assignedBy") or told.get("by"))
    if flag(inner.get("bot")) is True or first_text(inner, "type").lower() in ("bot", "rule", "app"):
        return True
    how = how or first_text(inner, "name", "type").lower()
    return any(word in how for word in RULES)
