"""JSON Schema of a tool's arguments, inlined, since not every provider follows references."""

from __future__ import annotations

import msgspec

Json = bool | int | float | str | list["Json"] | dict[str, "Json"] | None
PREFIX = "#/$defs/"
# Every call pays for each word of a schema: what may be left out is not in `required`, limits are checked anyway.
SAID_ELSEWHERE = frozenset({"title", "default", "minimum", "maximum"})


def parameters_of(arguments: type) -> str:
    """The schema as JSON text."""
    schema: dict[str, Json] = msgspec.json.schema(arguments)
    definitions = schema.pop("$defs", {})
    assert isinstance(definitions, dict)
    inlined = _inline(schema, definitions)
    assert isinstance(inlined, dict)
    return msgspec.json.encode(inlined).decode()


def _inline(value: Json, definitions: dict[str, Json]) -> Json:
    if isinstance(value, list):
        return [_inline(item, definitions) for item in value]
    if not isinstance(value, dict):
        return value
    reference = value.get("$ref")
    if isinstance(reference, str):
        return _inline(definitions[reference.removeprefix(PREFIX)], definitions)
    kept = {
        key: _inline(item, definitions)
        for key, item in value.items()
        if key not in SAID_ELSEWHERE or isinstance(item, dict)
    }
    # Some providers refuse a schema with an empty choice; leaving the argument out says the same.
    choices = kept.get("enum")
    if isinstance(choices, list) and "" in choices:
        kept["enum"] = [choice for choice in choices if choice != ""]
    return kept
