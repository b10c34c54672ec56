"""Frames that a case's repository lacks, looked for in the other configured ones; it is said where they are."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from rootcase.core.codemap.frames import Located, Locator
from rootcase.core.codemap.index import CodeIndex
from rootcase.core.codemap.places import is_pseudo
from rootcase.core.config.settings import RepositorySettings
from rootcase.core.model.errors import RepositoryError
from rootcase.core.model.events import Frame
from rootcase.core.model.ports import Repository

# Opens the other repositories, only when a frame asks for it, and says why some cannot be opened.
Others = Callable[[], Awaitable[tuple[Sequence[tuple[Repository, RepositorySettings]], Sequence[str]]]]
MOST_REPOSITORIES = 8


async def told_elsewhere(
    frames: Sequence[Frame], located: Sequence[Located], others: Others
) -> tuple[list[Located], list[str]]:
    """The frames again, those found elsewhere with where; and what kept a repository from being asked."""
    open_ = [
        position
        for position, (frame, place) in enumerate(zip(frames, located, strict=True))
        if place.verdict == "not ours" and not is_pseudo(frame)
    ]
    out = list(located)
    if not open_:
        return out, []
    opened, faults = await others()
    missing = list(faults)
    for repository, settings in opened[:MOST_REPOSITORIES]:
        try:
            head = await repository.resolve(await repository.default_branch())
            if head is None:
                continue
            locator = Locator(repository, head, settings, CodeIndex(repository), sure=False)
            found = await locator.locate([frames[position] for position in open_])
        except RepositoryError as fault:
            missing.append(f"{repository.name} was not asked for frames: {fault.title}")
            continue
        for position, place in zip(open_, found, strict=True):
            if place.verdict == "probable":
                name = f" {place.function.qualified_name}" if place.function else ""
                why = f"in {repository.name}, another of your repositories: {place.path}:{place.line}{name}"
                out[position] = replace(out[position], why=why)
        open_ = [position for position in open_ if "another of your repositories" not in out[position].why]
    return out, missing
