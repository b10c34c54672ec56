"""One listing over several projects: each has its own mark, and one that is refused does not stop the others."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

from rootcase.core.model.errors import SourceError
from rootcase.core.model.signals import Signal
from rootcase.core.safety.text import clean_line
from rootcase.core.signals.faults import Forbidden, NotFound
from rootcase.core.signals.marks import Marks
from rootcase.core.signals.walk import Limits, Page, walk

ReadProject = Callable[[str, str], Awaitable[Page]]


@dataclass(frozen=True, slots=True)
class ProjectStep:
    """fresh: new signals; before, after: cursors that go on before and after them; partial: what is missing.

    first: whether this is the project's first listing.
    """

    fresh: tuple[Signal, ...]
    before: str
    after: str
    partial: str = ""
    first: bool = False


async def walk_projects(
    projects: Sequence[str], read: ReadProject, marks: Marks, limits: Limits
) -> AsyncIterator[ProjectStep]:
    """Steps through all projects, one after the other; SourceError where every one of them is refused."""
    refused: list[SourceError] = []
    for project in projects:

        async def page(at: str, project: str = project) -> Page:
            return await read(project, at)

        try:
            async for step in walk(page, marks.of(project), limits):
                before, marks = marks, marks.with_mark(project, step.mark)
                first = before.of(project).first
                yield ProjectStep(step.fresh, before.write(), marks.write(), step.partial, first)
        except (NotFound, Forbidden) as fault:
            refused.append(fault)
            if len(refused) == len(projects):
                raise
            named = f"project {clean_line(project, limit=60)} is missing: {fault.title}"
            yield ProjectStep((), marks.write(), marks.write(), named)
