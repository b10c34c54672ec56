"""Trouble around the code (disk, schema, certificate, configuration, limits) is somebody's ticket, not a patch."""

from __future__ import annotations

import re

from rootcase.core.gate.facts import Facts
from rootcase.core.gate.frames import all_frames, innermost, path_of
from rootcase.core.gate.signs import SIGNS, Sign
from rootcase.core.model.verdicts import RuleResult

RULE = "environment_cause"
_MODULE = re.compile(r"No module named '([\w.]{1,100})'|Cannot find module '(@?[\w-][\w./-]{0,100})'")


def check(facts: Facts) -> RuleResult:
    found = _by_fingerprint(facts) or _by_frames(facts) or _by_words(facts)
    if found is None:
        return RuleResult(RULE, None, "the cause is not its surroundings, as far as the error says")
    sign, subject = found
    saw = f"{sign.category}{f', {subject}' if subject else ''}: {sign.kind}, not code"
    return RuleResult(RULE, "ticket", saw, sign.check, facts.cites, kind=sign.kind)


def _by_fingerprint(facts: Facts) -> tuple[Sign, str] | None:
    mark = facts.case.fingerprint
    if mark is None or mark.kind != "environment" or not mark.parts:
        return None
    sign = _sign(mark.parts[0])
    return (sign, mark.parts[1] if len(mark.parts) > 1 else "") if sign else None


def _by_words(facts: Facts) -> tuple[Sign, str] | None:
    text = facts.text
    for sign in SIGNS:
        if found := sign.pattern.search(text):
            subject = next((group for group in found.groups() if group), "")
            return sign, subject.lower()[:100]
    return None


def _by_frames(facts: Facts) -> tuple[Sign, str] | None:
    """`os.environ["X"]`: a KeyError inside `os`; and a package that is not installed."""
    event = facts.events[0] if facts.events else None
    if event is None or not event.exceptions:
        return None
    first = event.exceptions[0]
    last = innermost(event)
    if (
        facts.types[:1] == ("KeyError",)
        and last
        and re.search(r"(?:^|/)(?:<frozen )?os(?:\.py|>)?$", path_of(last))
    ):
        return _known("missing configuration", first.value.strip("'\""))
    line = last.context_line if last else ""
    variable = re.search(r"(?:environ\[|process\.env\.|getenv\(|ENV\.fetch\()['\"]?(\w+)", line)
    if variable and facts.types[:1] and facts.types[0] in ("KeyError", "TypeError"):
        return _known("missing configuration", variable.group(1))
    missing = _MODULE.search(first.value)
    if missing and facts.types[:1] and facts.types[0] in ("ModuleNotFoundError", "ImportError", "Error"):
        package = next(group for group in missing.groups() if group)
        own = {path_of(frame).lstrip("/").split("/", 1)[0] for frame in all_frames(event)}
        top = re.split(r"[./]", package.lstrip("@"))[0]
        if top not in own and not package.startswith("."):
            return _known("missing dependency", package)
    return None


def _known(category: str, subject: str) -> tuple[Sign, str] | None:
    sign = _sign(category)
    return (sign, subject.lower()[:100]) if sign else None


def _sign(category: str) -> Sign | None:
    return next((sign for sign in SIGNS if sign.category == category), None)
