"""A description of the GlitchTip routes we use; GlitchTip publishes none that holds, so it is written here.

Source: the answers recorded of a GlitchTip backend after 5.1.0 and its route definitions
(glitchtip/glitchtip-backend, apps/issue_events/api, apps/releases/api, pagination with `limit` and `cursor`).
"""

from __future__ import annotations

PAGING = [("limit", {"type": "integer", "minimum": 1, "maximum": 100}), ("cursor", {"type": "string"})]
ISSUE_LIST = [
    ("query", {"type": "string"}),
    ("sort", {"type": "string", "enum": [
        "last_seen", "first_seen", "count", "priority", "-last_seen", "-first_seen", "-count", "-priority"]}),
    ("project", {"type": "array", "items": {"type": "integer"}}),
    ("environment", {"type": "array", "items": {"type": "string"}}),
    ("id", {"type": "array", "items": {"type": "integer"}}),
    *PAGING,
]  # fmt: skip
STATUS = {
    "type": "object", "required": ["status"], "additionalProperties": False,
    "properties": {"status": {"type": "string", "enum": ["resolved", "unresolved", "ignored"]}},
}  # fmt: skip
COMMENT = {
    "type": "object", "required": ["data"], "additionalProperties": False,
    "properties": {"data": {"type": "object", "required": ["text"], "additionalProperties": False,
                            "properties": {"text": {"type": "string", "minLength": 1}}}},
}  # fmt: skip
ROUTES = [
    ("get", "/api/0/", [], None),
    ("get", "/api/0/organizations/{org}/", [], None),
    ("get", "/api/0/organizations/{org}/issues/", ISSUE_LIST, None),
    ("get", "/api/0/projects/{org}/{project}/issues/", ISSUE_LIST, None),
    ("get", "/api/0/organizations/{org}/issues-stats/", [
        ("groups", {"type": "array", "items": {"type": "integer"}, "maxItems": 200}),
        ("statsPeriod", {"type": "string", "enum": ["24h", "14d"]})], None),
    ("get", "/api/0/organizations/{org}/releases/", PAGING, None),
    ("get", "/api/0/issues/{issue}/", [], None),
    ("put", "/api/0/issues/{issue}/", [], STATUS),
    ("get", "/api/0/issues/{issue}/events/", PAGING, None),
    ("get", "/api/0/issues/{issue}/tags/", [("key", {"type": "string"})], None),
    ("get", "/api/0/issues/{issue}/comments/", PAGING, None),
    ("post", "/api/0/issues/{issue}/comments/", [], COMMENT),
]  # fmt: skip


def description() -> dict[str, object]:
    """An OpenAPI document of those routes; every one needs a bearer token."""
    paths: dict[str, dict[str, object]] = {}
    for method, path, query, body in ROUTES:
        names = [part.strip("{}") for part in path.split("/") if part.startswith("{")]
        parameters = [
            {
                "name": name,
                "in": "path",
                "required": True,
                "schema": {"type": "integer" if name == "issue" else "string"},
            }
            for name in names
        ]
        parameters += [{"name": name, "in": "query", "schema": schema} for name, schema in query]
        operation: dict[str, object] = {"parameters": parameters, "responses": {"200": {"description": "ok"}}}
        if body is not None:
            operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
        paths.setdefault(path, {})[method] = operation
    return {
        "openapi": "3.0.3",
        "info": {"title": "GlitchTip", "version": "5.1"},
        "security": [{"token": []}],
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "paths": paths,
    }
