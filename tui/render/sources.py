"""Every source in full: how it was read last, what is missing and why, what to do, and when it is read next."""

from __future__ import annotations

from collections.abc import Sequence

from rootcase.core.journal.store import SourceState
from rootcase.tui.render.layout import blank, paragraph, seg
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.render.words import SECOND_US, age, count, day_clock

INDENT = 2


def source_lines(sources: Sequence[SourceState], now_us: int, width: int) -> tuple[Line, ...]:
    """A block a source, those in trouble first."""
    out: list[Line] = []
    for source in sorted(sources, key=lambda each: (not each.fault, not each.partial)):
        out.extend((*_block(source, now_us, width), blank()))
    return tuple(out[:-1]) if out else (Line((Seg("No source is configured.", "muted"),)),)


def _block(source: SourceState, now_us: int, width: int) -> list[Line]:
    glyph, style, words = _state(source, now_us)
    out = [Line((Seg(f"{glyph} ", f"{style} bold"), seg(source.source, "strong bold")), (seg(words, style),))]
    for text, look in ((source.fault, "fg"), (source.hint, "muted"), (source.partial, "fg"),
                       (source.limited, "muted"), (source.note, "muted")):  # fmt: skip
        if text:
            out.extend(paragraph(text, width, indent=INDENT, style=look))
    out.extend(paragraph(_times(source, now_us), width, indent=INDENT, style="muted"))
    return out


def _state(source: SourceState, now_us: int) -> tuple[str, str, str]:
    """Glyph, style and words, as the header has them, here with their reason."""
    if source.is_read_now(now_us):
        of = f" of {source.total:,}" if source.total > source.read else ""
        return "►", "accent", f"reading, {source.read:,}{of}"
    if source.fault or source.retry_us > now_us:
        failed = f", {count(source.failures, 'failure')} in a row" if source.failures > 1 else ""
        if source.retry_us > now_us:
            return (
                "!",
                "warn",
                f"{source.paused or 'paused'} until {day_clock(source.retry_us, now_us)}{failed}",
            )
        return "!", "warn", f"failed{failed}"
    if not source.synced_us:
        return "–", "muted", "not read yet"
    return ("~", "warn", "cut short") if source.partial else ("√", "good", "complete")


def _times(source: SourceState, now_us: int) -> str:
    def ago(at_us: int) -> str:
        return f"{age((now_us - at_us) / SECOND_US)} ago"

    parts = [f"read {ago(source.synced_us)}" if source.synced_us else "never read"]
    if source.newest_us:
        parts.append(f"newest {ago(source.newest_us)}")
    if source.reconciled_us:
        parts.append(f"all compared {ago(source.reconciled_us)}")
    return ", ".join(parts)
