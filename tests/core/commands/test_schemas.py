"""What commands print as JSON is what the published schemas say."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from rootcase.core.schemas.published import NAMES, as_text, file_of, names, schema_of

COMMANDS = {
    "sync": ("sync", "--json"), "cases": ("cases", "--json"), "doctor": ("doctor", "--json"),
    "report": ("report", "C-1", "--format", "json"), "stats": ("stats", "--json", "--since", "all"),
    "watch": ("watch", "--once", "--json"),
    "policy": ("policy", "show", "--json"), "explain.policy": ("explain", "policy", "C-1", "--json"),
}  # fmt: skip
# What of each has to be there: a list that is not empty, or a field.
FILLED = {
    "sync": "sources", "cases": "cases", "doctor": "sources", "report": "timeline", "stats": "buckets",
    "watch": "sources", "policy": "switch", "explain.policy": "rule",
}  # fmt: skip
AGAIN = "make schemas writes them anew (a field that went or changed needs a new version)"


def published(name: str) -> dict:
    return json.loads(file_of(name).read_text(encoding="utf-8"))


def strict(schema: dict) -> dict:
    """The schema without room for fields that nobody published."""
    closed = json.loads(json.dumps(schema))
    for part in closed["$defs"].values():
        if "properties" in part:
            part["additionalProperties"] = False
    return closed


@pytest.mark.parametrize("name", NAMES)
def test_the_published_schema_is_up_to_date(name):
    assert file_of(name).read_text(encoding="utf-8") == as_text(schema_of(name)), AGAIN


@pytest.mark.parametrize("name", NAMES)
def test_the_published_schema_is_one(name):
    Draft202012Validator.check_schema(published(name))
    assert published(name)["title"] == names()[name][0] and file_of(name).name.startswith(f"{name}.")


@pytest.fixture
def printed(shop):
    """What the commands print over a shop whose second file cannot be read whole."""
    event = {
        "event_id": "a-1", "timestamp": "2026-03-01T10:00:00Z", "issue": "a", "platform": "python", "release": "2.14.0",
        "environment": "production", "user": {"id": "u1"},
        "exception": {"values": [{"type": "KeyError", "value": "'currency'", "stacktrace": {"frames": [
            {"function": "price_for", "filename": "shop/pricing.py", "lineno": 88, "in_app": True}]}}]},
    }  # fmt: skip
    shop.happens(event)
    (shop.errors / "torn.jsonl").write_text('{"event_id": \n', encoding="utf-8")

    def run(name: str) -> dict:
        shop.line.run("sync") if name not in ("sync", "watch") else None
        done = shop.line.run(*COMMANDS[name])
        assert done.code in (0, 2, 6), done.said
        return done.json

    return run


@pytest.mark.parametrize("name", NAMES)
def test_real_output_is_as_published_and_holds_nothing_else(printed, name):
    output = printed(name)
    Draft202012Validator(strict(published(name))).validate(output)
    assert output["schema"] == names()[name][0]
    assert output[FILLED[name]], "an empty list proves little"
    if name == "sync":
        assert "unreadable" in json.dumps(output["sources"])


@pytest.mark.parametrize("name", NAMES)
def test_output_that_lacks_a_field_is_refused(printed, name):
    output = printed(name)
    filled = output[FILLED[name]]
    part = filled[0] if isinstance(filled, list) else output
    field = next(iter(part)) if isinstance(filled, list) else FILLED[name]
    del part[field]
    with pytest.raises(ValidationError, match=field):
        Draft202012Validator(published(name)).validate(output)
