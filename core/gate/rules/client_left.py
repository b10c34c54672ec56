"""A client that hung up or cancelled is no fault of ours, as long as it is not more and more of them."""

from __future__ import annotations

import re

from rootcase.core.gate.facts import Facts
from rootcase.core.gate.frames import all_frames, failing, path_of
from rootcase.core.model.verdicts import RuleResult

RULE = "client_left"
TYPES = frozenset(
    {"ClientDisconnect", "ClientDisconnected", "ClientDisconnectedError", "RequestAborted", "EndOfStream",
     "ClosedResourceError", "BrokenPipeError", "ConnectionResetError", "ClientAbortException", "IncompleteRead",
     "CancelledError", "AbortError", "RequestCancelled", "OperationCanceledException", "TaskCanceledException",
     "AsyncRequestNotUsableException", "UnreadablePostError", "ClientPayloadError", "BrokenResourceError"}
)  # fmt: skip
_SAYS = re.compile(
    r"^(?:[^\n:]{0,60}: )?(?:context canceled|write: broken pipe|the user aborted a request|request aborted|aborted"
    r"|client (?:has )?(?:disconnected|closed|went away|hung up|aborted)|(?:write )?EPIPE\b|499\b|"
    r"the operation was aborted|broken pipe|connection reset by peer while (?:writing|sending) (?:the )?response)",
    re.IGNORECASE | re.MULTILINE,
)
# What browsers say when their own network fails.
_BROWSER = re.compile(
    r"Failed to fetch|Load failed|NetworkError when attempting to fetch|Network request failed"
)
# What writes answers to clients; a reset there is the client's, anywhere else it may be an upstream's.
_SERVERS = re.compile(
    r"(?:gunicorn|uvicorn|hypercorn|waitress|wsgi|asgi|werkzeug|daphne|puma|unicorn|jetty|tomcat|undertow|starlette|"
    r"fastapi|django/core/handlers|node:http|_http_outgoing|express|net/http/server|socketserver)", re.IGNORECASE,
)  # fmt: skip


def check(facts: Facts) -> RuleResult:
    what = _what(facts)
    if not what:
        return RuleResult(RULE, None, "no client hung up")
    if facts.rising:
        saw = f"clients hang up ({what}), and more of them by the hour"
        return RuleResult(RULE, "investigate", saw, "something drives them away", facts.cites)
    return RuleResult(
        RULE, "ignore", f"client left, {what}", "nothing of ours failed", facts.cites, kind="client left"
    )


def _what(facts: Facts) -> str:
    """The type or words that tell of a client that left, "" where something else failed."""
    mark = facts.case.fingerprint
    if mark is not None and mark.kind in ("outage", "environment"):
        return ""
    raised = {event.raised.type.rsplit(".", 1)[-1] for event in facts.events if event.raised}
    if not raised and mark is not None and mark.type in TYPES:
        return mark.type
    if raised and raised <= TYPES:
        kind = next(iter(sorted(raised)))
        # A reset inside code of ours that sends elsewhere is no client's.
        if kind in ("ConnectionResetError", "BrokenPipeError", "IncompleteRead") and not _answering(facts):
            return ""
        return kind
    cause = facts.types[0] if facts.types else ""
    if cause in TYPES and _answering(facts) and cause != "IncompleteRead":
        return cause
    if any(
        value == "499" for event in facts.events[:1] for name, value in event.tags if "status" in name.lower()
    ):
        return "status 499"
    event = facts.events[0] if facts.events else None
    if (
        event is not None
        and event.platform.startswith("javascript")
        and (lost := _BROWSER.search(facts.text))
    ):
        return lost.group(0)
    said = _SAYS.search(facts.text)
    return said.group(0)[:60] if said and not _says_of_another(facts) else ""


def _answering(facts: Facts) -> bool:
    """Whether the frames are those of a server that writes to its client; without frames it may be."""
    event = facts.events[0] if facts.events else None
    if event is None or failing(event) is None:
        return True
    return any(_SERVERS.search(path_of(frame) + " " + frame.module) for frame in all_frames(event))


def _says_of_another(facts: Facts) -> bool:
    return bool(re.search(r"https?://|\bhost\b|dial tcp|upstream", facts.text))
