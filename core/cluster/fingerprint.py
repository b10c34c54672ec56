"""One fingerprint per error class, with its reasons: the same for a production event and for a test's traceback."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace

from rootcase.core.cluster.chain import fault_chains
from rootcase.core.cluster.frames import Namer, import_root
from rootcase.core.cluster.judged import Judged, make
from rootcase.core.cluster.judging import judge_chain
from rootcase.core.cluster.known import Known
from rootcase.core.cluster.log_lines import log_words, named_error
from rootcase.core.cluster.messages import template
from rootcase.core.cluster.names import Roots, file_segments
from rootcase.core.cluster.said import judge_message
from rootcase.core.cluster.stack_text import parse_stack
from rootcase.core.config.settings import Settings
from rootcase.core.model.events import Event, ExceptionInfo
from rootcase.core.model.fingerprints import Fingerprint, Reason


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
        self._known: dict[tuple[str, ...], None] = {}
        self._joins = Known(())
        for mark in known:
            self.knows(mark)
        self._namer = Namer(Roots(prefixes=self._prefixes))

    def knows(self, mark: Fingerprint) -> None:
        """One more fingerprint is in use."""
        if "." in mark.anchor:
            self._known[tuple(mark.anchor.split(".")[:-1])] = None
        self._joins.add(mark)

    def alike(self, judged: Judged) -> tuple[Fingerprint, str] | None:
        """The one fingerprint in use that this may be under another name, and why; never joined by itself."""
        return self._joins.alike(judged.fingerprint, judged.trace)

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
            return _without_exception(event)
        if event.message and all(item.mechanism == "thread" and not item.type for item in exceptions):
            # A message with the stack of where it was written is still a message.
            return _without_exception(event)
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
            namer = Namer(Roots(_root_in_use(root, parsed.exceptions), self._prefixes, tuple(self._known)))
        judged = self._exceptions(parsed.exceptions, namer, Event("text", platform=parsed.platform))
        return self._settled(judged).fingerprint

    def _exceptions(self, exceptions: Sequence[ExceptionInfo], namer: Namer, event: Event) -> Judged:
        root = import_root(exceptions)
        judged = [judge_chain(chain, namer, root, event) for chain in fault_chains(exceptions)]
        first = min(judged, key=lambda item: (not item.fingerprint.anchor, item.fingerprint.parts))
        if len({item.fingerprint.key for item in judged}) > 1:
            words = Reason(f"first by name of {len(judged)} errors of a group")
            return replace(first, fingerprint=_with(first.fingerprint, words))
        return first


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
        # Python names the error in its last line: without it, the innermost calls may be missing too.
        cut = parsed.platform == "python" and not last.type
        kind, value = given.type or last.type, last.value or given.value
        last = replace(last, type=kind, value=value, mechanism="cut" if cut else last.mechanism)
    return (*causes, last)


def _without_exception(event: Event) -> Judged:
    """A message; one that names an error (`request failed: KeyError: 'x'`) is that error without a trace."""
    tags = dict(event.tags)
    before, named = named_error(log_words(event.message))
    if named is None or tags.get("dedup"):
        return judge_message(event)
    return _named(event, before, named, tags.get("service", ""))


def _named(event: Event, before: str, error: ExceptionInfo, service: str) -> Judged:
    """A log line that ends in `KeyError: 'currency'`: no trace, but an error."""
    judged = judge_chain((error,), Namer(Roots()), "", event)
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
