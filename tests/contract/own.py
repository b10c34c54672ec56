"""Operations that the kept descriptions leave out, written here from the services' own pages.

Each row: method, path below the API, names of its query, and the schema of its body, None for no body.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from jsonschema import Draft202012Validator

from tests.contract.contract import Recorded

PAGES = {"per_page", "page"}
# https://docs.github.com/en/rest/repos/forks#create-a-fork
GITHUB_FORK = {
    "type": "object", "additionalProperties": False,
    "properties": {"organization": {"type": "string"}, "name": {"type": "string"},
                   "default_branch_only": {"type": "boolean"}},
}  # fmt: skip
# https://docs.gitlab.com/api/project_forks/#fork-a-project
GITLAB_FORK = {
    "type": "object", "additionalProperties": False,
    "properties": {"name": {"type": "string"}, "path": {"type": "string"}, "namespace_path": {"type": "string"},
                   "visibility": {"enum": ["private", "internal", "public"]}},
}  # fmt: skip
Row = tuple[str, str, set[str], Mapping[str, object] | None]
ROUTES: dict[str, tuple[Row, ...]] = {
    "github": (
        # https://docs.github.com/en/rest/branches/branches#list-branches
        ("GET", r"/repos/[^/]+/[^/]+/branches", {"protected", *PAGES}, None),
        ("POST", r"/repos/[^/]+/[^/]+/forks", set(), GITHUB_FORK),
        # https://docs.github.com/en/rest/repos/rules#get-rules-for-a-branch
        ("GET", r"/repos/[^/]+/[^/]+/rules/branches/[^/]+", PAGES, None),
        # https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user
        ("GET", r"/repos/[^/]+/[^/]+/collaborators/[^/]+/permission", set(), None),
        # https://docs.github.com/en/rest/pulls/comments#list-review-comments-on-a-pull-request
        ("GET", r"/repos/[^/]+/[^/]+/pulls/\d+/comments", {"sort", "direction", "since", *PAGES}, None),
    ),
    "gitlab": (
        # https://docs.gitlab.com/api/branches/#list-all-repository-branches
        ("GET", r"/api/v4/projects/[^/]+/repository/branches", {"search", "regex", *PAGES}, None),
        ("POST", r"/api/v4/projects/[^/]+/fork", set(), GITLAB_FORK),
        # https://docs.gitlab.com/api/merge_requests/#get-single-merge-request-reviewers
        ("GET", r"/api/v4/projects/[^/]+/merge_requests/\d+/reviewers", set(), None),
    ),
}  # fmt: skip


def own_faults(service: str, sent: Recorded, base: str = "") -> list[str] | None:
    """Why the service would not take this request; None where it is not one of these operations."""
    for method, pattern, names, schema in ROUTES[service]:
        if sent.method != method or not re.fullmatch(pattern, sent.path.removeprefix(base)):
            continue
        faults = [f"query {name!r} is not known there" for name in sorted({n for n, _ in sent.query} - names)]
        if schema is not None:
            found = Draft202012Validator(schema).iter_errors(json.loads(sent.body or b"null"))
            faults += [error.message for error in found]
        elif sent.body:
            faults.append("a body is not taken there")
        return [f"{sent.method} {sent.path}: {fault}" for fault in faults]
    return None
