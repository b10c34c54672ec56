"""The report as one self-contained page: no script, nothing remote, readable on screen and on paper."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from rootcase.core.model.case import Case
from rootcase.core.model.evidence import Claim, NoteLine
from rootcase.core.model.proofs import ProofResult
from rootcase.core.report.facts import Decision, Fix, Impact, Report, Sent, report
from rootcase.core.report.html import Html, bullets, diff, joined, link, section, table, tag
from rootcase.core.report.markdown import moment_of, words_of
from rootcase.core.report.timeline import Happening

STYLE = Path(__file__).with_name("page.css")
CLAIMS = {
    "supported": ("√ supported", "good"),
    "refuted": ("× refuted", "bad"),
    "assumed": ("? assumed", "warn"),
}
STEPS = {"ok": "good", "failed": "bad", "skipped": "muted", "cancelled": "warn"}
WELL = frozenset({"verified", "quiet", "merged", "open", "draft"})


def page(case: Case) -> str:
    """The whole page. All text of the case is escaped; the policy in its head forbids what could still slip in."""
    it = report(case)
    css = _style()
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    head = (
        '<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"{tag('title', f'{it.case} {it.title}')}\n<style>{css}</style>"
    )
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n{head}\n</head>\n<body>\n{_body(it)}\n</body>\n</html>\n'
    )


@cache
def _style() -> str:
    return STYLE.read_text(encoding="utf-8")


def _body(it: Report) -> Html:
    impact = it.impact
    parts = [
        tag("h1", f"{it.case}  {it.title}"),
        tag("p", f"Incident report{f' of {it.service}' if it.service else ''}", css="lead"),
        _facts(it),
        _afterwards(it),
        section("What happened", bullets([joined((tag("b", f"{n.label} "), n.text)) for n in _told(it)])),
        section("Timeline", table(("when (UTC)", "what", "by"), [_happening(each) for each in it.timeline])),
        section("Impact", _impact(impact)) if impact else Html(""),
        section("Cause", bullets([_claim(it, claim) for claim in it.cause])),
        section("Ruled out", bullets([_claim(it, claim) for claim in it.refuted])),
        _fix(it.fix) if it.fix else Html(""),
        section("Proof", bullets([_proof(step) for step in _current(it)])),
        section(f"Evidence ladder: {it.ladder}", bullets([f"{r.name} {r.state}: {r.text}. {r.why}" for r in it.rungs])),
        section("Verdict", tag("p", f"{it.verdict}: {it.because}"), _rules(it)),
        section("Decisions of humans", table(("when (UTC)", "what", "by"), [_decision(d) for d in it.decisions])),
        section("Sent", bullets([_sent(each) for each in it.effects])),
        section("Still open", bullets(it.still_open)),
        _evidence(it),
        _footer(it),
    ]  # fmt: skip
    return joined([part for part in parts if part], "\n")


def _told(it: Report) -> list[NoteLine]:
    """The note, without what it missed once something was proved."""
    return [line for line in it.note if line.label != "missing" or not it.proofs]


def _facts(it: Report) -> Html:
    impact = it.impact
    shown = [
        ("State", it.state), ("Verdict", it.verdict or "not asked"), ("Events", f"{it.events:,}"),
        ("Users", f"{it.users:,}"), ("First event", _when(impact.first_seen_us) if impact else ""),
        ("Evidence", it.ladder), ("Cost", f"${it.cost_usd:.2f}, {it.steps} model calls"),
    ]  # fmt: skip
    cells = [tag("div", tag("dt", name), tag("dd", value)) for name, value in shown if value]
    return tag("dl", *cells, css="facts")


def _afterwards(it: Report) -> Html:
    if not it.afterwards or it.after is None:
        return Html("")
    css = "good" if it.after.stage == "verified" else "" if it.after.stage in WELL else "bad"
    words = [f"{it.afterwards[:1].upper()}{it.afterwards[1:]}."]
    back = it.after.recurred
    words += [f"{'; '.join(back.changed)}."] if back and back.changed else []
    words += [f"Not known: {it.after.awaits}."] if it.after.awaits else []
    return tag("p", " ".join(words), css=f"callout {css}".rstrip())


def _happening(it: Happening) -> tuple[str | Html, ...]:
    return _when(it.at_us), link(it.url, it.text) if it.url else it.text, it.actor


def _impact(it: Impact) -> Html:
    rows = [
        joined((
            link(s.url, f"{s.source} {s.name}"), f": {s.status}, {s.events:,} events, {s.users:,} users, ",
            f"{_when(s.first_seen_us)} to {_when(s.last_seen_us)}" if s.first_seen_us else "no moments known",
            f", releases {', '.join(s.releases)}" if s.releases else "",
            f", in {s.environment}" if s.environment else "",
        ))
        for s in it.sources
    ]  # fmt: skip
    return joined(([tag("p", it.line)] if it.line else []) + [bullets(rows)])


def _claim(it: Report, claim: Claim) -> Html:
    word, css = CLAIMS[claim.status]
    labels = {item.id: item.label for item in it.evidence}
    cited = ", ".join(f"[{c.evidence}] {labels.get(c.evidence, '')}".rstrip() for c in claim.citations)
    return joined((
        tag("span", word, css=f"mark {css}"), " ", claim.text, f" ({claim.why})" if claim.why else "",
        tag("span", f"  {cited}", css="muted") if cited else "",
    ))  # fmt: skip


def _fix(it: Fix) -> Html:
    changes = bullets([
        joined((tag("code", f"{c.path}:{c.line}"), " (test) " if c.test else " ", c.why)) for c in it.changes
    ])  # fmt: skip
    more = [("Risk", it.risk), ("Rollback", it.rollback)]
    words = [tag("p", tag("b", f"{name}: "), value) for name, value in more if value]
    title = f"Fix: {it.title}" if it.title else "Fix"
    return section(title, tag("p", it.explanation), changes, *words, diff(it.diff))


def _current(it: Report) -> list[ProofResult]:
    """The proof of the very text that stands; all of it where nothing does."""
    return [step for step in it.proofs if it.fix is None or step.digest == it.fix.digest]


def _proof(it: ProofResult) -> Html:
    css = f"mark {STEPS.get(it.outcome, '')}".rstrip()
    return joined((tag("span", f"{it.step} {it.outcome}", css=css), f" {it.summary}"))


def _rules(it: Report) -> Html:
    rows = [f"{rule.rule}: {rule.saw}" for rule in it.rules]
    return tag("details", tag("summary", "What each rule saw"), bullets(rows)) if rows else Html("")


def _decision(it: Decision) -> tuple[str | Html, ...]:
    words = f"{it.what.replace('_', ' ')}: {words_of(it)}"
    return _when(it.at_us), words, it.actor.removeprefix("human:")


def _sent(it: Sent) -> Html:
    name = f"{it.kind.replace('_', ' ')} {it.number[:12] if it.kind == 'push' else it.number}".rstrip()
    return joined((link(it.url, name) if it.url else name, f": {it.state}", f", {it.why}" if it.why else ""))


def _evidence(it: Report) -> Html:
    rows = [joined((tag("b", f"[{item.id}] "), item.label)) for item in it.evidence]
    return (
        section("Evidence", tag("details", tag("summary", f"{len(rows)} pieces"), bullets(rows)))
        if rows
        else Html("")
    )


def _footer(it: Report) -> Html:
    lines = [
        f"Fingerprint {it.fingerprint}.", f"Trace {it.trace_id or 'none'}.",
        f"Journal {it.journal_head}; rootcase audit verify {it.case} checks the chain up to it.",
    ]  # fmt: skip
    return tag("footer", *(tag("div", line) for line in lines))


def _when(at_us: int) -> str:
    return moment_of(at_us).removesuffix(" UTC") if at_us else "unknown"
