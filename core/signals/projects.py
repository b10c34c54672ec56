"""One listing over several projects: each has its own mark, and one that is refused does not stop the others."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

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

    limited: what a first listing leaves out, by project. first: whether this is the project's first listing.
    """

    fresh: tuple[Signal, ...]
    before: str
    after: str
    partial: str = ""
    first: bool = False
    limited: str = ""


async def walk_projects(
    projects: Sequence[str], read: ReadProject, marks: Marks, limits: Limits
) -> AsyncIterator[ProjectStep]:
    """Steps through all projects, one after the other; SourceError where every one of them is refused.

    A first listing takes its share of each project, and what small ones leave of theirs goes to those after them.
    """
    refused: list[SourceError] = []
    room = limits.backfill - sum(marks.of(project).taken for project in projects)
    for number, project in enumerate(projects):
        share = marks.of(project).taken + max(1, room // (len(projects) - number))

        async def page(at: str, project: str = project) -> Page:
            return await read(project, at)

        try:
            async for step in walk(page, marks.of(project), replace(limits, backfill=share)):
                before, marks = marks, marks.with_mark(project, step.mark)
                first = before.of(project).first
                room -= len(step.fresh) if first else 0
                limited = (
                    f"{marks.names.get(project, project)}: {step.limited}"
                    if len(projects) > 1
                    else step.limited
                )
                limited = limited if step.limited else ""
                yield ProjectStep(step.fresh, before.write(), marks.write(), step.partial, first, limited)
        except (NotFound, Forbidden) as fault:
            refused.append(fault)
            if len(refused) == len(projects):
                raise
            named = f"project {clean_line(project, limit=60)} is missing: {fault.title}"
            yield ProjectStep((), marks.write(), marks.write(), named)
