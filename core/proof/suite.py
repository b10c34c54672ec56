"""The whole suite before and after: what passed before must pass now; what flickers is found by repeating."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rootcase.core.model.drafts import Hunk
from rootcase.core.model.entries import Proved
from rootcase.core.model.ports import Stage
from rootcase.core.model.proofs import NO_TESTS, ProofResult, TestRun
from rootcase.core.proof.affected import affected
from rootcase.core.proof.session import Session, listed, tests

REPEATS = 2
# What the whole suite may take of proof's time before those tests stand for it that the draft may affect.
SHARE = 0.35
MOST_REPEATED = 20


async def baseline(session: Session) -> Stage:
    """The suite on the base, once for the same tree. `newly_failed` then lists what fails without any draft."""
    tree = await session.workspace.apply(())
    cached = _cached(session, tree)
    if cached is not None:
        session.found.suite_runs = True
        session.found.failing_before = frozenset(cached.newly_failed)
        session.found.tests_before = cached.passed + cached.failed
        kept = replace(cached, draft=session.draft.number, digest=session.draft.digest, seconds=0.0)
        yield Proved(kept)
        return
    tried = await session.tried((), (), most_s=SHARE * session.seconds_left)
    partly = ""
    if tried.run.problem and tried.run.exit_code is None:
        session.found.scope = await affected(session)
        if session.found.scope:
            partly = f"{tried.run.problem} Only {_files(session.found.scope)} that may be affected ran."
            tried = await session.tried((), session.found.scope, most_s=SHARE * session.seconds_left)
    run = tried.run
    result = replace(
        session.result("baseline", "ok", _counted(run), tree=tried.tree, problem=partly), passed=len(run.passed),
        failed=len(run.failed), newly_failed=tuple(sorted(r.id for r in run.failed)), seconds=run.seconds,
    )  # fmt: skip
    if run.problem and run.problem != NO_TESTS:
        result = replace(result, outcome="failed", summary="The tests cannot run here.", problem=run.problem)
    else:
        session.found.suite_runs = True
        session.found.failing_before = frozenset(result.newly_failed)
        session.found.tests_before = len(run.passed) + len(run.failed)
    yield Proved(result)


def _cached(session: Session, tree: str) -> ProofResult | None:
    if session.again:
        return None
    return next(
        (
            p
            for p in reversed(session.case.proofs)
            if p.step == "baseline" and p.tree == tree and p.outcome == "ok" and not p.problem
        ),
        None,
    )


async def suite(session: Session) -> Stage:
    """The suite with the patch."""
    tried = await session.tried(session.draft.accepted, session.found.scope)
    run = tried.run
    session.found.results_after, session.found.suite_seconds = run.results, run.seconds
    result = replace(
        session.result("suite", "ok", "", tree=tried.tree),
        passed=len(run.passed), failed=len(run.failed), seconds=run.seconds,
    )  # fmt: skip
    if run.problem and (run.problem != NO_TESTS or session.found.tests_before):
        yield Proved(session.unread("suite", tried))
        return
    newly = new_failures(session, run)
    flaky = await _flickering(session, newly) if newly else ()
    newly = tuple(name for name in newly if name not in flaky)
    if newly:
        recorded = session.evidence(
            [r for r in run.failed if r.id in newly][:5], "red in the suite", tried.tree
        )
        if recorded is not None:
            yield recorded
            result = replace(result, evidence=recorded.evidence[0].id)
        summary = f"{tests(len(newly))} that passed before fail with the patch: {listed(newly)}"
        result = replace(result, outcome="failed", summary=summary)
    else:
        result = replace(result, summary=_intact(session, run, flaky))
    yield Proved(replace(result, newly_failed=newly, flaky=flaky))


def new_failures(session: Session, run: TestRun) -> tuple[str, ...]:
    """Ids that fail now and did not fail on the base."""
    return tuple(sorted({r.id for r in run.failed} - session.found.failing_before))


async def _flickering(session: Session, names: Sequence[str]) -> tuple[str, ...]:
    """Those that pass in any repetition. Many new failures are no flicker, so only the first are repeated."""
    open_names = list(names[:MOST_REPEATED])
    flaky: list[str] = []
    for _ in range(REPEATS):
        if not open_names or session.seconds_left <= 0:
            break
        tried = await session.tried(session.draft.accepted, open_names)
        passed = {r.id for r in tried.run.passed}
        flaky += [name for name in open_names if name in passed]
        open_names = [name for name in open_names if name not in passed]
    return tuple(flaky)


async def breaks(session: Session, hunks: Sequence[Hunk]) -> str:
    """Which test of the suite fails with just those hunks, in words; "" when none does."""
    tried = await session.tried(hunks, session.found.scope)
    if tried.run.problem == NO_TESTS and not session.found.tests_before:
        return ""
    if tried.run.problem:
        return "the suite does not run"
    newly = [n for n in new_failures(session, tried.run)]
    if not newly:
        return ""
    flaky = () if len(newly) > MOST_REPEATED else await _passing_again(session, hunks, newly)
    steady = [name for name in newly if name not in flaky]
    return f"{listed(steady, 1)} fails" if steady else ""


async def _passing_again(session: Session, hunks: Sequence[Hunk], names: Sequence[str]) -> tuple[str, ...]:
    tried = await session.tried(hunks, names)
    return tuple(r.id for r in tried.run.passed)


def _counted(run: TestRun) -> str:
    failing = f", {len(run.failed)} fail without any draft" if run.failed else ""
    return f"{tests(len(run.passed))} pass on the base{failing}"


def _intact(session: Session, run: TestRun, flaky: Sequence[str]) -> str:
    parts = [f"{tests(len(run.passed))} pass, none that passed before fails"]
    before, now = session.found.tests_before, len(run.passed) + len(run.failed)
    if now < before:
        parts.append(f"{before - now} fewer ran than before")
    if session.found.scope:
        parts.append(f"only {_files(session.found.scope)} that may be affected ran, all of it takes too long")
    if flaky:
        parts.append(f"flaky: {listed(flaky)}")
    return "; ".join(parts)


def _files(paths: Sequence[str]) -> str:
    return f"{len(paths)} test file" if len(paths) == 1 else f"{len(paths)} test files"
