"""Mutation: small wrong versions of the patch, each of which some test should notice."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from rootcase.core.model.drafts import Hunk
from rootcase.core.model.entries import Proved
from rootcase.core.model.hunks import hunks_between
from rootcase.core.model.ports import Stage
from rootcase.core.proof.affected import stem
from rootcase.core.proof.mutants import Mutant, mutants_of
from rootcase.core.proof.session import NO_TIME, Session
from rootcase.core.proof.suite import new_failures
from rootcase.core.proof.syntax_mutants import GRAMMARS, syntax_mutants

MOST_MUTANTS = 30
MOST_AFFECTED_FILES = 8
LEAST_DEADLINE_S = 10.0


async def mutation(session: Session) -> Stage:
    """Run mutants of the changed lines against the reproduction, then against the tests they may affect."""
    base = await _texts(session, ())
    tree = await session.workspace.apply(session.draft.accepted)
    mutants = await _mutants(session)
    if not mutants:
        why = "No mutant can be made of the changed lines: none of them is code of a language known here."
        yield Proved(session.result("mutation", "skipped", "no mutants", tree=tree, problem=why))
        return
    affected = await _affected(session)
    survivors: list[str] = []
    tried = 0
    for mutant in mutants:
        if session.seconds_left <= 0:
            break
        await session.say(f"mutant {tried + 1} of {len(mutants)}")
        if not await _noticed(session, _hunks(session, mutant, base.get(mutant.path)), affected):
            survivors.append(mutant.words)
        tried += 1
    killed = tried - len(survivors)
    summary = f"{killed} of {tried} mutants killed"
    if survivors:
        summary += f"; no test would notice {survivors[0]}"
    result = session.result("mutation", "failed" if survivors else "ok", summary, tree=tree)
    if tried < len(mutants):
        left = f"{len(mutants) - tried} mutants not tried. {NO_TIME}"
        result = replace(result, outcome="failed" if survivors else "skipped", problem=left)
    yield Proved(replace(result, survivors=tuple(survivors)))


async def _mutants(session: Session) -> tuple[Mutant, ...]:
    groups: list[Sequence[Mutant]] = []
    for path, text in (await _texts(session, session.draft.accepted)).items():
        if text is not None:
            lines = changed_lines([hunk for hunk in session.code if hunk.path == path])
            made = mutants_of if path.endswith(".py") else syntax_mutants
            groups.append(made(path, text, lines, limit=MOST_MUTANTS))
    share = max(1, MOST_MUTANTS // len(groups)) if groups else 0
    return tuple(mutant for group in groups for mutant in group[:share])


async def _texts(session: Session, hunks: Sequence[Hunk]) -> dict[str, str | None]:
    """The files that the code hunks touch and mutants can be made of, as they are on base + hunks."""
    await session.workspace.apply(hunks)
    paths = dict.fromkeys(
        hunk.path for hunk in session.code if PurePosixPath(hunk.path).suffix in (".py", *GRAMMARS)
    )
    return {path: await session.workspace.read(path) for path in paths}


def changed_lines(hunks: Sequence[Hunk]) -> list[int]:
    """1-based lines of the patched file that are new; lines a hunk keeps are left out. All of one file."""
    out = []
    shift = 0
    for hunk in sorted(hunks, key=lambda h: (h.start, len(h.old))):
        matcher = difflib.SequenceMatcher(None, hunk.old, hunk.new, autojunk=False)
        for tag, _, _, begin, end in matcher.get_opcodes():
            if tag in ("replace", "insert"):
                out += [hunk.start + shift + at for at in range(begin, end)]
        shift += len(hunk.new) - len(hunk.old)
    return out


async def _affected(session: Session) -> tuple[str, ...]:
    """Test files of the suite that name a changed module, those of the reproduction left out."""
    own = {hunk.path for hunk in session.tests}
    stems = {stem(hunk.path) for hunk in session.code}
    files = dict.fromkeys(result.id.split("::")[0] for result in session.found.results_after)
    out = []
    for path in files:
        text = None if path in own else await session.workspace.read(path)
        if text is not None and any(stem in text for stem in stems):
            out.append(path)
    return tuple(out[:MOST_AFFECTED_FILES])


async def _noticed(session: Session, hunks: Sequence[Hunk], affected: Sequence[str]) -> bool:
    most_s = max(LEAST_DEADLINE_S, 5 * session.found.green_seconds)
    tried = await session.tried(hunks, session.found.selection, most_s=most_s)
    if tried.bad:
        return True
    if not affected:
        return False
    most_s = max(LEAST_DEADLINE_S, 5 * session.found.suite_seconds)
    tried = await session.tried(hunks, affected, most_s=most_s)
    return bool(tried.run.problem or new_failures(session, tried.run))


def _hunks(session: Session, mutant: Mutant, base: str | None) -> list[Hunk]:
    """The draft's hunks with the mutated file in place of its own; hunks are against the base."""
    others = [hunk for hunk in session.draft.accepted if hunk.path != mutant.path]
    return [*others, *hunks_between(mutant.path, base, mutant.text)]
