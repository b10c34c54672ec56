"""What one chain of exceptions is, by its deciding frame, the host it could not reach, or the trouble around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rootcase.core.cluster.accesses import asked_for
from rootcase.core.cluster.chain import Chain
from rootcase.core.cluster.environment import Environment, find_environment
from rootcase.core.cluster.frames import MANY_REPEATS, Named, Namer, anchor_of, ours, recursion, repeats
from rootcase.core.cluster.judged import Judged, make
from rootcase.core.cluster.known import traits_of
from rootcase.core.cluster.messages import brief, stable_detail, template
from rootcase.core.cluster.names import type_name
from rootcase.core.cluster.outage import Outage, find_outage
from rootcase.core.cluster.said import judge_message
from rootcase.core.cluster.trace import Trace
from rootcase.core.cluster.tracing import trace_of
from rootcase.core.model.events import Event
from rootcase.core.model.fingerprints import Fingerprint, Reason


def judge_chain(chain: Chain, namer: Namer, root: str, event: Event) -> Judged:
    frames = [namer.named(item, root) for item in chain]
    own: tuple[Named, ...] = ()
    at = 0
    for position, named in enumerate(frames):
        if own := ours(named):
            at = position
            break
    anchor = anchor_of(own)
    environment = find_environment(chain)
    outage = find_outage(chain, event.breadcrumbs)
    kind = type_name(chain[0].type) or "error"
    function = anchor.function if anchor else ""
    trace = trace_of(chain, frames, own, anchor, at)
    if environment:
        made = _environment(environment, outage, kind, anchor)
        return Judged(made, function, environment.subject, trace)
    if outage:
        slow = "slow" if outage.how == "slow" else "unreachable"
        told = _outage(outage, _told_type(chain), anchor)
        return Judged(told, function, outage.host, replace(trace, subject=slow))
    if anchor is None or trace.state == "minified":
        return _without_anchor(chain, frames, event, trace)
    return _anchored(chain, own, anchor, at, trace)


def _anchored(chain: Chain, own: Sequence[Named], anchor: Named, at: int, trace: Trace) -> Judged:
    cause = chain[0]
    kind = type_name(cause.type) or "error"
    cycle = (
        recursion(own)
        if kind in ("RecursionError", "StackOverflowError") or repeats(own) > MANY_REPEATS
        else ()
    )
    if cycle:
        name = cycle[0]
        reasons = [Reason(f"same cycle of calls: {', '.join(cycle[:3])}"), Reason("repeats of it count once")]
        made = make("exception", (kind, name, "cycle"), reasons, type=kind, anchor=name)
        return Judged(made, name.rsplit(".", 1)[-1], "", replace(trace, detail="cycle"))
    detail = trace.detail
    shown = brief(kind, cause.value, detail)
    reasons = [Reason(f"same innermost frame: {anchor.short}"), _same_error(kind, detail, shown)]
    if len(chain) > 1:
        raised = type_name(chain[-1].type)
        reasons.append(Reason(f"cause of the chain: {kind}, raised as {raised}"))
    if at and kind != type_name(chain[at].type):
        reasons.append(Reason(f"{kind} has no frame of ours; those of {type_name(chain[at].type)} stand in"))
    reasons.append(Reason("callers and line numbers are left out"))
    if detail:
        other = "another key" if kind == "KeyError" else "another message"
        reasons.append(Reason(f"{other} in {anchor.function} would be another case", joins=False))
    made = make("exception", (kind, anchor.name, detail), reasons, type=kind, anchor=anchor.name)
    return Judged(replace(made, traits=traits_of(trace)), anchor.function, shown, trace)


def _same_error(kind: str, detail: str, shown: str) -> Reason:
    if kind == "KeyError" and shown:
        return Reason(f"same error and key, KeyError {shown}")
    if detail and detail != "<key>":
        return Reason(f"same error and message, {kind} {shown or detail}")
    return Reason(f"same error, {kind}; its message is data")


def _environment(found: Environment, outage: Outage | None, kind: str, anchor: Named | None) -> Fingerprint:
    """Keyed by what is wrong and with what; where it has no name, by our package that meets it."""
    host = outage.host if outage else ""
    subject = found.subject or (host if "certificate" in found.category else "")
    place = subject or (anchor.module.split(".", 1)[0] if anchor else "")
    reasons = [Reason(f"same trouble around the code: {found.category}{f', {subject}' if subject else ''}")]
    reasons.append(Reason("call sites and lines are left out"))
    parts = (found.category, place)
    return make("environment", parts, reasons, type=kind, anchor=_name(anchor), host=host)


def _outage(outage: Outage, kind: str, anchor: Named | None) -> Fingerprint:
    known = outage.path not in ("", "/")
    slow = outage.how == "slow" and (known or outage.reading)
    # Without an endpoint the call site has to do: another site may ask another one.
    path = outage.path if known else f"at {_name(anchor)}"
    reasons = [
        Reason(f"same host that does not answer: {outage.host}, told by {outage.told_by}"),
        Reason("call sites, error types and lines are left out"),
    ]
    if slow:
        reasons.append(
            Reason(
                f"slow {path if path.startswith('at ') else 'at ' + path}; other endpoints of it stay apart",
                joins=False,
            )
        )
    parts = (outage.host, "slow", path) if slow else (outage.host, "unreachable")
    return make("outage", parts, reasons, type=kind, anchor=_name(anchor), host=outage.host)


def _told_type(chain: Chain) -> str:
    """The library's type says more than the socket's: `ConnectTimeout` over `TimeoutError`."""
    plain = ("TimeoutError", "OSError", "gaierror", "ConnectionRefusedError")
    kinds = [type_name(item.type) for item in chain]
    return next((kind for kind in kinds if kind not in plain), kinds[0])


def _without_anchor(chain: Chain, frames: Sequence[Sequence[Named]], event: Event, trace: Trace) -> Judged:
    """No frame of ours, or none with its own name: a library's frame, a test's, or the message has to do."""
    kind = type_name(chain[0].type) or "error"
    value = chain[0].value or chain[-1].value
    last = next((named[-1] for named in frames if named), None)
    minified = trace.state == "minified"
    if last is None or minified:
        words = template(value)
        if not chain[0].type and not words:
            return judge_message(event)
        reasons = [
            Reason(f"same error and message, {kind} {words}".rstrip()),
            Reason("its stack trace is minified" if minified else "no stack trace was sent"),
        ]
        words = asked_for(value) or words
        return Judged(make("message", (kind, words), reasons, type=kind), "", words[:60], trace)
    where = "a test" if last.place == "test" else "a library"
    reasons = [
        Reason(f"same innermost frame: {last.short}"),
        Reason(f"no frame of ours; this one is {where}'s"),
    ]
    parts = (kind, f"{last.place}:{last.name}", stable_detail(kind, value, ()))
    return Judged(make("exception", parts, reasons, type=kind), last.function, "", trace)


def _name(anchor: Named | None) -> str:
    return anchor.name if anchor else ""
