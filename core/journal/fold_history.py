"""The part of the fold that keeps when a case reached what, and whose word decided it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rootcase.core.journal.fold_decisions import Decisions, is_human
from rootcase.core.model.entries import (
    Approved,
    CaseOpened,
    ClaimMade,
    DraftWritten,
    EffectDone,
    Entry,
    FixLanded,
    FixRecurred,
    FixReverted,
    FixVerified,
    GateDecided,
    Proposed,
    Proved,
    PullSeen,
    VerdictOverridden,
)
from rootcase.core.model.history import NO_OBJECTION, Moment, MomentKind, RuleAsked
from rootcase.core.model.verdicts import Verdict

if TYPE_CHECKING:
    from rootcase.core.journal.fold_parts import Table


class History:
    """Moments in the order of their entries; what can happen again and again is kept once, the first time."""

    def __init__(self, decisions: Decisions) -> None:
        self._decisions = decisions
        self._moments: list[Moment] = []
        self._once: set[str] = set()
        self._asked: dict[str, RuleAsked] = {}
        self._standing: tuple[str, Verdict] | None = None
        self._overruled: list[tuple[int, str]] = []

    def table(self) -> Table:
        return {
            CaseOpened: self._opened, GateDecided: self._gate, VerdictOverridden: self._override,
            ClaimMade: self._claim, DraftWritten: self._draft, Proved: self._proof, Proposed: self._proposal,
            Approved: self._approval, EffectDone: self._effect, PullSeen: self._pull, FixLanded: self._landed,
            FixRecurred: self._recurred, FixVerified: self._verified, FixReverted: self._reverted,
        }  # fmt: skip

    def moments(self) -> tuple[Moment, ...]:
        return tuple(self._moments)

    def asked(self) -> tuple[RuleAsked, ...]:
        """Each rule that ever decided, once. An override counts against the decision that stood then."""
        against = {rule for seq, rule in self._overruled if seq not in self._decisions.undone}
        return tuple(
            RuleAsked(each.rule, each.verdict, each.at_us, each.rule in against)
            for each in self._asked.values()
        )

    def _tell(
        self, entry: Entry, kind: MomentKind, text: str, *, once: str = "", at_us: int = 0, actor: str = "",
        about: str = "", url: str = "",
    ) -> None:  # fmt: skip
        """once: a name under which it is told a single time."""
        if once and once in self._once:
            return
        self._once.add(once)
        self._moments.append(
            Moment(kind, at_us or entry.at_us, text, actor or entry.actor, entry.seq, about, url)
        )

    def _opened(self, entry: Entry, body: CaseOpened) -> None:
        self._tell(entry, "opened", "became a case", once="opened")

    def _gate(self, entry: Entry, body: GateDecided) -> None:
        decision = body.decision
        rule = decision.rule or NO_OBJECTION
        self._standing = (rule, decision.verdict)
        self._asked.setdefault(rule, RuleAsked(rule, decision.verdict, entry.at_us))
        text = f"the gate said {decision.verdict}: {decision.because}".rstrip(": ")
        self._tell(entry, "triaged", text, once="triaged", about=decision.verdict)

    def _override(self, entry: Entry, body: VerdictOverridden) -> None:
        if self._standing and is_human(entry.actor) and body.verdict != self._standing[1]:
            self._overruled.append((entry.seq, self._standing[0]))

    def _claim(self, entry: Entry, body: ClaimMade) -> None:
        claim = body.claim
        if claim.status == "supported" and claim.role in ("cause", "mechanism"):
            self._tell(entry, "cause", claim.text, once="cause", about=claim.id)

    def _draft(self, entry: Entry, body: DraftWritten) -> None:
        if any(not hunk.test for hunk in body.hunks):
            self._tell(entry, "drafted", f"draft {body.draft} has a patch", once=f"draft {body.draft}")

    def _proof(self, entry: Entry, body: Proved) -> None:
        result = body.result
        if result.step == "green" and result.outcome == "ok":
            self._tell(
                entry, "proved", f"draft {result.draft}: {result.summary}", once=f"proof {result.digest}"
            )

    def _proposal(self, entry: Entry, body: Proposed) -> None:
        kind = body.proposal.kind
        if kind != "none":
            self._tell(entry, "proposed", f"a {kind.replace('_', ' ')} was proposed", once=f"proposed {kind}")

    def _approval(self, entry: Entry, body: Approved) -> None:
        self._tell(entry, "approved", f"sent by rule: {body.rule}" if body.rule else "approved for sending")

    def _effect(self, entry: Entry, body: EffectDone) -> None:
        if body.kind == "pull_request":
            name = f"pull {body.number}"
            self._tell(
                entry, "pull_request", "pull request opened", once=name, about=body.number, url=body.url
            )
        elif body.kind == "ticket":
            name = f"ticket {body.number}"
            self._tell(
                entry, "ticket", f"ticket {body.number} filed", once=name, about=body.number, url=body.url
            )

    def _pull(self, entry: Entry, body: PullSeen) -> None:
        pull = body.pull
        if pull.state == "merged":
            text = f"{pull.shown} merged as {pull.commit[:7]}" + (", edited before" if pull.edited else "")
            self._tell(
                entry, "merged", text, once=f"merged {pull.number} {pull.commit}", at_us=pull.at_us,
                actor=pull.by, about=pull.number, url=pull.url,
            )  # fmt: skip
        elif pull.state == "closed":
            text = f"{pull.shown} closed without a merge" + (f": {pull.why}" if pull.why else "")
            self._tell(
                entry, "closed", text, once=f"closed {pull.number} {pull.at_us}", at_us=pull.at_us,
                actor=pull.by, about=pull.number, url=pull.url,
            )  # fmt: skip

    def _landed(self, entry: Entry, body: FixLanded) -> None:
        landing = body.landing
        where = landing.environment or "production"
        text = f"{landing.release} with the fix reached {where}"
        self._tell(entry, "deployed", text, at_us=landing.at_us, about=landing.environment)

    def _recurred(self, entry: Entry, body: FixRecurred) -> None:
        back = body.recurrence
        text = f"came back on {back.release or 'a deploy with the fix'}: {'; '.join(back.changed)}".rstrip(
            ": "
        )
        self._tell(entry, "recurred", text, at_us=back.at_us, about=back.environment)

    def _verified(self, entry: Entry, body: FixVerified) -> None:
        done = body.verification
        hours = done.quiet_us // 3_600_000_000
        text = f"verified in {done.environment or 'production'}: {hours} h without it on {done.release}"
        self._tell(entry, "verified", text, at_us=done.until_us, about=done.environment)

    def _reverted(self, entry: Entry, body: FixReverted) -> None:
        gone = body.reverted
        text = f"taken back by {gone.commit[:7]} {gone.subject}".rstrip()
        self._tell(entry, "reverted", text, at_us=gone.at_us, actor=gone.by, about=gone.commit)
