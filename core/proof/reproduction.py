"""Red, green, red again: the reproduction fails as production did, passes with the patch, fails without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rootcase.core.model.entries import Proved
from rootcase.core.model.fingerprints import Fingerprint
from rootcase.core.model.ports import Stage
from rootcase.core.model.proofs import ProofResult, TestResult
from rootcase.core.proof.session import Session, Tried, listed, tests

NO_TEST = "No reproduction test is accepted in this draft."


async def red(session: Session) -> Stage:
    """Base + test hunks: the reproduction fails, and its error clusters into the case."""
    if not session.tests and not session.draft.test_ids:
        yield Proved(session.result("red", "skipped", "not reproduced", problem=NO_TEST))
        return
    tried = await _reproduced(session)
    if tried.run.problem:
        yield Proved(session.unread("red", tried))
        return
    failing = [r for r in tried.run.failed if r.id not in session.found.failing_before]
    judged = [(result, _judged(session, result)) for result in failing]
    # An error outside of the test itself (a fixture, an import) reproduces only what it can be told by.
    counted = [(r, judgement) for r, judgement in judged if r.outcome == "failed" or judgement[0]]
    if not counted:
        why = _why_not_red(tried, failing)
        yield Proved(_with(session.result("red", "failed", why, tree=tried.tree), tried))
        return
    counted.sort(key=lambda item: not item[1][0])
    session.found.red = tuple(result for result, _ in counted)
    recorded = session.evidence(session.found.red, "red on the base", tried.tree)
    if recorded is not None:
        yield recorded
    first, (same, note) = counted[0]
    session.found.red_evidence = session.evidence_id(first, "red on the base")
    summary = f"{session.found.red_evidence} is red on the base: {first.id}"
    result = _with(session.result("red", "ok", summary, tree=tried.tree), tried)
    same_known = None if session.case.fingerprint is None else same
    yield Proved(
        replace(
            result, same_fingerprint=same_known, fingerprint_note=note, evidence=session.found.red_evidence
        )
    )


async def _reproduced(session: Session) -> Tried:
    """By id where the runner knows the ids, else by the files of the test hunks (a human renamed a test)."""
    files = tuple(dict.fromkeys(hunk.path for hunk in session.tests))
    ids = session.draft.test_ids or files
    tried = await session.tried(session.tests, ids)
    if tried.run.problem and files and ids != files:
        tried = await session.tried(session.tests, files)
        ids = files
    session.found.selection = ids
    return tried


def _judged(session: Session, result: TestResult) -> tuple[bool, str]:
    """Whether a failure is the case's own error, and the comparison in words."""
    wanted = session.case.fingerprint
    seen = session.fingerprinter.text(result.text, root=str(session.workspace.root))
    if wanted is None:
        return False, "The case has no fingerprint to compare with."
    if seen is None:
        return False, f"The failure shows no stack trace; the case is {_named(wanted)}."
    if seen.alias == wanted.alias:
        return True, f"It fails with {_named(seen)}, as production did."
    return False, f"It fails with {_named(seen)}; the case is {_named(wanted)}."


def _named(fingerprint: Fingerprint) -> str:
    place = fingerprint.anchor or fingerprint.host
    return (
        f"{fingerprint.type or fingerprint.kind} in {place}"
        if place
        else fingerprint.type or fingerprint.kind
    )


def _why_not_red(tried: Tried, failing: Sequence[TestResult]) -> str:
    if failing:
        return f"{failing[0].id} does not get as far as the failure: it breaks before the test itself."
    if not tried.run.results:
        return "The reproduction ran no test."
    return (
        f"{tests(len(tried.run.passed))} of the reproduction pass without the patch; nothing is reproduced."
    )


async def green(session: Session) -> Stage:
    """Base + all accepted hunks: the reproduction passes."""
    if not session.found.selection:
        yield Proved(session.result("green", "skipped", "not reproduced", problem=NO_TEST))
        return
    tried = await session.tried(session.draft.accepted, session.found.selection)
    session.found.green_seconds = tried.run.seconds
    result = _with(session.result("green", "ok", "", tree=tried.tree), tried)
    missing = _missing(session, tried)
    if tried.run.problem:
        result = session.unread("green", tried)
    elif tried.run.failed or missing:
        names = [r.id for r in tried.run.failed] or missing
        recorded = session.evidence(tried.run.failed, "red with the patch", tried.tree)
        if recorded is not None:
            yield recorded
            result = replace(result, evidence=session.evidence_id(tried.run.failed[0], "red with the patch"))
        word = "is still red with the patch" if tried.run.failed else "does not run with the patch"
        result = replace(result, outcome="failed", summary=f"{listed(names)} {word}.")
    else:
        recorded = session.evidence(tried.run.passed, "green with the patch", tried.tree)
        if recorded is not None:
            yield recorded
        evidence = (
            session.evidence_id(tried.run.passed[0], "green with the patch") if tried.run.passed else ""
        )
        result = replace(
            result, summary=f"{tests(len(tried.run.passed))} green with the patch", evidence=evidence
        )
    yield Proved(result)


def _missing(session: Session, tried: Tried) -> list[str]:
    """Red tests that did not run at all this time; absence is no success."""
    ran = {r.id for r in tried.run.results if r.outcome != "skipped"}
    return [r.id for r in session.found.red if r.id not in ran]


async def revert(session: Session) -> Stage:
    """The code hunks taken away again: red as before, so that it is they that make it green."""
    if not session.found.red:
        yield Proved(
            session.result("revert", "skipped", "nothing was red", problem="The reproduction was not red.")
        )
        return
    tried = await session.tried(session.tests, session.found.selection)
    again = {r.id for r in tried.run.failed}
    passing = [r.id for r in session.found.red if r.id not in again]
    result = _with(session.result("revert", "ok", "red again without the patch", tree=tried.tree), tried)
    result = replace(result, evidence=session.found.red_evidence)
    if tried.run.problem:
        result = session.unread("revert", tried)
    elif passing:
        summary = f"{listed(passing)} passes without the patch, the second time; it is not reliable."
        result = replace(result, outcome="failed", summary=summary)
    yield Proved(result)


def _with(result: ProofResult, tried: Tried) -> ProofResult:
    run = tried.run
    return replace(result, passed=len(run.passed), failed=len(run.failed), seconds=run.seconds)
