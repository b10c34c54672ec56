"""Fingerprints that are in use, and which of them an event is: the rules of a whole file, one event at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from rootcase.core.cluster.alike import (
    DISTINCT,
    covers,
    likeness,
    literals,
    same_code,
    same_module,
    squeezed,
    told_by,
)
from rootcase.core.cluster.keys import key_of
from rootcase.core.cluster.messages import PLACE
from rootcase.core.cluster.trace import IMPLICIT, Trace
from rootcase.core.model.events import Pairs
from rootcase.core.model.fingerprints import Fingerprint, Reason

KEPT = 200
REWRITTEN = 0.5
BASE = 3
_OPEN = ("", "<key>", PLACE)


def traits_of(trace: Trace) -> Pairs:
    """What a stored fingerprint keeps so that later events can be compared with it."""
    caller = trace.caller
    inner = caller is not None and trace.own[0].name != caller.name
    given = (
        ("line", trace.line[:KEPT]),
        ("caller", caller.name if caller else ""),
        ("inner", "yes" if inner else ""),
        ("explicit", "yes" if trace.explicit else ""),
        ("said", trace.bare[:KEPT]),
        ("address", trace.subject[:KEPT]),
        ("home", trace.own[-1].home if trace.own else ""),
        ("asked", _asked(trace)[:KEPT]),
    )
    return tuple(pair for pair in given if pair[1])


def _asked(trace: Trace) -> str:
    """The strings that the caller's line hands to a function that raises on purpose: `require("email")`."""
    caller, anchor = trace.caller, trace.anchor
    if caller is None or anchor is None or not trace.explicit:
        return ""
    return " ".join(sorted(literals(caller.line, anchor.function)))


class Known:
    """Finds the known fingerprint that an event's is the same as, also where an older version made it."""

    def __init__(self, marks: Iterable[Fingerprint]) -> None:
        self._by_key: dict[str, Fingerprint] = {}
        self._by_base: dict[tuple[str, ...], list[Fingerprint]] = defaultdict(list)
        self._by_function: dict[tuple[str, str], list[Fingerprint]] = defaultdict(list)
        self._by_said: dict[tuple[str, str], list[Fingerprint]] = defaultdict(list)
        self._by_anchor: dict[str, list[Fingerprint]] = defaultdict(list)
        self._by_trouble: dict[str, list[Fingerprint]] = defaultdict(list)
        self._by_line: dict[tuple[str, str], list[Fingerprint]] = defaultdict(list)
        for mark in marks:
            self.add(mark)

    def add(self, mark: Fingerprint) -> None:
        """One more fingerprint is in use."""
        if mark.key in self._by_key:
            return
        self._by_key[mark.key] = mark
        if mark.anchor:
            self._by_anchor[mark.anchor].append(mark)
        if mark.kind == "environment":
            self._by_trouble[mark.parts[0]].append(mark)
        if mark.kind != "exception":
            return
        self._by_base[mark.parts[:BASE]].append(mark)
        if mark.anchor:
            self._by_function[mark.type, mark.anchor.rsplit(".", 1)[-1]].append(mark)
        traits = dict(mark.traits)
        said = traits.get("said", mark.parts[2] if len(mark.parts) > 2 else "")
        if said not in _OPEN:
            self._by_said[mark.type, said].append(mark)
        if len(line := squeezed(traits.get("line", ""))) >= DISTINCT:
            self._by_line[mark.type, line].append(mark)

    def alike(self, mark: Fingerprint, trace: Trace) -> tuple[Fingerprint, str] | None:
        """The one known fingerprint that this may be under a function's former name, and why: for a human to judge."""
        line = squeezed(trace.line[:KEPT])
        if mark.kind != "exception" or trace.anchor is None or len(line) < DISTINCT:
            return None
        near = [each for each in self._by_line.get((mark.type, line), ()) if _renamed(each, mark, trace)]
        if len(near) != 1:
            return None
        before = ".".join(near[0].anchor.split(".")[-2:])
        return near[0], (
            f"{trace.anchor.short} fails at the same line as {before}, with the same error and message; "
            "it may have been renamed or moved"
        )

    def settled(self, mark: Fingerprint, trace: Trace) -> Fingerprint:
        """The same fingerprint under the key it is known by; told apart from a known one; or as it came."""
        if not self._by_key:
            return mark
        found = self._exact(mark)
        if found is None and (lone := self._only_one(mark, trace)) is not None:
            return lone
        if mark.kind == "exception" and trace.anchor is not None:
            siblings = self._by_base.get(mark.parts[:BASE], [])
            if siblings:
                return _among(siblings, mark, trace)
            return found or self._named_otherwise(mark, trace)
        if found is None and trace.state in ("stackless", "minified") and trace.type:
            near = self._by_said.get((trace.type, trace.bare), []) if trace.bare not in _OPEN else []
            if len(near) == 1:
                return _under(near[0], mark, "no trace to compare, but its message fits no other case")
        return found or mark

    def _only_one(self, mark: Fingerprint, trace: Trace) -> Fingerprint | None:
        """For what shows too little: a trace cut before its error, trouble without a place."""
        near: list[Fingerprint] = []
        if trace.state == "cut" and mark.anchor:
            near, why = self._by_anchor[mark.anchor], "its trace was cut short and fits no other case"
        elif mark.kind == "environment" and not mark.parts[-1]:
            near, why = self._by_trouble[mark.parts[0]], "its place is not shown, but there is one alone"
        return _under(near[0], mark, why) if len(near) == 1 else None

    def _exact(self, mark: Fingerprint) -> Fingerprint | None:
        for version in range(mark.version, 0, -1):
            found = self._by_key.get(key_of(version, mark.kind, mark.parts))
            if found is not None:
                return _under(found, mark)
        return None

    def _named_otherwise(self, mark: Fingerprint, trace: Trace) -> Fingerprint:
        """One function under another module name, or a message that the line alone makes comparable."""
        function = trace.anchor.function if trace.anchor else ""
        near = [each for each in self._by_function[mark.type, function] if _same(each, mark, trace)]
        if len(near) != 1:
            return mark
        return _under(near[0], mark, "same function and message, its module is named otherwise")


def _renamed(known: Fingerprint, mark: Fingerprint, trace: Trace) -> bool:
    """Another function of the same name, in the same module, or under the same caller, that says the same."""
    if known.key == mark.key or known.anchor == mark.anchor or len(known.parts) < BASE:
        return False
    if known.parts[2] != mark.parts[2] or trace.anchor is None:
        return False
    module, _, function = known.anchor.rpartition(".")
    caller = dict(known.traits).get("caller", "")
    same_caller = trace.caller is not None and trace.caller.name == caller
    return function == trace.anchor.function or module == trace.anchor.module or same_caller


def _under(known: Fingerprint, mark: Fingerprint, why: str = "") -> Fingerprint:
    reasons = (*mark.reasons, Reason(why)) if why else mark.reasons
    return replace(known, reasons=reasons, traits=known.traits or mark.traits)


def _same(known: Fingerprint, mark: Fingerprint, trace: Trace) -> bool:
    if len(known.parts) < BASE or not same_module(known.anchor, mark.anchor):
        return False
    line = dict(known.traits).get("line", "")
    if known.parts[2] == mark.parts[2]:
        return known.anchor != mark.anchor and not _other_line(known, trace)
    detail = known.parts[2]
    if "*" in detail and detail != "*" and told_by(trace.said, detail):
        return not _other_line(known, trace)
    said = dict(known.traits).get("said", "")
    if covers(said, trace.bare, 1) or covers(trace.bare, said, 1):
        return not _other_line(known, trace)
    if not line and not trace.line:
        return _same_head(said, trace.bare)
    if bool(line) != bool(trace.line):
        # One side has no source line, in whose light the other's message was read.
        return (detail in _OPEN and trace.type in IMPLICIT) or (bool(said) and said == trace.bare)
    return False


def _same_head(one: str, other: str) -> bool:
    """`invalid date: x` and `invalid date: y`: what follows the colon is what was given."""
    head, colon, _ = one.rpartition(": ")
    return bool(colon) and len(head.split()) > 1 and head == other.rpartition(": ")[0]


def _among(siblings: Sequence[Fingerprint], mark: Fingerprint, trace: Trace) -> Fingerprint:
    """The sibling with the same line and caller; a fingerprint of its own where each of them has another."""
    lined = [each for each in siblings if not _other_line(each, trace)]
    if not lined:
        return _apart(mark, ("line", squeezed(trace.line)), f"its line is another: {trace.line[:60]}")
    caller = trace.caller
    if caller is None:
        return _under(lined[0], mark)
    same = [each for each in lined if dict(each.traits).get("caller", "") in ("", caller.name)]
    if same:
        return _under(same[0], mark)
    if all(_other_caller(each, trace) for each in lined):
        return _apart(
            mark, ("from", caller.name), f"{caller.short} kept because several callers share the function"
        )
    return _under(lined[0], mark)


def _apart(mark: Fingerprint, extra: tuple[str, str], why: str) -> Fingerprint:
    parts = (*mark.parts, *extra)
    reasons = (*mark.reasons, Reason(why, joins=False))
    return replace(mark, key=key_of(mark.version, mark.kind, parts), parts=parts, reasons=reasons)


def _other_line(known: Fingerprint, trace: Trace) -> bool:
    """Whether the failing line is certainly another one, and no rewriting of the known."""
    traits = dict(known.traits)
    line = traits.get("line", "")
    if not line or not trace.line or same_code(line, trace.line):
        return False
    home = trace.own[-1].home if trace.own else ""
    # Two services may have a module and a function of one name, deployed to two places.
    return likeness(line, trace.line) < REWRITTEN or (bool(home) and traits.get("home", home) != home)


def _other_caller(known: Fingerprint, trace: Trace) -> bool:
    """Whether a function that raises on purpose was called from inside two other modules."""
    traits, caller = dict(known.traits), trace.caller
    if caller is not None and trace.subject and traits.get("address", trace.subject) != trace.subject:
        return traits.get("caller", "") != caller.name
    if caller is None or "explicit" not in traits or not trace.explicit or "inner" not in traits:
        return False
    asked, ours = traits.get("asked", ""), _asked(trace)[:KEPT]
    if asked and ours and asked != ours and traits.get("caller", "") != caller.name:
        return True
    modules = {traits.get("caller", "").rsplit(".", 1)[0], caller.module}
    helper = trace.anchor.module if trace.anchor else ""
    return trace.own[0].name != caller.name and len(modules) == 2 and helper not in modules
