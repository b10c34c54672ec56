"""Asks every configured source, at the same time and each with a deadline, who we are there and what we may do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from rootcase.core.commands.doctor_report import Check, SourceReport
from rootcase.core.config.load import Loaded
from rootcase.core.config.settings import SourceSettings
from rootcase.core.config.tokens import TOKEN_ENV
from rootcase.core.journal.store import SourceState
from rootcase.core.model.errors import RootcaseError

# A token command may take 30 s of its own before anything is sent.
DEADLINE_S = 60.0
# HTTP's Date header counts whole seconds; beyond this, time windows and rate limits go wrong.
SKEW_S = 30.0
FEW_CALLS = 10
# A service that named a time is not asked before it, not even by hand.
ASKED_TO_WAIT = "it asked us to wait"


async def source_reports(
    loaded: Loaded,
    environment: Mapping[str, str],
    states: Mapping[str, SourceState],
    *,
    deadline_s: float = DEADLINE_S,
) -> tuple[SourceReport, ...]:
    """One report a source, in the order of the configuration. states: how syncs found them last, by label."""
    asked = (_report(each, loaded, environment, deadline_s) for each in loaded.settings.sources)
    reports = await asyncio.gather(*asked)
    return tuple(_with_pause(report, states.get(report.source)) for report in reports)


def checks_of(report: SourceReport) -> Iterator[Check]:
    """The report as lines for people."""
    name = report.source
    if report.fault:
        yield Check("source", name, "fail", report.fault, report.hint)
    else:
        yield Check("source", name, "ok", _answered(report))
    for scope, without in zip(report.missing, report.without, strict=False):
        yield Check(
            "source", name, "warn", f"without {scope}: {without}", "Give the token that scope, or do without."
        )
    if abs(report.skew_s) >= SKEW_S:
        way = "ahead of" if report.skew_s > 0 else "behind"
        text = f"this machine's clock is {abs(report.skew_s):.0f} s {way} the service's"
        yield Check(
            "source", name, "warn", text, "Set the clock; time windows of queries are wrong until then."
        )
    if report.rate_left is not None and report.rate_left < FEW_CALLS:
        yield Check("source", name, "warn", f"{report.rate_left} calls left in the present window")
    if report.pause:
        by_hand = "" if ASKED_TO_WAIT in report.pause else "rootcase sync asks it again at once."
        yield Check("source", name, "warn", report.pause, by_hand)
    for note in report.notes:
        yield Check("source", name, "ok", note)


def _answered(report: SourceReport) -> str:
    parts = [f"answers in {report.took_s:.1f} s"]
    parts += [f"version {report.version}"] if report.version else []
    parts += [f"as {report.account}"] if report.account else []
    parts += [report.token] if report.token else []
    parts += [f"may {' '.join(report.scopes)}"] if report.scopes else []
    parts += [f"{report.rate_left:,} calls left"] if report.rate_left is not None else []
    return ", ".join(parts)


async def _report(
    settings: SourceSettings, loaded: Loaded, environment: Mapping[str, str], deadline_s: float
) -> SourceReport:
    from rootcase.core.signals.protocol import make_source
    from rootcase.core.signals.token import token_origin

    began = time.monotonic()
    empty = SourceReport(
        settings.label, settings.kind, token=token_origin(settings, TOKEN_ENV.get(settings.kind, ""))
    )
    try:
        source = make_source(settings, environment, me=loaded.settings.me)
        try:
            async with asyncio.timeout(deadline_s):
                health = await source.health()
        finally:
            await source.close()
    except TimeoutError:
        return replace(
            empty,
            took_s=time.monotonic() - began,
            fault=f"did not answer within {deadline_s:g} s",
            hint="Check `url`, the network and the token's command.",
        )
    except RootcaseError as fault:
        said = f"{fault.title}. {fault.detail}".rstrip(". ")
        return replace(empty, took_s=time.monotonic() - began, fault=said, hint=fault.hint)
    return replace(
        empty, reachable=True, took_s=time.monotonic() - began, account=health.account, scopes=health.scopes,
        missing=health.missing, without=health.without, skew_s=health.skew_s, rate_left=health.rate_left,
        version=health.version, notes=health.notes,
    )  # fmt: skip


def _with_pause(report: SourceReport, state: SourceState | None) -> SourceReport:
    now_us = time.time_ns() // 1000
    if state is None or state.retry_us <= now_us:
        return report
    until = datetime.fromtimestamp(state.retry_us / 1e6, UTC).strftime("%H:%M UTC")
    times = f"{state.failures} failures" if state.failures != 1 else "a failure"
    why = ASKED_TO_WAIT if state.paused == "rate-limited" else f"after {times}"
    pause = f"not asked by itself until {until}, {why}: {state.fault}".rstrip(": ")
    return replace(report, paused_us=state.retry_us, pause=pause)
