"""The production-readiness check list: each row has evidence that the journal holds, or was not checked."""

from __future__ import annotations

import re

from rootcase.core.deliver.markdown import inline
from rootcase.core.deliver.part import Facts, Part, cites
from rootcase.core.model.case import Case
from rootcase.core.model.confidence import shown

# Checks of review about how a change fails, by their names.
FAILING = frozenset(
    {
        "swallows the error",
        "widens an except",
        "default at the crash site",
        "guard at the symptom",
        "drops a refusal",
    }
)
SENSITIVE_RULE = "product_sensitive"
_TELLS = re.compile(
    r"\b(?:log(?:ger|ging)?|slog|metrics?|statsd|tracer?|span|sentry_sdk|newrelic|prometheus|console)\b\s*[.(:]",
    re.I,
)


def readiness(facts: Facts) -> Part:
    """Four rows. No row says more than what a program saw, and none is ticked because somebody said so."""
    rows = (
        ("Failure handling", _failures(facts.case)),
        ("Observability", _observability(facts.case)),
        ("Data", _data(facts.case)),
        ("Compliance", _compliance(facts.case)),
    )
    return Part("Production readiness", tuple(f"- {name}: {told}" for name, told in rows), most=4)


def _row(ok: bool, words: str, names: tuple[str, ...] = ()) -> str:
    return f"{'evidence' if ok else 'not checked'}, {words}{cites(names)}"


def _failures(case: Case) -> str:
    draft = case.draft
    if draft is None or case.review_digest != draft.digest:
        return _row(False, "review has not looked at this text")
    found = [f for f in case.findings if f.check in FAILING and not f.waived and f.severity != "info"]
    if found:
        return _row(False, f"open: {inline(found[0].text, limit=160)}")
    return _row(True, "review found no swallowed, widened or defaulted exception in this text")


def _observability(case: Case) -> str:
    hunks = [hunk for hunk in (case.draft.accepted if case.draft else ()) if not hunk.test]
    gone = [hunk for hunk in hunks if any(_TELLS.search(line) for line in hunk.old)]
    if gone:
        return _row(False, f"{inline(gone[0].path)} changes a line that logs or measures")
    names = [signal.short_id or signal.id for signal in case.signals]
    if not hunks or not names:
        return _row(False, "no signal would show whether the error is gone")
    watched = ", ".join(inline(name, limit=60) for name in names[:2])
    return _row(True, f"no log or metric line changes, and {watched} counts the error")


def _data(case: Case) -> str:
    found = shown(case, "migration-check")
    return _row(found.done, inline(found.why), found.cites)


def _compliance(case: Case) -> str:
    rules = case.gate.rules if case.gate else ()
    told = next((rule for rule in rules if rule.rule == SENSITIVE_RULE), None)
    if told is None or told.verdict is not None:
        return _row(False, inline(told.saw) if told else "the gate has not looked at that")
    return _row(True, f"the gate: {inline(told.saw)}", told.cites)
