"""GitHub's auto-merge, which only its GraphQL API has.

https://docs.github.com/en/graphql/reference/mutations#enablepullrequestautomerge
"""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec

from rootcase.core.deliver.destination import Destination
from rootcase.core.deliver.github import ADDRESS
from rootcase.core.deliver.github_shapes import refusal
from rootcase.core.deliver.merging import BY_HAND, Mergeable
from rootcase.core.deliver.reading import Reading
from rootcase.core.deliver.rest import RestClient
from rootcase.core.model.errors import DeliveryError
from rootcase.core.safety.text import clean_line

LOOK = """query($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    viewerDefaultMergeMethod
    pullRequest(number: $number) {
      id state isDraft headRefOid reviewDecision
      autoMergeRequest { enabledAt }
      baseRef { branchProtectionRule { requiresApprovingReviews requiredApprovingReviewCount } }
    }
  }
}"""
ASK = """mutation($input: EnablePullRequestAutoMergeInput!) {
  enablePullRequestAutoMerge(input: $input) { pullRequest { id } }
}"""
WITHDRAW = """mutation($input: DisablePullRequestAutoMergeInput!) {
  disablePullRequestAutoMerge(input: $input) { pullRequest { id } }
}"""
HINT = "Allow auto-merge in the repository's settings, or merge by hand when it is reviewed."


class Rule(msgspec.Struct, rename="camel"):
    requires_approving_reviews: bool = False
    required_approving_review_count: int | None = None


class Base(msgspec.Struct, rename="camel"):
    branch_protection_rule: Rule | None = None


class PullRequest(msgspec.Struct, rename="camel"):
    id: str
    state: str
    head_ref_oid: str
    is_draft: bool = False
    review_decision: str | None = None
    auto_merge_request: dict[str, object] | None = None
    base_ref: Base | None = None

    def demanded(self) -> int:
        """Approvals that the branch demands. Without a rule to read, a review that is missing shows one."""
        rule = self.base_ref.branch_protection_rule if self.base_ref else None
        if rule is not None and rule.requires_approving_reviews:
            return rule.required_approving_review_count or 0
        return 1 if self.review_decision in ("REVIEW_REQUIRED", "CHANGES_REQUESTED") else 0


class Repository(msgspec.Struct, rename="camel"):
    viewer_default_merge_method: str = "MERGE"
    pull_request: PullRequest | None = None


class Data(msgspec.Struct):
    repository: Repository | None = None


class Problem(msgspec.Struct):
    message: str = ""


class Reply(msgspec.Struct):
    data: Data | None = None
    errors: list[Problem] = []


class GitHubMerge:
    """The `Merger` port for GitHub. project: `owner/name`; path: of the GraphQL API at the client's origin."""

    def __init__(self, project: str, client: RestClient, path: str) -> None:
        self._owner, _, self._name = project.partition("/")
        self._client = client
        self._read = Reading(client, project, lambda answer: refusal(answer).words(), ADDRESS)
        self._path = path

    async def close(self) -> None:
        await self._client.close()

    async def look(self, number: int) -> Mergeable:
        variables = {"owner": self._owner, "name": self._name, "number": number}
        body = msgspec.json.encode({"query": LOOK, "variables": variables})
        reply = self._read.decoded(await self._client.ask(self._path, body), Reply)
        repository = reply.data.repository if reply.data else None
        pull = repository.pull_request if repository else None
        if repository is None or pull is None:
            raise _refused("GitHub does not say how it would be merged", reply)
        return Mergeable(
            number, pull.head_ref_oid, pull.state.lower(), pull.is_draft, pull.auto_merge_request is not None,
            pull.demanded(), pull.review_decision == "APPROVED", pull.id, repository.viewer_default_merge_method,
        )  # fmt: skip

    async def ask(self, there: Mergeable) -> None:
        fields = {"pullRequestId": there.id, "mergeMethod": there.method, "expectedHeadOid": there.head}
        await self._change(ASK, fields, f"GitHub does not take #{there.number} for merging")

    async def withdraw(self, there: Mergeable) -> None:
        await self._change(WITHDRAW, {"pullRequestId": there.id}, f"GitHub keeps merging #{there.number}")

    async def _change(self, mutation: str, fields: dict[str, str], refused: str) -> None:
        body = msgspec.json.encode({"query": mutation, "variables": {"input": fields}})
        reply = self._read.decoded(await self._client.post(self._path, body), Reply)
        if reply.errors:
            raise _refused(refused, reply)


def open_github_merge(place: Destination, client: RestClient) -> GitHubMerge:
    return GitHubMerge(place.project, client, graphql_path(place.api))


def graphql_path(api: str) -> str:
    """`https://HOST/api/graphql` for a server whose REST API is at `/api/v3`, else beside the REST API."""
    parts = urlsplit(api)
    if parts.path.rstrip("/").endswith("/v3"):
        return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/').removesuffix('/v3')}/graphql"
    return "graphql"


def _refused(title: str, reply: Reply) -> DeliveryError:
    words = clean_line("; ".join(problem.message for problem in reply.errors), limit=300)
    return DeliveryError(title, words or "It gave no reason.", HINT if words else BY_HAND)
