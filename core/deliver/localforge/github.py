"""GitHub's endpoints for one repository, with GitHub's own rules about what it refuses."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable

from rootcase.core.deliver.localforge.asked import Asked, Refuse, Reply, invalid, page
from rootcase.core.deliver.localforge.bare import Bare
from rootcase.core.deliver.localforge.book import Book, Comment, Item, now
from rootcase.core.deliver.localforge.shapes import Fields, Shapes

Route = Callable[[Asked, re.Match[str]], Reply]
BODY_LIMIT = 65536


class GitHubRoutes:
    """drafts: whether the plan has draft pull requests; push: whether the token may push; strangers: nobody's
    reviewers.
    """

    def __init__(
        self, book: Book, bare: Bare, shapes: Shapes, *, drafts: bool = True, push: bool = True,
        strangers: frozenset[str] = frozenset(),
    ) -> None:  # fmt: skip
        self.book = book
        self.bare = bare
        self.shapes = shapes
        self.drafts = drafts
        self.push = push
        self.strangers = strangers
        repo = f"/repos/{re.escape(shapes.project)}"
        self.routes: list[tuple[str, re.Pattern[str], Route]] = [
            (method, re.compile(f"^{pattern}$"), route)
            for method, pattern, route in (
                ("GET", "/user", lambda a, m: Reply(200, shapes.user(a.login))),
                ("GET", repo, lambda a, m: Reply(200, shapes.repository(push=push))),
                ("GET", f"{repo}/branches", self.list_branches),
                ("GET", f"{repo}/branches/(?P<name>.+)", self.get_branch),
                ("GET", f"{repo}/pulls", self.list_pulls),
                ("POST", f"{repo}/pulls", self.create_pull),
                ("GET", f"{repo}/pulls/(?P<number>[0-9]+)", self.get_pull),
                ("PATCH", f"{repo}/pulls/(?P<number>[0-9]+)", self.update_pull),
                ("POST", f"{repo}/pulls/(?P<number>[0-9]+)/requested_reviewers", self.request_reviewers),
                ("GET", f"{repo}/issues", self.list_issues),
                ("POST", f"{repo}/issues", self.create_issue),
                ("GET", f"{repo}/issues/(?P<number>[0-9]+)", self.get_issue),
                ("GET", f"{repo}/issues/(?P<number>[0-9]+)/comments", self.list_comments),
                ("POST", f"{repo}/issues/(?P<number>[0-9]+)/comments", self.create_comment),
                ("POST", f"{repo}/issues/(?P<number>[0-9]+)/labels", self.add_labels),
                ("GET", "/search/issues", self.search),
            )
        ]

    def list_branches(self, asked: Asked, match: re.Match[str]) -> Reply:
        return page(
            asked, [self.shapes.branch(n, s) for n, s in self.bare.branches().items()], self.shapes.base
        )

    def get_branch(self, asked: Asked, match: re.Match[str]) -> Reply:
        sha = self.bare.branches().get(match["name"])
        if sha is None:
            raise Refuse(404, "Branch not found")
        return Reply(200, self.shapes.branch(match["name"], sha))

    def list_pulls(self, asked: Asked, match: re.Match[str]) -> Reply:
        state, head, base = (asked.query.get(name, "") for name in ("state", "head", "base"))
        owner, _, wanted = head.rpartition(":")
        pulls = [
            p for p in self.book.newest("pull")
            if (state == "all" or p.state == (state or "open")) and (not wanted or p.head == wanted)
            and owner in ("", self.shapes.head_owner(p))
            and (not base or p.base == base)
        ]  # fmt: skip
        return page(asked, [self.shapes.pull_simple(p) for p in pulls], self.shapes.base)

    def create_pull(self, asked: Asked, match: re.Match[str]) -> Reply:
        title, base = asked.text("title"), asked.text("base")
        from_owner, _, head = asked.text("head").rpartition(":")
        forked = from_owner not in ("", self.shapes.owner)
        source = self.bare.forked(from_owner) if forked else self.bare
        branches, bases = source.branches(), self.bare.branches()
        if not title:
            raise invalid("PullRequest", "title", "missing_field")
        for name, value, there in (("head", head, branches), ("base", base, bases)):
            if value not in there:
                raise invalid("PullRequest", name, "invalid")
        owner = from_owner or self.shapes.owner
        known = [p for p in self.book.newest("pull") if (p.head, p.base, p.state) == (head, base, "open")]
        if any(self.shapes.head_owner(p) == owner for p in known):
            raise invalid("PullRequest", "", "custom", f"A pull request already exists for {owner}:{head}.")
        if forked:
            self.bare.take(source, head)
        if not self.bare.ahead(bases[base], branches[head]):
            raise invalid("PullRequest", "", "custom", f"No commits between {base} and {head}")
        if asked.flag("draft") and not self.drafts:
            raise Refuse(422, "Draft pull requests are not supported in this repository.")
        _bounded("PullRequest", asked.text("body"))
        item = self.book.add(
            Item(
                0, "pull", title, asked.text("body"), asked.login, now(), draft=asked.flag("draft"), head=head,
                base=base, head_sha=branches[head], base_sha=bases[base], head_owner=from_owner if forked else "",
            )
        )  # fmt: skip
        return Reply(201, self.shapes.pull(item), {"Location": f"{self.shapes.api}/pulls/{item.number}"})

    def get_pull(self, asked: Asked, match: re.Match[str]) -> Reply:
        item = self._item(match, "pull")
        if item.state == "open":
            self._moved(item)
        return Reply(200, self.shapes.pull(item))

    def _moved(self, item: Item) -> None:
        """A pull request's head is what its branch holds now."""
        source = self.bare.forked(item.head_owner) if item.head_owner else self.bare
        item.head_sha = source.branches().get(item.head, item.head_sha)
        self.book.save(item)

    def update_pull(self, asked: Asked, match: re.Match[str]) -> Reply:
        """Title, body and state; what the request leaves out stays. Its base cannot be changed here."""
        item = self._item(match, "pull")
        given = asked.body if isinstance(asked.body, dict) else {}
        state = asked.text("state") if "state" in given else item.state
        if "title" in given and not asked.text("title").strip():
            raise invalid("PullRequest", "title", "missing_field")
        if state not in ("open", "closed") or (state != item.state and item.merged_at):
            raise invalid("PullRequest", "state", "invalid")
        if state == "open" != item.state and item.head not in self.bare.branches():
            raise invalid(
                "PullRequest", "state", "custom", "state cannot be changed. The branch was deleted."
            )
        _bounded("PullRequest", asked.text("body"))
        item.title = asked.text("title") or item.title
        item.body = asked.text("body") if "body" in given else item.body
        item.state = state
        self._moved(item)
        return Reply(200, self.shapes.pull(item))

    def request_reviewers(self, asked: Asked, match: re.Match[str]) -> Reply:
        item = self._item(match, "pull")
        reviewers, teams = asked.names("reviewers"), asked.names("team_reviewers")
        if not self.push:
            raise Refuse(403, "Must have push access to the repository.")
        if self.strangers & set(reviewers):
            raise Refuse(422, "Reviews may only be requested from collaborators.")
        if item.author in reviewers:
            raise Refuse(422, "Review cannot be requested from pull request author.")
        item.reviewers += [r for r in reviewers if r not in item.reviewers]
        item.teams += [t for t in teams if t not in item.teams]
        self.book.save(item)
        return Reply(201, self.shapes.pull_simple(item))

    def list_issues(self, asked: Asked, match: re.Match[str]) -> Reply:
        state, creator = asked.query.get("state", "open"), asked.query.get("creator", "")
        labels = [label for label in asked.query.get("labels", "").split(",") if label]
        items = [
            i for i in self.book.newest()
            if state in ("all", i.state) and (not creator or i.author == creator) and set(labels) <= set(i.labels)
        ]  # fmt: skip
        return page(asked, [self.shapes.issue(i) for i in items], self.shapes.base)

    def create_issue(self, asked: Asked, match: re.Match[str]) -> Reply:
        if not asked.text("title"):
            raise invalid("Issue", "title", "missing_field")
        _bounded("Issue", asked.text("body"))
        item = self.book.add(
            Item(
                0,
                "issue",
                asked.text("title"),
                asked.text("body"),
                asked.login,
                now(),
                labels=asked.names("labels"),
            )
        )
        return Reply(201, self.shapes.issue(item), {"Location": f"{self.shapes.api}/issues/{item.number}"})

    def get_issue(self, asked: Asked, match: re.Match[str]) -> Reply:
        return Reply(200, self.shapes.issue(self._item(match)))

    def list_comments(self, asked: Asked, match: re.Match[str]) -> Reply:
        item = self._item(match)
        return page(asked, [self.shapes.comment(item, c) for c in item.comments], self.shapes.base)

    def create_comment(self, asked: Asked, match: re.Match[str]) -> Reply:
        item = self._item(match)
        if not asked.text("body"):
            raise invalid("IssueComment", "body", "missing_field")
        comment = Comment(item.number * 1000 + len(item.comments) + 1, asked.login, asked.text("body"), now())
        item.comments.append(comment)
        self.book.save(item)
        return Reply(201, self.shapes.comment(item, comment))

    def add_labels(self, asked: Asked, match: re.Match[str]) -> Reply:
        if not self.push:
            raise Refuse(403, "Must have push access to the repository.")
        item = self._item(match)
        item.labels += [name for name in asked.names("labels") if name not in item.labels]
        self.book.save(item)
        return Reply(200, [self.shapes.label(name) for name in item.labels])

    def search(self, asked: Asked, match: re.Match[str]) -> Reply:
        """Enough of the search language for one repository: words, phrases, `is:`, `repo:`, `state:`."""
        query = asked.query.get("q", "")
        if not query:
            raise invalid("Search", "q", "missing")
        try:
            words = shlex.split(query)
        except ValueError as fault:
            raise invalid("Search", "q", "invalid") from fault
        kinds = [w for w in words if w in ("is:issue", "is:pull-request", "is:pr", "type:issue", "type:pr")]
        if not kinds:
            raise Refuse(422, "Query must include 'is:issue' or 'is:pull-request'")
        kind = "issue" if kinds[0].endswith("issue") else "pull"
        names = ("is:", "type:", "repo:", "in:", "state:", "label:", "author:", "org:")
        terms = [w.lower() for w in words if not w.startswith(names)]
        states = [
            w.partition(":")[2]
            for w in words
            if w.startswith(("state:", "is:")) and w[-4:] in ("open", "osed")
        ]
        here = all(w == f"repo:{self.shapes.project}" for w in words if w.startswith("repo:"))
        hits: list[Fields] = [
            {**self.shapes.issue(i), "score": 1.0}
            for i in self.book.newest("issue" if kind == "issue" else "pull")
            if here
            and all(t in f"{i.title}\n{i.body}".lower() for t in terms)
            and (not states or i.state in states)
        ]
        shown = page(asked, list(hits), self.shapes.base)
        body: Fields = {
            "total_count": len(hits), "incomplete_results": False, "items": shown.body, "search_type": "lexical"
        }  # fmt: skip
        return Reply(200, body, shown.headers)

    def _item(self, match: re.Match[str], kind: str = "") -> Item:
        item = self.book.items.get(int(match["number"]))
        if item is None or (kind and item.kind != kind):
            raise Refuse(404, "Not Found")
        return item


def _bounded(resource: str, body: str) -> None:
    if len(body) > BODY_LIMIT:
        raise invalid(resource, "body", "custom", f"body is too long (maximum is {BODY_LIMIT} characters)")
