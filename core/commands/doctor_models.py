"""What is known of the configured models: their prices, and where asked for, whether they stream and call tools."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from rootcase.core.agent.model_client import Role
from rootcase.core.commands.doctor_report import Check, ModelReport
from rootcase.core.config.settings import ModelSettings
from rootcase.core.model.errors import RootcaseError

ROLES: tuple[Role, ...] = ("fast", "strong", "judge")
DEADLINE_S = 120.0


async def model_reports(
    settings: ModelSettings, *, ask: bool, remembered: Path | None = None
) -> tuple[ModelReport, ...]:
    """One report a model; none for a replay.

    Args: ask: with one small call each, which costs. remembered: file that keeps what they showed, for runs.
    """
    if settings.replay:
        return ()
    roles: dict[str, list[Role]] = {}
    for role in ROLES:
        model = {"fast": settings.fast, "strong": settings.strong, "judge": settings.judge}[role]
        if model:
            roles.setdefault(model, []).append(role)
    reports = tuple(await asyncio.gather(*(_report(settings, m, r, ask=ask) for m, r in roles.items())))
    if remembered is not None:
        _remember(settings, reports, remembered)
    return reports


def _remember(settings: ModelSettings, reports: Sequence[ModelReport], file: Path) -> None:
    from rootcase.core.agent.capability import Capability, Known

    for report in reports:
        if report.probed and not report.fault:
            Known(file).keep(settings, report.model, Capability(bool(report.tools), bool(report.streaming)))


def checks_of(settings: ModelSettings, reports: tuple[ModelReport, ...]) -> Iterator[Check]:
    """The reports as lines for people, and what is missing before a draft can be made."""
    from rootcase.core.agent.roles import has_model, needs_consent

    if settings.replay:
        yield Check("models", "replay", "ok", f"recorded sessions from {settings.replay}")
        return
    if not has_model(settings):
        yield Check(
            "models", "none", "warn", "everything up to the code map works; drafts need a model",
            "models: {fast: openai/gpt-4.1-mini, strong: anthropic/claude-sonnet-4-5}",
        )  # fmt: skip
        return
    for report in reports:
        yield from _model(report)
    if needs_consent(settings):
        yield Check(
            "models", "consent", "warn", "no consent yet, so no draft is made", "models: {consent: true}"
        )


def _model(report: ModelReport) -> Iterator[Check]:
    if report.fault:
        yield Check("models", report.model, "fail", report.fault, report.hint)
        return
    roles = ", ".join(report.roles)
    price = f"${report.input_usd:g} in, ${report.output_usd:g} out per million tokens"
    if report.probed:
        shown = f"{roles}: answers in {report.took_s:.1f} s for ${report.cost_usd:.4f}"
        yield Check(
            "models", report.model, "ok", f"{shown}, {price if report.price_known else 'price unknown'}"
        )
        if not report.tools:
            yield Check(
                "models", report.model, "fail", "did not call a tool when asked to",
                "The agent works by tools; choose a model that has them.",
            )  # fmt: skip
        if not report.streaming:
            yield Check(
                "models", report.model, "warn", "answers in one piece: the screen shows nothing until then"
            )
    else:
        text = f"{roles}: configured, {price if report.price_known else 'not asked'}; --models asks it, which costs"
        yield Check("models", report.model, "ok", text)
    if not report.price_known:
        yield Check(
            "models", report.model, "warn", "nobody knows its price, so the budget cannot be kept",
            f"models: {{prices: {{{report.model}: [INPUT, OUTPUT]}}}} in dollars per million tokens.",
        )  # fmt: skip


async def _report(settings: ModelSettings, model: str, roles: list[Role], *, ask: bool) -> ModelReport:
    from rootcase.core.agent.probe import price_of, probe

    price = await price_of(settings, model)
    report = ModelReport(model, tuple(roles), price.known, price.input_usd, price.output_usd)
    if not ask:
        return report
    began = time.monotonic()
    try:
        async with asyncio.timeout(DEADLINE_S):
            seen = await probe(settings, roles[0])
    except TimeoutError:
        why = f"did not answer within {DEADLINE_S:g} s"
        return replace(report, probed=True, fault=why, hint="Try again, or choose another model.")
    except RootcaseError as fault:
        said = f"{fault.title}. {fault.detail}".rstrip(". ")
        return replace(report, probed=True, fault=said, hint=fault.hint)
    return replace(
        report, probed=True, tools=seen.tools, streaming=seen.streaming, cost_usd=seen.usage.cost_usd,
        took_s=time.monotonic() - began,
    )  # fmt: skip
