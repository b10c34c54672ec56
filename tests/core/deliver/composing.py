"""Composes a case's proposal, under a policy, without asking a forge."""

from __future__ import annotations

from typing import Any

from rootcase.core.config.settings import PolicySettings
from rootcase.core.deliver.policy import depth
from rootcase.core.deliver.proposal import compose


def made(kit: Any, place: Any, case: Any, *, policy: PolicySettings | None = None, **more: Any) -> Any:
    settings = kit.settings_for("http://127.0.0.1:1", policy=policy)
    repository = settings.repositories[0]
    return compose(
        case, settings, repository, kit.where(settings, place), depth(case, settings, repository), **more
    )
