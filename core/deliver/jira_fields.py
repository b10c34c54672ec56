"""The fields of a new Jira issue: what the project requires is asked first, and filled or named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rootcase.core.deliver.adf import Json, document
from rootcase.core.deliver.jira_shapes import FieldMeta, IssueType
from rootcase.core.model.errors import DeliveryError

# Filled by us, or by Jira itself.
OURS = frozenset({"project", "issuetype", "summary", "description", "labels", "reporter"})
FIRST = ("bug", "task", "incident", "story")
TEXT_AREA = "textarea"


def chosen_type(types: Sequence[IssueType], wanted: str) -> IssueType:
    """The issue type by its name, else Bug or Task. DeliveryError where there is none."""
    whole = [each for each in types if not each.subtask]
    names = [wanted.lower()] if wanted else list(FIRST)
    for name in names:
        for each in whole:
            if each.name.lower() == name:
                return each
    if whole and not wanted:
        return whole[0]
    known = ", ".join(each.name for each in whole) or "none"
    raise DeliveryError(
        f"The Jira project has no issue type {wanted}".rstrip(), f"It has {known}.",
        "Set tracker_issue_type for this repository in config.yaml.",
    )  # fmt: skip


def filled(metas: Sequence[FieldMeta], given: Mapping[str, str]) -> dict[str, Json]:
    """Values for the fields beyond our own. DeliveryError names each that is required and not given."""
    out: dict[str, Json] = {}
    missing: list[str] = []
    for meta in metas:
        value = given.get(meta.id, given.get(meta.name, ""))
        if meta.id in OURS:
            continue
        if value:
            out[meta.id] = _value(meta, value)
        elif meta.required and not meta.has_default_value:
            missing.append(_named(meta))
    if missing:
        raise DeliveryError(
            "The Jira project requires fields that are not filled", "; ".join(missing),
            "Give them values under tracker_fields for this repository in config.yaml, or a default in Jira.",
        )  # fmt: skip
    return out


def _value(meta: FieldMeta, value: str) -> Json:
    """The form that the field's schema asks for."""
    kind = meta.schema
    if kind.type == "array":
        return [_one(kind.items, each.strip()) for each in value.split(",")]
    if kind.type == "number":
        try:
            return float(value)
        except ValueError:
            raise DeliveryError(
                f"{meta.name} in Jira takes a number", f"tracker_fields says {value!r}.", "Correct it there."
            ) from None
    if kind.custom.rpartition(":")[2] == TEXT_AREA or meta.id == "environment":
        node: Json = document(value, frozenset())[0]
        return node
    return _one(kind.type, value)


def _one(kind: str, value: str) -> Json:
    if kind == "option":
        return {"value": value}
    if kind in ("priority", "version", "component", "securitylevel", "resolution"):
        return {"name": value}
    if kind == "user":
        return {"accountId": value}
    if kind in ("issuelink", "parent"):
        return {"key": value}
    return value


def _named(meta: FieldMeta) -> str:
    options = [option.value or option.name for option in meta.allowed_values[:6]]
    choice = f": {', '.join(option for option in options if option)}" if any(options) else ""
    return f"{meta.name} ({meta.id}){choice}"
