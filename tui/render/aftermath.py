"""What became of the pull request: merged, out, quiet, verified, or back; a row for each thing that is known."""

from __future__ import annotations

from collections.abc import Iterator

from rootcase.core.model.aftermath import Aftermath, Landing, Stage, in_order, is_rehearsal, moment
from rootcase.core.model.case import Case
from rootcase.core.model.quiet import quiet_until_us
from rootcase.tui.render.layout import cells, section, seg, wrap
from rootcase.tui.render.line import Line, Seg

# What is said of each stage at the section's right edge.
WORDS: dict[Stage, tuple[str, str]] = {
    "draft": ("a draft", "muted"), "open": ("waits for its review", "muted"),
    "closed": ("closed without a merge", "bad bold"), "merged": ("merged, waits for a deploy", "accent"),
    "quiet": ("out, quiet so far", "accent"), "verified": ("verified", "good bold"),
    "recurred": ("it recurred", "bad bold"), "reverted": ("the merge was taken back", "bad bold"),
}  # fmt: skip
HOUR_US = 3_600_000_000


def after_block(case: Case, width: int) -> list[Line]:
    """The state after sending; empty before anything was sent."""
    after = case.after
    if after is None:
        return []
    words, style = WORDS[after.stage]
    rows = [section("After sending", width, (seg(words, style),))]
    for glyph, look, text, when in _told(case, after):
        right = (seg(when, "muted"),) if when else ()
        first, *rest = wrap(seg(text).text, width - 3 - cells(right))
        rows.append(Line((Seg(f"{glyph} ", f"{look} bold"), seg(first)), right))
        rows.extend(Line((Seg("  "), seg(row))) for row in rest)
    return rows


def _told(case: Case, after: Aftermath) -> Iterator[tuple[str, str, str, str]]:
    """(glyph, style, text, when) of each row."""
    yield _pull(after)
    landed = {each.environment: each for each in after.landed}
    for name in in_order(set(landed)):
        yield _landing(case, after, landed[name])
    if after.reverted is not None:
        gone = after.reverted
        yield "×", "bad", f"{gone.commit[:7]} {gone.subject} takes it back", moment(gone.at_us)
    if after.recurred is not None:
        back = after.recurred
        where = f" in {back.environment}" if back.environment else ""
        yield (
            "×",
            "bad",
            f"back on {back.release or 'it'}{where}: {'; '.join(back.changed)}",
            moment(back.at_us),
        )
    if after.awaits:
        yield "!", "warn", after.awaits, ""
    if _can_resolve(case, after):
        names = ", ".join(dict.fromkeys(s.short_id or s.id for s in case.signals))
        how = ", in the next release" if waits_for_release(case) else ""
        yield "x", "accent", f"resolves {names} at its source{how}", ""


def _pull(after: Aftermath) -> tuple[str, str, str, str]:
    pull = after.pull
    when = moment(pull.at_us) if pull.at_us else ""
    by = f" by {pull.by}" if pull.by else ""
    if pull.state == "merged":
        edited = ", edited before" if pull.edited else ""
        return "√", "good", f"{pull.shown} merged as {pull.commit[:7]}{by}{edited}", when
    if pull.state == "closed":
        why = f": {pull.why}" if pull.why else ", nobody said why"
        return "×", "bad", f"{pull.shown} closed without a merge{by}{why}", when
    return "→", "good", f"{pull.shown} is {'a draft' if pull.state == 'draft' else 'open'}", when


def _landing(case: Case, after: Aftermath, landing: Landing) -> tuple[str, str, str, str]:
    place = landing.environment or "production"
    done = next((v for v in after.verified if v.environment == landing.environment), None)
    if done is not None:
        hours = done.quiet_us // HOUR_US
        return (
            "√",
            "good",
            f"{landing.release} in {place}: verified, {hours} h without it",
            moment(landing.at_us),
        )
    if after.recurred is not None or after.reverted is not None:
        return "–", "muted", f"{landing.release} in {place}", moment(landing.at_us)
    until = moment(quiet_until_us(case, landing))
    return (
        "○",
        "accent",
        f"{landing.release} in {place}: quiet so far, verified after {until}",
        moment(landing.at_us),
    )


def waits_for_release(case: Case) -> bool:
    """The fix is merged and not in production yet: its source resolves it in the next release."""
    after = case.after
    if after is None or after.pull.state != "merged":
        return False
    return not any(not is_rehearsal(each.environment) for each in after.landed)


def _can_resolve(case: Case, after: Aftermath) -> bool:
    """Nobody has resolved it at its source since the merge, and there is no other trouble with it."""
    if after.pull.state != "merged" or after.stage in ("recurred", "reverted") or not case.signals:
        return False
    return not any(r.act == "resolve" and r.at_us >= after.pull.at_us for r in case.acts) and any(
        signal.status in ("unresolved", "regressed") for signal in case.signals
    )
