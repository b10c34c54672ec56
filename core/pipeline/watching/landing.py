"""Which deploys hold the merge, environment by environment."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

from rootcase.core.codemap.versions import package_of
from rootcase.core.model.aftermath import Landing
from rootcase.core.model.case import Case
from rootcase.core.model.entries import Body, FixLanded
from rootcase.core.model.signals import Deploy, Signal
from rootcase.core.pipeline.watching.looking import Looking


async def see_landings(case: Case, looking: Looking) -> AsyncGenerator[Body, None]:
    """FixLanded for the first deploy to each environment that holds the merge."""
    after = case.after
    if after is None or after.pull.state != "merged":
        return
    there = {each.environment for each in after.landed}
    for deploy in deploys_since(case, await looking.signals(case)):
        if deploy.environment in there:
            continue
        held = await looking.held(case, deploy.release)
        if held.contains:
            there.add(deploy.environment)
            yield FixLanded(Landing(deploy.environment, deploy.release, deploy.at_us, held.commit, held.why))


async def why_not_landed(case: Case, looking: Looking) -> str:
    """Why no deploy of it is known, in words; "" where deploys are told and simply none holds it yet."""
    after = case.after
    if after is None or after.landed:
        return ""
    signals = await looking.signals(case)
    since = deploys_since(case, signals)
    unknown = {deploy.release: await looking.held(case, deploy.release) for deploy in since}
    untold = [(release, held.why) for release, held in unknown.items() if held.contains is None]
    if untold:
        return f"whether {untold[-1][0]} holds it is not known: {untold[-1][1]}"
    if any(signal.deploys for signal in signals):
        return ""
    names = ", ".join(dict.fromkeys(signal.source for signal in signals)) or "no source"
    return f"no deploy is known: {names} tells of none"


def deploys_since(case: Case, signals: Sequence[Signal]) -> list[Deploy]:
    """Every deploy since the merge, each once, oldest first.

    A release of another package (`web@2.15.0` for a case of `api@2.14.0`) may hold the commit and deploys nothing of
    this service.
    """
    merged_us = case.after.pull.at_us if case.after else 0
    named = (name for signal in case.signals for name in (signal.first_release, signal.last_release))
    packages = {package_of(name) for name in named} - {""}
    told = {
        deploy for signal in signals for deploy in signal.deploys
        if deploy.release and deploy.at_us > merged_us
        and (not packages or package_of(deploy.release) in ("", *packages))
    }  # fmt: skip
    return sorted(told, key=lambda deploy: (deploy.at_us, deploy.environment, deploy.release))
