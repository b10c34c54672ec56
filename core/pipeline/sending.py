"""Where a case's change would be sent: the forge is asked whose token it is, and whether it may push there."""

from __future__ import annotations

import os
from dataclasses import replace

from rootcase.core.deliver.customs import Customs, customs, wanted_files
from rootcase.core.deliver.destination import Destination, in_fork
from rootcase.core.deliver.push import Author
from rootcase.core.model.case import Case
from rootcase.core.model.errors import RateLimited, RootcaseError
from rootcase.core.pipeline.house import House
from rootcase.core.workspace.identity import identity
from rootcase.core.workspace.signing import Signing, signing


async def sending_place(case: Case, house: House) -> tuple[Destination, str]:
    """The destination, a fork of it where the token may not push, and the login that would open the pull request.

    A forge that does not answer now is no reason to propose nothing: then it is the destination as configured, and
    the login is "". DeliveryError where a fork is needed and something else has its name.
    """
    place = await house.destination(case)
    place = replace(place, signed=(await signing_of(case, house)).words)
    if case.draft is None or not house.forge_token(case):
        return place, ""
    forge = await house.forge(case)
    if forge is None:
        return place, ""
    try:
        rights = await forge.rights()
    except RateLimited:
        raise
    except RootcaseError:
        return place, ""
    own = place.head_project.lower() != place.project.lower()
    if rights.push or own or not rights.fork:
        return place, rights.login
    there = await forge.forked(rights.fork)
    return in_fork(place, rights.fork, unmade=not there), rights.login


async def approved_place(case: Case, house: House) -> Destination:
    """The destination as the proposal has it: its fork is the one that was shown."""
    place = await house.destination(case)
    fork = case.proposal.fork if case.proposal is not None else ""
    return in_fork(place, fork) if fork else place


async def customs_of(case: Case, house: House, *, attended: bool) -> Customs:
    """How the repository wants to be contributed to, as the base of the draft says it.

    A sign-off is a person's word: an unattended run leaves it out.
    """
    settings = house.repository_settings(case)
    if case.draft is None or settings is None or settings.forge == "none":
        return Customs()
    repository = await house.repository(case)
    found = customs(await repository.read_many(case.draft.base_commit, wanted_files(settings.forge)))
    if not found.signs_off or not attended:
        return found
    author = await author_of(case, house)
    return found if author == Author() else replace(found, sign_off=f"{author.name} <{author.email}>")


async def author_of(case: Case, house: House) -> Author:
    """The engineer as their own git knows them; git's defaults of Rootcase where it does not."""
    settings = house.repository_settings(case)
    name, email = await identity(settings.path if settings and settings.path else ".")
    return Author(name, email) if name and email else Author()


async def signing_of(case: Case, house: House) -> Signing:
    settings = house.repository_settings(case)
    checkout = settings.path if settings is not None and settings.path else ""
    return await signing(checkout, {**os.environ, **house.environment})
