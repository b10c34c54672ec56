"""A client that hung up is no fault of ours, as long as it is not more and more of them."""

from __future__ import annotations

from rootcase.core.gate.facts import Facts
from rootcase.core.model.verdicts import RuleResult

RULE = "client_left"
TYPES = frozenset(
    {"ClientDisconnect", "ClientDisconnected", "ClientDisconnectedError", "RequestAborted", "EndOfStream",
     "ClosedResourceError", "BrokenPipeError", "ConnectionResetError", "ClientAbortException", "IncompleteRead"}
)  # fmt: skip


def check(facts: Facts) -> RuleResult:
    mark = facts.case.fingerprint
    raised = {event.raised.type.rsplit(".", 1)[-1] for event in facts.events if event.raised}
    if mark is None or mark.kind == "outage" or mark.type not in TYPES or not (raised <= TYPES or not raised):
        return RuleResult(RULE, None, "no client hung up")
    if facts.rising:
        saw = f"clients hang up ({mark.type}), and more of them by the hour"
        return RuleResult(RULE, "investigate", saw, "something drives them away", facts.cites)
    return RuleResult(
        RULE, "ignore", f"client left, {mark.type}", "nothing of ours failed", facts.cites, kind="client left"
    )
