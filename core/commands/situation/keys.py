"""Which key of a context is read by what; letter case, `_` and `-` in a key do not matter."""

# ruff: noqa: E501

from __future__ import annotations

from collections.abc import Callable

from rootcase.core.commands.situation.context import Context
from rootcase.core.commands.situation.counts import counts, slo
from rootcase.core.commands.situation.house import (
    agreed,
    head,
    hosts,
    me,
    now,
    override,
    owners,
    repositories,
    sensitive,
    services,
    teams,
)
from rootcase.core.commands.situation.told import (
    assigned_by,
    assignee,
    deploys,
    event_count,
    failed,
    handled,
    holder,
    plainly,
    put_by_rule,
    resolution,
    resolved_at,
    status,
    status_by,
    substatus,
    tags,
    user_count,
    when,
    work_by,
)
from rootcase.core.commands.situation.work import branch, comment, pull, ticket


def _aliases(
    names: str, reader: Callable[[Context, object, str], None]
) -> dict[str, Callable[[Context, object, str], None]]:
    return dict.fromkeys(names.split(), reader)


READERS: dict[str, Callable[[Context, object, str], None]] = {
    **_aliases("assignee assignees assignedto assigned owner oncallpage page pages paged pagedto acknowledgedby responder claimedby ackedby takenby", assignee),
    **_aliases("assignedby assignedvia assignmentsource assignedthrough", assigned_by),
    **_aliases("status state issuestatus", status),
    **_aliases("resolution", resolution),
    **_aliases("byrule autoassigned assignedbyrule ownershiprule assignedbyownershiprule", put_by_rule),
    **_aliases("repositories repos repository", repositories),
    **_aliases("substatus", substatus),
    **_aliases("statusby archivedby ignoredby resolvedby mutedby closedby", status_by),
    **_aliases("tickets ticket linkedtickets jira trackerissues linear issues linkedissues", work_by(ticket)),
    **_aliases("pullrequests pullrequest prs pr pulls mergerequests mrs openprs linkedprs", work_by(pull)),
    **_aliases("branches branch", work_by(branch)),
    **_aliases("comments comment notes discussion", work_by(comment)),
    **_aliases("deploys deploy deployments deployment releases", deploys),
    **_aliases("counts countsovertime trend series counts1h hourlycounts eventsovertime eventsperhour timeline frequency counthistory stats", counts),
    **_aliases("events eventcount count totalevents occurrences", event_count),
    **_aliases("users usercount usersaffected affectedusers", user_count),
    **_aliases("firstseen firstseenat since started startedat", when("first_seen_us")),
    **_aliases("lastseen lastseenat", when("last_seen_us")),
    **_aliases("resolvedat", resolved_at),
    **_aliases("level severity", plainly("level")),
    **_aliases("service project", plainly("service")),
    **_aliases("title", plainly("title")),
    **_aliases("source", plainly("source")),
    **_aliases("shortid issueid issue", plainly("short_id")),
    **_aliases("environment", plainly("environment")),
    **_aliases("release version lastrelease", plainly("last_release")),
    **_aliases("firstrelease", plainly("first_release")),
    **_aliases("url link permalink issueurl", plainly("url")),
    **_aliases("handled", handled),
    **_aliases("me user currentuser myname mynames whoami", me),
    **_aliases("now time at", now),
    **_aliases("services ownservices ourservices internalservices", services),
    **_aliases("hosts internalhosts ownhosts ourhosts domains owndomains internaldomains", hosts),
    **_aliases("teams myteams team myteam ourteam", teams),
    **_aliases("owners codeowners codeowner ownership", owners),
    **_aliases("productsensitive sensitive sensitivepaths", sensitive),
    **_aliases("slo slos errorbudget", slo),
    **_aliases("failed unreachable lookupfailed faults notanswered", failed),
    **_aliases("case cases existingcase existingcases duplicateof ourcase", holder),
    **_aliases("override humanverdict verdict overridden", override),
    **_aliases("ownerword ownersword word words approvals approval approvedby ownerapproval", agreed),
    **_aliases("head fixedonhead fixedby changedonhead changedsince headstatus", head),
    **_aliases("tags labels", tags),
}  # fmt: skip
