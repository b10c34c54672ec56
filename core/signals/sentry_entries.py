"""What events of Sentry hold beside exceptions: security reports, templates, slow spans, an occurrence's evidence.

Sources: Sentry's event payload documentation (csp, template), its issue platform (`occurrence`), spans of
transactions. All of it is optional; what is there becomes a message, or named facts.
"""

from __future__ import annotations

from collections.abc import Mapping

from rootcase.core.model.events import Pairs
from rootcase.core.signals.loose import SHORT, first_text, items, moment, number, table, text

REPORTS = ("csp", "hpkp", "expectct", "expectstaple")
MOST_SPANS = 8
_MISSING_SYMBOLS = ("missing", "malformed", "fetching_failed", "timeout", "other")


def report_message(parts: Mapping[str, object]) -> str:
    """A browser's security report in one line, "" for an event without one."""
    csp = table(parts.get("csp"))
    if csp:
        rule = first_text(
            csp, "effective_directive", "effectiveDirective", "violated_directive", "violatedDirective"
        )
        blocked = first_text(csp, "blocked_uri", "blockedUri", "blocked-uri") or "inline code"
        where = first_text(csp, "document_uri", "documentUri", "document-uri")
        return f"Blocked {blocked} by {rule or 'the content security policy'}" + (
            f" at {where}" if where else ""
        )
    for name in REPORTS[1:]:
        other = table(parts.get(name))
        if other:
            return f"{name} report for {first_text(other, 'hostname', 'uri', 'url') or 'an unnamed host'}"
    return ""


def template_trace(parts: Mapping[str, object]) -> Mapping[str, object]:
    """The template that broke, as a stack trace of one frame, empty where there is none."""
    template = table(parts.get("template"))
    return {"frames": [dict(template)]} if first_text(template, "filename", "absPath", "abs_path") else {}


def facts(body: Mapping[str, object], parts: Mapping[str, object]) -> Pairs:
    """Named facts that no field of ours holds, the most telling first."""
    return (
        *_template(parts), *_evidence(body), *_spans(parts.get("spans")), *_report(parts), *_about(body),
    )  # fmt: skip


def occurrence_message(body: Mapping[str, object]) -> str:
    """What an occurrence without an exception is about (a slow query, a failed check)."""
    occurrence = table(body.get("occurrence"))
    title = first_text(occurrence, "issueTitle", "issue_title")
    return ": ".join(each for each in (title, first_text(occurrence, "subtitle")) if each)


def missing_symbols(parts: Mapping[str, object]) -> list[str]:
    """Native images whose symbols Sentry did not have, which is why their frames have no names."""
    images = map(table, items(table(parts.get("debugmeta") or parts.get("debug_meta")).get("images")))
    names = [
        first_text(each, "code_file", "codeFile", "debug_file", "debugFile")
        for each in images
        if first_text(each, "debug_status", "debugStatus") in _MISSING_SYMBOLS
    ]
    found = [name.replace("\\", "/").rpartition("/")[2] for name in names if name]
    return (
        [f"no symbols for {', '.join(found[:5])}{' and others' if len(found) > 5 else ''}"] if found else []
    )


def _template(parts: Mapping[str, object]) -> Pairs:
    template = table(parts.get("template"))
    name = first_text(template, "filename", "absPath", "abs_path")
    if not name:
        return ()
    line = number(template.get("lineNo", template.get("lineno")))
    rows = [row for row in items(template.get("context")) if isinstance(row, list) and len(row) >= 2]
    here = next((text(row[1]) for row in rows if number(row[0]) == line), "")
    code = (here or first_text(template, "context_line", "contextLine")).strip()
    return (("template", f"{name}:{line}" + (f": {code}" if code else "")),)


def _evidence(body: Mapping[str, object]) -> Pairs:
    shown = map(table, items(table(body.get("occurrence")).get("evidenceDisplay")))
    return tuple(
        (f"evidence.{first_text(each, 'name')}", first_text(each, "value", limit=SHORT * 2))
        for each in shown
        if first_text(each, "name")
    )[:20]


def _spans(value: object) -> Pairs:
    """The spans that took longest, with their milliseconds."""
    timed: list[tuple[int, str]] = []
    for span in map(table, items(value)):
        began, ended = moment(span.get("start_timestamp")), moment(span.get("timestamp"))
        if 0 < began <= ended:
            what = " ".join(
                each for each in (first_text(span, "op"), first_text(span, "description")) if each
            )
            timed.append(((ended - began) // 1000, what))
    timed.sort(key=lambda each: -each[0])
    return tuple(
        (f"span.{place}", f"{ms} ms {what}") for place, (ms, what) in enumerate(timed[:MOST_SPANS], 1)
    )


def _report(parts: Mapping[str, object]) -> Pairs:
    found: list[tuple[str, str]] = []
    for name in REPORTS:
        for key, value in table(parts.get(name)).items():
            if value not in (None, "", [], {}):
                found.append((f"{name}.{text(key, 60)}", text(value)))
    return tuple(found[:20])


def _about(body: Mapping[str, object]) -> Pairs:
    """Which SDK sent it, of which build, how it was grouped, and where it starts to be read."""
    sdk = table(body.get("sdk"))
    prints = [text(each, 64) for each in items(body.get("fingerprints")) if isinstance(each, str)]
    found = (
        ("sdk", " ".join(each for each in (first_text(sdk, "name"), first_text(sdk, "version")) if each)),
        ("dist", first_text(body, "dist")),
        ("culprit", first_text(body, "culprit")),
        ("location", first_text(body, "location")),
        ("sentry.hashes", " ".join(prints[:5])),
    )
    return tuple((name, value) for name, value in found if value)
