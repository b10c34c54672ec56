"""Crashes of small made-up code, mapped as the product maps them."""

from dataclasses import replace

from rootcase.core.codemap.mapping import Mapper
from rootcase.core.codemap.scopes import source_of
from rootcase.core.model.case import Case
from rootcase.core.model.events import Event, ExceptionInfo, Frame


async def ranked(checkout, opened, files, places, kind, value, variables=()):
    """Qualified name → reasons of a crash's candidates.

    places: (path, part of the line), outermost first; variables: of the innermost frame.
    """
    path = await mapped(checkout, opened, files, places, kind, value, variables)
    return {item.qualified_name: item.reasons for item in path.candidates}


async def mapped(checkout, opened, files, places, kind, value, variables=()):
    checkout.commit("Start", files)
    repository, settings = await opened()
    head = checkout.git("rev-parse", "HEAD")
    shown = [frame(files, path, part) for path, part in places]
    shown[-1] = replace(shown[-1], variables=variables)
    happened = Event("e1", exceptions=(ExceptionInfo(kind, value, frames=tuple(shown)),))
    case = Case(key="C-1", title="x")
    return await Mapper(case, (happened,), repository, settings, commit=head, head=head).map()


def frame(files, path, part):
    rows = files[path].split("\n")
    line = next(number for number, row in enumerate(rows, 1) if part in row)
    name = source_of(files[path]).at(line).name
    return Frame(name, filename=path, line=line, in_app=True, context=((line, rows[line - 1]),))
