"""What a proof's results mean for a draft, as findings at its hunks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence

from rootcase.core.model.drafts import Draft, Hunk
from rootcase.core.model.proofs import Finding, ProofResult, ProofStep, Severity

SHOW = "Add a test that fails as production did, and passes with the change."
KEPT = "Change the code until what passed before passes again."
# What no test can need: it is read by people.
READ_BY_PEOPLE = (".md", ".rst", ".txt", ".adoc", ".html", ".toml", ".cfg", ".ini", ".yml", ".yaml", ".json")


def proof_findings(draft: Draft, results: Sequence[ProofResult]) -> tuple[Finding, ...]:
    """A finding for each step that did not go well; what could not run is told and holds nothing up."""
    found = {result.step: result for result in results}
    return tuple(item for step in found.values() for item in _about(draft, step, found))


def _about(draft: Draft, result: ProofResult, found: Mapping[ProofStep, ProofResult]) -> Iterator[Finding]:
    code, tests = _hunks(draft)
    if result.step == "necessity" and result.outcome == "ok":
        yield from _idle(draft, result)
    elif result.step == "mutation" and result.survivors:
        text = f"No test would notice it if {result.survivors[0]}."
        yield _finding(result, "info", code, text, "Test that line's effect.")
    if result.outcome != "failed" or result.step in ("mutation", "necessity"):
        if result.step == "red" and result.outcome == "skipped":
            yield _finding(
                result, "info", code, "The patch brings no test, so nothing shows what it mends.", SHOW
            )
        return
    if result.problem:
        # Only the first step that cannot run is worth a line; the others cannot for the same reason.
        if not any(r.problem for r in _before(found, result)):
            text = f"Could not be proved here: {result.problem}"
            yield _finding(result, "info", code, text, "See `rootcase doctor --tests`.")
    elif result.step == "red":
        text = f"The reproduction does not fail without the patch: {result.summary}"
        yield _finding(result, "warn", tests or code, text, SHOW)
    elif result.step == "green":
        text = f"The reproduction still fails with the patch: {result.summary}"
        yield _finding(result, "block", code, text, "Change the code until it passes.")
    elif result.step == "revert":
        text = f"The reproduction is not reliable: {result.summary}"
        yield _finding(result, "warn", tests or code, text, "Make the test say the same each time.")
    elif result.step == "suite":
        text = f"Breaks what worked: {result.summary}"
        yield _finding(result, "block", code, text, KEPT)


def _idle(draft: Draft, result: ProofResult) -> Iterator[Finding]:
    """Code that no test needs: doubtful where a whole file of it is idle, a remark beside code that is needed."""
    needed = {name for name, wanted in result.hunks if wanted}
    by_id = {hunk.id: hunk for hunk in draft.accepted}
    busy = {by_id[name].path for name in needed if name in by_id}
    for name, wanted in result.hunks:
        hunk = by_id.get(name)
        if wanted or hunk is None or hunk.path.endswith(READ_BY_PEOPLE):
            continue
        severity: Severity = "info" if hunk.path in busy or not busy else "warn"
        text = f"No test is red without this change of `{hunk.path}`."
        yield _finding(result, severity, hunk, text, "Show with a test what it is for, or reject the hunk.")


def _hunks(draft: Draft) -> tuple[Hunk | None, Hunk | None]:
    """(the first hunk of code, the first of a test)."""
    code = next((hunk for hunk in draft.accepted if not hunk.test), None)
    test = next((hunk for hunk in draft.accepted if hunk.test), None)
    return code or test, test


def _before(found: Mapping[ProofStep, ProofResult], result: ProofResult) -> list[ProofResult]:
    names = list(found)
    return [found[name] for name in names[: names.index(result.step)]]


def _finding(result: ProofResult, severity: Severity, hunk: Hunk | None, text: str, settle: str) -> Finding:
    name = hunk.id if hunk else ""
    said = hashlib.sha256(f"{result.step}\0{name}\0{text}".encode()).hexdigest()[:10]
    cites = (result.evidence,) if result.evidence else ()
    return Finding(f"p{said}", f"proof: {result.step}", severity, name, text, settle, by="proof", cites=cites)
