"""A pull request at GitHub read back: checks, statuses, what the branch demands, reviews and who may write."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

import msgspec

from rootcase.core.deliver.github_shapes import IssueComment, Pull, User
from rootcase.core.deliver.reading import PAGES, Reading, moment_us, tried
from rootcase.core.model.errors import RateLimited, RootcaseError
from rootcase.core.model.pulls import Check, CheckState, ReviewRemark, ReviewVerdict, Standing
from rootcase.core.safety.text import clean, clean_line

MOST_WRITERS = 12
# https://docs.github.com/en/graphql/reference/enums#commentauthorassociation ; these may have a right to write.
INSIDERS = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
WRITING = frozenset({"admin", "maintain", "write"})
# https://docs.github.com/en/rest/checks/runs : conclusions that hold a merge up are none of the first two rows'.
STATES: dict[str, CheckState] = {
    "success": "passed", "neutral": "skipped", "skipped": "skipped", "stale": "skipped", "pending": "running",
}  # fmt: skip
VERDICTS: dict[str, ReviewVerdict] = {"APPROVED": "approved", "CHANGES_REQUESTED": "changes"}


class CheckRun(msgspec.Struct):
    name: str
    status: str = ""
    conclusion: str | None = None
    html_url: str | None = None

    @property
    def state(self) -> CheckState:
        return "running" if self.status != "completed" else STATES.get(self.conclusion or "", "failed")


class CheckRuns(msgspec.Struct):
    total_count: int = 0
    check_runs: list[CheckRun] = []


class Status(msgspec.Struct):
    context: str
    state: str = "pending"
    target_url: str | None = None


class Statuses(msgspec.Struct):
    statuses: list[Status] = []


class Contexts(msgspec.Struct):
    contexts: list[str] = []


class Protection(msgspec.Struct):
    required_status_checks: Contexts | None = None


class Branch(msgspec.Struct):
    protection: Protection | None = None


class RequiredCheck(msgspec.Struct):
    context: str = ""


class RuleParameters(msgspec.Struct):
    required_status_checks: list[RequiredCheck] = []


class Rule(msgspec.Struct):
    """https://docs.github.com/en/rest/repos/rules#get-rules-for-a-branch"""

    type: str = ""
    parameters: RuleParameters | None = None


class Review(msgspec.Struct):
    id: int
    user: User | None = None
    body: str | None = None
    state: str = ""
    html_url: str = ""
    submitted_at: str | None = None
    author_association: str = "NONE"


class LineComment(msgspec.Struct):
    """https://docs.github.com/en/rest/pulls/comments ; line is null once the line is out of the change."""

    id: int
    user: User | None = None
    body: str = ""
    path: str = ""
    line: int | None = None
    original_line: int | None = None
    html_url: str = ""
    created_at: str | None = None
    author_association: str = "NONE"


class Permission(msgspec.Struct):
    permission: str = "none"


async def standing(read: Reading, repository: str, number: int) -> Standing:
    """The pull request as it is now. repository: `repos/owner/name`. What cannot be read is named, and no more."""
    pull = await read.get(f"{repository}/pulls/{number}", Pull)
    unread: list[str] = []
    checks = await tried(unread, "checks", _checks(read, repository, pull.head.sha))
    required = await tried(unread, "required checks", _required(read, repository, pull.base.ref))
    remarks = await tried(unread, "reviews", _remarks(read, repository, number))
    made = pull.made()
    return Standing(
        made.shown, made.url, made.state, made.draft, clean_line(pull.head.sha),
        tuple(with_required(checks, required)), tuple(remarks), tuple(unread),
    )  # fmt: skip


def with_required(checks: Sequence[Check], required: Sequence[str]) -> list[Check]:
    """The checks with what the branch demands marked; a demanded one that nobody reported yet is waited for."""
    known = {check.name for check in checks}
    out = [Check(c.name, c.state, c.name in required, c.url) for c in checks]
    out += [Check(name, "running", True) for name in required if name not in known]
    return sorted(out, key=lambda check: (not check.required, check.name))


async def _checks(read: Reading, repository: str, sha: str) -> list[Check]:
    runs = await read.get(f"{repository}/commits/{sha}/check-runs", CheckRuns, {"per_page": "100"})
    old = await read.get(f"{repository}/commits/{sha}/status", Statuses, {"per_page": "100"})
    found = [Check(clean_line(r.name), r.state, url=clean_line(r.html_url or "")) for r in runs.check_runs]
    found += [
        Check(clean_line(s.context), STATES.get(s.state, "failed"), url=clean_line(s.target_url or ""))
        for s in old.statuses
    ]
    return found


async def _required(read: Reading, repository: str, branch: str) -> list[str]:
    """Names of checks by branch protection and by rule sets, which older servers do not have."""
    name = quote(branch, safe="")
    protection = (await read.get(f"{repository}/branches/{name}", Branch)).protection
    wanted = protection.required_status_checks if protection else None
    names = list(wanted.contexts) if wanted else []
    answer = await read.client.get(f"{repository}/rules/branches/{name}", {"per_page": "100"})
    if answer.status == 200:
        for rule in read.decoded(answer, list[Rule]):
            if rule.type == "required_status_checks" and rule.parameters is not None:
                names += [check.context for check in rule.parameters.required_status_checks]
    return list(dict.fromkeys(clean_line(each) for each in names if each))


async def _remarks(read: Reading, repository: str, number: int) -> list[ReviewRemark]:
    """Reviews, comments on lines and in the talk below, oldest first, each with whether its author may write."""
    most = {"per_page": "100"}
    reviews = await read.pages(f"{repository}/pulls/{number}/reviews", most, Review, PAGES)
    lines = await read.pages(f"{repository}/pulls/{number}/comments", most, LineComment, PAGES)
    talk = await read.pages(f"{repository}/issues/{number}/comments", most, IssueComment, PAGES)
    said: list[Review | LineComment | IssueComment] = [*reviews, *lines, *talk]
    insiders = {
        each.user.login
        for each in said
        if each.user is not None and each.user.type != "Bot" and each.author_association in INSIDERS
    }
    writers = {name for name in sorted(insiders)[:MOST_WRITERS] if await _may_write(read, repository, name)}
    found = [
        _remark(f"r{r.id}", r.user, r.body or "", r.submitted_at, r.html_url, writers, VERDICTS.get(r.state, "remark"))
        for r in reviews
        if r.state != "DISMISSED" and (r.body or r.state in VERDICTS)
    ]  # fmt: skip
    found += [
        _remark(f"l{c.id}", c.user, c.body, c.created_at, c.html_url, writers, path=c.path,
                line=c.line or c.original_line or 0)
        for c in lines
    ]  # fmt: skip
    found += [_remark(f"c{c.id}", c.user, c.body or "", c.created_at, c.html_url, writers) for c in talk]
    return sorted(found, key=lambda remark: remark.at_us)


async def _may_write(read: Reading, repository: str, login: str) -> bool:
    """https://docs.github.com/en/rest/collaborators/collaborators ; who cannot be asked about counts as no writer."""
    try:
        there = await read.get(f"{repository}/collaborators/{quote(login)}/permission", Permission)
    except RateLimited:
        raise
    except RootcaseError:
        return False
    return there.permission in WRITING


def _remark(
    id: str, user: User | None, text: str, at: str | None, url: str, writers: set[str],
    verdict: ReviewVerdict = "remark", path: str = "", line: int = 0,
) -> ReviewRemark:  # fmt: skip
    by = user or User()
    return ReviewRemark(
        id, clean_line(by.login), verdict, clean(text, limit=4000), clean_line(path), line, clean_line(url),
        moment_us(at), by.login in writers, by.type == "Bot",
    )  # fmt: skip
