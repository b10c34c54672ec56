"""Functions beyond the trace that a suspect changed: what one commit brought in is mended in any of them."""

from __future__ import annotations

from collections.abc import Sequence

from rootcase.core.codemap.changed import changed_functions
from rootcase.core.codemap.definitions import is_test
from rootcase.core.codemap.functions import functions_of
from rootcase.core.codemap.lines import parse_diff
from rootcase.core.codemap.scopes import MODULE
from rootcase.core.model.code import Candidate, Suspect
from rootcase.core.model.errors import RepositoryError
from rootcase.core.model.ports import Repository

SUSPECTS, LEAST = 3, 0.1
# A commit that changes more than this brought in no one thing.
FILES, FUNCTIONS = 6, 8
# A release that was good until this commit says much of it, blame alone little: most lines' commits are innocent.
IN_WINDOW, BLAMED = 0.3, 0.1


async def functions_of_suspects(
    repository: Repository,
    commit: str,
    found: Sequence[Candidate],
    suspects: Sequence[Suspect],
    *,
    known: bool,
) -> tuple[Candidate, ...]:
    """Functions of the release that a suspect changed and that are no candidates yet.

    Args: known: the source named the first bad release.
    Where a suspect's patch cannot be read there are none; what the repository lacks it names itself.
    """
    have = {(item.path, item.qualified_name) for item in found}
    out: dict[tuple[str, str], Candidate] = {}
    for suspect in suspects[:SUSPECTS]:
        if suspect.score < LEAST or suspect.kind != "code":
            continue
        weight = (IN_WINDOW if suspect.in_window and known else BLAMED) * suspect.score
        try:
            changed = await _changed(repository, suspect.commit.sha)
            for path, name in sorted(changed - have - out.keys()):
                line = await _line(repository, commit, path, name)
                if line:
                    score = round(weight / len(changed) ** 0.5, 3)
                    why = f"changed by {suspect.commit.short}, a suspect"
                    out[path, name] = Candidate(path, name, line, score, (why,))
        except RepositoryError:
            continue
    return tuple(out.values())


async def _changed(repository: Repository, sha: str) -> frozenset[tuple[str, str]]:
    """What a small commit changed outside tests, in files that were there; nothing for a large one."""
    files = [file for file in parse_diff(await repository.patch(sha)) if file.new_path and file.old_path]
    code = [file for file in files if not is_test(file.new_path)]
    if len(code) > FILES:
        return frozenset()
    changed = await changed_functions(repository, sha, code, {file.new_path for file in code})
    functions = frozenset((path, name) for path, name in changed if name != MODULE)
    return functions if len(functions) <= FUNCTIONS else frozenset()


async def _line(repository: Repository, commit: str, path: str, name: str) -> int:
    """Where a function of that name begins at a commit, 0 where there is none."""
    text = await repository.read(commit, path) or ""
    return next((item.start for item in functions_of(text, path) if item.qualified_name == name), 0)
