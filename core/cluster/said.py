"""What an event without an exception is: a log line, an alert, or nothing at all."""

from __future__ import annotations

from rootcase.core.cluster.judged import Judged, make
from rootcase.core.cluster.log_lines import log_words
from rootcase.core.cluster.messages import given_template, template
from rootcase.core.cluster.trace import Trace
from rootcase.core.model.events import Event
from rootcase.core.model.fingerprints import Reason


def judge_message(event: Event) -> Judged:
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
    words = given_template(tags.get("template", "")) or template(said)
    if not words:
        reasons = [Reason("nothing to compare: no exception, no message; a case of its own", joins=False)]
        return Judged(make("unknown", (event.id, event.transaction), reasons))
    reasons = [Reason(f"same message: {words[:120]}"), Reason("no exception was sent")]
    parts = (event.logger, words, service) if service else (event.logger, words)
    trace = Trace("", words=words, said=said, state="stackless", subject=event.logger)
    return Judged(make("message", parts, reasons), "", words[:60], trace)
