"""The pull request, patch or ticket of a case as it would be sent, word for word."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import get_args

from rootcase.core.config.settings import Approvable, RepositorySettings, Settings
from rootcase.core.deliver.customs import Customs, in_template, own_lines
from rootcase.core.deliver.destination import Destination
from rootcase.core.deliver.escalating import paging_of, with_escalation
from rootcase.core.deliver.markdown import inline, link
from rootcase.core.deliver.merging import with_merge
from rootcase.core.deliver.naming import branch_name, marker
from rootcase.core.deliver.part import VISIBLE_LINES, Facts, Part, fitted, joined
from rootcase.core.deliver.parts.cause import cause, ruled_out
from rootcase.core.deliver.parts.change import change
from rootcase.core.deliver.parts.code_path import code_path
from rootcase.core.deliver.parts.confidence import confidence
from rootcase.core.deliver.parts.escalated import escalated
from rootcase.core.deliver.parts.ledger import ledger, turn_down
from rootcase.core.deliver.parts.readiness import readiness
from rootcase.core.deliver.parts.risk import could_be_wrong, roll_back
from rootcase.core.deliver.parts.signal import signal
from rootcase.core.deliver.parts.tests import evidence, tests
from rootcase.core.deliver.parts.ticket import missing, next_looks, note, owners
from rootcase.core.deliver.policy import Depth, depth
from rootcase.core.deliver.template import Template, Templates
from rootcase.core.deliver.writes import signed_off, writes_of
from rootcase.core.model.case import Case
from rootcase.core.model.delivery import Proposal, proposal_digest
from rootcase.core.model.entries import Proposed
from rootcase.core.model.ports import Stage
from rootcase.core.safety.inert import disarmed, plain
from rootcase.core.safety.redact import Redactor

LABELS = ("rootcase",)
TITLE_LENGTH = 100


async def propose(
    case: Case,
    settings: Settings,
    repository: RepositorySettings | None,
    destination: Destination,
    *,
    tree: str = "",
    write_back: Collection[str] = (),
    redactor: Redactor | None = None,
    stopped: str = "",
    attended: bool = True,
    freeze: str | None = None,
    budget: str = "",
    templates: Templates | None = None,
    opener: str = "",
    customs: Customs | None = None,
) -> Stage:
    """Yield `Proposed` with exactly what would be sent where.

    tree: git tree id of the draft as the workspace has just written it, "" for the proved one.
    write_back: labels of the sources whose issues get a comment; stopped, freeze, budget: see `policy.depth`.
    templates: the team's own, of which a broken one is a fault and ours stands in. attended:
    somebody is there to approve; where nobody is, comments are left out unless the configuration lists them.
    opener: the login that opens it at the forge, "" where nobody could tell. customs: how the repository wants it.
    """
    how = depth(case, settings, repository, stopped=stopped, freeze=freeze, budget=budget)
    templates = templates or Templates()
    for fault in templates.faults:
        yield fault
    wanted = settings.policy.approve if not attended else get_args(Approvable)
    proposal = compose(
        case, settings, repository, destination, how, tree, write_back if "comment" in wanted else (),
        redactor or Redactor(), opener, customs, paging=write_back if "escalation" in wanted else (),
        templates=templates,
    )  # fmt: skip
    yield Proposed(proposal)


def compose(
    case: Case,
    settings: Settings,
    repository: RepositorySettings | None,
    destination: Destination,
    how: Depth,
    tree: str = "",
    write_back: Collection[str] = (),
    redactor: Redactor | None = None,
    opener: str = "",
    customs: Customs | None = None,
    *,
    paging: Collection[str] = (),
    templates: Templates | None = None,
) -> Proposal:
    """The proposal of that depth; kind `none` has no writes and says why in its rule.

    paging: labels of the sources that may get the whole brief where the case escalates.
    """
    redactor = redactor or Redactor()
    if how.kind == "none":
        return _sealed(_judged_by(case, how, Proposal("none", title_of(case, how), "", "")))
    facts = Facts(
        case, settings, repository, how, destination.hosts, web=destination.web, forge=destination.forge
    )
    customs = (customs or Customs()) if how.kind != "ticket" else Customs()
    refs = refers_to(case, destination) if how.kind != "ticket" else ""
    last = "\n\n".join(line for line in (refs, marker(case)) if line)
    parts, body = _text(facts, (templates or Templates()).of(how.kind), customs, redactor, last)
    draft = case.draft if how.kind != "ticket" else None
    title = redactor.text(disarmed(customs.prefix + title_of(case, how)))
    proposal = Proposal(
        kind=how.kind, title=title, body=body, digest="", parts=parts,
        draft=draft.number if draft else 0, draft_digest=draft.digest if draft else "",
        tree=(tree or proved_tree(case)) if draft else "",
        base_branch=_base_branch(case, repository, destination) if draft else "",
        base_commit=draft.base_commit if draft else "", branch=branch_name(case) if draft else "",
        reviewers=reviewers_of(case, opener) if how.reviewers else (), labels=LABELS,
        fork=destination.fork if draft else "", opener=opener,
    )  # fmt: skip
    proposal = _judged_by(case, how, proposal)
    writes = writes_of(case, proposal, destination, write_back)
    writes = with_merge(case, proposal, destination, how.merge, writes)
    writes = with_escalation(case, proposal, destination, how.escalation, paging_of(settings, paging), writes)
    if how.escalation is None and any(":again:" in write.key for write in writes):
        # The ticket is there; what is sent is one comment on it.
        proposal = replace(proposal, title=f"Seen again: {case.title}", body=writes[0].text, parts=())
    writes = tuple(replace(w, text=redactor.text(w.text), title=redactor.text(w.title)) for w in writes)
    if customs.sign_off:  # after redaction, which takes addresses of people out
        writes = tuple(signed_off(w, customs.sign_off) if w.kind == "push" else w for w in writes)
    return _sealed(replace(proposal, writes=writes, redacted=redactor.summary()))


def _text(
    facts: Facts, template: Template | None, customs: Customs, redactor: Redactor, last: str
) -> tuple[tuple[tuple[str, str], ...], str]:
    """The parts by name, and the body; the team's own words for Rootcase go before the repository's for everybody."""
    theirs = template.visible if template else own_lines(customs.template)
    made = fitted(parts_of(facts), VISIBLE_LINES - theirs)
    parts = tuple((part.name, redactor.text(part.markdown())) for part in made)
    if template:
        return parts, template.filled(parts, last)
    if customs.template:
        return parts, in_template(redactor.text(customs.template), parts, last)
    return parts, joined(parts, last)


def parts_of(facts: Facts) -> tuple[Part, ...]:
    """The parts in reading order: what happened, why, what changes, what was shown, what could be wrong."""
    made: tuple[Part | None, ...]
    if facts.depth.kind == "ticket":
        ran = tests(facts) if facts.depth.escalation is not None and facts.case.draft is not None else None
        made = (
            escalated(facts), signal(facts), note(facts), cause(facts), ruled_out(facts), roll_back(facts),
            code_path(facts), ran, missing(facts), next_looks(facts), owners(facts), evidence(facts), ledger(facts),
            turn_down(facts),
        )  # fmt: skip
    else:
        made = (
            signal(facts), cause(facts), code_path(facts), change(facts), tests(facts), confidence(facts),
            ruled_out(facts), could_be_wrong(facts), roll_back(facts), readiness(facts), evidence(facts),
            ledger(facts), turn_down(facts),
        )  # fmt: skip
    return tuple(part for part in made if part is not None)


def title_of(case: Case, how: Depth) -> str:
    """What the change does, in words that are live nowhere; a ticket is named after the error."""
    if how.kind == "ticket":
        return plain(f"Investigate {case.title or 'an error without a title'}", limit=TITLE_LENGTH)
    words = case.title_of_change or (case.plan.summary if case.plan else "") or f"Fix {case.title}"
    prefix = "Unproved: " if how.unproved else ""
    return prefix + plain(words, limit=TITLE_LENGTH - len(prefix))


def refers_to(case: Case, destination: Destination) -> str:
    """`Refs #12` for the ticket of this case that was filed earlier, "" without one."""
    filed = case.effect("ticket")
    if filed is None or filed.state != "done":
        return ""
    if filed.number.isdigit() and destination.one_place and filed.target == destination.shown:
        return f"Refs #{filed.number}"
    return f"Refs {link(filed.number or filed.url, filed.url, destination.hosts)}" if filed.url else ""


def reviewers_of(case: Case, opener: str = "") -> tuple[str, ...]:
    """Code owners that a forge knows by name, without the `@`; who opens it cannot review it."""
    known = case.code.owners if case.code else ()
    named = [o.name.removeprefix("@") for o in known if o.from_codeowners and "@" in o.name[:1]]
    return tuple(dict.fromkeys(name for name in named if name.lower() != opener.lower()))


def proved_tree(case: Case) -> str:
    """The tree that the current draft's proof ran on, "" where nothing was proved."""
    result = case.proof("suite") or case.proof("green")
    return result.tree if result is not None else ""


def as_text(proposal: Proposal) -> str:
    """The proposal as text for a terminal without a screen: title, rule, then the body."""
    return "\n".join([proposal.title, inline(proposal.depth_rule), "", proposal.body])


def _base_branch(case: Case, repository: RepositorySettings | None, destination: Destination) -> str:
    named = repository.base_branch if repository else ""
    return named or destination.base_branch or (case.code.base_branch if case.code else "")


def _judged_by(case: Case, how: Depth, proposal: Proposal) -> Proposal:
    """With the policy that decided, so that a reader of the journal sees it without the configuration."""
    return replace(
        proposal, policy=how.level, level_rule=how.set_by, depth_rule=how.rule,
        required=tuple(need.kind for need in how.needs),
        waits=tuple(need.kind for need in how.needs if need.state == "open"),
        picked=case.confidence, escalates=how.escalation.reason if how.escalation else "",
    )  # fmt: skip


def _sealed(proposal: Proposal) -> Proposal:
    return replace(proposal, digest=proposal_digest(proposal))
