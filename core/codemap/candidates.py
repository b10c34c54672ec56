"""Functions that may need the change: those of the trace, and beyond it what the failing line depends on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rootcase.core.codemap.definitions import COMMON, Definitions, is_test
from rootcase.core.codemap.expected import expected_of
from rootcase.core.codemap.frames import Located
from rootcase.core.codemap.functions import function_at
from rootcase.core.codemap.imported import imported_files
from rootcase.core.codemap.index import CodeIndex
from rootcase.core.codemap.leads import Lead, lead, ranked
from rootcase.core.codemap.leads_beside import beside_leads
from rootcase.core.codemap.leads_flow import flow_leads
from rootcase.core.codemap.leads_kind import kind_leads
from rootcase.core.codemap.leads_trace import trace_leads
from rootcase.core.codemap.leads_value import value_leads
from rootcase.core.codemap.leads_words import wanted_of, word_leads
from rootcase.core.codemap.steps import Step, steps_of
from rootcase.core.codemap.telling import Telling, telling
from rootcase.core.codemap.usage import assignments, calls_in, statements
from rootcase.core.model.code import Candidate, Suspect
from rootcase.core.model.errors import RepositoryError
from rootcase.core.model.events import ExceptionInfo
from rootcase.core.model.ports import Repository

SHOWN = 12
CALLED, CALLER, FADE = 0.08, 0.021, 0.3
SECOND_HAND, STEPS_READ = 3, 4
CHAINED, CHAIN_STEPS, CHAIN, CAUGHT = 3, 4, 0.42, 0.72
CALLERS_FOUND, CALLERS_READ = 600, 60
PLAIN_CALLS = 5
# Half of all faults are older than a year, so a release that is only thought to be the first bad one proves little.
CHANGED, CHANGED_BY_GUESS = 0.75, 0.08


@dataclass(frozen=True, slots=True)
class Gathered:
    """steps: the trace's functions, innermost first. ranked: the candidates before history is known.

    imported: files that the trace's files import, the likelier first.
    """

    steps: tuple[Step, ...] = ()
    ranked: tuple[Candidate, ...] = ()
    missing: tuple[str, ...] = ()
    imported: tuple[str, ...] = ()


async def gather(
    index: CodeIndex,
    commit: str,
    own: Sequence[Located],
    cause: ExceptionInfo | None,
    aside: Sequence[Sequence[Located]] = (),
) -> Gathered:
    """Candidates from the code alone.

    Args: own: our frames, outermost first. cause: the exception, for what its words say. aside: our frames of
    the other exceptions of its chain.
    What cannot be read is named in `missing`; the trace's own functions are ranked all the same.
    """
    steps = steps_of(own)
    if not steps:
        return Gathered()
    told = telling(cause.type, cause.value) if cause else telling("", "")
    repository = index.repository
    known = Definitions(repository, commit)
    chained = _of_chain(steps, aside)
    leads = [*trace_leads(steps, told), *chained]
    try:
        leads = [*trace_leads(steps, told, await expected_of(steps, cause, known)), *chained]
        await known.look_up([*_names(steps, told), *wanted_of(cause, told)[1]])
        leads += await value_leads(steps, told, known)
        leads += await flow_leads(steps, told, known)
        leads += await kind_leads(steps, told, known)
        leads += await word_leads(steps, cause, told, known)
        leads += await _second_hand(steps, leads, known)
        leads += await beside_leads(steps, told, known)
        leads += await _plain_calls(index, commit, steps)
        leads += await _other_callers(repository, commit, steps)
    except RepositoryError as fault:
        return Gathered(steps, ranked(leads, SHOWN), (f"candidates are from the trace alone: {fault.title}",))
    found = ranked(leads, SHOWN)
    try:
        return Gathered(steps, found, imported=await imported_files(steps, known))
    except RepositoryError as fault:
        return Gathered(steps, found, (f"what the trace's files import is not read: {fault.title}",))


def with_history(
    found: Sequence[Candidate], suspects: Sequence[Suspect], *, known: bool = True
) -> tuple[Candidate, ...]:
    """A function that a suspect of the release window changed comes up.

    Args: known: the source named the first bad release; a window that is guessed from tags says next to nothing.
    """
    more = CHANGED if known else CHANGED_BY_GUESS
    out = []
    for item in found:
        for suspect in suspects:
            if (
                suspect.in_window
                and suspect.score >= 0.3
                and f"touches {item.qualified_name}" in suspect.reasons
            ):
                reason = f"changed by {suspect.commit.short} in the release"
                score = 1.0 - (1.0 - item.score) * (1.0 - more * suspect.score)
                item = replace(item, score=round(score, 3), reasons=(*item.reasons, reason))
                break
        out.append(item)
    return tuple(sorted(out, key=lambda item: (-item.score, item.path, item.line))[:SHOWN])


def _of_chain(steps: Sequence[Step], aside: Sequence[Sequence[Located]]) -> list[Lead]:
    """The innermost functions of the errors before and after this one in its chain."""
    in_trace = {(step.path, step.name) for step in steps}
    out: list[Lead] = []
    # What breaks in a handler without raising there is its own fault, and the error that it handles was expected.
    handed_on = (
        steps[0].statement is not None
        and steps[0].statement.kind == "raise_statement"
        and any(guard.kind == "except_clause" for guard in steps[0].statement.guards)
    )
    for frames in aside[:CHAINED]:
        further = steps_of(frames)
        beyond = {(step.path, step.name) for step in further[:CHAIN_STEPS]} - in_trace
        for item in trace_leads(further, telling("", "")):
            if (item.path, item.qualified_name) in beyond:
                weight = item.weight * (CAUGHT if handed_on else CHAIN)
                out.append(replace(item, weight=weight, reason="failed in another error of the chain"))
    return out


def _names(steps: Sequence[Step], told: Telling) -> Iterator[str]:
    """All names whose definitions will be asked for, so that one grep finds them."""
    yield from (told.owner.rsplit(".", 1)[-1], told.owner.rpartition(".")[0].rsplit(".", 1)[-1], told.name)
    for step in steps[:STEPS_READ]:
        if step.source is None or step.scope is None or step.statement is None:
            continue
        for item in (step.statement, *statements(step.scope)):
            yield from (call.name for call in item.calls)
        holder = step.source.class_of(step.scope)
        if holder is None:
            continue
        yield from (base.rsplit(".", 1)[-1] for base in holder.bases)
        for scope in (s for s in step.source.scopes if s.owner == holder.qualified_name):
            assigned = (calls_in((right,)) for item in statements(scope) for _, right in assignments(item))
            yield from (call.name for calls in assigned for call in calls)


async def _second_hand(steps: Sequence[Step], leads: Sequence[Lead], known: Definitions) -> list[Lead]:
    """What the likeliest functions beyond the trace call themselves: a value is seldom made in one place."""
    in_trace = {(step.path, step.name) for step in steps}
    beyond = [item for item in ranked(leads, SHOWN) if (item.path, item.qualified_name) not in in_trace]
    out: list[Lead] = []
    scopes = []
    for item in beyond[:SECOND_HAND]:
        _, source = await known.file(item.path)
        scope = source.get(item.qualified_name) if source else None
        if scope is not None and scope.kind == "function":
            scopes.append((item, scope, [call for found in statements(scope) for call in found.calls][:24]))
    await known.look_up(call.name for _, _, calls in scopes for call in calls)
    for item, scope, calls in scopes:
        for call in calls:
            for place in await known.called(call, item.path, scope):
                if (place.path, place.scope.qualified_name) not in in_trace:
                    out.append(
                        lead(place, item.score * FADE, f"called by {item.qualified_name}, line {call.line}")
                    )
    return out


async def _plain_calls(index: CodeIndex, commit: str, steps: Sequence[Step]) -> list[Lead]:
    """For other languages than Python: what the innermost functions call."""
    out: list[Lead] = []
    for step in steps[:2]:
        function = step.place.function
        if step.scope is not None or function is None:
            continue
        fade = 1.0 if step.distance == 0 else 0.6
        calls = [(name, line) for name, line in function.calls if name not in COMMON and line <= step.line]
        nearest = sorted(calls, key=lambda call: (-call[1], call[0]))[:PLAIN_CALLS]
        for name, line in nearest:
            near = CALLED * fade * (1.5 if line == step.line else 1.0)
            for found in (await index.definitions(commit, name, near=step.path, within=step.name))[:2]:
                if found.symbol.qualified_name != step.name:
                    why = f"called by {step.name}, line {line}"
                    out.append(
                        Lead(
                            found.path,
                            found.symbol.qualified_name,
                            found.symbol.start,
                            near * found.sure,
                            why,
                        )
                    )
    return out


async def _other_callers(repository: Repository, commit: str, steps: Sequence[Step]) -> list[Lead]:
    """Callers of the failing function outside the trace; tests are left out."""
    failing = steps[0]
    name = failing.name.rsplit(".", 1)[-1]
    if not name.isidentifier() or name in COMMON or name.startswith("__"):
        return []
    in_trace = {(step.path, step.name) for step in steps}
    hits = await repository.grep(commit, rf"\b{re.escape(name)}\(", regex=True, limit=CALLERS_FOUND)
    defines = re.compile(rf"\b(?:def|function|func|fn)\s+{re.escape(name)}\b")
    calls = [hit for hit in hits if not is_test(hit.path) and not defines.search(hit.text)]
    out: list[Lead] = []
    for hit in calls[:CALLERS_READ]:
        text = await repository.read(commit, hit.path)
        function = function_at(text or "", hit.path, hit.line)
        if function and (hit.path, function.qualified_name) not in in_trace:
            near = CALLER * (1.3 if hit.path == failing.path else 1.0)
            out.append(
                Lead(hit.path, function.qualified_name, hit.line, near, f"calls {name}, not in the trace")
            )
        if len(out) >= 4:
            break
    return out
