"""The local forge's answers in GitHub's shapes, with every field that GitHub's description requires."""

from __future__ import annotations

from rootcase.core.deliver.localforge.bare import Bare
from rootcase.core.deliver.localforge.book import Comment, Item

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]
Fields = dict[str, Json]
LABEL_COLOR = "ededed"
REPOSITORY_LINKS = (
    "archive", "assignees", "blobs", "branches", "collaborators", "comments", "commits", "compare", "contents",
    "contributors", "deployments", "downloads", "events", "forks", "git_commits", "git_refs", "git_tags", "hooks",
    "issue_comment", "issue_events", "issues", "keys", "labels", "languages", "merges", "milestones",
    "notifications", "pulls", "releases", "stargazers", "statuses", "subscribers", "subscription", "tags", "teams",
    "trees",
)  # fmt: skip
COUNTS = (
    "forks", "forks_count", "stargazers_count", "watchers", "watchers_count", "open_issues", "open_issues_count",
    "subscribers_count", "network_count", "size",
)  # fmt: skip
EPOCH = "1970-01-01T00:00:00Z"
HAS_NOT = ("projects", "wiki", "pages", "discussions", "downloads")


class Shapes:
    """base: the server's own address; project: `owner/name`."""

    def __init__(self, base: str, project: str, bare: Bare) -> None:
        self.base = base
        self.project = project
        self.bare = bare
        self.api = f"{base}/repos/{project}"
        self.owner = project.partition("/")[0]

    def head_owner(self, item: Item) -> str:
        return item.head_owner or self.owner

    def user(self, login: str) -> Fields:
        url = f"{self.base}/users/{login}"
        names = ("followers", "following", "gists", "starred", "subscriptions", "organizations", "repos", "events",
                 "received_events")  # fmt: skip
        return {
            "login": login, "id": _number(login), "node_id": f"U_{login}", "avatar_url": "", "gravatar_id": "",
            "url": url, "html_url": f"{self.base}/{login}", "type": "User", "site_admin": False,
            **{f"{name}_url": f"{url}/{name}" for name in names},
        }  # fmt: skip

    def fork(self, owner: str) -> Fields:
        """A fork of the project, which names what it was made of."""
        name = f"{owner}/{self.project.partition('/')[2]}"
        origin = self.repository()
        return {**self.repository(name), "fork": True, "parent": origin, "source": origin}

    def repository(self, project: str = "", *, push: bool = True) -> Fields:
        project = project or self.project
        owner, _, name = project.partition("/")
        return {
            "id": _number(project), "node_id": f"R_{name}", "name": name, "full_name": project,
            "private": True, "owner": self.user(owner), "html_url": f"{self.base}/{project}", "url": self.api,
            "description": "A local stand-in", "fork": False, "default_branch": self.bare.default_branch(),
            **dict.fromkeys(("clone_url", "git_url", "ssh_url", "svn_url"), str(self.bare.path)), "mirror_url": None,
            "homepage": None, "language": None, "license": None, "archived": False, "disabled": False,
            "created_at": EPOCH, "updated_at": EPOCH, "pushed_at": EPOCH, "has_issues": True,
            "permissions": {"admin": False, "push": push, "pull": True},
            **{f"{name}_url": f"{self.api}/{name.replace('_', '/')}" for name in REPOSITORY_LINKS},
            **dict.fromkeys(COUNTS, 0), **{f"has_{name}": False for name in HAS_NOT},
        }  # fmt: skip

    def branch(self, name: str, sha: str) -> Fields:
        protected = name == self.bare.default_branch()
        url = f"{self.api}/commits/{sha}"
        inner: Fields = {
            "url": url, "author": None, "committer": None, "message": "", "comment_count": 0,
            "tree": {"sha": "", "url": ""},
        }  # fmt: skip
        commit: Fields = {
            "sha": sha, "url": url, "html_url": url, "node_id": f"C_{sha}", "comments_url": f"{url}/comments",
            "commit": inner, "author": None, "committer": None, "parents": [],
        }  # fmt: skip
        mine = f"{self.api}/branches/{name}"
        return {
            "name": name, "commit": commit, "protected": protected, "protection": {"enabled": protected},
            "protection_url": f"{mine}/protection",
            "_links": {"self": mine, "html": f"{self.base}/{self.project}/tree/{name}"},
        }  # fmt: skip

    def label(self, name: str) -> Fields:
        return {
            "id": _number(name), "node_id": f"LA_{name}", "url": f"{self.api}/labels/{name}", "name": name,
            "description": "", "color": LABEL_COLOR, "default": False,
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
            pull = f"{self.api}/pulls/{item.number}"
            fields["pull_request"] = {
                "url": pull, "html_url": self.address(item), "diff_url": f"{pull}.diff",
                "patch_url": f"{pull}.patch", "merged_at": item.merged_at or None,
            }  # fmt: skip
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
            "draft": item.draft, "merged_at": item.merged_at or None, "auto_merge": None,
            "merge_commit_sha": (item.merge_sha or item.head_sha) if item.merged_at else None,
            "head": self._end(item.head, item.head_sha, self.head_owner(item)),
            "base": self._end(item.base, item.base_sha, self.owner),
            "requested_reviewers": [self.user(login) for login in item.reviewers],
            "requested_teams": [{"slug": team, "name": team} for team in item.teams],
        }  # fmt: skip

    def pull(self, item: Item) -> Fields:
        files, additions, deletions = self.bare.changed(item.base_sha, item.head_sha)
        return {
            **self.pull_simple(item), "merged": bool(item.merged_at), "mergeable": None, "mergeable_state": "unknown",
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
            "assignees": [], "created_at": item.at, "updated_at": item.at,
            "closed_at": item.closed_at or item.merged_at or None,
            "author_association": "MEMBER",
        }  # fmt: skip

    def _end(self, ref: str, sha: str, owner: str) -> Fields:
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
