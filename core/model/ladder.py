"""The evidence ladder E0 to E5, computed from a case; nothing in it is anybody's own word about itself."""

from __future__ import annotations

from collections.abc import Iterable

from rootcase.core.model.case import Case
from rootcase.core.model.proofs import ProofResult, Rung

TEXTS = {
    "E0": "signal",
    "E1": "code path confirmed",
    "E2": "cause claims supported",
    "E3": "reproduced, same fingerprint",
    "E4": "green with the patch, red without",
    "E5": "every hunk needed, mutants killed",
}
NOT_RUN = "not run"
CHANGED = "changed since it was proved"


def rungs(case: Case) -> tuple[Rung, ...]:
    """E0 to E5 in order. A rung whose proof is for an older text of the draft is `stale`, and does not count.

    A red proof (E3) rests on the base and the test hunks alone, so it stands while those are the same;
    all other proof, and review, counts for the exact digest of the draft.
    """
    return (_signal(case), _code_path(case), _cause(case), _reproduced(case), _fixed(case), _narrow(case))


def level(case: Case) -> str:
    """The highest rung that is on with all below it on, "E0" to "E5"."""
    reached = "E0"
    for rung in rungs(case):
        if rung.state != "on":
            break
        reached = rung.name
    return reached


def _on(name: str, why: str = "", cites: Iterable[str] = ()) -> Rung:
    return Rung(name, TEXTS[name], "on", why, tuple(dict.fromkeys(cite for cite in cites if cite)))


def _off(name: str, why: str, cites: Iterable[str] = ()) -> Rung:
    return Rung(name, TEXTS[name], "off", why, tuple(dict.fromkeys(cite for cite in cites if cite)))


def _stale(name: str, why: str = CHANGED) -> Rung:
    return Rung(name, TEXTS[name], "stale", why)


def _signal(case: Case) -> Rung:
    if not case.signals and case.fingerprint is None:
        return _off("E0", "no signal yet")
    return _on("E0", cites=[item.id for item in case.evidence if item.kind == "event"][:1])


def _code_path(case: Case) -> Rung:
    if case.code is None:
        return _off("E1", "the code is not mapped yet")
    failing = case.code.failing
    if failing is None:
        return _off("E1", "no frame is in the repository")
    if not case.code.release_commit:
        return _off("E1", case.code.release_how or "the release is no known commit")
    if failing.verdict != "confirmed":
        return _off("E1", f"{failing.path}:{failing.line} is {failing.verdict}", [failing.evidence])
    return _on("E1", cites=[failing.evidence])


def _cause(case: Case) -> Rung:
    causes = [claim for claim in case.claims if claim.role == "cause"]
    supported = [claim for claim in causes if claim.status == "supported"]
    if supported:
        return _on(
            "E2", cites=[c.evidence for claim in supported for c in claim.citations if c.ok is not False]
        )
    if not causes:
        return _off("E2", "no claim about the cause yet")
    if all(claim.status == "refuted" for claim in causes):
        return _off("E2", "every claimed cause is refuted")
    return _off("E2", "the cause is assumed, no citation holds")


def _reproduced(case: Case) -> Rung:
    draft = case.draft
    reds = [proof for proof in case.proofs if proof.step == "red"]
    if draft is None or not reds:
        return _off("E3", NOT_RUN)
    tests = dict(case.test_digests)
    mine = tests.get(draft.digest)
    current = [p for p in reds if p.digest == draft.digest or (mine and tests.get(p.digest) == mine)]
    if not current:
        return (
            _stale("E3", "the test changed since it was red") if _shows_red(reds[-1]) else _off("E3", NOT_RUN)
        )
    latest = current[-1]
    if _shows_red(latest):
        return _on("E3", cites=[latest.evidence])
    if latest.outcome != "ok":
        return _off(
            "E3", latest.problem or latest.summary or f"the test was {latest.outcome}", [latest.evidence]
        )
    return _off("E3", latest.fingerprint_note or "red, but not with the production error", [latest.evidence])


def _shows_red(proof: ProofResult) -> bool:
    return proof.outcome == "ok" and proof.same_fingerprint is True


def _fixed(case: Case) -> Rung:
    steps = ("green", "revert", "suite")
    results = [(step, case.proof(step)) for step in steps]
    found = [result for _, result in results if result is not None]
    for result in found:
        if result.outcome != "ok":
            return _off("E4", _words(result), [result.evidence])
    if len(found) == len(steps):
        return _on("E4", cites=[result.evidence for result in found])
    if all(any(proof.step == step and proof.outcome == "ok" for proof in case.proofs) for step in steps):
        return _stale("E4")
    missing = [step for step, result in results if result is None]
    return _off("E4", f"{', '.join(missing)} {NOT_RUN}" if found else NOT_RUN)


def _narrow(case: Case) -> Rung:
    draft = case.draft
    if draft is None:
        return _off("E5", NOT_RUN)
    necessity, mutation = case.proof("necessity"), case.proof("mutation")
    for result in (necessity, mutation):
        if result is not None and result.outcome != "ok":
            return _off("E5", _words(result))
    if necessity is not None and (why := _not_needed(case, necessity)):
        return _off("E5", why)
    still_open = [finding for finding in case.findings if finding.severity != "info" and not finding.waived]
    if case.review_digest == draft.digest and still_open:
        return _off("E5", f"{len(still_open)} finding{'s' if len(still_open) > 1 else ''} open")
    missing = [name for name, there in (
        ("necessity", necessity), ("mutation", mutation), ("review", case.review_digest == draft.digest),
    ) if not there]  # fmt: skip
    if not missing:
        return _on("E5")
    return _stale("E5") if _was_narrow(case) else _off("E5", f"{', '.join(missing)} {NOT_RUN}")


def _not_needed(case: Case, necessity: ProofResult) -> str:
    """Why not every accepted hunk beside the tests is known to be needed, "" when each is."""
    needed = dict(necessity.hunks)
    hunks = [hunk.id for hunk in case.draft.accepted if not hunk.test] if case.draft else []
    idle = [hunk for hunk in hunks if needed.get(hunk) is False]
    if idle:
        return f"no test needs {', '.join(idle)}"
    unknown = [hunk for hunk in hunks if hunk not in needed]
    return f"not known whether {', '.join(unknown)} is needed" if unknown else ""


def _was_narrow(case: Case) -> bool:
    """Whether an older text of a draft had all of it."""
    proved = {
        step: {p.digest for p in case.proofs if p.step == step and p.outcome == "ok"}
        for step in ("necessity", "mutation")
    }
    return bool(case.review_digest) and bool(proved["necessity"] & proved["mutation"])


def _words(result: ProofResult) -> str:
    return result.problem or result.summary or f"{result.step} {result.outcome}"
