"""The local forge's answers in GitHub's shapes, with every field that GitHub's description requires."""

from __future__ import annotations

from rootcase.core.deliver.localforge.bare import Bare
from rootcase.core.deliver.localforge.book import Comment, Item

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]
Fields = dict[str, Json]
LABEL_COLOR = "ededed"


class Shapes:
    """base: the server's own address; project: `owner/name`."""

    def __init__(self, base: str, project: str, bare: Bare) -> None:
        self.base = base
        self.project = project
        self.bare = bare
        self.api = f"{base}/repos/{project}"

    def user(self, login: str) -> Fields:
        url = f"{self.base}/users/{login}"
        names = ("followers", "following", "gists", "starred", "subscriptions", "organizations", "repos", "events",
                 "received_events")  # fmt: skip
        return {
            "login": login, "id": _number(login), "node_id": f"U_{login}", "avatar_url": "", "gravatar_id": "",
            "url": url, "html_url": f"{self.base}/{login}", "type": "User", "site_admin": False,
            **{f"{name}_url": f"{url}/{name}" for name in names},
        }  # fmt: skip

    def repository(self) -> Fields:
        owner, _, name = self.project.partition("/")
        return {
            "id": _number(self.project), "node_id": f"R_{name}", "name": name, "full_name": self.project,
            "private": True, "owner": self.user(owner), "html_url": f"{self.base}/{self.project}", "url": self.api,
            "description": "A local stand-in", "fork": False, "default_branch": self.bare.default_branch(),
            "clone_url": str(self.bare.path), "has_issues": True, "archived": False, "disabled": False,
            "permissions": {"admin": False, "push": True, "pull": True},
        }  # fmt: skip

    def branch(self, name: str, sha: str) -> Fields:
        protected = name == self.bare.default_branch()
        commit: Fields = {"sha": sha, "url": f"{self.api}/commits/{sha}"}
        return {"name": name, "commit": commit, "protected": protected}

    def label(self, name: str) -> Fields:
        return {
            "id": _number(name), "node_id": f"LA_{name}", "url": f"{self.api}/labels/{name}", "name": name,
            "description": None, "color": LABEL_COLOR, "default": False,
        }  # fmt: skip

    def issue(self, item: Item) -> Fields:
        url = f"{self.api}/issues/{item.number}"
        fields: Fields = {
            **self._common(item), "url": url, "repository_url": self.api, "labels_url": f"{url}/labels",
            "comments_url": f"{url}/comments", "events_url": f"{url}/events", "comments": len(item.comments),
            "html_url": self.address(item),
        }  # fmt: skip
        if item.kind == "pull":
            fields["draft"] = item.draft
            fields["pull_request"] = {"url": f"{self.api}/pulls/{item.number}", "html_url": self.address(item),
                                      "merged_at": None}  # fmt: skip
        return fields

    def pull_simple(self, item: Item) -> Fields:
        url, issue = f"{self.api}/pulls/{item.number}", f"{self.api}/issues/{item.number}"
        links = {
            "self": url, "html": self.address(item), "issue": issue, "comments": f"{issue}/comments",
            "review_comments": f"{url}/comments", "review_comment": f"{self.api}/pulls/comments{{/number}}",
            "commits": f"{url}/commits", "statuses": f"{self.api}/statuses/{item.head_sha}",
        }  # fmt: skip
        named = ("issue", "comments", "review_comments", "review_comment", "commits", "statuses")
        linked: Fields = {name: {"href": address} for name, address in links.items()}
        return {
            **self._common(item), "url": url, "html_url": self.address(item), "diff_url": f"{url}.diff",
            "patch_url": f"{url}.patch", **{f"{name}_url": links[name] for name in named}, "_links": linked,
            "draft": item.draft, "merged_at": None, "merge_commit_sha": None, "auto_merge": None,
            "head": self._end(item.head, item.head_sha), "base": self._end(item.base, item.base_sha),
            "requested_reviewers": [self.user(login) for login in item.reviewers],
            "requested_teams": [{"slug": team, "name": team} for team in item.teams],
        }  # fmt: skip

    def pull(self, item: Item) -> Fields:
        files, additions, deletions = self.bare.changed(item.base_sha, item.head_sha)
        return {
            **self.pull_simple(item), "merged": False, "mergeable": None, "mergeable_state": "unknown",
            "merged_by": None, "comments": len(item.comments), "review_comments": 0,
            "maintainer_can_modify": False, "commits": self.bare.ahead(item.base_sha, item.head_sha),
            "additions": additions, "deletions": deletions, "changed_files": files,
        }  # fmt: skip

    def comment(self, item: Item, comment: Comment) -> Fields:
        url = f"{self.api}/issues/comments/{comment.id}"
        return {
            "id": comment.id, "node_id": f"IC_{comment.id}", "url": url, "body": comment.body,
            "html_url": f"{self.address(item)}#issuecomment-{comment.id}",
            "issue_url": f"{self.api}/issues/{item.number}", "user": self.user(comment.author),
            "created_at": comment.at, "updated_at": comment.at, "author_association": "MEMBER",
        }  # fmt: skip

    def address(self, item: Item) -> str:
        """Where a person reads it; the server answers there with the text."""
        return f"{self.base}/{self.project}/{'pull' if item.kind == 'pull' else 'issues'}/{item.number}"

    def _common(self, item: Item) -> Fields:
        return {
            "id": item.number, "node_id": f"I_{item.number}", "number": item.number, "state": item.state,
            "locked": False, "title": item.title, "body": item.body, "user": self.user(item.author),
            "labels": [self.label(name) for name in item.labels], "milestone": None, "assignee": None,
            "assignees": [], "created_at": item.at, "updated_at": item.at, "closed_at": None,
            "author_association": "MEMBER",
        }  # fmt: skip

    def _end(self, ref: str, sha: str) -> Fields:
        owner = self.project.partition("/")[0]
        return {
            "label": f"{owner}:{ref}",
            "ref": ref,
            "sha": sha,
            "user": self.user(owner),
            "repo": self.repository(),
        }


def _number(text: str) -> int:
    """A stable id for a name."""
    return int.from_bytes(text.encode()[:6].ljust(6, b"\0"), "big") % 900_000_000 + 1
