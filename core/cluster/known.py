"""Fingerprints that are in use, and whether an event is one of theirs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from rootcase.core.cluster.alike import same_code, same_module
from rootcase.core.cluster.keys import key_of
from rootcase.core.cluster.trace import Trace
from rootcase.core.model.events import Pairs
from rootcase.core.model.fingerprints import Fingerprint, Reason

LINE_KEPT = 200


def traits_of(trace: Trace) -> Pairs:
    """What a stored fingerprint keeps so that later events can be compared with it."""
    caller = trace.caller
    given = (
        ("line", trace.line[:LINE_KEPT]),
        ("caller", caller.name if caller else ""),
        ("explicit", "yes" if trace.explicit else ""),
    )
    return tuple(pair for pair in given if pair[1])


class Known:
    """Finds the known fingerprint that an event's is the same as, also where it was made by an older version."""

    def __init__(self, marks: Iterable[Fingerprint]) -> None:
        self._by_key: dict[str, Fingerprint] = {}
        self._by_function: dict[tuple[str, str], list[Fingerprint]] = defaultdict(list)
        for mark in marks:
            self._by_key.setdefault(mark.key, mark)
            if mark.anchor and mark.kind == "exception":
                self._by_function[mark.type, mark.anchor.rsplit(".", 1)[-1]].append(mark)

    def settled(self, mark: Fingerprint, trace: Trace) -> Fingerprint:
        """The same fingerprint under the key it is known by, or as it came."""
        if not self._by_key:
            return mark
        for version in dict.fromkeys((mark.version, *range(mark.version - 1, 0, -1))):
            found = self._by_key.get(key_of(version, mark.kind, mark.parts))
            if found is not None:
                return mark if found.version == mark.version else _under(found, mark)
        if mark.kind != "exception" or trace.anchor is None:
            return mark
        near = [
            each for each in self._by_function[mark.type, trace.anchor.function] if _same(each, mark, trace)
        ]
        return (
            _under(near[0], mark, "same function and message; its module is named otherwise")
            if len(near) == 1
            else mark
        )


def _under(known: Fingerprint, mark: Fingerprint, why: str = "") -> Fingerprint:
    reasons = (*mark.reasons, Reason(why)) if why else mark.reasons
    return replace(mark, version=known.version, key=known.key, parts=known.parts, reasons=reasons)


def _same(known: Fingerprint, mark: Fingerprint, trace: Trace) -> bool:
    """One error class whose module has another name, or whose message could not be compared by itself."""
    if len(known.parts) < 3 or not same_module(known.anchor, mark.anchor):
        return False
    line = dict(known.traits).get("line", "")
    if known.parts[2] == mark.parts[2]:
        return known.anchor != mark.anchor
    return bool(
        line and trace.line and same_code(line, trace.line) and mark.parts[2] in ("", "<key>", trace.words)
    )
