"""One fingerprint per error class, with its reasons: the same for a production event and for a test's traceback."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rootcase.core.cluster.accesses import asked_for
from rootcase.core.cluster.chain import Chain, fault_chains
from rootcase.core.cluster.environment import Environment, find_environment
from rootcase.core.cluster.frames import (
    MANY_REPEATS,
    Named,
    Namer,
    anchor_of,
    import_root,
    ours,
    recursion,
    repeats,
)
from rootcase.core.cluster.keys import VERSION, key_of
from rootcase.core.cluster.known import Known, traits_of
from rootcase.core.cluster.log_lines import log_words, named_error
from rootcase.core.cluster.messages import brief, given_template, stable_detail, template
from rootcase.core.cluster.names import Roots, file_segments, type_name
from rootcase.core.cluster.outage import Outage, find_outage
from rootcase.core.cluster.stack_text import parse_stack
from rootcase.core.cluster.trace import NOTHING, Trace
from rootcase.core.cluster.tracing import trace_of
from rootcase.core.config.settings import Settings
from rootcase.core.model.events import Event, ExceptionInfo
from rootcase.core.model.fingerprints import Fingerprint, FingerprintKind, Reason


@dataclass(frozen=True, slots=True)
class Judged:
    """A fingerprint with what a title needs. function: the anchor's; brief: the telling words of the message.

    trace: what else the event shows, for comparing it with others.
    """

    fingerprint: Fingerprint
    function: str = ""
    brief: str = ""
    trace: Trace = NOTHING


class DefaultFingerprinter:
    """The `Fingerprinter` port.

    Args: settings: for the repositories' stack and source roots. known: fingerprints in use; where a
    worktree's file can be one of their modules it gets that module's name.
    """

    def __init__(self, settings: Settings | None = None, *, known: Iterable[Fingerprint] = ()) -> None:
        prefixes = {
            file_segments(root)
            for repository in (settings.repositories if settings else ())
            for root in (repository.stack_root, repository.source_root)
            if root.strip("/")
        }
        self._prefixes = tuple(sorted(prefixes, key=len, reverse=True))
        marks = tuple(known)
        self._known = tuple(tuple(item.anchor.split(".")[:-1]) for item in marks if "." in item.anchor)
        self._joins = Known(marks)
        self._namer = Namer(Roots(prefixes=self._prefixes))

    def event(self, event: Event) -> Fingerprint:
        return self.judge(event).fingerprint

    def judge(self, event: Event) -> Judged:
        """The fingerprint of an event and the words for its title; never raises.

        Where a known fingerprint is the same error class, it is that fingerprint with its own key.
        """
        return self._settled(self.read(event))

    def read(self, event: Event) -> Judged:
        """The event by itself, whatever is known."""
        exceptions = event.exceptions
        if event.stack_text and not any(item.frames for item in exceptions):
            exceptions = _from_text(event)
        if not any(item.type or item.value or item.frames for item in exceptions):
            return _message(event)
        if event.message and all(item.mechanism == "thread" and not item.type for item in exceptions):
            # A message with the stack of where it was written is still a message.
            return _message(event)
        return self._exceptions(exceptions, self._namer, event)

    def _settled(self, judged: Judged) -> Judged:
        mark = self._joins.settled(judged.fingerprint, judged.trace)
        return judged if mark is judged.fingerprint else replace(judged, fingerprint=mark)

    def text(self, stack: str, *, root: str = "", platform: str = "") -> Fingerprint | None:
        parsed = parse_stack(stack, platform)
        if parsed is None:
            return None
        namer = self._namer
        if root:
            namer = Namer(Roots(_root_in_use(root, parsed.exceptions), self._prefixes, self._known))
        judged = self._exceptions(parsed.exceptions, namer, Event("text", platform=parsed.platform))
        return self._settled(judged).fingerprint

    def _exceptions(self, exceptions: Sequence[ExceptionInfo], namer: Namer, event: Event) -> Judged:
        root = import_root(exceptions)
        judged = [_judge_chain(chain, namer, root, event) for chain in fault_chains(exceptions)]
        first = min(judged, key=lambda item: (not item.fingerprint.anchor, item.fingerprint.parts))
        if len({item.fingerprint.key for item in judged}) > 1:
            words = Reason(f"first by name of {len(judged)} errors of a group")
            return replace(first, fingerprint=_with(first.fingerprint, words))
        return first


def make(
    kind: FingerprintKind,
    parts: Sequence[str],
    reasons: Sequence[Reason],
    *,
    type: str = "",
    anchor: str = "",
    host: str = "",
) -> Fingerprint:
    """A fingerprint over `parts`."""
    key = key_of(VERSION, kind, parts)
    return Fingerprint(VERSION, key, kind, type, anchor, host, tuple(parts), tuple(reasons))


def _from_text(event: Event) -> tuple[ExceptionInfo, ...]:
    """The frames of the event's stack text; its own type and message where the text names none."""
    given = event.exceptions[-1] if event.exceptions else ExceptionInfo()
    parsed = parse_stack(event.stack_text)
    if parsed is None:
        return event.exceptions or (
            ExceptionInfo(value=event.message) if not event.message else ExceptionInfo(),
        )
    *causes, last = parsed.exceptions
    if not last.type or last.type in ("error", "crash"):
        last = replace(last, type=given.type or last.type, value=last.value or given.value)
    return (*causes, last)


def _judge_chain(chain: Chain, namer: Namer, root: str, event: Event) -> Judged:
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
            return _message(event)
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


def _message(event: Event) -> Judged:
    """What came without an exception: a log line or an alert."""
    tags = dict(event.tags)
    service = tags.get("service", "")
    if dedup := tags.get("dedup", ""):
        told = [Reason(f"same key of its source, {dedup[:80]}"), Reason("no exception was sent")]
        made = make("message", ("dedup", service, dedup), told)
        return Judged(
            made, "", template(log_words(event.message))[:60], Trace("", state="stackless", said=dedup)
        )
    said = log_words(event.message)
    before, named = named_error(said)
    if named is not None:
        return _named(event, before, named, service)
    words = given_template(tags.get("template", "")) or template(said)
    if not words:
        reasons = [Reason("nothing to compare: no exception, no message; a case of its own", joins=False)]
        return Judged(make("unknown", (event.id, event.transaction), reasons))
    reasons = [Reason(f"same message: {words[:120]}"), Reason("no exception was sent")]
    parts = (event.logger, words, service) if service else (event.logger, words)
    trace = Trace("", words=words, said=said, state="stackless", subject=event.logger)
    return Judged(make("message", parts, reasons), "", words[:60], trace)


def _named(event: Event, before: str, error: ExceptionInfo, service: str) -> Judged:
    """A log line that ends in `KeyError: 'currency'`: no trace, but an error."""
    judged = _judge_chain((error,), Namer(Roots()), "", event)
    mark = judged.fingerprint
    if mark.kind in ("environment", "outage"):
        return judged
    parts = (
        event.logger,
        f"{template(before)} {mark.type}: {judged.trace.detail} {judged.trace.subject}".strip(),
        service,
    )
    reasons = [Reason(f"same message: {parts[1][:120]}"), Reason("no stack trace was sent")]
    made = make("message", parts if service else parts[:2], reasons)
    return Judged(made, "", template(log_words(event.message))[:60], judged.trace)


def _name(anchor: Named | None) -> str:
    return anchor.name if anchor else ""


def _with(fingerprint: Fingerprint, reason: Reason) -> Fingerprint:
    return replace(fingerprint, reasons=(*fingerprint.reasons, reason))


def _root_in_use(root: str, exceptions: Sequence[ExceptionInfo]) -> str:
    """The root as the traceback spells it: a temporary folder may be shown behind its symlink."""
    plain = os.path.abspath(root)
    real = os.path.realpath(root)
    for item in exceptions:
        for frame in item.frames:
            for spelled in (plain, real):
                if frame.abs_path.startswith(spelled.replace("\\", "/") + "/"):
                    return spelled
    return plain
