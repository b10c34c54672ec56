"""Why nothing may leave this machine: the store's switch, the user's own setting, the remote's rootcase.yaml."""

from __future__ import annotations

from rootcase.core.deliver.forge import Unreachable
from rootcase.core.journal.switch import switch_of
from rootcase.core.model.case import Case
from rootcase.core.model.errors import RepositoryError, RootcaseError
from rootcase.core.pipeline.house import House


async def stopped_by(case: Case, house: House, *, sending: bool = False) -> str:
    """Why everything is stopped, "" where it is not; read anew each time, before each effect.

    A switch that cannot be read counts as on where something would be sent, and as off where it is only written.
    """
    try:
        told = (await switch_of(house.store)).words
        if told:
            return told
        await house.refresh_limits(case)
    except Unreachable:
        if sending:
            raise
        return ""
    except RootcaseError as fault:
        return "" if isinstance(fault, RepositoryError) and not sending else str(fault)
    if not house.settings.policy.stop:
        return ""
    repository = house.repository_settings(case)
    if house.loaded.settings.policy.stop or repository is None:
        return "policy.stop is set in config.yaml"
    return f"policy.stop is set in the rootcase.yaml of {repository.label}, on its default branch"
