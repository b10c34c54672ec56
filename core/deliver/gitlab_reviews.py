"""A merge request at GitLab read back: its jobs, approvals, requested changes, and what people said."""

from __future__ import annotations

import msgspec

from rootcase.core.deliver.gitlab_shapes import MergeRequest, Note, Person, Project
from rootcase.core.deliver.reading import PAGES, Reading, moment_us, tried
from rootcase.core.model.pulls import Check, CheckState, ReviewRemark, Standing
from rootcase.core.safety.text import clean, clean_line

# https://docs.gitlab.com/api/commits/#list-commit-statuses
STATES: dict[str, CheckState] = {
    "success": "passed", "failed": "failed", "canceled": "failed", "skipped": "skipped", "manual": "skipped",
}  # fmt: skip


class Job(msgspec.Struct):
    name: str = ""
    status: str = "pending"
    allow_failure: bool = False
    target_url: str | None = None


class Approval(msgspec.Struct):
    user: Person | None = None


class Approvals(msgspec.Struct):
    approved_by: list[Approval] = []


class Reviewer(msgspec.Struct):
    """https://docs.gitlab.com/api/merge_requests/#get-single-merge-request-reviewers"""

    user: Person | None = None
    state: str = ""
    created_at: str | None = None


async def standing(read: Reading, project: str, number: int) -> Standing:
    """The merge request as it is now. project: `projects/ID`. What cannot be read is named, and no more."""
    path = f"{project}/merge_requests/{number}"
    there = await read.get(path, MergeRequest)
    unread: list[str] = []
    checks = await tried(unread, "checks", _checks(read, project, there.sha or ""))
    remarks = await tried(unread, "reviews", _remarks(read, project, path))
    made = there.made()
    return Standing(
        made.shown, made.url, made.state, made.draft, clean_line(there.sha or ""), tuple(checks), tuple(remarks),
        tuple(unread),
    )  # fmt: skip


async def _checks(read: Reading, project: str, sha: str) -> list[Check]:
    """Jobs and what other programs reported; all are required where the project merges on green alone."""
    if not sha:
        return []
    demands = bool((await read.get(project, Project)).only_allow_merge_if_pipeline_succeeds)
    jobs = await read.pages(f"{project}/repository/commits/{sha}/statuses", {"per_page": "100"}, Job, PAGES)
    found = [
        Check(
            clean_line(job.name), STATES.get(job.status, "running"), demands and not job.allow_failure,
            clean_line(job.target_url or ""),
        )
        for job in jobs
    ]  # fmt: skip
    return sorted(found, key=lambda check: (not check.required, check.name))


async def _remarks(read: Reading, project: str, path: str) -> list[ReviewRemark]:
    members = await read.pages(f"{project}/members/all", {"per_page": "100"}, Person, PAGES)
    writers = {person.username for person in members if person.writes}
    approvals = await read.get(f"{path}/approvals", Approvals)
    found = [
        ReviewRemark(
            f"a{a.user.id}", clean_line(a.user.username), "approved", writes=a.user.username in writers
        )
        for a in approvals.approved_by
        if a.user is not None
    ]
    asked = await read.client.get(f"{path}/reviewers")
    for each in read.decoded(asked, list[Reviewer]) if asked.status == 200 else ():  # newer servers alone
        if each.state == "requested_changes" and each.user is not None:
            name = each.user.username
            at = moment_us(each.created_at)
            found.append(
                ReviewRemark(
                    f"x{each.user.id}", clean_line(name), "changes", at_us=at, writes=name in writers
                )
            )
    notes = await read.pages(
        f"{path}/notes", {"per_page": "100", "order_by": "created_at", "sort": "asc"}, Note, PAGES
    )
    found += [_said(note, writers) for note in notes if not note.system and not note.resolved]
    return sorted(found, key=lambda remark: remark.at_us)


def _said(note: Note, writers: set[str]) -> ReviewRemark:
    by = note.author or Person()
    place = note.position
    return ReviewRemark(
        f"n{note.id}", clean_line(by.username), "remark", clean(note.body or "", limit=4000),
        clean_line(place.new_path or "") if place else "", (place.new_line or 0) if place else 0,
        at_us=moment_us(note.created_at), writes=by.username in writers, bot=by.is_bot,
    )  # fmt: skip
