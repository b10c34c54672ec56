"""Work that people have already done on a case, as forge and tracker tell it, and whether production has it."""

from __future__ import annotations

from rootcase.core.config.settings import RepositorySettings
from rootcase.core.deliver.connect import issues_of
from rootcase.core.deliver.destination import NAMES, Destination
from rootcase.core.deliver.existing import AllWork, ForgeWork
from rootcase.core.deliver.existing_tickets import TrackerWork, Unasked
from rootcase.core.model.case import Case
from rootcase.core.model.ports import ExistingWork, FoundWork
from rootcase.core.pipeline.deployed import with_deployed
from rootcase.core.pipeline.house import House


async def existing_work(case: Case, house: House) -> ExistingWork | None:
    """Forge and tracker as the gate asks them; None where neither is configured, or a forge alone has no token."""
    settings = house.repository_settings(case)
    if settings is None or settings.tracked == "none":
        return None
    place = await house.destination(case)
    places: list[ExistingWork] = []
    forge = await house.forge(case) if house.forge_token(case) else None
    if forge is not None:
        places.append(ForgeWork(forge, place.forge_name))
    if not place.one_place:
        places.append(await _tracker_work(case, house, place, settings))
    return DeployedWork(AllWork(places), house) if places else None


async def _tracker_work(
    case: Case, house: House, place: Destination, settings: RepositorySettings
) -> ExistingWork:
    """A tracker of its own. One that is a forge, with no other forge configured, is asked for all it knows."""
    where, token = NAMES[place.tracker], house.tracker_token(case)
    if not token:
        return Unasked(where, f"{settings.tracker_variable} is not set")
    issues = issues_of(place, token) if place.forge == "none" else None
    if issues is not None:
        house.keep(place.tracker_shown, issues)
        return ForgeWork(issues, place.tracker_name)
    tracker = await house.tracker(case)
    return TrackerWork(tracker, where) if tracker is not None else Unasked(where, "not configured")


class DeployedWork:
    """The `ExistingWork` port, with what git tells of each merge: whether production has it."""

    def __init__(self, work: ExistingWork, house: House) -> None:
        self._work = work
        self._house = house

    async def find(self, case: Case) -> FoundWork:
        found = await self._work.find(case)
        settings = self._house.repository_settings(case)
        repository = await self._house.repository(case)
        return await with_deployed(found, case, repository, settings.release_pattern if settings else "")
