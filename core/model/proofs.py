"""What running code showed about a draft, and what review says about it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

TestOutcome = Literal["passed", "failed", "error", "skipped"]
ProofStep = Literal["baseline", "red", "green", "revert", "suite", "necessity", "mutation"]
StepOutcome = Literal["ok", "failed", "skipped", "cancelled"]
Severity = Literal["block", "warn", "info"]
# What `TestRun.problem` says where the runner ran well and there was nothing to run.
NO_TESTS = "No test was collected."


@dataclass(frozen=True, slots=True)
class TestResult:
    """One test of a run. text: the failure's traceback or message, redacted, at most 20,000 characters."""

    __test__ = False

    id: str
    outcome: TestOutcome
    seconds: float = 0.0
    text: str = ""


@dataclass(frozen=True, slots=True)
class TestRun:
    """A run of the test command. problem: why no result could be read, "" when it could.

    exit_code: None when it was killed. results come from JUnit XML, never from what was printed.
    """

    __test__ = False

    command: tuple[str, ...]
    exit_code: int | None
    results: tuple[TestResult, ...] = ()
    seconds: float = 0.0
    problem: str = ""
    output_tail: str = ""
    sandbox: str = ""

    @property
    def failed(self) -> tuple[TestResult, ...]:
        return tuple(r for r in self.results if r.outcome in ("failed", "error"))

    @property
    def passed(self) -> tuple[TestResult, ...]:
        return tuple(r for r in self.results if r.outcome == "passed")


@dataclass(frozen=True, slots=True)
class ProofResult:
    """One step of proof for one exact draft text.

    digest: the draft's at that moment; tree: git tree id that was tested.
    same_fingerprint: for `red`: the failure clusters into the case. hunks: for `necessity`, (id, needed).
    """

    step: ProofStep
    draft: int
    digest: str
    tree: str
    outcome: StepOutcome
    summary: str
    passed: int = 0
    failed: int = 0
    newly_failed: tuple[str, ...] = ()
    flaky: tuple[str, ...] = ()
    same_fingerprint: bool | None = None
    fingerprint_note: str = ""
    hunks: tuple[tuple[str, bool], ...] = ()
    survivors: tuple[str, ...] = ()
    seconds: float = 0.0
    evidence: str = ""
    problem: str = ""


def mutant_id(words: str) -> str:
    """The name under which a human says that a surviving mutant changes nothing; the same for the same text."""
    return f"m{hashlib.sha256(words.encode('utf-8', 'surrogatepass')).hexdigest()[:10]}"


def without_equivalent(result: ProofResult, equivalent: Collection[str]) -> ProofResult:
    """A mutation result without the survivors that a human has marked as changing nothing.

    equivalent: ids as of `mutant_id`. With none left, and all tried, nothing speaks against the text any more.
    """
    left = tuple(words for words in result.survivors if mutant_id(words) not in equivalent)
    marked = len(result.survivors) - len(left)
    if not marked:
        return result
    summary = f"{result.summary.split('; no test would notice')[0]}; {marked} marked as changing nothing"
    if left:
        summary += f"; no test would notice {left[0]}"
    outcome: StepOutcome = "skipped" if result.problem else "ok"
    return replace(result, survivors=left, summary=summary, outcome=result.outcome if left else outcome)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a review check says about a draft, at a hunk. settle: how to settle it.

    id: stable for the same check at the same hunk and text, so a waiver survives a new round.
    line: index into the hunk's new lines, -1 for the hunk as a whole. waived: the typed reason, or "".
    """

    id: str
    check: str
    severity: Severity
    hunk: str
    text: str
    settle: str = ""
    line: int = -1
    by: str = "check"
    cites: tuple[str, ...] = ()
    waived: str = ""
    waived_by: str = ""


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of the evidence ladder, E0 to E5. state: on, off or stale."""

    name: str
    text: str
    state: Literal["on", "off", "stale"]
    why: str = ""
    cites: tuple[str, ...] = ()
