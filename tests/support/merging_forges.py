"""The forges' own auto-merge, with their rules: beside the local GitHub and the GitLab stand-in.

Neither is in the services' published descriptions that the other requests are held against: GitHub's auto-merge is
GraphQL alone, GitLab's `merge` has no operation there. The fields are those of
https://docs.github.com/en/graphql/reference/mutations#enablepullrequestautomerge and
https://docs.gitlab.com/api/merge_requests/#merge-a-merge-request
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from rootcase.core.deliver.localforge.asked import Asked, Reply
from rootcase.core.deliver.localforge.server import ForgeServer
from tests.support.fake_gitlab import FakeGitLab
from tests.support.fake_web import Asked as WebAsked
from tests.support.fake_web import Reply as WebReply


@dataclass
class GitHubMerging:
    """reviews: approvals that the branch demands; allowed: the repository's own setting; clean: nothing is missing."""

    server: ForgeServer
    reviews: int = 1
    decision: str | None = "REVIEW_REQUIRED"
    allowed: bool = True
    clean: bool = False
    asked: dict[int, str] = field(default_factory=dict)
    writes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.server.routes.append(("POST", re.compile("^/graphql$"), self.answer))

    def answer(self, asked: Asked, match: re.Match[str]) -> Reply:
        body: Any = asked.body
        query, variables = body["query"], body["variables"]
        if query.startswith("query"):
            return self._look(variables["number"])
        given = variables["input"]
        number = int(given["pullRequestId"].removeprefix("PR_"))
        self.writes.append(f"{'disable' if 'disable' in query else 'enable'} {number}")
        if "disablePullRequestAutoMerge" in query:
            self.asked.pop(number, None)
            return Reply(200, {"data": {}})
        head = self.server.shapes.bare.branches()[self.server.book.items[number].head]
        wrong = {
            not self.allowed: "Pull request Auto merge is not allowed for this repository",
            self.clean: "Pull request Pull request is in clean status",
            given["expectedHeadOid"] != head: "Head sha does not match the expected head sha",
            given["mergeMethod"] not in ("MERGE", "SQUASH", "REBASE"): "mergeMethod is invalid",
        }
        if True in wrong:
            return Reply(
                200, {"data": {"enablePullRequestAutoMerge": None}, "errors": [{"message": wrong[True]}]}
            )
        self.asked[number] = given["mergeMethod"]
        return Reply(200, {"data": {"enablePullRequestAutoMerge": {"pullRequest": {"id": f"PR_{number}"}}}})

    def _look(self, number: int) -> Reply:
        item = self.server.book.items[number]
        head = self.server.shapes.bare.branches().get(item.head, item.head_sha)
        rule = {"requiresApprovingReviews": True, "requiredApprovingReviewCount": self.reviews}
        pull: Any = {
            "id": f"PR_{number}", "state": "MERGED" if item.merged_at else item.state.upper(), "isDraft": item.draft,
            "headRefOid": head, "reviewDecision": self.decision if self.reviews else None,
            "autoMergeRequest": {"enabledAt": "2026-03-01T10:00:00Z"} if number in self.asked else None,
            "baseRef": {"branchProtectionRule": rule if self.reviews else None},
        }  # fmt: skip
        return Reply(
            200, {"data": {"repository": {"viewerDefaultMergeMethod": "SQUASH", "pullRequest": pull}}}
        )


class GitLabMerging(FakeGitLab):
    """required, given: approvals. preparing: how often a new merge request is not ready yet."""

    required, given, preparing = 1, 0, 2

    def _routed(self, asked: WebAsked, rest: list[str]) -> WebReply:
        match (asked.method, *rest):
            case ("GET", "merge_requests", number, "approvals"):
                left = max(0, self.required - self.given)
                return (
                    200,
                    {"approvals_required": self.required, "approvals_left": left, "approved": not left},
                    {},
                )
            case ("PUT", "merge_requests", number, "merge"):
                return self._merge(self._one("merge_requests", number)[1], asked.json)
            case ("POST", "merge_requests", number, "cancel_merge_when_pipeline_succeeds"):
                item = self._one("merge_requests", number)[1]
                if not item.get("merge_when_pipeline_succeeds"):
                    return 406, {"message": "406 Not Acceptable"}, {}
                item["merge_when_pipeline_succeeds"] = False
                return 201, item, {}
        return super()._routed(asked, rest)

    def _merge(self, item: Any, given: Any) -> WebReply:
        if self.preparing > 0:
            self.preparing -= 1
            return 405, {"message": "405 Method Not Allowed"}, {}
        if given["sha"] != self.bare.branches()[item["source_branch"]]:
            return 409, {"message": "SHA does not match HEAD of source branch"}, {}
        if self.required <= self.given:  # all that is demanded is there, so it is merged on the spot
            item["state"] = "merged"
            return 200, item, {}
        item["merge_when_pipeline_succeeds"] = bool(
            given.get("auto_merge") or given["merge_when_pipeline_succeeds"]
        )
        return 200, item, {}
